/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Pin's captions, fetched: one WebVTT file, or a playlist of several.
 */
#pragma once

#include "http-client-private.h"
#include "webvtt-private.h"

G_BEGIN_DECLS

/* Client's thread only; the callback comes there too. All requests have ended
 * when it does. Fails in GST_PIN_ERROR, or with G_IO_ERROR_CANCELLED. */
void gst_pin_captions_fetch_async (GstPinHttpClient * client,
    const gchar * url, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);
GstPinWebvtt *gst_pin_captions_fetch_finish (GAsyncResult * result,
    GError ** error);

G_END_DECLS
