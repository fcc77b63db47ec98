/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AES-128 in CBC mode, decryption alone (FIPS 197, SP 800-38A), with the
 * padding that HLS wants (RFC 8216, section 4.3.2.4; RFC 5652, section 6.3).
 */
#pragma once

#include <glib.h>
#include <nettle/aes.h>

G_BEGIN_DECLS

/* One file that is decrypted from its beginning on. A value. */
typedef struct
{
  struct aes128_ctx cipher;
  guint8 chain[AES_BLOCK_SIZE]; /* the block before, encrypted */
  guint8 held[AES_BLOCK_SIZE];  /* may be the last block, or a part */
  guint n_held;
} GstPinAes;

void gst_pin_aes_init (GstPinAes * self, const guint8 * key,
    const guint8 * iv);

/* Room that @out must have for @size bytes of input */
#define gst_pin_aes_room(size) ((size) + AES_BLOCK_SIZE)

/* Decrypts what certainly is not the padding; returns how much that is */
gsize gst_pin_aes_push (GstPinAes * self, const guint8 * data, gsize size,
    guint8 * out);

/* The rest, at most AES_BLOCK_SIZE - 1 bytes. FALSE: this was not the end
 * of an encrypted file, or the key is another one. */
gboolean gst_pin_aes_finish (GstPinAes * self, guint8 * out, gsize * size);

G_END_DECLS
