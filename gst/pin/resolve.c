/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One resolve. It is a GTask that walks a table of strategies: the
 * Pin's page as a visitor without an account gets it, then the answer that the
 * site's own script asks for. Fetching is on the client's thread; reading a
 * page, which takes tens of milliseconds, on a worker, so that other Pins'
 * connections go on. The task owns all state.
 */
#include "resolve-private.h"

#include "error-private.h"
#include "http-document-private.h"
#include "location-private.h"
#include "page-private.h"

/* A page is about 1 MB; the cap is what a hostile one may cost */
#define MAX_PAGE (16 * 1024 * 1024)
#define MAX_LINK_ANSWER (1024 * 1024)

typedef struct
{
  const gchar *name;
  /* (transfer full) What to ask */
  gchar *(*make_url) (const gchar * id);
  const gchar *what, *accept;
  const gchar *header_name, *header_value;
  GstPinMedia *(*read) (GBytes * body, const gchar * id, GError ** error);
} GstPinStrategy;

static gchar *
page_url (const gchar *id)
{
  return g_strdup_printf ("https://www.pinterest.com/pin/%s/", id);
}

static gchar *
resource_url (const gchar *id)
{
  g_autofree gchar *options = g_strdup_printf
      ("{\"options\":{\"id\":\"%s\",\"field_set_key\":"
      "\"unauth_react_main_pin\"},\"context\":{}}", id);
  g_autofree gchar *data = g_uri_escape_string (options, NULL, FALSE);

  return g_strdup_printf ("https://www.pinterest.com/resource/PinResource/get/"
      "?source_url=%%2Fpin%%2F%s%%2F&data=%s", id, data);
}

static const GstPinStrategy strategies[] = {
  {"page", page_url, "load the page", "text/html", NULL, NULL,
      gst_pin_page_read},
  /* Without this header the site answers 403 (observed since March 2025);
   * the brackets stand so */
  {"resource", resource_url, "load the Pin's data", "application/json",
        "X-Pinterest-PWS-Handler", "www/[username].js",
      gst_pin_page_read_resource},
};

typedef struct
{
  GstPinHttpClient *client;
  gchar *id;                    /* NULL while a short link is followed */
  GError *link_error;           /* where the short link led instead */
  guint strategy;
  gint64 since;
  GArray *attempts;             /* of GstPinAttempt */
  GError *first_error;          /* the page's: it tells the user most */
  GstPinMedia *poor;            /* what is left if nobody knows of a video */
} GstPinResolve;

typedef struct
{
  GBytes *body;
  gchar *id;
  const GstPinStrategy *strategy;
} GstPinReading;

static void try_strategy (GTask * task);

static void
resolve_free (gpointer data)
{
  GstPinResolve *resolve = data;

  g_free (resolve->id);
  g_clear_error (&resolve->link_error);
  g_clear_error (&resolve->first_error);
  g_clear_pointer (&resolve->poor, gst_pin_media_unref);
  g_array_unref (resolve->attempts);
  gst_pin_http_client_unref (resolve->client);
  g_free (resolve);
}

static void
reading_free (gpointer data)
{
  GstPinReading *reading = data;

  g_bytes_unref (reading->body);
  g_free (reading->id);
  g_free (reading);
}

static void
note_attempt (GstPinResolve *resolve, const gchar *strategy,
    const GError *error)
{
  gst_pin_attempts_add (resolve->attempts, strategy, error, resolve->since);
}

static void
return_error (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
return_media (GTask *task, GstPinMedia *media)
{
  g_task_return_pointer (task, media, (GDestroyNotify) gst_pin_media_unref);
  g_object_unref (task);
}

/* Whether another strategy could know better than this failure */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, GST_PIN_ERROR, GST_PIN_ERROR_CANCELLED)
      || g_error_matches (error, GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND)
      || g_error_matches (error, GST_PIN_ERROR, GST_PIN_ERROR_TLS)
      || g_error_matches (error, GST_PIN_ERROR, GST_PIN_ERROR_TIMEOUT)
      || g_error_matches (error, GST_PIN_ERROR, GST_PIN_ERROR_RATE_LIMITED)
      || (g_error_matches (error, GST_PIN_ERROR, GST_PIN_ERROR_NETWORK)
      && gst_pin_error_get_http_status (error) == 0);
}

/* This one did not give a video: ask the next, or make do */
static void
go_on (GTask *task)
{
  GstPinResolve *resolve = g_task_get_task_data (task);

  if (++resolve->strategy < G_N_ELEMENTS (strategies))
    try_strategy (task);
  else if (resolve->poor)
    return_media (task, g_steal_pointer (&resolve->poor));
  else
    return_error (task, g_steal_pointer (&resolve->first_error));
}

/* Takes @error */
static void
strategy_failed (GTask *task, GError *error)
{
  GstPinResolve *resolve = g_task_get_task_data (task);

  note_attempt (resolve, strategies[resolve->strategy].name, error);
  if (is_final (error) && !resolve->poor) {
    return_error (task, error);
    return;
  }
  if (!resolve->first_error)
    resolve->first_error = error;
  else
    g_error_free (error);
  go_on (task);
}

/* A carousel in a Relay answer shows its videos as pictures (observed), so a
 * picture is believed only when nobody knows better */
static gboolean
may_be_poor (GstPinMedia *media)
{
  return gst_pin_media_get_kind (media) == GST_PIN_KIND_IMAGE
      && g_strcmp0 (gst_pin_media_get_source (media), "relay") == 0;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data,
    GCancellable *cancellable)
{
  GstPinReading *reading = task_data;
  GError *error = NULL;
  GstPinMedia *media = reading->strategy->read (reading->body, reading->id,
      &error);

  if (media)
    g_task_return_pointer (task, media,
        (GDestroyNotify) gst_pin_media_unref);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinResolve *resolve = g_task_get_task_data (task);
  GError *error = NULL;
  GstPinMedia *media = g_task_propagate_pointer (G_TASK (result), &error);

  if (!media) {
    strategy_failed (task, error);
    return;
  }
  note_attempt (resolve, strategies[resolve->strategy].name, NULL);
  if (!may_be_poor (media)) {
    return_media (task, media);
    return;
  }
  g_clear_pointer (&resolve->poor, gst_pin_media_unref);
  resolve->poor = media;
  go_on (task);
}

static void
on_document (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinResolve *resolve = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &error);
  g_autoptr (GTask) worker = NULL;
  GstPinReading *reading;

  if (!document) {
    strategy_failed (task, error);
    return;
  }
  if (!document->body) {
    error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED,
        "The site asks for a login before it shows this Pin. Try later, or "
        "from another network.");
    gst_pin_error_set_url (error, document->url);
    strategy_failed (task, error);
    return;
  }
  reading = g_new0 (GstPinReading, 1);
  reading->body = g_bytes_ref (document->body);
  reading->id = g_strdup (resolve->id);
  reading->strategy = &strategies[resolve->strategy];
  worker = g_task_new (NULL, g_task_get_cancellable (task), on_read, task);
  g_task_set_return_on_cancel (worker, TRUE);
  g_task_set_task_data (worker, reading, reading_free);
  g_task_run_in_thread (worker, read_in_thread);
}

/* The login page is no page of a Pin: stop in front of it */
static gboolean
follow_unless_login (const gchar *url, gpointer data)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);

  return !uri || !g_str_has_prefix (g_uri_get_path (uri), "/login");
}

static void
try_strategy (GTask *task)
{
  GstPinResolve *resolve = g_task_get_task_data (task);
  const GstPinStrategy *strategy = &strategies[resolve->strategy];
  g_autofree gchar *url = strategy->make_url (resolve->id);
  GstPinDocumentRequest request = {
    .url = url,
    .what = strategy->what,
    .accept = strategy->accept,
    .header_name = strategy->header_name,
    .header_value = strategy->header_value,
    .max_size = MAX_PAGE,
    .redirect = follow_unless_login,
  };

  resolve->since = g_get_monotonic_time ();
  gst_pin_document_fetch_async (resolve->client, &request,
      g_task_get_cancellable (task), on_document, task);
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
  note_attempt (resolve, "short-link", error);
  if (error)
    return_error (task, error);
  else
    try_strategy (task);
}

void
gst_pin_resolve_async (GstPinHttpClient *client, GstPinLocation *location,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinResolve *resolve = g_new0 (GstPinResolve, 1);

  resolve->client = gst_pin_http_client_ref (client);
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
    try_strategy (task);
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
