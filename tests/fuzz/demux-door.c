/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's entry points to a demuxer: bytes in at its sink pad, and one
 * number that stands for all that came out of its source pads. An input's first
 * byte says how the rest is cut into buffers, the second what else happens on
 * the way. What comes out must not depend on how the input was cut, nor on
 * whether it was pushed, by a source that can seek, or pulled. One element
 * serves all inputs, from one READY to the next; it has a thread of its own
 * only when it pulls.
 */
#include "demux-door.h"

#include "../check/pull-pad.h"

#include <string.h>

/* The first bytes of an input; the rest is for the demuxer */
#define HEAD 2
/* Bits of the second byte */
#define WITH_DISCONT 1
#define WITH_OTHER_CAPS 2
#define WITH_SEEKS 4
#define PULLED 8                /* once more, to compare with */
/* More than that would be for ever */
#define MAX_SEEKS 16

typedef struct
{
  GstElement *demux;
  GstPad *src;
  GstCaps *caps, *other_caps;
  GPtrArray *sinks;             /* of GstPad, linked to the demuxer's */
  const guint8 *data;
  gsize size, at;
  guint options, n_seeks;
  guint64 sum;                  /* of all that came out */
  guint64 dice;
  gboolean pulled;
} Door;

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static Door *door;

static void
add (Door *self, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  gsize i;

  /* FNV-1a */
  for (i = 0; i < size; i++)
    self->sum = (self->sum ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
}

static guint
roll (Door *self, guint sides)
{
  self->dice = self->dice * G_GUINT64_CONSTANT (6364136223846793005) + 1;
  return (guint) (self->dice >> 33) % sides;
}

static GstFlowReturn
take_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Door *self = gst_pad_get_element_private (pad);
  guint64 times[] = { GST_BUFFER_PTS (buffer), GST_BUFFER_DTS (buffer),
    GST_BUFFER_DURATION (buffer),
    GST_BUFFER_FLAGS (buffer) & GST_BUFFER_FLAG_DELTA_UNIT
  };
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, >, 0);
  add (self, GST_OBJECT_NAME (pad), strlen (GST_OBJECT_NAME (pad)));
  add (self, times, sizeof (times));
  add (self, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
on_pad_added (GstElement *demux, GstPad *pad, Door *self)
{
  GstPad *sink = gst_pad_new (GST_OBJECT_NAME (pad), GST_PAD_SINK);

  gst_object_ref_sink (sink);
  g_ptr_array_add (self->sinks, sink);
  gst_pad_set_element_private (sink, self);
  gst_pad_set_chain_function (sink, take_buffer);
  gst_pad_set_active (sink, TRUE);
  g_assert_true (gst_pad_link_full (pad, sink, GST_PAD_LINK_CHECK_NOTHING)
      == GST_PAD_LINK_OK);
}

static gboolean
answer_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  Door *self = gst_pad_get_element_private (pad);

  if (GST_QUERY_TYPE (query) != GST_QUERY_SEEKING)
    return self->pulled && pull_pad_answer (query, self->size);
  gst_query_set_seeking (query, GST_FORMAT_BYTES,
      (self->options & WITH_SEEKS) != 0, 0, self->size);
  return TRUE;
}

static GstFlowReturn
give_range (GstPad *pad, GstObject *parent, guint64 offset, guint wish,
    GstBuffer **buffer)
{
  Door *self = gst_pad_get_element_private (pad);

  return pull_pad_give (self->data, self->size, offset, wish, buffer);
}

/* As a source does that is asked to by its own streaming thread */
static gboolean
take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Door *self = gst_pad_get_element_private (pad);
  GstSegment segment;
  gint64 start = -1;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK) {
    gst_event_parse_seek (event, NULL, NULL, NULL, NULL, &start, NULL, NULL);
    g_assert_cmpint (start, >=, 0);
    g_assert_cmpuint (++self->n_seeks, <, MAX_SEEKS);
    self->at = MIN ((guint64) start, self->size);
    gst_segment_init (&segment, GST_FORMAT_BYTES);
    segment.start = segment.time = segment.position = start;
    gst_pad_push_event (pad, gst_event_new_flush_start ());
    gst_pad_push_event (pad, gst_event_new_flush_stop (TRUE));
    gst_pad_push_event (pad, gst_event_new_segment (&segment));
  }
  gst_event_unref (event);
  return start >= 0;
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autoptr (GstPad) sink = NULL;

  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  door = g_new0 (Door, 1);
  door->demux = gst_object_ref_sink (door_make_demux ());
  door->caps = gst_caps_from_string (door_caps);
  door->other_caps = gst_caps_from_string (door_other_caps);
  door->sinks = g_ptr_array_new_with_free_func (gst_object_unref);
  door->src = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  gst_pad_set_element_private (door->src, door);
  gst_pad_set_query_function (door->src, answer_query);
  gst_pad_set_event_function (door->src, take_event);
  gst_pad_set_getrange_function (door->src, give_range);
  sink = gst_element_get_static_pad (door->demux, "sink");
  gst_pad_link_full (door->src, sink, GST_PAD_LINK_CHECK_NOTHING);
  g_signal_connect (door->demux, "pad-added", G_CALLBACK (on_pad_added), door);
  gst_element_set_state (door->demux, GST_STATE_READY);
  return 0;
}

static void
begin (Door *self, gboolean pulled)
{
  self->at = self->n_seeks = 0;
  self->sum = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  self->pulled = pulled;
  gst_element_set_state (self->demux, GST_STATE_PAUSED);
}

static void
begin_push (Door *self)
{
  GstSegment segment;

  begin (self, FALSE);
  gst_pad_set_active (self->src, TRUE);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (self->src, gst_event_new_stream_start ("door"));
  gst_pad_push_event (self->src, gst_event_new_caps (self->caps));
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
}

static void
end (Door *self)
{
  guint i;

  gst_pad_set_active (self->src, FALSE);
  gst_element_set_state (self->demux, GST_STATE_READY);
  for (i = 0; i < self->sinks->len; i++)
    gst_pad_set_active (self->sinks->pdata[i], FALSE);
  g_ptr_array_set_size (self->sinks, 0);
}

/* As far as the demuxer's own thread wants to */
static guint64
run_pulled (Door *self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->demux, "sink");

  begin (self, TRUE);
  pull_pad_wait (sink);
  end (self);
  return self->sum;
}

/* @longest: a piece; 0: all at once, with nothing on the way */
static guint64
run (Door *self, gsize longest)
{
  GstFlowReturn ret = GST_FLOW_OK;

  begin_push (self);
  while (ret == GST_FLOW_OK && self->at < self->size) {
    gsize wish = longest > 0 ? 1 + roll (self, longest) : self->size;
    gsize n = MIN (wish, self->size - self->at);
    GstBuffer *buffer;

    buffer = gst_buffer_new_memdup (self->data + self->at, n);
    self->at += n;
    if (longest > 0 && (self->options & WITH_DISCONT) && roll (self, 8) == 0)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    if (longest > 0 && (self->options & WITH_OTHER_CAPS)
        && roll (self, 8) == 0)
      gst_pad_push_event (self->src, gst_event_new_caps (roll (self, 2) == 0 ?
              self->caps : self->other_caps));
    ret = gst_pad_push (self->src, buffer);
  }
  if (ret == GST_FLOW_OK)
    gst_pad_push_event (self->src, gst_event_new_eos ());
  end (self);
  return self->sum;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Door *self = door;
  guint64 sum;

  if (size < HEAD)
    return 0;
  self->dice = data[0];
  self->options = data[1];
  self->data = data + HEAD;
  self->size = size - HEAD;
  sum = run (self, 0);
  if (data[0] > 0 && run (self, 16 << (data[0] & 7)) != sum)
    g_assert_true (self->options & (WITH_DISCONT | WITH_OTHER_CAPS));
  if ((self->options & PULLED) && run_pulled (self) != sum)
    g_assert_false (self->options & WITH_SEEKS);
  return 0;
}
