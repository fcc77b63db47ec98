/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AES-128 decryption. It is here because hlsdemux's own cannot be relied on: it
 * depends on how that plugin was built, plays on with a wrong key, and trusts
 * the last byte for the length of the padding, beyond the buffer's beginning
 * if need be (observed in GStreamer 1.22, gst_hls_demux_finish_fragment()). No
 * secret is guarded: the key's address stands in the playlist. So there is no
 * care for what caches tell of it.
 *
 * The equivalent inverse cipher of FIPS 197, section 5.3.5, with one table of
 * 32-bit words, made once from the definition of the field. Any thread.
 */
#include "aes-private.h"

#include <string.h>

static guint8 sbox[256], inverse_sbox[256];
/* The inverse S-box and the inverse MixColumns of a column's first byte */
static guint32 table[256];

static guint8
times_x (guint8 a)
{
  return a << 1 ^ (a & 0x80 ? 0x1b : 0);
}

static guint8
times (guint8 a, guint8 b)
{
  guint8 product = 0;

  for (; b; b >>= 1, a = times_x (a))
    if (b & 1)
      product ^= a;
  return product;
}

static guint32
rotate (guint32 word, guint bits)
{
  return word >> bits | word << (32 - bits);
}

/* Section 5.1.1: the inverse in the field, then the affine map. 3 generates
 * all inverses: 3^n and 3^-n are each other's. */
static void
make_tables (void)
{
  guint8 p = 1, q = 1;

  do {
    p ^= times_x (p);
    q = times (q, 0xf6);
    sbox[p] = 0x63 ^ q ^ (guint8) (q << 1 | q >> 7) ^ (guint8) (q << 2 | q >> 6)
        ^ (guint8) (q << 3 | q >> 5) ^ (guint8) (q << 4 | q >> 4);
  } while (p != 1);
  sbox[0] = 0x63;
  for (guint i = 0; i < 256; i++)
    inverse_sbox[sbox[i]] = i;
  for (guint i = 0; i < 256; i++) {
    guint8 s = inverse_sbox[i];

    table[i] = (guint32) times (s, 14) << 24 | times (s, 9) << 16
        | times (s, 13) << 8 | times (s, 11);
  }
}

static guint32
substitute (guint32 word)
{
  return (guint32) sbox[word >> 24] << 24 | sbox[word >> 16 & 0xff] << 16
      | sbox[word >> 8 & 0xff] << 8 | sbox[word & 0xff];
}

static guint32
column (guint32 word)
{
  return table[sbox[word >> 24]] ^ rotate (table[sbox[word >> 16 & 0xff]], 8)
      ^ rotate (table[sbox[word >> 8 & 0xff]], 16)
      ^ rotate (table[sbox[word & 0xff]], 24);
}

/* Section 5.2, and what the equivalent inverse cipher does to it */
static void
expand_key (guint32 *keys, const guint8 *key)
{
  guint8 constant = 1;

  for (guint i = 0; i < 4; i++)
    keys[i] = GUINT32_FROM_BE (((const guint32 *) (gconstpointer) key)[i]);
  for (guint i = 4; i < 4 * (GST_PIN_AES_ROUNDS + 1); i++) {
    guint32 word = keys[i - 1];

    if (i % 4 == 0) {
      word = substitute (rotate (word, 24)) ^ (guint32) constant << 24;
      constant = times_x (constant);
    }
    keys[i] = keys[i - 4] ^ word;
  }
  for (guint i = 4; i < 4 * GST_PIN_AES_ROUNDS; i++)
    keys[i] = column (keys[i]);
}

void
gst_pin_aes_init (GstPinAes *self, const guint8 *key, const guint8 *iv)
{
  static gsize made;
  guint32 aligned[4];

  if (g_once_init_enter (&made)) {
    make_tables ();
    g_once_init_leave (&made, 1);
  }
  memcpy (aligned, key, sizeof aligned);
  expand_key (self->keys, (const guint8 *) aligned);
  memcpy (self->chain, iv, GST_PIN_AES_BLOCK);
  self->n_held = 0;
}

static guint32
last_column (guint32 a, guint32 b, guint32 c, guint32 d, guint32 key)
{
  return ((guint32) inverse_sbox[a >> 24] << 24
      | inverse_sbox[b >> 16 & 0xff] << 16
      | inverse_sbox[c >> 8 & 0xff] << 8 | inverse_sbox[d & 0xff]) ^ key;
}

static guint32
next_column (guint32 a, guint32 b, guint32 c, guint32 d, guint32 key)
{
  return table[a >> 24] ^ rotate (table[b >> 16 & 0xff], 8)
      ^ rotate (table[c >> 8 & 0xff], 16) ^ rotate (table[d & 0xff], 24) ^ key;
}

static void
decrypt_block (GstPinAes *self, const guint8 *in, guint8 *out)
{
  const guint32 *keys = self->keys + 4 * GST_PIN_AES_ROUNDS;
  guint32 s[4], t[4], chain[4];

  memcpy (s, in, sizeof s);
  memcpy (chain, self->chain, sizeof chain);
  memcpy (self->chain, in, GST_PIN_AES_BLOCK);
  for (guint i = 0; i < 4; i++)
    s[i] = GUINT32_FROM_BE (s[i]) ^ keys[i];
  for (guint round = 1; round < GST_PIN_AES_ROUNDS; round++) {
    keys -= 4;
    for (guint i = 0; i < 4; i++)
      t[i] = next_column (s[i], s[(i + 3) % 4], s[(i + 2) % 4],
          s[(i + 1) % 4], keys[i]);
    memcpy (s, t, sizeof s);
  }
  keys -= 4;
  for (guint i = 0; i < 4; i++) {
    t[i] = last_column (s[i], s[(i + 3) % 4], s[(i + 2) % 4], s[(i + 1) % 4],
        keys[i]);
    t[i] = GUINT32_TO_BE (t[i]) ^ chain[i];
  }
  memcpy (out, t, sizeof t);
}

gsize
gst_pin_aes_push (GstPinAes *self, const guint8 *data, gsize size, guint8 *out)
{
  guint8 *to = out;

  while (size > 0) {
    gsize n;

    if (self->n_held == GST_PIN_AES_BLOCK) {
      decrypt_block (self, self->held, to);
      to += GST_PIN_AES_BLOCK;
      self->n_held = 0;
    }
    for (; self->n_held == 0 && size > GST_PIN_AES_BLOCK;
        data += GST_PIN_AES_BLOCK, size -= GST_PIN_AES_BLOCK) {
      decrypt_block (self, data, to);
      to += GST_PIN_AES_BLOCK;
    }
    n = MIN (size, GST_PIN_AES_BLOCK - self->n_held);
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
  guint8 last[GST_PIN_AES_BLOCK];
  guint padding;

  if (self->n_held != GST_PIN_AES_BLOCK)
    return FALSE;
  decrypt_block (self, self->held, last);
  self->n_held = 0;
  padding = last[GST_PIN_AES_BLOCK - 1];
  if (padding == 0 || padding > GST_PIN_AES_BLOCK)
    return FALSE;
  for (guint i = GST_PIN_AES_BLOCK - padding; i < GST_PIN_AES_BLOCK; i++)
    if (last[i] != padding)
      return FALSE;
  *size = GST_PIN_AES_BLOCK - padding;
  memcpy (out, last, *size);
  return TRUE;
}
