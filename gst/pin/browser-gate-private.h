/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a browser may go: the host policy and the user's proxy, as a browser's
 * command line knows them. Pure functions, any thread.
 */
#pragma once

#include "http-client-private.h"

G_BEGIN_DECLS

/* Adds the arguments to @args (element-type utf8). @url: the page that is to be
 * loaded, whose host is let through. UNSUPPORTED for a proxy that a browser
 * cannot take. */
gboolean gst_pin_browser_gate_add (GPtrArray * args,
    const GstPinHttpConfig * http, const gchar * url, GError ** error);

/* The name and password of the proxy; FALSE: it has none. */
gboolean gst_pin_browser_gate_get_login (const GstPinHttpConfig * http,
    gchar ** user, gchar ** password);

G_END_DECLS
