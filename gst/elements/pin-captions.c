/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The event of a Pin's captions, made and read. It carries cues ready to be
 * pushed, so that who takes it parses nothing, and the same as a file, for who
 * wants one beside the video. Pure functions on counted values, any thread.
 */
#include "pin-captions.h"

#define FIELD_LANGUAGE "language"
#define FIELD_CUES "cues"
#define FIELD_WEBVTT "webvtt"
#define FIELD_CLOCK_ZERO "clock-zero"

GstEvent *
gst_pin_captions_event_new (const gchar *language, GstBufferList *cues,
    GBytes *webvtt, gint64 clock_zero)
{
  GstStructure *s = gst_structure_new (GST_PIN_EVENT_CAPTIONS,
      FIELD_CUES, GST_TYPE_BUFFER_LIST, cues,
      FIELD_WEBVTT, G_TYPE_BYTES, webvtt, NULL);

  gst_buffer_list_unref (cues);
  if (language)
    gst_structure_set (s, FIELD_LANGUAGE, G_TYPE_STRING, language, NULL);
  if (clock_zero >= 0)
    gst_structure_set (s, FIELD_CLOCK_ZERO, G_TYPE_INT64, clock_zero, NULL);
  return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, s);
}

gboolean
gst_pin_captions_event_parse (GstEvent *event, const gchar **language,
    GstBufferList **cues, gint64 *clock_zero)
{
  const GstStructure *s = gst_event_get_structure (event);
  const GValue *list;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CUSTOM_DOWNSTREAM_STICKY || !s
      || !gst_structure_has_name (s, GST_PIN_EVENT_CAPTIONS))
    return FALSE;
  list = gst_structure_get_value (s, FIELD_CUES);
  if (!list || !G_VALUE_HOLDS (list, GST_TYPE_BUFFER_LIST)
      || !g_value_get_boxed (list))
    return FALSE;

  if (language)
    *language = gst_structure_get_string (s, FIELD_LANGUAGE);
  if (cues)
    *cues = g_value_get_boxed (list);
  if (clock_zero && !gst_structure_get_int64 (s, FIELD_CLOCK_ZERO, clock_zero))
    *clock_zero = -1;
  return TRUE;
}

GBytes *
gst_pin_captions_event_get_webvtt (GstEvent *event)
{
  const GValue *file = gst_structure_get_value (gst_event_get_structure
      (event), FIELD_WEBVTT);

  return file && G_VALUE_HOLDS (file, G_TYPE_BYTES) ?
      g_value_get_boxed (file) : NULL;
}

GstEvent *
gst_pin_captions_find (GstPad *pad)
{
  GstEvent *event;

  for (guint i = 0; (event = gst_pad_get_sticky_event (pad,
              GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, i)); i++) {
    if (gst_pin_captions_event_parse (event, NULL, NULL, NULL))
      return event;
    gst_event_unref (event);
  }
  return NULL;
}
