/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What media files begin with and where they may end, fed in pieces.
 */
#include "fetch-shape-private.h"

#include <string.h>

static GByteArray *
make_boxes (void)
{
  static const guint8 boxes[] = {
    0, 0, 0, 12, 's', 't', 'y', 'p', 1, 2, 3, 4,
    0, 0, 0, 8, 'f', 'r', 'e', 'e',
    0, 0, 0, 1, 'm', 'd', 'a', 't', 0, 0, 0, 0, 0, 0, 0, 20, 9, 9, 9, 9
  };
  GByteArray *array = g_byte_array_new ();

  return g_byte_array_append (array, boxes, sizeof boxes);
}

static gboolean
may_end_after (const GByteArray *bytes, gsize end, gsize step)
{
  GstPinShape shape = { 0, };

  for (gsize at = 0; at < end; at += step)
    gst_pin_shape_feed (&shape, bytes->data + at, MIN (step, end - at));
  return gst_pin_shape_may_end (&shape);
}

static void
test_boxes (void)
{
  g_autoptr (GByteArray) boxes = make_boxes ();

  for (gsize step = 8; step <= 40; step += 4)
    for (gsize end = 8; end <= boxes->len; end++) {
      gboolean whole = end == 12 || end == 20 || end == 40;

      g_assert_cmpint (may_end_after (boxes, end, step), ==, whole);
    }
}

static void
test_box_to_the_end (void)
{
  static const guint8 box[] = { 0, 0, 0, 0, 'm', 'd', 'a', 't', 1, 2, 3 };
  GstPinShape shape = { 0, };

  gst_pin_shape_feed (&shape, box, sizeof box);
  g_assert_true (gst_pin_shape_may_end (&shape));
}

/* A size smaller than its own header must not make the scan stand still */
static void
test_lying_sizes (void)
{
  static const guint8 sizes[] = { 2, 7 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint8 box[64] = { 0, 0, 0, sizes[i], 'm', 'o', 'o', 'f' };
    GstPinShape shape = { 0, };

    gst_pin_shape_feed (&shape, box, sizeof box);
    g_assert_cmpuint (shape.size, ==, sizeof box);
  }
}

static void
test_ts (void)
{
  guint8 packets[376];
  GstPinShape shape = { 0, };

  memset (packets, 0, sizeof packets);
  packets[0] = packets[188] = 0x47;
  gst_pin_shape_feed (&shape, packets, 188);
  g_assert_true (gst_pin_shape_may_end (&shape));
  gst_pin_shape_feed (&shape, packets + 188, 100);
  g_assert_false (gst_pin_shape_may_end (&shape));
  gst_pin_shape_feed (&shape, packets + 288, 88);
  g_assert_true (gst_pin_shape_may_end (&shape));
}

static void
test_beginnings (void)
{
  static const struct
  {
    const gchar *bytes;
    gboolean good;
  } cases[] = {
    {"G@\0\021xxxx", TRUE}, {"\0\0\0\030ftypmp42", TRUE},
    {"\0\0\0\030moofxxxx", TRUE}, {"ID3\004\0\0\0\0", TRUE},
    {"\377\361P\200xxxx", TRUE}, {"\013wxxxxxx", TRUE},
    {"<!DOCTYPE html>", FALSE}, {"{\"error\":1}", FALSE},
    {"\037\213\010\0\0\0\0\0", FALSE}, {"\0\0\0\0\0\0\0\0", FALSE},
    {"WEBVTT\n\n", FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (gst_pin_shape_begins_well ((const guint8 *)
            cases[i].bytes, 8), ==, cases[i].good);
  g_assert_false (gst_pin_shape_begins_well ((const guint8 *) "", 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fetch-shape/boxes", test_boxes);
  g_test_add_func ("/fetch-shape/box-to-the-end", test_box_to_the_end);
  g_test_add_func ("/fetch-shape/lying-sizes", test_lying_sizes);
  g_test_add_func ("/fetch-shape/ts", test_ts);
  g_test_add_func ("/fetch-shape/beginnings", test_beginnings);
  return g_test_run ();
}
