/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How an MP4 is laid out: the type of pinmp4bin's `format` property.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_MP4_FORMAT (gst_pin_mp4_format_get_type ())

/**
 * GstPinMp4Format:
 * @GST_PIN_MP4_FORMAT_AUTO: faststart where downstream can seek (a file), fragmented elsewhere (a pipe, appsink, HTTP).
 * @GST_PIN_MP4_FORMAT_FASTSTART: the index in front of the media; nothing is written before the input has ended.
 * @GST_PIN_MP4_FORMAT_FRAGMENTED: written as it comes, playable from the first fragment on.
 * @GST_PIN_MP4_FORMAT_PLAIN: the media as they come, the index behind them.
 *
 * The order in which the parts of an MP4 are written.
 */
typedef enum
{
  GST_PIN_MP4_FORMAT_AUTO,
  GST_PIN_MP4_FORMAT_FASTSTART,
  GST_PIN_MP4_FORMAT_FRAGMENTED,
  GST_PIN_MP4_FORMAT_PLAIN
} GstPinMp4Format;

GType gst_pin_mp4_format_get_type (void);
const gchar *gst_pin_mp4_format_get_nick (GstPinMp4Format format);

G_END_DECLS
