/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One GET over libsoup. It lives on the client's thread from start to done or
 * cancel: checks each address before it is asked and each peer before it is
 * connected to, follows redirects itself (libsoup would not ask the host
 * policy), reads the body without blocking into memory that the caller owns,
 * and gives up when no byte comes for a while.
 */
#include "http-exchange-private.h"

#include <string.h>

#include "debug-private.h"
#include "error-private.h"
#include "host-policy-private.h"

#define MAX_REDIRECTS 10
/* A redirect's body is read so that its connection can be used again */
#define MAX_REDIRECT_BODY (64 * 1024)
/* What one turn of the main loop may read, so that all connections get theirs */
#define MAX_TURN (1024 * 1024)
#define RETRY_AFTER_MAX (7 * 24 * 3600)
/* Slower than this over a whole stall_ms is as good as a stall: bytes per s */
#define LOW_SPEED 512

struct _GstPinExchange
{
  gint refs;                    /* one for the caller's part, one per libsoup call */
  GstPinHttpClient *client;
  const GstPinExchangeHandler *handler;
  gpointer data;

  gchar *url;                   /* of the current hop */
  gchar *range, *if_range, *header_name, *header_value, *accept;
  GstPinCookies *cookies;       /* NULL: none */
  gboolean identity;
  guint stall_ms;

  GstPinRoute *route;           /* the current hop's */
  GstPinHostUse *use;           /* that counts this one; the route's */
  GstPinHostUse *asked;         /* what the first hop was counted by */
  gboolean ask_new;             /* it needs a connection of its own */
  GSource *turn;                /* waits for the request's turn */
  gboolean through;             /* the connection reached the server */
  guint hops;
  gchar *next_url;              /* set while a redirect's body is read */
  gsize discarded;
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable;
  GSource *stall;               /* fires when too little came for too long */
  gsize since_armed;            /* bytes since it was set */
  GSource *readable;            /* waits for the stream; NULL: not waiting */
  gboolean paused, over, stalled, new_connection, connecting;
  GError *refused;              /* the host policy's word on a peer */
};

static void send_hop (GstPinExchange * self);
static void pump (GstPinExchange * self);

static void
clear_source (GSource **source)
{
  if (*source) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

static void
exchange_unref (GstPinExchange *self)
{
  if (--self->refs > 0)
    return;
  clear_source (&self->stall);
  clear_source (&self->readable);
  clear_source (&self->turn);
  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->refused);
  g_free (self->url);
  g_free (self->range);
  g_free (self->if_range);
  g_free (self->header_name);
  g_free (self->header_value);
  g_free (self->accept);
  g_free (self->next_url);
  g_clear_pointer (&self->cookies, gst_pin_cookies_unref);
  gst_pin_http_client_unref (self->client);
  g_free (self);
}

static void
set_stall (GstPinExchange *self, gboolean armed)
{
  self->since_armed = 0;
  if (self->stall)
    g_source_set_ready_time (self->stall, armed ?
        g_get_monotonic_time () + (gint64) self->stall_ms * 1000 : -1);
}

static void
set_connecting (GstPinExchange *self, gboolean connecting)
{
  if (self->connecting == connecting)
    return;
  self->connecting = connecting;
  if (connecting)
    gst_pin_http_client_connecting (self->client);
  else
    gst_pin_http_client_connected (self->client);
}

/* libsoup knows which connections are open; this only decides when to ask it
 * for one more, since by itself it lets a request wait for another's connection
 * to be made (it might turn out to be HTTP/2), one after the other. Done when a
 * request is to be made, before it is sent, so that the next to decide knows. */
static void
claim_connection (GstPinExchange *self, GUri *uri)
{
  self->route = gst_pin_http_client_pick_route (self->client);
  self->use = gst_pin_route_get_host (self->route, uri);
  self->ask_new = ++self->use->busy > self->use->open;
  if (self->ask_new)
    self->use->open++;
}

/* @idle: the connection, if it was there at all, can go on */
static void
release_connection (GstPinExchange *self, gboolean idle)
{
  if (!self->use)
    return;
  self->use->busy--;
  if (!idle)
    self->use->open--;
  self->use = NULL;
}

/* @idle: the body was read to its end, so that the connection can go on */
static void
drop_message (GstPinExchange *self, gboolean idle)
{
  release_connection (self, self->message ? idle : !self->ask_new);
  if (!self->message)
    return;
  set_connecting (self, FALSE);
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
}

static void
leave (GstPinExchange *self, gboolean complete)
{
  self->over = TRUE;
  clear_source (&self->stall);
  clear_source (&self->readable);
  clear_source (&self->turn);
  drop_message (self, complete);
  if (!complete)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->stream);
}

static void
finish (GstPinExchange *self, gboolean complete, const GError *error)
{
  if (self->over)
    return;
  leave (self, complete);
  self->handler->done (self, error, self->data);
  exchange_unref (self);
}

/* Whether what went wrong is the proxy's fault rather than the server's */
static gboolean
is_proxy_failure (GstPinExchange *self, const GError *io)
{
  if (!self->route || !self->route->proxy || self->through)
    return FALSE;
  /* No other name is looked up here */
  if (io->domain == G_RESOLVER_ERROR)
    return TRUE;
  if (!self->new_connection)
    return FALSE;
  return !g_error_matches (io, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      && io->domain != G_TLS_ERROR;
}

/* The proxy's name alone: there may be a password beside it */
static void
blame_proxy (GstPinExchange *self, const GError *io, GError *error)
{
  const gchar *proxy = self->route->proxy;
  const gchar *at = strrchr (proxy, '@');
  const gchar *scheme = strstr (proxy, "://");

  g_free (error->message);
  error->message = g_strdup_printf ("Could not reach %s through the proxy %s: "
      "%s. Look whether the proxy runs and is named right.",
      g_uri_get_host (soup_message_get_uri (self->message)),
      at ? at + 1 : scheme ? scheme + 3 : proxy, io->message);
}

static void
fail_io (GstPinExchange *self, const GError *io)
{
  gboolean proxy_failed = is_proxy_failure (self, io);
  g_autoptr (GError) error = NULL;

  if (proxy_failed)
    gst_pin_route_report (self->route, FALSE, g_get_monotonic_time ());
  if (self->refused)
    error = g_error_copy (self->refused);
  else if (self->stalled) {
    error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_TIMEOUT,
        "%s did not answer in time. Check the network, or allow it more time "
        "with the setting timeout.", g_uri_get_host (soup_message_get_uri
            (self->message)));
    gst_pin_error_set_url (error, self->url);
  } else {
    error = gst_pin_error_from_io (io, "reach the server", self->url);
    if (proxy_failed && error->code == GST_PIN_ERROR_NETWORK)
      blame_proxy (self, io, error);
  }
  finish (self, FALSE, error);
}

/* The proxy answered instead of the server: it could not reach it */
static void
fail_tunnel (GstPinExchange *self)
{
  const gchar *host = g_uri_get_host (soup_message_get_uri (self->message));
  guint status = soup_message_get_status (self->message);
  g_autoptr (GError) error = NULL;

  gst_pin_route_report (self->route, FALSE, g_get_monotonic_time ());
  error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_NETWORK,
      "The proxy could not reach %s (status %u %s). Check the name and the "
      "proxy.", host, status, soup_status_get_phrase (status));
  gst_pin_error_set_url (error, self->url);
  finish (self, FALSE, error);
}

static gboolean
on_stall (gpointer data)
{
  GstPinExchange *self = data;
  g_autoptr (GError) io = NULL;

  self->stalled = TRUE;
  io = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "timeout");
  fail_io (self, io);
  return G_SOURCE_REMOVE;
}

static gboolean
stall_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs stall_funcs = { NULL, NULL, stall_dispatch, NULL };

static void
on_network_event (SoupMessage *message, GSocketClientEvent event,
    GIOStream *connection, GstPinExchange *self)
{
  if (self->over)
    return;
  GST_TRACE ("%p: connection event %d", self, event);
  /* With a proxy: not before its tunnel stands and TLS in it */
  if (event == G_SOCKET_CLIENT_COMPLETE)
    self->through = TRUE;
  if (event == G_SOCKET_CLIENT_CONNECTING) {
    self->new_connection = TRUE;
    self->through = FALSE;
    /* Servers close what is idle, and nobody tells */
    if (!self->ask_new)
      gst_pin_host_use_found_none_idle (self->use);
  } else if (event == G_SOCKET_CLIENT_COMPLETE)
    set_connecting (self, FALSE);
  if (gst_pin_http_client_let_connect (self->client, event, connection))
    return;
  g_clear_error (&self->refused);
  self->refused = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST,
      "%s has a private address, which is not asked. If this is a server of "
      "your own, allow it with the setting allow-private.",
      g_uri_get_host (soup_message_get_uri (message)));
  gst_pin_error_set_url (self->refused, self->url);
}

static gint64
parse_retry_after (const gchar *text)
{
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GDateTime) now = NULL;
  gchar *end;
  gint64 seconds;

  if (!text)
    return -1;
  seconds = g_ascii_strtoll (text, &end, 10);
  if (end == text) {
    date = soup_date_time_new_from_http_string (text);
    if (!date)
      return -1;
    now = g_date_time_new_now_utc ();
    seconds = (g_date_time_difference (date, now) + G_TIME_SPAN_SECOND - 1)
        / G_TIME_SPAN_SECOND;
  }
  return CLAMP (seconds, 0, RETRY_AFTER_MAX);
}

/* The length in a 416's Content-Range (RFC 9110 14.4), which libsoup does not parse */
static gint64
total_of_unsatisfied (const gchar *content_range)
{
  guint64 total;

  if (content_range && g_str_has_prefix (content_range, "bytes */")
      && g_ascii_string_to_unsigned (content_range + 8, 10, 0, G_MAXINT64,
          &total, NULL))
    return total;
  return -1;
}

static gboolean
give_response (GstPinExchange *self)
{
  SoupMessageHeaders *headers =
      soup_message_get_response_headers (self->message);
  const gchar *etag = soup_message_headers_get_one (headers, "ETag");
  const gchar *length = soup_message_headers_get_one (headers,
      "Content-Length");
  const gchar *encoding = soup_message_headers_get_one (headers,
      "Content-Encoding");
  goffset start, end, total;
  GstPinHttpResponse response = {
    .encoded = self->identity && encoding
        && g_ascii_strcasecmp (encoding, "identity") != 0,
    .status = soup_message_get_status (self->message),
    .url = self->url,
    .content_type = soup_message_headers_get_content_type (headers, NULL),
    .content_length = length ? g_ascii_strtoll (length, NULL, 10) : -1,
    .total = -1,
    .etag = etag && g_str_has_prefix (etag, "W/") ? NULL : etag,
    .last_modified = soup_message_headers_get_one (headers, "Last-Modified"),
    .retry_after = parse_retry_after (soup_message_headers_get_one (headers,
            "Retry-After")),
  };

  if (response.status == SOUP_STATUS_PARTIAL_CONTENT) {
    if (soup_message_headers_get_content_range (headers, &start, &end,
            &total)) {
      response.range_start = start;
      response.total = total;
    }
  } else if (response.status == SOUP_STATUS_OK)
    response.total = response.content_length;
  else if (response.status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    response.total = total_of_unsatisfied
        (soup_message_headers_get_one (headers, "Content-Range"));
  GST_LOG ("%p: status %u", self, response.status);
  if (self->route->proxy)
    gst_pin_route_report (self->route, TRUE, g_get_monotonic_time ());
  return self->handler->response (self, &response, self->data);
}

static gchar *
redirect_target (GstPinExchange *self)
{
  SoupMessageHeaders *headers =
      soup_message_get_response_headers (self->message);
  const gchar *location = soup_message_headers_get_one (headers, "Location");

  switch (soup_message_get_status (self->message)) {
    case SOUP_STATUS_MOVED_PERMANENTLY:
    case SOUP_STATUS_FOUND:
    case SOUP_STATUS_SEE_OTHER:
    case SOUP_STATUS_TEMPORARY_REDIRECT:
    case 308:
      return location ? g_uri_resolve_relative (self->url, location,
          G_URI_FLAGS_ENCODED, NULL) : NULL;
    default:
      return NULL;
  }
}

/* Takes @target */
static void
follow (GstPinExchange *self, gchar *target)
{
  g_autoptr (GError) error = NULL;
  gboolean allow =
      gst_pin_http_client_get_config (self->client)->allow_private;

  g_free (self->next_url);
  self->next_url = target;
  if (++self->hops > MAX_REDIRECTS) {
    error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_NETWORK,
        "The server redirects without end. Check the link.");
    gst_pin_error_set_url (error, self->url);
    finish (self, FALSE, error);
  } else if (!gst_pin_host_policy_check_url (target, allow, &error))
    finish (self, FALSE, error);
  else if (self->handler->redirect
      && !self->handler->redirect (self, target, self->data))
    finish (self, FALSE, NULL);
  else
    pump (self);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinExchange *self = data;
  g_autoptr (GError) io = NULL;
  GInputStream *stream =
      soup_session_send_finish (SOUP_SESSION (source), result, &io);
  g_autofree gchar *target = NULL;

  gst_pin_http_client_ended (self->client);
  if (self->over)
    g_clear_object (&stream);
  else if (!stream)
    fail_io (self, io);
  else {
    self->stream = stream;
    set_stall (self, TRUE);
    target = redirect_target (self);
    if (self->new_connection && !self->through)
      fail_tunnel (self);
    else if (target)
      follow (self, g_steal_pointer (&target));
    else if (!give_response (self))
      finish (self, FALSE, NULL);
    else
      pump (self);
  }
  exchange_unref (self);
}

static gboolean
on_readable (GObject *stream, gpointer data)
{
  GstPinExchange *self = data;

  clear_source (&self->readable);
  pump (self);
  return G_SOURCE_REMOVE;
}

static void
wait_readable (GstPinExchange *self)
{
  self->readable = g_pollable_input_stream_create_source
      (G_POLLABLE_INPUT_STREAM (self->stream), self->cancellable);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_readable), self,
      NULL);
  g_source_attach (self->readable,
      gst_pin_http_client_get_context (self->client));
}

static void
end_of_body (GstPinExchange *self)
{
  if (!self->next_url) {
    finish (self, TRUE, NULL);
    return;
  }
  drop_message (self, self->discarded <= MAX_REDIRECT_BODY);
  g_clear_object (&self->stream);
  g_free (self->url);
  self->url = g_steal_pointer (&self->next_url);
  self->discarded = 0;
  send_hop (self);
}

static guint8 *
next_space (GstPinExchange *self, guint8 *scratch, gsize *size)
{
  if (!self->next_url)
    return self->handler->space (self, size, self->data);
  return scratch;
}

/* Reads what is there. TRUE: more may be */
static gboolean
read_some (GstPinExchange *self, gsize *turn)
{
  g_autoptr (GError) io = NULL;
  guint8 scratch[4096];
  gsize size = sizeof scratch;
  guint8 *space = next_space (self, scratch, &size);
  gssize n;

  if (self->over)
    return FALSE;
  if (!space) {
    self->paused = TRUE;
    set_stall (self, FALSE);
    return FALSE;
  }
  n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM
      (self->stream), space, size, self->cancellable, &io);
  if (n < 0) {
    if (g_error_matches (io, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      wait_readable (self);
    else
      fail_io (self, io);
    return FALSE;
  }
  if (n == 0) {
    end_of_body (self);
    return FALSE;
  }
  self->since_armed += n;
  if (self->since_armed >= (guint64) LOW_SPEED * self->stall_ms / 1000)
    set_stall (self, TRUE);
  *turn += n;
  if (self->next_url) {
    self->discarded += n;
    if (self->discarded <= MAX_REDIRECT_BODY)
      return TRUE;
    /* Too much to be polite: the connection is given up instead */
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    self->cancellable = g_cancellable_new ();
    end_of_body (self);
    return FALSE;
  }
  if (!self->handler->filled (self, n, self->data)) {
    finish (self, FALSE, NULL);
    return FALSE;
  }
  return !self->over;
}

static gboolean
pump_again (gpointer data)
{
  GstPinExchange *self = data;

  if (!self->over && !self->paused && !self->readable)
    pump (self);
  exchange_unref (self);
  return G_SOURCE_REMOVE;
}

static void
pump (GstPinExchange *self)
{
  gsize turn = 0;
  gboolean more = TRUE;

  self->refs++;
  while (more && turn < MAX_TURN)
    more = read_some (self, &turn);
  if (more) {
    GSource *idle = g_idle_source_new ();

    self->refs++;
    g_source_set_priority (idle, G_PRIORITY_DEFAULT);
    g_source_set_callback (idle, pump_again, self, NULL);
    g_source_attach (idle, gst_pin_http_client_get_context (self->client));
    g_source_unref (idle);
  }
  exchange_unref (self);
}

/* libsoup sends values as they are: a line break would begin another header */
static gboolean
is_one_line (const gchar *text)
{
  return text && !strpbrk (text, "\r\n");
}

static gboolean
add_extra_header (GQuark field, const GValue *value, gpointer headers)
{
  if (G_VALUE_HOLDS_STRING (value) && is_one_line (g_value_get_string (value)))
    soup_message_headers_replace (headers, g_quark_to_string (field),
        g_value_get_string (value));
  return TRUE;
}

/* What the user gave */
static void
add_user_headers (GstPinExchange *self, SoupMessageHeaders *headers)
{
  const GstPinHttpConfig *config =
      gst_pin_http_client_get_config (self->client);
  g_autofree gchar *cookies = NULL;

  if (config->extra_headers)
    gst_structure_foreach (config->extra_headers, add_extra_header, headers);
  if (self->cookies)
    cookies = gst_pin_cookies_for (self->cookies,
        soup_message_get_uri (self->message));
  if (cookies)
    soup_message_headers_replace (headers, "Cookie", cookies);
}

static void
add_headers (GstPinExchange *self)
{
  SoupMessageHeaders *headers =
      soup_message_get_request_headers (self->message);

  add_user_headers (self, headers);
  if (self->range)
    soup_message_headers_replace (headers, "Range", self->range);
  if (self->range && self->if_range)
    soup_message_headers_replace (headers, "If-Range", self->if_range);
  if (self->accept)
    soup_message_headers_replace (headers, "Accept", self->accept);
  if (self->header_name)
    soup_message_headers_replace (headers, self->header_name,
        self->header_value);
  if (self->identity) {
    soup_message_headers_replace (headers, "Accept-Encoding", "identity");
    soup_message_disable_feature (self->message, SOUP_TYPE_CONTENT_DECODER);
  }
}

static void
send_now (GstPinExchange *self)
{
  g_autoptr (GUri) uri = g_uri_parse (self->url, SOUP_HTTP_URI_FLAGS, NULL);
  SoupMessageFlags flags = SOUP_MESSAGE_NO_REDIRECT;

  if (!self->use)
    claim_connection (self, uri);
  self->new_connection = FALSE;
  if (self->ask_new) {
    flags |= SOUP_MESSAGE_NEW_CONNECTION;
    set_connecting (self, TRUE);
  }
  self->message = soup_message_new_from_uri ("GET", uri);
  soup_message_set_flags (self->message, flags);
  add_headers (self);
  g_signal_connect (self->message, "network-event",
      G_CALLBACK (on_network_event), self);
  set_stall (self, TRUE);
  GST_LOG ("%p: ask for %s%s", self, self->url,
      flags & SOUP_MESSAGE_NEW_CONNECTION ? ", on a new connection" : "");
  self->refs++;
  gst_pin_http_client_began (self->client);
  soup_session_send_async (self->route->session, self->message,
      G_PRIORITY_DEFAULT, self->cancellable, on_sent, self);
}

static gboolean
on_turn (gpointer data)
{
  GstPinExchange *self = data;

  clear_source (&self->turn);
  send_now (self);
  return G_SOURCE_REMOVE;
}

static void
send_hop (GstPinExchange *self)
{
  gint64 wait = gst_pin_http_client_take_turn (self->client);

  if (wait == 0) {
    send_now (self);
    return;
  }
  set_stall (self, FALSE);
  self->turn = g_timeout_source_new (wait / 1000 + 1);
  g_source_set_callback (self->turn, on_turn, self, NULL);
  g_source_attach (self->turn, gst_pin_http_client_get_context (self->client));
}

static gboolean
start_in_loop (gpointer data)
{
  GstPinExchange *self = data;
  g_autoptr (GError) error = NULL;
  gboolean allow =
      gst_pin_http_client_get_config (self->client)->allow_private;

  if (!self->over) {
    if (gst_pin_host_policy_check_url (self->url, allow, &error))
      send_hop (self);
    else
      finish (self, FALSE, error);
  }
  exchange_unref (self);
  return G_SOURCE_REMOVE;
}

static gchar *
range_header (const GstPinHttpRequest *request)
{
  if (request->length >= 0)
    return g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT,
        request->offset, request->offset + request->length - 1);
  if (request->offset > 0)
    return g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-", request->offset);
  return NULL;
}

GstPinExchange *
gst_pin_exchange_start (GstPinHttpClient *client,
    const GstPinHttpRequest *request, const GstPinExchangeHandler *handler,
    gpointer data)
{
  GstPinExchange *self = g_new0 (GstPinExchange, 1);
  GMainContext *context = gst_pin_http_client_get_context (client);
  GSource *idle = g_idle_source_new ();
  g_autoptr (GUri) uri = g_uri_parse (request->url, SOUP_HTTP_URI_FLAGS, NULL);

  self->refs = 2;
  self->client = gst_pin_http_client_ref (client);
  self->handler = handler;
  self->data = data;
  self->url = g_strdup (request->url);
  self->range = range_header (request);
  self->if_range = g_strdup (request->if_range);
  self->header_name = g_strdup (request->header_name);
  self->header_value = g_strdup (request->header_value);
  self->accept = g_strdup (request->accept);
  self->cookies = request->cookies ?
      gst_pin_cookies_ref (request->cookies) : NULL;
  self->identity = request->identity;
  self->stall_ms = request->stall_ms;
  self->cancellable = g_cancellable_new ();
  if (uri)
    claim_connection (self, uri);
  self->asked = self->use;
  if (self->stall_ms) {
    self->stall = g_source_new (&stall_funcs, sizeof (GSource));
    g_source_set_callback (self->stall, on_stall, self, NULL);
    g_source_attach (self->stall, context);
  }

  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, start_in_loop, self, NULL);
  g_source_attach (idle, context);
  g_source_unref (idle);
  return self;
}

void
gst_pin_exchange_resume (GstPinExchange *self)
{
  if (self->over || !self->paused)
    return;
  self->paused = FALSE;
  set_stall (self, TRUE);
  pump (self);
}

void
gst_pin_exchange_cancel (GstPinExchange *self)
{
  if (self->over)
    return;
  leave (self, FALSE);
  exchange_unref (self);
}

gboolean
gst_pin_exchange_is_on_new_connection (GstPinExchange *self)
{
  return self->new_connection;
}

GstPinHostUse *
gst_pin_exchange_get_host (GstPinExchange *self)
{
  return self->asked;
}
