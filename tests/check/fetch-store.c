/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store's file, by itself: what was kept is there again, and what is damaged,
 * torn, foreign, locked or full is noticed. Then the fetcher with one, against a
 * server in this process that counts what it is asked for.
 */
#include "fetch-scene.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fetch-store-private.h"

#define URL "https://v1.pinimg.com/a.ts"
#define N_RECORDS 8
#define RECORD 5000
#define TOTAL ((guint64) N_RECORDS * RECORD)

/* --- the file ------------------------------------------------------------ */

typedef struct
{
  gchar *folder, *path;
  GMainContext *context;
  GstPinStore *store;
  gboolean opened;
  GError *error;                /* what it could not be opened for */
  GError *lost;                 /* what it was abandoned for */
  gssize size;                  /* of the last read; -1: to come */
} Bench;

static void
on_opened (const GError *error, gpointer data)
{
  Bench *bench = data;

  bench->opened = TRUE;
  bench->error = error ? g_error_copy (error) : NULL;
}

static void
on_abandoned (const GError *error, gpointer data)
{
  Bench *bench = data;

  g_assert_null (bench->lost);
  bench->lost = g_error_copy (error);
}

static const GstPinStoreOwner store_owner = { on_opened, on_abandoned };

static void
on_read (gsize size, gpointer data)
{
  ((Bench *) data)->size = size;
}

static void
bench_set_up (Bench *bench, gconstpointer data)
{
  bench->folder = g_dir_make_tmp ("pin-store-XXXXXX", NULL);
  bench->path = g_build_filename (bench->folder, "store", NULL);
  bench->context = g_main_context_new ();
}

static void
bench_open (Bench *bench)
{
  bench->opened = FALSE;
  g_clear_error (&bench->error);
  bench->store = gst_pin_store_new (bench->path, MIB, bench->context,
      &store_owner, bench);
  while (!bench->opened)
    g_main_context_iteration (bench->context, TRUE);
}

/* Waits until another could have it */
static void
bench_close (Bench *bench)
{
  gint fd;

  if (!bench->store)
    return;
  gst_pin_store_close (g_steal_pointer (&bench->store));
  fd = open (bench->path, O_RDONLY);
  if (fd >= 0) {
    g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
    close (fd);
  }
}

static void
bench_tear_down (Bench *bench, gconstpointer data)
{
  bench_close (bench);
  g_unlink (bench->path);
  g_rmdir (bench->folder);
  while (g_main_context_iteration (bench->context, FALSE));
  g_main_context_unref (bench->context);
  g_clear_error (&bench->error);
  g_clear_error (&bench->lost);
  g_free (bench->path);
  g_free (bench->folder);
}

static guint8
byte_at (guint64 offset)
{
  return offset * 7 + offset / 251;
}

static void
keep (Bench *bench, const gchar *url, guint64 offset)
{
  guint8 *data = g_malloc (RECORD);
  GstMemory *memory = gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, data,
      RECORD, 0, RECORD, data, g_free);

  for (guint i = 0; i < RECORD; i++)
    data[i] = byte_at (offset + i);
  gst_pin_store_keep (bench->store, url, "\"v\"", TOTAL, offset, memory, 0,
      RECORD);
  gst_memory_unref (memory);
}

static void
fill_store (Bench *bench)
{
  bench_open (bench);
  g_assert_no_error (bench->error);
  for (guint i = 0; i < N_RECORDS; i++)
    keep (bench, URL "?signed=1", i * RECORD);
  bench_close (bench);
}

/* Reads from @at on; what comes is right. How much came */
static gsize
read_from (Bench *bench, guint64 at, gsize size)
{
  guint8 *data = g_malloc (size);
  GstMemory *memory = gst_memory_new_wrapped (0, data, size, 0, size, data,
      g_free);

  bench->size = -1;
  gst_pin_store_read (bench->store, URL, at, memory, data, size, on_read,
      bench);
  while (bench->size < 0)
    g_main_context_iteration (bench->context, TRUE);
  for (gssize i = 0; i < bench->size; i++)
    g_assert_cmpuint (data[i], ==, byte_at (at + i));
  gst_memory_unref (memory);
  return bench->size;
}

static guint64
end_of_stored (Bench *bench, guint64 from)
{
  guint64 next;

  return gst_pin_store_look (bench->store, URL "?other", from, &next);
}

static void
test_again (Bench *bench, gconstpointer unused)
{
  g_autofree gchar *validator = NULL;
  guint64 total, next;

  fill_store (bench);
  bench_open (bench);
  g_assert_no_error (bench->error);
  g_assert_true (gst_pin_store_knows (bench->store, URL, &validator, &total));
  g_assert_cmpstr (validator, ==, "\"v\"");
  g_assert_cmpuint (total, ==, TOTAL);
  g_assert_cmpuint (end_of_stored (bench, 0), ==, TOTAL);
  g_assert_cmpuint (read_from (bench, 0, TOTAL), ==, TOTAL);
  g_assert_cmpuint (read_from (bench, 4999, 3), ==, 3);
  g_assert_cmpuint (read_from (bench, TOTAL - 1, 10), ==, 1);
  g_assert_cmpuint (gst_pin_store_look (bench->store, "https://other/", 0,
          &next), ==, 0);
  g_assert_cmpuint (next, ==, G_MAXUINT64);
  gst_pin_store_forget (bench->store, URL);
  g_assert_false (gst_pin_store_knows (bench->store, URL, NULL, NULL));
}

static void
test_hole (Bench *bench, gconstpointer unused)
{
  guint64 next;

  bench_open (bench);
  keep (bench, URL, 2 * RECORD);
  keep (bench, URL, 0);
  bench_close (bench);
  bench_open (bench);
  g_assert_cmpuint (gst_pin_store_look (bench->store, URL, 0, &next), ==,
      RECORD);
  g_assert_cmpuint (next, ==, 2 * RECORD);
  g_assert_cmpuint (gst_pin_store_look (bench->store, URL, RECORD, &next), ==,
      RECORD);
  g_assert_cmpuint (read_from (bench, RECORD / 2, RECORD), ==, RECORD / 2);
  g_assert_cmpuint (read_from (bench, RECORD, 10), ==, 0);
}

static gsize
file_size (Bench *bench)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (bench->path, &info), ==, 0);
  return info.st_size;
}

static gsize
record_size (void)
{
  return 44 + strlen (URL) + strlen ("\"v\"") + RECORD;
}

/* A process that is killed leaves a file that ends anywhere */
static void
test_torn (Bench *bench, gconstpointer unused)
{
  for (gsize cut = 1; cut < 3 * record_size (); cut += 397) {
    gsize size, whole;

    g_unlink (bench->path);
    fill_store (bench);
    size = file_size (bench) - cut;
    g_assert_cmpint (truncate (bench->path, size), ==, 0);
    whole = (size - 16) / record_size ();
    bench_open (bench);
    g_assert_no_error (bench->error);
    g_assert_cmpuint (end_of_stored (bench, 0), ==, whole * RECORD);
    g_assert_cmpuint (file_size (bench), ==, 16 + whole * record_size ());
    keep (bench, URL, whole * RECORD);
    bench_close (bench);
    bench_open (bench);
    g_assert_cmpuint (end_of_stored (bench, 0), ==, (whole + 1) * RECORD);
    bench_close (bench);
  }
}

static void
flip (Bench *bench, gsize position)
{
  gint fd = open (bench->path, O_RDWR);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, position), ==, 1);
  byte ^= 0x10;
  g_assert_cmpint (pwrite (fd, &byte, 1, position), ==, 1);
  close (fd);
}

/* In each record, in its head, its names and its payload */
static void
test_damaged (Bench *bench, gconstpointer unused)
{
  static const guint places[] = { 0, 5, 9, 13, 17, 25, 33, 41, 50, 70, 75,
    500, 5000
  };

  for (guint i = 0; i < N_RECORDS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (places); j++) {
      gboolean in_payload = places[j] >= 44 + strlen (URL) + 3;
      gsize got;

      g_unlink (bench->path);
      fill_store (bench);
      flip (bench, 16 + i * record_size () + places[j]);
      bench_open (bench);
      g_assert_no_error (bench->error);
      g_assert_cmpuint (end_of_stored (bench, 0), ==,
          in_payload ? TOTAL : i * RECORD);
      got = read_from (bench, 0, TOTAL);
      g_assert_cmpuint (got, ==, i * RECORD);
      g_assert_cmpuint (end_of_stored (bench, 0), ==, i * RECORD);
      if (in_payload && i + 1 < N_RECORDS)
        g_assert_cmpuint (read_from (bench, (i + 1) * RECORD, TOTAL), ==,
            TOTAL - (i + 1) * RECORD);
      bench_close (bench);
    }
}

static void
test_foreign (Bench *bench, gconstpointer unused)
{
  const gchar *text = "Something that somebody wrote and wants to keep.";
  g_autofree gchar *still = NULL;

  g_assert_true (g_file_set_contents (bench->path, text, -1, NULL));
  bench_open (bench);
  g_assert_error (bench->error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
  keep (bench, URL, 0);
  bench_close (bench);
  g_assert_true (g_file_get_contents (bench->path, &still, NULL, NULL));
  g_assert_cmpstr (still, ==, text);
}

static void
test_other_version (Bench *bench, gconstpointer unused)
{
  fill_store (bench);
  flip (bench, 11);
  bench_open (bench);
  g_assert_no_error (bench->error);
  g_assert_false (gst_pin_store_knows (bench->store, URL, NULL, NULL));
}

static void
test_locked (Bench *bench, gconstpointer unused)
{
  gint fd;

  fill_store (bench);
  fd = open (bench->path, O_RDWR);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  bench_open (bench);
  g_assert_error (bench->error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
  g_assert_false (gst_pin_store_knows (bench->store, URL, NULL, NULL));
  gst_pin_store_close (g_steal_pointer (&bench->store));
  close (fd);
}

static void
test_no_folder (Bench *bench, gconstpointer unused)
{
  g_free (bench->path);
  bench->path = g_build_filename (bench->folder, "none", "store", NULL);
  bench_open (bench);
  g_assert_error (bench->error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
}

/* As a disk that is full: the file may not grow beyond the third record */
static void
test_full (Bench *bench, gconstpointer unused)
{
  struct rlimit before, limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 16 + 3 * record_size () + 100;
  bench_open (bench);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  for (guint i = 0; i < N_RECORDS; i++)
    keep (bench, URL, i * RECORD);
  while (!bench->lost)
    g_main_context_iteration (bench->context, TRUE);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (bench->lost, GST_PIN_ERROR, GST_PIN_ERROR_IO);
  g_assert_cmpuint (read_from (bench, 0, TOTAL), ==, 3 * RECORD);
  bench_close (bench);
  g_assert_cmpuint (file_size (bench), ==, 16 + 3 * record_size ());
}

/* --- the fetcher with one ------------------------------------------------ */

typedef struct
{
  const gchar *name;
  guint n;                      /* files */
  gint64 size;                  /* of each */
  gboolean told;                /* the plan knows it */
  guint connections;
  gsize memory;
} Case;

static const Case cases[] = {
  {"one-file", 1, 6 * MIB, TRUE, 4, 32 * MIB},
  {"one-file-of-unknown-length", 1, 6 * MIB, FALSE, 4, 32 * MIB},
  {"many-files", 12, 500 * KIB + 7, FALSE, 4, 32 * MIB},
  {"many-files-little-memory", 12, 500 * KIB + 7, FALSE, 2, MIB},
  {"one-connection", 6, 700 * KIB, FALSE, 1, 2 * MIB},
};

static void
plan_files (Scene *scene, const Case *one)
{
  if (!scene->plan)
    scene->plan = gst_pin_plan_new ();
  for (guint i = 0; i < one->n; i++)
    add (scene, 0, one->size, one->told ? one->size : UNKNOWN,
        i * GST_SECOND);
}

static void
scene_again (Scene *scene, const Case *one)
{
  scene_stop (scene);
  scene->plan = NULL;
  plan_files (scene, one);
  scene_start (scene);
}

static void
begin_with_store (Scene *scene, const Case *one, gchar **folder)
{
  *folder = g_dir_make_tmp ("pin-store-XXXXXX", NULL);
  scene->limits.store = g_build_filename (*folder, "store", NULL);
  scene->limits.max_connections = one->connections;
  scene->limits.max_buffer_bytes = one->memory;
  plan_files (scene, one);
  scene_start (scene);
}

static void
end_with_store (Scene *scene, gchar *folder)
{
  scene_stop (scene);
  g_unlink (scene->limits.store);
  g_rmdir (folder);
  g_free ((gchar *) scene->limits.store);
  scene->limits.store = NULL;
  g_free (folder);
}

/* Stopped at some point and begun again: what comes from the network is what the
 * store did not have, and a KiB of each file */
static void
test_go_on (Scene *scene, gconstpointer data)
{
  const Case *one = data;
  guint64 all = one->n * one->size, stored;
  gchar *folder;

  begin_with_store (scene, one, &folder);
  for (guint i = 0; i < (one->n + 1) / 2; i++)
    read_to (scene, i, 0, one->size / 2);
  stored = get_stat (scene, "stored-bytes");
  scene_again (scene, one);
  read_track (scene, 0);
  g_assert_cmpuint (get_stat (scene, "from-store-bytes"), <=, all);
  g_assert_cmpuint (get_stat (scene, "from-store-bytes") + one->n * KIB, >=,
      stored);
  g_assert_cmpuint (get_stat (scene, "bytes"), <=,
      all - stored + one->n * KIB);
  /* With little memory not everything is kept: the disk may be slower */
  if (one->memory >= 32 * MIB) {
    while (get_stat (scene, "stored-bytes") + get_stat (scene,
            "from-store-bytes") + one->n * KIB < all)
      g_usleep (1000);
    scene_again (scene, one);
    read_track (scene, 0);
    g_assert_cmpuint (get_stat (scene, "bytes"), <=, one->n * KIB);
  }
  end_with_store (scene, folder);
}

/* The same address, the same length, another file */
static void
test_changed (Scene *scene, gconstpointer data)
{
  const Case *one = data;
  gchar *folder;

  begin_with_store (scene, one, &folder);
  read_track (scene, 0);
  scene->site.generation++;
  scene_again (scene, one);
  read_track (scene, 0);
  g_assert_cmpuint (get_stat (scene, "from-store-bytes"), ==, 0);
  end_with_store (scene, folder);
}

/* Every byte of every record is asked for again, and right */
static void
test_rotten (Scene *scene, gconstpointer data)
{
  const Case *one = data;
  guint8 byte = 0xaa;
  gchar *folder;
  GStatBuf info;
  gint fd;

  begin_with_store (scene, one, &folder);
  read_track (scene, 0);
  scene_stop (scene);
  fd = open (scene->limits.store, O_RDWR);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  g_assert_cmpint (fstat (fd, &info), ==, 0);
  for (goffset at = 16 + 150; at < info.st_size; at += 50 * KIB)
    g_assert_cmpint (pwrite (fd, &byte, 1, at), ==, 1);
  close (fd);
  scene_again (scene, one);
  read_track (scene, 0);
  end_with_store (scene, folder);
}

static void
test_seek_back_from_store (Scene *scene, gconstpointer data)
{
  const Case *one = data;
  gchar *folder;

  begin_with_store (scene, one, &folder);
  read_track (scene, 0);
  scene_again (scene, one);
  read_track (scene, 0);
  read_rest (scene, 0, 1000);
  read_rest (scene, one->n - 1, one->size - 1);
  end_with_store (scene, folder);
}

static void
on_warned (const GError *error, gpointer data)
{
  Scene *scene = data;

  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
  g_mutex_lock (&scene->lock);
  scene->n_warned++;
  g_mutex_unlock (&scene->lock);
}

/* A store that can't be is a warning, not a failure */
static void
test_without (Scene *scene, gconstpointer data)
{
  scene->owner.warned = on_warned;
  scene->limits.store = "/nonexistent/store";
  plan_files (scene, data);
  scene_start (scene);
  read_track (scene, 0);
  g_assert_cmpuint (scene->n_warned, ==, 1);
}

static void
add_file_test (const gchar *name, void (*test) (Bench *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/fetch-store/file/", name, NULL);

  g_test_add (path, Bench, NULL, bench_set_up, test, bench_tear_down);
}

static void
add_fetch_test (const gchar *name, const Case *one,
    void (*test) (Scene *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/fetch-store/", name, "/", one->name,
      NULL);

  g_test_add (path, Scene, one, scene_set_up, test, scene_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  add_file_test ("again", test_again);
  add_file_test ("hole", test_hole);
  add_file_test ("torn", test_torn);
  add_file_test ("damaged", test_damaged);
  add_file_test ("foreign", test_foreign);
  add_file_test ("other-version", test_other_version);
  add_file_test ("locked", test_locked);
  add_file_test ("no-folder", test_no_folder);
  add_file_test ("full", test_full);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    add_fetch_test ("go-on", &cases[i], test_go_on);
    add_fetch_test ("changed", &cases[i], test_changed);
    add_fetch_test ("rotten", &cases[i], test_rotten);
    add_fetch_test ("seek-back", &cases[i], test_seek_back_from_store);
  }
  add_fetch_test ("without", &cases[2], test_without);
  return g_test_run ();
}
