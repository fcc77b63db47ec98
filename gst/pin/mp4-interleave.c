/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The time that every live track has reached is the floor: nothing before it can
 * still come. Where to cut is found in the samples before the floor alone, so it
 * is the same whichever track was faster, and so is the file. A track that
 * lags, or never begins, keeps the floor down; then the bounds on time and bytes
 * decide, and what is there is written without it, whatever that is.
 *
 * A text track is sparse, and its cues may all come at once or late: it has no
 * say in any of this. What it has is written when the others come by its time, or
 * when it has become too much to keep.
 */
#include "mp4-interleave-private.h"

/* What waits, over all tracks */
typedef struct
{
  gsize held, text_held;
  gsize cost;                   /* held, and what holding it takes */
  gint64 oldest, newest;        /* dts of the first and the last sample */
  gint64 floor;
  gint64 lag;                   /* of the last track behind the first one */
  gboolean all_known;           /* every live track has its sample entry */
} Waiting;

static Waiting
look (const GPtrArray *tracks)
{
  Waiting waiting = { .all_known = TRUE };
  guint i;

  waiting.oldest = waiting.floor = G_MAXINT64;
  waiting.newest = G_MININT64;
  for (i = 0; i < tracks->len; i++) {
    const GstPinMp4Track *track = tracks->pdata[i];
    const GArray *pieces = track->pieces;

    if (!track->ended && track->timescale == 0)
      waiting.all_known = FALSE;
    if (track->kind == GST_PIN_MP4_TEXT) {
      waiting.text_held += track->held;
      continue;
    }
    if (!track->ended)
      waiting.floor = MIN (waiting.floor, track->reached);
    if (pieces->len == 0)
      continue;
    waiting.held += track->held;
    waiting.cost += track->held + pieces->len * GST_PIN_MP4_PIECE_BYTES;
    waiting.oldest = MIN (waiting.oldest,
        g_array_index (pieces, GstPinMp4Piece, 0).time);
    waiting.newest = MAX (waiting.newest, track->reached);
  }
  if (waiting.floor == G_MAXINT64)
    waiting.floor = waiting.newest;
  if (waiting.held > 0)
    waiting.lag = waiting.newest - MAX (waiting.floor, waiting.oldest);
  return waiting;
}

gint64
gst_pin_mp4_cut_get_time (const GstPinMp4Cut *cut, GstPinMp4Kind kind)
{
  if (kind == GST_PIN_MP4_TEXT)
    return cut->text_time;
  return kind == GST_PIN_MP4_VIDEO ? cut->video_time : cut->time;
}

static gboolean
cut_at (GstPinMp4Cut *cut, gint64 time, gint64 video_time)
{
  cut->time = cut->text_time = time;
  cut->video_time = video_time;
  return TRUE;
}

/* All that there is of sound and picture */
static gboolean
cut_behind (GstPinMp4Cut *cut, const Waiting *waiting)
{
  cut_at (cut, G_MAXINT64, G_MAXINT64);
  cut->text_time = waiting->newest;
  return TRUE;
}

static gboolean
cut_text (GstPinMp4Cut *cut)
{
  cut_at (cut, G_MININT64, G_MININT64);
  cut->text_time = G_MAXINT64;
  return TRUE;
}

static gsize
get_bytes_before (const GPtrArray *tracks, gint64 time)
{
  gsize bytes = 0;
  guint i;

  for (i = 0; i < tracks->len; i++) {
    const GstPinMp4Track *track = tracks->pdata[i];

    if (track->kind != GST_PIN_MP4_TEXT)
      bytes += gst_pin_mp4_track_get_bytes_before (track, time);
  }
  return bytes;
}

/* The first of the steps of length @step from the oldest sample on, up to the
 * @n-th, that has @bytes before it; the last one needs none. FALSE: the floor has
 * not come to it. */
static gboolean
find_step (const GPtrArray *tracks, const Waiting *waiting, gint64 step,
    guint n, gsize bytes, gint64 *time)
{
  guint i = waiting->held < bytes ? n : 1;

  for (; i <= n; i++) {
    *time = waiting->oldest + i * step;
    if (*time > waiting->floor)
      return FALSE;
    if (i == n || get_bytes_before (tracks, *time) >= bytes)
      return TRUE;
  }
  return FALSE;
}

static gboolean
choose_chunk (const GPtrArray *tracks, const Waiting *waiting,
    GstPinMp4Cut *cut)
{
  gint64 time;

  if (find_step (tracks, waiting, GST_PIN_MP4_CHUNK_TIME / 4, 4,
          GST_PIN_MP4_BATCH_BYTES, &time))
    return cut_at (cut, time, time);
  if (waiting->cost >= GST_PIN_MP4_HOLD_BYTES
      || waiting->lag >= (gint64) GST_PIN_MP4_HOLD_TIME)
    return cut_behind (cut, waiting);
  return FALSE;
}

/* The first sync sample at or after @time that is not the very first of what
 * waits: its dts is where video is cut, its pts where sound is */
static gboolean
find_sync (const GstPinMp4Track *video, gint64 time, GstPinMp4Cut *cut)
{
  guint i;

  for (i = 1; i < video->pending->len; i++) {
    const GstPinMp4Pending *sample =
        &g_array_index (video->pending, GstPinMp4Pending, i);
    gint64 dts;

    if (!sample->sync)
      continue;
    dts = gst_pin_mp4_track_to_ns (video, sample->dts);
    if (dts >= time)
      return cut_at (cut, gst_pin_mp4_track_to_ns (video,
              sample->dts + sample->offset), dts);
  }
  return FALSE;
}

static const GstPinMp4Track *
find_video (const GPtrArray *tracks)
{
  guint i;

  for (i = 0; i < tracks->len; i++) {
    const GstPinMp4Track *track = tracks->pdata[i];

    if (track->kind == GST_PIN_MP4_VIDEO
        && (track->pieces->len > 0 || !track->ended))
      return track;
  }
  return NULL;
}

/* The first fragment is there to be early: it need not last until the next
 * sync sample, since what follows it is going to be read, too */
static gboolean
find_end (const GstPinMp4FragmentPlan *plan, const GstPinMp4Track *video,
    GstPinMp4Cut *cut)
{
  gint64 end = plan->start + (gint64) plan->duration;

  if (!plan->first)
    return video ? find_sync (video, end, cut) : cut_at (cut, end, end);
  end = MIN (end, plan->start + (gint64) GST_PIN_MP4_FIRST_FRAGMENT_TIME);
  if (video && find_sync (video, plan->start, cut) && cut->video_time <= end)
    return TRUE;
  return cut_at (cut, end, end);
}

/* Moves the plan's start by whole fragments of nothing, however many: a time that
 * jumps may be years ahead, and nobody cuts years into seconds */
static void
skip_silence (GstPinMp4FragmentPlan *plan, gint64 oldest)
{
  gint64 silence = oldest - plan->start;

  if (silence >= (gint64) plan->duration)
    plan->start += silence - silence % (gint64) plan->duration;
}

/* Where a fragment that has become too large or too long ends, sync sample or
 * not */
static gboolean
find_limit (const GPtrArray *tracks, const GstPinMp4FragmentPlan *plan,
    const Waiting *waiting, gint64 *time)
{
  const gint64 step = GST_SECOND / 2;
  const gint64 longest = 2 * plan->duration + GST_PIN_MP4_FRAGMENT_SLACK;

  return find_step (tracks, waiting, step, longest / step,
      GST_PIN_MP4_FRAGMENT_BYTES, time);
}

static gboolean
choose_fragment (const GPtrArray *tracks, GstPinMp4FragmentPlan *plan,
    const Waiting *waiting, GstPinMp4Cut *cut)
{
  const GstPinMp4Track *video = find_video (tracks);
  gboolean full = waiting->cost >= GST_PIN_MP4_FRAGMENT_HOLD_BYTES, found;
  gint64 limit;

  if (plan->first)
    plan->start = waiting->oldest;
  else if (!video)
    skip_silence (plan, waiting->oldest);
  if (plan->first && !waiting->all_known && !full
      && waiting->newest - waiting->oldest < (gint64) GST_PIN_MP4_HOLD_TIME)
    return FALSE;
  found = find_end (plan, video, cut);
  if (!plan->first && find_limit (tracks, plan, waiting, &limit)
      && (!found || limit < cut->video_time))
    return cut_at (cut, limit, limit);
  if (found)
    return full || waiting->floor >= cut->time
        || waiting->newest - cut->time >= (gint64) GST_PIN_MP4_HOLD_TIME;
  return (full || waiting->lag >= (gint64) GST_PIN_MP4_HOLD_TIME)
      && cut_behind (cut, waiting);
}

gboolean
gst_pin_mp4_interleave_choose (const GPtrArray *tracks,
    GstPinMp4FragmentPlan *fragment, GstPinMp4Cut *cut)
{
  Waiting waiting = look (tracks);

  if (waiting.text_held >= GST_PIN_MP4_TEXT_HOLD_BYTES
      && !(fragment && fragment->first))
    return cut_text (cut);
  if (waiting.held == 0)
    return FALSE;
  return fragment ? choose_fragment (tracks, fragment, &waiting, cut)
      : choose_chunk (tracks, &waiting, cut);
}
