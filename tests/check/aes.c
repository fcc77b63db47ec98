/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AES against the vectors of its standards, in pieces of every size, and
 * against ends that are none.
 */
#include "aes-private.h"

#include <string.h>

/* FIPS 197, appendix B and C.1; SP 800-38A, F.2.1 (CBC-AES128.Encrypt), whose
 * last blocks have no padding and so must not pass for an end */
static const struct
{
  const gchar *name, *key, *iv, *encrypted, *plain;
} vectors[] = {
  {"fips-197-b", "2b7e151628aed2a6abf7158809cf4f3c",
        "00000000000000000000000000000000", "3925841d02dc09fbdc118597196a0b32",
      "3243f6a8885a308d313198a2e0370734"},
  {"fips-197-c1", "000102030405060708090a0b0c0d0e0f",
        "00000000000000000000000000000000", "69c4e0d86a7b0430d8cdb78070b4c55a",
      "00112233445566778899aabbccddeeff"},
  {"sp-800-38a", "2b7e151628aed2a6abf7158809cf4f3c",
        "000102030405060708090a0b0c0d0e0f",
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
        "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"},
};

static gsize
read_hex (const gchar *text, guint8 *out)
{
  gsize n = strlen (text) / 2;

  for (gsize i = 0; i < n; i++)
    out[i] = g_ascii_xdigit_value (text[2 * i]) << 4
        | g_ascii_xdigit_value (text[2 * i + 1]);
  return n;
}

static void
test_vector (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  guint8 key[16], iv[16], in[128], plain[128], out[160];
  gsize size = read_hex (vectors[i].encrypted, in);

  read_hex (vectors[i].key, key);
  read_hex (vectors[i].iv, iv);
  read_hex (vectors[i].plain, plain);
  for (gsize step = 1; step <= size + 1; step++) {
    GstPinAes aes;
    gsize got = 0, rest;

    gst_pin_aes_init (&aes, key, iv);
    for (gsize at = 0; at < size; at += step)
      got += gst_pin_aes_push (&aes, in + at, MIN (step, size - at), out + got);
    /* The last block waits to be seen for the last */
    g_assert_cmpuint (got, ==, size - 16);
    g_assert_cmpmem (out, got, plain, got);
    g_assert_false (gst_pin_aes_finish (&aes, out, &rest));
    got += gst_pin_aes_push (&aes, in, 1, out + got);
    g_assert_cmpuint (got, ==, size - 16);
  }
}

/* `printf TEXT | openssl enc -aes-128-cbc -K 000102…0f -iv 0f0e…00` */
static const struct
{
  const gchar *plain, *encrypted;
} padded[] = {
  {"", "efddc425a6fa0c5f25e444092eb0f503"},
  {"HLS", "a85ccc7d4acbbff66647b762cdb68e8d"},
  {"sixteen letters!",
        "15e1a796a6386ed5dfec379d7a9c47cdd17c2212d29d6e17450b229a49acd292"},
};

static const gchar *const key_text = "000102030405060708090a0b0c0d0e0f";
static const gchar *const iv_text = "0f0e0d0c0b0a09080706050403020100";

static void
start (GstPinAes *aes)
{
  guint8 key[16], iv[16];

  read_hex (key_text, key);
  read_hex (iv_text, iv);
  gst_pin_aes_init (aes, key, iv);
}

static void
test_padding (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (padded); i++) {
    guint8 in[64], out[96];
    gsize size = read_hex (padded[i].encrypted, in), got, rest;
    GstPinAes aes;

    start (&aes);
    got = gst_pin_aes_push (&aes, in, size, out);
    g_assert_true (gst_pin_aes_finish (&aes, out + got, &rest));
    g_assert_cmpmem (out, got + rest, padded[i].plain,
        strlen (padded[i].plain));
  }
}

static void
test_ends_that_are_none (void)
{
  guint8 in[64], out[96];
  gsize size = read_hex (padded[2].encrypted, in), rest;
  GstPinAes aes;

  start (&aes);
  g_assert_false (gst_pin_aes_finish (&aes, out, &rest));
  for (gsize cut = 1; cut < size; cut++) {
    start (&aes);
    gst_pin_aes_push (&aes, in, cut, out);
    g_assert_false (gst_pin_aes_finish (&aes, out, &rest));
  }
  in[size - 17] ^= 1;           /* makes 0x11 of the padding's last 0x10 */
  start (&aes);
  gst_pin_aes_push (&aes, in, size, out);
  g_assert_false (gst_pin_aes_finish (&aes, out, &rest));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++) {
    g_autofree gchar *path = g_strconcat ("/aes/", vectors[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_vector);
  }
  g_test_add_func ("/aes/padding", test_padding);
  g_test_add_func ("/aes/ends-that-are-none", test_ends_that_are_none);
  return g_test_run ();
}
