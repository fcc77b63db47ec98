/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The archive: what it remembers, and what it leaves alone. */
#include "tool-archive.h"

#include <glib/gstdio.h>
#include <gst/pin/error.h>
#include <sqlite3.h>
#include <string.h>

typedef struct
{
  gchar *folder, *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("pin-archive-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "archive", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
}

static GstPinToolArchive *
open_archive (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  GstPinToolArchive *archive = gst_pin_tool_archive_open (self->path, &error);

  g_assert_no_error (error);
  return archive;
}

static void
add (GstPinToolArchive *archive, const gchar *id, guint item, guint items)
{
  GstPinToolArchiveEntry entry = { id, item, items, "a.mp4", 5 };
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_pin_tool_archive_add (archive, &entry, &error));
  g_assert_no_error (error);
}

static void
test_remembers (Fixture *self, gconstpointer data)
{
  GstPinToolArchive *archive = open_archive (self);

  g_assert_false (gst_pin_tool_archive_has (archive, "1", 1));
  add (archive, "1", 1, 1);
  add (archive, "1", 1, 1);
  gst_pin_tool_archive_close (archive);
  archive = open_archive (self);
  g_assert_true (gst_pin_tool_archive_has (archive, "1", 1));
  g_assert_false (gst_pin_tool_archive_has (archive, "1", 2));
  g_assert_false (gst_pin_tool_archive_has (archive, "2", 1));
  g_assert_false (gst_pin_tool_archive_has (archive, "1' OR '1", 1));
  gst_pin_tool_archive_close (archive);
}

static void
test_all_items (Fixture *self, gconstpointer data)
{
  g_autoptr (GstPinToolArchive) archive = open_archive (self);

  g_assert_false (gst_pin_tool_archive_has (archive, "1", 0));
  add (archive, "1", 1, 2);
  g_assert_false (gst_pin_tool_archive_has (archive, "1", 0));
  add (archive, "2", 1, 1);
  add (archive, "1", 2, 2);
  g_assert_true (gst_pin_tool_archive_has (archive, "1", 0));
}

/* Two runs with one archive see each other's entries */
static void
test_two_at_once (Fixture *self, gconstpointer data)
{
  g_autoptr (GstPinToolArchive) one = open_archive (self);
  g_autoptr (GstPinToolArchive) two = open_archive (self);

  add (one, "1", 1, 1);
  add (two, "2", 1, 1);
  g_assert_true (gst_pin_tool_archive_has (two, "1", 1));
  g_assert_true (gst_pin_tool_archive_has (one, "2", 1));
}

static void
assert_refused (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_tool_archive_open (self->path, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
  g_assert_nonnull (strstr (error->message, self->path));
}

static void
test_leaves_what_is_not_its_own (Fixture *self, gconstpointer data)
{
  static const gchar text[] = "These are notes and no archive at all.\n";
  g_autofree gchar *after = NULL;
  sqlite3 *db;

  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  assert_refused (self);
  g_assert_true (g_file_get_contents (self->path, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, text);

  g_unlink (self->path);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, "CREATE TABLE theirs (a)", NULL, NULL, NULL);
  sqlite3_close (db);
  assert_refused (self);
}

static void
test_later_version (Fixture *self, gconstpointer data)
{
  sqlite3 *db;

  gst_pin_tool_archive_close (open_archive (self));
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, "PRAGMA user_version = 2", NULL, NULL, NULL);
  sqlite3_close (db);
  assert_refused (self);
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_free (self->path);
  self->path = g_build_filename (self->folder, "no", "archive", NULL);
  assert_refused (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/tool-archive/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("remembers", test_remembers);
  ADD ("all-items", test_all_items);
  ADD ("two-at-once", test_two_at_once);
  ADD ("leaves-what-is-not-its-own", test_leaves_what_is_not_its_own);
  ADD ("later-version", test_later_version);
  ADD ("no-folder", test_no_folder);
#undef ADD
  return g_test_run ();
}
