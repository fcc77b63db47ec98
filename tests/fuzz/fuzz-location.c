/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's door to what a user may paste. Whatever comes in, what comes out
 * is an address of the site that reads the same when it goes in again.
 */
#include <gst/pin/pin.h>

#include "location-private.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 * data, size_t size);

static void
check_result (GstPinLocation *location, const GError *error)
{
  g_autoptr (GstPinLocation) again = NULL;

  if (location == NULL) {
    g_assert_true (error && error->domain == GST_PIN_ERROR);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return;
  }
  again = gst_pin_location_parse (gst_pin_location_get_url (location), NULL);
  g_assert_nonnull (again);
  g_assert_true (gst_pin_location_get_kind (again)
      == gst_pin_location_get_kind (location));
  g_assert_cmpstr (gst_pin_location_get_id (again), ==,
      gst_pin_location_get_id (location));
  g_assert_cmpstr (gst_pin_location_get_url (again), ==,
      gst_pin_location_get_url (location));
  g_assert_true (g_str_has_prefix (gst_pin_location_get_url (location),
          "https://www.pinterest.com/")
      || g_str_has_prefix (gst_pin_location_get_url (location),
          "https://pin.it/"));
}

int
LLVMFuzzerTestOneInput (const guint8 * data, size_t size)
{
  g_autofree gchar *text = g_strndup ((const gchar *) data, size);
  g_autoptr (GstPinLocation) typed = NULL, led = NULL;
  g_autoptr (GError) error = NULL, redirect_error = NULL;

  typed = gst_pin_location_parse (text, &error);
  check_result (typed, error);
  led = gst_pin_location_new_from_redirect (text, &redirect_error);
  check_result (led, redirect_error);
  return 0;
}
