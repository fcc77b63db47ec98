/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The man page and the completions, made from the table of options.
 */
#pragma once

#include "tool-options.h"

G_BEGIN_DECLS

/* (transfer full) The whole text; @what isn't NONE */
gchar *gst_pin_tool_generate (GstPinToolGenerated what);

G_END_DECLS
