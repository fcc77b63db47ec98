/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file in the making: nothing has its name but what is whole. */
#include "tool-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <gst/pin/error.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  gchar *folder, *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("pin-file-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "a.mp4", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree gchar *part = g_strconcat (self->path, ".part", NULL);

  g_unlink (part);
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
}

static GstPinToolFile *
open_file (Fixture *self, const gchar *text)
{
  g_autoptr (GError) error = NULL;
  GstPinToolFile *file = gst_pin_tool_file_open (self->path, FALSE, &error);
  FILE *stream;

  g_assert_no_error (error);
  stream = g_fopen (gst_pin_tool_file_get_part (file), "w");
  g_assert_cmpint (fputs (text, stream), >=, 0);
  fclose (stream);
  return file;
}

static void
assert_text (const gchar *path, const gchar *wanted)
{
  g_autofree gchar *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, wanted);
}

static void
test_finish (Fixture *self, gconstpointer data)
{
  g_autoptr (GstPinToolFile) file = open_file (self, "whole");
  g_autoptr (GDateTime) when = g_date_time_new_utc (2025, 7, 23, 4, 6, 0);
  g_autoptr (GError) error = NULL;
  gboolean exists = TRUE;
  GStatBuf status;

  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_assert_true (gst_pin_tool_file_finish (file, self->path, when, FALSE,
          &exists, &error));
  g_assert_no_error (error);
  g_assert_false (exists);
  assert_text (self->path, "whole");
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mtime, ==, g_date_time_to_unix (when));
  g_assert_false (g_file_test (gst_pin_tool_file_get_part (file),
          G_FILE_TEST_EXISTS));
}

/* A name that somebody took in the meantime */
static void
test_replaces_only_when_told (Fixture *self, gconstpointer data)
{
  g_autoptr (GstPinToolFile) file = open_file (self, "new");
  g_autoptr (GError) error = NULL;
  gboolean exists = FALSE;

  g_assert_true (g_file_set_contents (self->path, "old", -1, NULL));
  g_assert_false (gst_pin_tool_file_finish (file, self->path, NULL, FALSE,
          &exists, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
  g_assert_true (exists);
  assert_text (self->path, "old");
  assert_text (gst_pin_tool_file_get_part (file), "new");
  g_assert_true (gst_pin_tool_file_finish (file, self->path, NULL, TRUE,
          &exists, NULL));
  assert_text (self->path, "new");
}

static void
test_lock (Fixture *self, gconstpointer data)
{
  GstPinToolFile *file = open_file (self, "one");
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_tool_file_open (self->path, FALSE, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "another run"));
  assert_text (gst_pin_tool_file_get_part (file), "one");
  gst_pin_tool_file_free (file);
  gst_pin_tool_file_free (open_file (self, "two"));
}

static void
test_discard (Fixture *self, gconstpointer data)
{
  g_autoptr (GstPinToolFile) file = open_file (self, "half");

  gst_pin_tool_file_discard (file, FALSE);
  g_assert_false (g_file_test (gst_pin_tool_file_get_part (file),
          G_FILE_TEST_EXISTS));
}

/* Whoever may write into the folder could lay one there */
static void
test_follows_no_link (Fixture *self, gconstpointer data)
{
  g_autofree gchar *part = g_strconcat (self->path, ".part", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("/dev/null", part), ==, 0);
  g_assert_null (gst_pin_tool_file_open (self->path, FALSE, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
}

static void
test_makes_folders (Fixture *self, gconstpointer data)
{
  g_autofree gchar *deep = g_build_filename (self->folder, "a", "b", NULL);
  g_autofree gchar *upper = g_path_get_dirname (deep);
  g_autofree gchar *path = g_build_filename (deep, "c.mp4", NULL);
  g_autoptr (GstPinToolFile) file = gst_pin_tool_file_open (path, FALSE, NULL);

  g_assert_nonnull (file);
  gst_pin_tool_file_discard (file, FALSE);
  g_assert_cmpint (g_rmdir (deep), ==, 0);
  g_assert_cmpint (g_rmdir (upper), ==, 0);
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_autofree gchar *path = g_build_filename (self->path, "b.mp4", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (self->path, "file", -1, NULL));
  g_assert_null (gst_pin_tool_file_open (path, FALSE, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
  g_assert_nonnull (strstr (error->message, self->path));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/tool-file/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("finish", test_finish);
  ADD ("replaces-only-when-told", test_replaces_only_when_told);
  ADD ("lock", test_lock);
  ADD ("discard", test_discard);
  ADD ("follows-no-link", test_follows_no_link);
  ADD ("makes-folders", test_makes_folders);
  ADD ("no-folder", test_no_folder);
#undef ADD
  return g_test_run ();
}
