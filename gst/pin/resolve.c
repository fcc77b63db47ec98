/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One resolve, from what was typed to an answer. It is a GTask on the client's
 * thread, which owns all state: a short link is followed to its Pin's id, and
 * the site is asked about that, together with whoever else asks the same.
 */
#include "resolve-private.h"

#include <gst/pin/error.h>

#include "http-document-private.h"
#include "location-private.h"
#include "resolve-shared-private.h"

#define MAX_LINK_ANSWER (1024 * 1024)

typedef struct
{
  GstPinHttpClient *client;
  GstPinResolveOptions options;
  gchar *id;                    /* NULL while a short link is followed */
  GError *link_error;           /* where the short link led instead */
  gint64 since;
  GArray *attempts;             /* of GstPinAttempt */
} GstPinResolve;

static void
resolve_free (gpointer data)
{
  GstPinResolve *resolve = data;

  g_free (resolve->id);
  g_clear_error (&resolve->link_error);
  g_array_unref (resolve->attempts);
  gst_pin_resolve_options_clear (&resolve->options);
  gst_pin_http_client_unref (resolve->client);
  g_free (resolve);
}

static void
return_error (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinResolve *resolve = g_task_get_task_data (task);
  g_autoptr (GArray) attempts = NULL;
  GError *error = NULL;
  GstPinMedia *media = gst_pin_resolve_shared_finish (result, &attempts,
      &error);

  g_array_append_vals (resolve->attempts, attempts->data, attempts->len);
  if (!media) {
    return_error (task, error);
    return;
  }
  g_task_return_pointer (task, media, (GDestroyNotify) gst_pin_media_unref);
  g_object_unref (task);
}

static void
ask (GTask *task)
{
  GstPinResolve *resolve = g_task_get_task_data (task);

  gst_pin_resolve_shared_async (resolve->client, resolve->id,
      &resolve->options, g_task_get_cancellable (task), on_answer, task);
}

/* Only the way counts, not the page at its end: that one is made for the
 * visitor whom the link was sent to, and can hold other Pins */
static gboolean
follow_short_link (const gchar *url, gpointer data)
{
  GstPinResolve *resolve = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GstPinLocation) location = NULL;

  if (uri && g_str_has_prefix (g_uri_get_path (uri), "/url_shortener/"))
    return TRUE;
  location = gst_pin_location_new_from_redirect (url, &error);
  if (location
      && gst_pin_location_get_kind (location) == GST_PIN_LOCATION_SHORT_LINK)
    return TRUE;
  if (location
      && gst_pin_location_get_kind (location) == GST_PIN_LOCATION_PIN)
    resolve->id = g_strdup (gst_pin_location_get_id (location));
  else if (location)
    resolve->link_error = g_error_new (GST_PIN_ERROR,
        GST_PIN_ERROR_UNSUPPORTED, "The short link leads to %s, which is "
        "no Pin. Open it in a browser and take the link of one Pin.",
        gst_pin_location_get_url (location));
  else
    resolve->link_error = g_steal_pointer (&error);
  return FALSE;
}

static void
on_short_link (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinResolve *resolve = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &error);

  if (document && !resolve->id) {
    error = g_steal_pointer (&resolve->link_error);
    if (!error)
      error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND,
          "The short link leads nowhere. It may have expired; open it in a "
          "browser to see.");
  }
  gst_pin_attempts_add (resolve->attempts, "short-link", error,
      resolve->since);
  if (error)
    return_error (task, error);
  else
    ask (task);
}

void
gst_pin_resolve_async (GstPinHttpClient *client, GstPinLocation *location,
    const GstPinResolveOptions *options, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinResolve *resolve = g_new0 (GstPinResolve, 1);

  resolve->client = gst_pin_http_client_ref (client);
  gst_pin_resolve_options_copy (options, &resolve->options);
  resolve->attempts = gst_pin_attempts_new ();
  resolve->since = g_get_monotonic_time ();
  resolve->id = g_strdup (gst_pin_location_get_id (location));
  g_task_set_task_data (task, resolve, resolve_free);

  if (gst_pin_location_get_kind (location) == GST_PIN_LOCATION_SHORT_LINK) {
    GstPinDocumentRequest request = {
      .url = gst_pin_location_get_url (location),
      .what = "follow the short link",
      .max_size = MAX_LINK_ANSWER,
      .redirect = follow_short_link,
      .redirect_data = resolve,
    };

    gst_pin_document_fetch_async (client, &request, cancellable,
        on_short_link, task);
  } else if (resolve->id)
    ask (task);
  else
    return_error (task, gst_pin_location_explain_no_pin (location));
}

GstPinMedia *
gst_pin_resolve_finish (GAsyncResult *result, GArray **attempts,
    GError **error)
{
  GstPinResolve *resolve = g_task_get_task_data (G_TASK (result));

  if (attempts)
    *attempts = g_array_ref (resolve->attempts);
  return g_task_propagate_pointer (G_TASK (result), error);
}
