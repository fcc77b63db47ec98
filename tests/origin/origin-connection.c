/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One client's connection, from its first byte to its last, on a thread of its
 * own: a proxy's plain HTTP at first, with the control address beside it; after
 * a CONNECT to a host of the site the same bytes go on as that host's TLS. On
 * the direct port it is TLS from the first byte. */

#include "origin-connection.h"

#include <string.h>

#include "origin-control.h"
#include "origin-delivery.h"
#include "origin-http2.h"

/* More than any client sends; what is longer is not answered. */
#define MAX_HEAD (64 * 1024)
#define MAX_BODY (8 * 1024 * 1024)

/* Reads the body of a request, which only the control address looks at. */
static GBytes *
read_body (OriginStream * stream, const OriginRequest * request)
{
  const gchar *length = origin_request_get_header (request, "content-length");
  guint64 left = length ? g_ascii_strtoull (length, NULL, 10) : 0;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 data[4096];

  if (left > MAX_BODY)
    return NULL;
  while (left > 0) {
    gssize n = origin_stream_read (stream, data, MIN (left, sizeof data));

    if (n <= 0)
      return NULL;
    g_byte_array_append (body, data, n);
    left -= n;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&body));
}

static OriginEnding
serve_http1 (OriginWorld * world, OriginStream * stream, const gchar * host)
{
  OriginEnding ending = ORIGIN_ENDING_CLEAN;
  gboolean more = TRUE;

  while (more) {
    g_autofree gchar *head = origin_stream_read_head (stream, MAX_HEAD);
    g_autoptr (OriginExchange) exchange = NULL;
    g_autoptr (GBytes) body = NULL;
    OriginRequest *request;

    if (!head || !(request = origin_request_parse (head, host)))
      return ORIGIN_ENDING_CLEAN;
    exchange = origin_exchange_begin (world, request);
    body = read_body (stream, request);
    more = body && origin_deliver (world, stream, exchange, &ending);
  }
  return ending;
}

/* The flaw that the host's certificate has: by the script, or by its name,
 * which needs no script. */
static OriginFlaw
choose_flaw (const gchar * host, const OriginFault * fault)
{
  if (fault && fault->kind == ORIGIN_FAULT_TLS_MISMATCH)
    return ORIGIN_FLAW_MISMATCH;
  if (fault && fault->kind == ORIGIN_FAULT_TLS_EXPIRED)
    return ORIGIN_FLAW_EXPIRED;
  if (fault && fault->kind == ORIGIN_FAULT_TLS_SELF_SIGNED)
    return ORIGIN_FLAW_SELF_SIGNED;
  if (strcmp (host, "tls-mismatch.pinimg.com") == 0)
    return ORIGIN_FLAW_MISMATCH;
  if (strcmp (host, "tls-expired.pinimg.com") == 0)
    return ORIGIN_FLAW_EXPIRED;
  if (strcmp (host, "tls-self-signed.pinimg.com") == 0)
    return ORIGIN_FLAW_SELF_SIGNED;
  return ORIGIN_FLAW_NONE;
}

/* The TLS server that a connection has become. */
typedef struct
{
  OriginWorld *world;
  gchar *host;                  /* NULL until the client names it */
  OriginFault *fault;
} Site;

static void
site_clear (Site * site)
{
  g_free (site->host);
  g_clear_pointer (&site->fault, origin_fault_unref);
}

static gnutls_certificate_credentials_t
choose_credentials (const gchar * server_name, gpointer data)
{
  Site *site = data;

  if (!site->host) {
    site->host = g_ascii_strdown (server_name, -1);
    site->fault = origin_faults_take_connect (site->world->faults, site->host);
  }
  if (!origin_site_has_host (site->host))
    return NULL;
  return origin_authority_get_credentials (site->world->authority, site->host,
      choose_flaw (site->host, site->fault));
}

static OriginEnding
serve_site (OriginStream * stream, Site * site)
{
  OriginWorld *world = site->world;

  if (!origin_stream_start_tls (stream, choose_credentials, site,
          origin_authority_get_ticket_key (world->authority),
          g_atomic_int_get (&world->knobs.http2)))
    return ORIGIN_ENDING_CUT;
  origin_counters_handshake (world->counters);
  if (origin_stream_is_http2 (stream))
    return origin_http2_serve (world, stream, site->host);

  return serve_http1 (world, stream, site->host);
}

static OriginEnding
serve_tunnel (OriginStream * stream, Site * site)
{
  static const gchar established[] =
      "HTTP/1.1 200 Connection established\r\n\r\n";
  static const gchar garbage[] = "This is not TLS, whatever it is.\r\n";

  if (!origin_stream_write (stream, established, strlen (established)))
    return ORIGIN_ENDING_CUT;
  if (site->fault && site->fault->kind == ORIGIN_FAULT_TLS_GARBAGE) {
    origin_stream_write (stream, garbage, strlen (garbage));
    return ORIGIN_ENDING_CUT;
  }
  return serve_site (stream, site);
}

static gboolean
refuse (OriginStream * stream, guint status, const gchar * text)
{
  g_autoptr (OriginAnswer) answer =
      origin_answer_new_text (status, "text/plain", text);

  return origin_deliver_head (stream, answer, strlen (text), FALSE, FALSE)
      && origin_stream_write (stream, text, strlen (text));
}

static OriginEnding
serve_connect (OriginWorld * world, OriginStream * stream,
    const OriginRequest * request)
{
  const gchar *colon = strrchr (request->target, ':');
  OriginEnding ending = ORIGIN_ENDING_CLEAN;
  Site site = {.world = world };

  origin_counters_open (world->counters);
  site.host = g_ascii_strdown (request->target,
      colon ? colon - request->target : -1);
  if (origin_stream_sleep_until (stream, g_get_monotonic_time () +
          g_atomic_int_get (&world->knobs.connect_latency_ms) *
          G_TIME_SPAN_MILLISECOND)) {
    site.fault = origin_faults_take_connect (world->faults, site.host);
    if (site.fault && site.fault->kind == ORIGIN_FAULT_DNS)
      refuse (stream, site.fault->status ? site.fault->status : 502,
          "The host name cannot be resolved.\n");
    else if (g_strcmp0 (colon, ":443") != 0
        || !origin_site_has_host (site.host))
      refuse (stream, 502, "There is no such host.\n");
    else
      ending = serve_tunnel (stream, &site);
  }
  origin_counters_close (world->counters);
  site_clear (&site);

  return ending;
}

/**
 * origin_connection_run_direct:
 * @world: what all connections share
 * @stream: an accepted connection whose client begins with TLS
 *
 * Serves the connection as the site that its client names.
 *
 * Returns: how the stream is to be closed
 */
OriginEnding
origin_connection_run_direct (OriginWorld * world, OriginStream * stream)
{
  Site site = {.world = world };
  OriginEnding ending;

  origin_counters_open (world->counters);
  ending = serve_site (stream, &site);
  origin_counters_close (world->counters);
  site_clear (&site);

  return ending;
}

/* Plain HTTP through the proxy: the site sends everyone to https. */
static gboolean
answer_plain_proxy (OriginStream * stream, const OriginRequest * request)
{
  g_autoptr (OriginAnswer) answer =
      origin_answer_new_text (301, "text/plain", "");
  g_autofree gchar *location =
      g_strconcat ("https", request->target + strlen ("http"), NULL);

  origin_answer_add_header (answer, "Location", location);
  return origin_deliver_head (stream, answer, 0, FALSE, request->keep_alive)
      && request->keep_alive;
}

static gboolean
answer_control (OriginWorld * world, OriginStream * stream,
    const OriginRequest * request, GBytes * body)
{
  g_autoptr (OriginAnswer) answer = origin_control_answer (world, request,
      body);
  gsize size;
  gconstpointer data = g_bytes_get_data (answer->body, &size);

  return origin_deliver_head (stream, answer, size, FALSE, request->keep_alive)
      && origin_stream_write (stream, data, size) && request->keep_alive;
}

/**
 * origin_connection_run:
 * @world: what all connections share
 * @stream: an accepted connection to the proxy
 *
 * Serves the connection until one side has enough.
 *
 * Returns: how the stream is to be closed
 */
OriginEnding
origin_connection_run (OriginWorld * world, OriginStream * stream)
{
  gboolean more = TRUE;

  while (more) {
    g_autofree gchar *head = origin_stream_read_head (stream, MAX_HEAD);
    g_autoptr (OriginRequest) request =
        head ? origin_request_parse (head, NULL) : NULL;
    g_autoptr (GBytes) body = NULL;

    if (!request)
      return ORIGIN_ENDING_CLEAN;
    if (strcmp (request->method, "CONNECT") == 0)
      return serve_connect (world, stream, request);
    body = read_body (stream, request);
    if (!body)
      return ORIGIN_ENDING_CLEAN;
    if (g_str_has_prefix (request->target, "http://"))
      more = answer_plain_proxy (stream, request);
    else
      more = answer_control (world, stream, request, body);
  }
  return ORIGIN_ENDING_CLEAN;
}
