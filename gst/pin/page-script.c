/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an inline script carries. The page scanner calls it for each inline
 * script that has no name of its own, once its end is there.
 *
 * It reads no JavaScript. It looks for a name, and from there matches the
 * braces of what must be JSON, passing over strings: a string may hold braces,
 * and what follows the braces may be anything.
 */
/* for memmem */
#define _GNU_SOURCE 1

#include "page-script-private.h"

#include "json-skip-private.h"

#include <string.h>

#define CALL "__PWS_RELAY_REGISTER_COMPLETED_REQUEST__"

static const gchar *
skip_space (const gchar *at, const gchar *end)
{
  while (at < end && g_ascii_isspace (*at))
    at++;
  return at;
}

static const gchar *
find_text (const gchar *at, const gchar *end, const gchar *text)
{
  return memmem (at, end - at, text, strlen (text));
}

/* @at is at an opening quote. Gives the closing one, NULL where cut. */
static const gchar *
find_quote (const gchar *at, const gchar *end)
{
  gchar quote = *at++;

  while (at < end && *at != quote) {
    if (*at == '\\' && ++at == end)
      return NULL;
    at++;
  }
  return at < end ? at : NULL;
}

static const gchar *
take_braces (const gchar *at, const gchar *end, GstPinPageScriptPart *part)
{
  const gchar *stop = gst_pin_json_skip_container (at, end);

  part->text = at;
  part->truncated = stop == NULL;
  part->length = (stop ? stop : end) - at;
  return at + part->length;
}

/* @at is behind the function's name. The page also defines that function: then
 * what follows is no parenthesis, or no string in it. */
static gboolean
read_call (const gchar **at, const gchar *end, GstPinPageScriptPart *request,
    GstPinPageScriptPart *answer)
{
  const gchar *p = skip_space (*at, end), *quote;

  if (p >= end || *p != '(')
    return FALSE;
  p = skip_space (p + 1, end);
  if (p >= end || (*p != '"' && *p != '\''))
    return FALSE;
  quote = find_quote (p, end);
  if (quote == NULL)
    return FALSE;
  request->text = p + 1;
  request->length = quote - p - 1;
  request->truncated = FALSE;

  p = skip_space (quote + 1, end);
  if (p >= end || *p != ',')
    return FALSE;
  p = skip_space (p + 1, end);
  if (p >= end || *p != '{')
    return FALSE;
  *at = take_braces (p, end, answer);
  return TRUE;
}

gboolean
gst_pin_page_script_next_call (const gchar **at, const gchar *end,
    GstPinPageScriptPart *request, GstPinPageScriptPart *answer)
{
  const gchar *name;

  while ((name = find_text (*at, end, CALL)) != NULL) {
    *at = name + strlen (CALL);
    if (read_call (at, end, request, answer))
      return TRUE;
  }
  *at = end;
  return FALSE;
}

/* `NAME = {…}`, also written `window["NAME"] = {…}` */
static gboolean
find_assignment (const gchar *at, const gchar *end, const gchar *name,
    GstPinPageScriptPart *state)
{
  while ((at = find_text (at, end, name)) != NULL) {
    at += strlen (name);
    while (at < end && (g_ascii_isspace (*at) || strchr ("\"']", *at)))
      at++;
    if (at >= end || *at != '=')
      continue;
    at = skip_space (at + 1, end);
    if (at < end && *at == '{') {
      take_braces (at, end, state);
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
gst_pin_page_script_find_state (const gchar *script, gsize length,
    GstPinPageScriptPart *state)
{
  static const gchar *const names[] = {
    "__PWS_INITIAL_DATA__", "__PINTEREST_INITIAL_STATE__",
    "__PWS_INITIAL_PROPS__", "__PWS_DATA__",
  };
  const gchar *end = script + length;
  const gchar *start = skip_space (script, end);

  if (start < end && *start == '{') {
    if (find_text (start, end, "\"initialReduxState\"") == NULL)
      return FALSE;
    take_braces (start, end, state);
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (find_assignment (start, end, names[i], state))
      return TRUE;
  }
  return FALSE;
}
