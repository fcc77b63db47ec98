/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages repeat what a user typed or a server sent, and they end on
 * terminals and in logs: no control character, no broken encoding and no
 * endless text may get there. Pure function, any thread.
 */
#include "shown-private.h"

#include <string.h>

/* Bytes of the longest letter in UTF-8 */
#define LETTER 4

gchar *
gst_pin_shown (const gchar *text, guint max)
{
  g_autofree gchar *start = g_strndup (text, (gsize) max * LETTER + LETTER);
  g_autofree gchar *valid = g_utf8_make_valid (start, -1);
  GString *out = g_string_new (NULL);
  const gchar *p;
  guint n = 0;

  for (p = valid; *p && n < max; p = g_utf8_next_char (p), n++) {
    gunichar c = g_utf8_get_char (p);
    g_string_append_unichar (out, g_unichar_isprint (c) ? c : 0xfffd);
  }
  if (*p)
    g_string_append (out, "…");
  return g_string_free (out, FALSE);
}
