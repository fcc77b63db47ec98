/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One track: what is known of it, the samples that wait to be written, and
 * the table of those that have been. Made and owned by the writer; whoever calls
 * the writer holds its lock.
 */
#pragma once

#include "mp4-entry-private.h"
#include "mp4-table-private.h"

G_BEGIN_DECLS

#define GST_PIN_MP4_NO_TIME G_MININT64

/* A sample as it comes: times in nanoseconds of running time, signed;
 * GST_PIN_MP4_NO_TIME: not known */
typedef struct
{
  gint64 pts, dts;
  guint64 duration;             /* 0: not known */
  guint32 size;
  gboolean sync;
} GstPinMp4Sample;

/* A sample that waits: times in the track's timescale */
typedef struct
{
  gint64 dts;
  gint32 offset;                /* pts - dts */
  guint32 duration;             /* what is expected; 0: not known */
  guint32 size;
  gboolean sync;
} GstPinMp4Pending;

/* One buffer of samples that wait */
typedef struct
{
  GstBuffer *data;
  gsize size;
  guint n_samples;
  guint entry;
  gint64 time;                  /* dts of the first, ns */
} GstPinMp4Piece;

typedef struct
{
  guint id;
  GstPinMp4Kind kind;
  gchar language[4];            /* ISO 639-2/T; "und" */
  gboolean ended;
  gboolean keeps_leading;       /* shows what lies before time 0 */
  gboolean announced;           /* text: its language is known, or a cue has
                                 * come, which need not be a sample yet */
  GPtrArray *entries;           /* of GstPinMp4Entry */
  guint current;                /* the one that holds now */
  gboolean refused;             /* none of them does: what comes is left out */
  GBytes *in_band;              /* fragmented: what sync samples need since their
                                 * entry is not in the header; or NULL */
  guint32 timescale;            /* 0: no entry yet */
  guint frame_ticks;

  GArray *pieces;               /* of GstPinMp4Piece */
  GArray *pending;              /* of GstPinMp4Pending */
  gsize held;                   /* bytes of pieces */
  gint64 reached;               /* every sample before it has come, ns */

  guint64 n_samples;            /* ever */
  gint64 first_dts, last_dts;   /* ticks of running time */
  gint64 last_pts;
  gint64 min_pts, end_pts;
  gint64 known_end;             /* the same without the last sample, of which
                                 * nobody knows yet how long it is shown */
  guint32 last_duration;

  GstPinMp4Table *table;        /* not used by fragmented files */
  guint header_entries;         /* fragmented: how many the moov has */
  gint64 origin;                /* fragmented: running time of media time 0 */
} GstPinMp4Track;

GstPinMp4Track *gst_pin_mp4_track_new (guint id, GstPinMp4Kind kind);
void gst_pin_mp4_track_free (GstPinMp4Track * self);

/* What follows is of @entry (transfer full). @replaces: so is what came
 * before, and @entry is the better word for it. FALSE: the header of the file
 * cannot say that any more, so what follows is left out until an entry comes
 * that it has. */
gboolean gst_pin_mp4_track_set_entry (GstPinMp4Track * self,
    GstPinMp4Entry * entry, gboolean replaces);

/* @data: (transfer full) @n samples, one behind the other */
void gst_pin_mp4_track_push (GstPinMp4Track * self, GstBuffer * data,
    const GstPinMp4Sample * samples, guint n);

gint64 gst_pin_mp4_track_to_ticks (const GstPinMp4Track * self, gint64 ns);
gint64 gst_pin_mp4_track_to_ns (const GstPinMp4Track * self, gint64 ticks);

/* Ticks at which the track begins to be seen or heard: what lies before time 0
 * has been cut off by an edit, unless the track keeps it */
gint64 gst_pin_mp4_track_get_start (const GstPinMp4Track * self);

/* How many bytes of samples lie before @time (ns) */
gsize gst_pin_mp4_track_get_bytes_before (const GstPinMp4Track * self,
    gint64 time);
/* How many pieces lie before @time (ns). One that lies on both sides becomes
 * two: in what pieces samples came must not be seen in the file. */
guint gst_pin_mp4_track_split_before (GstPinMp4Track * self, gint64 time);
/* Forgets the first @n_pieces pieces, whose data have been taken */
void gst_pin_mp4_track_drop (GstPinMp4Track * self, guint n_pieces,
    guint n_samples);
void gst_pin_mp4_track_clear_pieces (GstPinMp4Track * self);

G_END_DECLS
