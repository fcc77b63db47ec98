/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walking the boxes of an MP4. A box that claims more than there is ends the
 * walk; a number behind a box's end reads as 0, so that a parser has to check
 * only the counts that it loops over.
 */
#include "pin-mp4-atom.h"

#include "pin-bytes.h"

#include <string.h>

/*
 * gst_pin_mp4_atom_next:
 * @parent: the box, or bytes, to walk through
 * @offset: (inout): where the next child starts, from @parent's start
 * @box: (out): the child
 *
 * Returns: FALSE at the end, and where a size makes no sense
 */
gboolean
gst_pin_mp4_atom_next (const GstPinMp4Atom *parent, gsize *offset,
    GstPinMp4Atom *box)
{
  if (*offset > parent->size
      || parent->size - *offset < GST_PIN_MP4_ATOM_HEADER)
    return FALSE;
  box->data = parent->data + *offset;
  box->size = gst_pin_read32 (box->data);
  if (box->size < GST_PIN_MP4_ATOM_HEADER
      || box->size > parent->size - *offset)
    return FALSE;
  *offset += box->size;
  return TRUE;
}

/* The first child of that type, children starting behind a plain header */
gboolean
gst_pin_mp4_atom_find (const GstPinMp4Atom *parent, const gchar *type,
    GstPinMp4Atom *box)
{
  gsize offset = GST_PIN_MP4_ATOM_HEADER;

  while (gst_pin_mp4_atom_next (parent, &offset, box)) {
    if (gst_pin_mp4_atom_is (box, type))
      return TRUE;
  }
  return FALSE;
}

gboolean
gst_pin_mp4_atom_is (const GstPinMp4Atom *box, const gchar *type)
{
  return memcmp (box->data + 4, type, 4) == 0;
}

gboolean
gst_pin_mp4_atom_has (const GstPinMp4Atom *box, gsize offset, gsize size)
{
  return offset <= box->size && size <= box->size - offset;
}

guint8
gst_pin_mp4_atom_get8 (const GstPinMp4Atom *box, gsize offset)
{
  return gst_pin_mp4_atom_has (box, offset, 1) ? box->data[offset] : 0;
}

guint16
gst_pin_mp4_atom_get16 (const GstPinMp4Atom *box, gsize offset)
{
  return gst_pin_mp4_atom_has (box, offset, 2) ?
      gst_pin_read16 (box->data + offset) : 0;
}

guint32
gst_pin_mp4_atom_get32 (const GstPinMp4Atom *box, gsize offset)
{
  return gst_pin_mp4_atom_has (box, offset, 4) ?
      gst_pin_read32 (box->data + offset) : 0;
}

guint64
gst_pin_mp4_atom_get64 (const GstPinMp4Atom *box, gsize offset)
{
  return gst_pin_mp4_atom_has (box, offset, 8) ?
      gst_pin_read64 (box->data + offset) : 0;
}

/* Of mvhd or mdhd, which begin alike: version, flags, two times, time scale */
guint32
gst_pin_mp4_atom_get_timescale (const GstPinMp4Atom *box)
{
  return gst_pin_mp4_atom_get32 (box,
      gst_pin_mp4_atom_get8 (box, 8) == 1 ? 28 : 20);
}
