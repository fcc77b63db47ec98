/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Boxes nest, get their sizes, and give their bytes away.
 */
#include "mp4-box-private.h"

#include <string.h>

static void
test_nesting (void)
{
  static const guint8 expected[] = { 0, 0, 0, 26, 'o', 'u', 't', 'r',
    0, 0, 0, 18, 'i', 'n', 'n', 'r', 1, 0, 0, 2, 0x12, 0x34, 0x56, 0, 0, 7
  };
  GstPinMp4Box box = { 0, };
  gsize outer = gst_pin_mp4_box_begin (&box, "outr");
  gsize inner = gst_pin_mp4_box_begin_full (&box, "innr", 1, 2);
  g_autoptr (GBytes) bytes = NULL;

  gst_pin_mp4_put24 (&box, 0x123456);
  gst_pin_mp4_put_zeros (&box, 1);
  gst_pin_mp4_put16 (&box, 7);
  gst_pin_mp4_box_end (&box, inner);
  gst_pin_mp4_box_end (&box, outer);
  bytes = gst_pin_mp4_box_steal (&box);
  g_assert_cmpmem (expected, sizeof (expected), g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes));
  g_assert_null (box.data);
}

static void
test_descriptor (void)
{
  g_auto (GstPinMp4Box) box = { 0, };
  gsize start = gst_pin_mp4_descriptor_begin (&box, 5);

  gst_pin_mp4_put_zeros (&box, 300);
  gst_pin_mp4_descriptor_end (&box, start);
  g_assert_cmpmem (box.data, 5, "\5\200\200\202\54", 5);
}

static void
test_grows (void)
{
  g_auto (GstPinMp4Box) box = { 0, };
  guint i;

  for (i = 0; i < 100000; i++)
    gst_pin_mp4_put64 (&box, i);
  g_assert_cmpuint (box.size, ==, 800000);
  g_assert_cmpuint (GST_READ_UINT64_BE (box.data + 8 * 77777), ==, 77777);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-box/nesting", test_nesting);
  g_test_add_func ("/mp4-box/descriptor", test_descriptor);
  g_test_add_func ("/mp4-box/grows", test_grows);
  return g_test_run ();
}
