/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Collects the tags and the captions that come along a run's inputs, until the
 * streams are linked. They come as events on pinmp4bin's sink pads, or stand on
 * what feeds a hlsdemux in front, which keeps them. pinmp4bin has one for its
 * life; any thread.
 */
#include "pin-mp4-extras.h"

#include "pin-captions.h"
#include "pin-mp4-upstream.h"

struct _GstPinMp4Extras
{
  GMutex lock;                  /* guards the rest */
  GstTagList *tags;
  GstEvent *captions;           /* NULL: none came */
};

GstPinMp4Extras *
gst_pin_mp4_extras_new (void)
{
  GstPinMp4Extras *self = g_new0 (GstPinMp4Extras, 1);

  g_mutex_init (&self->lock);
  self->tags = gst_tag_list_new_empty ();
  return self;
}

void
gst_pin_mp4_extras_free (GstPinMp4Extras *self)
{
  gst_tag_list_unref (self->tags);
  gst_clear_event (&self->captions);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_pin_mp4_extras_reset (GstPinMp4Extras *self)
{
  g_mutex_lock (&self->lock);
  gst_tag_list_unref (self->tags);
  self->tags = gst_tag_list_new_empty ();
  gst_clear_event (&self->captions);
  g_mutex_unlock (&self->lock);
}

static void
take_tags (GstPinMp4Extras *self, const GstTagList *tags)
{
  g_mutex_lock (&self->lock);
  gst_tag_list_insert (self->tags, tags, GST_TAG_MERGE_REPLACE);
  g_mutex_unlock (&self->lock);
}

static void
take_captions (GstPinMp4Extras *self, GstEvent *event)
{
  g_mutex_lock (&self->lock);
  gst_event_replace (&self->captions, event);
  g_mutex_unlock (&self->lock);
}

/* @event: (transfer none): any that passes a sink pad */
void
gst_pin_mp4_extras_take_event (GstPinMp4Extras *self, GstEvent *event)
{
  GstTagList *tags;

  if (GST_EVENT_TYPE (event) == GST_EVENT_TAG) {
    gst_event_parse_tag (event, &tags);
    take_tags (self, tags);
  } else if (gst_pin_captions_event_parse (event, NULL, NULL, NULL)) {
    take_captions (self, event);
  }
}

/* What came to a demuxer in front */
void
gst_pin_mp4_extras_take_upstream (GstPinMp4Extras *self, GstElement *demux)
{
  g_autoptr (GstTagList) tags = gst_pin_mp4_upstream_tags (demux);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (demux, "sink");
  g_autoptr (GstEvent) captions = sink ? gst_pin_captions_find (sink) : NULL;

  take_tags (self, tags);
  if (captions != NULL)
    take_captions (self, captions);
}

/* The tags that came and those that the application set on @setter */
void
gst_pin_mp4_extras_hand_tags (GstPinMp4Extras *self, GstTagSetter *setter,
    GstElement *mux)
{
  g_autoptr (GstTagList) tags = NULL;

  g_mutex_lock (&self->lock);
  tags = gst_tag_list_merge (gst_tag_setter_get_tag_list (setter), self->tags,
      gst_tag_setter_get_tag_merge_mode (setter));
  g_mutex_unlock (&self->lock);
  if (tags != NULL)
    gst_tag_setter_merge_tags (GST_TAG_SETTER (mux), tags,
        GST_TAG_MERGE_REPLACE);
}

/* Returns: (transfer full) (nullable) */
GstEvent *
gst_pin_mp4_extras_steal_captions (GstPinMp4Extras *self)
{
  GstEvent *event;

  g_mutex_lock (&self->lock);
  event = g_steal_pointer (&self->captions);
  g_mutex_unlock (&self->lock);
  return event;
}
