/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Times become ticks: sound is counted, gaps are kept, decoding times rise.
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

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-track/sound-is-counted", test_sound_is_counted);
  g_test_add_func ("/mp4-track/video-is-exact", test_video_is_exact);
  g_test_add_func ("/mp4-track/decoding-times-rise",
      test_decoding_times_rise);
  g_test_add_func ("/mp4-track/start", test_start);
  g_test_add_func ("/mp4-track/entries", test_entries);
  return g_test_run ();
}
