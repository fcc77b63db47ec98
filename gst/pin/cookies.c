/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cookies that the user hands in, as pairs or as a file in the format that
 * browsers' extensions and other tools export. Made once from the settings,
 * then never changed: any thread reads it, and it lives as long as somebody
 * holds it.
 *
 * They are the user's login. So of a file, which often holds those of every
 * site, only the site's own are kept at all; and they go to the site's pages
 * over https, each only where its domain and path allow (RFC 6265, section
 * 5.4), never to the hosts of media, short links or services.
 */
#include "cookies-private.h"

#include <gst/pin/error.h>
#include <string.h>

#include "file-text-private.h"
#include "location-private.h"

#define MAX_FILE (1024 * 1024)
#define MAX_COOKIES 1024
/* What servers take of one header; browsers take half of it for one cookie */
#define MAX_HEADER 8192
#define N_FIELDS 7

typedef struct
{
  gchar *domain;                /* without a dot in front; NULL: every page */
  gboolean below;               /* also the hosts below it */
  gchar *path;
  gchar *pair;                  /* NAME=VALUE */
} GstPinCookie;

struct _GstPinCookies
{
  gatomicrefcount refs;
  GPtrArray *list;              /* of GstPinCookie */
};

static void
cookie_free (gpointer data)
{
  GstPinCookie *cookie = data;

  g_free (cookie->domain);
  g_free (cookie->path);
  g_free (cookie->pair);
  g_free (cookie);
}

/* Takes @pair */
static void
add (GstPinCookies *self, const gchar *domain, gboolean below,
    const gchar *path, gchar *pair)
{
  GstPinCookie *cookie = g_new (GstPinCookie, 1);

  cookie->domain = g_strdup (domain);
  cookie->below = below;
  cookie->path = g_strdup (path);
  cookie->pair = pair;
  g_ptr_array_add (self->list, cookie);
}

/* What may stand in a header without beginning another cookie or line */
static gboolean
is_plain (const gchar *text)
{
  for (; *text; text++)
    if (!g_ascii_isprint (*text) || *text == ';')
      return FALSE;
  return TRUE;
}

/* DOMAIN, whether hosts below it too, PATH, whether https only, when it
 * expires (0: with the browser), NAME, VALUE. TRUE: it is such a line. */
static gboolean
read_line (GstPinCookies *self, const gchar *line, gint64 now)
{
  static const gchar http_only[] = "#HttpOnly_";
  g_auto (GStrv) fields = NULL;
  const gchar *domain;
  gdouble expires;
  gchar *end;

  if (g_str_has_prefix (line, http_only))
    line += strlen (http_only);
  fields = g_strsplit (line, "\t", N_FIELDS);
  if (*line == '#' || g_strv_length (fields) != N_FIELDS)
    return FALSE;
  domain = fields[0] + (*fields[0] == '.');
  expires = g_ascii_strtod (fields[4], &end);
  if (end == fields[4] || *end != '\0')
    return FALSE;
  if (gst_pin_host_is_page (domain) && *fields[2] == '/' && *fields[5]
      && (expires <= 0 || expires > now) && is_plain (fields[5])
      && strchr (fields[5], '=') == NULL && is_plain (fields[6])
      && self->list->len < MAX_COOKIES)
    add (self, domain, g_ascii_strcasecmp (fields[1], "TRUE") == 0, fields[2],
        g_strconcat (fields[5], "=", fields[6], NULL));
  return TRUE;
}

static gboolean
read_file (GstPinCookies *self, const gchar *path, gint64 now, GError **error)
{
  g_autofree gchar *text = gst_pin_file_text_read (path, MAX_FILE, "cookies",
      error);
  g_auto (GStrv) lines = NULL;
  guint before = self->list->len;
  gboolean any = FALSE;

  if (!text)
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (gchar **line = lines; *line; line++) {
    gsize length = strlen (*line);

    if (length > 0 && (*line)[length - 1] == '\r')
      (*line)[length - 1] = '\0';
    any |= read_line (self, *line, now);
  }
  if (self->list->len > before)
    return TRUE;
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO, any
      ? "%s has no cookies of the site that are still valid. Log in with the "
      "browser and export them again."
      : "%s is no file of cookies. Export them from the browser in Netscape's "
      "format (cookies.txt).", path);
  return FALSE;
}

GstPinCookies *
gst_pin_cookies_new (gchar **pairs, const gchar *path, gint64 now,
    GError **error)
{
  g_autoptr (GstPinCookies) self = g_new0 (GstPinCookies, 1);

  g_atomic_ref_count_init (&self->refs);
  self->list = g_ptr_array_new_with_free_func (cookie_free);
  for (gchar **pair = pairs; pair && *pair; pair++)
    if (is_plain (*pair) && strchr (*pair, '='))
      add (self, NULL, TRUE, "/", g_strdup (*pair));
  if (path && !read_file (self, path, now, error))
    return NULL;
  return self->list->len > 0 ? g_steal_pointer (&self) : NULL;
}

GstPinCookies *
gst_pin_cookies_ref (GstPinCookies *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
gst_pin_cookies_unref (GstPinCookies *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->list);
  g_free (self);
}

/* RFC 6265, section 5.1.3 */
static gboolean
domain_fits (const GstPinCookie *cookie, const gchar *host)
{
  gsize host_length = strlen (host), length;

  if (!cookie->domain || g_ascii_strcasecmp (cookie->domain, host) == 0)
    return TRUE;
  length = strlen (cookie->domain);
  return cookie->below && host_length > length
      && host[host_length - length - 1] == '.'
      && g_ascii_strcasecmp (cookie->domain, host + host_length - length) == 0;
}

/* RFC 6265, section 5.1.4 */
static gboolean
path_fits (const GstPinCookie *cookie, const gchar *path)
{
  gsize length = strlen (cookie->path);

  return g_str_has_prefix (path, cookie->path)
      && (cookie->path[length - 1] == '/' || path[length] == '/'
      || path[length] == '\0');
}

gchar *
gst_pin_cookies_for (const GstPinCookies *self, GUri *uri)
{
  const gchar *host = g_uri_get_host (uri);
  const gchar *path = *g_uri_get_path (uri) ? g_uri_get_path (uri) : "/";
  g_autoptr (GString) header = NULL;

  if (!host || strcmp (g_uri_get_scheme (uri), "https") != 0
      || !gst_pin_host_is_page (host))
    return NULL;
  header = g_string_new (NULL);
  for (guint i = 0; i < self->list->len; i++) {
    const GstPinCookie *cookie = g_ptr_array_index (self->list, i);

    if (domain_fits (cookie, host) && path_fits (cookie, path)
        && header->len + strlen (cookie->pair) + 2 <= MAX_HEADER)
      g_string_append_printf (header, "%s%s", header->len ? "; " : "",
          cookie->pair);
  }
  return header->len > 0 ?
      g_string_free (g_steal_pointer (&header), FALSE) : NULL;
}

gchar *
gst_pin_cookies_to_key (const GstPinCookies *self)
{
  GString *key = g_string_new (NULL);

  for (guint i = 0; i < self->list->len; i++) {
    const GstPinCookie *cookie = g_ptr_array_index (self->list, i);

    g_string_append_printf (key, "%s\t%d\t%s\t%s\n", cookie->domain ?
        cookie->domain : "", cookie->below, cookie->path, cookie->pair);
  }
  return g_string_free (key, FALSE);
}
