/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The byte budget: what is lent comes back when the last buffer is gone.
 */
#include "fetch-budget-private.h"

static void
count_wake (gpointer data)
{
  (*(guint *) data)++;
}

static void
test_lending (void)
{
  guint wakes = 0;
  GstPinBudget *budget = gst_pin_budget_new (1000, 0, count_wake, &wakes);
  GstPinBlock *block;
  GstMemory *shared;

  g_assert_true (gst_pin_budget_reserve (budget, 600, FALSE));
  g_assert_false (gst_pin_budget_reserve (budget, 600, FALSE));
  block = gst_pin_budget_new_block (budget, 600, 0);
  shared = gst_memory_share (block->memory, 100, 50);
  gst_pin_block_free (block);
  /* A part of it is still in a buffer somewhere */
  g_assert_cmpuint (gst_pin_budget_get_used (budget), ==, 600);
  g_assert_cmpuint (wakes, ==, 0);
  gst_memory_unref (shared);
  g_assert_cmpuint (gst_pin_budget_get_used (budget), ==, 0);
  g_assert_cmpuint (wakes, ==, 1);

  /* Nobody was refused since: nobody is woken */
  g_assert_true (gst_pin_budget_reserve (budget, 1000, FALSE));
  gst_pin_budget_cancel (budget, 1000);
  g_assert_cmpuint (wakes, ==, 1);
  g_assert_cmpuint (gst_pin_budget_get_peak (budget), ==, 1000);
  gst_pin_budget_unref (budget);
}

static void
test_headroom (void)
{
  GstPinBudget *budget = gst_pin_budget_new (10, 4, NULL, NULL);

  g_assert_false (gst_pin_budget_reserve (budget, 7, FALSE));
  g_assert_true (gst_pin_budget_reserve (budget, 6, FALSE));
  g_assert_true (gst_pin_budget_reserve (budget, 4, TRUE));
  g_assert_true (gst_pin_budget_reserve (budget, 1, TRUE));
  g_assert_cmpuint (gst_pin_budget_get_used (budget), ==, 11);
  gst_pin_budget_cancel (budget, 11);
  gst_pin_budget_unref (budget);
}

static void
test_block_outlives_budget (void)
{
  GstPinBudget *budget = gst_pin_budget_new (10, 0, NULL, NULL);
  GstPinBlock *block;
  GstMemory *memory;

  g_assert_true (gst_pin_budget_reserve (budget, 10, FALSE));
  block = gst_pin_budget_new_block (budget, 10, 0);
  memory = gst_memory_ref (block->memory);
  gst_pin_block_free (block);
  gst_pin_budget_unref (budget);
  gst_memory_unref (memory);
}

/* Three eighths are only for what was asked for and has not come */
static void
test_filling (void)
{
  guint wakes = 0;
  GstPinBudget *budget = gst_pin_budget_new (1000, 0, count_wake, &wakes);
  GstPinBlock *first, *urgent;

  g_assert_true (gst_pin_budget_reserve (budget, 1000, FALSE));
  g_assert_true (gst_pin_budget_may_fill (budget, 625));
  first = gst_pin_budget_new_block (budget, 600, 0);
  g_assert_true (gst_pin_budget_may_fill (budget, 25));
  g_assert_false (gst_pin_budget_may_fill (budget, 26));
  urgent = gst_pin_budget_new_block (budget, 100, 0);
  g_assert_cmpuint (wakes, ==, 0);
  gst_pin_block_free (first);
  g_assert_cmpuint (wakes, ==, 1);
  g_assert_true (gst_pin_budget_may_fill (budget, 525));
  gst_pin_block_free (urgent);
  gst_pin_budget_cancel (budget, 300);
  g_assert_cmpuint (gst_pin_budget_get_used (budget), ==, 0);
  gst_pin_budget_unref (budget);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fetch-budget/lending", test_lending);
  g_test_add_func ("/fetch-budget/headroom", test_headroom);
  g_test_add_func ("/fetch-budget/filling", test_filling);
  g_test_add_func ("/fetch-budget/block-outlives-budget",
      test_block_outlives_budget);
  return g_test_run ();
}
