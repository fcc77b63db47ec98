/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small HTTP server in the test's process, and the files that it has. It
 * writes its answers by hand, so that it can say lengths that are wrong and
 * hang up at any byte; each connection has a thread, which waits for what the
 * test does, never for a while that should be enough. Included by test programs
 * on 127.0.0.1; a site lives from site_start() to site_stop().
 */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdarg.h>
#include <string.h>

#define KIB 1024
#define MIB (1024 * KIB)
#define MAX_FILES 64
#define PERIOD 65521            /* a prime: no block looks like another */

/* --- the files ----------------------------------------------------------- */

/* In the order of a simple generator's noise */
static inline const guint8 *
get_pattern (void)
{
  static guint8 pattern[PERIOD];
  static gsize made;

  if (g_once_init_enter (&made)) {
    guint32 noise = 1;

    for (guint i = 0; i < PERIOD; i++) {
      noise = noise * 1664525u + 1013904223u;
      pattern[i] = noise >> 24;
    }
    g_once_init_leave (&made, 1);
  }
  return pattern;
}

typedef struct
{
  guint64 size;
  gboolean adts;                /* begins as sound that may end anywhere */
} File;

/* Bytes from @start on of the file with that number */
static inline void
fill (const File *files, guint number, guint64 start, guint8 *out, gsize n)
{
  guint8 head[24] = { 0, 0, 0, 16, 'f', 't', 'y', 'p', 'i', 's', 'o', 'm',
    0, 0, 0, 0, 0, 0, 0, 0, 'm', 'd', 'a', 't'
  };
  static const guint8 adts[24] = { 0xff, 0xf1 };
  guint64 from = (start + number * 7919) % PERIOD;

  for (gsize done = 0; done < n;) {
    gsize part = MIN (n - done, PERIOD - from);

    memcpy (out + done, get_pattern () + from, part);
    done += part;
    from = 0;
  }
  GST_WRITE_UINT32_BE (head + 16, files[number].size - 16);
  for (gsize i = 0; i < n && start + i < sizeof head; i++)
    out[i] = files[number].adts ? adts[start + i] : head[start + i];
}

/* --- the server ---------------------------------------------------------- */

typedef struct _Site Site;

/* One request, on its connection's thread */
typedef struct
{
  Site *site;
  GOutputStream *out;
  guint file;
  guint nth;                    /* of this file, from 0 */
  guint64 first, end;           /* asked for; within the file */
  gboolean ranged;
  gboolean hang_up;             /* after the answer */
} Visit;

struct _Site
{
  GSocketListener *listener;
  GThread *thread;              /* accepts */
  GCancellable *closing;
  guint16 port;
  void (*answer) (Visit * visit);
  gconstpointer answer_data;    /* for answer() */
  File files[MAX_FILES];
  guint generation;             /* of their ETags */

  GMutex lock;
  GCond cond;
  guint connections;            /* lock; as all that follows */
  guint visits[MAX_FILES];
  guint n_visits, busy;
  guint64 last_first;           /* what the last one asked for */
  gboolean open;                /* the gate at which answers may wait */
  gboolean saw_evil, saw_if_range;
};

/* Waits for site_open(), at most until the test's end */
static inline void
site_wait (Site *site)
{
  g_mutex_lock (&site->lock);
  while (!site->open)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
}

static inline void
site_open (Site *site)
{
  g_mutex_lock (&site->lock);
  site->open = TRUE;
  g_cond_broadcast (&site->cond);
  g_mutex_unlock (&site->lock);
}

static inline void
say (Visit *v, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (!g_output_stream_write_all (v->out, text, strlen (text), NULL,
          v->site->closing, NULL))
    v->hang_up = TRUE;
}

/* @length: as it is said, whatever follows */
static inline void
say_head (Visit *v, guint status, gint64 length, const gchar *more)
{
  say (v, "HTTP/1.1 %u Status\r\nETag: \"%u-%u\"\r\n%s", status, v->file,
      v->site->generation, more);
  if (length >= 0)
    say (v, "Content-Length: %" G_GINT64_FORMAT "\r\n", length);
  say (v, "\r\n");
}

static inline void
say_body (Visit *v, guint64 first, guint64 end)
{
  g_autofree guint8 *bytes = g_malloc (64 * KIB);

  while (first < end && !v->hang_up) {
    gsize n = MIN (end - first, 64 * KIB);

    fill (v->site->files, v->file, first, bytes, n);
    if (!g_output_stream_write_all (v->out, bytes, n, NULL, v->site->closing,
            NULL))
      v->hang_up = TRUE;
    first += n;
  }
}

/* The beginning of a right answer, without a byte of its body */
static inline void
say_right_head (Visit *v)
{
  guint64 size = v->site->files[v->file].size;
  g_autofree gchar *range = NULL;

  if (v->first >= size) {
    range = g_strdup_printf ("Content-Range: bytes */%" G_GUINT64_FORMAT
        "\r\n", size);
    say_head (v, 416, 0, range);
  } else if (v->ranged) {
    range = g_strdup_printf ("Content-Range: bytes %" G_GUINT64_FORMAT "-%"
        G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "\r\n", v->first, v->end - 1,
        size);
    say_head (v, 206, v->end - v->first, range);
  } else
    say_head (v, 200, size, "");
}

static inline void
answer_well (Visit *v)
{
  say_right_head (v);
  say_body (v, v->first, v->end);
}

static inline void
answer_cut (Visit *v)
{
  say_right_head (v);
  say_body (v, v->first, v->first + 100001);
  v->hang_up = TRUE;
}

/* Without a length, so that nothing but its sender knows that it was cut */
static inline void
answer_cut_pieces (Visit *v)
{
  say_head (v, 200, -1, "Transfer-Encoding: chunked\r\n");
  say (v, "%x\r\n", 200000);
  say_body (v, 0, 100001);
  v->hang_up = TRUE;
}

/* Neither a length nor ranges: as it was made up on the way */
static inline void
answer_in_pieces (Visit *v)
{
  guint64 size = v->site->files[v->file].size;

  say_head (v, 200, -1, "Transfer-Encoding: chunked\r\n");
  for (guint64 at = 0; at < size && !v->hang_up; at += 100 * KIB) {
    guint64 end = MIN (at + 100 * KIB, size);

    say (v, "%x\r\n", (guint) (end - at));
    say_body (v, at, end);
    say (v, "\r\n");
  }
  say (v, "0\r\n\r\n");
}

static inline void
parse_visit (Visit *v, const gchar *text)
{
  const gchar *range = strstr (text, "\r\nRange: bytes=");
  const gchar *path;
  guint64 size;

  /* A proxy's visitors say the whole URL */
  path = g_strrstr_len (text, strstr (text, " HTTP/1.") - text, "/");
  v->file = g_ascii_strtoull (path + 1, NULL, 10);
  g_assert_cmpuint (v->file, <, MAX_FILES);
  size = v->site->files[v->file].size;
  v->end = size;
  if (range) {
    gchar *rest;

    v->ranged = TRUE;
    v->first = g_ascii_strtoull (range + strlen ("\r\nRange: bytes="), &rest,
        10);
    if (g_ascii_isdigit (rest[1]))
      v->end = MIN (size, g_ascii_strtoull (rest + 1, NULL, 10) + 1);
  }
}

static inline void
receive (Site *site, const gchar *text, GOutputStream *out, gboolean *hang_up)
{
  Visit v = {.site = site,.out = out };

  parse_visit (&v, text);
  g_mutex_lock (&site->lock);
  v.nth = site->visits[v.file]++;
  site->n_visits++;
  site->last_first = v.first;
  if (strstr (text, "\r\nX-Evil:"))
    site->saw_evil = TRUE;
  if (strstr (text, "\r\nIf-Range: \""))
    site->saw_if_range = TRUE;
  g_cond_broadcast (&site->cond);
  g_mutex_unlock (&site->lock);
  site->answer (&v);
  *hang_up = v.hang_up;
}

typedef struct
{
  Site *site;
  GSocketConnection *connection;
} Call;

/* A connection's thread */
static inline gpointer
serve (gpointer data)
{
  g_autofree Call *call = data;
  g_autoptr (GSocketConnection) connection = call->connection;
  Site *site = call->site;
  GIOStream *io = G_IO_STREAM (connection);
  g_autoptr (GDataInputStream) in =
      g_data_input_stream_new (g_io_stream_get_input_stream (io));
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean hang_up = FALSE;
  gchar *line;

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  while (!hang_up
      && (line = g_data_input_stream_read_line (in, NULL, site->closing,
              NULL))) {
    gboolean last = *line == '\0';

    g_string_append_printf (text, "%s\r\n", line);
    g_free (line);
    if (!last)
      continue;
    receive (site, text->str, g_io_stream_get_output_stream (io), &hang_up);
    g_string_truncate (text, 0);
  }
  g_io_stream_close (io, NULL, NULL);
  g_mutex_lock (&site->lock);
  site->connections--;
  g_cond_broadcast (&site->cond);
  g_mutex_unlock (&site->lock);
  return NULL;
}

static inline gpointer
accept_all (gpointer data)
{
  Site *site = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (site->listener, NULL,
              site->closing, NULL))) {
    Call *call = g_new (Call, 1);

    *call = (Call) {site, connection};
    g_mutex_lock (&site->lock);
    site->connections++;
    g_cond_broadcast (&site->cond);
    g_mutex_unlock (&site->lock);
    g_thread_unref (g_thread_new ("connection", serve, call));
  }
  return NULL;
}

static inline void
site_start (Site *site)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_mutex_init (&site->lock);
  g_cond_init (&site->cond);
  site->closing = g_cancellable_new ();
  site->listener = g_socket_listener_new ();
  g_socket_listener_set_backlog (site->listener, MAX_FILES);
  g_assert_true (g_socket_listener_add_address (site->listener, any,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  site->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  site->answer = answer_well;
  site->thread = g_thread_new ("site", accept_all, site);
}

static inline void
site_stop (Site *site)
{
  g_cancellable_cancel (site->closing);
  site_open (site);
  g_thread_join (site->thread);
  g_mutex_lock (&site->lock);
  while (site->connections > 0)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
  g_object_unref (site->listener);
  g_object_unref (site->closing);
  g_mutex_clear (&site->lock);
  g_cond_clear (&site->cond);
}
