/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sends an answer over HTTP/1.1: latency, head, body at the pace that the knobs
 * ask for, and the faults that only a sender can make. It runs on the
 * connection's thread.
 *
 * A byte leaves no earlier than a line of that rate would have brought it, and
 * the times are reckoned from the first one, so that late wake-ups do not add
 * up. Pieces are small at first, to let a client see the first bytes early. */

#include "origin-delivery.h"

#include <string.h>

#define FIRST_PIECE 4096
#define LARGEST_PIECE (256 * 1024)

typedef struct
{
  gint64 due;                   /* when the next piece's first byte may leave */
  guint64 rate;
  guint64 piece;
} Pace;

static void
pace_init (Pace * pace, guint64 rate)
{
  pace->due = g_get_monotonic_time ();
  pace->rate = rate;
  pace->piece = rate > 0 ? FIRST_PIECE : LARGEST_PIECE;
}

/* How many of the @left bytes go next; waits until they may. 0: hung up. */
static guint64
pace_next (Pace * pace, OriginStream * stream, guint64 left)
{
  guint64 size = MIN (left, pace->piece);
  gint64 now;

  if (pace->rate == 0)
    return size;
  size = MIN (size, MAX (pace->rate / ORIGIN_PIECES_PER_SECOND, 1));
  pace->piece = MIN (pace->piece * 2, LARGEST_PIECE);
  now = g_get_monotonic_time ();
  pace->due = MAX (pace->due, now - ORIGIN_MAX_CATCH_UP_US)
      + size * G_USEC_PER_SEC / pace->rate;

  return origin_stream_sleep_until (stream, pace->due) ? size : 0;
}

static const gchar *
reason (guint status)
{
  static const struct
  {
    guint status;
    const gchar *phrase;
  } reasons[] = {
    {200, "OK"}, {206, "Partial Content"}, {301, "Moved Permanently"},
    {302, "Found"}, {308, "Permanent Redirect"}, {400, "Bad Request"},
    {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
    {408, "Request Timeout"}, {416, "Range Not Satisfiable"},
    {429, "Too Many Requests"}, {500, "Internal Server Error"},
    {502, "Bad Gateway"}, {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].status == status)
      return reasons[i].phrase;
  return "Status";
}

/* Sends the head of @answer; returns whether the peer was there. */
gboolean
origin_deliver_head (OriginStream * stream, const OriginAnswer * answer,
    guint64 length, gboolean chunked, gboolean keep_alive)
{
  g_autofree gchar *date =
      origin_answer_format_date (g_get_real_time () / G_USEC_PER_SEC);
  g_autoptr (GString) head = g_string_new (NULL);
  guint i;

  g_string_printf (head, "HTTP/1.1 %u %s\r\nDate: %s\r\n", answer->status,
      reason (answer->status), date);
  if (chunked)
    g_string_append (head, "Transfer-Encoding: chunked\r\n");
  else
    g_string_append_printf (head, "Content-Length: %" G_GUINT64_FORMAT "\r\n",
        length);
  if (answer->etag)
    g_string_append_printf (head, "ETag: %s\r\nAccept-Ranges: bytes\r\n",
        answer->etag);
  if (answer->last_modified)
    g_string_append_printf (head, "Last-Modified: %s\r\n",
        answer->last_modified);
  for (i = 0; i < answer->headers->len; i += 2)
    g_string_append_printf (head, "%s: %s\r\n",
        (const gchar *) answer->headers->pdata[i],
        (const gchar *) answer->headers->pdata[i + 1]);
  g_string_append (head, keep_alive ? "\r\n" : "Connection: close\r\n\r\n");

  return origin_stream_write (stream, head->str, head->len);
}

static gboolean
send_piece (OriginStream * stream, const guint8 * data, guint64 size,
    gboolean chunked)
{
  gchar line[32];

  if (!chunked)
    return origin_stream_write (stream, data, size);
  g_snprintf (line, sizeof line, "%" G_GINT64_MODIFIER "x\r\n", size);

  return origin_stream_write (stream, line, strlen (line))
      && origin_stream_write (stream, data, size)
      && origin_stream_write (stream, "\r\n", 2);
}

static gboolean
send_body (OriginWorld * world, OriginStream * stream,
    const OriginExchange * exchange, gboolean chunked)
{
  guint64 size, sent = 0;
  const guint8 *body = origin_exchange_body (exchange, &size);
  Pace pace;

  size = MIN (size, exchange->limit);
  pace_init (&pace, exchange->rate);
  while (sent < size) {
    guint64 piece = pace_next (&pace, stream, size - sent);

    if (piece == 0 || !send_piece (stream, body + sent, piece, chunked))
      return FALSE;
    sent += piece;
    origin_counters_add_bytes (world->counters, exchange->url, piece);
  }
  if (chunked && size < exchange->limit)
    return origin_stream_write (stream, "0\r\n\r\n", 5);

  return TRUE;
}

/* Waits as long as the fault's stall takes; FALSE when the client hung up. */
static gboolean
stall (OriginStream * stream, const OriginFault * fault)
{
  gint64 until = fault->ms > 0 ? g_get_monotonic_time () +
      fault->ms * G_TIME_SPAN_MILLISECOND : G_MAXINT64;

  return origin_stream_sleep_until (stream, until);
}

/* What goes wrong before the answer begins; FALSE where it never does. */
static gboolean
before_answer (OriginWorld * world, OriginStream * stream,
    const OriginExchange * exchange, OriginEnding * ending)
{
  gint latency = g_atomic_int_get (&world->knobs.latency_ms);

  *ending = ORIGIN_ENDING_CUT;
  if (!origin_stream_sleep_until (stream,
          g_get_monotonic_time () + latency * G_TIME_SPAN_MILLISECOND))
    return FALSE;
  if (origin_exchange_has (exchange, ORIGIN_FAULT_CLOSE_BEFORE_RESPONSE))
    return FALSE;
  if (origin_exchange_has (exchange, ORIGIN_FAULT_RESET_BEFORE_RESPONSE)) {
    *ending = ORIGIN_ENDING_RESET;
    return FALSE;
  }
  if (origin_exchange_has (exchange, ORIGIN_FAULT_STALL_HEADERS))
    return stall (stream, exchange->fault);

  return TRUE;
}

/* What goes wrong after the body; FALSE where the connection ends there. */
static gboolean
after_body (OriginWorld * world, OriginStream * stream,
    OriginExchange * exchange, OriginEnding * ending)
{
  if (!exchange->fault)
    return TRUE;
  switch (exchange->fault->kind) {
    case ORIGIN_FAULT_STALL_BODY:
      *ending = ORIGIN_ENDING_CUT;
      if (!stall (stream, exchange->fault))
        return FALSE;
      exchange->answer->start += exchange->limit;
      exchange->limit = G_MAXUINT64;
      return send_body (world, stream, exchange, FALSE);
    case ORIGIN_FAULT_CUT:
    case ORIGIN_FAULT_WRONG_LENGTH:
      *ending = ORIGIN_ENDING_CUT;
      return FALSE;
    case ORIGIN_FAULT_RESET:
      *ending = ORIGIN_ENDING_RESET;
      return FALSE;
    case ORIGIN_FAULT_CLOSE_AFTER_RESPONSE:
      *ending = ORIGIN_ENDING_CLEAN;
      return FALSE;
    default:
      return TRUE;
  }
}

/**
 * origin_deliver:
 * @world: what all connections share
 * @stream: the connection
 * @exchange: what is asked for; gets its answer here, after the latency
 * @ending: (out): how the connection is to end
 *
 * Returns: whether the connection can go on with the next request
 */
gboolean
origin_deliver (OriginWorld * world, OriginStream * stream,
    OriginExchange * exchange, OriginEnding * ending)
{
  gboolean chunked = origin_exchange_has (exchange, ORIGIN_FAULT_CHUNKED);
  gboolean keep_alive = exchange->request->keep_alive;

  if (!before_answer (world, stream, exchange, ending))
    return FALSE;
  origin_exchange_answer (exchange);
  if (!origin_deliver_head (stream, exchange->answer, exchange->declared,
          chunked, keep_alive))
    return FALSE;
  if (strcmp (exchange->request->method, "HEAD") != 0
      && (!send_body (world, stream, exchange, chunked)
          || !after_body (world, stream, exchange, ending)))
    return FALSE;
  *ending = ORIGIN_ENDING_CLEAN;

  return keep_alive;
}
