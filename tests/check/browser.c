/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A load as processes and folders: the browser here is a shell script, which
 * does what a browser should not. What a real one loads is for the end-to-end
 * tests.
 */
#include "browser-private.h"

#include <glib/gstdio.h>
#include <gst/pin/error.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE "https://www.pinterest.com/pin/1/"

typedef struct
{
  gchar *folder;                /* of the test's own things */
  gchar *program;
  GCancellable *cancellable;
  GError *error;
  gboolean done;
} Test;

static void
set_up (Test *test, gconstpointer script)
{
  test->folder = g_dir_make_tmp ("gst-pin-test-XXXXXX", NULL);
  test->program = g_build_filename (test->folder, "browser", NULL);
  test->cancellable = g_cancellable_new ();
  if (script)
    g_assert_true (g_file_set_contents_full (test->program, script, -1,
            G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  g_setenv ("PIDS", test->folder, TRUE);
  g_setenv ("GST_PIN_BROWSER_SANDBOX", "0", TRUE);
}

static void
remove_own (Test *test, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (test->folder, name, NULL);

  g_unlink (path);
}

/* What the load made is gone by now */
static void
tear_down (Test *test, gconstpointer script)
{
  g_autoptr (GDir) dir = NULL;

  remove_own (test, "new");
  remove_own (test, "pids");
  remove_own (test, "browser");
  g_assert_cmpint (g_rmdir (test->folder), ==, 0);
  dir = g_dir_open (g_get_tmp_dir (), 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, NULL);
  g_clear_error (&test->error);
  g_object_unref (test->cancellable);
  g_free (test->program);
  g_free (test->folder);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  Test *test = data;
  g_autoptr (GPtrArray) captures = gst_pin_browser_load_finish (result,
      &test->error);

  g_assert_true (!captures == !!test->error);
  test->done = TRUE;
}

static void
begin (Test *test, const gchar *url, guint deadline_ms)
{
  GstPinHttpConfig http = { NULL };
  GstPinBrowserConfig config = {
    .program = test->program,
    .http = &http,
    .deadline_ms = deadline_ms,
  };

  gst_pin_browser_load_async (&config, url, test->cancellable, on_loaded,
      test);
  g_assert_false (test->done);
}

static void
finish (Test *test)
{
  while (!test->done)
    g_main_context_iteration (NULL, TRUE);
}

/* The browser has written its processes' ids: it runs */
static GStrv
wait_for_processes (Test *test)
{
  g_autofree gchar *path = g_build_filename (test->folder, "pids", NULL);
  gchar *text = NULL;
  GStrv pids;

  while (!g_file_get_contents (path, &text, NULL, NULL)) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  pids = g_strsplit (g_strstrip (text), " ", -1);
  g_free (text);
  g_assert_cmpuint (g_strv_length (pids), ==, 2);
  return pids;
}

static gboolean
is_running (const gchar *pid)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%s/stat", pid);
  g_autofree gchar *stat = NULL;

  /* Nobody may be there to take notice of an orphan's end */
  return g_file_get_contents (path, &stat, NULL, NULL)
      && !strstr (stat, ") Z ");
}

/* Killed with the browser; how soon the kernel is done with it is not ours */
static void
assert_gone (GStrv pids)
{
  for (guint i = 0; pids[i]; i++)
    while (is_running (pids[i]))
      g_usleep (1000);
}

static void
test_cancelled (Test *test, gconstpointer script)
{
  g_auto (GStrv) pids = NULL;

  begin (test, PAGE, 60000);
  pids = wait_for_processes (test);
  g_cancellable_cancel (test->cancellable);
  finish (test);
  g_assert_error (test->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (is_running (pids[0]));
  assert_gone (pids);
}

static void
test_cancelled_before (Test *test, gconstpointer script)
{
  g_cancellable_cancel (test->cancellable);
  begin (test, PAGE, 60000);
  finish (test);
  g_assert_error (test->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_deadline (Test *test, gconstpointer script)
{
  begin (test, PAGE, 300);
  finish (test);
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_TIMEOUT);
}

static void
test_ends_by_itself (Test *test, gconstpointer script)
{
  begin (test, PAGE, 60000);
  finish (test);
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (test->error->message, "ended by itself"));
}

static void
test_refuses (Test *test, gconstpointer script)
{
  begin (test, PAGE, 60000);
  finish (test);
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_INTERNAL);
  g_assert_nonnull (strstr (test->error->message, "not today"));
}

static void
test_not_there (Test *test, gconstpointer script)
{
  begin (test, PAGE, 60000);
  finish (test);
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED);
}

static void
test_foreign_page (Test *test, gconstpointer script)
{
  begin (test, "https://www.pinterest.com.example.com/pin/1/", 60000);
  finish (test);
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST);
}

/* Only root's browser goes without a sandbox, so only root is asked */
static void
test_root_has_to_allow_it (Test *test, gconstpointer script)
{
  if (geteuid () != 0) {
    g_test_skip ("not root");
    return;
  }
  g_unsetenv ("GST_PIN_BROWSER_SANDBOX");
  begin (test, PAGE, 60000);
  finish (test);
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (test->error->message, "GST_PIN_BROWSER_SANDBOX"));
}

int
main (int argc, char **argv)
{
  /* With a child of its own, and a folder that is full of files */
  static const gchar silent[] = "#!/bin/sh\n"
      "mkdir -p \"$HOME/profile/a/b\"; echo x >\"$HOME/profile/a/b/c\"\n"
      "sleep 1000 &\n"
      "echo $$ $! >\"$PIDS/new\"; mv \"$PIDS/new\" \"$PIDS/pids\"\n"
      "wait\n";
  static const gchar short_lived[] = "#!/bin/sh\nexit 1\n";
  static const gchar refusing[] = "#!/bin/sh\n"
      "printf '{\"id\":1,\"error\":{\"message\":\"not today\"}}\\0' >&4\n"
      "exec sleep 1000\n";
  static const struct
  {
    const gchar *name;
    const gchar *script;
    void (*run) (Test * test, gconstpointer script);
  } tests[] = {
    {"/browser/cancelled", silent, test_cancelled},
    {"/browser/cancelled-before", silent, test_cancelled_before},
    {"/browser/deadline", silent, test_deadline},
    {"/browser/ends-by-itself", short_lived, test_ends_by_itself},
    {"/browser/refuses", refusing, test_refuses},
    {"/browser/not-there", NULL, test_not_there},
    {"/browser/foreign-page", silent, test_foreign_page},
    {"/browser/root-has-to-allow-it", silent, test_root_has_to_allow_it},
  };
  gchar folder[] = "/tmp/gst-pin-test-XXXXXX";
  gint status;

  g_assert_nonnull (mkdtemp (folder));
  g_setenv ("TMPDIR", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Test, tests[i].script, set_up, tests[i].run,
        tear_down);
  status = g_test_run ();
  g_rmdir (folder);
  return status;
}
