/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Media playlists → the plan of their fragments, and the playlists that
 * hlsdemux gets instead. Pure, no I/O.
 */
#pragma once

#include "fetch-plan-private.h"
#include "playlist-private.h"

G_BEGIN_DECLS

/* What one rendition's playlist became */
typedef struct
{
  GstPinMediaPlaylist *playlist;        /* owned */
  GArray *segments, *maps, *keys;       /* of guint: plan indices */
} GstPinPlannedPlaylist;

/* Takes @playlist; adds its fragments to the plan as @track */
GstPinPlannedPlaylist *gst_pin_planned_playlist_new (GstPinPlan * plan,
    guint track, GstPinMediaPlaylist * playlist);
void gst_pin_planned_playlist_free (GstPinPlannedPlaylist * self);

/* (transfer full) Its text, with BASE/NUMBER for each fragment */
gchar *gst_pin_planned_playlist_write (GstPinPlannedPlaylist * self,
    const gchar * base);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinPlannedPlaylist,
    gst_pin_planned_playlist_free)

G_END_DECLS
