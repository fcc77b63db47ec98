/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is put beside a video: its picture, its captions, and what is known of
 * the Pin.
 */
#pragma once

#include <gst/gst.h>
#include <gst/pin/pin.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *path;            /* the video's */
  gboolean replace;             /* what is there already; else it stays */
} GstPinToolSide;

/* Each writes the whole file or none, under the name of the video with another
 * suffix. They may block. Errors are GST_PIN_ERROR_IO. */

/* @cover: (nullable): what an image tag holds */
gboolean gst_pin_tool_side_write_cover (const GstPinToolSide * self,
    GstSample * cover, GError ** error);
/* @captions: pinsrc's event of them */
gboolean gst_pin_tool_side_write_captions (const GstPinToolSide * self,
    GstEvent * captions, GError ** error);
gboolean gst_pin_tool_side_write_info (const GstPinToolSide * self,
    const GstPinReport * report, GError ** error);

G_END_DECLS
