/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When to try again: one value per thing that is fetched, asked after each
 * failure. Knows no network; the clock is an argument, so that tests need not
 * wait.
 */
#pragma once

#include <gio/gio.h>

#include "http-exchange-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint retries;                /* further attempts allowed without progress */
  guint timeout_ms;             /* without progress; 0: no limit */
  gboolean patient;             /* even a refusal is asked about again */
  guint attempts;               /* made since the last progress */
  guint total;                  /* made in all */
  gint64 since;                 /* monotonic µs of the last progress */
} GstPinRetry;

void gst_pin_retry_init (GstPinRetry * self, const GstPinHttpConfig * config,
    gint64 now);

/* Bytes came: what was lost before is forgotten */
void gst_pin_retry_progress (GstPinRetry * self, gint64 now);

/* This attempt came further than those before, though its bytes will be asked
 * for again if it breaks: the clock starts anew, the attempts do not */
void gst_pin_retry_alive (GstPinRetry * self, gint64 now);

/* How long one attempt may wait for its next byte, ms; 0: no limit */
guint gst_pin_retry_stall_ms (const GstPinRetry * self);

/* After a failed attempt: how many ms to wait before the next one, or -1: give
 * up. @retry_after: the server's wish in seconds, -1: none. */
gint gst_pin_retry_next_ms (GstPinRetry * self, const GError * error,
    gint64 retry_after, gint64 now);

/* 429 or 503: the host says that it is too much */
gboolean gst_pin_http_status_is_busy (guint status);

/* The error that a status means, naming @what; NULL for one that is none */
GError *gst_pin_http_status_error (guint status, gint64 retry_after,
    const gchar * what, const gchar * url);

G_END_DECLS
