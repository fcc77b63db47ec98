/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The playlists of one HLS variant: from the address that a page names to the
 * media playlists of picture and sound.
 */
#pragma once

#include "choose-private.h"
#include "http-client-private.h"
#include "playlist-private.h"

G_BEGIN_DECLS

/* Renditions, and the tracks of the plan that they become */
enum
{
  GST_PIN_PICTURE,
  GST_PIN_SOUND,
  GST_PIN_N_RENDITIONS
};

typedef struct
{
  gchar *url;                   /* of the first playlist, after redirects */
  GstPinMasterPlaylist *master; /* NULL: the first one was a media playlist */
  const GstPinStreamInf *stream;        /* of the master, what was chosen; or NULL */
  const GstPinRendition *audio; /* likewise; NULL: the sound is in the stream */
  /* The picture's is always there */
  GstPinMediaPlaylist *playlists[GST_PIN_N_RENDITIONS];
} GstPinPlaylistSet;

typedef struct
{
  const gchar *url;
  const GstPinWish *wish;       /* must outlive the call */
  GstClockTime duration;        /* the video's, as the page says; NONE: unknown */
  /* Whoever is downstream fetches the segments: their hosts are checked now */
  gboolean native_uris, allow_private;
} GstPinPlaylistSetRequest;

/* One playlist as text, of either kind, as gst_pin_document_fetch_async() */
void gst_pin_playlist_fetch_async (GstPinHttpClient * client,
    const gchar * url, gsize max_size, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);

/* Client's thread only; the callback comes there too. All requests have ended
 * when it does. Fails in GST_PIN_ERROR, or with G_IO_ERROR_CANCELLED. */
void gst_pin_playlist_set_fetch_async (GstPinHttpClient * client,
    const GstPinPlaylistSetRequest * request, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);
GstPinPlaylistSet *gst_pin_playlist_set_fetch_finish (GAsyncResult * result,
    GError ** error);
void gst_pin_playlist_set_free (GstPinPlaylistSet * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinPlaylistSet, gst_pin_playlist_set_free)

G_END_DECLS
