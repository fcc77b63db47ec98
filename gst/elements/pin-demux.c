/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of a demuxer that knows no container. GstPinTsDemux and
 * GstPinMp4Demux are made of it; a GstPinMp4Input makes one of these for each
 * input.
 *
 * A demuxer that takes bytes, wherever they come from, need not wait for
 * upstream to push them: a file is pulled, in blocks that are neither many nor
 * large, and the demuxer may go to another place of it, or look at its end, by
 * choosing the offset. The task of the sink pad is then the streaming thread.
 * It ends as a source that pushes ends, and says on the bus why it stops.
 *
 * All but the state change and the duration runs in the thread that brings the
 * data; the duration is set before there is a pad to ask at.
 */
#include "pin-demux.h"

#define BLOCK (256 * 1024)

typedef struct
{
  GstPad *sink;
  GPtrArray *pads;              /* of GstPad: all that are shown */
  GstFlowCombiner *combiner;
  GstClockTime duration;        /* NONE: not known */
  guint64 offset;               /* of what is pulled next */
} GstPinDemuxPrivate;

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src_%u",
    GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GstPinDemux, gst_pin_demux,
    GST_TYPE_ELEMENT);

static GstPinDemuxPrivate *
get_private (gpointer self)
{
  return gst_pin_demux_get_instance_private (self);
}

/* --- Source pads --- */

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstPinDemuxPrivate *priv = get_private (parent);
  GstFormat format;

  if (GST_QUERY_TYPE (query) == GST_QUERY_DURATION
      && GST_CLOCK_TIME_IS_VALID (priv->duration)) {
    gst_query_parse_duration (query, &format, NULL);
    if (format == GST_FORMAT_TIME) {
      gst_query_set_duration (query, format, priv->duration);
      return TRUE;
    }
  }
  return gst_pad_query_default (pad, parent, query);
}

static void
start_pad (GstPinDemux *self, GstPad *pad, GstCaps *caps, GstClockTime start,
    GstTagList *tags)
{
  g_autofree gchar *id = gst_pad_create_stream_id (pad, GST_ELEMENT (self),
      GST_OBJECT_NAME (pad));
  GstEvent *event = gst_event_new_stream_start (id);
  GstSegment segment;

  gst_event_set_group_id (event, gst_util_group_id_next ());
  gst_pad_push_event (pad, event);
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.position = start;
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  if (tags != NULL)
    gst_pad_push_event (pad, gst_event_new_tag (gst_tag_list_ref (tags)));
}

/*
 * gst_pin_demux_add_pad:
 * @self: a demuxer
 * @number: by which the pad is named; not given before
 * @caps: of what it is going to carry
 * @start: of its segment
 * @tags: (nullable): of the stream
 *
 * Returns: (transfer none): a pad that data may be pushed to; gone in READY
 */
GstPad *
gst_pin_demux_add_pad (GstPinDemux *self, guint number, GstCaps *caps,
    GstClockTime start, GstTagList *tags)
{
  GstPinDemuxPrivate *priv = get_private (self);
  g_autofree gchar *name = g_strdup_printf ("src_%u", number);
  GstPad *pad = gst_pad_new_from_static_template (&src_template, name);

  gst_pad_use_fixed_caps (pad);
  gst_pad_set_query_function (pad, on_query);
  gst_pad_set_active (pad, TRUE);
  start_pad (self, pad, caps, start, tags);
  gst_flow_combiner_add_pad (priv->combiner, pad);
  g_ptr_array_add (priv->pads, pad);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

/* @buffer: (transfer full). Gives what that means for all pads together. */
GstFlowReturn
gst_pin_demux_push (GstPinDemux *self, GstPad *pad, GstBuffer *buffer)
{
  return gst_flow_combiner_update_pad_flow (get_private (self)->combiner, pad,
      gst_pad_push (pad, buffer));
}

/* How long the streams are, in ns, if that is known; before pads are added */
void
gst_pin_demux_set_duration (GstPinDemux *self, GstClockTime duration)
{
  get_private (self)->duration = duration;
}

/* --- The sink pad --- */

static GstFlowReturn
on_buffer (GstPad *sink, GstObject *parent, GstBuffer *buffer)
{
  return GST_PIN_DEMUX_GET_CLASS (parent)->take_bytes (GST_PIN_DEMUX (parent),
      buffer);
}

/* @event: (transfer none) */
static void
take_end (GstPinDemux *self, GstEvent *event)
{
  GPtrArray *pads = get_private (self)->pads;
  guint i;

  if (!GST_PIN_DEMUX_GET_CLASS (self)->take_end (self))
    return;
  for (i = 0; i < pads->len; i++)
    gst_pad_push_event (g_ptr_array_index (pads, i), gst_event_ref (event));
}

/* Stream start, caps, tags and segments of the container end here */
static gboolean
on_event (GstPad *sink, GstObject *parent, GstEvent *event)
{
  GstPinDemux *self = GST_PIN_DEMUX (parent);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    take_end (self, event);
  else
    GST_PIN_DEMUX_GET_CLASS (self)->take_event (self, event);
  gst_event_unref (event);
  return TRUE;
}

static void
stop (GstPinDemux *self, GstFlowReturn ret)
{
  GstPad *sink = get_private (self)->sink;
  g_autoptr (GstEvent) end = NULL;

  gst_pad_pause_task (sink);
  /* The owner links each pad as it is shown, unless it is being shut down; what
   * then is not linked is no error */
  if (ret == GST_FLOW_FLUSHING || ret == GST_FLOW_NOT_LINKED
      || GST_PAD_IS_FLUSHING (sink))
    return;
  if (ret == GST_FLOW_EOS) {
    end = gst_event_new_eos ();
    take_end (self, end);
  } else if (ret != GST_FLOW_ERROR) {
    GST_ELEMENT_FLOW_ERROR (self, ret);
  }
}

static void
pull_one (gpointer user_data)
{
  GstPinDemux *self = user_data;
  GstPinDemuxPrivate *priv = get_private (self);
  GstBuffer *buffer = NULL;
  GstFlowReturn ret;

  ret = gst_pad_pull_range (priv->sink, priv->offset, BLOCK, &buffer);
  if (ret == GST_FLOW_OK) {
    priv->offset += gst_buffer_get_size (buffer);
    ret = GST_PIN_DEMUX_GET_CLASS (self)->take_bytes (self, buffer);
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
  if (mode != GST_PAD_MODE_PULL)
    return TRUE;
  if (!active)
    return gst_pad_stop_task (sink);
  get_private (parent)->offset = 0;
  return gst_pad_start_task (sink, pull_one, parent, NULL);
}

/* (transfer none) */
GstPad *
gst_pin_demux_get_sink (GstPinDemux *self)
{
  return get_private (self)->sink;
}

gboolean
gst_pin_demux_is_pulling (GstPinDemux *self)
{
  return GST_PAD_MODE (get_private (self)->sink) == GST_PAD_MODE_PULL;
}

/* Of what is pulled: where the next bytes are to be from */
void
gst_pin_demux_pull_from (GstPinDemux *self, guint64 offset)
{
  get_private (self)->offset = offset;
}

/* --- Object --- */

static void
remove_pads (GstPinDemux *self)
{
  GstPinDemuxPrivate *priv = get_private (self);
  guint i;

  for (i = 0; i < priv->pads->len; i++) {
    GstPad *pad = g_ptr_array_index (priv->pads, i);

    gst_flow_combiner_remove_pad (priv->combiner, pad);
    gst_pad_set_active (pad, FALSE);
    gst_element_remove_pad (GST_ELEMENT (self), pad);
  }
  g_ptr_array_set_size (priv->pads, 0);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstPinDemux *self = GST_PIN_DEMUX (element);
  GstStateChangeReturn ret =
      GST_ELEMENT_CLASS (gst_pin_demux_parent_class)->change_state (element,
      transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    remove_pads (self);
    gst_pin_demux_set_duration (self, GST_CLOCK_TIME_NONE);
    GST_PIN_DEMUX_GET_CLASS (self)->reset (self);
  }
  return ret;
}

static void
finalize (GObject *object)
{
  GstPinDemuxPrivate *priv = get_private (object);

  g_ptr_array_unref (priv->pads);
  gst_flow_combiner_unref (priv->combiner);
  G_OBJECT_CLASS (gst_pin_demux_parent_class)->finalize (object);
}

/* The template of the sink pad is that of the class that is made */
static void
constructed (GObject *object)
{
  GstPinDemuxPrivate *priv = get_private (object);

  G_OBJECT_CLASS (gst_pin_demux_parent_class)->constructed (object);
  priv->sink = gst_pad_new_from_template (gst_element_get_pad_template
      (GST_ELEMENT (object), "sink"), "sink");
  gst_pad_set_chain_function (priv->sink, on_buffer);
  gst_pad_set_event_function (priv->sink, on_event);
  gst_pad_set_activate_function (priv->sink, on_activate);
  gst_pad_set_activatemode_function (priv->sink, on_activate_mode);
  gst_element_add_pad (GST_ELEMENT (object), priv->sink);
}

static void
gst_pin_demux_init (GstPinDemux *self)
{
  GstPinDemuxPrivate *priv = get_private (self);

  priv->pads = g_ptr_array_new ();
  priv->combiner = gst_flow_combiner_new ();
  priv->duration = GST_CLOCK_TIME_NONE;
}

static void
gst_pin_demux_class_init (GstPinDemuxClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = constructed;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  GST_ELEMENT_CLASS (klass)->change_state = change_state;
  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass),
      &src_template);
}
