/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which addresses may be asked.
 */
#include "host-policy-private.h"

#include <gst/pin/error.h>

static const struct
{
  const gchar *url;
  gboolean plain, with_private;
} urls[] = {
  {"https://www.pinterest.com/pin/1/", TRUE, TRUE},
  {"https://br.pinterest.com/pin/1/", TRUE, TRUE},
  {"https://v1.pinimg.com/videos/a.m3u8", TRUE, TRUE},
  {"https://pin.it/abc", TRUE, TRUE},
  {"https://v1.pinimg.com:443/a", TRUE, TRUE},
  {"https://v1.pinimg.com:8443/a", FALSE, FALSE},
  {"http://v1.pinimg.com/a", FALSE, FALSE},
  {"https://user@v1.pinimg.com/a", FALSE, FALSE},
  {"https://user:pw@127.0.0.1/a", FALSE, FALSE},
  {"https://pinimg.com.evil.test/a", FALSE, FALSE},
  {"https://evilpinimg.com/a", FALSE, FALSE},
  {"https://example.org/a", FALSE, FALSE},
  {"https://127.0.0.1/a", FALSE, TRUE},
  {"http://127.0.0.1:8080/a", FALSE, TRUE},
  {"http://localhost:8080/a", FALSE, TRUE},
  {"http://[::1]:8080/a", FALSE, TRUE},
  {"http://192.168.1.1/a", FALSE, TRUE},
  {"http://8.8.8.8/a", FALSE, FALSE},
  {"ftp://127.0.0.1/a", FALSE, FALSE},
  {"file:///etc/passwd", FALSE, FALSE},
  {"https:///a", FALSE, FALSE},
  {"not a url", FALSE, FALSE},
  {"", FALSE, FALSE},
};

static void
check_url (const gchar *url, gboolean allow_private, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  gboolean fits = gst_pin_host_policy_check_url (url, allow_private, &error);

  g_test_message ("%s, private %s", url, allow_private ? "allowed" : "not");
  g_assert_cmpint (fits, ==, expected);
  if (!expected)
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST);
}

static void
test_urls (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    check_url (urls[i].url, FALSE, urls[i].plain);
    check_url (urls[i].url, TRUE, urls[i].with_private);
  }
}

static const struct
{
  const gchar *address;
  gboolean is_public;
} addresses[] = {
  {"151.101.0.84", TRUE}, {"2a04:4e42::84", TRUE}, {"1.1.1.1", TRUE},
  {"172.15.255.255", TRUE}, {"172.32.0.0", TRUE}, {"100.63.255.255", TRUE},
  {"100.128.0.0", TRUE}, {"223.255.255.255", TRUE},
  {"0.0.0.0", FALSE}, {"0.1.2.3", FALSE}, {"10.1.2.3", FALSE},
  {"100.64.0.1", FALSE}, {"127.0.0.1", FALSE}, {"127.9.9.9", FALSE},
  {"169.254.169.254", FALSE}, {"172.16.0.1", FALSE}, {"172.31.9.9", FALSE},
  {"192.0.0.8", FALSE}, {"192.0.2.1", FALSE}, {"192.168.0.1", FALSE},
  {"198.18.0.1", FALSE}, {"198.19.255.255", FALSE}, {"198.51.100.1", FALSE},
  {"203.0.113.1", FALSE}, {"224.0.0.1", FALSE}, {"240.0.0.1", FALSE},
  {"255.255.255.255", FALSE},
  {"::", FALSE}, {"::1", FALSE}, {"fe80::1", FALSE}, {"fec0::1", FALSE},
  {"fc00::1", FALSE}, {"fdff::1", FALSE}, {"ff02::1", FALSE},
  {"2001:db8::1", FALSE}, {"100::1", FALSE},
  {"::ffff:127.0.0.1", FALSE}, {"::ffff:10.0.0.1", FALSE},
  {"::ffff:1.1.1.1", TRUE}, {"::7f00:1", FALSE},
  {"64:ff9b::7f00:1", FALSE}, {"64:ff9b::101:101", TRUE},
  {"2002:7f00:1::", FALSE}, {"2002:101:101::", TRUE},
};

static void
test_addresses (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autoptr (GInetAddress) address =
        g_inet_address_new_from_string (addresses[i].address);

    g_test_message ("%s", addresses[i].address);
    g_assert_nonnull (address);
    g_assert_cmpint (gst_pin_host_policy_is_public (address), ==,
        addresses[i].is_public);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-policy/urls", test_urls);
  g_test_add_func ("/host-policy/addresses", test_addresses);
  return g_test_run ();
}
