/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a report is made, for those who resolve.
 */
#pragma once

#include <gst/pin/report.h>

G_BEGIN_DECLS

/* One strategy that was tried */
typedef struct
{
  const gchar *strategy;        /* static, such as "page" */
  const gchar *result;          /* static: "ok", or an error's code */
  guint milliseconds;
} GstPinAttempt;

/* An empty list of GstPinAttempt; one array per resolve, never changed once a
 * report has it */
GArray *gst_pin_attempts_new (void);

/* @error: NULL: it went well. @since: monotonic µs */
void gst_pin_attempts_add (GArray * attempts, const gchar * strategy,
    const GError * error, gint64 since);

/* Takes @media or @error, of which one is NULL. A media without a video gets
 * its error here. @attempts: not taken */
GstPinReport *gst_pin_report_new (GstPinLocation * location,
    GstPinMedia * media, GError * error, GArray * attempts);

/* (transfer full) (nullable) Why there is no video number @item, counted from
 * 1, in @media. NULL: there is */
GError *gst_pin_media_explain_no_video (const GstPinMedia * media,
    guint item);

/* (transfer full) That @location names no single Pin */
GError *gst_pin_location_explain_no_pin (const GstPinLocation * location);

G_END_DECLS
