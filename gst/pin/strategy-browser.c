/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page in a browser of the user's own, whose scripts ask for what the page
 * does not bring; see docs/browser.md. It costs a second and many processes, so
 * it is asked only where the user names it.
 *
 * Each answer that the page gets is read on a worker while the browser goes
 * on. The first video ends the browser; until then anything else that is said
 * of the Pin is kept. A question is a GTask on the client's thread, which owns
 * its state; it ends when the browser has gone and the last reader is back.
 */
#include "strategy-private.h"

#include <gst/pin/error.h>

#include "browser-private.h"
#include "page-private.h"

/* Which browser, by name or path, where the user has a wish */
#define PROGRAM "GST_PIN_BROWSER"

typedef struct
{
  gchar *id;
  GCancellable *loading;        /* ends the browser */
  gulong cancel_id;             /* the caller's, which cancels that */
  gboolean is_loaded;           /* the browser has gone */
  guint n_reading;
  GstPinMedia *media;           /* NULL: nothing is known yet */
  GError *page_error;           /* what the page said */
  GError *load_error;
} GstPinBrowsing;

typedef struct
{
  GstPinBrowserKind kind;
  GBytes *body;
  gchar *id;
} GstPinReading;

static void
browsing_free (gpointer data)
{
  GstPinBrowsing *browsing = data;

  g_clear_pointer (&browsing->media, gst_pin_media_unref);
  g_clear_error (&browsing->page_error);
  g_clear_error (&browsing->load_error);
  g_object_unref (browsing->loading);
  g_free (browsing->id);
  g_free (browsing);
}

static void
reading_free (gpointer data)
{
  GstPinReading *reading = data;

  g_bytes_unref (reading->body);
  g_free (reading->id);
  g_free (reading);
}

/* What the page itself said tells the user more than what its scripts got: in
 * those, what is no Pin's has to fail */
static GError *
steal_error (GstPinBrowsing *browsing)
{
  if (browsing->load_error)
    return g_steal_pointer (&browsing->load_error);
  if (browsing->page_error)
    return g_steal_pointer (&browsing->page_error);
  return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA, "The browser's "
      "page brought nothing of Pin %s. Look for a newer gst-pin: the site may "
      "have changed.", browsing->id);
}

static void
return_when_all_is_over (GTask *task)
{
  GstPinBrowsing *browsing = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (!browsing->is_loaded || browsing->n_reading > 0)
    return;
  if (browsing->cancel_id)
    g_signal_handler_disconnect (cancellable, browsing->cancel_id);
  if (g_task_return_error_if_cancelled (task));
  else if (browsing->media)
    g_task_return_pointer (task, g_steal_pointer (&browsing->media),
        (GDestroyNotify) gst_pin_media_unref);
  else
    g_task_return_error (task, steal_error (browsing));
  g_object_unref (task);
}

static void
read_in_thread (GTask *worker, gpointer source, gpointer data,
    GCancellable *cancellable)
{
  GstPinReading *reading = data;
  GError *error = NULL;
  GstPinMedia *media = reading->kind == GST_PIN_BROWSER_PAGE
      ? gst_pin_page_read (reading->body, reading->id, &error)
      : gst_pin_page_read_scripted (reading->body, reading->id, &error);

  if (media)
    g_task_return_pointer (worker, media,
        (GDestroyNotify) gst_pin_media_unref);
  else
    g_task_return_error (worker, error);
}

static gboolean
is_video (GstPinMedia *media)
{
  return gst_pin_media_get_kind (media) == GST_PIN_KIND_VIDEO;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinBrowsing *browsing = g_task_get_task_data (task);
  GstPinReading *reading = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  GstPinMedia *media = g_task_propagate_pointer (G_TASK (result), &error);

  browsing->n_reading--;
  if (media && (!browsing->media || !is_video (browsing->media))) {
    g_clear_pointer (&browsing->media, gst_pin_media_unref);
    browsing->media = media;
    if (is_video (media))
      g_cancellable_cancel (browsing->loading);
  } else if (media)
    gst_pin_media_unref (media);
  else if (reading->kind == GST_PIN_BROWSER_PAGE && !browsing->page_error)
    browsing->page_error = error;
  else
    g_error_free (error);
  return_when_all_is_over (task);
}

static void
on_captured (const GstPinBrowserCapture *capture, gpointer data)
{
  GTask *task = data;
  GstPinBrowsing *browsing = g_task_get_task_data (task);
  GstPinReading *reading = g_new0 (GstPinReading, 1);
  g_autoptr (GTask) worker = g_task_new (NULL, NULL, on_read, task);

  reading->kind = capture->kind;
  reading->body = g_bytes_ref (capture->body);
  reading->id = g_strdup (browsing->id);
  browsing->n_reading++;
  g_task_set_task_data (worker, reading, reading_free);
  g_task_run_in_thread (worker, read_in_thread);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinBrowsing *browsing = g_task_get_task_data (data);
  GPtrArray *captures = gst_pin_browser_load_finish (result,
      &browsing->load_error);

  g_clear_pointer (&captures, g_ptr_array_unref);
  browsing->is_loaded = TRUE;
  return_when_all_is_over (data);
}

/* On the thread that cancels */
static void
on_cancelled (GCancellable *cancellable, gpointer loading)
{
  g_cancellable_cancel (loading);
}

static void
ask_async (const GstPinStrategyQuery *query, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinBrowsing *browsing = g_new0 (GstPinBrowsing, 1);
  g_autofree gchar *url = g_strdup_printf ("https://www.pinterest.com/pin/%s/",
      query->id);
  const gchar *program = g_getenv (PROGRAM);
  GstPinBrowserConfig config = {
    .program = program && *program ? program : NULL,
    .http = gst_pin_http_client_get_config (query->client),
    .captured = on_captured,
    .captured_data = task,
  };

  browsing->id = g_strdup (query->id);
  browsing->loading = g_cancellable_new ();
  g_task_set_task_data (task, browsing, browsing_free);
  if (cancellable)
    browsing->cancel_id = g_signal_connect_data (cancellable, "cancelled",
        G_CALLBACK (on_cancelled), g_object_ref (browsing->loading),
        (GClosureNotify) (void (*)(void)) g_object_unref, 0);
  if (cancellable && g_cancellable_is_cancelled (cancellable))
    g_cancellable_cancel (browsing->loading);
  gst_pin_browser_load_async (&config, url, browsing->loading, on_loaded,
      task);
}

const GstPinStrategy gst_pin_strategy_browser = {
  .name = "browser",
  .ask_async = ask_async,
};
