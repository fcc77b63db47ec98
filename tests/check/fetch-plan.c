/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan's runs: which fragments can be asked for together.
 */
#include "fetch-plan-private.h"

static GstPinRun *
run_of (GstPinPlan *plan, guint track, guint run)
{
  return &g_array_index (plan->tracks[track].runs, GstPinRun, run);
}

static guint
add (GstPinPlan *plan, guint track, const gchar *url, guint64 offset,
    gint64 length)
{
  return gst_pin_plan_add (plan, track, GST_PIN_FRAGMENT_MEDIA, url, offset,
      length, 0);
}

/* What Pinterest serves: one file, an init part, a hole, then ranges */
static void
test_one_file (void)
{
  g_autoptr (GstPinPlan) plan = gst_pin_plan_new ();
  guint last = 0;

  add (plan, 0, "https://a/v", 0, 974);
  add (plan, 0, "https://a/v", 1098, 69034);
  last = add (plan, 0, "https://a/v", 70132, 1000);
  add (plan, 1, "https://a/a", 0, 10);
  gst_pin_plan_seal (plan, TRUE);
  g_assert_cmpuint (plan->n_tracks, ==, 2);
  g_assert_cmpuint (plan->tracks[0].runs->len, ==, 1);
  g_assert_cmpuint (run_of (plan, 0, 0)->end, ==, 71132);
  g_assert_cmpuint (gst_pin_plan_get (plan, last)->run, ==, 0);
  g_assert_cmpuint (plan->tracks[1].runs->len, ==, 1);
}

static void
test_what_does_not_join (void)
{
  g_autoptr (GstPinPlan) plan = gst_pin_plan_new ();

  add (plan, 0, "https://a/1", 0, -1);  /* unknown lengths */
  add (plan, 0, "https://a/2", 0, -1);
  add (plan, 0, "https://a/3", 0, 10);  /* another file */
  add (plan, 0, "https://a/3", 5, 10);  /* overlaps */
  add (plan, 0, "https://a/3", 1000000, 10);    /* far away */
  add (plan, 0, "https://a/3", 0, 10);  /* backwards */
  gst_pin_plan_seal (plan, TRUE);
  g_assert_cmpuint (plan->tracks[0].runs->len, ==, 6);
  g_assert_cmpuint (run_of (plan, 0, 0)->end, ==, G_MAXUINT64);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpuint (gst_pin_plan_get (plan, i)->run, ==, i);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fetch-plan/one-file", test_one_file);
  g_test_add_func ("/fetch-plan/what-does-not-join", test_what_does_not_join);
  return g_test_run ();
}
