/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The time that every live track has reached is the floor: nothing before it can
 * still come, so everything before it can be written in order. A track that
 * lags, or never begins, keeps the floor down; then the bounds on time and bytes
 * decide, and what is there is written without it.
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
  gint64 oldest, newest;        /* dts of the first and the last piece */
  gint64 floor;
  gboolean all_known;           /* every live track has its sample entry */
} Waiting;

static Waiting
look (const GPtrArray *tracks)
{
  Waiting waiting = { 0, 0, G_MAXINT64, G_MININT64, G_MAXINT64, TRUE };
  guint i;

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
    waiting.oldest = MIN (waiting.oldest,
        g_array_index (pieces, GstPinMp4Piece, 0).time);
    waiting.newest = MAX (waiting.newest,
        g_array_index (pieces, GstPinMp4Piece, pieces->len - 1).time);
  }
  if (waiting.floor == G_MAXINT64)
    waiting.floor = waiting.newest;
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

static gboolean
choose_chunk (const Waiting *waiting, GstPinMp4Cut *cut)
{
  gint64 ready = waiting->floor == GST_PIN_MP4_NO_TIME ? 0
      : waiting->floor - waiting->oldest;

  if (ready >= (gint64) GST_PIN_MP4_CHUNK_TIME
      || (waiting->held >= GST_PIN_MP4_BATCH_BYTES
          && ready >= (gint64) GST_PIN_MP4_CHUNK_TIME / 4))
    return cut_at (cut, waiting->floor, waiting->floor);
  if (waiting->held >= GST_PIN_MP4_HOLD_BYTES
      || waiting->newest - waiting->oldest >= (gint64) GST_PIN_MP4_HOLD_TIME)
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

static gboolean
choose_fragment (const GPtrArray *tracks, GstPinMp4FragmentPlan *plan,
    const Waiting *waiting, GstPinMp4Cut *cut)
{
  const GstPinMp4Track *video = find_video (tracks);
  gint64 span = waiting->newest - waiting->oldest, slack;
  gboolean found;

  if (plan->first)
    plan->start = waiting->oldest;
  else if (!video)
    skip_silence (plan, waiting->oldest);
  found = find_end (plan, video, cut);
  slack = plan->first && !waiting->all_known ? GST_PIN_MP4_HEADER_HOLD_TIME
      : GST_PIN_MP4_HOLD_TIME;

  if (waiting->held >= GST_PIN_MP4_FRAGMENT_HOLD_BYTES)
    return found ? TRUE : cut_behind (cut, waiting);
  if (plan->first && !waiting->all_known && span < slack)
    return FALSE;
  if (found)
    return waiting->floor >= cut->time || waiting->newest - cut->time >= slack;
  if (span >= 2 * (gint64) plan->duration + 5 * slack)
    return cut_behind (cut, waiting);
  return FALSE;
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
      : choose_chunk (&waiting, cut);
}
