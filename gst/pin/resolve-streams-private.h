/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the playlists of a media's variants hold: true sizes and bit rates,
 * which the page doesn't tell. Client's thread only.
 */
#pragma once

#include <gst/pin/media.h>

#include "http-client-private.h"

G_BEGIN_DECLS

/* Asks for the first playlist of each HLS variant of @media, a few at a time.
 * The callback comes on the client's thread, never from inside. */
void gst_pin_resolve_streams_async (GstPinHttpClient * client,
    GstPinMedia * media, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);

/* (transfer full) The media, and in it what the playlists say: one that could
 * not be had has no streams. Each is an attempt more in @attempts (element-type
 * GstPinAttempt). */
GstPinMedia *gst_pin_resolve_streams_finish (GAsyncResult * result,
    GArray * attempts);

G_END_DECLS
