/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers that hold for a while, for everybody in the process. Any thread.
 */
#pragma once

#include "http-client-private.h"
#include "resolve-options-private.h"

#include <gst/pin/media.h>

G_BEGIN_DECLS

/* At most this many answers, and this many bytes of them as JSON */
#define GST_PIN_RESOLVE_CACHE_MAX 256
#define GST_PIN_RESOLVE_CACHE_MAX_BYTES (4 * 1024 * 1024)

/* (transfer full) Names the question: the Pin, and everything that may change
 * the answer, such as whose cookies are shown. It tells none of that. */
gchar *gst_pin_resolve_cache_key (const gchar * id,
    const GstPinHttpConfig * http, const GstPinResolveOptions * options);

/* (transfer full) (nullable) An answer that is younger than @seconds */
GstPinMedia *gst_pin_resolve_cache_get (const gchar * key, guint seconds,
    gint64 now);

/* What was said about that Pin turned out to be no good */
void gst_pin_resolve_cache_forget (const gchar * id);

void gst_pin_resolve_cache_put (const gchar * key, GstPinMedia * media,
    gint64 now);

G_END_DECLS
