/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A run of "get": all its Pins, some at a time.
 */
#pragma once

#include "tool-options.h"

G_BEGIN_DECLS

/* Gets everything; runs the default main context until then. Returns the exit
 * status of all Pins; what is wrong with none of them is in @error. */
gint gst_pin_tool_batch_run (const GstPinToolOptions * options,
    GError ** error);

G_END_DECLS
