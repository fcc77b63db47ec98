/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When to try again. Exponential backoff with full jitter, starting at 100 ms;
 * a server's Retry-After instead, up to a minute. The user's timeout bounds the
 * whole time without progress, waits and further attempts included, so that a
 * dead server ends a pipeline in a time that the user chose.
 */
#include "http-retry-private.h"

#include "error-private.h"

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS 5000
/* A host that says that it is too much, and not for how long */
#define BACKOFF_BUSY_MS 1000
/* A server that wants more than this is reported as rate-limited */
#define RETRY_AFTER_MAX_MS 60000
#define STALL_MIN_MS 500

/* Statuses that libsoup has no name for: RFC 8470, RFC 6585, RFC 7725 */
#define STATUS_TOO_EARLY 425
#define STATUS_TOO_MANY_REQUESTS 429
#define STATUS_LEGAL_REASONS 451

void
gst_pin_retry_init (GstPinRetry *self, const GstPinHttpConfig *config,
    gint64 now)
{
  *self = (GstPinRetry) {
    .retries = config->retries,
    .timeout_ms = config->timeout * 1000,
    .since = now,
  };
}

void
gst_pin_retry_progress (GstPinRetry *self, gint64 now)
{
  self->attempts = 0;
  self->since = now;
}

void
gst_pin_retry_alive (GstPinRetry *self, gint64 now)
{
  self->since = now;
}

guint
gst_pin_retry_stall_ms (const GstPinRetry *self)
{
  if (self->timeout_ms == 0)
    return 0;
  if (self->retries == 0)
    return self->timeout_ms;
  return MAX (self->timeout_ms / 2, STALL_MIN_MS);
}

static gboolean
is_worth_another (const GstPinRetry *self, const GError *error)
{
  if (error->domain != GST_PIN_ERROR)
    return FALSE;
  switch (gst_pin_error_get_http_status (error)) {
    case 0:
      return error->code == GST_PIN_ERROR_NETWORK
          || error->code == GST_PIN_ERROR_TIMEOUT
          || error->code == GST_PIN_ERROR_TRUNCATED
          || (error->code == GST_PIN_ERROR_TLS
          && !gst_pin_error_is_bad_certificate (error));
    case SOUP_STATUS_REQUEST_TIMEOUT:
    case STATUS_TOO_EARLY:
    case STATUS_TOO_MANY_REQUESTS:
    case SOUP_STATUS_INTERNAL_SERVER_ERROR:
    case SOUP_STATUS_BAD_GATEWAY:
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
    case SOUP_STATUS_GATEWAY_TIMEOUT:
      return TRUE;
    case SOUP_STATUS_FORBIDDEN:
    case SOUP_STATUS_NOT_FOUND:
      /* One edge of a CDN can lack what the next one has */
      return self->patient;
    default:
      return FALSE;
  }
}

gboolean
gst_pin_http_status_is_busy (guint status)
{
  return status == STATUS_TOO_MANY_REQUESTS
      || status == SOUP_STATUS_SERVICE_UNAVAILABLE;
}

gint
gst_pin_retry_next_ms (GstPinRetry *self, const GError *error,
    gint64 retry_after, gint64 now)
{
  gboolean busy = retry_after < 0
      && gst_pin_http_status_is_busy (gst_pin_error_get_http_status (error));
  gint first = busy ? BACKOFF_BUSY_MS : BACKOFF_FIRST_MS;
  gint64 left = G_MAXINT, wait;
  gint ceiling;

  self->total++;
  if (!is_worth_another (self, error) || self->attempts >= self->retries)
    return -1;
  ceiling = MIN (BACKOFF_MAX_MS, first << MIN (self->attempts, 8));
  self->attempts++;
  if (retry_after > RETRY_AFTER_MAX_MS / 1000)
    return -1;
  wait = g_random_int_range (ceiling / 2, ceiling + 1);
  if (retry_after > 0) {
    /* Asked to wait is not being stuck: the clock starts again after it */
    wait += retry_after * 1000;
    self->since = now + wait * 1000;
  } else if (self->timeout_ms)
    left = self->timeout_ms - (now - self->since) / 1000;
  return left > wait ? wait : -1;
}

static GstPinError
code_of_status (guint status)
{
  switch (status) {
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return GST_PIN_ERROR_NOT_FOUND;
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
    case STATUS_LEGAL_REASONS:
      return GST_PIN_ERROR_BLOCKED;
    case STATUS_TOO_MANY_REQUESTS:
      return GST_PIN_ERROR_RATE_LIMITED;
    case SOUP_STATUS_REQUEST_TIMEOUT:
    case SOUP_STATUS_GATEWAY_TIMEOUT:
      return GST_PIN_ERROR_TIMEOUT;
    default:
      return GST_PIN_ERROR_NETWORK;
  }
}

static const gchar *
advice_of_code (GstPinError code)
{
  switch (code) {
    case GST_PIN_ERROR_NOT_FOUND:
      return "It may have been removed; open the Pin in a browser to see.";
    case GST_PIN_ERROR_BLOCKED:
      return "The server refuses; try later or from another network.";
    case GST_PIN_ERROR_RATE_LIMITED:
      return "The server asks to slow down; try later.";
    default:
      return "The server has a problem; try later.";
  }
}

/* (transfer full) What to do now, and from when on */
static gchar *
advise (GstPinError code, gint64 retry_after)
{
  if (code == GST_PIN_ERROR_RATE_LIMITED && retry_after > 0)
    return g_strdup_printf ("The server asks to slow down; try again in %"
        G_GINT64_FORMAT " seconds.", retry_after);
  return g_strdup (advice_of_code (code));
}

GError *
gst_pin_http_status_error (guint status, gint64 retry_after,
    const gchar *what, const gchar *url)
{
  g_autofree gchar *shown = gst_pin_url_for_display (url);
  GstPinError code = code_of_status (status);
  g_autofree gchar *advice = advise (code, retry_after);
  GError *error;

  if (SOUP_STATUS_IS_SUCCESSFUL (status))
    return NULL;
  error = g_error_new (GST_PIN_ERROR, code,
      "Could not %s (%s): HTTP status %u %s. %s", what, shown, status,
      soup_status_get_phrase (status), advice);
  gst_pin_error_set_details (error, "http-status-code", G_TYPE_UINT, status,
      NULL);
  if (retry_after >= 0)
    gst_pin_error_set_details (error, "retry-after", G_TYPE_UINT,
        (guint) retry_after, NULL);
  gst_pin_error_set_url (error, url);
  return error;
}
