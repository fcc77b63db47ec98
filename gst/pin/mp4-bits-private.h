/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bits of a NAL unit or an audio header, most significant first. Reading past
 * the end gives zeros and is remembered, so that a parser checks once.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data;
  gsize size, next;
  guint zeros;                  /* zero bytes in a row so far */
  gboolean escaped;             /* 00 00 03 stands for 00 00 */
  guint8 byte;
  guint left;                   /* unread bits of byte */
  gboolean overrun;
} GstPinMp4Bits;

/* @escaped: the bytes are a NAL unit, with emulation prevention */
void gst_pin_mp4_bits_init (GstPinMp4Bits * self, gconstpointer data,
    gsize size, gboolean escaped);
guint32 gst_pin_mp4_bits_get (GstPinMp4Bits * self, guint n);
void gst_pin_mp4_bits_skip (GstPinMp4Bits * self, guint n);
/* Exp-Golomb codes (H.264, 9.1) */
guint32 gst_pin_mp4_bits_ue (GstPinMp4Bits * self);
gint32 gst_pin_mp4_bits_se (GstPinMp4Bits * self);

G_END_DECLS
