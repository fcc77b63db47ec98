/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walking the boxes of an MP4 that is read. Atom is the older word for box, and
 * tells them from those that are written (gst/pin/mp4-box-private.h). Values on
 * the stack that point into bytes which somebody else keeps; no state, any
 * thread. Nothing reads behind a box's end.
 * ISO/IEC 14496-12: 4.2.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_PIN_MP4_ATOM_HEADER 8
#define GST_PIN_MP4_FULL_ATOM_HEADER 12

/* A whole box, its header included */
typedef struct
{
  const guint8 *data;
  gsize size;
} GstPinMp4Atom;

gboolean gst_pin_mp4_atom_next (const GstPinMp4Atom * parent, gsize * offset,
    GstPinMp4Atom * box);
gboolean gst_pin_mp4_atom_find (const GstPinMp4Atom * parent,
    const gchar * type, GstPinMp4Atom * box);
gboolean gst_pin_mp4_atom_is (const GstPinMp4Atom * box, const gchar * type);
gboolean gst_pin_mp4_atom_has (const GstPinMp4Atom * box, gsize offset,
    gsize size);
guint8 gst_pin_mp4_atom_get8 (const GstPinMp4Atom * box, gsize offset);
guint16 gst_pin_mp4_atom_get16 (const GstPinMp4Atom * box, gsize offset);
guint32 gst_pin_mp4_atom_get32 (const GstPinMp4Atom * box, gsize offset);
guint64 gst_pin_mp4_atom_get64 (const GstPinMp4Atom * box, gsize offset);
guint32 gst_pin_mp4_atom_get_timescale (const GstPinMp4Atom * box);

G_END_DECLS
