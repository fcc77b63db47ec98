/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a pasted address apart by hand. A general URL parser forgives what
 * must not be forgiven here (user names, odd ports, backslashes, escapes that
 * decode to slashes), and two parsers that forgive differently are how
 * look-alikes get through; so this one knows a narrow form and refuses the
 * rest. It knows no host and no page: location.c judges what it finds.
 * Pure functions, any thread.
 */
#include "location-address-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_SEGMENTS 16

/* Bytes of one decoded segment: a title's hundred letters, in any script */
#define MAX_NAME 1024

/* Letters of what was typed that a message repeats */
#define SHOWN 80

void
gst_pin_address_refuse (GError **error, const gchar *text,
    const gchar *format, va_list args)
{
  g_autofree gchar *shown = gst_pin_shown (text, SHOWN);
  g_autofree gchar *reason = g_strdup_vprintf (format, args);

  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_INVALID_LOCATION,
      "“%s” is no Pin: %s. A Pin's location looks like " GST_PIN_ADDRESS_SITE
      "/pin/ID/, pin://ID, its ID alone (digits), or https://pin.it/CODE.",
      shown, reason);
}

static gboolean G_GNUC_PRINTF (3, 4)
refuse (GError **error, const gchar *text, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  gst_pin_address_refuse (error, text, format, args);
  va_end (args);
  return FALSE;
}

/* Controls, and the marks that make a text read in another order than it is */
static gboolean
is_deceptive (gunichar c)
{
  return g_unichar_iscntrl (c) || (c >= 0x202a && c <= 0x202e)
      || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static gboolean
has_deceptive (const gchar *text)
{
  for (; *text; text = g_utf8_next_char (text))
    if (is_deceptive (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

gchar *
gst_pin_address_decode (const gchar *escaped, const gchar *forbidden)
{
  g_autofree gchar *name = g_uri_unescape_string (escaped, forbidden);

  if (name == NULL || *name == '\0' || strlen (name) > MAX_NAME
      || !g_utf8_validate (name, -1, NULL) || has_deceptive (name)
      || g_str_equal (name, ".") || g_str_equal (name, ".."))
    return NULL;
  return g_steal_pointer (&name);
}

gboolean
gst_pin_address_check (const gchar *text, GError **error)
{
  if (*text == '\0')
    return refuse (error, text, "nothing was typed");
  if (strlen (text) > GST_PIN_ADDRESS_MAX)
    return refuse (error, text, "it is longer than %d bytes",
        GST_PIN_ADDRESS_MAX);
  if (!g_utf8_validate (text, -1, NULL))
    return refuse (error, text, "it is not valid UTF-8");
  if (has_deceptive (text) || strpbrk (text, " \\<>\"") != NULL)
    return refuse (error, text,
        "it holds blanks, quotes, backslashes or invisible characters");
  return TRUE;
}

/* The path's segments; NULL: too many, or one that hides something */
static gchar **
split_path (const gchar *path, gsize length)
{
  g_autofree gchar *copy = g_strndup (path, length);
  g_auto (GStrv) parts = g_strsplit (copy, "/", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint i, n = 0;

  for (i = 0; parts[i]; i++) {
    g_autofree gchar *name = NULL;

    if (parts[i][0] == '\0')
      continue;
    name = gst_pin_address_decode (parts[i], "/\\");
    if (name == NULL || ++n > MAX_SEGMENTS)
      return NULL;
    g_strv_builder_add (builder, parts[i]);
  }
  return g_strv_builder_end (builder);
}

/* Takes a port that says what the scheme says anyway off the authority */
static gsize
authority_without_port (const gchar *authority, gsize length,
    const gchar *scheme)
{
  const gchar *port = g_strcmp0 (scheme, "http") == 0 ? ":80" : ":443";
  gsize n = strlen (port);

  if (length > n && strncmp (authority + length - n, port, n) == 0)
    return length - n;
  return length;
}

gboolean
gst_pin_address_split (GstPinAddress *self, const gchar *text, GError **error)
{
  const gchar *rest = text, *colon = strstr (text, "://");
  gsize length, path;

  self->text = text;
  if (colon && colon == text + strcspn (text, ":/?#")) {
    self->scheme = g_ascii_strdown (text, colon - text);
    rest = colon + 3;
    if (!g_str_equal (self->scheme, "https")
        && !g_str_equal (self->scheme, "http"))
      return refuse (error, text, "only https addresses are read");
  } else if (g_str_has_prefix (text, "//")) {
    rest = text + 2;
  }

  length = strcspn (rest, "/?#");
  if (memchr (rest, '@', length))
    return refuse (error, text, "a user name stands before the host");
  path = length + strcspn (rest + length, "?#");
  length = authority_without_port (rest, length, self->scheme);
  if (memchr (rest, ':', length))
    return refuse (error, text, "it has a port of its own, or no host");
  self->host = g_ascii_strdown (rest, length);

  if (rest[path] == '?')
    self->query = g_strndup (rest + path + 1, strcspn (rest + path + 1, "#"));
  length = strcspn (rest, "/?#");
  self->segments = split_path (rest + length, path - length);
  if (self->segments == NULL)
    return refuse (error, text, "its path hides something in escapes or dots, "
        "or has more than %d parts", MAX_SEGMENTS);
  return TRUE;
}

void
gst_pin_address_clear (GstPinAddress *self)
{
  g_free (self->scheme);
  g_free (self->host);
  g_strfreev (self->segments);
  g_free (self->query);
}
