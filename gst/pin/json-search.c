/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds objects by what they are called, in text whose structure nobody has
 * told. The reader for unknown pages calls it. One pass over the text, with
 * the places of the open brackets on the side; nothing recurses.
 */
#include "json-search-private.h"

#include "json-skip-private.h"

#include <string.h>

typedef struct
{
  const gchar *open[GST_PIN_JSON_MAX_DEPTH];    /* brackets, outermost first */
  guint depth;
  const gchar *const *names;
  const gchar *value;
  GArray *found;
} Search;

static void
add (Search *self, const gchar *start, const gchar *end)
{
  GstPinJsonText object = { start, end };

  for (guint i = 0; i < self->found->len; i++) {
    if (g_array_index (self->found, GstPinJsonText, i).start == start)
      return;
  }
  g_array_append_val (self->found, object);
}

static const gchar *
skip_space (const gchar *at, const gchar *end)
{
  while (at < end && g_ascii_isspace (*at))
    at++;
  return at;
}

/* A member of the innermost object; its value starts at @at. */
static void
take_member (Search *self, const GstPinJsonText *key, const gchar *at,
    const gchar *end)
{
  GstPinJsonText value = { at, end };

  if (at < end && *at == '{') {
    if (gst_pin_json_text_is_named (key, self->value))
      add (self, at, end);
    return;
  }
  for (guint i = 0; self->names[i] != NULL; i++) {
    if (gst_pin_json_text_is_named (key, self->names[i])
        && gst_pin_json_text_equals (&value, self->value))
      add (self, self->open[self->depth - 1], end);
  }
}

/* @at is at a quote. Gives what is behind the string, or the colon after it. */
static const gchar *
pass_string (Search *self, const gchar *at, const gchar *end)
{
  const gchar *quote = gst_pin_json_skip_string (at + 1, end);
  GstPinJsonText key = { at + 1, quote };

  if (quote == NULL)
    return end;
  at = skip_space (quote + 1, end);
  if (at >= end || *at != ':' || self->depth == 0
      || *self->open[self->depth - 1] != '{')
    return at;
  at = skip_space (at + 1, end);
  take_member (self, &key, at, end);
  return at;
}

GArray *
gst_pin_json_search (const GstPinJsonText *root, const gchar *const *names,
    const gchar *value, guint max)
{
  Search self = {.names = names,.value = value };
  const gchar *at = root->start, *end = root->end;

  self.found = g_array_new (FALSE, FALSE, sizeof (GstPinJsonText));
  while (at < end && self.found->len < max) {
    switch (*at) {
      case '"':
        at = pass_string (&self, at, end);
        continue;
      case '{':
      case '[':
        if (self.depth == GST_PIN_JSON_MAX_DEPTH)
          return self.found;
        self.open[self.depth++] = at;
        break;
      case '}':
      case ']':
        if (self.depth == 0 || --self.depth == 0)
          return self.found;
        break;
      default:
        break;
    }
    at++;
  }
  return self.found;
}
