/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of a page's addresses is taken. A page is written by strangers: what
 * stands where a video's URL is expected may lead anywhere, so an address that
 * is not plainly one of the site's own files is no address.
 */
#include "page-url-private.h"

#include "location-private.h"

#include <string.h>

/* Ids are 64-bit numbers. */
#define MAX_ID 20

/* (transfer full) (nullable) The host, where @text is a plain address: letters
 * that need no escaping, no user, no port. */
static gchar *
plain_host (const gchar *text, const gchar *scheme)
{
  gsize n = strlen (scheme);
  const gchar *host;

  if (g_ascii_strncasecmp (text, scheme, n) != 0)
    return NULL;
  if (strnlen (text, GST_PIN_PAGE_MAX_URL + 1) > GST_PIN_PAGE_MAX_URL)
    return NULL;
  for (const gchar *p = text; *p != '\0'; p++) {
    if (!g_ascii_isgraph (*p) || strchr ("\"'<>\\^`{|}", *p) != NULL)
      return NULL;
  }
  host = text + n;
  n = strcspn (host, "/?#");
  for (gsize i = 0; i < n; i++) {
    if (!g_ascii_isalnum (host[i]) && host[i] != '.' && host[i] != '-')
      return NULL;
  }
  return n > 0 ? g_strndup (host, n) : NULL;
}

/* (transfer full) (nullable) Where no scheme is named, the page's holds */
static gchar *
with_scheme (const gchar *text)
{
  return text && g_str_has_prefix (text, "//") ?
      g_strconcat ("https:", text, NULL) : g_strdup (text);
}

gchar *
gst_pin_page_take_media_url (const gchar *text)
{
  g_autofree gchar *url = with_scheme (text);
  g_autofree gchar *host = url ? plain_host (url, "https://") : NULL;

  return host && gst_pin_host_is_cdn (host) ? g_steal_pointer (&url) : NULL;
}

gchar *
gst_pin_page_take_external_url (const gchar *text)
{
  g_autofree gchar *url = with_scheme (text);
  g_autofree gchar *host = url ? plain_host (url, "https://") : NULL;

  if (url && !host)
    host = plain_host (url, "http://");
  if (!host || gst_pin_host_is_cdn (host) || gst_pin_host_is_site (host))
    return NULL;
  return g_steal_pointer (&url);
}

gboolean
gst_pin_page_is_pin_id (const gchar *text)
{
  gsize n = strspn (text, "0123456789");

  return n > 0 && n <= MAX_ID && text[n] == '\0';
}

/* /pin/ID/ and /pin/SLUG--ID/, with or without a host in front */
gchar *
gst_pin_page_take_pin_id (const gchar *url)
{
  const gchar *name = strstr (url, "/pin/");
  const gchar *dashes;
  g_autofree gchar *id = NULL;

  if (name == NULL)
    return NULL;
  name += strlen ("/pin/");
  id = g_strndup (name, strcspn (name, "/?#"));
  dashes = g_strrstr (id, "--");
  if (dashes != NULL)
    memmove (id, dashes + 2, strlen (dashes + 2) + 1);
  return gst_pin_page_is_pin_id (id) ? g_steal_pointer (&id) : NULL;
}
