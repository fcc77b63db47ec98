/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bits, Exp-Golomb codes, emulation prevention, and the end of the data.
 */
#include "mp4-bits-private.h"

static void
test_codes (void)
{
  /* 1 | 010 | 011 | 00100 | 00101 … */
  static const guint8 data[] = { 0xa6, 0x42, 0x98 };
  GstPinMp4Bits bits;

  gst_pin_mp4_bits_init (&bits, data, sizeof (data), FALSE);
  g_assert_cmpuint (gst_pin_mp4_bits_ue (&bits), ==, 0);
  g_assert_cmpuint (gst_pin_mp4_bits_ue (&bits), ==, 1);
  g_assert_cmpuint (gst_pin_mp4_bits_ue (&bits), ==, 2);
  g_assert_cmpuint (gst_pin_mp4_bits_ue (&bits), ==, 3);
  g_assert_cmpint (gst_pin_mp4_bits_se (&bits), ==, -2);
  g_assert_false (bits.overrun);
}

static void
test_escaped (void)
{
  static const guint8 data[] = { 0, 0, 3, 1, 0, 0, 3, 0, 5 };
  GstPinMp4Bits bits;

  gst_pin_mp4_bits_init (&bits, data, sizeof (data), TRUE);
  g_assert_cmpuint (gst_pin_mp4_bits_get (&bits, 24), ==, 1);
  g_assert_cmpuint (gst_pin_mp4_bits_get (&bits, 32), ==, 5);
  g_assert_false (bits.overrun);
  gst_pin_mp4_bits_init (&bits, data, sizeof (data), FALSE);
  g_assert_cmpuint (gst_pin_mp4_bits_get (&bits, 24), ==, 3);
}

static void
test_end (void)
{
  static const guint8 zeros[8] = { 0, };
  GstPinMp4Bits bits;

  gst_pin_mp4_bits_init (&bits, zeros, 1, FALSE);
  gst_pin_mp4_bits_skip (&bits, 8);
  g_assert_false (bits.overrun);
  g_assert_cmpuint (gst_pin_mp4_bits_get (&bits, 1), ==, 0);
  g_assert_true (bits.overrun);
  gst_pin_mp4_bits_init (&bits, zeros, sizeof (zeros), FALSE);
  g_assert_cmpuint (gst_pin_mp4_bits_ue (&bits), ==, 0);
  g_assert_true (bits.overrun);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-bits/codes", test_codes);
  g_test_add_func ("/mp4-bits/escaped", test_escaped);
  g_test_add_func ("/mp4-bits/end", test_end);
  return g_test_run ();
}
