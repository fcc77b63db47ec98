/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A variant's playlists → the plan of their fragments, and the playlists that
 * downstream gets instead. Pure, no I/O.
 */
#pragma once

#include "fetch-plan-private.h"
#include "playlist-set-private.h"

G_BEGIN_DECLS

typedef struct
{
  GstPinPlan *fragments;        /* NULL: the fetcher has taken it */
  GHashTable *texts;            /* name → GBytes: the playlists */
} GstPinSessionPlan;

/* The set's media playlists are used up. @base: names become BASE/NUMBER for
 * fragments and BASE/NAME for playlists; NULL: addresses stay as they are. */
GstPinSessionPlan *gst_pin_session_plan_new (GstPinPlaylistSet * set,
    const gchar * base);

/* Of one file, fragment 0 */
GstPinSessionPlan *gst_pin_session_plan_new_for_file (const gchar * url);
void gst_pin_session_plan_free (GstPinSessionPlan * self);

/* (transfer none) (nullable) "index.m3u8", the one to begin with, and where
 * that is a master, what it names */
GBytes *gst_pin_session_plan_get_text (const GstPinSessionPlan * self,
    const gchar * name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinSessionPlan, gst_pin_session_plan_free)

G_END_DECLS
