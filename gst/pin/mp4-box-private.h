/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Boxes of ISO/IEC 14496-12 as they are written: a row of bytes that grows,
 * with boxes opened and closed in it. A value on its writer's stack, one thread.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 *data;
  gsize size, allocated;
} GstPinMp4Box;

void gst_pin_mp4_box_reserve (GstPinMp4Box * self, gsize n);
void gst_pin_mp4_box_clear (GstPinMp4Box * self);

/* (transfer full) Takes the bytes out; @self is empty afterwards */
GBytes *gst_pin_mp4_box_steal (GstPinMp4Box * self);
GstBuffer *gst_pin_mp4_box_steal_buffer (GstPinMp4Box * self);

/* Opens a box and gives its place, which gst_pin_mp4_box_end() takes. A
 * descriptor of 14496-1 inside `esds` is opened and closed the same way. */
gsize gst_pin_mp4_box_begin (GstPinMp4Box * self, const gchar * type);
gsize gst_pin_mp4_box_begin_full (GstPinMp4Box * self, const gchar * type,
    guint8 version, guint32 flags);
void gst_pin_mp4_box_end (GstPinMp4Box * self, gsize start);
gsize gst_pin_mp4_descriptor_begin (GstPinMp4Box * self, guint8 tag);
void gst_pin_mp4_descriptor_end (GstPinMp4Box * self, gsize start);

void gst_pin_mp4_put_data (GstPinMp4Box * self, gconstpointer data, gsize n);
void gst_pin_mp4_put_zeros (GstPinMp4Box * self, gsize n);

/* @n fresh bytes at the end, to be filled at once */
static inline guint8 *
gst_pin_mp4_box_grow (GstPinMp4Box * self, gsize n)
{
  guint8 *place;

  if (self->allocated - self->size < n)
    gst_pin_mp4_box_reserve (self, n);
  place = self->data + self->size;
  self->size += n;
  return place;
}

static inline void
gst_pin_mp4_put8 (GstPinMp4Box * self, guint8 value)
{
  *gst_pin_mp4_box_grow (self, 1) = value;
}

static inline void
gst_pin_mp4_put16 (GstPinMp4Box * self, guint16 value)
{
  GST_WRITE_UINT16_BE (gst_pin_mp4_box_grow (self, 2), value);
}

static inline void
gst_pin_mp4_put24 (GstPinMp4Box * self, guint32 value)
{
  GST_WRITE_UINT24_BE (gst_pin_mp4_box_grow (self, 3), value);
}

static inline void
gst_pin_mp4_put32 (GstPinMp4Box * self, guint32 value)
{
  GST_WRITE_UINT32_BE (gst_pin_mp4_box_grow (self, 4), value);
}

static inline void
gst_pin_mp4_put64 (GstPinMp4Box * self, guint64 value)
{
  GST_WRITE_UINT64_BE (gst_pin_mp4_box_grow (self, 8), value);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstPinMp4Box, gst_pin_mp4_box_clear)

G_END_DECLS
