/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Pin's page, fetched and read while it comes.
 */
#pragma once

#include <gst/pin/media.h>

#include "cookies-private.h"
#include "http-client-private.h"

G_BEGIN_DECLS

/* Client's thread only; the callback comes there, never from inside, with a
 * GTask of a GstPinMedia. @cookies: (nullable). */
void gst_pin_page_fetch_async (GstPinHttpClient * client, const gchar * url,
    const gchar * id, GstPinCookies * cookies, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);

G_END_DECLS
