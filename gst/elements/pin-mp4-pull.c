/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A demuxer whose chain function takes bytes, wherever they come from, need not
 * wait for upstream to push them: a file is pulled, in blocks that are neither
 * many nor large, and the demuxer may go to another place of it, or look at its
 * end, by choosing the offset. A source that cannot be pulled from pushes, and
 * nothing here runs.
 *
 * The task of the sink pad is then the streaming thread. It ends with an EOS
 * event to the pad's own event function, and says on the bus why it stops.
 */
#include "pin-mp4-pull.h"

#define BLOCK (256 * 1024)

static void
stop (GstPinMp4Pull *self, GstFlowReturn ret)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (self->sink);

  gst_pad_pause_task (self->sink);
  /* The owner links each pad as it is shown, unless it is being shut down; what
   * then is not linked is no error */
  if (element == NULL || ret == GST_FLOW_FLUSHING || ret == GST_FLOW_NOT_LINKED
      || GST_PAD_IS_FLUSHING (self->sink))
    return;
  if (ret == GST_FLOW_EOS)
    GST_PAD_EVENTFUNC (self->sink) (self->sink, GST_OBJECT (element),
        gst_event_new_eos ());
  else if (ret != GST_FLOW_ERROR)
    GST_ELEMENT_FLOW_ERROR (element, ret);
}

static void
pull_one (GstPinMp4Pull *self)
{
  g_autoptr (GstObject) parent = gst_pad_get_parent (self->sink);
  GstBuffer *buffer = NULL;
  GstFlowReturn ret;

  if (parent == NULL)
    return;
  ret = gst_pad_pull_range (self->sink, self->offset, BLOCK, &buffer);
  if (ret == GST_FLOW_OK) {
    self->offset += gst_buffer_get_size (buffer);
    ret = GST_PAD_CHAINFUNC (self->sink) (self->sink, parent, buffer);
  }
  if (ret != GST_FLOW_OK)
    stop (self, ret);
}

static gboolean
on_activate (GstPad *sink, GstObject *parent)
{
  g_autoptr (GstQuery) query = gst_query_new_scheduling ();
  gboolean pull = gst_pad_peer_query (sink, query)
      && gst_query_has_scheduling_mode_with_flags (query, GST_PAD_MODE_PULL,
      GST_SCHEDULING_FLAG_SEEKABLE);

  return gst_pad_activate_mode (sink, pull ? GST_PAD_MODE_PULL :
      GST_PAD_MODE_PUSH, TRUE);
}

static gboolean
on_activate_mode (GstPad *sink, GstObject *parent, GstPadMode mode,
    gboolean active)
{
  GstPinMp4Pull *self = gst_pad_get_element_private (sink);

  if (mode != GST_PAD_MODE_PULL)
    return TRUE;
  if (!active)
    return gst_pad_stop_task (sink);
  self->offset = 0;
  return gst_pad_start_task (sink, (GstTaskFunction) pull_one, self, NULL);
}

/*
 * gst_pin_mp4_pull_init:
 * @self: part of the element that owns @sink
 * @sink: has a chain and an event function, and no private data
 */
void
gst_pin_mp4_pull_init (GstPinMp4Pull *self, GstPad *sink)
{
  self->sink = sink;
  self->offset = 0;
  gst_pad_set_element_private (sink, self);
  gst_pad_set_activate_function (sink, on_activate);
  gst_pad_set_activatemode_function (sink, on_activate_mode);
}

gboolean
gst_pin_mp4_pull_is_active (GstPinMp4Pull *self)
{
  return GST_PAD_MODE (self->sink) == GST_PAD_MODE_PULL;
}

/* Of what is pulled from; -1: not known */
gint64
gst_pin_mp4_pull_get_size (GstPinMp4Pull *self)
{
  gint64 size;

  return gst_pad_peer_query_duration (self->sink, GST_FORMAT_BYTES, &size) ?
      size : -1;
}
