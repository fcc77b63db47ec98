/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The error domain: names, details, and the translation of GIO's errors.
 */
#include "error-private.h"

static void
test_codes (void)
{
  g_autoptr (GError) ours = g_error_new (GST_PIN_ERROR,
      GST_PIN_ERROR_NOT_A_VIDEO, "x");
  g_autoptr (GError) cancelled = g_error_new (G_IO_ERROR,
      G_IO_ERROR_CANCELLED, "x");
  g_autoptr (GError) foreign = g_error_new (G_FILE_ERROR, 1, "x");

  g_assert_cmpstr (gst_pin_error_get_code (ours), ==, "not-a-video");
  g_assert_cmpstr (gst_pin_error_get_code (cancelled), ==, "cancelled");
  g_assert_cmpstr (gst_pin_error_get_code (foreign), ==, "internal");
}

static void
test_details_survive_a_copy (void)
{
  g_autoptr (GError) error = g_error_new (GST_PIN_ERROR,
      GST_PIN_ERROR_NETWORK, "x");
  g_autoptr (GError) copy = NULL;
  g_autoptr (GstStructure) details = NULL;

  gst_pin_error_set_url (error, "https://i.pinimg.com/a?sender=me#x");
  gst_pin_error_set_details (error, "http-status-code", G_TYPE_UINT, 503,
      NULL);
  copy = g_error_copy (error);
  details = gst_pin_error_get_details (copy);
  g_assert_cmpstr (gst_structure_get_string (details, "code"), ==, "network");
  g_assert_cmpstr (gst_structure_get_string (details, "url"), ==,
      "https://i.pinimg.com/a");
  g_assert_cmpuint (gst_pin_error_get_http_status (copy), ==, 503);
}

static void
check_io (GQuark domain, gint code, GstPinError expected)
{
  g_autoptr (GError) io = g_error_new (domain, code, "why");
  g_autoptr (GError) error = gst_pin_error_from_io (io, "load the page",
      "https://www.pinterest.com/pin/1/?x=1");

  g_assert_error (error, GST_PIN_ERROR, (gint) expected);
  g_assert_null (g_strstr_len (error->message, -1, "x=1"));
}

static void
test_from_io (void)
{
  check_io (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, GST_PIN_ERROR_TLS);
  check_io (G_TLS_ERROR, G_TLS_ERROR_EOF, GST_PIN_ERROR_NETWORK);
  check_io (G_IO_ERROR, G_IO_ERROR_CANCELLED, GST_PIN_ERROR_CANCELLED);
  check_io (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, GST_PIN_ERROR_TIMEOUT);
  check_io (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, GST_PIN_ERROR_NETWORK);
  check_io (G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, GST_PIN_ERROR_TRUNCATED);
  check_io (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
      GST_PIN_ERROR_NETWORK);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/codes", test_codes);
  g_test_add_func ("/error/details-survive-a-copy",
      test_details_survive_a_copy);
  g_test_add_func ("/error/from-io", test_from_io);
  return g_test_run ();
}
