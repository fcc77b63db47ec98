/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a client asks for: the head of an HTTP/1.1 request as values.
 *
 * The connection's thread makes one per request and frees it after the answer.
 * It does no I/O. HTTP/2 requests are put into the same shape. */

#include "origin-request.h"

#include <stdlib.h>
#include <string.h>

OriginRequest *
origin_request_new (const gchar * method, const gchar * target,
    const gchar * host)
{
  OriginRequest *self = g_new0 (OriginRequest, 1);
  const gchar *query = strchr (target, '?');

  self->method = g_strdup (method);
  self->target = g_strdup (target);
  self->host = g_strdup (host);
  self->keep_alive = TRUE;
  self->headers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (target[0] == '/') {
    const gchar *end = query ? query : target + strlen (target);

    self->path = g_uri_unescape_segment (target, end, NULL);
    if (self->path && strstr (self->path, ".."))
      g_clear_pointer (&self->path, g_free);
  }
  self->query = query ? g_strdup (query + 1) : NULL;

  return self;
}

void
origin_request_free (OriginRequest * self)
{
  g_free (self->method);
  g_free (self->target);
  g_free (self->host);
  g_free (self->path);
  g_free (self->query);
  g_hash_table_unref (self->headers);
  g_free (self);
}

static void
parse_header (OriginRequest * self, const gchar * line)
{
  const gchar *colon = strchr (line, ':');

  if (colon)
    g_hash_table_insert (self->headers,
        g_ascii_strdown (line, colon - line), g_strstrip (g_strdup (colon +
                1)));
}

/**
 * origin_request_parse:
 * @head: the head of a request, as origin_stream_read_head() gives it
 * @host: (nullable): the host that the tunnel leads to
 *
 * Returns: (nullable): the request; %NULL where @head is no HTTP/1 request
 */
OriginRequest *
origin_request_parse (const gchar * head, const gchar * host)
{
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  g_auto (GStrv) words = g_strsplit (lines[0], " ", -1);
  OriginRequest *self;
  const gchar *connection;
  guint i;

  if (g_strv_length (words) != 3 || !g_str_has_prefix (words[2], "HTTP/1."))
    return NULL;
  self = origin_request_new (words[0], words[1], host);
  for (i = 1; lines[i]; i++)
    parse_header (self, lines[i]);
  connection = origin_request_get_header (self, "connection");
  self->keep_alive = strcmp (words[2], "HTTP/1.0") != 0
      && !(connection && g_ascii_strcasecmp (connection, "close") == 0);

  return self;
}

const gchar *
origin_request_get_header (const OriginRequest * self, const gchar * name)
{
  return g_hash_table_lookup (self->headers, name);
}

/* The URL without its query, as the counters and the fault script know it. */
gchar *
origin_request_get_url (const OriginRequest * self)
{
  return g_strconcat ("https://", self->host, self->path ? self->path : "/",
      NULL);
}

/* The decoded value of the query's parameter @name, or NULL. */
gchar *
origin_request_get_param (const OriginRequest * self, const gchar * name)
{
  g_autoptr (GHashTable) params = NULL;

  if (!self->query)
    return NULL;
  params = g_uri_parse_params (self->query, -1, "&", G_URI_PARAMS_WWW_FORM,
      NULL);

  return params ? g_strdup (g_hash_table_lookup (params, name)) : NULL;
}

/**
 * origin_request_get_range:
 * @self: a request
 * @size: the size of what is asked for
 * @start: (out): the first byte wanted
 * @end: (out): one more than the last byte wanted
 *
 * Reads a Range header with one range (RFC 9110 section 14.1.2); several ranges
 * are ignored, as the RFC allows. A range that cannot be satisfied gives
 * @start = @end.
 *
 * Returns: whether the request has a range
 */
gboolean
origin_request_get_range (const OriginRequest * self, guint64 size,
    guint64 * start, guint64 * end)
{
  const gchar *range = origin_request_get_header (self, "range");
  gchar *rest;

  if (!range || !g_str_has_prefix (range, "bytes=") || strchr (range, ','))
    return FALSE;
  range += strlen ("bytes=");
  if (range[0] == '-') {
    guint64 tail = g_ascii_strtoull (range + 1, &rest, 10);

    *start = size - MIN (tail, size);
    *end = size;
    return rest[0] == 0 && rest != range + 1;
  }
  *start = g_ascii_strtoull (range, &rest, 10);
  if (rest == range || rest[0] != '-')
    return FALSE;
  *end = size;
  if (rest[1] != 0)
    *end = MIN (size, g_ascii_strtoull (rest + 1, NULL, 10) + 1);
  if (*start >= *end)
    *start = *end;

  return TRUE;
}
