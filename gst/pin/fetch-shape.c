/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the bytes of a media file look like. A server that sends an error page
 * with status 200, or says a length that is too short, is believed by stock
 * hlsdemux, which then plays on with a hole; this is how it is noticed. A chunk
 * owns the value and feeds it on the client's thread.
 */
#include "fetch-shape-private.h"

#include <string.h>

#define TS_PACKET 188
#define TS_SYNC 0x47

gboolean
gst_pin_shape_begins_well (const guint8 *p, gsize n)
{
  static const gchar boxes[][5] = {
    "ftyp", "styp", "moof", "sidx", "emsg", "prft", "free", "moov", "mdat",
    "wide", "skip", "uuid"
  };

  if (n == 0)
    return FALSE;
  if (p[0] == TS_SYNC || (n >= 3 && memcmp (p, "ID3", 3) == 0))
    return TRUE;
  /* ADTS or MPEG audio; AC-3 */
  if (n >= 2 && ((p[0] == 0xff && (p[1] & 0xe0) == 0xe0)
          || (p[0] == 0x0b && p[1] == 0x77)))
    return TRUE;
  for (gsize i = 0; n >= 8 && i < G_N_ELEMENTS (boxes); i++)
    if (memcmp (p + 4, boxes[i], 4) == 0)
      return TRUE;
  return FALSE;
}

static guint64
read_big_endian (const guint8 *p, guint n)
{
  guint64 value = 0;

  while (n--)
    value = value << 8 | *p++;
  return value;
}

/* ISO/IEC 14496-12 4.2: size 1 has 64 bits more, size 0 goes to the end */
static void
begin_box (GstPinShape *self)
{
  guint64 size = read_big_endian (self->header, 4);
  guint64 start = self->size - self->header_size;

  if (size == 1) {
    if (self->header_size < 16)
      return;
    size = read_big_endian (self->header + 8, 8);
  }
  if (size == 0 || size > G_MAXINT64)
    self->box_end = G_MAXUINT64;
  else
    self->box_end = start + MAX (size, self->header_size);
  self->header_size = 0;
}

static void
feed_boxes (GstPinShape *self, const guint8 *data, gsize size)
{
  while (size > 0) {
    gsize n;

    if (self->size < self->box_end) {
      n = MIN (size, self->box_end - self->size);
      self->size += n;
    } else {
      n = MIN (size, (self->header_size < 8 ? 8u : 16u) - self->header_size);
      memcpy (self->header + self->header_size, data, n);
      self->header_size += n;
      self->size += n;
      if (self->header_size >= 8)
        begin_box (self);
    }
    data += n;
    size -= n;
  }
}

void
gst_pin_shape_feed (GstPinShape *self, const guint8 *data, gsize size)
{
  if (size == 0)
    return;
  if (self->size == 0) {
    if (data[0] == TS_SYNC)
      self->kind = GST_PIN_SHAPE_TS;
    else if (size >= 8 && data[4] >= 'a' && data[4] <= 'z'
        && memcmp (data, "ID3", 3) != 0)
      self->kind = GST_PIN_SHAPE_BOXES;
  }
  if (self->kind == GST_PIN_SHAPE_BOXES)
    feed_boxes (self, data, size);
  else
    self->size += size;
}

gboolean
gst_pin_shape_may_end (const GstPinShape *self)
{
  switch (self->kind) {
    case GST_PIN_SHAPE_TS:
      return self->size % TS_PACKET == 0;
    case GST_PIN_SHAPE_BOXES:
      return self->header_size == 0
          && (self->size == self->box_end || self->box_end == G_MAXUINT64);
    default:
      return TRUE;
  }
}
