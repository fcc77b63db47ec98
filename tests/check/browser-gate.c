/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a browser may go, as arguments. The end-to-end tests show that a real
 * one keeps to them.
 */
#include "browser-gate-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define PAGE "https://www.pinterest.com/pin/1/"
#define SCRIPT "--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,"

static GPtrArray *
make (const gchar *proxy, const gchar *url, GError **error)
{
  gchar *proxies[] = { (gchar *) proxy, NULL };
  GstPinHttpConfig http = {.proxies = proxy ? proxies : NULL };
  GPtrArray *args = g_ptr_array_new_with_free_func (g_free);

  if (gst_pin_browser_gate_add (args, &http, url, error))
    return args;
  g_ptr_array_unref (args);
  return NULL;
}

static gchar *
decode_script (const gchar *argument)
{
  gsize size;
  guchar *text;
  gchar *script;

  g_assert_true (g_str_has_prefix (argument, SCRIPT));
  text = g_base64_decode (argument + strlen (SCRIPT), &size);
  script = g_strndup ((const gchar *) text, size);
  g_free (text);
  return script;
}

static void
test_direct (void)
{
  g_autoptr (GPtrArray) args = make (NULL, PAGE, NULL);
  const gchar *rules;

  g_assert_nonnull (args);
  g_assert_cmpuint (args->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (args, 0), ==, "--no-proxy-server");
  rules = g_ptr_array_index (args, 1);
  g_assert_true (g_str_has_prefix (rules,
          "--host-resolver-rules=MAP * ~NOTFOUND, "));
  g_assert_nonnull (strstr (rules, "EXCLUDE *.pinterest.co.uk"));
  g_assert_nonnull (strstr (rules, "EXCLUDE *.pinimg.com"));
  g_assert_null (strstr (rules, "EXCLUDE *,"));
}

static void
test_proxies (void)
{
  static const gchar *const cases[][3] = {
    {"http://127.0.0.1:3128", "\"PROXY 127.0.0.1:3128\"", "127.0.0.1"},
    {"https://proxy.example", "\"HTTPS proxy.example:443\"", "proxy.example"},
    {"http://me:secret@proxy.example/", "\"PROXY proxy.example:80\"",
        "proxy.example"},
    {"socks5://[::1]:1080", "\"SOCKS5 [::1]:1080\"", "[::1]"},
    {"socks4a://old.example", "\"SOCKS old.example:1080\"", "old.example"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) args = make (cases[i][0], PAGE, NULL);
    g_autofree gchar *script = NULL;
    g_autofree gchar *rules = g_strdup_printf ("--host-resolver-rules="
        "MAP * ~NOTFOUND, EXCLUDE %s", cases[i][2]);

    g_assert_nonnull (args);
    script = decode_script (g_ptr_array_index (args, 0));
    g_assert_nonnull (strstr (script, cases[i][1]));
    g_assert_null (strstr (script, "secret"));
    g_assert_nonnull (strstr (script, "|co\\.uk|"));
    g_assert_cmpstr (g_ptr_array_index (args, 1), ==, rules);
  }
}

static void
test_proxies_that_no_browser_takes (void)
{
  static const gchar *const cases[] = { "socks5://me:secret@proxy.example",
    "ftp://proxy.example", "proxy.example:80", "http://a\"b/", "http:///",
    "http://a%22;b/"
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (make (cases[i], PAGE, &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED);
    g_assert_null (strstr (error->message, "secret"));
  }
}

/* A host ends in a script and in a list: what could end it early is refused */
static void
test_odd_hosts (void)
{
  static const gchar *const cases[] = { "https://a%22b/", "https://a,b/",
    "https://a%20b/", "https:///"
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (make (NULL, cases[i], &error));
    g_assert_nonnull (error);
  }
}

static void
test_login (void)
{
  gchar *proxies[] = { (gchar *) "http://me:p%40ss@proxy.example", NULL };
  GstPinHttpConfig http = {.proxies = proxies };
  g_autofree gchar *user = NULL;
  g_autofree gchar *password = NULL;

  g_assert_true (gst_pin_browser_gate_get_login (&http, &user, &password));
  g_assert_cmpstr (user, ==, "me");
  g_assert_cmpstr (password, ==, "p@ss");
  proxies[0] = (gchar *) "http://proxy.example";
  g_assert_false (gst_pin_browser_gate_get_login (&http, &user, &password));
  http.proxies = NULL;
  g_assert_false (gst_pin_browser_gate_get_login (&http, &user, &password));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/browser-gate/direct", test_direct);
  g_test_add_func ("/browser-gate/proxies", test_proxies);
  g_test_add_func ("/browser-gate/proxies-that-no-browser-takes",
      test_proxies_that_no_browser_takes);
  g_test_add_func ("/browser-gate/odd-hosts", test_odd_hosts);
  g_test_add_func ("/browser-gate/login", test_login);
  return g_test_run ();
}
