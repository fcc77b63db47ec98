/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the site is reached: one struct, one table that says which property is
 * which field, and the way from there to a client's configuration. pinsrc's
 * settings and GstPinResolver embed the struct; whoever has one guards it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "resolver-settings-private.h"

#include <string.h>

#define DEFAULT_TIMEOUT 15
#define DEFAULT_RETRIES 3
#define DEFAULT_CACHE_TIME 300

static const GstPinSettingsField fields[] = {
#define FIELD(property, field) \
  { property, G_STRUCT_OFFSET (GstPinResolverSettings, field) }
  FIELD ("proxy", proxy),
  FIELD ("proxies", proxies),
  FIELD ("tls-ca-file", tls_ca_file),
  FIELD ("user-agent", user_agent),
  FIELD ("cookies", cookies),
  FIELD ("cookies-file", cookies_file),
  FIELD ("extra-headers", extra_headers),
  FIELD ("timeout", timeout),
  FIELD ("retries", retries),
  FIELD ("max-request-rate", max_request_rate),
  FIELD ("allow-private", allow_private),
  FIELD ("strategies", strategies),
  FIELD ("access-token", access_token),
  FIELD ("access-token-file", access_token_file),
  FIELD ("cache-time", cache_time),
#undef FIELD
};

static guint
install_way (GObjectClass *klass, guint id, GParamFlags flags)
{
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("proxy", "Proxy",
          "HTTP proxy's URI (unset: the environment's https_proxy or "
          "all_proxy, or none)", NULL, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("proxies", "Proxies",
          "Several proxies' URIs, separated by commas, instead of proxy: the "
          "healthiest is used, one that fails is left alone for a while",
          NULL, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("tls-ca-file", "TLS CA file",
          "PEM file of the authorities to trust (unset: the system's)", NULL,
          flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_boolean ("allow-private", "Allow private addresses",
          "Let pages and playlists lead to loopback and private addresses "
          "(also GST_PIN_ALLOW_PRIVATE=1 in the environment)", FALSE, flags));
  return id;
}

static guint
install_words (GObjectClass *klass, guint id, GParamFlags flags)
{
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("user-agent", "User-Agent",
          "Value of the User-Agent header (unset: " PACKAGE "/" VERSION ")",
          NULL, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_boxed ("cookies", "Cookies",
          "Cookies for the site's pages, each NAME=VALUE; shown only where a "
          "visitor without them gets no video", G_TYPE_STRV, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("cookies-file", "Cookies file",
          "The same from a file in Netscape's format, of which only the "
          "site's are taken", NULL, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_boxed ("extra-headers", "Extra headers",
          "Headers for every request: a structure of strings",
          GST_TYPE_STRUCTURE, flags));
  return id;
}

static guint
install_patience (GObjectClass *klass, guint id, GParamFlags flags)
{
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("timeout", "Timeout",
          "Seconds without any progress, further attempts included, after "
          "which to give up (0 = never)", 0, 3600, DEFAULT_TIMEOUT, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("retries", "Retries",
          "Further attempts after one that failed, counted anew when bytes "
          "come", 0, 1000, DEFAULT_RETRIES, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("max-request-rate", "Maximum request rate",
          "Requests per second (0 = no limit)", 0, 100000, 0, flags));
  return id;
}

static guint
install_asking (GObjectClass *klass, guint id, GParamFlags flags)
{
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("strategies", "Strategies",
          "Ways to learn of the video, separated by commas, the first asked "
          "first: page, resource, widget, account, account-page, api, mp4, "
          "browser (unset: all but browser)", NULL, flags));
  /* A token is as good as the account: no dump of a pipeline shows it */
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("access-token", "Access token",
          "Token of the user's own account for the site's API; only the API's "
          "host gets it", NULL, flags & ~G_PARAM_READABLE));
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("access-token-file", "Access token file",
          "A file with the access token", NULL, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("cache-time", "Cache time",
          "Seconds for which what is known of a Pin holds for everybody in "
          "the process (0 = ask always)", 0, 86400, DEFAULT_CACHE_TIME,
          flags));
  return id;
}

guint
gst_pin_resolver_settings_install (GObjectClass *klass, guint first,
    GParamFlags flags)
{
  guint id = install_way (klass, first, flags);

  id = install_words (klass, id, flags);
  id = install_asking (klass, id, flags);
  return install_patience (klass, id, flags);
}

void
gst_pin_resolver_settings_init (GstPinResolverSettings *self)
{
  memset (self, 0, sizeof *self);
  self->timeout = DEFAULT_TIMEOUT;
  self->retries = DEFAULT_RETRIES;
  self->cache_time = DEFAULT_CACHE_TIME;
}

void
gst_pin_resolver_settings_clear (GstPinResolverSettings *self)
{
  g_free (self->proxy);
  g_free (self->proxies);
  g_free (self->tls_ca_file);
  g_free (self->user_agent);
  g_strfreev (self->cookies);
  g_free (self->cookies_file);
  g_free (self->strategies);
  g_free (self->access_token);
  g_free (self->access_token_file);
  g_clear_pointer (&self->extra_headers, gst_structure_free);
}

gpointer
gst_pin_resolver_settings_find (const GstPinResolverSettings *self,
    const GParamSpec *spec)
{
  return gst_pin_settings_find (self, fields, G_N_ELEMENTS (fields), spec);
}

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

/* ---- fields of any settings ---- */

gpointer
gst_pin_settings_find (gconstpointer self, const GstPinSettingsField *table,
    gsize n, const GParamSpec *spec)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (table[i].property, spec->name) == 0)
      return G_STRUCT_MEMBER_P (self, table[i].offset);
  return NULL;
}

static void
set_string (gchar **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
  /* None of them has lines, and a line break in a header begins another one */
  if (*field)
    g_strdelimit (*field, "\r\n", ' ');
  /* An empty string is as good as none, so that a shell's "" clears it */
  if (*field && !**field)
    g_clear_pointer (field, g_free);
}

void
gst_pin_settings_set (gpointer field, const GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value))
    set_string (field, value);
  else if (G_VALUE_HOLDS_UINT (value))
    *(guint *) field = g_value_get_uint (value);
  else if (G_VALUE_HOLDS_UINT64 (value))
    *(guint64 *) field = g_value_get_uint64 (value);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    *(gboolean *) field = g_value_get_boolean (value);
  else if (G_VALUE_HOLDS_ENUM (value))
    *(gint *) field = g_value_get_enum (value);
  else if (G_VALUE_HOLDS_BOXED (value)) {
    if (*(gpointer *) field)
      g_boxed_free (G_VALUE_TYPE (value), *(gpointer *) field);
    *(gpointer *) field = g_value_dup_boxed (value);
  }
}

void
gst_pin_settings_get (gconstpointer field, GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, *(gchar * const *) field);
  else if (G_VALUE_HOLDS_UINT (value))
    g_value_set_uint (value, *(const guint *) field);
  else if (G_VALUE_HOLDS_UINT64 (value))
    g_value_set_uint64 (value, *(const guint64 *) field);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *(const gboolean *) field);
  else if (G_VALUE_HOLDS_ENUM (value))
    g_value_set_enum (value, *(const gint *) field);
  else if (G_VALUE_HOLDS_BOXED (value))
    g_value_set_boxed (value, *(gconstpointer const *) field);
}
