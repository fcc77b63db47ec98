/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which element a pad leads to. Some of what the elements do depends on who is
 * at the other end: a hlsdemux that resolves our URIs or has a pad to spare, an
 * fdsink that can block. Queues and the like in between change nothing about
 * that, nor do bins, so the walk goes through each element with one way in and
 * one way out, and through their ghost pads. A source pad is followed downstream, a
 * sink pad upstream. No state; any thread.
 */
#include "pin-walk.h"

/* More elements in a row than anybody puts between */
#define MAX_HOPS 16

/* Takes @pad one step into a bin, where it is the bin's, or one step out of a
 * bin, where it is the inner side of one; NULL where it is an element's.
 * Returns: (transfer full) (nullable) */
static GstPad *
cross_border (GstPad *pad)
{
  g_autoptr (GstProxyPad) outer = NULL;

  if (GST_IS_GHOST_PAD (pad))
    return gst_ghost_pad_get_target (GST_GHOST_PAD (pad));
  outer = gst_proxy_pad_get_internal (GST_PROXY_PAD (pad));
  return outer != NULL ? gst_pad_get_peer (GST_PAD (outer)) : NULL;
}

/* The peer of @pad that belongs to an element, whatever bins are between.
 * Returns: (transfer full) (nullable) */
static GstPad *
find_peer (GstPad *pad)
{
  GstPad *peer = gst_pad_get_peer (pad);

  while (peer != NULL && GST_IS_PROXY_PAD (peer)) {
    GstPad *next = cross_border (peer);

    gst_object_unref (peer);
    peer = next;
  }
  return peer;
}

/* The other end of an element with one way through; NULL at the end of the
 * pipeline, and where ways part */
static GstPad *
pass_through (GstElement *element, GstPadDirection direction)
{
  GstPad *pad = NULL;

  GST_OBJECT_LOCK (element);
  if (element->numsinkpads == 1 && element->numsrcpads == 1)
    pad = gst_object_ref (direction == GST_PAD_SRC ? element->srcpads->data :
        element->sinkpads->data);
  GST_OBJECT_UNLOCK (element);
  return pad;
}

static gboolean
is_made_by (GstElement *element, const gchar *name)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL && g_strcmp0 (GST_OBJECT_NAME (factory), name) == 0;
}

/* Returns: (transfer full) (nullable): the element that @pad is linked to */
static GstElement *
next_element (GstPad *pad)
{
  g_autoptr (GstPad) peer = find_peer (pad);

  return peer != NULL ? gst_pad_get_parent_element (peer) : NULL;
}

/*
 * gst_pin_walk_find:
 * @from: a pad
 * @factory: a factory's name
 * @n_between: (out) (optional): how many elements stand between
 *
 * Returns: (transfer full) (nullable): the nearest element that @factory made
 */
GstElement *
gst_pin_walk_find (GstPad *from, const gchar *factory, guint *n_between)
{
  GstPadDirection direction = gst_pad_get_direction (from);
  GstPad *pad = gst_object_ref (from);
  guint hop;

  for (hop = 0; pad != NULL && hop < MAX_HOPS; hop++) {
    g_autoptr (GstElement) element = next_element (pad);

    gst_object_unref (pad);
    if (element == NULL)
      return NULL;
    if (is_made_by (element, factory)) {
      if (n_between != NULL)
        *n_between = hop;
      return g_steal_pointer (&element);
    }
    pad = pass_through (element, direction);
  }
  gst_clear_object (&pad);
  return NULL;
}

/*
 * gst_pin_walk_open_end:
 * @from: a pad
 *
 * Returns: (transfer full) (nullable): where the walk of gst_pin_walk_find()
 *   ends because a pad is not linked yet; NULL where it ends otherwise
 */
GstPad *
gst_pin_walk_open_end (GstPad *from)
{
  GstPadDirection direction = gst_pad_get_direction (from);
  GstPad *pad = gst_object_ref (from);
  guint hop;

  for (hop = 0; pad != NULL && hop < MAX_HOPS; hop++) {
    g_autoptr (GstElement) element = NULL;

    if (!gst_pad_is_linked (pad))
      return pad;
    element = next_element (pad);
    gst_object_unref (pad);
    pad = element != NULL ? pass_through (element, direction) : NULL;
  }
  gst_clear_object (&pad);
  return NULL;
}
