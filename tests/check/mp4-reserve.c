/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The room set aside is enough for the header that comes in the end, and not
 * far more: by the duration, by the size of the source, and blindly.
 */
#include "mp4-reserve-private.h"
#include "mp4-make.h"

#define SEC ((gint64) GST_SECOND)

typedef struct
{
  GstPinMp4Movie movie;
  GstPinMp4Track *video, *audio;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  memset (&f->movie, 0, sizeof (f->movie));
  f->movie.tracks = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_pin_mp4_track_free);
  f->video = gst_pin_mp4_track_new (1, GST_PIN_MP4_VIDEO);
  f->audio = gst_pin_mp4_track_new (2, GST_PIN_MP4_AUDIO);
  g_ptr_array_add (f->movie.tracks, f->video);
  g_ptr_array_add (f->movie.tracks, f->audio);
  gst_pin_mp4_track_set_entry (f->video, mp4_make_entry (GST_PIN_MP4_VIDEO,
          90000, 0, "vide"), FALSE);
  gst_pin_mp4_track_set_entry (f->audio, mp4_make_entry (GST_PIN_MP4_AUDIO,
          48000, 1024, "soun"), FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_ptr_array_unref (f->movie.tracks);
}

/* One second more, at 25 pictures of @size bytes and with sound; the tables get
 * every sample, with offsets as B-frames have them. Returns its bytes. */
static guint64
add_second (Fixture *f, gint64 second, guint size)
{
  guint i;

  gst_pin_mp4_table_begin_chunk (f->video->table, 0, 0);
  gst_pin_mp4_table_begin_chunk (f->audio->table, 0, 0);
  for (i = 0; i < 25; i++) {
    gint64 dts = second * SEC + i * SEC / 25;

    mp4_push (f->video, dts, dts, size, i == 0);
    gst_pin_mp4_table_add (f->video->table, (second * 25 + i) * 3600,
        i * 7919 % 5 * 3600, size + i, i == 0);
  }
  for (i = 0; i < 47; i++) {
    gint64 dts = second * SEC + i * SEC / 47;

    mp4_push (f->audio, dts, dts, 300, TRUE);
    gst_pin_mp4_table_add (f->audio->table, (second * 47 + i) * 1024, 0,
        300 + i % 40, TRUE);
  }
  gst_pin_mp4_track_clear_pieces (f->video);
  gst_pin_mp4_track_clear_pieces (f->audio);
  return 25 * (guint64) size + 47 * 300;
}

/* Chooses after two seconds, then goes on at @later bytes a picture up to
 * @seconds. Returns how much of the reserve the header takes, in percent. */
static guint
run (Fixture *f, gint64 seconds, guint size, guint later, gboolean by_duration,
    gboolean by_size)
{
  guint64 total = 0, reserve;
  GstPinMp4Box box = { 0, };
  gint64 second;

  for (second = 0; second < 2; second++)
    total += add_second (f, second, size);
  reserve = gst_pin_mp4_reserve_choose (&f->movie,
      by_duration ? (GstClockTime) (seconds * SEC) : GST_CLOCK_TIME_NONE,
      by_size ? 2 * (guint64) (25 * size + 47 * 300)
      + (seconds - 2) * (25 * later + 47 * 300) : 0, total);
  for (; second < seconds; second++)
    add_second (f, second, later);
  gst_pin_mp4_movie_write_moov (&f->movie, &box, 0, FALSE);
  seconds = box.size * 100 / reserve;
  gst_pin_mp4_box_clear (&box);
  return seconds;
}

static void
assert_between (guint percent, guint low, guint high)
{
  g_assert_cmpuint (percent, >=, low);
  g_assert_cmpuint (percent, <=, high);
}

static void
test_by_duration (Fixture *f, gconstpointer data)
{
  assert_between (run (f, 3600, 20000, 20000, TRUE, FALSE), 40, 100);
}

static void
test_by_size (Fixture *f, gconstpointer data)
{
  assert_between (run (f, 3600, 20000, 20000, FALSE, TRUE), 5, 50);
}

/* A lively beginning, and pictures a fifth as large later */
static void
test_by_size_with_margin (Fixture *f, gconstpointer data)
{
  assert_between (run (f, 3600, 20000, 4000, FALSE, TRUE), 20, 100);
}

static void
test_by_size_low_rate (Fixture *f, gconstpointer data)
{
  assert_between (run (f, 3600, 700, 700, FALSE, TRUE), 20, 50);
}

static void
test_blind (Fixture *f, gconstpointer data)
{
  assert_between (run (f, 420, 20000, 20000, FALSE, FALSE), 70, 100);
}

#define ADD(name, func) \
    g_test_add ("/mp4-reserve/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("by-duration", test_by_duration);
  ADD ("by-size", test_by_size);
  ADD ("by-size-with-margin", test_by_size_with_margin);
  ADD ("by-size-low-rate", test_by_size_low_rate);
  ADD ("blind", test_blind);
  return g_test_run ();
}
