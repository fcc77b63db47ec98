/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fetcher and a server that sends all of a file for each part of it.
 */
#include "fetch-scene.h"

#include <glib/gstdio.h>

#define SIZE (24 * (guint64) MIB)

static gint sent_kib;           /* of bodies, by all answers of a test; atomic */

static void
answer_all (Visit *v)
{
  guint64 size = v->site->files[v->file].size;

  say_head (v, 200, size, "");
  for (guint64 at = 0; at < size && !v->hang_up; at += 64 * KIB) {
    say_body (v, at, MIN (at + 64 * KIB, size));
    g_atomic_int_add (&sent_kib, 64);
  }
}

/* The first answer breaks in its middle */
static void
answer_all_but_once (Visit *v)
{
  guint64 size = v->site->files[v->file].size;

  if (v->nth > 0) {
    answer_all (v);
    return;
  }
  say_head (v, 200, size, "");
  say_body (v, 0, size / 2);
  v->hang_up = TRUE;
}

/* All of it, but to whom asked for the beginning, and has to wait */
static void
answer_all_but_beginning (Visit *v)
{
  if (v->first == 0)
    site_wait (v->site);
  answer_all (v);
}

static void
set_up (Scene *scene, gconstpointer data)
{
  scene_set_up (scene, data);
  scene->site.answer = answer_all;
  g_atomic_int_set (&sent_kib, 0);
}

/* Each part of the file was asked for, and what came before it was thrown away:
 * it came six times. Now the first answer brings all of it; of those that others
 * had asked for already, no more was sent than sockets hold. */
static void
test_fetched_once (Scene *scene, gconstpointer unused)
{
  add (scene, 0, SIZE, SIZE, 0);
  scene_start (scene);
  read_track (scene, 0);
  g_assert_cmpuint (scene->site.n_visits, <=, scene->limits.max_connections);
  g_assert_cmpuint ((guint64) g_atomic_int_get (&sent_kib) * KIB, <=,
      2 * SIZE);
}

/* Whoever is answered first brings all of it, also what was asked for before */
static void
test_beginning_late (Scene *scene, gconstpointer unused)
{
  scene->site.answer = answer_all_but_beginning;
  add (scene, 0, SIZE, SIZE, 0);
  scene_start (scene);
  read_track (scene, 0);
}

/* One that says no length either was asked again behind the end of each file, and
 * sent it again */
static void
test_no_length (Scene *scene, gconstpointer unused)
{
  scene->site.answer = answer_in_pieces;
  for (guint i = 0; i < 8; i++)
    add (scene, 0, MIB, UNKNOWN, i * GST_SECOND);
  scene_start (scene);
  read_track (scene, 0);
  g_assert_cmpuint (scene->site.n_visits, ==, 8);
}

static void
test_little_memory (Scene *scene, gconstpointer unused)
{
  scene->limits.max_buffer_bytes = MIB;
  add (scene, 0, SIZE / 4, SIZE / 4, 0);
  scene_start (scene);
  read_track (scene, 0);
  g_assert_cmpuint (get_stat (scene, "buffer-bytes-peak"), <=,
      scene->limits.max_buffer_bytes);
}

static void
test_picture_and_sound (Scene *scene, gconstpointer unused)
{
  scene->limits.max_buffer_bytes = 2 * MIB;
  add (scene, 0, SIZE, SIZE, 0);
  add (scene, 1, SIZE / 8, SIZE / 8, 0);
  scene_start (scene);
  read_both (scene);
}

static void
test_break (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 1;
  scene->site.answer = answer_all_but_once;
  add (scene, 0, SIZE, SIZE, 0);
  scene_start (scene);
  read_track (scene, 0);
  g_assert_cmpuint (scene->site.n_visits, ==, 2);
}

static void
test_jumps (Scene *scene, gconstpointer unused)
{
  add (scene, 0, SIZE, SIZE, 0);
  scene_start (scene);
  read_to (scene, 0, 0, MIB);
  read_rest (scene, 0, SIZE - 2 * MIB);
  read_rest (scene, 0, SIZE / 2);
  read_rest (scene, 0, 0);
}

/* --- with a store -------------------------------------------------------- */

/* What is stored comes from there, though the network would bring it, too */
static void
test_stored_is_left (Scene *scene, gconstpointer unused)
{
  g_autofree gchar *folder = g_dir_make_tmp ("pin-store-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "store", NULL);

  guint64 stored;

  scene->limits.store = path;
  scene->limits.max_connections = 1;
  scene->limits.max_buffer_bytes = 4 * MIB;
  scene->site.answer = answer_well;
  add (scene, 0, SIZE, SIZE, 0);
  scene_start (scene);
  read_to (scene, 0, 0, 2 * MIB);
  read_rest (scene, 0, SIZE / 3 * 2);
  stored = get_stat (scene, "stored-bytes");

  scene_stop (scene);
  scene->plan = gst_pin_plan_new ();
  scene->limits.max_buffer_bytes = 32 * MIB;
  scene->site.answer = answer_all;
  add (scene, 0, SIZE, SIZE, 0);
  scene_start (scene);
  read_track (scene, 0);
  g_assert_cmpuint (get_stat (scene, "from-store-bytes") + KIB, >=, stored);
  scene_stop (scene);
  g_unlink (path);
  g_rmdir (folder);
}

static void
add_ignored (const gchar *name, void (*test) (Scene *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/fetcher/ranges-ignored/", name, NULL);

  g_test_add (path, Scene, NULL, set_up, test, scene_tear_down);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add_ignored ("fetched-once", test_fetched_once);
  add_ignored ("beginning-late", test_beginning_late);
  add_ignored ("no-length", test_no_length);
  add_ignored ("little-memory", test_little_memory);
  add_ignored ("picture-and-sound", test_picture_and_sound);
  add_ignored ("break", test_break);
  add_ignored ("jumps", test_jumps);
  add_ignored ("stored-is-left", test_stored_is_left);
  return g_test_run ();
}
