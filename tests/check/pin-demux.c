/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A demuxer that shows two pads with its first bytes, the second of them with
 * tags, and copies all that comes to both; fed by a source that pushes, or that
 * is pulled from.
 */
#include "pin-demux.h"

#include "pull-pad.h"

#include <string.h>

#define START (7 * GST_SECOND)
#define LENGTH (5 * GST_SECOND)
#define N_OUTS 2

typedef struct
{
  GstPinDemux parent;

  GstPad *pads[N_OUTS];
  GstFlowReturn result;         /* of the next bytes, if not OK */
  gint64 skip_to;               /* after the first ones; 0: nowhere */
  gboolean cut;                 /* its end is none */
  guint n_events, n_resets;
} Toy;

typedef GstPinDemuxClass ToyClass;

static GType toy_get_type (void);
G_DEFINE_TYPE (Toy, toy, GST_TYPE_PIN_DEMUX);

static GstStaticPadTemplate toy_sink = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void
show_pads (Toy *self)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-toy");
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_LANGUAGE_CODE, "en",
      NULL);

  gst_pin_demux_set_duration (&self->parent, LENGTH);
  self->pads[0] = gst_pin_demux_add_pad (&self->parent, 3, caps, START, NULL);
  self->pads[1] = gst_pin_demux_add_pad (&self->parent, 4, caps, START, tags);
}

static GstFlowReturn
toy_take_bytes (GstPinDemux *demux, GstBuffer *buffer)
{
  Toy *self = (Toy *) demux;
  gboolean is_first = self->pads[0] == NULL;
  GstFlowReturn ret = self->result;
  guint i;

  if (is_first)
    show_pads (self);
  for (i = 0; i < N_OUTS && ret == GST_FLOW_OK; i++)
    ret = gst_pin_demux_push (demux, self->pads[i], gst_buffer_ref (buffer));
  gst_buffer_unref (buffer);
  if (is_first && self->skip_to > 0)
    gst_pin_demux_pull_from (demux, self->skip_to);
  return ret;
}

static void
toy_take_event (GstPinDemux *demux, GstEvent *event)
{
  ((Toy *) demux)->n_events++;
}

static gboolean
toy_take_end (GstPinDemux *demux)
{
  return !((Toy *) demux)->cut;
}

static void
toy_reset (GstPinDemux *demux)
{
  Toy *self = (Toy *) demux;

  memset (self->pads, 0, sizeof (self->pads));
  self->n_resets++;
}

static void
toy_init (Toy *self)
{
}

static void
toy_class_init (ToyClass *klass)
{
  klass->take_bytes = toy_take_bytes;
  klass->take_event = toy_take_event;
  klass->take_end = toy_take_end;
  klass->reset = toy_reset;
  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass),
      &toy_sink);
}

typedef struct
{
  Toy *toy;
  GstBus *bus;
  GstPad *feed, *sink;
  GstPad *outs[N_OUTS];
  guint n_outs, n_linked;
  gsize size;                   /* of what can be pulled; 0: it is pushed */
  GString *log[N_OUTS];
} Fixture;

static GstFlowReturn
on_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  g_string_append_printf (gst_pad_get_element_private (pad),
      "%" G_GSIZE_FORMAT "@%" G_GUINT64_FORMAT " ",
      gst_buffer_get_size (buffer), GST_BUFFER_OFFSET (buffer));
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  const GstSegment *segment;

  g_string_append_printf (gst_pad_get_element_private (pad), "%s ",
      GST_EVENT_TYPE_NAME (event));
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    gst_event_parse_segment (event, &segment);
    g_assert_cmpint (segment->format, ==, GST_FORMAT_TIME);
    g_assert_cmpuint (segment->start, ==, START);
  }
  gst_event_unref (event);
  return TRUE;
}

static void
on_pad (GstElement *demux, GstPad *pad, Fixture *f)
{
  guint n = f->n_outs++;

  if (n >= f->n_linked)
    return;
  f->outs[n] = gst_object_ref_sink (gst_pad_new (NULL, GST_PAD_SINK));
  gst_pad_set_element_private (f->outs[n], f->log[n]);
  gst_pad_set_chain_function (f->outs[n], on_buffer);
  gst_pad_set_event_function (f->outs[n], on_event);
  gst_pad_set_active (f->outs[n], TRUE);
  g_assert_cmpint (gst_pad_link (pad, f->outs[n]), ==, GST_PAD_LINK_OK);
}

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  Fixture *f = gst_pad_get_element_private (pad);

  return f->size > 0 && pull_pad_answer (query, f->size);
}

static const guint8 zeros[1000000];

static GstFlowReturn
on_pull (GstPad *pad, GstObject *parent, guint64 offset, guint wish,
    GstBuffer **buffer)
{
  Fixture *f = gst_pad_get_element_private (pad);

  return pull_pad_give (zeros, f->size, offset, wish, buffer);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  guint i;

  f->n_linked = N_OUTS;
  for (i = 0; i < N_OUTS; i++)
    f->log[i] = g_string_new (NULL);
  f->toy = gst_object_ref_sink (g_object_new (toy_get_type (), NULL));
  f->bus = gst_bus_new ();
  gst_element_set_bus (GST_ELEMENT (f->toy), f->bus);
  g_signal_connect (f->toy, "pad-added", G_CALLBACK (on_pad), f);
  f->sink = gst_element_get_static_pad (GST_ELEMENT (f->toy), "sink");
  f->feed = gst_object_ref_sink (gst_pad_new (NULL, GST_PAD_SRC));
  gst_pad_set_element_private (f->feed, f);
  gst_pad_set_query_function (f->feed, on_query);
  gst_pad_set_getrange_function (f->feed, on_pull);
  g_assert_cmpint (gst_pad_link (f->feed, f->sink), ==, GST_PAD_LINK_OK);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  guint i;

  gst_element_set_state (GST_ELEMENT (f->toy), GST_STATE_NULL);
  gst_element_set_bus (GST_ELEMENT (f->toy), NULL);
  for (i = 0; i < N_OUTS; i++) {
    gst_clear_object (&f->outs[i]);
    g_string_free (f->log[i], TRUE);
  }
  gst_object_unref (f->feed);
  gst_object_unref (f->sink);
  gst_object_unref (f->toy);
  gst_object_unref (f->bus);
}

static void
begin_push (Fixture *f)
{
  GstSegment segment;

  gst_pad_set_active (f->feed, TRUE);
  gst_element_set_state (GST_ELEMENT (f->toy), GST_STATE_PLAYING);
  gst_pad_push_event (f->feed, gst_event_new_stream_start ("test"));
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (f->feed, gst_event_new_segment (&segment));
}

static GstFlowReturn
push (Fixture *f, guint64 offset)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 100, NULL);

  GST_BUFFER_OFFSET (buffer) = offset;
  return gst_pad_push (f->feed, buffer);
}

/* Each pad begins with what it needs, is told each buffer, and the end; events
 * of the container go no further */
static void
test_pads (Fixture *f, gconstpointer data)
{
  gint64 duration;

  begin_push (f);
  g_assert_cmpint (push (f, 0), ==, GST_FLOW_OK);
  g_assert_cmpint (push (f, 100), ==, GST_FLOW_OK);
  gst_pad_push_event (f->feed, gst_event_new_eos ());
  g_assert_cmpstr (f->log[0]->str, ==,
      "stream-start caps segment 100@0 100@100 eos ");
  g_assert_cmpstr (f->log[1]->str, ==,
      "stream-start caps segment tag 100@0 100@100 eos ");
  g_assert_cmpuint (f->toy->n_events, ==, 2);
  g_assert_true (gst_pad_peer_query_duration (f->outs[1], GST_FORMAT_TIME,
          &duration));
  g_assert_cmpint (duration, ==, LENGTH);
  g_assert_false (gst_pad_peer_query_duration (f->outs[1], GST_FORMAT_BYTES,
          &duration));
}

/* One that nobody wants is no reason to stop, as long as there is another */
static void
test_flows (Fixture *f, gconstpointer data)
{
  f->n_linked = 1;
  begin_push (f);
  g_assert_cmpint (push (f, 0), ==, GST_FLOW_OK);
  gst_pad_set_active (f->outs[0], FALSE);
  g_assert_cmpint (push (f, 100), ==, GST_FLOW_FLUSHING);
}

/* A file that was cut must not pass for whole */
static void
test_end_withheld (Fixture *f, gconstpointer data)
{
  f->toy->cut = TRUE;
  begin_push (f);
  push (f, 0);
  gst_pad_push_event (f->feed, gst_event_new_eos ());
  g_assert_null (strstr (f->log[0]->str, "eos"));
}

/* Back in READY, nothing of the run is left */
static void
test_again (Fixture *f, gconstpointer data)
{
  guint i;

  for (i = 0; i < 2; i++) {
    begin_push (f);
    g_assert_cmpint (push (f, 0), ==, GST_FLOW_OK);
    gst_pad_set_active (f->feed, FALSE);
    gst_element_set_state (GST_ELEMENT (f->toy), GST_STATE_READY);
    g_assert_cmpuint (GST_ELEMENT (f->toy)->numsrcpads, ==, 0);
    g_assert_cmpuint (f->toy->n_resets, ==, i + 1);
    gst_clear_object (&f->outs[0]);
    gst_clear_object (&f->outs[1]);
    f->n_outs = 0;
  }
}

/* In blocks, from where the demuxer wants to go on */
static void
test_pulled (Fixture *f, gconstpointer data)
{
  f->size = sizeof (zeros);
  f->toy->skip_to = 700000;
  gst_element_set_state (GST_ELEMENT (f->toy), GST_STATE_PLAYING);
  pull_pad_wait (f->sink);
  g_assert_cmpstr (f->log[0]->str, ==,
      "stream-start caps segment 262144@0 262144@700000 37856@962144 eos ");
}

/* Why it does not go on is said by whoever runs the thread */
static void
test_pulled_in_vain (Fixture *f, gconstpointer data)
{
  g_autoptr (GstMessage) message = NULL;

  f->size = 1000;
  f->toy->result = GST_FLOW_NOT_NEGOTIATED;
  gst_element_set_state (GST_ELEMENT (f->toy), GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (f->bus, 60 * GST_SECOND,
      GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (gst_pad_get_task_state (f->sink), ==, GST_TASK_PAUSED);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
    g_test_add ("/pin-demux/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("pads", test_pads);
  ADD ("flows", test_flows);
  ADD ("end-withheld", test_end_withheld);
  ADD ("again", test_again);
  ADD ("pulled", test_pulled);
  ADD ("pulled-in-vain", test_pulled_in_vain);
  return g_test_run ();
}
