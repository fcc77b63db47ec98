/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The size of a header that nobody can know yet. The duration tells it best. Where
 * there is none, what has come so far and the size of the source tell how long
 * it may get; what comes later may take fewer bytes for each sample, so such a
 * guess has a margin, eightfold as long as that costs little of the whole. Only
 * samples that have been written count: how many more wait differs from run to run.
 */
#include "mp4-reserve-private.h"

/* Where nothing says how much is to come: does for some seven minutes, with
 * sound, at 30 pictures a second */
#define BLIND_RESERVE (256 * 1024)
/* Does for some twenty hours; a duration that lies costs no more of the disk */
#define MAX_RESERVE (64 * 1024 * 1024)
/* The part of the whole that is not too much for a margin */
#define CHEAP 64

/* From the first to the last sample written, ns */
static gint64
get_span (const GstPinMp4Track *track)
{
  if (gst_pin_mp4_table_get_n_samples (track->table) < 2)
    return 0;
  return gst_pin_mp4_track_to_ns (track,
      gst_pin_mp4_table_get_last_dts (track->table) - track->first_dts);
}

/* What the table of a track is going to take at worst: a video sample 21 bytes
 * (size, run of durations, run of offsets, sync now and then), a sound
 * sample 4 and a run for one in ten */
static guint64
estimate_track (const GstPinMp4Track *track, GstClockTime duration)
{
  guint64 seconds = duration / GST_SECOND + 1, samples;
  guint n = gst_pin_mp4_table_get_n_samples (track->table);
  gint64 span = get_span (track);

  if (track->kind == GST_PIN_MP4_TEXT)
    return 4096 + seconds * 40;
  if (track->kind == GST_PIN_MP4_AUDIO) {
    samples = track->frame_ticks > 0
        ? seconds * track->timescale / track->frame_ticks : seconds * 47;
    return 2048 + samples * 5 + seconds * 12;
  }
  samples = span > 0 ? gst_util_uint64_scale (n + 1, duration, span)
      : seconds * 60;
  samples = CLAMP (samples, seconds * 30, seconds * 240);
  return 4096 + samples * 21 + samples / 10 + seconds * 12;
}

/* What a movie of @duration is going to need at worst */
static guint64
estimate_moov (const GstPinMp4Movie *movie, GstClockTime duration)
{
  GstPinMp4Box tags = { 0, };
  guint64 size = 4096;
  guint i;

  gst_pin_mp4_movie_write_moov (movie, &tags, 0, TRUE);
  for (i = 0; i < movie->tracks->len; i++)
    size += estimate_track (movie->tracks->pdata[i], duration);
  size += tags.size;
  gst_pin_mp4_box_clear (&tags);
  return size;
}

/* If what is to come is like what has come so far: the size of the source says
 * how long that goes on */
static GstClockTime
guess_duration (const GstPinMp4Movie *movie, guint64 source_size,
    guint64 payload)
{
  guint64 span = 0;
  guint i;

  for (i = 0; i < movie->tracks->len; i++) {
    const GstPinMp4Track *track = movie->tracks->pdata[i];

    if (track->kind != GST_PIN_MP4_TEXT)
      span = MAX (span, (guint64) get_span (track));
  }
  return gst_util_uint64_scale (span, source_size, MAX (payload, 1));
}

gsize
gst_pin_mp4_reserve_choose (const GstPinMp4Movie *movie, guint64 source_size,
    guint64 payload)
{
  guint64 size = BLIND_RESERVE;

  if (GST_CLOCK_TIME_IS_VALID (movie->duration)) {
    size = estimate_moov (movie, movie->duration);
  } else if (source_size > 0) {
    guint64 guess = estimate_moov (movie, guess_duration (movie, source_size,
            payload));

    size = CLAMP (source_size / CHEAP, 2 * guess, 8 * guess);
  }
  return MIN (size, MAX_RESERVE);
}
