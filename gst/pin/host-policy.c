/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which hosts may be asked. Every address that is requested goes through
 * here, the first one and each redirect's, because pages and playlists are
 * written by others; and every socket's peer address does once it is known,
 * because names are resolved by others too. Pure functions, any thread.
 */
#include "host-policy-private.h"

#include <string.h>

#include "error-private.h"
#include "location-private.h"

typedef struct
{
  guint8 prefix[16];
  guint bits;
} GstPinNetwork;

/* RFC 6890's special-purpose registry, less what GInetAddress itself knows */
static const GstPinNetwork special4[] = {
  {{0}, 8}, {{100, 64}, 10}, {{192, 0, 0}, 24}, {{192, 0, 2}, 24},
  {{198, 18}, 15}, {{198, 51, 100}, 24}, {{203, 0, 113}, 24}, {{224}, 3}
};

static const GstPinNetwork special6[] = {
  {{0xfc}, 7},                  /* unique local, RFC 4193 */
  {{0x20, 0x01, 0x0d, 0xb8}, 32},       /* documentation */
  {{0x01, 0x00}, 64}            /* discard only */
};

/* IPv6 forms that carry an IPv4 address: where the four bytes are */
static const struct
{
  GstPinNetwork network;
  guint offset;
} embedding6[] = {
  {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12},       /* mapped */
  {{{0, 0x64, 0xff, 0x9b}, 96}, 12},    /* NAT64, RFC 6052 */
  {{{0}, 96}, 12},              /* compatible, RFC 4291 2.5.5.1 */
  {{{0x20, 0x02}, 16}, 2}       /* 6to4, RFC 3056 */
};

static gboolean
network_has (const GstPinNetwork *network, const guint8 *bytes)
{
  guint whole = network->bits / 8, rest = network->bits % 8;

  if (memcmp (network->prefix, bytes, whole) != 0)
    return FALSE;
  return rest == 0 || ((network->prefix[whole] ^ bytes[whole])
      >> (8 - rest)) == 0;
}

static gboolean
any_network_has (const GstPinNetwork *networks, gsize n, const guint8 *bytes)
{
  for (gsize i = 0; i < n; i++)
    if (network_has (&networks[i], bytes))
      return TRUE;
  return FALSE;
}

static gboolean
is_public4 (const guint8 *bytes)
{
  g_autoptr (GInetAddress) address =
      g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV4);

  return gst_pin_host_policy_is_public (address);
}

gboolean
gst_pin_host_policy_is_public (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_is_any (address)
      || g_inet_address_get_is_loopback (address)
      || g_inet_address_get_is_link_local (address)
      || g_inet_address_get_is_site_local (address)
      || g_inet_address_get_is_multicast (address))
    return FALSE;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return !any_network_has (special4, G_N_ELEMENTS (special4), bytes);
  for (gsize i = 0; i < G_N_ELEMENTS (embedding6); i++)
    if (network_has (&embedding6[i].network, bytes))
      return is_public4 (bytes + embedding6[i].offset);
  return !any_network_has (special6, G_N_ELEMENTS (special6), bytes);
}

/* A server of one's own, named by its address: what allow-private is for */
static gboolean
is_private_host (const gchar *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_ascii_strcasecmp (host, "localhost") == 0
      || (address && !gst_pin_host_policy_is_public (address));
}

static gboolean
url_fits (GUri *uri, gboolean allow_private)
{
  const gchar *scheme = g_uri_get_scheme (uri);
  const gchar *host = g_uri_get_host (uri);
  gint port = g_uri_get_port (uri);
  gboolean tls = strcmp (scheme, "https") == 0;

  if (!host || !*host || g_uri_get_userinfo (uri))
    return FALSE;
  if (allow_private && is_private_host (host))
    return tls || strcmp (scheme, "http") == 0;
  return tls && (port == -1 || port == 443)
      && (gst_pin_host_is_site (host) || gst_pin_host_is_cdn (host));
}

gboolean
gst_pin_host_policy_check_url (const gchar *url, gboolean allow_private,
    GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_autofree gchar *shown = NULL;
  GError *refusal;

  if (uri && url_fits (uri, allow_private))
    return TRUE;

  shown = gst_pin_url_for_display (url);
  refusal = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST,
      "The data lead to %s, which is not asked: only https addresses of the "
      "site and of its media hosts are. If this is a server of your own, "
      "allow it with the setting allow-private.", shown);
  gst_pin_error_set_url (refusal, url);
  g_propagate_error (error, refusal);
  return FALSE;
}
