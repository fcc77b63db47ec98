/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a file is a whole MP4.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What was seen on the way */
typedef struct
{
  guint64 bytes;
  guint width, height;          /* of the picture; 0: there is none */
  guint samples;
} GstPinToolSeen;

/* GST_PIN_ERROR_TRUNCATED: something of it isn't there; IO: it can't be read */
gboolean gst_pin_tool_verify (const gchar * path, GstPinToolSeen * seen,
    GError ** error);

G_END_DECLS
