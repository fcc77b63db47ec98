/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One HTML tag, read as the HTML standard's tokenizer reads it ("13.2.5
 * Tokenization"): a quote matters only where a value begins, a > inside a
 * quoted value ends nothing, and names are the same in either case. The page
 * scanner calls it, for each tag once.
 */
#include "page-tag-private.h"

#include "page-entities-private.h"

#include <string.h>

/* Longer values are none that a page's head has. */
#define MAX_VALUE_BYTES (64 * 1024)

static gboolean
is_space (gchar c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

const gchar *
gst_pin_page_tag_find_end (GstPinPageTagState *state, const gchar *at,
    const gchar *end)
{
  for (; at < end; at++) {
    gchar c = *at;

    switch (state->place) {
      case GST_PIN_PAGE_TAG_NAME:
        if (c == '>')
          return at;
        if (c == '=')
          state->place = GST_PIN_PAGE_TAG_VALUE_START;
        break;
      case GST_PIN_PAGE_TAG_VALUE_START:
        if (c == '>')
          return at;
        if (c == '"' || c == '\'') {
          state->quote = c;
          state->place = GST_PIN_PAGE_TAG_QUOTED;
        } else if (!is_space (c))
          state->place = GST_PIN_PAGE_TAG_UNQUOTED;
        break;
      case GST_PIN_PAGE_TAG_QUOTED:
        at = memchr (at, state->quote, end - at);
        if (at == NULL)
          return NULL;
        state->place = GST_PIN_PAGE_TAG_NAME;
        break;
      case GST_PIN_PAGE_TAG_UNQUOTED:
        if (c == '>')
          return at;
        if (is_space (c))
          state->place = GST_PIN_PAGE_TAG_NAME;
        break;
    }
  }
  return NULL;
}

typedef struct
{
  const gchar *name;
  gsize name_length;
  const gchar *value;
  gsize value_length;
} Attribute;

static const gchar *
skip_space (const gchar *at, const gchar *end)
{
  while (at < end && is_space (*at))
    at++;
  return at;
}

/* @at is behind the =. Gives where the value is over. */
static const gchar *
read_value (const gchar *at, const gchar *end, Attribute *attribute)
{
  at = skip_space (at, end);
  if (at < end && (*at == '"' || *at == '\'')) {
    const gchar *stop = memchr (at + 1, *at, end - at - 1);

    attribute->value = at + 1;
    attribute->value_length = (stop ? stop : end) - at - 1;
    return stop ? stop + 1 : end;
  }
  attribute->value = at;
  while (at < end && !is_space (*at))
    at++;
  attribute->value_length = at - attribute->value;
  return at;
}

static gboolean
next_attribute (const gchar **place, const gchar *end, Attribute *attribute)
{
  const gchar *at = *place;

  while (at < end && (is_space (*at) || *at == '/'))
    at++;
  if (at >= end)
    return FALSE;
  attribute->name = at;
  while (at < end && !is_space (*at) && *at != '/' && *at != '=')
    at++;
  attribute->name_length = at - attribute->name;
  attribute->value = at;
  attribute->value_length = 0;
  at = skip_space (at, end);
  if (at < end && *at == '=')
    at = read_value (at + 1, end, attribute);
  *place = at;
  return TRUE;
}

gchar *
gst_pin_page_tag_get (const gchar *tag, gsize length, const gchar *attribute)
{
  const gchar *at = tag, *end = tag + length;
  gsize n = strlen (attribute);
  Attribute found;

  while (at < end && !is_space (*at) && *at != '/')
    at++;
  while (next_attribute (&at, end, &found)) {
    if (found.name_length != n
        || g_ascii_strncasecmp (found.name, attribute, n) != 0)
      continue;
    return gst_pin_page_decode_entities (found.value,
        MIN (found.value_length, MAX_VALUE_BYTES));
  }
  return NULL;
}
