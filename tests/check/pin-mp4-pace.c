/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The gate between inputs, with two threads that pass it.
 */
#include "pin-mp4-pace.h"

#define PATIENCE (100 * GST_MSECOND)
#define FOREVER (60 * GST_SECOND)

typedef struct
{
  GstPinMp4Pace *pace;
  GstPinMp4Lane *lane, *other;
  gint passed;                  /* atomic: seconds */
  gint worst;                   /* atomic: … ahead of the other one */
  gint *theirs;
  guint length;                 /* seconds */
} Runner;

static gpointer
run (gpointer data)
{
  Runner *self = data;
  guint i;

  for (i = 0; i < self->length * 10; i++) {
    gst_pin_mp4_pace_pass (self->pace, self->lane, i * GST_SECOND / 10);
    g_atomic_int_set (&self->passed, i);
    if ((gint) i - g_atomic_int_get (self->theirs) > self->worst)
      self->worst = i - g_atomic_int_get (self->theirs);
  }
  g_atomic_int_set (&self->passed, G_MAXINT / 2);
  gst_pin_mp4_pace_leave (self->pace, self->lane);
  return NULL;
}

static void
test_side_by_side (void)
{
  g_autoptr (GstPinMp4Pace) pace = gst_pin_mp4_pace_new (FOREVER);
  Runner one = { pace, gst_pin_mp4_pace_add_lane (pace), };
  Runner two = { pace, gst_pin_mp4_pace_add_lane (pace), };
  GThread *a, *b;

  one.theirs = &two.passed;
  two.theirs = &one.passed;
  one.length = 2000;
  two.length = 1000;            /* ends early: not waited for */
  gst_pin_mp4_pace_enter (pace, one.lane);
  gst_pin_mp4_pace_enter (pace, two.lane);
  a = g_thread_new ("one", run, &one);
  b = g_thread_new ("two", run, &two);
  g_thread_join (a);
  g_thread_join (b);
  /* a second, and the step that the other one is just taking */
  g_assert_cmpint (one.worst, <=, 11);
  g_assert_cmpint (two.worst, <=, 11);
}

/* Alone, with a lane that nobody uses, and with one that has no times */
static void
test_nobody_to_wait_for (void)
{
  g_autoptr (GstPinMp4Pace) pace = gst_pin_mp4_pace_new (FOREVER);
  GstPinMp4Lane *lane = gst_pin_mp4_pace_add_lane (pace);
  GstPinMp4Lane *timeless = gst_pin_mp4_pace_add_lane (pace);

  gst_pin_mp4_pace_add_lane (pace);
  gst_pin_mp4_pace_enter (pace, lane);
  g_assert_true (gst_pin_mp4_pace_pass (pace, lane, 0));
  g_assert_true (gst_pin_mp4_pace_pass (pace, lane, 100 * GST_SECOND));
  gst_pin_mp4_pace_enter (pace, timeless);
  g_assert_true (gst_pin_mp4_pace_pass (pace, timeless, GST_CLOCK_TIME_NONE));
  g_assert_true (gst_pin_mp4_pace_pass (pace, lane, 200 * GST_SECOND));
}

static void
test_patience (void)
{
  g_autoptr (GstPinMp4Pace) pace = gst_pin_mp4_pace_new (PATIENCE);
  GstPinMp4Lane *lane = gst_pin_mp4_pace_add_lane (pace);
  GstPinMp4Lane *silent = gst_pin_mp4_pace_add_lane (pace);
  gint64 begin = g_get_monotonic_time ();

  gst_pin_mp4_pace_enter (pace, lane);
  gst_pin_mp4_pace_enter (pace, silent);
  g_assert_false (gst_pin_mp4_pace_pass (pace, lane, 0));
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, PATIENCE / 1000);
  g_assert_true (gst_pin_mp4_pace_pass (pace, lane, 100 * GST_SECOND));
}

static gpointer
begin (gpointer data)
{
  Runner *self = data;
  gboolean patient = gst_pin_mp4_pace_begin (self->pace, self->lane);

  g_atomic_int_set (&self->passed, 1);
  return GINT_TO_POINTER (patient);
}

/* The last lane's sample comes first, and is not the first to go */
static void
test_begin_in_order (void)
{
  g_autoptr (GstPinMp4Pace) pace = gst_pin_mp4_pace_new (FOREVER);
  Runner one = { pace, gst_pin_mp4_pace_add_lane (pace), };
  Runner two = { pace, gst_pin_mp4_pace_add_lane (pace), };
  GThread *thread;

  gst_pin_mp4_pace_enter (pace, one.lane);
  gst_pin_mp4_pace_enter (pace, two.lane);
  thread = g_thread_new ("two", begin, &two);
  g_assert_true (gst_pin_mp4_pace_begin (pace, one.lane));
  g_usleep (PATIENCE / 2000);
  g_assert_false (g_atomic_int_get (&two.passed));
  gst_pin_mp4_pace_pass (pace, one.lane, GST_CLOCK_TIME_NONE);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
}

/* Who ends without a sample is not waited for; who is silent, not for ever */
static void
test_begin_without_the_first (void)
{
  g_autoptr (GstPinMp4Pace) pace = gst_pin_mp4_pace_new (PATIENCE);
  GstPinMp4Lane *one = gst_pin_mp4_pace_add_lane (pace);
  GstPinMp4Lane *two = gst_pin_mp4_pace_add_lane (pace);
  GstPinMp4Lane *three = gst_pin_mp4_pace_add_lane (pace);

  gst_pin_mp4_pace_enter (pace, one);
  gst_pin_mp4_pace_enter (pace, two);
  gst_pin_mp4_pace_enter (pace, three);
  gst_pin_mp4_pace_leave (pace, one);
  g_assert_true (gst_pin_mp4_pace_begin (pace, two));
  g_assert_false (gst_pin_mp4_pace_begin (pace, three));
  g_assert_true (gst_pin_mp4_pace_begin (pace, three));
}

static gpointer
pass_first (gpointer data)
{
  Runner *self = data;

  return GINT_TO_POINTER (gst_pin_mp4_pace_pass (self->pace, self->lane, 0));
}

static void
test_stop (void)
{
  g_autoptr (GstPinMp4Pace) pace = gst_pin_mp4_pace_new (FOREVER);
  Runner one = { pace, gst_pin_mp4_pace_add_lane (pace), };
  GThread *thread;

  gst_pin_mp4_pace_enter (pace, one.lane);
  gst_pin_mp4_pace_enter (pace, gst_pin_mp4_pace_add_lane (pace));
  thread = g_thread_new ("one", pass_first, &one);
  gst_pin_mp4_pace_set_stopped (pace, TRUE);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-mp4-pace/side-by-side", test_side_by_side);
  g_test_add_func ("/pin-mp4-pace/nobody-to-wait-for", test_nobody_to_wait_for);
  g_test_add_func ("/pin-mp4-pace/patience", test_patience);
  g_test_add_func ("/pin-mp4-pace/begin-in-order", test_begin_in_order);
  g_test_add_func ("/pin-mp4-pace/begin-without-the-first",
      test_begin_without_the_first);
  g_test_add_func ("/pin-mp4-pace/stop", test_stop);
  return g_test_run ();
}
