/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files made in memory that no honest writer makes, and one that some do,
 * pushed into the demuxer by a source that can seek.
 */
#include "pin-mp4-demux.h"

#include <string.h>

#include "mp4-maker.h"

typedef struct
{
  GstElement *demux;
  GstPad *feed, *sink, *out;
  GstBus *bus;
  gboolean seekable;
  gsize at;                     /* what is pushed next */
  guint n_buffers, n_breaks, n_ends;
} Fixture;

static GstFlowReturn
on_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Fixture *f = gst_pad_get_element_private (pad);
  guint8 head[4];

  gst_buffer_extract (buffer, 0, head, sizeof (head));
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, SAMPLE_SIZE);
  g_assert_cmpuint (GST_READ_UINT32_BE (head), ==, 0x5a000000 | f->n_buffers);
  f->n_buffers++;
  f->n_breaks += GST_BUFFER_IS_DISCONT (buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Fixture *f = gst_pad_get_element_private (pad);

  f->n_ends += GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  gst_event_unref (event);
  return TRUE;
}

static void
on_pad (GstElement *demux, GstPad *pad, Fixture *f)
{
  g_assert_null (f->out);
  f->out = gst_pad_new (NULL, GST_PAD_SINK);
  gst_pad_set_element_private (f->out, f);
  gst_pad_set_chain_function (f->out, on_buffer);
  gst_pad_set_event_function (f->out, on_event);
  gst_pad_set_active (f->out, TRUE);
  g_assert_cmpint (gst_pad_link (pad, f->out), ==, GST_PAD_LINK_OK);
}

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  Fixture *f = gst_pad_get_element_private (pad);

  if (GST_QUERY_TYPE (query) != GST_QUERY_SEEKING)
    return FALSE;
  gst_query_set_seeking (query, GST_FORMAT_BYTES, f->seekable, 0, -1);
  return TRUE;
}

static gboolean
on_seek (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Fixture *f = gst_pad_get_element_private (pad);
  gboolean is_seek = GST_EVENT_TYPE (event) == GST_EVENT_SEEK;
  gint64 start;

  if (is_seek) {
    gst_event_parse_seek (event, NULL, NULL, NULL, NULL, &start, NULL, NULL);
    f->at = start;
  }
  gst_event_unref (event);
  return is_seek;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  GstSegment segment;

  f->bus = gst_bus_new ();
  f->demux = gst_object_ref_sink (gst_pin_mp4_demux_new ());
  gst_element_set_bus (f->demux, f->bus);
  g_signal_connect (f->demux, "pad-added", G_CALLBACK (on_pad), f);
  f->sink = gst_element_get_static_pad (f->demux, "sink");
  f->feed = gst_pad_new (NULL, GST_PAD_SRC);
  gst_pad_set_element_private (f->feed, f);
  gst_pad_set_query_function (f->feed, on_query);
  gst_pad_set_event_function (f->feed, on_seek);
  gst_pad_set_active (f->feed, TRUE);
  g_assert_cmpint (gst_pad_link (f->feed, f->sink), ==, GST_PAD_LINK_OK);
  gst_element_set_state (f->demux, GST_STATE_PLAYING);
  gst_pad_push_event (f->feed, gst_event_new_stream_start ("test"));
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (f->feed, gst_event_new_segment (&segment));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_element_set_state (f->demux, GST_STATE_NULL);
  gst_element_set_bus (f->demux, NULL);
  gst_clear_object (&f->out);
  gst_object_unref (f->feed);
  gst_object_unref (f->sink);
  gst_object_unref (f->demux);
  gst_object_unref (f->bus);
}

static GstFlowReturn
push (Fixture *f, const GByteArray *file)
{
  GstFlowReturn ret = GST_FLOW_OK;

  while (ret == GST_FLOW_OK && f->at < file->len) {
    gsize at = f->at, n = MIN (file->len - at, 100);

    f->at += n;
    ret = gst_pad_push (f->feed, gst_buffer_new_memdup (file->data + at, n));
  }
  return ret;
}

static void
assert_unsupported (Fixture *f)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (f->bus,
      GST_MESSAGE_ERROR);
  const GstStructure *details = NULL;

  g_assert_nonnull (message);
  gst_message_parse_error_details (message, &details);
  g_assert_cmpstr (gst_structure_get_string (details, "code"), ==,
      "unsupported");
}

static guint
find (const GByteArray *file, const gchar *type)
{
  guint at = 4;

  while (memcmp (file->data + at, type, 4) != 0)
    at++;
  return at;
}

/* Media in two parts before their index: both are passed over, and come again */
static void
test_two_parts_first (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) file = make_progressive (4, FALSE, 0);
  g_autoptr (GByteArray) parts = g_byte_array_new ();
  guint index = find (file, "moov") - 4;

  g_byte_array_append (parts, file->data, index);
  put_mdat (parts, 4, 2);
  g_byte_array_append (parts, file->data + index, file->len - index);
  f->seekable = TRUE;
  g_assert_cmpint (push (f, parts), ==, GST_FLOW_OK);
  gst_pad_push_event (f->feed, gst_event_new_eos ());
  g_assert_cmpuint (f->n_buffers, ==, 4);
  g_assert_cmpuint (f->n_ends, ==, 1);
}

/* A sample that goes on behind its box would take the next box's bytes */
static void
test_sample_behind_box (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) file = make_progressive (4, TRUE, 0);
  guint media = find (file, "mdat");

  patch32 (file, media - 4, 8 + 4 * SAMPLE_SIZE - 1);
  put_ftyp (file);
  g_assert_cmpint (push (f, file), ==, GST_FLOW_ERROR);
  g_assert_cmpuint (f->n_buffers, ==, 3);
  assert_unsupported (f);
}

/* One that is as large as it can be said to be is not waited for */
static void
test_large_sample (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) file = make_progressive (4, TRUE, 0);

  patch32 (file, find (file, "stsz") + 8, G_MAXUINT32);
  patch32 (file, find (file, "mdat") - 4, 0);
  g_assert_cmpint (push (f, file), ==, GST_FLOW_ERROR);
  assert_unsupported (f);
}

/* A box whose end nobody can seek to */
static void
test_box_without_end (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();

  f->seekable = TRUE;
  put_ftyp (file);
  put32 (file, 1);
  g_byte_array_append (file, (const guint8 *) "mdat", 4);
  put32 (file, 0xfffffff0);
  put32 (file, 0);
  g_assert_cmpint (push (f, file), ==, GST_FLOW_ERROR);
  assert_unsupported (f);
}

/* A track that nobody sees or hears, such as a time code, has no pad */
static void
test_hidden_track (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) file = make_progressive (4, TRUE, 0);

  memcpy (file->data + find (file, "soun"), "tmcd", 4);
  g_assert_cmpint (push (f, file), ==, GST_FLOW_OK);
  gst_pad_push_event (f->feed, gst_event_new_eos ());
  g_assert_null (f->out);
}

/* Where upstream says that the clock may be another one, the next sample says
 * so, too */
static void
test_break (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  GstBuffer *buffer;

  put_init (file);
  put_fragment (file, 0, 3);
  g_assert_cmpint (push (f, file), ==, GST_FLOW_OK);
  g_assert_cmpuint (f->n_breaks, ==, 0);
  g_byte_array_set_size (file, 0);
  put_fragment (file, 3, 3);
  buffer = gst_buffer_new_memdup (file->data, file->len);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  g_assert_cmpint (gst_pad_push (f->feed, buffer), ==, GST_FLOW_OK);
  g_assert_cmpuint (f->n_buffers, ==, 6);
  g_assert_cmpuint (f->n_breaks, ==, 1);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
    g_test_add ("/pin-mp4-demux/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("two-parts-first", test_two_parts_first);
  ADD ("sample-behind-box", test_sample_behind_box);
  ADD ("large-sample", test_large_sample);
  ADD ("box-without-end", test_box_without_end);
  ADD ("hidden-track", test_hidden_track);
  ADD ("break", test_break);
  return g_test_run ();
}
