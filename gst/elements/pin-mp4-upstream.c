/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in front of pinmp4bin. `hlsdemux ! pinmp4bin` in gst-launch
 * links the first of hlsdemux's pads and leaves the audio free; these
 * functions find the free pads of that hlsdemux, and the tags that came to it.
 * No state; called from the thread that links or brings the first data.
 */
#include "pin-mp4-upstream.h"

/*
 * gst_pin_mp4_upstream_free_pads:
 * @element: a demuxer
 *
 * Returns: (transfer full) (element-type GstPad): its source pads that lead
 *   nowhere
 */
GList *
gst_pin_mp4_upstream_free_pads (GstElement *element)
{
  GList *pads = NULL, *l;

  GST_OBJECT_LOCK (element);
  for (l = element->srcpads; l != NULL; l = l->next) {
    if (!gst_pad_is_linked (l->data))
      pads = g_list_prepend (pads, gst_object_ref (l->data));
  }
  GST_OBJECT_UNLOCK (element);
  return g_list_reverse (pads);
}

static gboolean
collect_tags (GstPad *pad, GstEvent **event, gpointer user_data)
{
  GstTagList *tags = user_data, *more;

  if (GST_EVENT_TYPE (*event) == GST_EVENT_TAG) {
    gst_event_parse_tag (*event, &more);
    gst_tag_list_insert (tags, more, GST_TAG_MERGE_KEEP);
  }
  return TRUE;
}

/*
 * gst_pin_mp4_upstream_tags:
 * @element: an element with one sink pad
 *
 * Demuxers may keep the tags that come to them; they still stand on the pad
 * that pushed them.
 *
 * Returns: (transfer full): the tags on what feeds @element; maybe none
 */
GstTagList *
gst_pin_mp4_upstream_tags (GstElement *element)
{
  GstTagList *tags = gst_tag_list_new_empty ();
  g_autoptr (GstPad) sink = gst_element_get_static_pad (element, "sink");
  g_autoptr (GstPad) peer = sink ? gst_pad_get_peer (sink) : NULL;

  if (peer != NULL)
    gst_pad_sticky_events_foreach (peer, collect_tags, tags);
  return tags;
}
