/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in front of pinmp4bin. `hlsdemux ! pinmp4bin` in gst-launch
 * links the first of hlsdemux's pads and leaves the audio free; these
 * functions find that hlsdemux, its free pads, and the tags that came to it.
 * No state; called from the thread that links or brings the first data.
 */
#include "pin-mp4-upstream.h"

/* More elements in a row than anybody puts between a demuxer and a muxer */
#define MAX_HOPS 16

/* A bin's ghost pad stands for a pad inside the bin: go to that one */
static GstPad *
resolve_ghost (GstPad *pad)
{
  while (pad != NULL && GST_IS_GHOST_PAD (pad)) {
    GstPad *target = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));

    gst_object_unref (pad);
    pad = target;
  }
  return pad;
}

/* The one sink pad of an element with one way through, such as queue */
static GstPad *
pass_through (GstElement *element)
{
  GstPad *sink = NULL;

  GST_OBJECT_LOCK (element);
  if (element->numsinkpads == 1 && element->numsrcpads == 1)
    sink = gst_object_ref (element->sinkpads->data);
  GST_OBJECT_UNLOCK (element);
  return sink;
}

static gboolean
is_made_by (GstElement *element, const gchar *name)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL && g_strcmp0 (GST_OBJECT_NAME (factory), name) == 0;
}

/*
 * gst_pin_mp4_upstream_find:
 * @sink: a linked or free sink pad
 * @factory: the factory's name
 *
 * Walks upstream from @sink, through elements with one way through, to the
 * nearest element that @factory made.
 *
 * Returns: (transfer full) (nullable): that element
 */
GstElement *
gst_pin_mp4_upstream_find (GstPad *sink, const gchar *factory)
{
  GstPad *pad = gst_object_ref (sink);
  guint hop;

  for (hop = 0; pad != NULL && hop < MAX_HOPS; hop++) {
    GstPad *peer = resolve_ghost (gst_pad_get_peer (pad));
    g_autoptr (GstElement) element = NULL;

    gst_object_unref (pad);
    if (peer == NULL)
      return NULL;
    element = gst_pad_get_parent_element (peer);
    gst_object_unref (peer);
    if (element == NULL)
      return NULL;
    if (is_made_by (element, factory))
      return g_steal_pointer (&element);
    pad = pass_through (element);
  }
  gst_clear_object (&pad);
  return NULL;
}

/*
 * gst_pin_mp4_upstream_open_end:
 * @sink: a sink pad
 *
 * Returns: (transfer full) (nullable): where the walk of
 *   gst_pin_mp4_upstream_find() ends because a sink pad is not linked yet; NULL
 *   where it ends otherwise
 */
GstPad *
gst_pin_mp4_upstream_open_end (GstPad *sink)
{
  GstPad *pad = gst_object_ref (sink);
  guint hop;

  for (hop = 0; pad != NULL && hop < MAX_HOPS; hop++) {
    GstPad *peer = resolve_ghost (gst_pad_get_peer (pad));
    g_autoptr (GstElement) element = NULL;

    if (peer == NULL)
      return pad;
    gst_object_unref (pad);
    element = gst_pad_get_parent_element (peer);
    gst_object_unref (peer);
    pad = element != NULL ? pass_through (element) : NULL;
  }
  gst_clear_object (&pad);
  return NULL;
}

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
