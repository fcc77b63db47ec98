/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bit reader. Headers are tens of bytes long and read once per change of
 * parameters, so it goes bit by bit where that is shorter to write.
 */
#include "mp4-bits-private.h"

#include <string.h>

void
gst_pin_mp4_bits_init (GstPinMp4Bits *self, gconstpointer data, gsize size,
    gboolean escaped)
{
  memset (self, 0, sizeof (*self));
  self->data = data;
  self->size = size;
  self->escaped = escaped;
}

static void
load_byte (GstPinMp4Bits *self)
{
  if (self->escaped && self->zeros >= 2 && self->next < self->size
      && self->data[self->next] == 3) {
    self->next++;
    self->zeros = 0;
  }
  self->left = 8;
  if (self->next >= self->size) {
    self->byte = 0;
    self->overrun = TRUE;
    return;
  }
  self->byte = self->data[self->next++];
  self->zeros = self->byte ? 0 : self->zeros + 1;
}

guint32
gst_pin_mp4_bits_get (GstPinMp4Bits *self, guint n)
{
  guint32 value = 0;

  while (n > 0) {
    guint take;

    if (self->left == 0)
      load_byte (self);
    take = MIN (n, self->left);
    self->left -= take;
    n -= take;
    value = value << take | (self->byte >> self->left & ((1u << take) - 1));
  }
  return value;
}

void
gst_pin_mp4_bits_skip (GstPinMp4Bits *self, guint n)
{
  for (; n > 32; n -= 32)
    gst_pin_mp4_bits_get (self, 32);
  gst_pin_mp4_bits_get (self, n);
}

guint32
gst_pin_mp4_bits_ue (GstPinMp4Bits *self)
{
  guint zeros = 0;

  while (gst_pin_mp4_bits_get (self, 1) == 0) {
    if (++zeros > 31 || self->overrun) {
      self->overrun = TRUE;
      return 0;
    }
  }
  return ((1u << zeros) - 1) + gst_pin_mp4_bits_get (self, zeros);
}

gint32
gst_pin_mp4_bits_se (GstPinMp4Bits *self)
{
  guint32 code = gst_pin_mp4_bits_ue (self);

  return code & 1 ? (gint32) (code / 2 + 1) : -(gint32) (code / 2);
}
