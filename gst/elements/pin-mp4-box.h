/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walking the boxes of an MP4. Values on the stack that point into bytes which
 * somebody else keeps; no state, any thread. Nothing reads behind a box's end.
 * ISO/IEC 14496-12: 4.2.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_PIN_MP4_BOX_HEADER 8
#define GST_PIN_MP4_FULL_BOX_HEADER 12

/* A whole box, its header included */
typedef struct
{
  const guint8 *data;
  gsize size;
} GstPinMp4Box;

gboolean gst_pin_mp4_box_next (const GstPinMp4Box * parent, gsize * offset,
    GstPinMp4Box * box);
gboolean gst_pin_mp4_box_find (const GstPinMp4Box * parent,
    const gchar * type, GstPinMp4Box * box);
gboolean gst_pin_mp4_box_is (const GstPinMp4Box * box, const gchar * type);
gboolean gst_pin_mp4_box_has (const GstPinMp4Box * box, gsize offset,
    gsize size);
guint8 gst_pin_mp4_box_get8 (const GstPinMp4Box * box, gsize offset);
guint16 gst_pin_mp4_box_get16 (const GstPinMp4Box * box, gsize offset);
guint32 gst_pin_mp4_box_get32 (const GstPinMp4Box * box, gsize offset);
guint64 gst_pin_mp4_box_get64 (const GstPinMp4Box * box, gsize offset);
guint32 gst_pin_mp4_box_get_timescale (const GstPinMp4Box * box);

G_END_DECLS
