/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which proxy is taken, and how much is asked of a host at a time.
 */
#include "http-route-private.h"

#define SECOND G_TIME_SPAN_SECOND

static GPtrArray *
make_routes (guint n)
{
  GPtrArray *routes = g_ptr_array_new_with_free_func
      ((GDestroyNotify) gst_pin_route_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (routes, gst_pin_route_new ("http://proxy",
            soup_session_new ()));
  return routes;
}

static void
test_circuit (void)
{
  g_autoptr (GPtrArray) routes = make_routes (2);
  GstPinRoute *first = g_ptr_array_index (routes, 0);
  GstPinRoute *second = g_ptr_array_index (routes, 1);

  g_assert_true (gst_pin_route_pick (routes, 0) == first);
  gst_pin_route_report (first, FALSE, 0);
  g_assert_true (gst_pin_route_pick (routes, 0) == second);
  /* A worse one is better than one that is left alone */
  for (guint i = 0; i < 2; i++)
    gst_pin_route_report (first, FALSE, 0);
  for (guint i = 0; i < 2; i++)
    gst_pin_route_report (second, FALSE, 0);
  g_assert_cmpint (first->open_until, >, 0);
  g_assert_cmpint (second->open_until, ==, 0);
  g_assert_true (gst_pin_route_pick (routes, 0) == second);

  /* Tried again later, and closed by a success */
  g_assert_cmpint (first->open_until, <=, 60 * SECOND);
  gst_pin_route_report (first, TRUE, 60 * SECOND);
  g_assert_cmpint (first->open_until, ==, 0);
}

static void
test_all_are_open (void)
{
  g_autoptr (GPtrArray) routes = make_routes (2);

  for (guint i = 0; i < 3; i++)
    gst_pin_route_report (g_ptr_array_index (routes, 0), FALSE, SECOND);
  for (guint i = 0; i < 3; i++)
    gst_pin_route_report (g_ptr_array_index (routes, 1), FALSE, 0);
  /* The one that opens again first */
  g_assert_true (gst_pin_route_pick (routes, 2 * SECOND)
      == g_ptr_array_index (routes, 1));
}

static void
test_host_limit (void)
{
  GstPinHostUse use = {.busy = 16 };

  g_assert_true (gst_pin_host_use_has_room (&use));
  gst_pin_host_use_was_too_much (&use, SECOND);
  g_assert_cmpfloat (use.limit, ==, 8);
  g_assert_false (gst_pin_host_use_has_room (&use));
  /* The other answers of the same burst */
  gst_pin_host_use_was_too_much (&use, SECOND + 1);
  g_assert_cmpfloat (use.limit, ==, 8);
  use.busy = 8;
  gst_pin_host_use_was_too_much (&use, 3 * SECOND);
  g_assert_cmpfloat (use.limit, ==, 4);
  for (guint i = 0; i < 10; i++)
    gst_pin_host_use_was_too_much (&use, (5 + i) * 2 * SECOND);
  g_assert_cmpfloat (use.limit, ==, 1);

  /* One more per round of successes, and forgotten in the end */
  gst_pin_host_use_went_well (&use);
  g_assert_cmpfloat (use.limit, ==, 2);
  for (guint i = 0; i < 100000 && use.limit; i++)
    gst_pin_host_use_went_well (&use);
  g_assert_cmpfloat (use.limit, ==, 0);
}

/* Only those that are used, and those that are being made ahead */
static void
test_none_idle (void)
{
  GstPinHostUse use = {.open = 7,.ahead = 1,.busy = 2 };

  gst_pin_host_use_found_none_idle (&use);
  g_assert_cmpuint (use.open, ==, 3);
}

static void
test_hosts_are_apart (void)
{
  g_autoptr (GPtrArray) routes = make_routes (1);
  g_autoptr (GUri) a = g_uri_parse ("https://a.test/x", SOUP_HTTP_URI_FLAGS,
      NULL);
  g_autoptr (GUri) also_a = g_uri_parse ("https://a.test/y",
      SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GUri) b = g_uri_parse ("https://b.test/x", SOUP_HTTP_URI_FLAGS,
      NULL);
  GstPinRoute *route = g_ptr_array_index (routes, 0);

  g_assert_true (gst_pin_route_get_host (route, a)
      == gst_pin_route_get_host (route, also_a));
  g_assert_true (gst_pin_route_get_host (route, a)
      != gst_pin_route_get_host (route, b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-route/circuit", test_circuit);
  g_test_add_func ("/http-route/all-are-open", test_all_are_open);
  g_test_add_func ("/http-route/host-limit", test_host_limit);
  g_test_add_func ("/http-route/none-idle", test_none_idle);
  g_test_add_func ("/http-route/hosts-are-apart", test_hosts_are_apart);
  return g_test_run ();
}
