/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records in any order, with gaps and overlaps, against a search from end to
 * end.
 */
#include "fetch-records-private.h"

static GArray *
make_records (void)
{
  return g_array_new (FALSE, FALSE, sizeof (GstPinRecord));
}

static void
add (GArray *records, guint64 offset, guint32 size)
{
  GstPinRecord record = { offset, size, 0, records->len };

  gst_pin_records_add (records, &record);
}

static void
test_none (void)
{
  g_autoptr (GArray) records = make_records ();
  guint64 next = 0;

  g_assert_null (gst_pin_records_find (records, 0, &next));
  g_assert_cmpuint (next, ==, G_MAXUINT64);
}

/* One that begins where another does, and came later, is the one that is found;
 * a long one is found behind short ones that lie in it */
static void
test_overlap (void)
{
  g_autoptr (GArray) records = make_records ();
  const GstPinRecord *found;
  guint64 next;
  guint i;

  add (records, 100, 10);
  add (records, 100, 10);
  found = gst_pin_records_find (records, 105, &next);
  g_assert_nonnull (found);
  g_assert_cmpint (found->position, ==, 1);
  add (records, 0, GST_PIN_RECORD_MAX);
  for (i = 0; i < 1000; i++)
    add (records, 200 + i * 1000, 10);
  found = gst_pin_records_find (records, GST_PIN_RECORD_MAX - 1, &next);
  g_assert_nonnull (found);
  g_assert_cmpuint (found->offset, ==, 0);
  g_assert_null (gst_pin_records_find (records, GST_PIN_RECORD_MAX, &next));
  g_assert_cmpuint (next, ==, G_MAXUINT64);
}

static void
test_random (void)
{
  g_autoptr (GArray) records = make_records ();
  guint i, j;

  for (i = 0; i < 500; i++)
    add (records, g_test_rand_int_range (0, 20000),
        g_test_rand_int_range (1, 60));
  for (i = 0; i < 20100; i++) {
    const GstPinRecord *expected = NULL;
    guint64 next, expected_next = G_MAXUINT64;

    for (j = 0; j < records->len; j++) {
      const GstPinRecord *record = &g_array_index (records, GstPinRecord, j);

      if (j > 0)
        g_assert_cmpuint (record[-1].offset, <=, record->offset);
      if (record->offset > i) {
        expected_next = record->offset;
        break;
      }
      if (i - record->offset < record->size)
        expected = record;
    }
    g_assert_true (gst_pin_records_find (records, i, &next) == expected);
    g_assert_cmpuint (next, ==, expected_next);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fetch-records/none", test_none);
  g_test_add_func ("/fetch-records/overlap", test_overlap);
  g_test_add_func ("/fetch-records/random", test_random);
  return g_test_run ();
}
