/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pinsrc's settings: one struct, one table that says which property is which
 * field, and the way from there to a session's configuration. How the site is
 * reached is the resolver's part of it. The element owns the struct and guards
 * it with its object lock.
 */
#include "pin-src-settings.h"

#include <string.h>

#define DEFAULT_QUALITY "best"
#define DEFAULT_CAPTIONS "none"
#define DEFAULT_MAX_CONNECTIONS 16
#define DEFAULT_MAX_BUFFER_BYTES (32 * 1024 * 1024)
#define MIN_MAX_BUFFER_BYTES (1024 * 1024)

static const GstPinSettingsField fields[] = {
#define FIELD(property, field) \
  { property, G_STRUCT_OFFSET (GstPinSrcSettings, field) }
  FIELD ("location", location),
  FIELD ("quality", quality),
  FIELD ("item", item),
  FIELD ("max-connections", max_connections),
  FIELD ("max-buffer-bytes", max_buffer_bytes),
  FIELD ("max-bitrate", max_bitrate),
  FIELD ("missing-segment", missing_segment),
  FIELD ("fragment-uris", fragment_uris),
  FIELD ("cover", cover),
  FIELD ("captions", captions),
  FIELD ("store", store),
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
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("captions", "Captions",
          "Language of the captions that go downstream, such as en or en-us; "
          "auto for the user's; alternatives separated by commas; none",
          DEFAULT_CAPTIONS, flags));
  g_object_class_install_property (klass, id++,
      g_param_spec_string ("store", "Store",
          "File that keeps what was fetched, so that after an interruption "
          "only the rest is (unset: none)", NULL, flags));
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

  id = gst_pin_resolver_settings_install (klass, id, flags);
  id = install_limits (klass, id, flags);
  gst_type_mark_as_plugin_api (GST_TYPE_PIN_FRAGMENT_URIS, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_PIN_MISSING_SEGMENT, 0);
  return id;
}

void
gst_pin_src_settings_init (GstPinSrcSettings *self)
{
  memset (self, 0, sizeof *self);
  gst_pin_resolver_settings_init (&self->resolver);
  self->quality = g_strdup (DEFAULT_QUALITY);
  self->captions = g_strdup (DEFAULT_CAPTIONS);
  self->item = 1;
  self->max_connections = DEFAULT_MAX_CONNECTIONS;
  self->max_buffer_bytes = DEFAULT_MAX_BUFFER_BYTES;
  self->cover = TRUE;
}

void
gst_pin_src_settings_clear (GstPinSrcSettings *self)
{
  g_free (self->location);
  g_free (self->quality);
  g_free (self->captions);
  gst_pin_resolver_settings_clear (&self->resolver);
  g_free (self->store);
}

static gpointer
find_field (const GstPinSrcSettings *self, const GParamSpec *spec)
{
  gpointer field = gst_pin_settings_find (self, fields, G_N_ELEMENTS (fields),
      spec);

  return field ? field : gst_pin_resolver_settings_find (&self->resolver,
      spec);
}

gboolean
gst_pin_src_settings_set (GstPinSrcSettings *self, const GParamSpec *spec,
    const GValue *value)
{
  gpointer field = find_field (self, spec);

  if (field)
    gst_pin_settings_set (field, value);
  return field != NULL;
}

gboolean
gst_pin_src_settings_get (const GstPinSrcSettings *self,
    const GParamSpec *spec, GValue *value)
{
  gconstpointer field = find_field (self, spec);

  if (field)
    gst_pin_settings_get (field, value);
  return field != NULL;
}

void
gst_pin_src_settings_to_config (const GstPinSrcSettings *self,
    GstPinSessionConfig *config)
{
  memset (config, 0, sizeof *config);
  gst_pin_resolver_settings_to_http (&self->resolver, &config->http);
  gst_pin_resolver_settings_to_options (&self->resolver, &config->resolve);
  config->quality = g_strdup (self->quality ? self->quality : DEFAULT_QUALITY);
  config->item = self->item;
  config->limits.max_connections = self->max_connections;
  config->limits.max_buffer_bytes = self->max_buffer_bytes;
  config->limits.max_bitrate = self->max_bitrate;
  config->limits.skip_missing =
      self->missing_segment == GST_PIN_MISSING_SEGMENT_SKIP;
  config->cover = self->cover;
  config->captions = g_strdup (self->captions);
  config->store = g_strdup (self->store);
}
