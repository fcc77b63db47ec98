/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pinsrc's settings: one struct, one table that says which property is which
 * field, and the way from there to a session's configuration. The element owns
 * the struct and guards it with its object lock.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "pin-src-settings.h"

#include <string.h>

#define DEFAULT_QUALITY "best"
#define DEFAULT_TIMEOUT 15
#define DEFAULT_RETRIES 3
#define DEFAULT_MAX_CONNECTIONS 16
#define DEFAULT_MAX_BUFFER_BYTES (32 * 1024 * 1024)
#define MIN_MAX_BUFFER_BYTES (1024 * 1024)

static const struct
{
  const gchar *property;
  gsize offset;
} fields[] = {
#define FIELD(property, field) \
  { property, G_STRUCT_OFFSET (GstPinSrcSettings, field) }
  FIELD ("location", location),
  FIELD ("quality", quality),
  FIELD ("item", item),
  FIELD ("proxy", proxy),
  FIELD ("proxies", proxies),
  FIELD ("tls-ca-file", tls_ca_file),
  FIELD ("user-agent", user_agent),
  FIELD ("cookies", cookies),
  FIELD ("extra-headers", extra_headers),
  FIELD ("timeout", timeout),
  FIELD ("retries", retries),
  FIELD ("max-connections", max_connections),
  FIELD ("max-buffer-bytes", max_buffer_bytes),
  FIELD ("max-request-rate", max_request_rate),
  FIELD ("max-bitrate", max_bitrate),
  FIELD ("missing-segment", missing_segment),
  FIELD ("fragment-uris", fragment_uris),
  FIELD ("allow-private", allow_private),
  FIELD ("cover", cover),
#undef FIELD
};

#define GST_TYPE_PIN_FRAGMENT_URIS (gst_pin_fragment_uris_get_type ())
static GType
gst_pin_fragment_uris_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_PIN_FRAGMENT_URIS_AUTO,
          "What the element downstream can take", "auto"},
    {GST_PIN_FRAGMENT_URIS_PIN,
          "pinfrag:// URIs, for hlsdemux with pinfetchsrc", "pin"},
    {GST_PIN_FRAGMENT_URIS_NATIVE,
          "https:// URIs, fetched by whoever reads the playlist", "native"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstPinFragmentUris", values);
    g_once_init_leave (&type, made);
  }
  return type;
}

#define GST_TYPE_PIN_MISSING_SEGMENT (gst_pin_missing_segment_get_type ())
static GType
gst_pin_missing_segment_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_PIN_MISSING_SEGMENT_ERROR, "End with an error", "error"},
    {GST_PIN_MISSING_SEGMENT_SKIP,
          "Leave it out, with a warning for each", "skip"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstPinMissingSegment", values);
    g_once_init_leave (&type, made);
  }
  return type;
}

static guint
install_what (GObjectClass *klass, guint id, GParamFlags flags)
{
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("location", "Location",
          "The Pin: its page's address on any country domain, its number, "
          "pin://NUMBER, or a pin.it link", NULL, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("quality", "Quality",
          "Which variant: best, worst, 720p (the highest not above), <=2M "
          "(bits per second), h264, hevc, or a key of the page; alternatives "
          "separated by commas", DEFAULT_QUALITY, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("item", "Item",
          "Which video of a Pin that has several, counted from 1", 1,
          G_MAXUINT, 1, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_enum ("missing-segment", "Missing segment",
          "What to do when a segment can't be had for good",
          GST_TYPE_PIN_MISSING_SEGMENT, GST_PIN_MISSING_SEGMENT_ERROR, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_enum ("fragment-uris", "Fragment URIs",
          "Which URIs the playlist that is pushed has",
          GST_TYPE_PIN_FRAGMENT_URIS, GST_PIN_FRAGMENT_URIS_AUTO, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_boolean ("cover", "Cover",
          "Fetch the Pin's picture for the image tag", TRUE, flags));
  return id;
}

static guint
install_how (GObjectClass *klass, guint id, GParamFlags flags)
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
      g_param_spec_string ("user-agent", "User-Agent",
          "Value of the User-Agent header (unset: " PACKAGE "/" VERSION ")",
          NULL, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_boxed ("cookies", "Cookies",
          "Cookies for the site's hosts, each NAME=VALUE; the media hosts "
          "never get them", G_TYPE_STRV, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_boxed ("extra-headers", "Extra headers",
          "Headers for every request: a structure of strings",
          GST_TYPE_STRUCTURE, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("timeout", "Timeout",
          "Seconds without any progress, further attempts included, after "
          "which to give up (0 = never)", 0, 3600, DEFAULT_TIMEOUT, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("retries", "Retries",
          "Further attempts after one that failed, counted anew when bytes "
          "come", 0, 1000, DEFAULT_RETRIES, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_boolean ("allow-private", "Allow private addresses",
          "Let pages and playlists lead to loopback and private addresses "
          "(also GST_PIN_ALLOW_PRIVATE=1 in the environment)", FALSE, flags));
  return id;
}

static guint
install_limits (GObjectClass *klass, guint id, GParamFlags flags)
{
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("max-connections", "Maximum connections",
          "Requests at a time, for picture and sound together", 1, 128,
          DEFAULT_MAX_CONNECTIONS, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint64 ("max-buffer-bytes", "Maximum buffer bytes",
          "Bytes of media in memory, here and downstream, for picture and "
          "sound together", MIN_MAX_BUFFER_BYTES, G_MAXUINT32,
          DEFAULT_MAX_BUFFER_BYTES, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint ("max-request-rate", "Maximum request rate",
          "Requests per second (0 = no limit)", 0, 100000, 0, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_uint64 ("max-bitrate", "Maximum bitrate",
          "Bits of media per second (0 = no limit)", 0, G_MAXINT64, 0, flags));
  return id;
}

guint
gst_pin_src_settings_install (GObjectClass *klass, guint first)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_READY;
  guint id = install_what (klass, first, flags);

  id = install_how (klass, id, flags);
  id = install_limits (klass, id, flags);
  gst_type_mark_as_plugin_api (GST_TYPE_PIN_FRAGMENT_URIS, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_PIN_MISSING_SEGMENT, 0);
  return id;
}

void
gst_pin_src_settings_init (GstPinSrcSettings *self)
{
  memset (self, 0, sizeof *self);
  self->quality = g_strdup (DEFAULT_QUALITY);
  self->item = 1;
  self->timeout = DEFAULT_TIMEOUT;
  self->retries = DEFAULT_RETRIES;
  self->max_connections = DEFAULT_MAX_CONNECTIONS;
  self->max_buffer_bytes = DEFAULT_MAX_BUFFER_BYTES;
  self->cover = TRUE;
}

void
gst_pin_src_settings_clear (GstPinSrcSettings *self)
{
  g_free (self->location);
  g_free (self->quality);
  g_free (self->proxy);
  g_free (self->proxies);
  g_free (self->tls_ca_file);
  g_free (self->user_agent);
  g_strfreev (self->cookies);
  g_clear_pointer (&self->extra_headers, gst_structure_free);
}

static gpointer
find_field (const GstPinSrcSettings *self, const GParamSpec *spec)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (fields[i].property, spec->name) == 0)
      return G_STRUCT_MEMBER_P (self, fields[i].offset);
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

gboolean
gst_pin_src_settings_set (GstPinSrcSettings *self, const GParamSpec *spec,
    const GValue *value)
{
  gpointer field = find_field (self, spec);

  if (!field)
    return FALSE;
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
  return TRUE;
}

gboolean
gst_pin_src_settings_get (const GstPinSrcSettings *self,
    const GParamSpec *spec, GValue *value)
{
  gconstpointer field = find_field (self, spec);

  if (!field)
    return FALSE;
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
  return TRUE;
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

/* NULL: none */
static gchar **
choose_proxies (const GstPinSrcSettings *self)
{
  const gchar *text = self->proxies ? self->proxies : self->proxy ?
      self->proxy : proxy_of_environment ();
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ",", -1);

  for (gchar **part = parts; *part; part++)
    if (*g_strstrip (*part))
      g_ptr_array_add (list, g_strdup (*part));
  if (list->len == 0)
    return NULL;
  g_ptr_array_add (list, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

void
gst_pin_src_settings_to_config (const GstPinSrcSettings *self,
    GstPinSessionConfig *config)
{
  GstPinHttpConfig *http = &config->http;

  memset (config, 0, sizeof *config);
  http->user_agent = g_strdup (self->user_agent);
  http->proxies = choose_proxies (self);
  http->cookies = g_strdupv (self->cookies);
  http->extra_headers = self->extra_headers ?
      gst_structure_copy (self->extra_headers) : NULL;
  http->tls_ca_file = g_strdup (self->tls_ca_file);
  http->timeout = self->timeout;
  http->retries = self->retries;
  http->max_request_rate = self->max_request_rate;
  http->allow_private = self->allow_private
      || g_strcmp0 (g_getenv ("GST_PIN_ALLOW_PRIVATE"), "1") == 0;
  config->quality = g_strdup (self->quality ? self->quality : DEFAULT_QUALITY);
  config->item = self->item;
  config->limits.max_connections = self->max_connections;
  config->limits.max_buffer_bytes = self->max_buffer_bytes;
  config->limits.max_bitrate = self->max_bitrate;
  config->limits.skip_missing =
      self->missing_segment == GST_PIN_MISSING_SEGMENT_SKIP;
  config->cover = self->cover;
}
