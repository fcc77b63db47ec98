/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AES-128 in CBC mode, decryption alone (FIPS 197, SP 800-38A), with the
 * padding that HLS wants (RFC 8216, section 4.3.2.4; RFC 5652, section 6.3).
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_PIN_AES_BLOCK 16
#define GST_PIN_AES_ROUNDS 10

/* One file that is decrypted from its beginning on. A value. */
typedef struct
{
  guint32 keys[4 * (GST_PIN_AES_ROUNDS + 1)];
  guint8 chain[GST_PIN_AES_BLOCK];      /* the block before, encrypted */
  guint8 held[GST_PIN_AES_BLOCK];       /* may be the last block, or a part */
  guint n_held;
} GstPinAes;

void gst_pin_aes_init (GstPinAes * self, const guint8 * key,
    const guint8 * iv);

/* Room that @out must have for @size bytes of input */
#define gst_pin_aes_room(size) ((size) + GST_PIN_AES_BLOCK)

/* Decrypts what certainly is not the padding; returns how much that is */
gsize gst_pin_aes_push (GstPinAes * self, const guint8 * data, gsize size,
    guint8 * out);

/* The rest, at most GST_PIN_AES_BLOCK - 1 bytes. FALSE: this was not the end
 * of an encrypted file, or the key is another one. */
gboolean gst_pin_aes_finish (GstPinAes * self, guint8 * out, gsize * size);

G_END_DECLS
