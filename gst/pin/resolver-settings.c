/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the site is reached: one struct, the table of its properties, and the way
 * from there to a client's configuration. pinsrc's settings and GstPinResolver
 * embed the struct; whoever has one guards it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "resolver-settings-private.h"

#include <string.h>

#define FIELD(name) G_STRUCT_OFFSET (GstPinResolverSettings, name)
const GstPinSetting gst_pin_resolver_settings[] = {
  {"proxy", "Proxy",
      "HTTP proxy's URI (unset: the environment's https_proxy or all_proxy, "
      "or none)", FIELD (proxy), G_TYPE_STRING},
  {"proxies", "Proxies",
      "Several proxies' URIs, separated by commas, instead of proxy: the "
      "healthiest is used, one that fails is left alone for a while",
      FIELD (proxies), G_TYPE_STRING},
  {"tls-ca-file", "TLS CA file",
      "PEM file of the authorities to trust (unset: the system's)",
      FIELD (tls_ca_file), G_TYPE_STRING},
  {"allow-private", "Allow private addresses",
      "Let pages and playlists lead to loopback and private addresses (also "
      "GST_PIN_ALLOW_PRIVATE=1 in the environment)",
      FIELD (allow_private), G_TYPE_BOOLEAN},
  {"user-agent", "User-Agent",
      "Value of the User-Agent header (unset: " PACKAGE "/" VERSION ")",
      FIELD (user_agent), G_TYPE_STRING},
  {"cookies", "Cookies",
      "Cookies for the site's pages, each NAME=VALUE; shown only where a "
      "visitor without them gets no video",
      FIELD (cookies), G_TYPE_BOXED, g_strv_get_type},
  {"cookies-file", "Cookies file",
      "The same from a file in Netscape's format, of which only the site's "
      "are taken", FIELD (cookies_file), G_TYPE_STRING},
  {"extra-headers", "Extra headers",
      "Headers for every request: a structure of strings",
      FIELD (extra_headers), G_TYPE_BOXED, gst_structure_get_type},
  {"strategies", "Strategies",
      "Ways to learn of the video, separated by commas, the first asked "
      "first: page, resource, widget, account, account-page, api, mp4, "
      "browser (unset: all but browser)", FIELD (strategies), G_TYPE_STRING},
  /* A token is as good as the account: no dump of a pipeline shows it */
  {"access-token", "Access token",
      "Token of the user's own account for the site's API; only the API's "
      "host gets it", FIELD (access_token), G_TYPE_STRING, .secret = TRUE},
  {"access-token-file", "Access token file",
      "A file with the access token",
      FIELD (access_token_file), G_TYPE_STRING},
  {"cache-time", "Cache time",
      "Seconds for which what is known of a Pin holds for everybody in the "
      "process (0 = ask always)",
      FIELD (cache_time), G_TYPE_UINT, .max = 86400, .value = 300},
  {"timeout", "Timeout",
      "Seconds without any progress, further attempts included, after which "
      "to give up (0 = never)",
      FIELD (timeout), G_TYPE_UINT, .max = 3600, .value = 15},
  {"retries", "Retries",
      "Further attempts after one that failed, counted anew when bytes come",
      FIELD (retries), G_TYPE_UINT, .max = 1000, .value = 3},
  {"max-request-rate", "Maximum request rate",
      "Requests per second (0 = no limit)",
      FIELD (max_request_rate), G_TYPE_UINT, .max = 100000},
  {NULL}
};

static const gchar *
proxy_of_environment (void)
{
  static const gchar *const names[] = {
    "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const gchar *value = g_getenv (names[i]);

    if (value && *value)
      return value;
  }
  return NULL;
}

/* Many write HOST:PORT alone, as curl lets them */
static gchar *
complete_proxy (const gchar *text)
{
  return strstr (text, "://") ? g_strdup (text)
      : g_strconcat ("http://", text, NULL);
}

/* NULL: none */
static gchar **
choose_proxies (const GstPinResolverSettings *self)
{
  const gchar *text = self->proxies ? self->proxies : self->proxy ?
      self->proxy : proxy_of_environment ();
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ",", -1);

  for (gchar **part = parts; *part; part++)
    if (*g_strstrip (*part))
      g_ptr_array_add (list, complete_proxy (*part));
  if (list->len == 0)
    return NULL;
  g_ptr_array_add (list, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

void
gst_pin_resolver_settings_to_http (const GstPinResolverSettings *self,
    GstPinHttpConfig *http)
{
  memset (http, 0, sizeof *http);
  http->user_agent = g_strdup (self->user_agent);
  http->proxies = choose_proxies (self);
  http->extra_headers = self->extra_headers ?
      gst_structure_copy (self->extra_headers) : NULL;
  http->tls_ca_file = g_strdup (self->tls_ca_file);
  http->timeout = self->timeout;
  http->retries = self->retries;
  http->max_request_rate = self->max_request_rate;
  http->allow_private = self->allow_private
      || g_strcmp0 (g_getenv ("GST_PIN_ALLOW_PRIVATE"), "1") == 0;
}

void
gst_pin_resolver_settings_to_options (const GstPinResolverSettings *self,
    GstPinResolveOptions *options)
{
  memset (options, 0, sizeof *options);
  options->strategies = g_strdup (self->strategies);
  options->cookie_pairs = g_strdupv (self->cookies);
  options->cookies_file = g_strdup (self->cookies_file);
  options->access_token = g_strdup (self->access_token);
  options->access_token_file = g_strdup (self->access_token_file);
  options->cache_seconds = self->cache_time;
}
