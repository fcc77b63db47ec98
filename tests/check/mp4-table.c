/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sample tables say what was put in, packed.
 */
#include "mp4-table-private.h"
#include "mp4-find.h"

static guint8 *
write (GstPinMp4Table *table, GstPinMp4Box *box, gboolean wide)
{
  gst_pin_mp4_table_write (table, box, 40, 0, 1000, wide);
  return box->data;
}

#define FIND(path) mp4_find (box.data, box.size, path, &size)

static void
test_even (void)
{
  g_autoptr (GstPinMp4Table) table = gst_pin_mp4_table_new ();
  g_auto (GstPinMp4Box) box = { 0, };
  gsize size;
  guint i;

  gst_pin_mp4_table_begin_chunk (table, 0, 0);
  for (i = 0; i < 10; i++)
    gst_pin_mp4_table_add (table, i * 40, 0, 100, TRUE);
  write (table, &box, FALSE);
  g_assert_cmpuint (mp4_u32 (FIND ("stts"), 4), ==, 1);
  g_assert_cmpuint (mp4_u32 (FIND ("stts"), 8), ==, 10);
  g_assert_cmpuint (mp4_u32 (FIND ("stts"), 12), ==, 40);
  g_assert_null (FIND ("ctts"));
  g_assert_null (FIND ("stss"));
  g_assert_cmpuint (mp4_u32 (FIND ("stsz"), 4), ==, 100);
  g_assert_cmpuint (mp4_u32 (FIND ("stsz"), 8), ==, 10);
  g_assert_cmpuint (size, ==, 12);
  g_assert_cmpuint (mp4_u32 (FIND ("stco"), 8), ==, 1000);
}

static void
test_uneven (void)
{
  static const gint32 offsets[] = { 80, 160, 40, 0 };
  g_autoptr (GstPinMp4Table) table = gst_pin_mp4_table_new ();
  g_auto (GstPinMp4Box) box = { 0, };
  gsize size;
  guint i;

  for (i = 0; i < 8; i++) {
    if (i % 4 == 0)
      gst_pin_mp4_table_begin_chunk (table, i * 5000, i / 4);
    gst_pin_mp4_table_add (table, i * 40 + (i == 7), offsets[i % 4], 100 + i,
        i % 4 == 0);
  }
  write (table, &box, TRUE);
  g_assert_cmpuint (mp4_u32 (FIND ("stts"), 4), ==, 3);
  g_assert_cmpuint (mp4_u32 (FIND ("stts"), 20), ==, 41);
  g_assert_cmpuint (mp4_u32 (FIND ("stts"), 24), ==, 1);
  g_assert_cmpuint (mp4_u32 (FIND ("stts"), 28), ==, 40);
  g_assert_cmpuint (mp4_u32 (FIND ("ctts"), 4), ==, 8);
  g_assert_cmpuint (mp4_u32 (FIND ("ctts"), 20), ==, 160);
  g_assert_cmpuint (mp4_u32 (FIND ("stss"), 4), ==, 2);
  g_assert_cmpuint (mp4_u32 (FIND ("stss"), 12), ==, 5);
  g_assert_cmpuint (mp4_u32 (FIND ("stsc"), 4), ==, 2);
  g_assert_cmpuint (mp4_u32 (FIND ("stsc"), 28), ==, 2);        /* entry */
  g_assert_cmpuint (mp4_u32 (FIND ("stsz"), 4), ==, 0);
  g_assert_cmpuint (mp4_u32 (FIND ("stsz"), 12 + 7 * 4), ==, 107);
  g_assert_cmpuint (mp4_u32 (FIND ("co64"), 20), ==, 21000);
  g_assert_null (FIND ("stco"));
}

static void
test_negative (void)
{
  g_autoptr (GstPinMp4Table) table = gst_pin_mp4_table_new ();
  g_auto (GstPinMp4Box) box = { 0, };
  g_auto (GstPinMp4Box) shifted = { 0, };
  gsize size;

  gst_pin_mp4_table_begin_chunk (table, 0, 0);
  gst_pin_mp4_table_add (table, 0, -40, 1, TRUE);
  gst_pin_mp4_table_write (table, &box, 40, 0, 0, FALSE);
  g_assert_cmpuint (FIND ("ctts")[0], ==, 1);
  g_assert_cmpint ((gint32) mp4_u32 (FIND ("ctts"), 12), ==, -40);
  gst_pin_mp4_table_write (table, &shifted, 40, 50, 0, FALSE);
  g_assert_cmpint (mp4_u32 (mp4_find (shifted.data, shifted.size, "ctts",
              &size), 12), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-table/even", test_even);
  g_test_add_func ("/mp4-table/uneven", test_uneven);
  g_test_add_func ("/mp4-table/negative", test_negative);
  return g_test_run ();
}
