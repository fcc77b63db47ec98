/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What has been asked for and served, so that a test can assert what a client
 * fetched. main() makes it, the connection threads count, the control address
 * shows it; everything is under one lock.
 *
 * Only what goes through a tunnel counts: the control requests of a test do not
 * change what it reads. */

#include "origin-counters.h"

/* The most ranges that are remembered for one URL. */
#define MAX_RANGES 20000

typedef struct
{
  gint64 requests;
  gint64 bytes;
  gint64 cookies;               /* requests that had some */
  gint64 tokens;                /* requests with Authorization */
  GPtrArray *ranges;            /* "START-END" as asked for, "" for none */
} UrlCounter;

struct _OriginCounters
{
  GMutex lock;
  gint64 requests;
  gint64 connections;
  gint64 handshakes;
  gint64 bytes;
  gint64 active_connections;
  gint64 peak_connections;
  gint64 active_requests;
  gint64 peak_requests;
  GHashTable *by_url;
};

static void
url_counter_free (gpointer data)
{
  UrlCounter *counter = data;

  g_ptr_array_unref (counter->ranges);
  g_free (counter);
}

OriginCounters *
origin_counters_new (void)
{
  OriginCounters *self = g_new0 (OriginCounters, 1);

  g_mutex_init (&self->lock);
  self->by_url =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, url_counter_free);

  return self;
}

void
origin_counters_free (OriginCounters * self)
{
  g_hash_table_unref (self->by_url);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Sets everything to zero but what is going on now. */
void
origin_counters_reset (OriginCounters * self)
{
  g_mutex_lock (&self->lock);
  self->requests = self->connections = self->handshakes = self->bytes = 0;
  self->peak_connections = self->active_connections;
  self->peak_requests = self->active_requests;
  g_hash_table_remove_all (self->by_url);
  g_mutex_unlock (&self->lock);
}

static void
add_int (JsonBuilder * builder, const gchar * name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
write_url (JsonBuilder * builder, const UrlCounter * counter)
{
  guint i;

  json_builder_begin_object (builder);
  add_int (builder, "requests", counter->requests);
  add_int (builder, "bytes", counter->bytes);
  add_int (builder, "cookies", counter->cookies);
  add_int (builder, "tokens", counter->tokens);
  json_builder_set_member_name (builder, "ranges");
  json_builder_begin_array (builder);
  for (i = 0; i < counter->ranges->len; i++)
    json_builder_add_string_value (builder,
        g_ptr_array_index (counter->ranges, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* Writes the members of an object that the caller has begun. */
void
origin_counters_write (OriginCounters * self, JsonBuilder * builder)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED =
      g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  gpointer url, counter;

  add_int (builder, "requests", self->requests);
  add_int (builder, "connections", self->connections);
  add_int (builder, "tls_handshakes", self->handshakes);
  add_int (builder, "active_connections", self->active_connections);
  add_int (builder, "peak_connections", self->peak_connections);
  add_int (builder, "active_requests", self->active_requests);
  add_int (builder, "peak_requests", self->peak_requests);
  add_int (builder, "bytes", self->bytes);
  json_builder_set_member_name (builder, "by_url");
  json_builder_begin_object (builder);
  g_hash_table_iter_init (&iter, self->by_url);
  while (g_hash_table_iter_next (&iter, &url, &counter)) {
    json_builder_set_member_name (builder, url);
    write_url (builder, counter);
  }
  json_builder_end_object (builder);
}

void
origin_counters_open (OriginCounters * self)
{
  g_mutex_lock (&self->lock);
  self->connections++;
  self->active_connections++;
  self->peak_connections =
      MAX (self->peak_connections, self->active_connections);
  g_mutex_unlock (&self->lock);
}

void
origin_counters_close (OriginCounters * self)
{
  g_mutex_lock (&self->lock);
  self->active_connections--;
  g_mutex_unlock (&self->lock);
}

void
origin_counters_handshake (OriginCounters * self)
{
  g_mutex_lock (&self->lock);
  self->handshakes++;
  g_mutex_unlock (&self->lock);
}

static UrlCounter *
get_url_counter (OriginCounters * self, const gchar * url)
{
  UrlCounter *counter = g_hash_table_lookup (self->by_url, url);

  if (!counter) {
    counter = g_new0 (UrlCounter, 1);
    counter->ranges = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (self->by_url, g_strdup (url), counter);
  }
  return counter;
}

void
origin_counters_begin_request (OriginCounters * self,
    const OriginRequest * request, const gchar * url)
{
  const gchar *range = origin_request_get_header (request, "range");
  UrlCounter *counter;

  if (range && g_str_has_prefix (range, "bytes="))
    range += 6;
  g_mutex_lock (&self->lock);
  self->requests++;
  self->active_requests++;
  self->peak_requests = MAX (self->peak_requests, self->active_requests);
  counter = get_url_counter (self, url);
  counter->requests++;
  counter->cookies += origin_request_get_header (request, "cookie") != NULL;
  counter->tokens +=
      origin_request_get_header (request, "authorization") != NULL;
  if (counter->ranges->len < MAX_RANGES)
    g_ptr_array_add (counter->ranges, g_strdup (range ? range : ""));
  g_mutex_unlock (&self->lock);
}

void
origin_counters_end_request (OriginCounters * self)
{
  g_mutex_lock (&self->lock);
  self->active_requests--;
  g_mutex_unlock (&self->lock);
}

void
origin_counters_add_bytes (OriginCounters * self, const gchar * url,
    gsize bytes)
{
  g_mutex_lock (&self->lock);
  self->bytes += bytes;
  get_url_counter (self, url)->bytes += bytes;
  g_mutex_unlock (&self->lock);
}
