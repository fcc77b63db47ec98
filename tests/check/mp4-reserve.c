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

/* A movie, what is known of it, and how much of the reserve its header takes */
typedef struct
{
  const gchar *name;
  gint64 seconds;
  guint size, later;            /* of a picture in the first two seconds, and
                                 * then */
  gboolean by_duration, by_size;
  guint least, most;            /* percent */
} Case;

static const Case cases[] = {
  {"by-duration", 3600, 20000, 20000, TRUE, FALSE, 40, 100},
  {"by-size", 3600, 20000, 20000, FALSE, TRUE, 5, 50},
  /* A lively beginning, and pictures a fifth as large later */
  {"by-size-with-margin", 3600, 20000, 4000, FALSE, TRUE, 20, 100},
  {"by-size-low-rate", 3600, 700, 700, FALSE, TRUE, 20, 50},
  {"blind", 420, 20000, 20000, FALSE, FALSE, 70, 100},
};

static void
test_reserve (Fixture *f, gconstpointer data)
{
  const Case *c = data;
  guint64 total = 0, reserve, size = 0;
  GstPinMp4Box box = { 0, };
  gint64 second;

  f->movie.duration = c->by_duration ? (GstClockTime) (c->seconds * SEC)
      : GST_CLOCK_TIME_NONE;
  for (second = 0; second < 2; second++)
    total += add_second (f, second, c->size);
  if (c->by_size)
    size = total + (c->seconds - 2) * (25 * c->later + 47 * 300);
  reserve = gst_pin_mp4_reserve_choose (&f->movie, size, total);
  for (; second < c->seconds; second++)
    add_second (f, second, c->later);
  gst_pin_mp4_movie_write_moov (&f->movie, &box, 0, FALSE);
  g_assert_cmpuint (box.size * 100, >=, reserve * c->least);
  g_assert_cmpuint (box.size * 100, <=, reserve * c->most);
  gst_pin_mp4_box_clear (&box);
}

int
main (int argc, char **argv)
{
  guint i;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/mp4-reserve/", cases[i].name, NULL);

    g_test_add (path, Fixture, &cases[i], set_up, test_reserve, tear_down);
  }
  return g_test_run ();
}
