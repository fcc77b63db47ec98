/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The gate around a browser. A page's requests are asked for one by one over
 * the protocol, but a browser has more ways to the network: WebSockets,
 * workers, its own questions for updates. So it is also started in such a way
 * that no other host can be reached at all. Without a proxy no other name is
 * looked up; an address in place of a name counts as a name. With a proxy the
 * proxy's is the only name that is looked up, and a script (proxy
 * auto-configuration) gives it those hosts alone. Chromium 156 asks Google's
 * servers for the time and for updates, whatever other options say (observed):
 * this is what stops it.
 */
#include "browser-gate-private.h"

#include "location-private.h"

#include <gst/pin/error.h>
#include <string.h>

/* A name that nobody has (RFC 6761, section 6.4), and is not looked up */
#define NOWHERE "PROXY nowhere.invalid:9"

static const struct
{
  const gchar *scheme;
  const gchar *word;            /* in an answer of FindProxyForURL() */
  gint port;
} kinds[] = {
  {"http", "PROXY", 80},
  {"https", "HTTPS", 443},
  {"socks", "SOCKS5", 1080},
  {"socks5", "SOCKS5", 1080},
  {"socks5h", "SOCKS5", 1080},
  {"socks4", "SOCKS", 1080},
  {"socks4a", "SOCKS", 1080},
};

static const gchar *
first_proxy (const GstPinHttpConfig *http)
{
  return http && http->proxies ? http->proxies[0] : NULL;
}

/* Letters, digits and what else an address or a name is made of: nothing that
 * means something to an argument or to a script */
static gboolean
is_plain_host (const gchar *host)
{
  return host && *host && strspn (host, "abcdefghijklmnopqrstuvwxyz"
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:") == strlen (host);
}

/* In an argument and in a script an IPv6 address stands in brackets */
static gchar *
dup_bracketed (const gchar *host)
{
  return g_strdup_printf (strchr (host, ':') ? "[%s]" : "%s", host);
}

static gchar *
make_script (const gchar *proxy, const gchar *host)
{
  g_autoptr (GString) script = g_string_new ("function FindProxyForURL(u,h){"
      "return /^([a-z0-9-]+\\.)*(pinterest\\.(");
  const gchar *const *endings = gst_pin_host_list_endings ();

  for (guint i = 0; endings[i]; i++) {
    g_autofree gchar *escaped = g_regex_escape_string (endings[i], -1);

    g_string_append_printf (script, "%s%s", i ? "|" : "", escaped);
  }
  g_string_append_printf (script, ")|pinimg\\.com)$/.test(h)||h===\"%s\"?"
      "\"%s\":\"%s\";}", host, proxy, NOWHERE);
  return g_string_free (g_steal_pointer (&script), FALSE);
}

/* The script in an argument of its own, since a file would have to be found */
static gchar *
make_script_argument (const gchar *proxy, const gchar *host)
{
  g_autofree gchar *script = make_script (proxy, host);
  g_autofree gchar *coded = g_base64_encode ((const guchar *) script,
      strlen (script));

  return g_strconcat ("--proxy-pac-url=data:application/"
      "x-ns-proxy-autoconfig;base64,", coded, NULL);
}

static gchar *
make_direct_rules (const gchar *host)
{
  g_autoptr (GString) rules = g_string_new ("--host-resolver-rules="
      "MAP * ~NOTFOUND");
  const gchar *const *endings = gst_pin_host_list_endings ();

  g_string_append_printf (rules, ", EXCLUDE %s, EXCLUDE *.pinimg.com", host);
  for (guint i = 0; endings[i]; i++)
    g_string_append_printf (rules, ", EXCLUDE pinterest.%s, "
        "EXCLUDE *.pinterest.%s", endings[i], endings[i]);
  return g_string_free (g_steal_pointer (&rules), FALSE);
}

/* "PROXY host:port" for a proxy's URI, its host in @host */
static gchar *
parse_proxy (const gchar *uri, gchar **host, GError **error)
{
  g_autoptr (GUri) proxy = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD, NULL);

  for (guint i = 0; proxy && i < G_N_ELEMENTS (kinds); i++) {
    gint port = g_uri_get_port (proxy);
    gboolean is_http = i < 2;

    if (strcmp (g_uri_get_scheme (proxy), kinds[i].scheme) != 0
        || !is_plain_host (g_uri_get_host (proxy))
        || (g_uri_get_user (proxy) && !is_http))
      continue;
    *host = dup_bracketed (g_uri_get_host (proxy));
    return g_strdup_printf ("%s %s:%d", kinds[i].word, *host,
        port > 0 ? port : kinds[i].port);
  }
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "A browser cannot take this proxy: it takes http, https, socks4 and "
      "socks5, and a name and password only with http and https. Leave the "
      "browser out of the setting strategies, or take another proxy.");
  return NULL;
}

gboolean
gst_pin_browser_gate_add (GPtrArray *args, const GstPinHttpConfig *http,
    const gchar *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, error);
  g_autofree gchar *host = NULL;
  g_autofree gchar *proxy_host = NULL;
  g_autofree gchar *proxy = NULL;

  if (!uri)
    return FALSE;
  if (!is_plain_host (g_uri_get_host (uri))) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST,
        "A browser is not sent to a host of that name.");
    return FALSE;
  }
  host = dup_bracketed (g_uri_get_host (uri));
  if (!first_proxy (http)) {
    g_ptr_array_add (args, g_strdup ("--no-proxy-server"));
    g_ptr_array_add (args, make_direct_rules (host));
    return TRUE;
  }
  proxy = parse_proxy (first_proxy (http), &proxy_host, error);
  if (!proxy)
    return FALSE;
  g_ptr_array_add (args, make_script_argument (proxy, host));
  g_ptr_array_add (args, g_strdup_printf ("--host-resolver-rules="
          "MAP * ~NOTFOUND, EXCLUDE %s", proxy_host));
  return TRUE;
}

gboolean
gst_pin_browser_gate_get_login (const GstPinHttpConfig *http, gchar **user,
    gchar **password)
{
  g_autoptr (GUri) proxy = NULL;

  if (!first_proxy (http))
    return FALSE;
  proxy = g_uri_parse (first_proxy (http), G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (!proxy || !g_uri_get_user (proxy))
    return FALSE;
  *user = g_strdup (g_uri_get_user (proxy));
  *password = g_strdup (g_uri_get_password (proxy)
      ? g_uri_get_password (proxy) : "");
  return TRUE;
}
