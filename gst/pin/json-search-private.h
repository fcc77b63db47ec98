/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds objects anywhere in JSON text, whatever it looks like. No I/O, any
 * thread.
 */
#pragma once

#include "json-text-private.h"

G_BEGIN_DECLS

/* (element-type GstPinJsonText) The objects that have one of @names (ended by
 * NULL) with the value @value, and those that are a member named @value: at
 * most @max, in the order in which they were recognized. Text that is cut or
 * nests too deep gives what comes before. */
GArray *gst_pin_json_search (const GstPinJsonText * root,
    const gchar * const *names, const gchar * value, guint max);

G_END_DECLS
