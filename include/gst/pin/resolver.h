/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks the site about Pins, without a pipeline: a location in, a report out.
 */
#pragma once

#include <gst/pin/report.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_RESOLVER (gst_pin_resolver_get_type ())

/**
 * GstPinResolver:
 *
 * Asks the site about Pins. How it reaches the site is set by properties, which
 * have the names and meanings of pinsrc's: proxy, timeout, cookies and others.
 * Any thread may use one at any time; resolves run beside each other.
 */
GST_PIN_API
G_DECLARE_FINAL_TYPE (GstPinResolver, gst_pin_resolver, GST, PIN_RESOLVER,
    GObject)

GST_PIN_API
GstPinResolver *gst_pin_resolver_new (void);

GST_PIN_API
void gst_pin_resolver_resolve_async (GstPinResolver * self,
    GstPinLocation * location, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer user_data);

GST_PIN_API
GstPinReport *gst_pin_resolver_resolve_finish (GstPinResolver * self,
    GAsyncResult * result);

GST_PIN_API
GstPinReport *gst_pin_resolver_resolve (GstPinResolver * self,
    GstPinLocation * location, GCancellable * cancellable);

G_END_DECLS
