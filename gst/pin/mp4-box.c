/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The row of bytes behind the box writers. The size of a box is written when
 * it is closed, so nobody computes sizes beforehand. Lives on the stack of
 * whoever writes; knows no box by name.
 */
#include "mp4-box-private.h"

#include <string.h>

/* Makes room for @n more bytes */
void
gst_pin_mp4_box_reserve (GstPinMp4Box *self, gsize n)
{
  gsize wanted = self->size + n;

  if (wanted <= self->allocated)
    return;
  self->allocated = MAX (wanted, self->allocated + self->allocated / 2);
  self->allocated = MAX (self->allocated, 256);
  self->data = g_realloc (self->data, self->allocated);
}

void
gst_pin_mp4_box_clear (GstPinMp4Box *self)
{
  g_clear_pointer (&self->data, g_free);
  self->size = self->allocated = 0;
}

GBytes *
gst_pin_mp4_box_steal (GstPinMp4Box *self)
{
  GBytes *bytes = g_bytes_new_take (self->data, self->size);

  memset (self, 0, sizeof (*self));
  return bytes;
}

GstBuffer *
gst_pin_mp4_box_steal_buffer (GstPinMp4Box *self)
{
  GstBuffer *buffer = gst_buffer_new_wrapped (self->data, self->size);

  memset (self, 0, sizeof (*self));
  return buffer;
}

gsize
gst_pin_mp4_box_begin (GstPinMp4Box *self, const gchar *type)
{
  gsize start = self->size;

  gst_pin_mp4_put32 (self, 0);
  gst_pin_mp4_put_data (self, type, 4);
  return start;
}

gsize
gst_pin_mp4_box_begin_full (GstPinMp4Box *self, const gchar *type,
    guint8 version, guint32 flags)
{
  gsize start = gst_pin_mp4_box_begin (self, type);

  gst_pin_mp4_put8 (self, version);
  gst_pin_mp4_put24 (self, flags);
  return start;
}

void
gst_pin_mp4_box_end (GstPinMp4Box *self, gsize start)
{
  GST_WRITE_UINT32_BE (self->data + start, (guint32) (self->size - start));
}

/* A descriptor's size is four bytes of seven bits (14496-1, 8.3.3) */
gsize
gst_pin_mp4_descriptor_begin (GstPinMp4Box *self, guint8 tag)
{
  gst_pin_mp4_put8 (self, tag);
  gst_pin_mp4_put32 (self, 0);
  return self->size;
}

void
gst_pin_mp4_descriptor_end (GstPinMp4Box *self, gsize start)
{
  guint32 size = self->size - start;
  guint8 *place = self->data + start - 4;

  place[0] = 0x80 | (size >> 21 & 0x7f);
  place[1] = 0x80 | (size >> 14 & 0x7f);
  place[2] = 0x80 | (size >> 7 & 0x7f);
  place[3] = size & 0x7f;
}

void
gst_pin_mp4_put_data (GstPinMp4Box *self, gconstpointer data, gsize n)
{
  if (n > 0)
    memcpy (gst_pin_mp4_box_grow (self, n), data, n);
}

void
gst_pin_mp4_put_zeros (GstPinMp4Box *self, gsize n)
{
  if (n > 0)
    memset (gst_pin_mp4_box_grow (self, n), 0, n);
}
