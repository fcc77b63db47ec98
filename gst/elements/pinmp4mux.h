/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The muxer element. Its code is thin: times, events, one lock and the pushing;
 * what an MP4 is stands in gst/pin/mp4-*.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_MP4_MUX (gst_pin_mp4_mux_get_type ())
G_DECLARE_FINAL_TYPE (GstPinMp4Mux, gst_pin_mp4_mux, GST, PIN_MP4_MUX,
    GstElement)

#define GST_TYPE_PIN_MP4_MUX_PAD (gst_pin_mp4_mux_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstPinMp4MuxPad, gst_pin_mp4_mux_pad, GST,
    PIN_MP4_MUX_PAD, GstPad)

/**
 * GstPinMp4Format:
 * @GST_PIN_MP4_FORMAT_AUTO: faststart where downstream can seek, fragmented
 *   where it cannot
 * @GST_PIN_MP4_FORMAT_FASTSTART: the header in front
 * @GST_PIN_MP4_FORMAT_FRAGMENTED: a small header, then fragments
 * @GST_PIN_MP4_FORMAT_PLAIN: the header at the end
 */
typedef enum
{
  GST_PIN_MP4_FORMAT_AUTO,
  GST_PIN_MP4_FORMAT_FASTSTART,
  GST_PIN_MP4_FORMAT_FRAGMENTED,
  GST_PIN_MP4_FORMAT_PLAIN
} GstPinMp4Format;

#define GST_TYPE_PIN_MP4_FORMAT (gst_pin_mp4_format_get_type ())
GType gst_pin_mp4_format_get_type (void);

GST_ELEMENT_REGISTER_DECLARE (pinmp4mux);

void gst_pin_mp4_mux_install_layout (GObjectClass * klass, guint format_id,
    guint fragment_duration_id);

G_END_DECLS
