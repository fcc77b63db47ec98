/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When to try again: the clock is an argument, so nothing waits here.
 */
#include "http-retry-private.h"

#include "error-private.h"

static const GstPinHttpConfig config = {.timeout = 15,.retries = 3 };

static GError *
make_error (GstPinError code, guint status)
{
  GError *error = g_error_new (GST_PIN_ERROR, code, "x");

  if (status)
    gst_pin_error_set_details (error, "http-status-code", G_TYPE_UINT, status,
        NULL);
  return error;
}

static void
test_as_often_as_asked (void)
{
  g_autoptr (GError) error = make_error (GST_PIN_ERROR_NETWORK, 0);
  GstPinRetry retry;

  gst_pin_retry_init (&retry, &config, 0);
  for (guint i = 0; i < 3; i++) {
    gint wait = gst_pin_retry_next_ms (&retry, error, -1, 0);

    g_assert_cmpint (wait, >=, (100 << i) / 2);
    g_assert_cmpint (wait, <=, 100 << i);
  }
  g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, -1, 0), ==, -1);
  g_assert_cmpuint (retry.total, ==, 4);
}

static void
test_progress_counts_anew (void)
{
  g_autoptr (GError) error = make_error (GST_PIN_ERROR_TRUNCATED, 0);
  GstPinRetry retry;

  gst_pin_retry_init (&retry, &config, 0);
  for (guint i = 0; i < 10; i++) {
    g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, -1, 0), >=, 0);
    gst_pin_retry_progress (&retry, 0);
  }
}

static void
test_timeout_bounds_all (void)
{
  g_autoptr (GError) error = make_error (GST_PIN_ERROR_TIMEOUT, 0);
  GstPinRetry retry;

  gst_pin_retry_init (&retry, &config, 0);
  g_assert_cmpuint (gst_pin_retry_stall_ms (&retry), ==, 7500);
  g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, -1,
          8 * G_USEC_PER_SEC), >=, 0);
  g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, -1,
          15 * G_USEC_PER_SEC), ==, -1);
}

static void
test_retry_after (void)
{
  g_autoptr (GError) error = make_error (GST_PIN_ERROR_RATE_LIMITED, 429);
  GstPinRetry retry;

  gst_pin_retry_init (&retry, &config, 0);
  g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, 2, 0), >=, 2000);
  /* A wait longer than the timeout is still obeyed: nothing is stuck */
  g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, 30, 0), >=, 30000);
  g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, 3600, 0), ==, -1);
}

static void
test_what_is_worth_it (void)
{
  static const struct
  {
    GstPinError code;
    guint status;
    gboolean again;
  } cases[] = {
    {GST_PIN_ERROR_NETWORK, 0, TRUE}, {GST_PIN_ERROR_TIMEOUT, 0, TRUE},
    {GST_PIN_ERROR_TRUNCATED, 0, TRUE}, {GST_PIN_ERROR_NETWORK, 500, TRUE},
    {GST_PIN_ERROR_NETWORK, 503, TRUE}, {GST_PIN_ERROR_TIMEOUT, 408, TRUE},
    {GST_PIN_ERROR_NOT_FOUND, 404, FALSE}, {GST_PIN_ERROR_BLOCKED, 403, FALSE},
    {GST_PIN_ERROR_TLS, 0, TRUE}, {GST_PIN_ERROR_FORBIDDEN_HOST, 0, FALSE},
    {GST_PIN_ERROR_CANCELLED, 0, FALSE}, {GST_PIN_ERROR_NETWORK, 416, FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = make_error (cases[i].code, cases[i].status);
    GstPinRetry retry;

    gst_pin_retry_init (&retry, &config, 0);
    g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, -1, 0) >= 0, ==,
        cases[i].again);
  }
}

/* A handshake that breaks may be an accident, a certificate that does not fit
 * is none */
static void
test_bad_certificate_is_final (void)
{
  g_autoptr (GError) io = g_error_new (G_TLS_ERROR,
      G_TLS_ERROR_BAD_CERTIFICATE, "x");
  g_autoptr (GError) error = gst_pin_error_from_io (io, "fetch", "https://a/");
  GstPinRetry retry;

  gst_pin_retry_init (&retry, &config, 0);
  g_assert_cmpint (gst_pin_retry_next_ms (&retry, error, -1, 0), ==, -1);
}

static void
test_statuses (void)
{
  static const struct
  {
    guint status;
    const gchar *code;
  } cases[] = {
    {403, "blocked"}, {404, "not-found"}, {410, "not-found"},
    {429, "rate-limited"}, {500, "network"}, {503, "network"},
    {408, "timeout"}, {416, "network"},
  };

  g_assert_null (gst_pin_http_status_error (200, -1, "x", "https://a/"));
  g_assert_null (gst_pin_http_status_error (206, -1, "x", "https://a/"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = gst_pin_http_status_error (cases[i].status, 7,
        "load", "https://a/b?secret");

    g_assert_cmpstr (gst_pin_error_get_code (error), ==, cases[i].code);
    g_assert_cmpuint (gst_pin_error_get_http_status (error), ==,
        cases[i].status);
    g_assert_null (g_strstr_len (error->message, -1, "secret"));
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-retry/as-often-as-asked", test_as_often_as_asked);
  g_test_add_func ("/http-retry/progress-counts-anew",
      test_progress_counts_anew);
  g_test_add_func ("/http-retry/timeout-bounds-all", test_timeout_bounds_all);
  g_test_add_func ("/http-retry/retry-after", test_retry_after);
  g_test_add_func ("/http-retry/what-is-worth-it", test_what_is_worth_it);
  g_test_add_func ("/http-retry/bad-certificate-is-final",
      test_bad_certificate_is_final);
  g_test_add_func ("/http-retry/statuses", test_statuses);
  return g_test_run ();
}
