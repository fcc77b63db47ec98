/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The GType of GstPinMp4Format, so that gst-launch and gst-inspect know the
 * names. Pure, any thread.
 */
#include "pin-mp4-format.h"

GType
gst_pin_mp4_format_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_PIN_MP4_FORMAT_AUTO,
        "faststart into a sink that can seek, fragmented elsewhere", "auto"},
    {GST_PIN_MP4_FORMAT_FASTSTART,
        "Index in front; nothing is written before the input has ended",
          "faststart"},
    {GST_PIN_MP4_FORMAT_FRAGMENTED,
          "Written as it comes, playable from the first fragment on",
        "fragmented"},
    {GST_PIN_MP4_FORMAT_PLAIN,
        "Media as they come, index behind them", "plain"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstPinMp4Format", values);
    g_once_init_leave (&type, made);
  }
  return type;
}

const gchar *
gst_pin_mp4_format_get_nick (GstPinMp4Format format)
{
  GEnumClass *klass = g_type_class_ref (GST_TYPE_PIN_MP4_FORMAT);
  const GEnumValue *value = g_enum_get_value (klass, format);

  g_type_class_unref (klass);
  return value != NULL ? value->value_nick : "unknown";
}
