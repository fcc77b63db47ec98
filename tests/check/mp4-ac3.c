/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Heads of AC-3 and E-AC-3 frames, and the boxes made of them.
 */
#include "mp4-ac3-private.h"

static void
test_ac3 (void)
{
  /* 48 kHz, 192 kbit/s, 2/0, as ffmpeg writes it */
  static const guint8 head[] = { 0x0b, 0x77, 0x12, 0x34, 0x14, 0x40, 0x43,
    0xe1, 0x00
  };
  g_auto (GstPinMp4Box) box = { 0, };
  GstPinMp4Ac3 frame;

  g_assert_true (gst_pin_mp4_ac3_parse (head, sizeof (head), &frame));
  g_assert_false (frame.enhanced);
  g_assert_cmpuint (frame.frame_size, ==, 768);
  g_assert_cmpuint (frame.rate, ==, 48000);
  g_assert_cmpuint (frame.channels, ==, 2);
  g_assert_cmpuint (frame.blocks, ==, 6);
  gst_pin_mp4_ac3_put_box (&box, &frame, 0, 0, 0);
  /* fscod 0, bsid 8, bsmod 0, acmod 2, lfeon 0, bit_rate_code 10 */
  g_assert_cmpmem (box.data, box.size, "\0\0\0\13dac3\x10\x11\x40", 11);
}

static void
test_eac3 (void)
{
  /* strmtyp 0, substream 0, 768 bytes, 48 kHz, 6 blocks, 3/2 with LFE */
  static const guint8 head[] = { 0x0b, 0x77, 0x01, 0x7f, 0x3f, 0x87, 0xc0, 0,
    0, 0
  };
  static const guint8 dependent[] = { 0x0b, 0x77, 0x41, 0x7f, 0x34, 0x87,
    0xc8, 0x01, 0, 0
  };
  g_auto (GstPinMp4Box) box = { 0, };
  GstPinMp4Ac3 frame;

  g_assert_true (gst_pin_mp4_ac3_parse (head, sizeof (head), &frame));
  g_assert_true (frame.enhanced && !frame.dependent);
  g_assert_cmpuint (frame.frame_size, ==, 768);
  g_assert_cmpuint (frame.blocks, ==, 6);
  g_assert_cmpuint (frame.channels, ==, 6);
  g_assert_cmpuint (frame.bsid, ==, 16);
  gst_pin_mp4_ac3_put_box (&box, &frame, 0, 0, 192);
  g_assert_cmpmem (box.data, box.size, "\0\0\0\15dec3\x06\x00\x20\x0f\0", 13);
  g_assert_true (gst_pin_mp4_ac3_parse (dependent, sizeof (dependent),
          &frame));
  g_assert_true (frame.dependent);
}

static void
test_damaged (void)
{
  static const guint8 bad_rate[] = { 0x0b, 0x77, 0, 0, 0xd4, 0x40, 0x43, 0xe1 };
  static const guint8 bad_size[] = { 0x0b, 0x77, 0, 0, 0x3f, 0x40, 0x43, 0xe1 };
  GstPinMp4Ac3 frame;

  g_assert_false (gst_pin_mp4_ac3_parse (bad_rate, sizeof (bad_rate), &frame));
  g_assert_false (gst_pin_mp4_ac3_parse (bad_size, sizeof (bad_size), &frame));
  g_assert_false (gst_pin_mp4_ac3_parse (bad_rate, 4, &frame));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-ac3/ac3", test_ac3);
  g_test_add_func ("/mp4-ac3/eac3", test_eac3);
  g_test_add_func ("/mp4-ac3/damaged", test_damaged);
  return g_test_run ();
}
