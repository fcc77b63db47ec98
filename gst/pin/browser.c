/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A load in a browser of the user's own. It is a GTask that walks one way: a
 * worker thread makes a private folder, a browser starts in it, its page is
 * loaded; then, whatever the reason, the browser's process group is killed, the
 * process is waited for, and a worker removes the folder. Only then does the
 * task return, so that a caller who has its answer has nothing left running. A
 * browser whose caller is killed sees its socket close, and ends by itself.
 *
 * Everything but the two workers happens on the main context that was the
 * thread's default when the load began. The task owns all state.
 */
#include "browser-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "browser-gate-private.h"
#include "browser-page-private.h"
#include "browser-profile-private.h"
#include "debug-private.h"
#include "error-private.h"
#include "host-policy-private.h"

#define DEADLINE_MS 30000
/* The file descriptors of --remote-debugging-pipe */
#define CHILD_READS 3
#define CHILD_WRITES 4
/* Set to 0 by who trusts the page, or whatever else keeps the browser in */
#define SANDBOX "GST_PIN_BROWSER_SANDBOX"

typedef struct
{
  gchar *url;
  gchar *program;               /* path */
  GstPinHttpConfig http;
  void (*captured) (const GstPinBrowserCapture * capture, gpointer data);
  gpointer captured_data;

  GMainContext *context;
  GSource *deadline;
  guint deadline_ms;
  gulong cancel_id;
  GCancellable *preparing;      /* of the first worker */
  gchar *folder;                /* NULL until that is done */
  GSubprocess *process;
  GstPinBrowserPage *page;
  GPtrArray *captures;
  gboolean is_over;             /* the outcome is known, and is */
  GError *error;                /* this, or NULL: the captures */
} GstPinBrowserLoad;

static void
clear_deadline (GstPinBrowserLoad *load)
{
  if (load->deadline) {
    g_source_destroy (load->deadline);
    g_clear_pointer (&load->deadline, g_source_unref);
  }
}

static void
load_free (gpointer data)
{
  GstPinBrowserLoad *load = data;

  clear_deadline (load);
  g_clear_pointer (&load->page, gst_pin_browser_page_free);
  g_clear_object (&load->process);
  g_clear_object (&load->preparing);
  g_clear_error (&load->error);
  g_ptr_array_unref (load->captures);
  gst_pin_http_config_clear (&load->http);
  g_clear_pointer (&load->context, g_main_context_unref);
  g_free (load->folder);
  g_free (load->program);
  g_free (load->url);
  g_free (load);
}

/* The last step */
static void
return_outcome (GTask *task)
{
  GstPinBrowserLoad *load = g_task_get_task_data (task);

  if (load->error)
    g_task_return_error (task, g_steal_pointer (&load->error));
  else
    g_task_return_pointer (task, g_ptr_array_ref (load->captures),
        (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

static void
remove_in_thread (GTask *worker, gpointer source, gpointer folder,
    GCancellable *cancellable)
{
  g_task_return_boolean (worker, gst_pin_browser_profile_remove (folder));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinBrowserLoad *load = g_task_get_task_data (data);

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    GST_WARNING ("could not remove the browser's folder %s", load->folder);
  return_outcome (data);
}

static void
remove_folder (GTask *task)
{
  GstPinBrowserLoad *load = g_task_get_task_data (task);
  g_autoptr (GTask) worker = g_task_new (NULL, NULL, on_removed, task);

  g_task_set_task_data (worker, g_strdup (load->folder), g_free);
  g_task_run_in_thread (worker, remove_in_thread);
}

static void
on_process_gone (GObject *process, GAsyncResult *result, gpointer data)
{
  g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
  remove_folder (data);
}

/* Without a word: a browser that is asked to end saves what will be removed.
 * Its helpers are in its process group, or end when it is gone. */
static void
kill_browser (GTask *task)
{
  GstPinBrowserLoad *load = g_task_get_task_data (task);
  const gchar *id = g_subprocess_get_identifier (load->process);

  if (id)
    kill (-(pid_t) g_ascii_strtoll (id, NULL, 10), SIGKILL);
  g_subprocess_wait_async (load->process, NULL, on_process_gone, task);
}

/* The outcome is known; takes @error. What has begun is now ended, step by
 * step; the first worker sees to it itself when it is back. */
static void
end (GTask *task, GError *error)
{
  GstPinBrowserLoad *load = g_task_get_task_data (task);

  if (load->is_over) {
    g_clear_error (&error);
    return;
  }
  load->is_over = TRUE;
  load->error = error;
  clear_deadline (load);
  if (load->cancel_id)
    g_signal_handler_disconnect (g_task_get_cancellable (task),
        load->cancel_id);
  load->cancel_id = 0;
  if (load->page)
    gst_pin_browser_page_stop (load->page);
  if (load->process)
    kill_browser (task);
  else if (load->folder)
    remove_folder (task);
  else
    g_cancellable_cancel (load->preparing);
}

static void
on_captured (GstPinBrowserCapture *capture, gpointer data)
{
  GstPinBrowserLoad *load = g_task_get_task_data (data);

  GST_DEBUG ("the browser's page has %" G_GSIZE_FORMAT " bytes of %s",
      g_bytes_get_size (capture->body), capture->content_type);
  g_ptr_array_add (load->captures, capture);
  if (load->captured)
    load->captured (capture, load->captured_data);
}

static void
on_page_ended (GError *error, gpointer data)
{
  end (data, error);
}

/* In the child, between fork and exec: what the browser starts is killed with
 * it */
static void
lead_group (gpointer data)
{
  setpgid (0, 0);
}

static gboolean
wants_sandbox (void)
{
  return g_strcmp0 (g_getenv (SANDBOX), "0") != 0;
}

static GPtrArray *
make_arguments (GstPinBrowserLoad *load, GError **error)
{
  static const gchar *const fixed[] = { "--headless",
    "--remote-debugging-pipe", "--no-first-run",
    "--no-default-browser-check", "--disable-background-networking",
    "--disable-breakpad", "--disable-component-update",
    "--disable-default-apps", "--disable-dev-shm-usage",
    "--disable-domain-reliability", "--disable-extensions", "--disable-gpu",
    "--disable-sync", "--metrics-recording-only", "--mute-audio",
    "--password-store=basic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp"
  };
  g_autoptr (GPtrArray) args = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (args, g_strdup (load->program));
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (args, g_strdup (fixed[i]));
  if (!wants_sandbox ())
    g_ptr_array_add (args, g_strdup ("--no-sandbox"));
  g_ptr_array_add (args, g_strdup_printf ("--user-data-dir=%s/profile",
          load->folder));
  if (!gst_pin_browser_gate_add (args, &load->http, load->url, error))
    return NULL;
  g_ptr_array_add (args, g_strdup ("about:blank"));
  g_ptr_array_add (args, NULL);
  return g_steal_pointer (&args);
}

/* Returns our end of its socket, or -1 */
static gint
spawn (GstPinBrowserLoad *load, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new
      (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GPtrArray) args = make_arguments (load, error);
  g_auto (GStrv) environment =
      gst_pin_browser_profile_get_environment (load->folder);
  g_autoptr (GError) reason = NULL;
  gint ends[2], again;

  if (!args)
    return -1;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
        "Could not make a socket for the browser: %s.", g_strerror (errno));
    return -1;
  }
  again = fcntl (ends[1], F_DUPFD_CLOEXEC, 0);
  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_set_cwd (launcher, load->folder);
  g_subprocess_launcher_set_child_setup (launcher, lead_group, NULL, NULL);
  if (again >= 0)
    g_subprocess_launcher_take_fd (launcher, again, CHILD_READS);
  g_subprocess_launcher_take_fd (launcher, ends[1], CHILD_WRITES);
  load->process = g_subprocess_launcher_spawnv (launcher,
      (const gchar * const *) args->pdata, &reason);
  if (load->process)
    return ends[0];
  close (ends[0]);
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "Could not start the browser %s: %s.", load->program, reason->message);
  return -1;
}

static void
prepare_in_thread (GTask *worker, gpointer source, gpointer tls_ca_file,
    GCancellable *cancellable)
{
  GError *error = NULL;
  gchar *folder = gst_pin_browser_profile_make (tls_ca_file, cancellable,
      &error);

  if (folder)
    g_task_return_pointer (worker, folder, g_free);
  else
    g_task_return_error (worker, error);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  static const GstPinBrowserPageHandler handler = {
    on_captured, on_page_ended
  };
  GTask *task = data;
  GstPinBrowserLoad *load = g_task_get_task_data (task);
  GError *error = NULL;
  gint fd;

  load->folder = g_task_propagate_pointer (G_TASK (result), &error);
  if (load->is_over || !load->folder) {
    end (task, error);
    if (load->folder)
      remove_folder (task);
    else
      return_outcome (task);
    return;
  }
  fd = spawn (load, &error);
  if (fd < 0)
    end (task, error);
  else
    load->page = gst_pin_browser_page_new (fd, load->url, &load->http,
        &handler, task);
}

static gboolean
on_deadline (gpointer data)
{
  GstPinBrowserLoad *load = g_task_get_task_data (data);
  GError *error = NULL;

  if (load->captures->len == 0) {
    error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_TIMEOUT,
        "The browser has not loaded the page within %u ms. Try again when the "
        "machine or the network is less busy.", load->deadline_ms);
    gst_pin_error_set_url (error, load->url);
  }
  end (data, error);
  return G_SOURCE_REMOVE;
}

static gboolean
cancel_in_loop (gpointer data)
{
  end (data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
          "cancelled"));
  return G_SOURCE_REMOVE;
}

/* On the thread that cancels */
static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  GstPinBrowserLoad *load = g_task_get_task_data (data);
  GSource *idle = g_idle_source_new ();

  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, cancel_in_loop, g_object_ref (data),
      g_object_unref);
  g_source_attach (idle, load->context);
  g_source_unref (idle);
}

/* The path of the browser, where there is one that may run */
static gchar *
find_program (const gchar *wanted, GError **error)
{
  static const gchar *const names[] = { "chromium", "chromium-browser",
    "google-chrome"
  };
  gchar *path = wanted ? g_find_program_in_path (wanted) : NULL;

  for (guint i = 0; !wanted && !path && i < G_N_ELEMENTS (names); i++)
    path = g_find_program_in_path (names[i]);
  if (!path) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "There is no browser %s. Install Chromium, or leave the browser out of "
        "the setting strategies.", wanted ? wanted : "in PATH");
  } else if (geteuid () == 0 && wants_sandbox ()) {
    g_clear_pointer (&path, g_free);
    g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "A browser has no sandbox when root starts it. Run as another user; "
        "or, where a container keeps it in, set " SANDBOX "=0.");
  }
  return path;
}

static void
start (GTask *task)
{
  GstPinBrowserLoad *load = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GTask) worker = NULL;

  load->deadline = g_timeout_source_new (load->deadline_ms);
  g_source_set_callback (load->deadline, on_deadline, task, NULL);
  g_source_attach (load->deadline, load->context);
  worker = g_task_new (NULL, load->preparing, on_prepared, task);
  /* Its folder has to be known, also where the load is over by then */
  g_task_set_check_cancellable (worker, FALSE);
  g_task_set_task_data (worker, g_strdup (load->http.tls_ca_file), g_free);
  g_task_run_in_thread (worker, prepare_in_thread);
  if (cancellable)
    load->cancel_id = g_signal_connect (cancellable, "cancelled",
        G_CALLBACK (on_cancelled), task);
  if (cancellable && g_cancellable_is_cancelled (cancellable))
    on_cancelled (cancellable, task);
}

void
gst_pin_browser_load_async (const GstPinBrowserConfig *config,
    const gchar *url, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinBrowserLoad *load = g_new0 (GstPinBrowserLoad, 1);
  GError *error = NULL;

  load->url = g_strdup (url);
  gst_pin_http_config_copy (config->http, &load->http);
  load->captured = config->captured;
  load->captured_data = config->captured_data;
  load->deadline_ms = config->deadline_ms ? config->deadline_ms : DEADLINE_MS;
  load->context = g_main_context_ref_thread_default ();
  load->preparing = g_cancellable_new ();
  load->captures = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_pin_browser_capture_free);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, load, load_free);

  if (gst_pin_host_policy_check_url (url, load->http.allow_private, &error))
    load->program = find_program (config->program, &error);
  if (load->program) {
    start (task);
  } else {
    load->error = error;
    return_outcome (task);
  }
}

GPtrArray *
gst_pin_browser_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
