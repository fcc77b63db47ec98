/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AES-128 decryption of a segment, as its pieces come: nettle's cipher, and the
 * care for the padding. hlsdemux's own cannot be relied on: it depends on how
 * that plugin was built, plays on with a wrong key, and trusts the last byte for
 * the length of the padding, beyond the buffer's beginning if need be (observed
 * in GStreamer 1.22, gst_hls_demux_finish_fragment()). RFC 8216 section 4.3.2.4:
 * CBC, padded as PKCS7 says. Any thread.
 */
#include "aes-private.h"

#include <string.h>

#include <nettle/cbc.h>

void
gst_pin_aes_init (GstPinAes *self, const guint8 *key, const guint8 *iv)
{
  aes128_set_decrypt_key (&self->cipher, key);
  memcpy (self->chain, iv, AES_BLOCK_SIZE);
  self->n_held = 0;
}

/* Whole blocks */
static void
decrypt (GstPinAes *self, const guint8 *in, gsize size, guint8 *out)
{
  cbc_decrypt (&self->cipher, (nettle_cipher_func *) aes128_decrypt,
      AES_BLOCK_SIZE, self->chain, size, out, in);
}

gsize
gst_pin_aes_push (GstPinAes *self, const guint8 *data, gsize size, guint8 *out)
{
  guint8 *to = out;

  while (size > 0) {
    gsize n;

    if (self->n_held == AES_BLOCK_SIZE) {
      decrypt (self, self->held, AES_BLOCK_SIZE, to);
      to += AES_BLOCK_SIZE;
      self->n_held = 0;
    }
    if (self->n_held == 0) {
      n = (size - 1) / AES_BLOCK_SIZE * AES_BLOCK_SIZE;
      decrypt (self, data, n, to);
      to += n;
      data += n;
      size -= n;
    }
    n = MIN (size, AES_BLOCK_SIZE - self->n_held);
    memcpy (self->held + self->n_held, data, n);
    self->n_held += n;
    data += n;
    size -= n;
  }
  return to - out;
}

gboolean
gst_pin_aes_finish (GstPinAes *self, guint8 *out, gsize *size)
{
  guint8 last[AES_BLOCK_SIZE];
  guint padding;

  if (self->n_held != AES_BLOCK_SIZE)
    return FALSE;
  decrypt (self, self->held, AES_BLOCK_SIZE, last);
  self->n_held = 0;
  padding = last[AES_BLOCK_SIZE - 1];
  if (padding == 0 || padding > AES_BLOCK_SIZE)
    return FALSE;
  for (guint i = AES_BLOCK_SIZE - padding; i < AES_BLOCK_SIZE; i++)
    if (last[i] != padding)
      return FALSE;
  *size = AES_BLOCK_SIZE - padding;
  memcpy (out, last, *size);
  return TRUE;
}
