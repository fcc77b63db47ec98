/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which hosts may be asked, and which addresses they may have. Pure
 * functions, any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether @url may be requested: https, no user, no port but 443, and a host
 * of the site, its CDN, or its short links. FORBIDDEN_HOST otherwise. With
 * @allow_private also any port of a host that is named by a private address. */
gboolean gst_pin_host_policy_check_url (const gchar * url,
    gboolean allow_private, GError ** error);

/* Whether an address is one of the public internet: not loopback, link-local,
 * private, carrier-grade NAT, documentation, multicast, unspecified, nor an
 * IPv6 form that embeds such an IPv4 address (RFC 6890, RFC 4193, RFC 6598). */
gboolean gst_pin_host_policy_is_public (GInetAddress * address);

G_END_DECLS
