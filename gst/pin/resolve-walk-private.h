/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Pin's id → what the strategies say, one after the other.
 */
#pragma once

#include "http-client-private.h"
#include "report-private.h"
#include "resolve-options-private.h"

G_BEGIN_DECLS

/* Client's thread only; the callback comes there, never from inside. @options:
 * loaded; copied. */
void gst_pin_walk_async (GstPinHttpClient * client, const gchar * id,
    const GstPinResolveOptions * options, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);

/* The same with a media that is known already, for what else there is: only
 * strategies that complete it are asked. It gives @known itself where they find
 * nothing. */
void gst_pin_walk_on_async (GstPinHttpClient * client, GstPinMedia * known,
    const GstPinResolveOptions * options, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);

/* Whether, after this failure, another door of the site may be open */
gboolean gst_pin_walk_may_help (const GError * error);

/* @attempts: (out) (transfer full) (element-type GstPinAttempt): on failure
 * too */
GstPinMedia *gst_pin_walk_finish (GAsyncResult * result, GArray ** attempts,
    GError ** error);

G_END_DECLS
