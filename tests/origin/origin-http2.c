/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* HTTP/2 inside a tunnel: many exchanges at once on one connection, all on the
 * connection's thread, with nghttp2 for the frames.
 *
 * Each stream has a time at which something is to happen to it (its latency is
 * over, a stall ends, the next byte of a trickle is due); the loop sleeps
 * until the earliest of them, until the pace of the connection lets it write,
 * or until the client says something.
 *
 * Faults mean what they mean in HTTP/1.1 with one difference: where that ends a
 * connection, this resets the stream. A "reset" still is a TCP RST, and takes
 * the other streams of the connection along. */

#include "origin-http2.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

#include "origin-exchange.h"

#define MAX_STREAMS 128
#define LARGEST_WRITE (128 * 1024)
#define NEVER G_MAXINT64

/* What the wake time of a stream is for. */
typedef enum
{
  STREAM_READING,
  STREAM_LATENCY,
  STREAM_STALLED_HEAD,
  STREAM_BODY,
  STREAM_STALLED_BODY,
} StreamState;

typedef struct
{
  OriginWorld *world;
  OriginStream *stream;
  const gchar *host;
  nghttp2_session *session;
  GHashTable *streams;          /* id → Http2Stream */
  GByteArray *output;
  gint64 due;                   /* when the next write may leave */
  gboolean over;
  OriginEnding ending;
} Http2;

typedef struct
{
  gint32 id;
  StreamState state;
  gint64 wake;
  gchar *method;
  gchar *path;
  GHashTable *headers;
  OriginExchange *exchange;
  guint64 sent;
} Http2Stream;

static void
stream_free (gpointer data)
{
  Http2Stream *stream = data;

  g_free (stream->method);
  g_free (stream->path);
  g_hash_table_unref (stream->headers);
  g_clear_pointer (&stream->exchange, origin_exchange_end);
  g_free (stream);
}

static void
connection_over (Http2 * self, OriginEnding ending)
{
  self->over = TRUE;
  self->ending = ending;
}

static gint64
in_ms (gint64 ms)
{
  return g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
}

/* ------------------------------------------------------------------------- */
/* What the client says */

static int
on_begin_headers (nghttp2_session * session, const nghttp2_frame * frame,
    void *data)
{
  Http2 *self = data;
  Http2Stream *stream = g_new0 (Http2Stream, 1);

  stream->id = frame->hd.stream_id;
  stream->wake = NEVER;
  stream->headers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (self->streams, GINT_TO_POINTER (stream->id), stream);

  return 0;
}

static int
on_header (nghttp2_session * session, const nghttp2_frame * frame,
    const guint8 * name, size_t name_size, const guint8 * value,
    size_t value_size, guint8 flags, void *data)
{
  Http2 *self = data;
  Http2Stream *stream = g_hash_table_lookup (self->streams,
      GINT_TO_POINTER (frame->hd.stream_id));
  gchar *text = g_strndup ((const gchar *) value, value_size);

  if (!stream) {
    g_free (text);
  } else if (strcmp ((const gchar *) name, ":method") == 0) {
    g_free (stream->method);
    stream->method = text;
  } else if (strcmp ((const gchar *) name, ":path") == 0) {
    g_free (stream->path);
    stream->path = text;
  } else {
    g_hash_table_replace (stream->headers,
        g_strndup ((const gchar *) name, name_size), text);
  }
  return 0;
}

static int
on_frame_recv (nghttp2_session * session, const nghttp2_frame * frame,
    void *data)
{
  Http2 *self = data;
  Http2Stream *stream = g_hash_table_lookup (self->streams,
      GINT_TO_POINTER (frame->hd.stream_id));
  OriginRequest *request;

  if (!stream || stream->exchange
      || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
    return 0;
  request = origin_request_new (stream->method, stream->path, self->host);
  g_hash_table_unref (request->headers);
  request->headers = g_hash_table_ref (stream->headers);
  stream->exchange = origin_exchange_begin (self->world, request);
  stream->state = STREAM_LATENCY;
  stream->wake = in_ms (g_atomic_int_get (&self->world->knobs.latency_ms));

  return 0;
}

static int
on_stream_close (nghttp2_session * session, gint32 id, guint32 error,
    void *data)
{
  Http2 *self = data;
  Http2Stream *stream =
      g_hash_table_lookup (self->streams, GINT_TO_POINTER (id));

  if (stream && stream->exchange
      && origin_exchange_has (stream->exchange,
          ORIGIN_FAULT_CLOSE_AFTER_RESPONSE))
    nghttp2_session_terminate_session (session, NGHTTP2_NO_ERROR);
  g_hash_table_remove (self->streams, GINT_TO_POINTER (id));

  return 0;
}

/* ------------------------------------------------------------------------- */
/* What is answered */

/* The fault at the end of what it lets pass. */
static gssize
end_early (Http2 * self, Http2Stream * stream)
{
  const OriginFault *fault = stream->exchange->fault;

  switch (fault->kind) {
    case ORIGIN_FAULT_CUT:
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    case ORIGIN_FAULT_RESET:
      connection_over (self, ORIGIN_ENDING_RESET);
      return NGHTTP2_ERR_DEFERRED;
    default:
      stream->state = STREAM_STALLED_BODY;
      stream->wake = fault->ms > 0 ? in_ms (fault->ms) : NEVER;
      return NGHTTP2_ERR_DEFERRED;
  }
}

static gssize
read_body (nghttp2_session * session, gint32 id, guint8 * buffer,
    size_t length, guint32 * flags, nghttp2_data_source * source, void *data)
{
  Http2 *self = data;
  Http2Stream *stream = source->ptr;
  OriginExchange *exchange = stream->exchange;
  guint64 size, n;
  const guint8 *body = origin_exchange_body (exchange, &size);

  if (stream->sent >= exchange->limit)
    return end_early (self, stream);
  n = MIN (MIN (size, exchange->limit) - stream->sent, length);
  if (origin_exchange_has (exchange, ORIGIN_FAULT_TRICKLE)) {
    gint64 now = g_get_monotonic_time ();

    if (now < stream->wake && stream->wake != NEVER)
      return NGHTTP2_ERR_DEFERRED;
    n = MIN (n, MAX (exchange->rate / ORIGIN_PIECES_PER_SECOND, 1));
    stream->wake = now + n * G_USEC_PER_SEC / exchange->rate;
  }
  memcpy (buffer, body + stream->sent, n);
  stream->sent += n;
  if (stream->sent == size)
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  origin_counters_add_bytes (self->world->counters, exchange->url, n);

  return n;
}

/* Header names are lower-case in HTTP/2 (RFC 9113 section 8.2). */
static void
add_field (GArray * fields, GPtrArray * strings, const gchar * name,
    const gchar * value)
{
  gchar *lower = g_ascii_strdown (name, -1);
  gchar *copy = g_strdup (value);
  const nghttp2_nv field = { (guint8 *) lower, (guint8 *) copy,
    strlen (lower), strlen (copy), NGHTTP2_NV_FLAG_NONE
  };

  g_ptr_array_add (strings, lower);
  g_ptr_array_add (strings, copy);
  g_array_append_val (fields, field);
}

static void
answer (Http2 * self, Http2Stream * stream)
{
  OriginExchange *exchange = stream->exchange;
  g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (nghttp2_nv));
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  nghttp2_data_provider provider = {.read_callback = read_body };
  g_autofree gchar *length = NULL, *status = NULL;
  OriginAnswer *value;
  gboolean has_body;
  guint i;

  origin_exchange_answer (exchange);
  value = exchange->answer;
  status = g_strdup_printf ("%u", value->status);
  length = g_strdup_printf ("%" G_GUINT64_FORMAT, exchange->declared);
  add_field (fields, strings, ":status", status);
  add_field (fields, strings, "content-length", length);
  if (value->etag) {
    add_field (fields, strings, "etag", value->etag);
    add_field (fields, strings, "accept-ranges", "bytes");
  }
  if (value->last_modified)
    add_field (fields, strings, "last-modified", value->last_modified);
  for (i = 0; i < value->headers->len; i += 2)
    add_field (fields, strings, value->headers->pdata[i],
        value->headers->pdata[i + 1]);

  stream->state = STREAM_BODY;
  stream->wake = NEVER;
  provider.source.ptr = stream;
  has_body = strcmp (exchange->request->method, "HEAD") != 0
      && value->end > value->start;
  nghttp2_submit_response (self->session, stream->id,
      (const nghttp2_nv *) fields->data, fields->len,
      has_body ? &provider : NULL);
}

/* The latency is over: what goes wrong before the answer, or the answer. */
static void
begin_answer (Http2 * self, Http2Stream * stream)
{
  OriginExchange *exchange = stream->exchange;

  if (origin_exchange_has (exchange, ORIGIN_FAULT_CLOSE_BEFORE_RESPONSE)) {
    nghttp2_submit_rst_stream (self->session, NGHTTP2_FLAG_NONE, stream->id,
        NGHTTP2_INTERNAL_ERROR);
    stream->wake = NEVER;
  } else if (origin_exchange_has (exchange,
          ORIGIN_FAULT_RESET_BEFORE_RESPONSE)) {
    connection_over (self, ORIGIN_ENDING_RESET);
  } else if (origin_exchange_has (exchange, ORIGIN_FAULT_STALL_HEADERS)) {
    stream->state = STREAM_STALLED_HEAD;
    stream->wake = exchange->fault->ms > 0 ? in_ms (exchange->fault->ms)
        : NEVER;
  } else {
    answer (self, stream);
  }
}

static void
wake_stream (Http2 * self, Http2Stream * stream)
{
  switch (stream->state) {
    case STREAM_LATENCY:
      begin_answer (self, stream);
      break;
    case STREAM_STALLED_HEAD:
      answer (self, stream);
      break;
    case STREAM_STALLED_BODY:
      stream->exchange->limit = G_MAXUINT64;
      stream->state = STREAM_BODY;
      /* fall through */
    case STREAM_BODY:
      stream->wake = NEVER;
      nghttp2_session_resume_data (self->session, stream->id);
      break;
    case STREAM_READING:
      break;
  }
}

/* Does what is due; returns when the next thing will be. */
static gint64
wake_streams (Http2 * self)
{
  gint64 now = g_get_monotonic_time (), next = NEVER;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->streams);
  while (!self->over && g_hash_table_iter_next (&iter, NULL, &value)) {
    Http2Stream *stream = value;

    if (stream->wake <= now)
      wake_stream (self, stream);
    next = MIN (next, stream->wake);
  }
  return next;
}

/* ------------------------------------------------------------------------- */
/* The connection */

/* Writes what nghttp2 has, as much as the pace allows; returns when to try
 * again. */
static gint64
write_frames (Http2 * self)
{
  gint64 now = g_get_monotonic_time ();
  guint64 rate = g_atomic_int_get (&self->world->knobs.rate);
  guint64 most = rate > 0 ? MAX (rate / ORIGIN_PIECES_PER_SECOND, 1)
      : LARGEST_WRITE;
  const guint8 *data;
  gssize n = 0;

  if (now < self->due)
    return self->due;
  g_byte_array_set_size (self->output, 0);
  while (self->output->len < most
      && (n = nghttp2_session_mem_send (self->session, &data)) > 0)
    g_byte_array_append (self->output, data, n);
  if (n < 0 || (self->output->len > 0 && !origin_stream_write (self->stream,
              self->output->data, self->output->len)))
    connection_over (self, ORIGIN_ENDING_CUT);
  if (rate > 0)
    self->due = MAX (self->due, now - ORIGIN_MAX_CATCH_UP_US)
        + (guint64) self->output->len * G_USEC_PER_SEC / rate;

  return self->output->len > 0 ? MAX (self->due, now) : NEVER;
}

static void
read_frames (Http2 * self)
{
  guint8 data[16 * 1024];
  gssize n = origin_stream_read (self->stream, data, sizeof data);

  if (n <= 0)
    connection_over (self, ORIGIN_ENDING_CLEAN);
  else if (nghttp2_session_mem_recv (self->session, data, n) < 0)
    connection_over (self, ORIGIN_ENDING_CUT);
}

static void
run (Http2 * self)
{
  while (!self->over && (nghttp2_session_want_read (self->session)
          || nghttp2_session_want_write (self->session))) {
    gint64 wake = wake_streams (self);
    gint64 again = self->over ? NEVER : write_frames (self);
    gboolean readable = FALSE;

    if (self->over)
      return;
    /* Writing may have given a stream another time. */
    if (again != NEVER)
      wake = MIN (wake_streams (self), again);
    if (!origin_stream_wait_input (self->stream, wake, &readable))
      connection_over (self, ORIGIN_ENDING_CUT);
    else if (readable)
      read_frames (self);
  }
}

static nghttp2_session *
make_session (Http2 * self)
{
  static const nghttp2_settings_entry settings[] = {
    {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, MAX_STREAMS},
  };
  nghttp2_session_callbacks *callbacks;
  nghttp2_session *session;

  nghttp2_session_callbacks_new (&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback (callbacks,
      on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback (callbacks, on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback (callbacks,
      on_frame_recv);
  nghttp2_session_callbacks_set_on_stream_close_callback (callbacks,
      on_stream_close);
  nghttp2_session_server_new (&session, callbacks, self);
  nghttp2_session_callbacks_del (callbacks);
  nghttp2_submit_settings (session, NGHTTP2_FLAG_NONE, settings,
      G_N_ELEMENTS (settings));

  return session;
}

/**
 * origin_http2_serve:
 * @world: what all connections share
 * @stream: a connection whose TLS has agreed on h2
 * @host: the host that the tunnel leads to
 *
 * Serves the connection until one side has enough.
 *
 * Returns: how the stream is to be closed
 */
OriginEnding
origin_http2_serve (OriginWorld * world, OriginStream * stream,
    const gchar * host)
{
  Http2 self = {.world = world,.stream = stream,.host = host };

  self.streams = g_hash_table_new_full (NULL, NULL, NULL, stream_free);
  self.output = g_byte_array_new ();
  self.session = make_session (&self);
  run (&self);
  nghttp2_session_del (self.session);
  g_hash_table_unref (self.streams);
  g_byte_array_unref (self.output);

  return self.ending;
}
