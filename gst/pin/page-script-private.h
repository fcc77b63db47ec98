/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an inline script carries: answers that it registers with Relay, and a
 * state. Pure functions on bytes, any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a script, and whether it ended before they did */
typedef struct
{
  const gchar *text;
  gsize length;
  gboolean truncated;
} GstPinPageScriptPart;

/* The next call that registers an answer, from @at on, which moves behind it.
 * @request is what stands inside the quotes of the first argument, @answer the
 * braces of the second. */
gboolean gst_pin_page_script_next_call (const gchar ** at, const gchar * end,
    GstPinPageScriptPart * request, GstPinPageScriptPart * answer);

/* The object that a script is, or that it gives to a variable known to hold
 * the page's state. */
gboolean gst_pin_page_script_find_state (const gchar * script, gsize length,
    GstPinPageScriptPart * state);

G_END_DECLS
