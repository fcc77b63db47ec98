/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What resolving a Pin came to: what is known about it, or why nothing is, and
 * what was tried. Immutable, counted, any thread, written as JSON.
 */
#pragma once

#include <gst/pin/location.h>
#include <gst/pin/media.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_REPORT (gst_pin_report_get_type ())

/**
 * GstPinReport:
 *
 * What came of resolving a Pin. A #GstPinResolver makes it, or
 * gst_pin_report_new_from_page() from a page that was saved.
 */
typedef struct _GstPinReport GstPinReport;

GST_PIN_API
GType gst_pin_report_get_type (void);

GST_PIN_API
GstPinReport *gst_pin_report_new_from_page (GBytes * page,
    GstPinLocation * location);

GST_PIN_API
GstPinReport *gst_pin_report_ref (GstPinReport * self);

GST_PIN_API
void gst_pin_report_unref (GstPinReport * self);

GST_PIN_API
GstPinLocation *gst_pin_report_get_location (const GstPinReport * self);

GST_PIN_API
GstPinMedia *gst_pin_report_get_media (const GstPinReport * self);

GST_PIN_API
const GError *gst_pin_report_get_error (const GstPinReport * self);

GST_PIN_API
guint gst_pin_report_get_n_attempts (const GstPinReport * self);

GST_PIN_API
void gst_pin_report_get_attempt (const GstPinReport * self, guint index,
    const gchar ** strategy, const gchar ** result, guint * milliseconds);

GST_PIN_API
gchar *gst_pin_report_to_json (const GstPinReport * self, gboolean pretty);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinReport, gst_pin_report_unref)

G_END_DECLS
