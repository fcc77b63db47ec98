/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON as text. Page readers use it to walk to one Pin's data in a state of a
 * megabyte, so that json-glib parses some kilobytes and not the two hundred
 * Pins beside it. Nothing here recurses, and nothing is parsed by json-glib
 * before it was measured here: a document nested two million deep would
 * overflow the parser's stack (observed in json-glib 1.6).
 *
 * The measuring admits no character outside strings that JSON does not have.
 * That keeps json-glib's extensions out (comments, assignments), in which a
 * quote or bracket means something else than here.
 */
#include "json-text-private.h"

#include "json-skip-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

typedef enum
{
  CLASS_ILLEGAL,
  CLASS_SPACE,
  CLASS_SCALAR,
  CLASS_SEPARATOR,
  CLASS_QUOTE,
  CLASS_OPEN,
  CLASS_CLOSE
} CharClass;

static const guint8 classes[256] = {
  [' '] = CLASS_SPACE,['\t'] = CLASS_SPACE,['\n'] = CLASS_SPACE,
  ['\r'] = CLASS_SPACE,
  ['0' ... '9'] = CLASS_SCALAR,
  ['+'] = CLASS_SCALAR,['-'] = CLASS_SCALAR,['.'] = CLASS_SCALAR,
  ['E'] = CLASS_SCALAR,['e'] = CLASS_SCALAR,
  /* the letters of true, false and null */
  ['t'] = CLASS_SCALAR,['r'] = CLASS_SCALAR,['u'] = CLASS_SCALAR,
  ['f'] = CLASS_SCALAR,['a'] = CLASS_SCALAR,['l'] = CLASS_SCALAR,
  ['s'] = CLASS_SCALAR,['n'] = CLASS_SCALAR,
  [','] = CLASS_SEPARATOR,[':'] = CLASS_SEPARATOR,
  ['"'] = CLASS_QUOTE,
  ['{'] = CLASS_OPEN,['['] = CLASS_OPEN,
  ['}'] = CLASS_CLOSE,[']'] = CLASS_CLOSE,
};

static inline guint8
class_of (gchar c)
{
  return classes[(guint8) c];
}

static gboolean
starts_value (gchar c)
{
  return class_of (c) == CLASS_QUOTE || class_of (c) == CLASS_OPEN
      || class_of (c) == CLASS_SCALAR;
}

static const gchar *
skip_space (const gchar *at, const gchar *end)
{
  while (at < end && class_of (*at) == CLASS_SPACE)
    at++;
  return at;
}

static const gchar *
skip_scalar (const gchar *at, const gchar *end)
{
  const gchar *start = at;

  while (at < end && class_of (*at) == CLASS_SCALAR)
    at++;
  return at > start ? at : NULL;
}

/* @at is at an opening bracket. The kinds of the open brackets are the bits of
 * @kinds, so that a closing one is checked against its own opening. */
static const gchar *
measure_container (const gchar *at, const gchar *end, guint *n_values)
{
  guint8 kinds[GST_PIN_JSON_MAX_DEPTH];
  guint depth = 0;

  while (at < end) {
    gchar c = *at++;

    switch (class_of (c)) {
      case CLASS_QUOTE:
        at = gst_pin_json_skip_string (at, end);
        if (at == NULL)
          return NULL;
        at++;
        break;
      case CLASS_OPEN:
        if (depth == GST_PIN_JSON_MAX_DEPTH)
          return NULL;
        kinds[depth++] = (guint8) c;
        (*n_values)++;
        break;
      case CLASS_CLOSE:
        /* In ASCII each closing bracket is its opening one plus two. */
        if (kinds[--depth] + 2 != (guint8) c)
          return NULL;
        if (depth == 0)
          return at;
        break;
      case CLASS_SEPARATOR:
        (*n_values)++;
        break;
      case CLASS_ILLEGAL:
        return NULL;
      default:
        break;
    }
  }
  return NULL;
}

static const gchar *
skip_string (const gchar *at, const gchar *end)
{
  const gchar *quote = gst_pin_json_skip_string (at + 1, end);

  return quote ? quote + 1 : NULL;
}

/* Passes over a value that nobody wants. */
static const gchar *
skip_value (const gchar *at, const gchar *end)
{
  if (at >= end)
    return NULL;
  switch (class_of (*at)) {
    case CLASS_QUOTE:
      return skip_string (at, end);
    case CLASS_OPEN:
      return gst_pin_json_skip_container (at, end);
    case CLASS_SCALAR:
      return skip_scalar (at, end);
    default:
      return NULL;
  }
}

void
gst_pin_json_text_init (GstPinJsonText *self, const gchar *text, gsize length)
{
  self->end = text + length;
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    text += 3;
  self->start = skip_space (text, self->end);
}

gboolean
gst_pin_json_iter_init (GstPinJsonIter *self, const GstPinJsonText *container)
{
  if (container->start >= container->end
      || class_of (*container->start) != CLASS_OPEN)
    return FALSE;
  self->at = container->start + 1;
  self->end = container->end;
  self->is_object = *container->start == '{';
  self->first = TRUE;
  return TRUE;
}

/* Reads `"name":` and leaves the iterator in front of the value. */
static gboolean
read_key (GstPinJsonIter *self, GstPinJsonText *key)
{
  const gchar *quote;

  if (self->at >= self->end || *self->at != '"')
    return FALSE;
  quote = gst_pin_json_skip_string (self->at + 1, self->end);
  if (quote == NULL)
    return FALSE;
  if (key != NULL) {
    key->start = self->at + 1;
    key->end = quote;
  }
  self->at = skip_space (quote + 1, self->end);
  if (self->at >= self->end || *self->at != ':')
    return FALSE;
  self->at = skip_space (self->at + 1, self->end);
  return self->at < self->end;
}

/* The value that was handed out is passed over only now: the caller may have
 * what it looked for, and then the rest need not be read. */
gboolean
gst_pin_json_iter_next (GstPinJsonIter *self, GstPinJsonText *key,
    GstPinJsonText *value)
{
  if (!self->first) {
    self->at = skip_value (self->at, self->end);
    if (self->at == NULL) {
      self->at = self->end;
      return FALSE;
    }
    self->at = skip_space (self->at, self->end);
    if (self->at >= self->end || *self->at != ',') {
      self->at = self->end;
      return FALSE;
    }
    self->at++;
  }
  self->first = FALSE;
  self->at = skip_space (self->at, self->end);
  if (self->is_object && !read_key (self, key)) {
    self->at = self->end;
    return FALSE;
  }
  if (self->at >= self->end || !starts_value (*self->at)) {
    self->at = self->end;
    return FALSE;
  }
  value->start = self->at;
  value->end = self->end;
  return TRUE;
}

gboolean
gst_pin_json_text_is_named (const GstPinJsonText *key, const gchar *name)
{
  gsize n = strlen (name);

  return (gsize) (key->end - key->start) == n
      && memcmp (key->start, name, n) == 0;
}

static gboolean
find_member (const GstPinJsonText *self, const gchar *name,
    GstPinJsonText *value)
{
  GstPinJsonIter iter;
  GstPinJsonText key, member;

  if (!gst_pin_json_iter_init (&iter, self) || !iter.is_object)
    return FALSE;
  while (gst_pin_json_iter_next (&iter, &key, &member)) {
    if (gst_pin_json_text_is_named (&key, name)) {
      *value = member;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
gst_pin_json_text_find (const GstPinJsonText *self, GstPinJsonText *value, ...)
{
  GstPinJsonText at = *self;
  gboolean found = TRUE;
  const gchar *name;
  va_list names;

  va_start (names, value);
  while (found && (name = va_arg (names, const gchar *)) != NULL)
    found = find_member (&at, name, &at);
  va_end (names);
  if (found)
    *value = at;
  return found;
}

gboolean
gst_pin_json_text_equals (const GstPinJsonText *self, const gchar *text)
{
  gsize n = strlen (text);
  const gchar *start = self->start, *stop;

  if (start >= self->end)
    return FALSE;
  if (*start == '"') {
    start++;
    stop = gst_pin_json_skip_string (start, self->end);
  } else
    stop = skip_scalar (start, self->end);
  return stop != NULL && (gsize) (stop - start) == n
      && memcmp (start, text, n) == 0;
}

gboolean
gst_pin_json_text_measure (const GstPinJsonText *self, gsize *length,
    guint *n_values)
{
  guint n = 1;
  const gchar *stop;

  if (self->start < self->end && class_of (*self->start) == CLASS_OPEN)
    stop = measure_container (self->start, self->end, &n);
  else
    stop = skip_value (self->start, self->end);
  if (stop == NULL)
    return FALSE;
  *length = stop - self->start;
  *n_values = n;
  return TRUE;
}

/* The number behind "\u", -1 where these are not four hexadecimal digits. */
static gint
read_unit (const gchar *digits, const gchar *end)
{
  gint unit = 0;

  if (end - digits < 4)
    return -1;
  for (guint i = 0; i < 4; i++) {
    gint digit = g_ascii_xdigit_value (digits[i]);

    if (digit < 0)
      return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/* How many bytes of a \u escape at @at are taken as they are; zero where it
 * is half a surrogate pair or a NUL, which no text can have. */
static gsize
measure_unit (const gchar *at, const gchar *end, gint unit)
{
  gint low;

  if (unit >= 0xd800 && unit < 0xdc00) {
    if (end - at < 12 || at[6] != '\\' || at[7] != 'u')
      return 0;
    low = read_unit (at + 8, end);
    return low >= 0xdc00 && low < 0xe000 ? 12 : 0;
  }
  return unit != 0 && (unit < 0xdc00 || unit >= 0xe000) ? 6 : 0;
}

/* Copies one escape of a string. FALSE where JSON has no such escape. */
static gboolean
copy_escape (GString *out, const gchar **place, const gchar *end)
{
  const gchar *at = *place;
  gsize n = 2;
  gint unit;

  if (end - at < 2 || strchr ("\"\\/bfnrtu", at[1]) == NULL || at[1] == '\0')
    return FALSE;
  if (at[1] == 'u') {
    unit = read_unit (at + 2, end);
    if (unit < 0)
      return FALSE;
    n = measure_unit (at, end, unit);
    if (n == 0) {
      g_string_append (out, "\\ufffd");
      *place = at + 6;
      return TRUE;
    }
  }
  g_string_append_len (out, at, n);
  *place = at + n;
  return TRUE;
}

/* json-glib passes over a string's end after half a surrogate pair and after a
 * short \u (observed in json-glib 1.6), and would then read as brackets what
 * was measured as text. So its escapes are put right: titles that were cut
 * inside an emoji are common. NULL where an escape is none. */
static gchar *
copy_with_sound_escapes (const gchar *text, gsize length)
{
  g_autoptr (GString) out = g_string_sized_new (length);
  const gchar *end = text + length, *escape;

  while ((escape = memchr (text, '\\', end - text)) != NULL) {
    g_string_append_len (out, text, escape - text);
    text = escape;
    if (!copy_escape (out, &text, end))
      return NULL;
  }
  g_string_append_len (out, text, end - text);
  /* json-glib refuses a whole document for one byte that is no UTF-8. */
  return g_utf8_make_valid (out->str, out->len);
}

static gboolean
load (JsonParser *parser, const gchar *text, gsize length, GError **error)
{
  g_autofree gchar *sound = copy_with_sound_escapes (text, length);

  if (sound != NULL)
    return json_parser_load_from_data (parser, sound, -1, error);
  g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
      "a string has an escape that JSON has not");
  return FALSE;
}

JsonNode *
gst_pin_json_text_parse (const GstPinJsonText *self, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) reason = NULL;
  JsonNode *root;
  gsize length;
  guint n_values;

  if (!gst_pin_json_text_measure (self, &length, &n_values)) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the JSON is cut off, is no JSON, or nests deeper than %u",
        GST_PIN_JSON_MAX_DEPTH);
    return NULL;
  }
  if (length > GST_PIN_JSON_MAX_BYTES || n_values > GST_PIN_JSON_MAX_VALUES) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the JSON has %" G_GSIZE_FORMAT " bytes and %u values, more than is "
        "taken (%u and %u)", length, n_values, GST_PIN_JSON_MAX_BYTES,
        GST_PIN_JSON_MAX_VALUES);
    return NULL;
  }

  parser = json_parser_new_immutable ();
  if (!load (parser, self->start, length, &reason)) {
    /* json-glib quotes the text that it stumbles over. */
    g_autofree gchar *shown = gst_pin_shown (reason->message, 200);

    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the JSON cannot be read: %s", shown);
    return NULL;
  }
  root = json_parser_steal_root (parser);
  if (root == NULL)
    g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the JSON is empty");
  return root;
}

gchar *
gst_pin_json_dup_string (JsonNode *node)
{
  const gchar *text;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  text = json_node_get_string (node);
  return text ? g_utf8_make_valid (text, -1) : NULL;
}

/* json-glib writes 17 digits of every number with a point, and so 29.97 as
 * 29.969999999999999 (observed in 1.6). The fewest that read back the same do. */
static void
append_number (GString *out, const gchar *number, gsize length)
{
  gdouble value = g_ascii_strtod (number, NULL);
  gchar fewer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (fewer, sizeof fewer, "%.15g", value);
  if (g_ascii_strtod (fewer, NULL) != value)
    g_ascii_formatd (fewer, sizeof fewer, "%.16g", value);
  /* Without a point it would be read as an integer */
  if (memchr (number, '.', length) && strchr (fewer, '.')
      && g_ascii_strtod (fewer, NULL) == value)
    g_string_append (out, fewer);
  else
    g_string_append_len (out, number, length);
}

gchar *
gst_pin_json_to_string (JsonNode *node, gboolean pretty)
{
  g_autofree gchar *text = json_to_string (node, pretty);
  const gchar *end = text + strlen (text), *next;
  GString *out = g_string_sized_new (end - text);

  for (const gchar * at = text; at < end; at = next) {
    gsize number = g_ascii_isdigit (*at) || *at == '-' ?
        strspn (at, "+-.0123456789e") : 0;

    next = *at == '"' ? gst_pin_json_skip_string (at + 1, end) + 1
        : at + MAX (number, 1);
    if (number > 0)
      append_number (out, at, number);
    else
      g_string_append_len (out, at, next - at);
  }
  return g_string_free (out, FALSE);
}
