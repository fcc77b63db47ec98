/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What went wrong, for people, for scripts and as the exit status.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The exit status, from the mildest to the worst */
typedef enum
{
  GST_PIN_TOOL_EXIT_DONE = 0,
  GST_PIN_TOOL_EXIT_USAGE = 1,
  GST_PIN_TOOL_EXIT_NOT_FOUND = 2,
  GST_PIN_TOOL_EXIT_NOT_A_VIDEO = 3,
  GST_PIN_TOOL_EXIT_BLOCKED = 4,
  GST_PIN_TOOL_EXIT_NETWORK = 5,
  GST_PIN_TOOL_EXIT_OUTPUT = 6,
  GST_PIN_TOOL_EXIT_INTERNAL = 7,
  GST_PIN_TOOL_EXIT_SIGNAL = 128        /* and the signal's number */
} GstPinToolExit;

GstPinToolExit gst_pin_tool_error_get_exit (const GError * error);

/* (transfer full) The error of a bus message as one of GST_PIN_ERROR: also what
 * GStreamer's own elements say. @path: what the sink writes; or NULL */
GError *gst_pin_tool_error_from_message (GstMessage * message,
    const gchar * path);

/* (transfer full) The sentence; what it calls a setting goes by the name of the
 * tool's option for it */
gchar *gst_pin_tool_error_get_text (const GError * error);

/* (transfer full) {"code": …, "message": …, …}, or null for no error */
gchar *gst_pin_tool_error_to_json (const GError * error);

G_END_DECLS
