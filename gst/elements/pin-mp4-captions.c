/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hands the cues of pinsrc's captions event to the muxer. They are all there
 * before the first picture, but count from it, so the track is named as soon as
 * the streams are linked, and the cues go, all at once, when the first picture
 * passes: in that picture's thread, which they do not hold up. The source pad is
 * nobody's child and only lives in the link to the muxer's.
 *
 * pinmp4bin makes it for a run in which such an event came, and frees it when no
 * data flow.
 */
#include "pin-mp4-captions.h"

#include "pin-captions.h"

struct _GstPinMp4Captions
{
  GstElement *mux;
  GstPad *pad, *mux_pad;
  GstEvent *event;
  gint sent;                    /* atomic: the cues, or that there are none */
};

static void
start_pad (GstPinMp4Captions *self)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (GST_PIN_CAPTIONS_CAPS);
  GstEvent *start = gst_event_new_stream_start ("captions");
  const gchar *language = NULL;
  GstSegment segment;

  gst_event_set_group_id (start, gst_util_group_id_next ());
  gst_pad_push_event (self->pad, start);
  gst_pad_push_event (self->pad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->pad, gst_event_new_segment (&segment));
  gst_pin_captions_event_parse (self->event, &language, NULL, NULL);
  if (language != NULL)
    gst_pad_push_event (self->pad, gst_event_new_tag (gst_tag_list_new
            (GST_TAG_LANGUAGE_CODE, language, NULL)));
}

/*
 * gst_pin_mp4_captions_new:
 * @mux: the muxer, before data flow
 * @event: (transfer full): of captions
 *
 * Returns: (transfer full) (nullable): a track of @mux; NULL where it has none
 *   for text
 */
GstPinMp4Captions *
gst_pin_mp4_captions_new (GstElement *mux, GstEvent *event)
{
  GstPinMp4Captions *self;
  GstPad *mux_pad = gst_element_request_pad_simple (mux, "text_%u");

  if (mux_pad == NULL) {
    gst_event_unref (event);
    return NULL;
  }
  self = g_new0 (GstPinMp4Captions, 1);
  self->mux = gst_object_ref (mux);
  self->mux_pad = mux_pad;
  self->event = event;
  self->pad = gst_object_ref_sink (gst_pad_new ("captions", GST_PAD_SRC));
  gst_pad_set_active (self->pad, TRUE);
  gst_pad_link_full (self->pad, mux_pad, GST_PAD_LINK_CHECK_NOTHING);
  start_pad (self);
  return self;
}

void
gst_pin_mp4_captions_free (GstPinMp4Captions *self)
{
  gst_pad_set_active (self->pad, FALSE);
  gst_pad_unlink (self->pad, self->mux_pad);
  gst_element_release_request_pad (self->mux, self->mux_pad);
  gst_object_unref (self->mux_pad);
  gst_object_unref (self->pad);
  gst_object_unref (self->mux);
  gst_event_unref (self->event);
  g_free (self);
}

/* What the media's clock shows at the cues' zero, 90 kHz; -1: the picture
 * begins there */
gint64
gst_pin_mp4_captions_get_clock_zero (GstPinMp4Captions *self)
{
  gint64 clock_zero;

  gst_pin_captions_event_parse (self->event, NULL, NULL, &clock_zero);
  return clock_zero;
}

/*
 * gst_pin_mp4_captions_send:
 * @self: captions
 * @zero: the muxer's running time at the cues' zero
 *
 * Sends them all, and the end; the first time only. Any thread.
 */
void
gst_pin_mp4_captions_send (GstPinMp4Captions *self, GstClockTime zero)
{
  GstBufferList *cues;
  guint i;

  if (!g_atomic_int_compare_and_exchange (&self->sent, FALSE, TRUE))
    return;
  gst_pin_captions_event_parse (self->event, NULL, &cues, NULL);
  for (i = 0; i < gst_buffer_list_length (cues); i++) {
    GstBuffer *cue = gst_buffer_copy (gst_buffer_list_get (cues, i));

    if (GST_BUFFER_PTS_IS_VALID (cue))
      GST_BUFFER_PTS (cue) += zero;
    if (gst_pad_push (self->pad, cue) != GST_FLOW_OK)
      break;
  }
  gst_pad_push_event (self->pad, gst_event_new_eos ());
}

/* No picture came: so no cue does. Any thread. */
void
gst_pin_mp4_captions_end (GstPinMp4Captions *self)
{
  if (g_atomic_int_compare_and_exchange (&self->sent, FALSE, TRUE))
    gst_pad_push_event (self->pad, gst_event_new_eos ());
}
