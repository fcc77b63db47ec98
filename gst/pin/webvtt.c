/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * WebVTT (https://www.w3.org/TR/webvtt1/), read for a text track that knows
 * nothing but lines: where a cue stands on the picture, voices, classes and
 * ruby are passed over, what it says is kept. Reading forgives what browsers
 * forgive; a cue with times that cannot be is left out.
 *
 * captions.c makes one of what it fetched, on the client's thread; it belongs
 * to the session then, and does not change any more.
 */
#include "webvtt-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_TEXT (8 * 1024 * 1024)
#define MAX_CUES 100000
#define MAX_TIME (1000 * 3600 * GST_SECOND)
/* Of one cue, in plain text and as written, where "&" may take five bytes; a
 * screen of text is some hundred bytes */
#define MAX_CUE (8 * 1024)
#define MAX_PAYLOAD (64 * 1024)
#define CLOCK_BITS 33
#define CLOCK_RATE 90000

/* The lines of a text, one after the other; "\r", "\n" and "\r\n" end them */
typedef struct
{
  const gchar *next;            /* NULL: there are no more */
  GString *line;
} Lines;

static void
cue_free (gpointer data)
{
  GstPinCue *self = data;

  if (!self)
    return;
  g_free (self->text);
  g_free (self);
}

GstPinWebvtt *
gst_pin_webvtt_new (void)
{
  GstPinWebvtt *self = g_new0 (GstPinWebvtt, 1);

  self->cues = g_ptr_array_new_with_free_func (cue_free);
  self->clock_zero = -1;
  return self;
}

void
gst_pin_webvtt_free (GstPinWebvtt *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->cues);
  g_free (self);
}

static gboolean
next_line (Lines *self)
{
  gsize length;

  if (!self->next)
    return FALSE;
  length = strcspn (self->next, "\r\n");
  g_string_truncate (self->line, 0);
  g_string_append_len (self->line, self->next, length);
  self->next += length;
  if (*self->next == '\0')
    self->next = NULL;
  else
    self->next += self->next[0] == '\r' && self->next[1] == '\n' ? 2 : 1;
  return TRUE;
}

/* --- times ---------------------------------------------------------------- */

static gboolean
read_digits (const gchar **p, guint least, guint most, guint64 *number)
{
  guint n = 0;

  *number = 0;
  for (; n < most && g_ascii_isdigit (**p); n++, (*p)++)
    *number = *number * 10 + (**p - '0');
  return n >= least && !g_ascii_isdigit (**p);
}

/* [hours:]minutes:seconds.milliseconds; a comma will do for the point */
static gboolean
read_time (const gchar **p, GstClockTime *time)
{
  guint64 parts[3], fraction;
  guint n = 0;

  do {
    if (!read_digits (p, 1, 6, &parts[n]))
      return FALSE;
  } while (++n < 3 && **p == ':' && (*p)++);
  if (n < 2 || (**p != '.' && **p != ','))
    return FALSE;
  (*p)++;
  if (!read_digits (p, 3, 3, &fraction) || parts[n - 1] > 59
      || parts[n - 2] > (n == 2 ? 999999 : 59))
    return FALSE;
  *time = (parts[n - 1] + parts[n - 2] * 60 + (n == 3 ? parts[0] * 3600 : 0))
      * GST_SECOND + fraction * GST_MSECOND;
  return *time <= MAX_TIME;
}

static void
skip_blanks (const gchar **p)
{
  *p += strspn (*p, " \t\f");
}

/* What follows the times says where the cue stands, and is not looked at */
static gboolean
read_timing (const gchar *line, GstPinCue *cue)
{
  skip_blanks (&line);
  if (!read_time (&line, &cue->start))
    return FALSE;
  skip_blanks (&line);
  if (!g_str_has_prefix (line, "-->"))
    return FALSE;
  line += strlen ("-->");
  skip_blanks (&line);
  return read_time (&line, &cue->end) && cue->end > cue->start;
}

/* X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000, in either order */
static void
read_map (GstPinWebvtt *self, const gchar *line)
{
  const gchar *p = strchr (line, '=');
  GstClockTime local = 0;
  guint64 clock = 0;
  gboolean has_clock = FALSE;

  while (p) {
    p++;
    skip_blanks (&p);
    if (g_str_has_prefix (p, "LOCAL:")) {
      p += strlen ("LOCAL:");
      if (!read_time (&p, &local))
        return;
    } else if (g_str_has_prefix (p, "MPEGTS:")) {
      p += strlen ("MPEGTS:");
      if (!read_digits (&p, 1, 18, &clock))
        return;
      has_clock = TRUE;
    }
    p = strchr (p, ',');
  }
  if (has_clock)
    self->clock_zero = (clock - gst_util_uint64_scale (local, CLOCK_RATE,
            GST_SECOND)) & ((G_GUINT64_CONSTANT (1) << CLOCK_BITS) - 1);
}

/* --- text ----------------------------------------------------------------- */

static gunichar
read_number_entity (const gchar *name, gsize length)
{
  gboolean hex = length > 1 && (name[1] == 'x' || name[1] == 'X');
  g_autofree gchar *digits = g_strndup (name + (hex ? 2 : 1),
      length - (hex ? 2 : 1));
  guint64 value;

  if (!g_ascii_string_to_unsigned (digits, hex ? 16 : 10, 1, 0x10ffff, &value,
          NULL) || !g_unichar_validate (value))
    return 0;
  /* It must not end a line */
  return value < 0x20 ? ' ' : value;
}

/* &NAME; at @p → its character and the length of all that; 0: there is none */
static gunichar
read_entity (const gchar *p, gsize *length)
{
  static const struct
  {
    const gchar *name;
    gunichar character;
  } entities[] = {
    {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''},
    {"nbsp", 0xa0}, {"lrm", 0x200e}, {"rlm", 0x200f},
  };
  gsize n = strcspn (p + 1, ";&< \n");

  if (n == 0 || n > 8 || p[1 + n] != ';')
    return 0;
  *length = n + 2;
  if (p[1] == '#')
    return read_number_entity (p + 1, n);
  for (guint i = 0; i < G_N_ELEMENTS (entities); i++)
    if (strlen (entities[i].name) == n
        && strncmp (p + 1, entities[i].name, n) == 0)
      return entities[i].character;
  return 0;
}

/* Without tags and entities; an unfinished tag hides the rest */
static void
append_plain (GString *out, const gchar *p)
{
  while (*p) {
    gsize length = 1;
    gunichar character;

    if (*p == '<') {
      length = strcspn (p, ">");
      p += p[length] ? length + 1 : length;
      continue;
    }
    character = *p == '&' ? read_entity (p, &length) : 0;
    if (character)
      g_string_append_unichar (out, character);
    else
      g_string_append_len (out, p, length = 1);
    p += length;
  }
}

/* Lines that have nothing left are none: one would end the cue when written */
static gchar *
make_plain (const gchar *raw)
{
  g_autoptr (GString) all = g_string_new (NULL);
  GString *out = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;

  append_plain (all, raw);
  lines = g_strsplit (all->str, "\n", -1);
  for (gchar **line = lines; *line; line++) {
    if (!*g_strchomp (*line) || out->len + strlen (*line) >= MAX_CUE)
      continue;
    if (out->len > 0)
      g_string_append_c (out, '\n');
    g_string_append (out, *line);
  }
  return g_string_free (out, FALSE);
}

/* --- cues ----------------------------------------------------------------- */

/* Takes @cue if it is one: with text */
static gboolean
take_cue (GstPinWebvtt *self, GstPinCue *cue, const gchar *raw)
{
  cue->text = make_plain (raw);
  if (!*cue->text) {
    cue_free (cue);
    return TRUE;
  }
  g_ptr_array_add (self->cues, cue);
  return self->cues->len <= MAX_CUES;
}

/* The lines up to an empty one, or one that is another cue's times. FALSE:
 * that one is in lines->line. */
static gboolean
read_payload (Lines *lines, GString *out)
{
  while (next_line (lines)) {
    if (lines->line->len == 0)
      return TRUE;
    if (strstr (lines->line->str, "-->"))
      return FALSE;
    if (out->len + lines->line->len >= MAX_PAYLOAD)
      continue;
    g_string_append (out, lines->line->str);
    g_string_append_c (out, '\n');
  }
  return TRUE;
}

/* A block without times is a note, a style, or a cue's name. @at_times: the
 * line at hand has not been looked at. FALSE: too many. */
static gboolean
read_cues (GstPinWebvtt *self, Lines *lines, gboolean at_times)
{
  g_autoptr (GString) payload = g_string_new (NULL);

  while (at_times || next_line (lines)) {
    GstPinCue *cue;

    at_times = FALSE;
    if (!strstr (lines->line->str, "-->"))
      continue;
    cue = g_new0 (GstPinCue, 1);
    if (!read_timing (lines->line->str, cue)) {
      cue_free (cue);
      continue;
    }
    g_string_truncate (payload, 0);
    at_times = !read_payload (lines, payload);
    if (!take_cue (self, cue, payload->str))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_header (GstPinWebvtt *self, Lines *lines, gboolean *at_times)
{
  if (!next_line (lines) || !g_str_has_prefix (lines->line->str, "WEBVTT")
      || !strchr (" \t", lines->line->str[strlen ("WEBVTT")]))
    return FALSE;
  while (!*at_times && next_line (lines) && lines->line->len > 0) {
    /* A cue, without the empty line that belongs in front */
    *at_times = strstr (lines->line->str, "-->") != NULL;
    if (g_str_has_prefix (lines->line->str, "X-TIMESTAMP-MAP"))
      read_map (self, lines->line->str);
  }
  return TRUE;
}

static gint
compare_cues (gconstpointer a, gconstpointer b)
{
  const GstPinCue *one = *(GstPinCue * const *) a;
  const GstPinCue *two = *(GstPinCue * const *) b;

  if (one->start != two->start)
    return one->start < two->start ? -1 : 1;
  if (one->end != two->end)
    return one->end < two->end ? -1 : 1;
  return strcmp (one->text, two->text);
}

static GstPinWebvtt *
refuse (GError **error, const gchar *why)
{
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
      "The captions cannot be read: %s. Try another language.", why);
  return NULL;
}

static GstPinWebvtt *
parse_lines (Lines *lines, GError **error)
{
  g_autoptr (GstPinWebvtt) self = gst_pin_webvtt_new ();
  gboolean at_times = FALSE;

  if (!read_header (self, lines, &at_times))
    return refuse (error, "they do not begin with WEBVTT");
  if (!read_cues (self, lines, at_times))
    return refuse (error, "they are too many");
  gst_pin_webvtt_tidy (self);
  return g_steal_pointer (&self);
}

GstPinWebvtt *
gst_pin_webvtt_parse (GBytes *text, GError **error)
{
  static const gchar bom[] = "\xef\xbb\xbf";
  gsize size;
  const gchar *data = g_bytes_get_data (text, &size);
  g_autofree gchar *valid = NULL;
  Lines lines;
  GstPinWebvtt *self;

  if (size > MAX_TEXT)
    return refuse (error, "they are too long");
  valid = g_utf8_make_valid (data ? data : "", size);
  lines.next = g_str_has_prefix (valid, bom) ? valid + strlen (bom) : valid;
  lines.line = g_string_new (NULL);
  self = parse_lines (&lines, error);
  g_string_free (lines.line, TRUE);
  return self;
}

/* The way from @zero to the part's zero, the shorter way around the clock */
static gint64
clock_shift (gint64 zero, gint64 part_zero)
{
  gint64 ticks = part_zero - zero;
  gint64 turn = G_GINT64_CONSTANT (1) << CLOCK_BITS;

  if (ticks >= turn / 2)
    ticks -= turn;
  else if (ticks < -turn / 2)
    ticks += turn;
  return ticks * (gint64) (GST_SECOND / 10000) / (CLOCK_RATE / 10000);
}

void
gst_pin_webvtt_append (GstPinWebvtt *self, GstPinWebvtt *part)
{
  gint64 shift = 0;

  if (self->clock_zero < 0)
    self->clock_zero = part->clock_zero;
  if (part->clock_zero >= 0)
    shift = clock_shift (self->clock_zero, part->clock_zero);
  while (part->cues->len > 0) {
    GstPinCue *cue = g_ptr_array_steal_index (part->cues, part->cues->len - 1);

    if ((gint64) cue->end + shift <= 0 || self->cues->len >= MAX_CUES) {
      cue_free (cue);
      continue;
    }
    cue->start = MAX ((gint64) cue->start + shift, 0);
    cue->end += shift;
    g_ptr_array_add (self->cues, cue);
  }
}

void
gst_pin_webvtt_tidy (GstPinWebvtt *self)
{
  guint kept = 0;

  g_ptr_array_sort (self->cues, compare_cues);
  for (guint i = 0; i < self->cues->len; i++) {
    gpointer *cues = self->cues->pdata;

    if (kept > 0 && compare_cues (&cues[kept - 1], &cues[i]) == 0) {
      cue_free (cues[i]);
      cues[i] = NULL;
    } else {
      gpointer cue = cues[i];

      cues[i] = NULL;
      cues[kept++] = cue;
    }
  }
  g_ptr_array_set_size (self->cues, kept);
}

/* --- writing -------------------------------------------------------------- */

static void
write_time (GString *out, GstClockTime time)
{
  guint64 ms = time / GST_MSECOND;

  g_string_append_printf (out, "%02" G_GUINT64_FORMAT ":%02u:%02u.%03u",
      ms / 3600000, (guint) (ms / 60000 % 60), (guint) (ms / 1000 % 60),
      (guint) (ms % 1000));
}

static void
write_text (GString *out, const gchar *text)
{
  for (; *text; text++) {
    if (*text == '&')
      g_string_append (out, "&amp;");
    else if (*text == '<')
      g_string_append (out, "&lt;");
    else if (*text == '>')
      g_string_append (out, "&gt;");
    else
      g_string_append_c (out, *text);
  }
}

GBytes *
gst_pin_webvtt_write (const GstPinWebvtt *self)
{
  GString *out = g_string_new ("WEBVTT\n");

  for (guint i = 0; i < self->cues->len; i++) {
    const GstPinCue *cue = g_ptr_array_index (self->cues, i);

    g_string_append_c (out, '\n');
    write_time (out, cue->start);
    g_string_append (out, " --> ");
    write_time (out, cue->end);
    g_string_append_c (out, '\n');
    write_text (out, cue->text);
    g_string_append_c (out, '\n');
  }
  return g_string_free_to_bytes (out);
}
