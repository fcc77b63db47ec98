/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What page readers share: how to know the wanted Pin's object, and how to
 * turn it into a media value. The scope rule lives here: only an object whose
 * own id is the wanted one is the wanted Pin. Pages are full of other Pins'
 * videos, and some pages have nothing else.
 */
#include "page-reader-private.h"

#include "page-shape-private.h"

#include <gst/pin/error.h>

/* In Relay's answers "id" is an opaque name of the node: where there is an
 * entityId, that decides. */
gboolean
gst_pin_page_is_wanted (const GstPinJsonText *pin,
    const GstPinPageQuery *query)
{
  GstPinJsonText key, value;
  GstPinJsonIter iter;
  gboolean has_id = FALSE;

  if (!gst_pin_json_iter_init (&iter, pin) || !iter.is_object)
    return FALSE;
  while (gst_pin_json_iter_next (&iter, &key, &value)) {
    if (gst_pin_json_text_is_named (&key, "entityId")
        || gst_pin_json_text_is_named (&key, "entity_id"))
      return gst_pin_json_text_equals (&value, query->pin_id);
    if (gst_pin_json_text_is_named (&key, "id"))
      has_id = gst_pin_json_text_equals (&value, query->pin_id);
  }
  return has_id;
}

GstPinMedia *
gst_pin_page_read_pin (const GstPinJsonText *pin,
    const GstPinPageQuery *query, const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (JsonNode) node = gst_pin_json_text_parse (pin, &reason);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return gst_pin_page_shape_read (json_node_get_object (node), query->pin_id);

  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA, "%s of Pin %s: %s",
      path, query->pin_id, reason ? reason->message : "it is no object");
  return NULL;
}

GstPinMedia *
gst_pin_page_join (GstPinMedia *first, GstPinMedia *second)
{
  if (first == NULL)
    return second;
  if (second == NULL)
    return first;
  gst_pin_media_merge (first, second);
  gst_pin_media_unref (second);
  return first;
}

gboolean
gst_pin_page_is_full (const GstPinMedia *media)
{
  if (media == NULL || media->kind != GST_PIN_KIND_VIDEO
      || media->videos->len == 0 || media->lacking)
    return FALSE;
  for (guint i = 0; i < media->videos->len; i++) {
    const GstPinVideo *video = g_ptr_array_index (media->videos, i);
    const GstPinVariant *hls =
        gst_pin_video_get_best (video, GST_PIN_STREAM_HLS);

    if (hls == NULL || hls->codec == GST_PIN_CODEC_H265
        || !GST_CLOCK_TIME_IS_VALID (video->duration)
        || !gst_pin_video_get_best (video, GST_PIN_STREAM_PROGRESSIVE))
      return FALSE;
  }
  return TRUE;
}
