/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of m3u8 text (RFC 8216, section 4), for the two parsers. The text
 * comes from the network, so every length has a cap, every number a range,
 * and an address is http or https or is refused. What real playlists get
 * wrong without harm is forgiven: a byte order mark, CRLF, blanks around
 * lines and after commas, titles in other encodings.
 * Values on the parser's stack; no I/O, any thread.
 */
#include "playlist-text-private.h"
#include "error-private.h"
#include "shown-private.h"

#include <string.h>

/* A 10 h video in segments of 2 s takes about 2 MiB */
#define MAX_TEXT (8 * 1024 * 1024)
#define MAX_LINE (16 * 1024)

/* A short line can stand for a long address: 200,000 segments of 300 bytes */
#define MAX_ADDRESSES (64 * 1024 * 1024)
#define MAX_ADDRESS (8 * 1024)

static gboolean G_GNUC_PRINTF (2, 3)
malformed (GError **error, const gchar *format, ...)
{
  g_autofree gchar *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA, message);
  return FALSE;
}

gboolean
gst_pin_m3u8_lines_init (GstPinM3u8Lines *self, GBytes *text, GError **error)
{
  gsize size;
  const gchar *data = g_bytes_get_data (text, &size);

  self->line = g_string_new (NULL);
  if (size == 0)
    return malformed (error, "it is empty");

  self->at = data;
  self->end = data + size;
  if (size > MAX_TEXT)
    return malformed (error, "it is larger than %d bytes", MAX_TEXT);
  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    self->at += 3;
  if (!gst_pin_m3u8_lines_next (self, error)) {
    if (error && *error)
      return FALSE;
    return malformed (error, "it is empty");
  }
  if (!g_str_has_prefix (self->line->str, "#EXTM3U"))
    return malformed (error, "it does not begin with #EXTM3U");
  if (memchr (data, '\0', size))
    return malformed (error, "it is no text");
  return TRUE;
}

static gboolean
is_blank (gchar c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

gboolean
gst_pin_m3u8_lines_next (GstPinM3u8Lines *self, GError **error)
{
  while (self->at < self->end) {
    const gchar *start = self->at;
    const gchar *stop = memchr (start, '\n', self->end - start);

    if (stop == NULL)
      stop = self->end;
    self->at = stop < self->end ? stop + 1 : stop;
    self->number++;

    while (start < stop && is_blank (*start))
      start++;
    while (start < stop && is_blank (stop[-1]))
      stop--;
    if (stop - start > MAX_LINE)
      return malformed (error, "it is longer than %d bytes", MAX_LINE);

    g_string_truncate (self->line, 0);
    g_string_append_len (self->line, start, stop - start);
    if (start < stop)
      return TRUE;
  }
  return FALSE;
}

void
gst_pin_m3u8_lines_clear (GstPinM3u8Lines *self)
{
  if (self->line)
    g_string_free (self->line, TRUE);
  self->line = NULL;
}

/* Where the value that begins at @value ends; quotes hide commas */
static const gchar *
skip_value (const gchar *value)
{
  const gchar *quote;

  if (*value == '"' && (quote = strchr (value + 1, '"')))
    value = quote + 1;
  return value + strcspn (value, ",");
}

static gchar *
copy_value (const gchar *value, gsize length)
{
  g_autofree gchar *raw = NULL;
  gchar *copy, *p;

  while (length > 0 && is_blank (value[length - 1]))
    length--;
  if (length > 0 && *value == '"') {
    value++;
    length--;
    if (length > 0 && value[length - 1] == '"')
      length--;
  }
  raw = g_strndup (value, length);
  copy = g_utf8_make_valid (raw, -1);
  for (p = copy; *p; p++)
    if (g_ascii_iscntrl (*p) || *p == '"')
      *p = '?';
  return copy;
}

gchar *
gst_pin_m3u8_attribute (const gchar *list, const gchar *name)
{
  gsize length = strlen (name);

  while (*list) {
    const gchar *value, *end;

    while (is_blank (*list) || *list == ',')
      list++;
    value = list + strcspn (list, "=,");
    if (*value != '=') {
      list = value;
      continue;
    }
    end = skip_value (++value);
    if (strncmp (list, name, length) == 0 && list[length] == '=')
      return copy_value (value, end - value);
    list = end;
  }
  return NULL;
}

gboolean
gst_pin_m3u8_attribute_is_yes (const gchar *list, const gchar *name)
{
  g_autofree gchar *value = gst_pin_m3u8_attribute (list, name);

  return value && g_ascii_strcasecmp (value, "YES") == 0;
}

gboolean
gst_pin_m3u8_read_number (const gchar **text, guint64 *number)
{
  const gchar *p = *text;
  guint64 sum = 0;

  for (; g_ascii_isdigit (*p); p++)
    if (!g_uint64_checked_mul (&sum, sum, 10)
        || !g_uint64_checked_add (&sum, sum, *p - '0'))
      return FALSE;
  if (p == *text)
    return FALSE;
  *text = p;
  *number = sum;
  return TRUE;
}

gboolean
gst_pin_m3u8_read_seconds (const gchar *text, GstClockTime *time)
{
  guint64 seconds = 0, fraction = 0, unit = GST_SECOND;

  if (!gst_pin_m3u8_read_number (&text, &seconds) && *text != '.')
    return FALSE;
  if (*text == '.') {
    for (text++; g_ascii_isdigit (*text); text++) {
      unit /= 10;
      fraction += (*text - '0') * unit;
    }
  }
  if (*text != '\0' && *text != ',' && !is_blank (*text))
    return FALSE;
  if (seconds > G_MAXINT64 / GST_SECOND - 1)
    return FALSE;
  *time = seconds * GST_SECOND + fraction;
  return TRUE;
}

gboolean
gst_pin_m3u8_read_range (const gchar *text, GstPinM3u8Range *range)
{
  guint64 end;

  range->offset = 0;
  range->has_offset = FALSE;
  if (!gst_pin_m3u8_read_number (&text, &range->length) || range->length == 0)
    return FALSE;
  if (*text == '@') {
    text++;
    range->has_offset = TRUE;
    if (!gst_pin_m3u8_read_number (&text, &range->offset))
      return FALSE;
  }
  return *text == '\0'
      && g_uint64_checked_add (&end, range->offset, range->length)
      && end <= G_MAXINT64;
}

/* Escapes what may stand in no address, so that it can break no line */
static gchar *
escape_uri (const gchar *raw)
{
  GString *out = g_string_sized_new (strlen (raw));
  const gchar *p;

  for (p = raw; *p; p++) {
    if (g_ascii_isgraph (*p) && strchr ("\"<>\\^`{|}", *p) == NULL)
      g_string_append_c (out, *p);
    else
      g_string_append_printf (out, "%%%02X", (guchar) * p);
  }
  return g_string_free (out, FALSE);
}

static gboolean
is_http (GUri *uri)
{
  const gchar *scheme = g_uri_get_scheme (uri);

  return g_str_equal (scheme, "https") || g_str_equal (scheme, "http");
}

/* GUri decodes escapes in a host, blanks and line ends among them, and writes
 * them as they are: so a host is what names and IP addresses are made of */
static gboolean
has_plain_host (GUri *uri)
{
  const gchar *host = g_uri_get_host (uri);

  return host && *host && host[strspn (host, "abcdefghijklmnopqrstuvwxyz"
          "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:")] == '\0';
}

static gboolean
uris_init (GstPinM3u8Uris *self, const gchar *base, GError **error)
{
  self->budget = MAX_ADDRESSES;
  self->base = g_uri_parse (base, G_URI_FLAGS_ENCODED, NULL);
  if (self->base == NULL || !is_http (self->base)
      || !has_plain_host (self->base)
      || strlen (base) > MAX_ADDRESS)
    return malformed (error, "its own address is no http address");
  return TRUE;
}

static gchar *
resolve (GstPinM3u8Uris *self, const gchar *raw, GError **error)
{
  g_autofree gchar *escaped = escape_uri (raw);
  g_autoptr (GUri) uri = g_uri_parse_relative (self->base, escaped,
      G_URI_FLAGS_ENCODED, NULL);

  if (uri == NULL)
    return malformed (error, "an address in it cannot be read"), NULL;
  if (!is_http (uri)) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "an address in it is of the kind “%.20s:”, and only https is fetched",
        g_uri_get_scheme (uri));
    return NULL;
  }
  if (!has_plain_host (uri))
    return malformed (error, "an address in it has no usable host"), NULL;
  if (g_uri_get_userinfo (uri))
    return malformed (error, "an address in it has a user name"), NULL;
  return g_uri_to_string_partial (uri, G_URI_HIDE_FRAGMENT);
}

gchar *
gst_pin_m3u8_uris_resolve (GstPinM3u8Uris *self, const gchar *raw,
    GError **error)
{
  gsize size;

  if (g_strcmp0 (self->raw, raw) != 0) {
    gchar *resolved = resolve (self, raw, error);

    if (resolved == NULL)
      return NULL;
    g_free (self->raw);
    g_free (self->resolved);
    self->raw = g_strdup (raw);
    self->resolved = resolved;
  }

  size = strlen (self->resolved) + 1;
  if (size > MAX_ADDRESS || size > self->budget)
    return malformed (error, "its addresses are too long"), NULL;
  self->budget -= size;
  return g_strdup (self->resolved);
}

void
gst_pin_m3u8_uris_clear (GstPinM3u8Uris *self)
{
  g_clear_pointer (&self->base, g_uri_unref);
  g_clear_pointer (&self->raw, g_free);
  g_clear_pointer (&self->resolved, g_free);
}

static gboolean
read_tag (const GstPinM3u8Kind *kind, gpointer parser, const gchar *line,
    GError **error)
{
  const gchar *name = line + 1;
  gsize length = strcspn (name, ":");

  for (guint i = 0; i < kind->n_tags; i++) {
    const GstPinM3u8Tag *tag = &kind->tags[i];

    if (strncmp (name, tag->name, length) == 0 && tag->name[length] == '\0')
      return tag->read (parser, name + length + (name[length] == ':'), error);
  }
  return TRUE;
}

static gboolean
read_line (const GstPinM3u8Kind *kind, gpointer parser, const gchar *line,
    GError **error)
{
  return *line == '#' ? read_tag (kind, parser, line, error)
      : kind->read_address (parser, line, error);
}

static GError *
explain (const GError *reason, const gchar *base, guint line)
{
  g_autofree gchar *bare = g_strndup (base, strcspn (base, "?#"));
  g_autofree gchar *shown = gst_pin_shown (bare, 200);
  GError *error = g_error_new (GST_PIN_ERROR, reason->code,
      "The playlist %s cannot be played (line %u): %s. Choose another "
      "quality, or look whether the Pin plays in a browser.",
      shown, line, reason->message);

  gst_pin_error_set_url (error, base);
  return error;
}

gboolean
gst_pin_m3u8_read (GBytes *text, const gchar *base, const GstPinM3u8Kind *kind,
    GstPinM3u8Uris *uris, gpointer parser, GError **error)
{
  g_auto (GstPinM3u8Lines) lines = { NULL, };
  g_autoptr (GError) failure = NULL;

  if (uris_init (uris, base, &failure)
      && gst_pin_m3u8_lines_init (&lines, text, &failure)) {
    while (gst_pin_m3u8_lines_next (&lines, &failure))
      if (!read_line (kind, parser, lines.line->str, &failure))
        break;
    if (!failure)
      kind->finish (parser, &failure);
  }
  if (!failure)
    return TRUE;
  g_propagate_error (error, explain (failure, base, lines.number));
  return FALSE;
}
