/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Big-endian numbers at any address. GStreamer's macros of that kind read
 * through a wider pointer, which C leaves undefined where it is not aligned.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

static inline guint16
gst_pin_read16 (const guint8 *data)
{
  return (guint16) (data[0] << 8 | data[1]);
}

static inline guint32
gst_pin_read32 (const guint8 *data)
{
  return (guint32) gst_pin_read16 (data) << 16 | gst_pin_read16 (data + 2);
}

static inline guint64
gst_pin_read64 (const guint8 *data)
{
  return (guint64) gst_pin_read32 (data) << 32 | gst_pin_read32 (data + 4);
}

G_END_DECLS
