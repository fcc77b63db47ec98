/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Times become ticks: sound is counted, gaps are kept, decoding times rise. And
 * what becomes of samples whose format changes on the way.
 */
#include "mp4-make.h"

#define PENDING(i) g_array_index (track->pending, GstPinMp4Pending, i)
#define MS GST_MSECOND

static GstPinMp4Track *
make_track (GstPinMp4Kind kind, guint timescale, guint frame_ticks)
{
  GstPinMp4Track *track = gst_pin_mp4_track_new (1, kind);

  gst_pin_mp4_track_set_entry (track, mp4_make_entry (kind, timescale,
          frame_ticks, "test"), FALSE);
  return track;
}

static gboolean
change (GstPinMp4Track *track, const gchar *type, const gchar *sets)
{
  GstPinMp4Entry *entry = mp4_make_entry (track->kind, 90000, 0, type);

  entry->sets = sets ? g_bytes_new (sets, strlen (sets)) : NULL;
  return gst_pin_mp4_track_set_entry (track, entry, FALSE);
}

static guint
last_entry (const GstPinMp4Track *track)
{
  return g_array_index (track->pieces, GstPinMp4Piece,
      track->pieces->len - 1).entry;
}

/* An entry that comes back is not another one, and a stream that never stops
 * changing is cut off */
static void
test_many_entries (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_VIDEO, 90000, 0);
  guint i, taken = 0;

  g_assert_true (change (track, "aaaa", NULL));
  mp4_push (track, 0, 0, 10, TRUE);
  g_assert_cmpuint (last_entry (track), ==, 1);
  g_assert_true (change (track, "test", NULL));
  mp4_push (track, 1, 1, 10, TRUE);
  g_assert_cmpuint (last_entry (track), ==, 0);
  for (i = 0; i < 1000; i++) {
    gchar type[] = { 'b', 'b', 'a' + i / 26, 'a' + i % 26, 0 };

    taken += change (track, type, NULL);
  }
  g_assert_cmpuint (taken, <, 100);
  g_assert_cmpuint (track->entries->len, <, 100);
  gst_pin_mp4_track_free (track);
}

/* Behind the header of a fragmented file, sync samples bring along what the
 * header lacks, and what was in it when that comes back */
static void
test_in_band (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_VIDEO, 90000, 0);
  GstBuffer *data;

  track->header_entries = 1;
  g_assert_true (change (track, "next", "SETS"));
  mp4_push (track, 0, 0, 10, TRUE);
  mp4_push (track, 40 * MS, 40 * MS, 10, FALSE);
  g_assert_cmpuint (PENDING (0).size, ==, 14);
  g_assert_cmpuint (PENDING (1).size, ==, 10);
  data = g_array_index (track->pieces, GstPinMp4Piece, 0).data;
  g_assert_cmpint (gst_buffer_memcmp (data, 0, "SETSUUUUUUUUUU", 14), ==, 0);
  g_assert_true (change (track, "test", "OLD"));
  mp4_push (track, 80 * MS, 80 * MS, 10, TRUE);
  g_assert_cmpuint (PENDING (2).size, ==, 13);
  g_assert_cmpuint (last_entry (track), ==, 0);
  gst_pin_mp4_track_free (track);
}

/* Sets of another codec, or behind lengths of another size, would not help */
static void
test_other_codec (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_VIDEO, 90000, 0);
  guint i;

  track->header_entries = 1;
  for (i = 0; i < 2; i++) {
    GstPinMp4Entry *entry = mp4_make_entry (track->kind, 90000, 0, "next");

    entry->sets = g_bytes_new_static ("SETS", 4);
    entry->codec = i == 0 ? GST_PIN_MP4_H265 : GST_PIN_MP4_H264;
    entry->length_size = i;
    g_assert_false (gst_pin_mp4_track_set_entry (track, entry, FALSE));
  }
  gst_pin_mp4_track_free (track);
}

/* Sound cannot: what is of another kind is left out, the rest is not */
static void
test_refused (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_AUDIO, 90000, 1024);

  track->header_entries = 1;
  mp4_push (track, 0, 0, 10, TRUE);
  g_assert_false (change (track, "next", NULL));
  mp4_push (track, 20 * MS, 20 * MS, 10, TRUE);
  g_assert_cmpuint (track->pending->len, ==, 1);
  g_assert_cmpint (track->reached, ==, 20 * MS);
  g_assert_true (change (track, "test", NULL));
  mp4_push (track, 40 * MS, 40 * MS, 10, TRUE);
  g_assert_cmpuint (track->pending->len, ==, 2);
  gst_pin_mp4_track_free (track);
}

static void
test_sound_is_counted (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_AUDIO, 44100, 1024);
  guint i;

  /* as a muxer with a clock of milliseconds gives it, then a gap of 50 ms */
  for (i = 0; i < 100; i++) {
    gint64 time = i * 1024 * 1000 / 44100 * (gint64) MS;

    mp4_push (track, time + (i < 90 ? 0 : 50 * MS), GST_PIN_MP4_NO_TIME, 10,
        TRUE);
  }
  for (i = 0; i < 90; i++) {
    gint64 exact = i * 1024, diff = PENDING (i).dts - exact;

    g_assert_cmpint (ABS (diff), <=, 44);       /* 1 ms */
  }
  g_assert_cmpint (PENDING (90).dts - PENDING (89).dts, >, 1024 + 2000);
  g_assert_cmpint (PENDING (95).dts - PENDING (94).dts, ==, 1024);
  gst_pin_mp4_track_free (track);
}

static void
test_video_is_exact (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_VIDEO, 90000, 0);
  guint i;

  for (i = 0; i < 1000; i++) {
    gint64 ticks = i * 3003 + 133;

    mp4_push (track, (ticks + 6006) * 100000 / 9, ticks * 100000 / 9, 10, !i);
    g_assert_cmpint (PENDING (i).dts, ==, ticks);
    g_assert_cmpint (PENDING (i).offset, ==, 6006);
  }
  g_assert_cmpint (track->min_pts, ==, 133 + 6006);
  gst_pin_mp4_track_free (track);
}

/* How long the last picture is shown is a guess; of those before it is known as
 * soon as the next one comes */
static void
test_end (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_VIDEO, 90000, 0);

  mp4_push (track, 0, 0, 10, TRUE);
  mp4_push (track, 1000 * MS, 1000 * MS, 10, FALSE);
  g_assert_cmpint (track->end_pts, ==, 2000 * 90);
  mp4_push (track, 1040 * MS, 1040 * MS, 10, FALSE);
  g_assert_cmpint (track->end_pts, ==, 1080 * 90);
  gst_pin_mp4_track_free (track);
}

static void
test_decoding_times_rise (void)
{
  static const gint64 times[] = { 0, 40, 40, 30, 80, GST_PIN_MP4_NO_TIME, 200 };
  GstPinMp4Track *track = make_track (GST_PIN_MP4_VIDEO, 90000, 0);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (times); i++) {
    gint64 time = times[i] == GST_PIN_MP4_NO_TIME ? times[i] : times[i] *
        (gint64) MS;

    mp4_push (track, time, time, 10, TRUE);
    if (i > 0)
      g_assert_cmpint (PENDING (i).dts, >, PENDING (i - 1).dts);
  }
  /* what was pushed on keeps the time at which it is shown */
  g_assert_cmpint (PENDING (3).dts + PENDING (3).offset, ==, 2700);
  gst_pin_mp4_track_free (track);
}

static void
test_start (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_AUDIO, 48000, 1024);

  mp4_push (track, -1024 * (gint64) GST_SECOND / 48000, GST_PIN_MP4_NO_TIME,
      10, TRUE);
  g_assert_cmpint (track->first_dts, ==, -1024);
  g_assert_cmpint (gst_pin_mp4_track_get_start (track), ==, 0);
  track->keeps_leading = TRUE;
  g_assert_cmpint (gst_pin_mp4_track_get_start (track), ==, -1024);
  gst_pin_mp4_track_free (track);
}

static void
test_entries (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_AUDIO, 48000, 1024);

  gst_pin_mp4_track_set_entry (track, mp4_make_entry (GST_PIN_MP4_AUDIO, 48000,
          1024, "test"), FALSE);
  g_assert_cmpuint (track->entries->len, ==, 1);
  gst_pin_mp4_track_set_entry (track, mp4_make_entry (GST_PIN_MP4_AUDIO, 24000,
          1024, "slow"), FALSE);
  g_assert_cmpuint (track->entries->len, ==, 2);
  g_assert_cmpuint (track->timescale, ==, 48000);
  g_assert_cmpuint (track->frame_ticks, ==, 2048);
  gst_pin_mp4_track_set_entry (track, mp4_make_entry (GST_PIN_MP4_AUDIO, 24000,
          1024, "more"), TRUE);
  g_assert_cmpuint (track->entries->len, ==, 2);
  gst_pin_mp4_track_free (track);
}

/* Three frames that came together, of which one lies before the cut */
static void
test_split (void)
{
  GstPinMp4Track *track = make_track (GST_PIN_MP4_AUDIO, 48000, 1024);
  const gint64 frame = 1024 * GST_SECOND / 48000;
  GstPinMp4Sample samples[3];
  const GstPinMp4Piece *pieces;
  guint i;

  for (i = 0; i < 3; i++)
    samples[i] = (GstPinMp4Sample) {(i + 1) * frame, (i + 1) * frame, 0, 10 + i,
      TRUE};
  mp4_push (track, 0, 0, 9, TRUE);
  gst_pin_mp4_track_push (track, gst_buffer_new_memdup
      ("aaaaaaaaaabbbbbbbbbbbcccccccccccc", 33), samples, 3);
  g_assert_cmpuint (gst_pin_mp4_track_get_bytes_before (track, 0), ==, 0);
  g_assert_cmpuint (gst_pin_mp4_track_get_bytes_before (track, 2 * frame - 9),
      ==, 19);
  g_assert_cmpuint (gst_pin_mp4_track_split_before (track, frame), ==, 1);
  g_assert_cmpuint (track->pieces->len, ==, 2);
  g_assert_cmpuint (gst_pin_mp4_track_split_before (track, 2 * frame - 9), ==,
      2);
  g_assert_cmpuint (track->pieces->len, ==, 3);
  pieces = (const GstPinMp4Piece *) track->pieces->data;
  g_assert_cmpuint (pieces[1].n_samples, ==, 1);
  g_assert_cmpuint (pieces[1].size, ==, 10);
  g_assert_cmpint (gst_buffer_memcmp (pieces[1].data, 0, "aaaaaaaaaa", 10), ==,
      0);
  g_assert_cmpuint (pieces[2].n_samples, ==, 2);
  g_assert_cmpint (gst_buffer_memcmp (pieces[2].data, 0,
          "bbbbbbbbbbbcccccccccccc", 23), ==, 0);
  g_assert_cmpuint (gst_buffer_get_size (pieces[2].data), ==, 23);
  g_assert_cmpint (ABS (pieces[2].time - 2 * frame), <=, 2);
  gst_pin_mp4_track_drop (track, 2, 2);
  g_assert_cmpuint (track->held, ==, 23);
  g_assert_cmpuint (gst_pin_mp4_track_split_before (track, G_MAXINT64), ==, 1);
  gst_pin_mp4_track_free (track);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-track/many-entries", test_many_entries);
  g_test_add_func ("/mp4-track/in-band", test_in_band);
  g_test_add_func ("/mp4-track/other-codec", test_other_codec);
  g_test_add_func ("/mp4-track/refused", test_refused);
  g_test_add_func ("/mp4-track/sound-is-counted", test_sound_is_counted);
  g_test_add_func ("/mp4-track/video-is-exact", test_video_is_exact);
  g_test_add_func ("/mp4-track/end", test_end);
  g_test_add_func ("/mp4-track/decoding-times-rise",
      test_decoding_times_rise);
  g_test_add_func ("/mp4-track/start", test_start);
  g_test_add_func ("/mp4-track/entries", test_entries);
  g_test_add_func ("/mp4-track/split", test_split);
  return g_test_run ();
}
