/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When there is something to write, and when the bounds force it.
 */
#include "mp4-interleave-private.h"
#include "mp4-make.h"

#define MS GST_MSECOND

typedef struct
{
  GPtrArray *tracks;
  GstPinMp4Track *video, *audio;
  GstPinMp4FragmentPlan plan;
  GstPinMp4Cut cut;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_pin_mp4_track_free);
  f->video = gst_pin_mp4_track_new (1, GST_PIN_MP4_VIDEO);
  f->audio = gst_pin_mp4_track_new (2, GST_PIN_MP4_AUDIO);
  g_ptr_array_add (f->tracks, f->video);
  g_ptr_array_add (f->tracks, f->audio);
  gst_pin_mp4_track_set_entry (f->video, mp4_make_entry (GST_PIN_MP4_VIDEO,
          90000, 0, "vide"), FALSE);
  gst_pin_mp4_track_set_entry (f->audio, mp4_make_entry (GST_PIN_MP4_AUDIO,
          1000, 20, "soun"), FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_ptr_array_unref (f->tracks);
}

static void
push_video (Fixture *f, guint from, guint to, guint size)
{
  for (; from < to; from += 40)
    mp4_push (f->video, from * MS, from * MS, size, from % 2000 == 0);
}

static void
push_audio (Fixture *f, guint from, guint to)
{
  for (; from < to; from += 20)
    mp4_push (f->audio, from * MS, from * MS, 100, TRUE);
}

static gboolean
choose (Fixture *f)
{
  return gst_pin_mp4_interleave_choose (f->tracks, NULL, &f->cut);
}

/* The same of a file in fragments of @duration ms */
static void
plan (Fixture *f, guint duration, gboolean first)
{
  f->plan.duration = duration * MS;
  f->plan.first = first;
}

static gboolean
choose_fragment (Fixture *f)
{
  return gst_pin_mp4_interleave_choose (f->tracks, &f->plan, &f->cut);
}

static void
assert_cut (Fixture *f, gint64 time)
{
  g_assert_true (choose (f));
  g_assert_cmpint (f->cut.time, ==, time);
}

static void
assert_fragment (Fixture *f, gint64 video_time)
{
  g_assert_true (choose_fragment (f));
  g_assert_cmpint (f->cut.video_time, ==, video_time);
}

static void
test_waits_for_both (Fixture *f, gconstpointer data)
{
  push_video (f, 0, 1400, 1000);
  push_audio (f, 0, 900);
  g_assert_false (choose (f));
  push_audio (f, 900, 1000);
  g_assert_false (choose (f));
  push_audio (f, 1000, 1040);
  assert_cut (f, 1000 * MS);
}

/* A large chunk is shorter, and where it ends is seen in what it has in it, not
 * in what has come besides */
static void
test_cut_does_not_depend_on_arrival (Fixture *f, gconstpointer data)
{
  push_video (f, 0, 600, 80 * 1024);
  push_audio (f, 0, 480);
  g_assert_false (choose (f));
  push_audio (f, 480, 540);
  assert_cut (f, 500 * MS);
  push_video (f, 600, 1040, 80 * 1024);
  push_audio (f, 540, 2000);
  assert_cut (f, 500 * MS);
}

/* Nor is the end of a fragment in which no sync sample comes */
static void
test_limit_does_not_depend_on_arrival (Fixture *f, gconstpointer data)
{
  plan (f, 1000, FALSE);
  push_video (f, 40, 1600, 180 * 1024);
  push_audio (f, 40, 1500);
  g_assert_false (choose_fragment (f));
  push_audio (f, 1500, 1580);
  assert_fragment (f, 1540 * MS);
  push_video (f, 1600, 2080, 1000);
  push_audio (f, 1580, 2080);
  assert_fragment (f, 1540 * MS);
}

/* Many tiny samples whose times hardly move */
static void
test_bounded_in_number (Fixture *f, gconstpointer data)
{
  const guint most = GST_PIN_MP4_HOLD_BYTES / (GST_PIN_MP4_PIECE_BYTES + 1);
  guint i;

  for (i = 0; i <= most; i++) {
    g_assert_false (choose (f));
    mp4_push (f->video, i * 20000, i * 20000, 1, TRUE);
  }
  g_assert_true (choose (f));
}

static void
test_bounded_in_time (Fixture *f, gconstpointer data)
{
  push_video (f, 0, 10000, 1000);
  g_assert_false (choose (f));
  push_video (f, 10000, 10040, 1000);
  assert_cut (f, G_MAXINT64);
}

static void
test_bounded_in_bytes (Fixture *f, gconstpointer data)
{
  push_video (f, 0, 400, GST_PIN_MP4_HOLD_BYTES / 10 - 600);
  g_assert_false (choose (f));
  push_video (f, 400, 440, 2000);
  g_assert_true (choose (f));
}

static void
test_gap_and_end_count (Fixture *f, gconstpointer data)
{
  push_video (f, 0, 1400, 1000);
  f->audio->reached = 1100 * MS;
  assert_cut (f, 1000 * MS);
  f->audio->reached = GST_PIN_MP4_NO_TIME;
  g_assert_false (choose (f));
  f->audio->ended = TRUE;
  g_assert_true (choose (f));
}

static void
test_fragment_at_sync (Fixture *f, gconstpointer data)
{
  plan (f, 3000, FALSE);
  push_video (f, 0, 2400, 1000);
  push_audio (f, 0, 2200);
  g_assert_false (choose_fragment (f));
  push_video (f, 2400, 4400, 1000);
  push_audio (f, 2200, 3900);
  g_assert_false (choose_fragment (f));
  push_audio (f, 3900, 4100);
  assert_fragment (f, 4000 * MS);
}

/* Pictures of @size bytes, none of which another fragment could begin with */
static void
push_delta (Fixture *f, guint from, guint to, guint size)
{
  for (; from < to; from += 40)
    mp4_push (f->video, from * MS, from * MS, size, FALSE);
}

/* A fragment does not wait for sound for ever either, nor for a sync sample */
static void
test_fragment_bounded_in_time (Fixture *f, gconstpointer data)
{
  plan (f, 1000, FALSE);
  push_delta (f, 0, 10000, 1000);
  g_assert_false (choose_fragment (f));
  push_delta (f, 10000, 10040, 1000);
  assert_fragment (f, G_MAXINT64);
}

static void
test_fragment_bounded_in_bytes (Fixture *f, gconstpointer data)
{
  const guint size = GST_PIN_MP4_FRAGMENT_HOLD_BYTES / 50 - 600;

  plan (f, 1000, FALSE);
  push_delta (f, 0, 2000, size);
  g_assert_false (choose_fragment (f));
  push_delta (f, 2000, 2040, 40000);
  assert_fragment (f, G_MAXINT64);
}

static void
test_fragment_bounded_in_bytes_at_sync (Fixture *f, gconstpointer data)
{
  plan (f, 1000, FALSE);
  push_video (f, 40, 2040, GST_PIN_MP4_FRAGMENT_HOLD_BYTES / 50 - 600);
  g_assert_false (choose_fragment (f));
  push_video (f, 2040, 2080, 40000);
  assert_fragment (f, 2000 * MS);
}

/* As short as half a second where no sync sample comes before that, or as a
 * fragment is wanted to be */
static void
test_first_fragment_is_early (Fixture *f, gconstpointer data)
{
  plan (f, 3000, TRUE);
  push_video (f, 2000, 2600, 1000);
  push_audio (f, 2000, 2480);
  g_assert_false (choose_fragment (f));
  push_audio (f, 2480, 2540);
  assert_fragment (f, 2500 * MS);
  plan (f, 120, TRUE);
  assert_fragment (f, 2120 * MS);
}

static void
test_first_fragment_at_sync (Fixture *f, gconstpointer data)
{
  plan (f, 3000, TRUE);
  push_video (f, 1680, 2400, 1000);
  push_audio (f, 1680, 2400);
  assert_fragment (f, 2000 * MS);
}

static void
test_header_waits (Fixture *f, gconstpointer data)
{
  plan (f, 1000, TRUE);
  f->audio->timescale = 0;
  push_video (f, 0, 9000, 1000);
  g_assert_false (choose_fragment (f));
  push_video (f, 9000, 13000, 1000);
  assert_fragment (f, 500 * MS);
}

static void
test_header_waits_for_bytes (Fixture *f, gconstpointer data)
{
  plan (f, 1000, TRUE);
  f->audio->timescale = 0;
  push_video (f, 0, 1000, GST_PIN_MP4_FRAGMENT_HOLD_BYTES / 25 - 600);
  g_assert_false (choose_fragment (f));
  push_video (f, 1000, 1040, 20000);
  assert_fragment (f, 500 * MS);
}

/* Cues wait for the header, however many they are */
static void
test_text_waits_for_header (Fixture *f, gconstpointer data)
{
  GstPinMp4Track *text = gst_pin_mp4_track_new (3, GST_PIN_MP4_TEXT);

  g_ptr_array_add (f->tracks, text);
  gst_pin_mp4_track_set_entry (text, gst_pin_mp4_entry_new_text (), FALSE);
  mp4_push (text, 0, 0, GST_PIN_MP4_TEXT_HOLD_BYTES, TRUE);
  plan (f, 1000, TRUE);
  g_assert_false (choose_fragment (f));
  plan (f, 1000, FALSE);
  assert_fragment (f, G_MININT64);
}

/* Cues may come all at once, or never: sound and picture go on as before, and
 * what lies far ahead waits for them, within a bound */
static void
test_text_has_no_say (Fixture *f, gconstpointer data)
{
  GstPinMp4Track *text = gst_pin_mp4_track_new (3, GST_PIN_MP4_TEXT);
  guint i;

  g_ptr_array_add (f->tracks, text);
  gst_pin_mp4_track_set_entry (text, gst_pin_mp4_entry_new_text (), FALSE);
  push_video (f, 0, 1400, 1000);
  push_audio (f, 0, 900);
  for (i = 0; i < 100; i++)
    mp4_push (text, i * 1000 * MS, i * 1000 * MS, 1000, TRUE);
  g_assert_false (choose (f));
  push_audio (f, 900, 1040);
  assert_cut (f, 1000 * MS);
  g_assert_cmpuint (gst_pin_mp4_track_split_before (text, f->cut.text_time), ==,
      1);
  f->audio->reached = GST_PIN_MP4_NO_TIME;
  push_video (f, 1400, 10040, 1000);
  assert_cut (f, G_MAXINT64);
  g_assert_cmpint (f->cut.text_time, ==, 10000 * MS);
  for (i = 0; i < 10; i++)
    mp4_push (text, G_MAXINT64, G_MAXINT64, 100000, TRUE);
  assert_cut (f, G_MININT64);
  g_assert_cmpint (f->cut.text_time, ==, G_MAXINT64);
}

/* A time that jumps by years is not cut into seconds on the way */
static void
test_silence (Fixture *f, gconstpointer data)
{
  gint64 year = 365 * 24 * 3600 * (gint64) GST_SECOND;

  plan (f, 1000, FALSE);
  f->video->ended = TRUE;
  mp4_push (f->audio, 10 * year + 300 * MS, 10 * year + 300 * MS, 100, TRUE);
  mp4_push (f->audio, 10 * year + 3000 * MS, 10 * year + 3000 * MS, 100, TRUE);
  g_assert_true (choose_fragment (f));
  g_assert_cmpint (f->cut.time, ==, 10 * year + 1000 * MS);
}

#define ADD(name, func) \
    g_test_add ("/mp4-interleave/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("waits-for-both", test_waits_for_both);
  ADD ("cut-does-not-depend-on-arrival", test_cut_does_not_depend_on_arrival);
  ADD ("limit-does-not-depend-on-arrival",
      test_limit_does_not_depend_on_arrival);
  ADD ("bounded-in-time", test_bounded_in_time);
  ADD ("bounded-in-bytes", test_bounded_in_bytes);
  ADD ("bounded-in-number", test_bounded_in_number);
  ADD ("gap-and-end-count", test_gap_and_end_count);
  ADD ("fragment-at-sync", test_fragment_at_sync);
  ADD ("first-fragment-is-early", test_first_fragment_is_early);
  ADD ("first-fragment-at-sync", test_first_fragment_at_sync);
  ADD ("header-waits", test_header_waits);
  ADD ("fragment-bounded-in-time", test_fragment_bounded_in_time);
  ADD ("fragment-bounded-in-bytes", test_fragment_bounded_in_bytes);
  ADD ("fragment-bounded-in-bytes-at-sync",
      test_fragment_bounded_in_bytes_at_sync);
  ADD ("header-waits-for-bytes", test_header_waits_for_bytes);
  ADD ("text-waits-for-header", test_text_waits_for_header);
  ADD ("silence", test_silence);
  ADD ("text-has-no-say", test_text_has_no_say);
  return g_test_run ();
}
