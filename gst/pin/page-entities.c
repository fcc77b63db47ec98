/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HTML's character references. The page scanner asks for the text of titles
 * and attributes, and the Relay reader for JSON that a page wrote in escaped
 * form. Of the two thousand names only those are known that pages use to write
 * text safely; whatever else stands between & and ; is left alone, as a
 * browser does with an unknown name.
 */
#include "page-entities-private.h"

#include <string.h>

/* Longest reference: &#x10FFFF; with some zeros in front. */
#define MAX_REFERENCE 16

static gunichar
named (const gchar *name, gsize length)
{
  static const struct
  {
    const gchar *name;
    gunichar c;
  } names[] = {
    {"amp", '&'}, {"quot", '"'}, {"lt", '<'}, {"gt", '>'}, {"apos", '\''},
    {"nbsp", 0xa0}, {"hellip", 0x2026}, {"ndash", 0x2013},
    {"mdash", 0x2014}, {"lsquo", 0x2018}, {"rsquo", 0x2019},
    {"ldquo", 0x201c}, {"rdquo", 0x201d},
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strlen (names[i].name) == length
        && memcmp (names[i].name, name, length) == 0)
      return names[i].c;
  }
  return 0;
}

/* @text is behind "&#". Zero where it is no character. */
static gunichar
numbered (const gchar *text, gsize length)
{
  guint base = 10;
  gunichar c = 0;

  if (length > 0 && (*text == 'x' || *text == 'X')) {
    base = 16;
    text++;
    length--;
  }
  for (gsize i = 0; i < length; i++) {
    gint digit = g_ascii_xdigit_value (text[i]);

    if (digit < 0 || (guint) digit >= base)
      return 0;
    c = c * base + digit;
    if (c > 0x10ffff)
      return 0;
  }
  return g_unichar_validate (c) ? c : 0;
}

/* @text is behind the &. Gives how many bytes the reference has, with its
 * semicolon; zero where it is none. */
static gsize
read_reference (const gchar *text, gsize length, gunichar *c)
{
  const gchar *stop = memchr (text, ';', MIN (length, MAX_REFERENCE));

  if (stop == NULL)
    return 0;
  if (*text == '#')
    *c = numbered (text + 1, stop - text - 1);
  else
    *c = named (text, stop - text);
  return *c ? (gsize) (stop - text) + 1 : 0;
}

gchar *
gst_pin_page_decode_entities (const gchar *text, gsize length)
{
  g_autoptr (GString) out = g_string_sized_new (length);
  const gchar *end = text + length;

  while (text < end) {
    const gchar *amp = memchr (text, '&', end - text);
    gunichar c = 0;
    gsize used;

    g_string_append_len (out, text, (amp ? amp : end) - text);
    if (amp == NULL)
      break;
    used = read_reference (amp + 1, end - amp - 1, &c);
    if (used > 0)
      g_string_append_unichar (out, c);
    else
      g_string_append_c (out, '&');
    text = amp + 1 + used;
  }
  return g_utf8_make_valid (out->str, out->len);
}
