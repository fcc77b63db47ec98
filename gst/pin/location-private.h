/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the other rooms ask about addresses: whose host it is, and where a
 * redirect led. Pure functions, any thread.
 */
#pragma once

#include <gst/pin/location.h>

G_BEGIN_DECLS

/* TRUE for pin.it and for Pinterest's domains of every country, with any host
 * below them (www., br., api., widgets. …) */
gboolean gst_pin_host_is_site (const gchar * host);

/* What follows "pinterest." in the names of its domains, NULL at the end */
const gchar *const *gst_pin_host_list_endings (void);

/* TRUE for every host below pinimg.com, where pictures and videos are */
gboolean gst_pin_host_is_cdn (const gchar * host);

/* TRUE for the hosts whose pages people paste: a country's domain, bare or
 * below www., m. or the two letters of a country */
gboolean gst_pin_host_is_page (const gchar * host);

/* Where a short link led. Only an address with its scheme is taken; a further
 * short link is an answer like any other, so the caller counts the hops.
 * Errors: FORBIDDEN_HOST (another site), NOT_FOUND (the home page, which is
 * where dead codes land), BLOCKED (the login page), INVALID_LOCATION. */
GstPinLocation *gst_pin_location_new_from_redirect (const gchar * url,
    GError ** error);

G_END_DECLS
