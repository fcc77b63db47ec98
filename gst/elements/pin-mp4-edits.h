/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Edit lists of an MP4's index.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* One track's beginning, on the timeline that all tracks share (nanoseconds,
 * may be negative). known FALSE: leave that track as it is. */
typedef struct
{
  gboolean known;
  gint64 first_pts;             /* of its first sample in decoding order */
  gint64 first_dts;             /* media time 0 */
  gint64 begin;                 /* what lies before is decoded, not shown */
  gint64 end;                   /* of the sample that is shown last; so far */
} GstPinMp4Edit;

gboolean gst_pin_mp4_is_moov (GstBuffer * buffer);
GstBuffer *gst_pin_mp4_edits_apply (GstBuffer * moov,
    const GstPinMp4Edit * edits, guint n_edits);

G_END_DECLS
