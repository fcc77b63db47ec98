/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Details that travel inside a GstPinError: which address, which HTTP status,
 * which fragment. Whoever makes the error puts them in; they end in the
 * details of a bus message.
 */
#pragma once

#include <gst/pin/error.h>

G_BEGIN_DECLS

/* @error: one of GST_PIN_ERROR. Name, type and value as gst_structure_set(). */
void gst_pin_error_set_details (GError * error, const gchar * first, ...)
    G_GNUC_NULL_TERMINATED;

/* Puts in "url", without query and fragment: they can hold personal data */
void gst_pin_error_set_url (GError * error, const gchar * url);

/* 0: none */
guint gst_pin_error_get_http_status (const GError * error);

/* TRUE: a verdict on the certificate; other TLS errors may be accidents */
gboolean gst_pin_error_is_bad_certificate (const GError * error);

/* The part of an address that may be shown: no query, no fragment */
gchar *gst_pin_url_for_display (const gchar * url);

/* A GError of GIO, GnuTLS or libsoup, in our words and codes. @what names the
 * thing that was done, such as "load the page". Always a new error. */
GError *gst_pin_error_from_io (const GError * io, const gchar * what,
    const gchar * url);

G_END_DECLS
