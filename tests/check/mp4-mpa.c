/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Frame headers of MPEG audio.
 */
#include "mp4-mpa-private.h"

static void
test_headers (void)
{
  static const struct
  {
    guint8 head[4];
    guint size, rate, channels, samples;
  } cases[] = {
    {{0xff, 0xfb, 0x90, 0x64}, 417, 44100, 2, 1152},    /* 128 kbit/s */
    {{0xff, 0xfb, 0x92, 0x64}, 418, 44100, 2, 1152},    /* padded */
    {{0xff, 0xfb, 0x94, 0xc4}, 384, 48000, 1, 1152},
    {{0xff, 0xf3, 0x80, 0xc4}, 208, 22050, 1, 576},     /* MPEG-2, 64 kbit/s */
    {{0xff, 0xfd, 0xa4, 0x04}, 576, 48000, 2, 1152},    /* layer II, 192 */
    {{0xff, 0xff, 0xc4, 0x04}, 384, 48000, 2, 384},     /* layer I, 384 */
    {{0xff, 0xfb, 0x00, 0x64}}, /* free format */
    {{0xff, 0xfb, 0xf0, 0x64}},
    {{0xff, 0xfb, 0x9c, 0x64}}, /* a rate that does not exist */
    {{0xff, 0xe9, 0x90, 0x64}}, /* a version that does not */
    {{0xff, 0xf9, 0x90, 0x64}}, /* ADTS, not layer III */
    {{0x0b, 0x77, 0x00, 0x00}},
  };
  GstPinMp4Mpa frame;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpint (gst_pin_mp4_mpa_parse (cases[i].head, 4, &frame), ==,
        cases[i].size > 0);
    if (cases[i].size == 0)
      continue;
    g_assert_cmpuint (frame.frame_size, ==, cases[i].size);
    g_assert_cmpuint (frame.rate, ==, cases[i].rate);
    g_assert_cmpuint (frame.channels, ==, cases[i].channels);
    g_assert_cmpuint (frame.samples, ==, cases[i].samples);
  }
  g_assert_false (gst_pin_mp4_mpa_parse (cases[0].head, 3, &frame));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-mpa/headers", test_headers);
  return g_test_run ();
}
