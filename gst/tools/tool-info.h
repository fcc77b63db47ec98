/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The commands "info" and "formats".
 */
#pragma once

#include "tool-options.h"

G_BEGIN_DECLS

/* Returns the exit status */
gint gst_pin_tool_info_run (const GstPinToolOptions * options);

G_END_DECLS
