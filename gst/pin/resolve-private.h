/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A location → what the site says about that Pin. Client's thread only.
 */
#pragma once

#include "http-client-private.h"
#include "report-private.h"
#include "resolve-options-private.h"

G_BEGIN_DECLS

/* Follows a short link, then takes an answer that is there or on its way
 * already, or asks. @options: loaded. The callback comes on the client's
 * thread, never from inside. */
void gst_pin_resolve_async (GstPinHttpClient * client,
    GstPinLocation * location, const GstPinResolveOptions * options,
    GCancellable * cancellable, GAsyncReadyCallback callback, gpointer data);

/* @attempts: (out) (optional) (transfer full) (element-type GstPinAttempt):
 * set on failure too. The media may be shared. */
GstPinMedia *gst_pin_resolve_finish (GAsyncResult * result,
    GArray ** attempts, GError ** error);

G_END_DECLS
