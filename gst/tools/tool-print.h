/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tool says of results and errors, to people or as JSON.
 */
#pragma once

#include "tool-job.h"

G_BEGIN_DECLS

/* (transfer full) One line each, without its end. @result: any outcome but
 * FAILED and STOPPED for people; NULL where there is nothing to say */
gchar *gst_pin_tool_print_result (const GstPinToolResult * result);
gchar *gst_pin_tool_print_result_json (const GstPinToolResult * result);

/* (transfer full) Which Pin, what happened, what to do. @pin: NULL: none */
gchar *gst_pin_tool_print_error (const gchar * pin, const GError * error);
gchar *gst_pin_tool_print_warning (const gchar * pin, const GError * warning);

/* Whether who read the standard output has hung up */
gboolean gst_pin_tool_print_is_unread (void);

G_END_DECLS
