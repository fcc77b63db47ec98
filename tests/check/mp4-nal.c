/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Start codes of three and four bytes, zeros around them, and what a NAL unit
 * is.
 */
#include "mp4-nal-private.h"

#include <string.h>

static GArray *
scan (GstPinMp4VideoCodec codec, const void *data, gsize size, gsize *first)
{
  GArray *nals = g_array_new (FALSE, FALSE, sizeof (GstPinMp4Nal));

  *first = gst_pin_mp4_nal_scan (codec, data, size, nals);
  return nals;
}

#define NAL(i) g_array_index (nals, GstPinMp4Nal, i)

static void
test_h264 (void)
{
  static const guint8 data[] = { 0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 0x67, 1, 2, 3,
    0, 0, 1, 0x68, 4, 0, 0, 1, 0x65, 0x80, 0xaa, 0, 0, 0, 0, 1, 0x41, 0x10
  };
  gsize first;
  g_autoptr (GArray) nals = scan (GST_PIN_MP4_H264, data, sizeof (data),
      &first);

  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (nals->len, ==, 5);
  g_assert_cmpuint (NAL (0).offset, ==, 4);
  g_assert_cmpuint (NAL (0).size, ==, 2);
  g_assert_cmpint (NAL (0).kind, ==, GST_PIN_MP4_NAL_AUD);
  g_assert_cmpint (NAL (1).kind, ==, GST_PIN_MP4_NAL_SPS);
  g_assert_cmpuint (NAL (1).size, ==, 4);
  g_assert_cmpint (NAL (2).kind, ==, GST_PIN_MP4_NAL_PPS);
  g_assert_cmpuint (NAL (2).size, ==, 2);
  g_assert_true (NAL (3).sync && NAL (3).first_slice);
  /* one zero more than a start code has stays with the unit before it */
  g_assert_cmpuint (NAL (3).size, ==, 4);
  g_assert_false (NAL (4).sync || NAL (4).first_slice);
  g_assert_true (gst_pin_mp4_nal_begins_unit (nals));
}

static void
test_h265 (void)
{
  static const guint8 data[] = { 0, 0, 1, 0x40, 1, 5, 0, 0, 1, 0x2a, 1, 0x80,
    0, 0, 1, 2, 1, 0x00
  };
  gsize first;
  g_autoptr (GArray) nals = scan (GST_PIN_MP4_H265, data, sizeof (data),
      &first);

  g_assert_cmpuint (nals->len, ==, 3);
  g_assert_cmpint (NAL (0).kind, ==, GST_PIN_MP4_NAL_VPS);
  g_assert_true (NAL (1).sync && NAL (1).first_slice);
  g_assert_false (NAL (2).sync || NAL (2).first_slice);
}

static void
test_recovery_point (void)
{
  static const guint8 with[] = { 0, 0, 1, 6, 5, 2, 9, 9, 6, 1, 0xc0, 0x80 };
  static const guint8 without[] = { 0, 0, 1, 6, 5, 3, 6, 6, 6, 1, 1, 0, 0x80 };
  gsize first;
  g_autoptr (GArray) nals = scan (GST_PIN_MP4_H264, with, sizeof (with),
      &first);
  g_autoptr (GArray) others = scan (GST_PIN_MP4_H264, without,
      sizeof (without), &first);

  g_assert_true (NAL (0).sync);
  g_assert_false (g_array_index (others, GstPinMp4Nal, 0).sync);
}

static void
test_nothing (void)
{
  static const guint8 none[] = { 1, 2, 3, 4, 5 };
  static const guint8 codes[] = { 0, 0, 1, 0, 0, 1, 0, 0, 1 };
  static const guint8 later[] = { 7, 7, 0, 0, 0, 1, 0x41, 0x10 };
  gsize first;
  g_autoptr (GArray) nals = scan (GST_PIN_MP4_H264, none, sizeof (none),
      &first);
  g_autoptr (GArray) empty = scan (GST_PIN_MP4_H264, codes, sizeof (codes),
      &first);
  g_autoptr (GArray) on = scan (GST_PIN_MP4_H264, later, sizeof (later),
      &first);

  g_assert_cmpuint (first, ==, 2);
  g_assert_cmpuint (nals->len + empty->len, ==, 0);
  g_assert_cmpuint (on->len, ==, 1);
  g_assert_false (gst_pin_mp4_nal_begins_unit (nals));
  g_assert_false (gst_pin_mp4_nal_begins_unit (on));
  gst_pin_mp4_nal_scan (GST_PIN_MP4_H264, none, 0, nals);
  g_assert_cmpuint (nals->len, ==, 0);
}

/* Every place of a start code in a row of other bytes, of every length */
static void
test_everywhere (void)
{
  guint8 data[40];
  gsize size, at;

  for (size = 4; size < sizeof (data); size++)
    for (at = 0; at + 4 <= size; at++) {
      gsize first;
      GArray *nals;

      memset (data, 1, sizeof (data));
      data[at] = data[at + 1] = 0;
      nals = scan (GST_PIN_MP4_H264, data, size, &first);
      g_assert_cmpuint (first, ==, at);
      g_assert_cmpuint (nals->len, ==, 1);
      g_assert_cmpuint (NAL (0).size, ==, size - at - 3);
      g_array_unref (nals);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-nal/h264", test_h264);
  g_test_add_func ("/mp4-nal/h265", test_h265);
  g_test_add_func ("/mp4-nal/recovery-point", test_recovery_point);
  g_test_add_func ("/mp4-nal/nothing", test_nothing);
  g_test_add_func ("/mp4-nal/everywhere", test_everywhere);
  return g_test_run ();
}
