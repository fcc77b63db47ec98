/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The private folder of one run of a browser. A load makes it before the
 * browser starts and removes it when the browser has gone, both in a worker
 * thread; in between it belongs to the browser. It is readable by its user
 * alone, and everything a browser would write elsewhere lands in it.
 *
 * An authority that the user trusts goes into the folder's certificate store,
 * the one that Chromium asks beside its own list, by certutil of NSS: there is
 * no argument that would say the same. Chromium's arguments that ignore errors
 * of certificates are no way: given the key of an authority, they would take
 * any chain that only shows that authority's certificate.
 */
#include "browser-profile-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <gst/pin/error.h>
#include <string.h>
#include <unistd.h>

#define STORE ".pki/nssdb"
#define BATCH "authorities"
/* The system's own file has some 150 */
#define MAX_AUTHORITIES 1000
/* Processes that were killed may still write a last file while they go */
#define REMOVE_ATTEMPTS 20
#define REMOVE_PAUSE (10 * G_TIME_SPAN_MILLISECOND)
#define MAX_DEPTH 32

static gboolean
run_certutil (const gchar *folder, const gchar *const *argv,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new
      (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) reason = NULL;

  g_subprocess_launcher_set_cwd (launcher, folder);
  process = g_subprocess_launcher_spawnv (launcher, argv, &reason);
  if (process && g_subprocess_wait_check (process, cancellable, &reason))
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    if (process) {
      g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
    }
    return FALSE;
  }
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "Could not tell the browser which authorities to trust: %s. That takes "
      "the program certutil (on Debian in libnss3-tools).", reason->message);
  return FALSE;
}

/* Each authority as a file of its own, and a list of what certutil is to do */
static gboolean
write_authorities (const gchar *folder, GList *certificates, GError **error)
{
  g_autofree gchar *batch = g_build_filename (folder, BATCH, NULL);
  g_autoptr (GString) list = g_string_new (NULL);
  guint n = 0;

  for (GList *l = certificates; l && n < MAX_AUTHORITIES; l = l->next, n++) {
    g_autofree gchar *name = g_strdup_printf (BATCH "-%u", n);
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    g_autofree gchar *pem = NULL;

    g_object_get (l->data, "certificate-pem", &pem, NULL);
    if (!g_file_set_contents (path, pem, -1, error))
      return FALSE;
    g_string_append_printf (list, "-A -d sql:" STORE
        " -t C,, -n %s -a -i %s\n", name, name);
  }
  return g_file_set_contents (batch, list->str, list->len, error);
}

static gboolean
trust (const gchar *folder, const gchar *tls_ca_file,
    GCancellable *cancellable, GError **error)
{
  static const gchar *const make[] = { "certutil", "-N", "-d", "sql:" STORE,
    "--empty-password", NULL
  };
  static const gchar *const add[] = { "certutil", "-B", "-d", "sql:" STORE,
    "-i", BATCH, NULL
  };
  g_autofree gchar *store = g_build_filename (folder, STORE, NULL);
  g_autoptr (GError) reason = NULL;
  GList *certificates =
      g_tls_certificate_list_new_from_file (tls_ca_file, &reason);
  gboolean written;

  if (!certificates) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_TLS,
        "Could not read the authorities of the setting tls-ca-file: %s.",
        reason ? reason->message : "there are none in it");
    return FALSE;
  }
  written = g_mkdir_with_parents (store, 0700) == 0
      && write_authorities (folder, certificates, &reason);
  g_list_free_full (certificates, g_object_unref);
  if (!written) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
        "Could not write into the browser's folder %s: %s.", folder,
        reason ? reason->message : g_strerror (errno));
    return FALSE;
  }
  return run_certutil (folder, make, cancellable, error)
      && run_certutil (folder, add, cancellable, error);
}

gchar *
gst_pin_browser_profile_make (const gchar *tls_ca_file,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *folder = g_dir_make_tmp ("gst-pin-browser-XXXXXX",
      &reason);

  if (!folder) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
        "Could not make a folder for the browser: %s.", reason->message);
    return NULL;
  }
  if (tls_ca_file && !trust (folder, tls_ca_file, cancellable, error)) {
    gst_pin_browser_profile_remove (folder);
    return NULL;
  }
  return g_steal_pointer (&folder);
}

gchar **
gst_pin_browser_profile_get_environment (const gchar *folder)
{
  /* Where a browser would look for the user's own files and session */
  static const gchar *const unset[] = { "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
    "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"
  };
  gchar **environment = g_get_environ ();

  for (guint i = 0; i < G_N_ELEMENTS (unset); i++)
    environment = g_environ_unsetenv (environment, unset[i]);
  environment = g_environ_setenv (environment, "HOME", folder, TRUE);
  return g_environ_setenv (environment, "TMPDIR", folder, TRUE);
}

/* Symbolic links are removed, never followed */
static gboolean
remove_tree (const gchar *path, guint depth)
{
  g_autoptr (GDir) dir = NULL;
  const gchar *name;
  gboolean empty = TRUE;

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  if (depth == MAX_DEPTH || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return FALSE;
  dir = g_dir_open (path, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    empty = remove_tree (child, depth + 1) && empty;
  }
  return empty && g_rmdir (path) == 0;
}

gboolean
gst_pin_browser_profile_remove (const gchar *folder)
{
  for (guint i = 0; i < REMOVE_ATTEMPTS; i++) {
    if (remove_tree (folder, 0))
      return TRUE;
    g_usleep (REMOVE_PAUSE);
  }
  return FALSE;
}
