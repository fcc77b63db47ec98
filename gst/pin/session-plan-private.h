/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A variant's playlists → the plan of their fragments, and the playlists that
 * downstream gets instead. Pure, no I/O.
 */
#pragma once

#include "fetch-plan-private.h"
#include "playlist-set-private.h"

G_BEGIN_DECLS

/* A fragment of the plan and how it is encrypted */
typedef struct
{
  gint fragment;                /* -1: there is none */
  gboolean is_init;             /* an init section */
  gint key;                     /* the fragment that is its key; -1: clear */
  guint8 iv[GST_PIN_IV_SIZE];
} GstPinPart;

/* What a number in a playlist names: one file for whoever reads it, decrypted,
 * its init section in front where the playlist's one does not do */
typedef struct
{
  guint track;                  /* whose piece */
  guint number;                 /* of the playlist's segments, from 0 */
  GstPinPart init, media;
} GstPinPiece;

typedef struct _GstPinSessionPlan
{
  GstPinPlan *fragments;        /* NULL: the fetcher has taken it */
  GArray *pieces;               /* of GstPinPiece */
  GHashTable *texts;            /* name → GBytes: the playlists */
} GstPinSessionPlan;

/* The set's media playlists are used up. @base: names become BASE/NUMBER for
 * pieces and BASE/NAME for playlists; NULL: addresses stay as they are. */
GstPinSessionPlan *gst_pin_session_plan_new (GstPinPlaylistSet * set,
    const gchar * base);

/* Of one file, piece 0 */
GstPinSessionPlan *gst_pin_session_plan_new_for_file (const gchar * url);
void gst_pin_session_plan_free (GstPinSessionPlan * self);

/* (transfer none) (nullable) "index.m3u8", the one to begin with, and where
 * that is a master, what it names */
GBytes *gst_pin_session_plan_get_text (const GstPinSessionPlan * self,
    const gchar * name);

/* (transfer none) (nullable) */
const GstPinPiece *gst_pin_session_plan_get_piece (const GstPinSessionPlan *
    self, const gchar * number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinSessionPlan, gst_pin_session_plan_free)

G_END_DECLS
