/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A location → what the site says about that Pin. Client's thread only.
 */
#pragma once

#include "http-client-private.h"
#include "report-private.h"

G_BEGIN_DECLS

/* Follows a short link, then tries one strategy after the other until one
 * gives a video, or says for sure that there is none. */
void gst_pin_resolve_async (GstPinHttpClient * client,
    GstPinLocation * location, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);

/* @attempts: (out) (optional) (transfer full) (element-type GstPinAttempt):
 * set on failure too */
GstPinMedia *gst_pin_resolve_finish (GAsyncResult * result,
    GArray ** attempts, GError ** error);

G_END_DECLS
