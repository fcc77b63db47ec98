/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The private folder of a browser. That its authorities are believed is for the
 * end-to-end tests.
 */
#include "browser-profile-private.h"

#include <glib/gstdio.h>
#include <gst/pin/error.h>
#include <string.h>
#include <unistd.h>

static void
test_private (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *folder = gst_pin_browser_profile_make (NULL, NULL, &error);
  GStatBuf info;

  g_assert_no_error (error);
  g_assert_cmpint (g_stat (folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  g_assert_true (gst_pin_browser_profile_remove (folder));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
test_environment (void)
{
  g_auto (GStrv) environment = NULL;

  g_setenv ("XDG_DATA_HOME", "/home/somebody/data", TRUE);
  environment = gst_pin_browser_profile_get_environment ("/folder");
  g_assert_cmpstr (g_environ_getenv (environment, "HOME"), ==, "/folder");
  g_assert_cmpstr (g_environ_getenv (environment, "TMPDIR"), ==, "/folder");
  g_assert_null (g_environ_getenv (environment, "XDG_DATA_HOME"));
  g_assert_cmpstr (g_environ_getenv (environment, "PATH"), ==,
      g_getenv ("PATH"));
}

/* Profiles have links in them; what they lead to is somebody else's */
static void
test_removal_follows_no_link (void)
{
  g_autofree gchar *folder = gst_pin_browser_profile_make (NULL, NULL, NULL);
  g_autofree gchar *other = g_dir_make_tmp ("gst-pin-other-XXXXXX", NULL);
  g_autofree gchar *file = g_build_filename (other, "file", NULL);
  g_autofree gchar *deep = g_build_filename (folder, "a", "b", NULL);
  g_autofree gchar *link = g_build_filename (deep, "link", NULL);
  g_autofree gchar *dead = g_build_filename (folder, "dead", NULL);

  g_assert_true (g_file_set_contents (file, "kept", -1, NULL));
  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_assert_cmpint (symlink (other, link), ==, 0);
  g_assert_cmpint (symlink ("/nowhere", dead), ==, 0);
  g_assert_true (gst_pin_browser_profile_remove (folder));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (other), ==, 0);
}

static void
test_authorities_that_are_none (void)
{
  static const gchar *const files[] = { "/nowhere/ca.pem", "/dev/null" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_pin_browser_profile_make (files[i], NULL, &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_TLS);
    g_assert_nonnull (strstr (error->message, "tls-ca-file"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/browser-profile/private", test_private);
  g_test_add_func ("/browser-profile/environment", test_environment);
  g_test_add_func ("/browser-profile/removal-follows-no-link",
      test_removal_follows_no_link);
  g_test_add_func ("/browser-profile/authorities-that-are-none",
      test_authorities_that_are_none);
  return g_test_run ();
}
