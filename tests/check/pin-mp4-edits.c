/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rewriting of edit lists on moov boxes made in memory.
 */
#include "pin-mp4-edits.h"

#include "pin-mp4-box.h"

#include "mp4-maker.h"

#define MS(n) ((n) * GST_MSECOND)

/* A moov of one track per value: how many ticks its edit list waits; none for
 * a negative one */
static GstBuffer *
make_moov (const gint *empty, guint n)
{
  GByteArray *data = g_byte_array_new ();
  guint moov = begin_box (data, "moov"), i;
  g_autoptr (GBytes) bytes = NULL;

  put_mvhd (data, 10000);
  for (i = 0; i < n; i++) {
    guint trak = begin_box (data, "trak"), mdia, box;

    put_tkhd (data, i + 1, 10000);
    if (empty[i] >= 0)
      put_edts (data, empty[i], 10000, 0);
    mdia = begin_box (data, "mdia");
    box = begin_full_box (data, "mdhd", 0);
    put_zeros (data, 8);
    put32 (data, 48000);
    put_zeros (data, 8);
    end_box (data, box);
    end_box (data, mdia);
    end_box (data, trak);
  }
  end_box (data, moov);
  bytes = g_byte_array_free_to_bytes (data);
  return gst_buffer_new_wrapped_bytes (bytes);
}

/* The numbers behind the flags of track @n's elst: count, entries */
static guint32
read_edit (GstBuffer *buffer, guint n, guint number)
{
  GstMapInfo map;
  GstPinMp4Box moov, trak, edts, elst;
  gsize offset = GST_PIN_MP4_BOX_HEADER;
  guint32 value;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  moov.data = map.data;
  moov.size = map.size;
  for (;;) {
    g_assert_true (gst_pin_mp4_box_next (&moov, &offset, &trak));
    if (gst_pin_mp4_box_is (&trak, "trak") && n-- == 0)
      break;
  }
  g_assert_true (gst_pin_mp4_box_find (&trak, "edts", &edts));
  g_assert_true (gst_pin_mp4_box_find (&edts, "elst", &elst));
  value = gst_pin_mp4_box_get32 (&elst, 12 + 4 * number);
  gst_buffer_unmap (buffer, &map);
  return value;
}

/* Picture behind sound, with B-frames; nothing there before: fragmented */
static void
test_inserted (void)
{
  static const gint none[] = { -1, -1 };
  const GstPinMp4Edit edits[] = {
    {TRUE, MS (1100), MS (1020), 0, MS (5000)},
    {TRUE, MS (1000), MS (1000), 0, MS (5000)},
  };
  g_autoptr (GstBuffer) moov =
      gst_pin_mp4_edits_apply (make_moov (none, 2), edits, 2);

  g_assert_true (gst_pin_mp4_is_moov (moov));
  g_assert_cmpuint (read_edit (moov, 0, 0), ==, 2);
  g_assert_cmpuint (read_edit (moov, 0, 1), ==, 100);
  g_assert_cmpuint (read_edit (moov, 0, 2), ==, G_MAXUINT32);
  g_assert_cmpuint (read_edit (moov, 0, 4), ==, 0);
  g_assert_cmpuint (read_edit (moov, 0, 5), ==, 80 * 48);
  g_assert_cmpuint (read_edit (moov, 1, 0), ==, 1);
  g_assert_cmpuint (read_edit (moov, 1, 2), ==, 0);
}

/* Sound that begins earlier, but is not shown before the picture: the gap goes,
 * and the size stays */
static void
test_replaced (void)
{
  static const gint empty[] = { 20, 0 };
  const GstPinMp4Edit edits[] = {
    {TRUE, MS (1000), MS (1000), MS (1000), MS (11000)},
    {TRUE, MS (980), MS (980), MS (1000), MS (11000)},
  };
  GstBuffer *before = make_moov (empty, 2);
  gsize size = gst_buffer_get_size (before);
  g_autoptr (GstBuffer) moov = gst_pin_mp4_edits_apply (before, edits, 2);

  g_assert_cmpuint (gst_buffer_get_size (moov), ==, size);
  g_assert_true (gst_pin_mp4_is_moov (moov));
  g_assert_cmpuint (read_edit (moov, 0, 0), ==, 1);
  g_assert_cmpuint (read_edit (moov, 0, 1), ==, 10000);
  g_assert_cmpuint (read_edit (moov, 0, 2), ==, 0);
  g_assert_cmpuint (read_edit (moov, 1, 0), ==, 1);
  g_assert_cmpuint (read_edit (moov, 1, 1), ==, 10000);
  g_assert_cmpuint (read_edit (moov, 1, 2), ==, 20 * 48);
}

/* The last picture is shown later than the sum of all durations says */
static void
test_longer (void)
{
  static const gint empty[] = { 0 };
  const GstPinMp4Edit edits[] = { {TRUE, 0, 0, 0, MS (10040)} };
  g_autoptr (GstBuffer) moov =
      gst_pin_mp4_edits_apply (make_moov (empty, 1), edits, 1);

  g_assert_cmpuint (read_edit (moov, 0, 1), ==, 10040);
}

/* What is not understood stays as it is */
static void
test_untouched (void)
{
  static const gint empty[] = { 7 };
  const GstPinMp4Edit edits[] = { {FALSE, 0, 0, 0, 0} };
  g_autoptr (GstBuffer) moov =
      gst_pin_mp4_edits_apply (make_moov (empty, 1), edits, 1);
  GstBuffer *other = gst_buffer_new_memdup ("\0\0\0\x08mdat", 8);

  g_assert_cmpuint (read_edit (moov, 0, 1), ==, 7);
  g_assert_false (gst_pin_mp4_is_moov (other));
  g_assert_true (gst_pin_mp4_edits_apply (other, edits, 1) == other);
  gst_buffer_unref (other);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-edits/inserted", test_inserted);
  g_test_add_func ("/mp4-edits/replaced", test_replaced);
  g_test_add_func ("/mp4-edits/longer", test_longer);
  g_test_add_func ("/mp4-edits/untouched", test_untouched);
  return g_test_run ();
}
