/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sequence parameter sets say size, shape and colour; cut short, they are refused
 * or say less, and never more.
 */
#include "mp4-sps-private.h"
#include "mp4-sets.h"

#include <string.h>

static void
test_h264 (void)
{
  GstPinMp4Sps sps;

  g_assert_true (gst_pin_mp4_sps_parse (GST_PIN_MP4_H264, h264_sps,
          sizeof (h264_sps), &sps));
  g_assert_cmpuint (sps.width, ==, 1920);
  g_assert_cmpuint (sps.height, ==, 1080);
  g_assert_cmpuint (sps.sar_width, ==, 4);
  g_assert_cmpuint (sps.sar_height, ==, 3);
  g_assert_true (sps.has_colour && sps.full_range);
  g_assert_cmpuint (sps.primaries, ==, 1);
  g_assert_cmpuint (sps.matrix, ==, 1);
  g_assert_cmpuint (sps.chroma_format, ==, 1);
}

static void
test_h264_444 (void)
{
  GstPinMp4Sps sps;

  g_assert_true (gst_pin_mp4_sps_parse (GST_PIN_MP4_H264, h264_sps_444,
          sizeof (h264_sps_444), &sps));
  g_assert_cmpuint (sps.width, ==, 322);
  g_assert_cmpuint (sps.height, ==, 182);
  g_assert_cmpuint (sps.chroma_format, ==, 3);
}

static void
test_h265 (void)
{
  GstPinMp4Sps sps;

  g_assert_true (gst_pin_mp4_sps_parse (GST_PIN_MP4_H265, h265_sps,
          sizeof (h265_sps), &sps));
  g_assert_cmpuint (sps.width, ==, 1920);
  g_assert_cmpuint (sps.height, ==, 1080);
  g_assert_cmpuint (sps.luma_depth, ==, 10);
  g_assert_cmpuint (sps.chroma_depth, ==, 10);
  g_assert_cmpuint (sps.sar_width, ==, 4);
  g_assert_true (sps.has_colour);
  g_assert_cmpuint (sps.primaries, ==, 9);
  g_assert_cmpuint (sps.transfer, ==, 16);
  g_assert_cmpuint (sps.matrix, ==, 9);
  g_assert_cmpuint (sps.profile[0], ==, 2);
  g_assert_cmpuint (sps.profile[11], ==, 0x78);
}

/* Cut anywhere, or with any one byte damaged: an answer, and a sane one */
static void
damage (GstPinMp4VideoCodec codec, const guint8 *whole, gsize size)
{
  guint8 copy[64];
  GstPinMp4Sps sps;
  gsize i;
  guint value;

  for (i = 0; i < size; i++) {
    g_autofree guint8 *cut = g_memdup2 (whole, i);

    if (gst_pin_mp4_sps_parse (codec, cut, i, &sps))
      g_assert_cmpuint (sps.width, ==, 1920);
    for (value = 0; value < 256; value++) {
      memcpy (copy, whole, size);
      copy[i] = value;
      if (gst_pin_mp4_sps_parse (codec, copy, size, &sps)) {
        g_assert_cmpuint (sps.width - 1, <, 16384);
        g_assert_cmpuint (sps.height - 1, <, 16384);
      }
    }
  }
}

static void
test_damaged (void)
{
  damage (GST_PIN_MP4_H264, h264_sps, sizeof (h264_sps));
  damage (GST_PIN_MP4_H265, h265_sps, sizeof (h265_sps));
}

/* A step between two scaling factors that is as large as a step can be */
static void
test_scaling_list_overflow (void)
{
  static const guint8 sps[] = { 0x67, 0x64, 0x00, 0x0a, 0xad, 0x80, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff
  };
  GstPinMp4Sps parsed;

  g_assert_false (gst_pin_mp4_sps_parse (GST_PIN_MP4_H264, sps, sizeof (sps),
          &parsed));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-sps/h264", test_h264);
  g_test_add_func ("/mp4-sps/h264-444", test_h264_444);
  g_test_add_func ("/mp4-sps/h265", test_h265);
  g_test_add_func ("/mp4-sps/damaged", test_damaged);
  g_test_add_func ("/mp4-sps/scaling-list-overflow",
      test_scaling_list_overflow);
  return g_test_run ();
}
