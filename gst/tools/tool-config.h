/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options from the environment and the configuration file.
 */
#pragma once

#include "tool-options.h"

G_BEGIN_DECLS

/* Sets what the command line left open. Errors are G_OPTION_ERROR and name the
 * variable, or the file and the line. */
gboolean gst_pin_tool_config_read (GstPinToolOptions * options,
    GError ** error);

/* For the tests, and for read() */
gboolean gst_pin_tool_config_read_text (GstPinToolOptions * options,
    const gchar * text, const gchar * name, GError ** error);

G_END_DECLS
