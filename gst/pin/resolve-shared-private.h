/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Pin's id → what the site says, asked once for all who want to know at the
 * same time. Client's thread only.
 */
#pragma once

#include "resolve-walk-private.h"

G_BEGIN_DECLS

/* As gst_pin_walk_async(), but an answer that is younger than the options'
 * cache_seconds is taken, and a walk that is under way is joined. Whoever
 * cancels leaves alone; the last one to leave ends the walk, and is told when
 * it has ended. */
void gst_pin_resolve_shared_async (GstPinHttpClient * client,
    const gchar * id, const GstPinResolveOptions * options,
    GCancellable * cancellable, GAsyncReadyCallback callback, gpointer data);

GstPinMedia *gst_pin_resolve_shared_finish (GAsyncResult * result,
    GArray ** attempts, GError ** error);

G_END_DECLS
