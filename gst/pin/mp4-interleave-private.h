/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When to write, and how far: the decision that keeps tracks side by side in the
 * file and bounds what waits in memory. Pure functions on tracks.
 */
#pragma once

#include "mp4-track-private.h"

G_BEGIN_DECLS

/* A chunk of each track is this long where nothing forces it to be other */
#define GST_PIN_MP4_CHUNK_TIME (1 * GST_SECOND)
/* Chunks of this many bytes are shorter, by steps of a quarter */
#define GST_PIN_MP4_BATCH_BYTES (1024 * 1024)
/* One track waits for another no longer than this: what hlsdemux gives of
 * packed audio has a time once a segment, so a whole one may be ahead */
#define GST_PIN_MP4_HOLD_TIME (10 * GST_SECOND)
#define GST_PIN_MP4_HOLD_BYTES (4 * 1024 * 1024)
/* What a buffer that waits takes at least, so that tiny ones are bounded, too */
#define GST_PIN_MP4_PIECE_BYTES 512
/* Fragmented: the first fragment is as short as this; the others go up to a
 * sync sample, unless none comes within so many bytes, or so long after two
 * fragments could have been full; and what waits, for the header too, is bounded */
#define GST_PIN_MP4_FIRST_FRAGMENT_TIME (GST_SECOND / 2)
#define GST_PIN_MP4_FRAGMENT_BYTES (6 * 1024 * 1024)
#define GST_PIN_MP4_FRAGMENT_SLACK (10 * GST_SECOND)
#define GST_PIN_MP4_FRAGMENT_HOLD_BYTES (8 * 1024 * 1024)

/* What text may be ahead of sound and picture by */
#define GST_PIN_MP4_TEXT_HOLD_BYTES (1024 * 1024)

/* Pieces that begin before @time can be written; those of video and of text
 * tracks have a time of their own. */
typedef struct
{
  gint64 time, video_time, text_time;   /* ns */
} GstPinMp4Cut;

gint64 gst_pin_mp4_cut_get_time (const GstPinMp4Cut * cut,
    GstPinMp4Kind kind);

typedef struct
{
  gint64 start;                 /* of the fragment that is being collected; set
                                 * by the interleaver for the first */
  GstClockTime duration;        /* wanted */
  gboolean first;
} GstPinMp4FragmentPlan;

/* FALSE: wait. @fragment: NULL where the file is not fragmented */
gboolean gst_pin_mp4_interleave_choose (const GPtrArray * tracks,
    GstPinMp4FragmentPlan * fragment, GstPinMp4Cut * cut);

G_END_DECLS
