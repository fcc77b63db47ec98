/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the origin answers: a value that the site or a fault makes and the
 * delivery sends. The connection's thread makes one per request and frees it;
 * bodies are usually maps of files and shared between threads, so they are
 * never changed in place. */

#include "origin-answer.h"

#include <gio/gio.h>
#include <string.h>

OriginAnswer *
origin_answer_new (guint status, const gchar * content_type, GBytes * body)
{
  OriginAnswer *self = g_new0 (OriginAnswer, 1);

  self->status = status;
  self->headers = g_ptr_array_new_with_free_func (g_free);
  self->body = g_bytes_ref (body);
  self->end = g_bytes_get_size (body);
  if (content_type)
    origin_answer_add_header (self, "Content-Type", content_type);

  return self;
}

OriginAnswer *
origin_answer_new_text (guint status, const gchar * content_type,
    const gchar * text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return origin_answer_new (status, content_type, body);
}

void
origin_answer_free (OriginAnswer * self)
{
  g_ptr_array_unref (self->headers);
  g_bytes_unref (self->body);
  g_free (self->etag);
  g_free (self->last_modified);
  g_free (self);
}

void
origin_answer_add_header (OriginAnswer * self, const gchar * name,
    const gchar * value)
{
  g_ptr_array_add (self->headers, g_strdup (name));
  g_ptr_array_add (self->headers, g_strdup (value));
}

/* RFC 9110 section 13.1.5: a validator that does not fit voids the range. */
static gboolean
if_range_holds (OriginAnswer * self, const OriginRequest * request)
{
  const gchar *wanted = origin_request_get_header (request, "if-range");

  return !wanted || g_strcmp0 (wanted, self->etag) == 0
      || g_strcmp0 (wanted, self->last_modified) == 0;
}

/**
 * origin_answer_take_range:
 * @self: an answer with status 200 and its whole body
 * @request: what was asked for
 *
 * Makes @self the 206 or 416 that the request's Range and If-Range ask for.
 */
void
origin_answer_take_range (OriginAnswer * self, const OriginRequest * request)
{
  guint64 size = g_bytes_get_size (self->body);
  g_autofree gchar *content_range = NULL;
  guint64 start, end;

  if (self->status != 200
      || !origin_request_get_range (request, size, &start, &end)
      || !if_range_holds (self, request))
    return;
  if (start == end) {
    self->status = 416;
    content_range = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);
  } else {
    self->status = 206;
    content_range = g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%"
        G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, start, end - 1, size);
  }
  self->start = start;
  self->end = end;
  origin_answer_add_header (self, "Content-Range", content_range);
}

/* Encodes the body with gzip, whoever asked for it. */
void
origin_answer_compress (OriginAnswer * self)
{
  g_autoptr (GConverter) gzip =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream =
      g_converter_output_stream_new (memory, gzip);
  gsize size;
  gconstpointer data = g_bytes_get_data (self->body, &size);

  g_output_stream_write_all (stream, data, size, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  g_bytes_unref (self->body);
  self->body =
      g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
  self->start = 0;
  self->end = g_bytes_get_size (self->body);
  origin_answer_add_header (self, "Content-Encoding", "gzip");
}

/* Changes every byte from @from on; the length and the range stay. */
void
origin_answer_spoil (OriginAnswer * self, guint64 from)
{
  gsize size, i;
  const guint8 *data = g_bytes_get_data (self->body, &size);
  guint8 *spoilt = g_memdup2 (data, size);

  for (i = from; i < size; i++)
    spoilt[i] ^= 0x5a;
  g_bytes_unref (self->body);
  self->body = g_bytes_new_take (spoilt, size);
}

/* RFC 9110 section 5.6.7, IMF-fixdate; free of the locale. */
gchar *
origin_answer_format_date (gint64 unix_time)
{
  static const gchar *const days[] =
      { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const gchar *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (unix_time);

  return g_strdup_printf ("%s, %02d %s %04d %02d:%02d:%02d GMT",
      days[g_date_time_get_day_of_week (date) - 1],
      g_date_time_get_day_of_month (date),
      months[g_date_time_get_month (date) - 1],
      g_date_time_get_year (date), g_date_time_get_hour (date),
      g_date_time_get_minute (date), g_date_time_get_second (date));
}
