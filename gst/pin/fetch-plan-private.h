/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan: every fragment of a Pin that will be read, known before the first
 * byte flows. A value: filled once, then only read (but for lengths that the
 * server tells, which the fetcher keeps).
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_PIN_PLAN_MAX_TRACKS 4

typedef enum
{
  GST_PIN_FRAGMENT_MEDIA,       /* must begin as media do */
  GST_PIN_FRAGMENT_INIT,        /* likewise; read again after a seek */
  GST_PIN_FRAGMENT_ENCRYPTED,   /* nothing to check but whole AES blocks */
  GST_PIN_FRAGMENT_KEY          /* a key, or an encrypted init section: nothing to check; read again and again */
} GstPinFragmentKind;

typedef struct
{
  guint track;                  /* rendition: 0 picture (or all), 1 sound */
  GstPinFragmentKind kind;
  gchar *url;
  guint64 offset;
  gint64 length;                /* -1: the whole resource, of unknown length */
  GstClockTime time;            /* where it is in the video */
  guint run;                    /* of its track's runs; set by seal */
} GstPinFragment;

/* Fragments of one track that stand one behind the other in one file and can
 * be asked for in one request */
typedef struct
{
  guint first, last;            /* plan indices in order of the track's list */
  const gchar *url;
  guint64 start, end;           /* end G_MAXUINT64: unknown */
} GstPinRun;

typedef struct
{
  GArray *order;                /* of guint: plan indices in reading order */
  GArray *runs;                 /* of GstPinRun, whose first and last index order */
} GstPinPlanTrack;

typedef struct
{
  GPtrArray *fragments;         /* of GstPinFragment; the index is its name */
  guint n_tracks;
  GstPinPlanTrack tracks[GST_PIN_PLAN_MAX_TRACKS];
} GstPinPlan;

GstPinPlan *gst_pin_plan_new (void);
void gst_pin_plan_free (GstPinPlan * self);

/* Appends to the track's reading order; returns the fragment's index */
guint gst_pin_plan_add (GstPinPlan * self, guint track,
    GstPinFragmentKind kind, const gchar * url, guint64 offset, gint64 length,
    GstClockTime time);

/* After the last add: finds the runs. Without @join each fragment is a run of
 * its own. */
void gst_pin_plan_seal (GstPinPlan * self, gboolean join);

const GstPinFragment *gst_pin_plan_get (const GstPinPlan * self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinPlan, gst_pin_plan_free)

G_END_DECLS
