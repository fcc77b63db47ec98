/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pipeline that makes one file, and the line that says so.
 */
#pragma once

#include <gst/gst.h>

#include "tool-options.h"

G_BEGIN_DECLS

/* (transfer full) pinsrc ! pinmp4bin ! a sink. @path: NULL for the standard
 * output. The source is called "pin". GST_PIN_ERROR_UNSUPPORTED: an element is
 * missing; G_OPTION_ERROR: a value is out of range */
GstElement *gst_pin_tool_pipeline_new (const GstPinToolOptions * options,
    const gchar * location, guint item, const gchar * path, GError ** error);

/* (transfer full) The same for a shell */
gchar *gst_pin_tool_pipeline_to_line (GstElement * pipeline);

/* Writes the graph that it is at this moment, for Graphviz. GST_PIN_ERROR_IO */
gboolean gst_pin_tool_pipeline_write_graph (GstElement * pipeline,
    const gchar * path, GError ** error);

G_END_DECLS
