/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole small resource in memory. A fetch is a GTask whose data this file
 * owns: it starts an exchange, collects the body up to the cap or hands its
 * pieces on as they come, and starts again from zero while
 * gst_pin_retry_next_ms() says so. Client's thread only.
 */
#include "http-document-private.h"

#include <string.h>

#include "error-private.h"
#include "http-exchange-private.h"
#include "http-retry-private.h"

#define FIRST_SPACE (64 * 1024)
#define BLOCK (64 * 1024)

typedef struct
{
  GstPinHttpClient *client;
  gchar *url, *what, *accept, *header_name, *header_value;
  GstPinCookies *cookies;
  gsize max_size;
  gboolean beginning;
  void (*take) (GBytes * piece, gpointer data);
  gpointer take_data;
  gboolean (*redirect) (const gchar * url, gpointer data);
  gpointer redirect_data;

  GstPinRetry retry;
  GstPinExchange *exchange;     /* NULL between attempts */
  GSource *wait;                /* until the next attempt */
  gulong cancel_id;
  GstPinDocument *document;
  GByteArray *body;             /* bytes so far, and room: len is the room's end */
  gchar *block;                 /* with take: where pieces are parts of */
  gsize block_used;
  gsize filled;
  gsize most;                   /* bytes of the attempt that came furthest */
  guint status;
  gint64 retry_after;
  GError *refusal;              /* too large */
} GstPinFetch;

static void start_attempt (GTask * task);

void
gst_pin_document_free (GstPinDocument *self)
{
  if (self->body)
    g_bytes_unref (self->body);
  g_free (self->url);
  g_free (self->content_type);
  g_free (self);
}

static void
clear_wait (GstPinFetch *fetch)
{
  if (fetch->wait) {
    g_source_destroy (fetch->wait);
    g_clear_pointer (&fetch->wait, g_source_unref);
  }
}

static void
fetch_free (gpointer data)
{
  GstPinFetch *fetch = data;

  clear_wait (fetch);
  g_clear_pointer (&fetch->document, gst_pin_document_free);
  g_clear_pointer (&fetch->body, g_byte_array_unref);
  g_clear_pointer (&fetch->block, g_atomic_rc_box_release);
  g_clear_pointer (&fetch->cookies, gst_pin_cookies_unref);
  g_clear_error (&fetch->refusal);
  g_free (fetch->url);
  g_free (fetch->what);
  g_free (fetch->accept);
  g_free (fetch->header_name);
  g_free (fetch->header_value);
  gst_pin_http_client_unref (fetch->client);
  g_free (fetch);
}

/* The task is done: nothing may call it any more */
static void
conclude (GTask *task)
{
  GstPinFetch *fetch = g_task_get_task_data (task);

  clear_wait (fetch);
  if (fetch->cancel_id)
    g_signal_handler_disconnect (g_task_get_cancellable (task),
        fetch->cancel_id);
  fetch->cancel_id = 0;
}

static gboolean
on_redirect (GstPinExchange *x, const gchar *url, gpointer data)
{
  GstPinFetch *fetch = g_task_get_task_data (data);

  if (!fetch->redirect || fetch->redirect (url, fetch->redirect_data))
    return TRUE;
  fetch->document->url = g_strdup (url);
  return FALSE;
}

static gboolean
on_response (GstPinExchange *x, const GstPinHttpResponse *response,
    gpointer data)
{
  GstPinFetch *fetch = g_task_get_task_data (data);

  fetch->status = response->status;
  fetch->retry_after = response->retry_after;
  if (!SOUP_STATUS_IS_SUCCESSFUL (response->status))
    return FALSE;
  fetch->document->url = g_strdup (response->url);
  fetch->document->content_type = g_strdup (response->content_type);
  fetch->document->total = response->total;
  fetch->body = g_byte_array_new ();
  fetch->filled = 0;
  if (fetch->take)
    fetch->take (NULL, fetch->take_data);
  return TRUE;
}

/* Of blocks whose parts are handed out, so that nothing is copied */
static guint8 *
space_in_block (GstPinFetch *fetch, gsize *size)
{
  if (fetch->block_used == BLOCK)
    g_clear_pointer (&fetch->block, g_atomic_rc_box_release);
  if (!fetch->block) {
    fetch->block = g_atomic_rc_box_alloc (BLOCK);
    fetch->block_used = 0;
  }
  *size = BLOCK - fetch->block_used;
  return (guint8 *) fetch->block + fetch->block_used;
}

static void
hand_out (GstPinFetch *fetch, gsize size)
{
  g_autoptr (GBytes) piece =
      g_bytes_new_with_free_func (fetch->block + fetch->block_used, size,
      (GDestroyNotify) g_atomic_rc_box_release,
      g_atomic_rc_box_acquire (fetch->block));

  fetch->block_used += size;
  fetch->take (piece, fetch->take_data);
}

static guint8 *
on_space (GstPinExchange *x, gsize *size, gpointer data)
{
  GstPinFetch *fetch = g_task_get_task_data (data);

  if (fetch->take)
    return space_in_block (fetch, size);
  if (fetch->filled == fetch->body->len)
    g_byte_array_set_size (fetch->body, fetch->filled ?
        MIN (fetch->filled * 2, fetch->max_size + 1) : FIRST_SPACE);
  *size = fetch->body->len - fetch->filled;
  return fetch->body->data + fetch->filled;
}

static gboolean
on_filled (GstPinExchange *x, gsize size, gpointer data)
{
  GstPinFetch *fetch = g_task_get_task_data (data);

  fetch->filled += size;
  if (fetch->filled > fetch->most) {
    fetch->most = fetch->filled;
    gst_pin_retry_alive (&fetch->retry, g_get_monotonic_time ());
  }
  if (fetch->take)
    hand_out (fetch, size);
  if (fetch->beginning && fetch->filled >= fetch->max_size) {
    fetch->filled = fetch->max_size;
    return FALSE;
  }
  if (fetch->filled <= fetch->max_size)
    return TRUE;
  fetch->refusal = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
      "Could not %s: the answer is larger than %" G_GSIZE_FORMAT
      " MiB, which no real one is.", fetch->what, fetch->max_size >> 20);
  gst_pin_error_set_url (fetch->refusal, fetch->url);
  return FALSE;
}

static gboolean
on_waited (gpointer data)
{
  start_attempt (data);
  return G_SOURCE_REMOVE;
}

/* Takes @error */
static void
attempt_failed (GTask *task, GError *error)
{
  GstPinFetch *fetch = g_task_get_task_data (task);
  gint wait = gst_pin_retry_next_ms (&fetch->retry, error, fetch->retry_after,
      g_get_monotonic_time ());

  if (wait < 0) {
    gst_pin_error_set_details (error, "attempts", G_TYPE_UINT,
        fetch->retry.total, NULL);
    conclude (task);
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_error_free (error);
  clear_wait (fetch);
  fetch->wait = g_timeout_source_new (wait);
  g_source_set_callback (fetch->wait, on_waited, task, NULL);
  g_source_attach (fetch->wait,
      gst_pin_http_client_get_context (fetch->client));
}

static void
on_done (GstPinExchange *x, const GError *error, gpointer data)
{
  GTask *task = data;
  GstPinFetch *fetch = g_task_get_task_data (task);
  GError *failure = NULL;

  fetch->exchange = NULL;
  if (error)
    failure = gst_pin_error_from_io (error, fetch->what, fetch->url);
  else if (fetch->refusal)
    failure = g_steal_pointer (&fetch->refusal);
  else if (fetch->status)
    failure = gst_pin_http_status_error (fetch->status, fetch->retry_after,
        fetch->what, fetch->url);
  if (failure) {
    attempt_failed (task, failure);
    return;
  }

  if (fetch->body) {
    g_byte_array_set_size (fetch->body, fetch->take ? 0 : fetch->filled);
    fetch->document->body =
        g_byte_array_free_to_bytes (g_steal_pointer (&fetch->body));
  }
  conclude (task);
  g_task_return_pointer (task, g_steal_pointer (&fetch->document),
      (GDestroyNotify) gst_pin_document_free);
  g_object_unref (task);
}

static const GstPinExchangeHandler handler = {
  on_redirect, on_response, on_space, on_filled, on_done
};

static void
start_attempt (GTask *task)
{
  GstPinFetch *fetch = g_task_get_task_data (task);
  GstPinHttpRequest request = {
    .url = fetch->url,
    .length = fetch->beginning ? (gint64) fetch->max_size : -1,
    .identity = fetch->beginning,
    .cookies = fetch->cookies,
    .header_name = fetch->header_name,
    .header_value = fetch->header_value,
    .accept = fetch->accept,
    .stall_ms = gst_pin_retry_stall_ms (&fetch->retry),
  };

  clear_wait (fetch);
  g_clear_pointer (&fetch->document, gst_pin_document_free);
  g_clear_pointer (&fetch->body, g_byte_array_unref);
  fetch->document = g_new0 (GstPinDocument, 1);
  fetch->status = 0;
  fetch->retry_after = -1;
  fetch->exchange = gst_pin_exchange_start (fetch->client, &request, &handler,
      task);
}

static gboolean
cancel_in_loop (gpointer data)
{
  GTask *task = data;
  GstPinFetch *fetch = g_task_get_task_data (task);

  /* It may have ended before this came to run */
  if (fetch->exchange)
    gst_pin_exchange_cancel (g_steal_pointer (&fetch->exchange));
  else if (!fetch->wait)
    return G_SOURCE_REMOVE;
  conclude (task);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

/* On the thread that cancels */
static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  GstPinFetch *fetch = g_task_get_task_data (data);
  GSource *idle = g_idle_source_new ();

  /* Never from inside: g_cancellable_connect() may call this at once */
  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, cancel_in_loop, g_object_ref (data),
      g_object_unref);
  g_source_attach (idle, gst_pin_http_client_get_context (fetch->client));
  g_source_unref (idle);
}

/* The handler has a reference of its own: it may run while the task ends */
static void
unref_data (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

void
gst_pin_document_fetch_async (GstPinHttpClient *client,
    const GstPinDocumentRequest *request, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinFetch *fetch = g_new0 (GstPinFetch, 1);

  fetch->client = gst_pin_http_client_ref (client);
  fetch->url = g_strdup (request->url);
  fetch->what = g_strdup (request->what);
  fetch->accept = g_strdup (request->accept);
  fetch->header_name = g_strdup (request->header_name);
  fetch->header_value = g_strdup (request->header_value);
  fetch->cookies = request->cookies ?
      gst_pin_cookies_ref (request->cookies) : NULL;
  fetch->max_size = request->max_size;
  fetch->beginning = request->beginning;
  fetch->take = request->take;
  fetch->take_data = request->take_data;
  fetch->redirect = request->redirect;
  fetch->redirect_data = request->redirect_data;
  gst_pin_retry_init (&fetch->retry, gst_pin_http_client_get_config (client),
      g_get_monotonic_time ());
  g_task_set_task_data (task, fetch, fetch_free);
  start_attempt (task);
  if (cancellable)
    fetch->cancel_id = g_signal_connect_data (cancellable, "cancelled",
        G_CALLBACK (on_cancelled), g_object_ref (task), unref_data, 0);
  if (cancellable && g_cancellable_is_cancelled (cancellable))
    on_cancelled (cancellable, task);
}

GstPinDocument *
gst_pin_document_fetch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
