/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The token bucket, on a clock of the test's own.
 */
#include "fetch-pacer-private.h"

static void
test_no_limit (void)
{
  GstPinPacer pacer;

  gst_pin_pacer_init (&pacer, 0, 0);
  g_assert_cmpuint (gst_pin_pacer_take (&pacer, 1 << 20, 0), ==, 1 << 20);
}

/* Whoever waits as long as told gets the rate, neither more nor much less */
static void
test_rate (void)
{
  const guint64 rate = 1000000;
  GstPinPacer pacer;
  gint64 now = 0;
  guint64 sum = 0;

  gst_pin_pacer_init (&pacer, rate, 0);
  while (now < 10 * G_USEC_PER_SEC) {
    gsize size = gst_pin_pacer_take (&pacer, 65536, now);

    sum += size;
    if (size == 0)
      now += gst_pin_pacer_wait (&pacer);
  }
  g_assert_cmpuint (sum, <=, 10 * rate + 65536);
  g_assert_cmpuint (sum, >=, 9 * rate);
}

static void
test_no_burst_after_a_pause (void)
{
  GstPinPacer pacer;
  guint64 sum = 0;
  gsize size;

  gst_pin_pacer_init (&pacer, 1000000, 0);
  while ((size = gst_pin_pacer_take (&pacer, 65536, 60 * G_USEC_PER_SEC)))
    sum += size;
  g_assert_cmpuint (sum, <=, 100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fetch-pacer/no-limit", test_no_limit);
  g_test_add_func ("/fetch-pacer/rate", test_rate);
  g_test_add_func ("/fetch-pacer/no-burst-after-a-pause",
      test_no_burst_after_a_pause);
  return g_test_run ();
}
