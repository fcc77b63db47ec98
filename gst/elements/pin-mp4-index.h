/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an MP4's moov and moof boxes say: tracks, and where their samples lie.
 */
#pragma once

#include <gst/gst.h>

#include "pin-mp4-atom.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 id;
  gchar handler[5];             /* "vide", "soun", … */
  guint32 timescale;
  GstCaps *caps;
  GstTagList *tags;             /* how to turn the picture; NULL: not at all */
  gint64 shift;                 /* media time to presentation time, in ns */
  gint64 dts_shift;             /* in the track's time scale: where composition
                                 * offsets are negative, decoding times come
                                 * this much earlier */
  gboolean has_samples;         /* dts_shift is final */
  gboolean broken;              /* the clock may be another one from here on */

  /* For fragments: what moov and the last fragment leave behind */
  guint32 default_duration, default_size, default_flags;
  gint64 next_dts;              /* in the track's time scale */
} GstPinMp4IndexTrack;

/* One sample. Times are the track's, in its time scale. */
typedef struct
{
  guint64 offset;
  gint64 dts;
  gint32 ctts;
  guint32 duration;
  guint32 size;
  guint16 track;                /* index into tracks */
  guint16 sync;
} GstPinMp4IndexSample;

typedef struct
{
  GPtrArray *tracks;            /* of GstPinMp4IndexTrack */
  GArray *samples;              /* of GstPinMp4IndexSample, by offset */
  guint32 movie_timescale;
  gboolean fragmented;
} GstPinMp4Index;

GstPinMp4Index *gst_pin_mp4_index_new (void);
void gst_pin_mp4_index_free (GstPinMp4Index * self);
gboolean gst_pin_mp4_index_read_moov (GstPinMp4Index * self,
    const GstPinMp4Atom * moov, GError ** error);
gboolean gst_pin_mp4_index_read_moof (GstPinMp4Index * self,
    const GstPinMp4Atom * moof, guint64 position, GError ** error);
GstClockTime gst_pin_mp4_index_find_duration (const GstPinMp4Index * self);
gint64 gst_pin_mp4_index_scale (const GstPinMp4IndexTrack * track,
    gint64 time);

GstCaps *gst_pin_mp4_entry_read (const GstPinMp4Atom * stsd,
    const gchar * handler);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Index, gst_pin_mp4_index_free)

G_END_DECLS
