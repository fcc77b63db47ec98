/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pinsrc's settings: one struct, the table of its properties, and the way from
 * there to a session's configuration. How the site is reached is the resolver's
 * part of it. The element owns the struct and guards it with its object lock.
 */
#include "pin-src-settings.h"

#include <string.h>

#define DEFAULT_QUALITY "best"

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

#define FIELD(name) G_STRUCT_OFFSET (GstPinSrcSettings, name)
static const GstPinSetting table[] = {
  {"location", "Location",
      "The Pin: its page's address on any country domain, its number, "
      "pin://NUMBER, or a pin.it link", FIELD (location), G_TYPE_STRING},
  {"quality", "Quality",
      "Which variant: best, worst, 720p (the highest not above), <=2M (bits "
      "per second), h264, hevc, or a key of the page; alternatives "
      "separated by commas",
      FIELD (quality), G_TYPE_STRING, .text = DEFAULT_QUALITY},
  {"item", "Item", "Which video of a Pin that has several, counted from 1",
      FIELD (item), G_TYPE_UINT, .min = 1, .max = G_MAXUINT, .value = 1},
  {"missing-segment", "Missing segment",
      "What to do when a segment can't be had for good",
      FIELD (missing_segment), G_TYPE_ENUM, gst_pin_missing_segment_get_type,
      .value = GST_PIN_MISSING_SEGMENT_ERROR},
  {"fragment-uris", "Fragment URIs",
      "Which URIs the playlist that is pushed has",
      FIELD (fragment_uris), G_TYPE_ENUM, gst_pin_fragment_uris_get_type,
      .value = GST_PIN_FRAGMENT_URIS_AUTO},
  {"cover", "Cover", "Fetch the Pin's picture for the image tag",
      FIELD (cover), G_TYPE_BOOLEAN, .value = TRUE},
  {"captions", "Captions",
      "Language of the captions that go downstream, such as en or en-us; "
      "auto for the user's; alternatives separated by commas; none",
      FIELD (captions), G_TYPE_STRING, .text = "none"},
  {"store", "Store",
      "File that keeps what was fetched, so that after an interruption only "
      "the rest is (unset: none)", FIELD (store), G_TYPE_STRING},
  {"max-connections", "Maximum connections",
      "Requests at a time, for picture and sound together",
      FIELD (max_connections), G_TYPE_UINT, .min = 1, .max = 128, .value = 16},
  {"max-buffer-bytes", "Maximum buffer bytes",
      "Bytes of media in memory, here and downstream, for picture and sound "
      "together", FIELD (max_buffer_bytes), G_TYPE_UINT64,
      .min = 1024 * 1024, .max = G_MAXUINT32, .value = 32 * 1024 * 1024},
  {"max-bitrate", "Maximum bitrate",
      "Bits of media per second (0 = no limit)",
      FIELD (max_bitrate), G_TYPE_UINT64, .max = G_MAXINT64},
  {NULL}
};

guint
gst_pin_src_settings_install (GObjectClass *klass, guint first)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_READY;

  gst_type_mark_as_plugin_api (gst_pin_fragment_uris_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_pin_missing_segment_get_type (), 0);
  first = gst_pin_settings_install (gst_pin_resolver_settings, klass, first,
      flags);
  return gst_pin_settings_install (table, klass, first, flags);
}

void
gst_pin_src_settings_init (GstPinSrcSettings *self)
{
  gst_pin_settings_init (table, self);
  gst_pin_settings_init (gst_pin_resolver_settings, &self->resolver);
}

void
gst_pin_src_settings_clear (GstPinSrcSettings *self)
{
  gst_pin_settings_clear (table, self);
  gst_pin_settings_clear (gst_pin_resolver_settings, &self->resolver);
}

static gpointer
find_field (const GstPinSrcSettings *self, const GParamSpec *spec)
{
  gpointer field = gst_pin_settings_find (table, self, spec);

  return field ? field : gst_pin_settings_find (gst_pin_resolver_settings,
      &self->resolver, spec);
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
