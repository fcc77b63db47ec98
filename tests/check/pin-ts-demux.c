/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Transport streams made in memory, pushed in, and what comes out of the pads.
 */
#include "pin-ts-demux.h"

#include "pull-pad.h"
#include "ts-maker.h"

#define MAX_PADS 4

typedef struct
{
  GstElement *demux;
  GstPad *feed, *sink;
  GstPad *outs[MAX_PADS];
  GString *log[MAX_PADS];       /* "payload@ticks " for each buffer */
  guint n_outs, n_complete;
} Fixture;

static GstFlowReturn
on_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GString *log = gst_pad_get_element_private (pad);
  gchar data[400];
  gsize size = gst_buffer_extract (buffer, 0, data, sizeof (data));

  g_string_append_printf (log, "%.*s@%" G_GUINT64_FORMAT "%s ",
      (gint) MIN (size, 12), data,
      gst_util_uint64_scale_round (GST_BUFFER_PTS (buffer), 90000, GST_SECOND),
      GST_BUFFER_IS_DISCONT (buffer) ? "!" : "");
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* The map says that the sound is English */
static guint n_languages;

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  g_autofree gchar *language = NULL;
  GstTagList *tags;

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    g_string_append (gst_pad_get_element_private (pad), "end");
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_TAG) {
    gst_event_parse_tag (event, &tags);
    gst_tag_list_get_string (tags, GST_TAG_LANGUAGE_CODE, &language);
    g_assert_cmpstr (language, ==, "eng");
    n_languages++;
  }
  gst_event_unref (event);
  return TRUE;
}

static void
on_pad (GstElement *demux, GstPad *pad, Fixture *f)
{
  GstPad *out = gst_pad_new (NULL, GST_PAD_SINK);

  g_assert_cmpuint (f->n_outs, <, MAX_PADS);
  f->log[f->n_outs] = g_string_new (NULL);
  gst_pad_set_element_private (out, f->log[f->n_outs]);
  gst_pad_set_chain_function (out, on_buffer);
  gst_pad_set_event_function (out, on_event);
  gst_pad_set_active (out, TRUE);
  g_assert_cmpint (gst_pad_link (pad, out), ==, GST_PAD_LINK_OK);
  f->outs[f->n_outs++] = out;
}

static void
on_complete (GstElement *demux, Fixture *f)
{
  f->n_complete++;
}

/* @packet: how long they are */
static void
push_caps (Fixture *f, gint packet)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/mpegts",
      "packetsize", G_TYPE_INT, packet, NULL);

  gst_pad_push_event (f->feed, gst_event_new_caps (caps));
}

static void
begin (Fixture *f)
{
  memset (f, 0, sizeof (Fixture));
  n_languages = 0;
  f->demux = gst_object_ref_sink (gst_pin_ts_demux_new ());
  g_signal_connect (f->demux, "pad-added", G_CALLBACK (on_pad), f);
  g_signal_connect (f->demux, "no-more-pads", G_CALLBACK (on_complete), f);
  f->sink = gst_element_get_static_pad (f->demux, "sink");
  f->feed = gst_pad_new (NULL, GST_PAD_SRC);
  g_assert_cmpint (gst_pad_link (f->feed, f->sink), ==, GST_PAD_LINK_OK);
}

static void
set_up (Fixture *f)
{
  GstSegment segment;

  begin (f);
  gst_pad_set_active (f->feed, TRUE);
  gst_element_set_state (f->demux, GST_STATE_PLAYING);
  gst_pad_push_event (f->feed, gst_event_new_stream_start ("test"));
  push_caps (f, TS_PACKET);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (f->feed, gst_event_new_segment (&segment));
}

/* In pieces of @piece bytes, which end in the middle of packets */
static void
push (Fixture *f, GByteArray *bytes, gsize piece, gboolean broken)
{
  gsize at;

  for (at = 0; at < bytes->len; at += piece) {
    GstBuffer *buffer = gst_buffer_new_memdup (bytes->data + at,
        MIN (piece, bytes->len - at));

    if (broken && at == 0)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    g_assert_cmpint (gst_pad_push (f->feed, buffer), ==, GST_FLOW_OK);
  }
  g_byte_array_set_size (bytes, 0);
}

static void
drop (Fixture *f)
{
  guint i;

  gst_element_set_state (f->demux, GST_STATE_NULL);
  for (i = 0; i < f->n_outs; i++) {
    if (f->log[i] != NULL)
      g_string_free (f->log[i], TRUE);
    gst_object_unref (f->outs[i]);
  }
  gst_object_unref (f->feed);
  gst_object_unref (f->sink);
  gst_object_unref (f->demux);
}

static void
finish (Fixture *f, const gchar *video, const gchar *audio)
{
  gst_pad_push_event (f->feed, gst_event_new_eos ());
  g_assert_cmpuint (f->n_complete, ==, 1);
  g_assert_cmpuint (f->n_outs, ==, 2);
  g_assert_cmpstr (f->log[0]->str, ==, video);
  g_assert_cmpstr (f->log[1]->str, ==, audio);
  g_assert_cmpuint (n_languages, ==, 1);
  drop (f);
}

static void
put_tables (GByteArray *out)
{
  put_association (out, TS_MAP_PID);
  put_map (out, TS_MAP_PID, TS_VIDEO_PID, TS_AUDIO_PID);
}

static void
test_packets (void)
{
  static const gsize pieces[] = { 1, 7, 187, 188, 200, 100000 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint i;

  for (i = 0; i < G_N_ELEMENTS (pieces); i++) {
    Fixture f;

    set_up (&f);
    put_tables (bytes);
    put_pes (bytes, TS_VIDEO_PID, 0, 9000, "picture", FALSE);
    put_pes (bytes, TS_AUDIO_PID, 0, 8000, "sound", TRUE);
    put_ts (bytes, TS_VIDEO_PID, FALSE, 1, (const guint8 *) "+rest", 5);
    put_ts (bytes, TS_AUDIO_PID, FALSE, 1, (const guint8 *) "behind", 6);
    put_ts (bytes, 0x1fff, FALSE, 1, (const guint8 *) "null", 4);
    put_pes (bytes, TS_VIDEO_PID, 2, 12600, "second", FALSE);
    push (&f, bytes, pieces[i], FALSE);
    g_assert_cmpstr (f.log[1]->str, ==, "sound@8000 ");
    finish (&f, "picture+rest@9000 second@12600 end", "sound@8000 end");
  }
}

/* What comes before the tables belongs to their streams */
static void
test_late_tables (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Fixture f;

  set_up (&f);
  put_pes (bytes, TS_VIDEO_PID, 0, 9000, "early", FALSE);
  put_pes (bytes, TS_AUDIO_PID, 0, 9000, "early", TRUE);
  push (&f, bytes, 1000, FALSE);
  g_assert_cmpuint (f.n_outs, ==, 0);
  put_tables (bytes);
  put_pes (bytes, TS_VIDEO_PID, 1, 12600, "late", FALSE);
  push (&f, bytes, 1000, FALSE);
  finish (&f, "early@9000 late@12600 end", "early@9000 end");
}

/* Another encoder: other identifiers, and a packet that was cut */
static void
test_new_map (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Fixture f;

  set_up (&f);
  put_tables (bytes);
  put_pes (bytes, TS_VIDEO_PID, 0, 9000, "one", FALSE);
  g_byte_array_append (bytes, (const guint8 *) "\x47\x01\x02", 3);
  push (&f, bytes, 1000, FALSE);
  put_association (bytes, 0x50);
  put_map (bytes, 0x50, TS_AUDIO_PID, 0x70);
  put_pes (bytes, TS_AUDIO_PID, 7, 900000, "two", FALSE);
  put_pes (bytes, 0x70, 9, 910000, "sound", TRUE);
  push (&f, bytes, 1000, TRUE);
  finish (&f, "one@9000 two@900000! end", "sound@910000! end");
}

/* Each packet may come twice; broken and scrambled ones are none; between them
 * may be anything */
static void
test_noise (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 garbage[300];
  Fixture f;

  memset (garbage, 0x46, sizeof (garbage));
  set_up (&f);
  g_byte_array_append (bytes, garbage, sizeof (garbage));
  put_tables (bytes);
  put_pes (bytes, TS_VIDEO_PID, 0, 9000, "one", FALSE);
  put_pes (bytes, TS_VIDEO_PID, 0, 9000, "one", FALSE);
  g_byte_array_append (bytes, garbage, 77);
  put_ts (bytes, TS_VIDEO_PID, FALSE, 1, (const guint8 *) "+", 1);
  put_ts (bytes, TS_VIDEO_PID, FALSE, 1, (const guint8 *) "+", 1);
  put_ts (bytes, TS_VIDEO_PID, FALSE, 2, (const guint8 *) "-", 1);
  bytes->data[bytes->len - TS_PACKET + 1] |= 0x80;
  put_ts (bytes, TS_VIDEO_PID, FALSE, 3, (const guint8 *) "-", 1);
  bytes->data[bytes->len - TS_PACKET + 3] |= 0xc0;
  push (&f, bytes, 190, FALSE);
  finish (&f, "one+@9000 end", "end");
}

/* Segments that were made apart: the counter stands where it stood, but the
 * packet is another one */
static void
test_counters_anew (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Fixture f;

  set_up (&f);
  put_tables (bytes);
  put_pes (bytes, TS_VIDEO_PID, 0, 9000, "one", FALSE);
  put_ts (bytes, TS_VIDEO_PID, FALSE, 0, (const guint8 *) "+a", 2);
  put_pes (bytes, TS_VIDEO_PID, 0, 12600, "two", FALSE);
  put_pes (bytes, TS_AUDIO_PID, 3, 9000, "x", TRUE);
  put_pes (bytes, TS_AUDIO_PID, 3, 9900, "y", TRUE);
  put_pes (bytes, TS_AUDIO_PID, 3, 9900, "y", TRUE);
  push (&f, bytes, 188, FALSE);
  finish (&f, "one+a@9000 two@12600 end", "x@9000 y@9900 end");
}

static gboolean
offer_pulling (GstPad *pad, GstObject *parent, GstQuery *query)
{
  const GByteArray *file = gst_pad_get_element_private (pad);

  return pull_pad_answer (query, file->len);
}

static GstFlowReturn
give_range (GstPad *pad, GstObject *parent, guint64 offset, guint wish,
    GstBuffer **buffer)
{
  const GByteArray *file = gst_pad_get_element_private (pad);

  return pull_pad_give (file->data, file->len, offset, wish, buffer);
}

/* How long a file is, is seen at both its ends, also where the clock wraps on
 * the way, before the first packet goes on */
static void
test_duration (void)
{
  const guint64 wrap = G_GUINT64_CONSTANT (1) << 33;
  const struct
  {
    guint64 begin;
    guint n_between;            /* packets of no stream */
  } rows[] = { {9000, 0}, {wrap - 45000, 0}, {wrap - 45000, 8000} };
  guint i, j;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GByteArray) file = g_byte_array_new ();
    guint64 time = rows[i].begin;
    gint64 duration;
    Fixture f;

    put_tables (file);
    put_pes (file, TS_VIDEO_PID, 0, time, "one", FALSE);
    put_pes (file, TS_AUDIO_PID, 0, time + 45, "sound", TRUE);
    for (j = 0; j < rows[i].n_between; j++)
      put_ts (file, 0x1fff, FALSE, 0, NULL, 0);
    put_pes (file, TS_VIDEO_PID, 1, (time + 90000) % wrap, "two", FALSE);
    begin (&f);
    gst_pad_set_element_private (f.feed, file);
    gst_pad_set_query_function (f.feed, offer_pulling);
    gst_pad_set_getrange_function (f.feed, give_range);
    gst_element_set_state (f.demux, GST_STATE_PLAYING);
    pull_pad_wait (f.sink);
    g_assert_true (gst_pad_peer_query_duration (f.outs[0], GST_FORMAT_TIME,
            &duration));
    g_assert_cmpuint (gst_util_uint64_scale_round (duration, 90000,
            GST_SECOND), ==, 90000);
    g_assert_true (g_str_has_suffix (f.log[0]->str, " end"));
    drop (&f);
  }
}

/* Packets are said to be shorter when more than one of those is at hand */
static void
test_packet_size_changes (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const guint8 check[204 - TS_PACKET] = { 0, };
  Fixture f;

  set_up (&f);
  push_caps (&f, 204);
  put_association (bytes, TS_MAP_PID);
  g_byte_array_append (bytes, check, sizeof (check));
  put_ts (bytes, TS_VIDEO_PID, FALSE, 1, (const guint8 *) "at hand", 7);
  g_byte_array_append (bytes, check, 10);
  push (&f, bytes, 1000, FALSE);
  push_caps (&f, TS_PACKET);
  put_tables (bytes);
  put_pes (bytes, TS_VIDEO_PID, 0, 9000, "one", FALSE);
  push (&f, bytes, 1000, FALSE);
  finish (&f, "one@9000 end", "end");
}

static GstFlowReturn
count_bytes (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gsize *n_bytes = gst_pad_get_element_private (pad);

  *n_bytes += gst_buffer_get_size (buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* No more than that of packets without an end is kept of all streams together */
static void
test_endless_packets (void)
{
  static const guint8 map[] = { 2, 0, 0, 0, 1, 0xc1, 0, 0, 0xe1, 0, 0xf0, 0,
    0x1b, 0xe1, 0, 0xf0, 0, 0x1b, 0xe1, 1, 0xf0, 0, 0x1b, 0xe1, 2, 0xf0, 0,
    0x1b, 0xe1, 3, 0xf0, 0
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 payload[TS_PACKET - 4] = { 0, };
  gsize n_bytes = 0;
  guint i, pid;
  Fixture f;

  set_up (&f);
  put_association (bytes, TS_MAP_PID);
  put_section (bytes, TS_MAP_PID, map, sizeof (map));
  push (&f, bytes, 1000, FALSE);
  g_assert_cmpuint (f.n_outs, ==, 4);
  for (i = 0; i < 4; i++) {
    gst_pad_set_chain_function (f.outs[i], count_bytes);
    gst_pad_set_element_private (f.outs[i], &n_bytes);
    g_string_free (g_steal_pointer (&f.log[i]), TRUE);
  }
  for (pid = 0x100; pid < 0x104; pid++) {
    put_pes (bytes, pid, 0, 9000, "endless", FALSE);
    for (i = 1; i < 40000; i++) {
      put_ts (bytes, pid, FALSE, i, payload, sizeof (payload));
      if (bytes->len > 100000)
        push (&f, bytes, bytes->len, FALSE);
    }
  }
  push (&f, bytes, bytes->len, FALSE);
  for (i = 0; i < 4; i++)
    gst_pad_set_event_function (f.outs[i], gst_pad_event_default);
  gst_pad_push_event (f.feed, gst_event_new_eos ());
  g_assert_cmpuint (n_bytes, >, 0);
  g_assert_cmpuint (n_bytes, <=, 16 * 1024 * 1024);
  drop (&f);
}

/* Of what came before the tables, no more than that is kept */
static void
test_tables_too_late (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Fixture f;
  guint i;

  set_up (&f);
  for (i = 0; i < 40000; i++)
    put_pes (bytes, TS_VIDEO_PID, i, 9000, "late", FALSE);
  put_tables (bytes);
  push (&f, bytes, 65536, FALSE);
  g_assert_cmpuint (f.log[0]->len, >, 0);
  g_assert_cmpuint (f.log[0]->len, <, 5 * 1024 * 1024 / TS_PACKET
      * strlen ("late@9000 "));
  drop (&f);
}

static void
test_no_tables (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Fixture f;
  guint i;

  set_up (&f);
  for (i = 0; i < 40000; i++)
    put_pes (bytes, TS_VIDEO_PID, i, 9000, "lost", FALSE);
  push (&f, bytes, 65536, FALSE);
  gst_pad_push_event (f.feed, gst_event_new_eos ());
  g_assert_cmpuint (f.n_complete, ==, 1);
  g_assert_cmpuint (f.n_outs, ==, 0);
  drop (&f);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-ts-demux/packets", test_packets);
  g_test_add_func ("/pin-ts-demux/late-tables", test_late_tables);
  g_test_add_func ("/pin-ts-demux/new-map", test_new_map);
  g_test_add_func ("/pin-ts-demux/noise", test_noise);
  g_test_add_func ("/pin-ts-demux/counters-anew", test_counters_anew);
  g_test_add_func ("/pin-ts-demux/tables-too-late", test_tables_too_late);
  g_test_add_func ("/pin-ts-demux/no-tables", test_no_tables);
  g_test_add_func ("/pin-ts-demux/duration", test_duration);
  g_test_add_func ("/pin-ts-demux/endless-packets", test_endless_packets);
  g_test_add_func ("/pin-ts-demux/packet-size-changes",
      test_packet_size_changes);
  return g_test_run ();
}
