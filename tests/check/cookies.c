/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which cookies of a file are taken, and who gets them.
 */
#include "cookies-private.h"

#include <glib/gstdio.h>
#include <gst/pin/error.h>
#include <string.h>

#define NOW 1700000000
#define LINE(domain, below, path, expires, name, value) \
  domain "\t" below "\t" path "\tTRUE\t" expires "\t" name "\t" value "\n"
#define GOOD LINE (".pinterest.com", "TRUE", "/", "0", "a", "1")

static GstPinCookies *
from_bytes (const gchar *bytes, gssize length, GError **error)
{
  g_autofree gchar *path = NULL;
  gint fd = g_file_open_tmp ("pin-cookies-XXXXXX", &path, NULL);
  GstPinCookies *cookies;

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  cookies = gst_pin_cookies_new (NULL, path, NOW, error);
  g_remove (path);
  return cookies;
}

static gchar *
header_for (const GstPinCookies *cookies, const gchar *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);

  g_assert_nonnull (uri);
  return gst_pin_cookies_for (cookies, uri);
}

static void
check (const gchar *file, const gchar *url, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinCookies) cookies = from_bytes (file, -1, &error);
  g_autofree gchar *header = NULL;

  g_assert_no_error (error);
  header = header_for (cookies, url);
  g_test_message ("%s", url);
  g_assert_cmpstr (header, ==, expected);
}

static void
test_who_gets_them (void)
{
  static const gchar *const yes[] = {
    "https://www.pinterest.com/pin/1/", "https://pinterest.com/",
    "https://WWW.Pinterest.com", "https://br.pinterest.com/pin/1/",
  };
  static const gchar *const no[] = {
    "http://www.pinterest.com/pin/1/", "https://pin.it/abc",
    "https://api.pinterest.com/v5/pins/1", "https://widgets.pinterest.com/v3/",
    "https://v1.pinimg.com/a", "https://evilpinterest.com/",
    "https://www.pinterest.com.evil.test/", "https://www.pinterest.fr/pin/1/",
    "https://127.0.0.1/", "https://a.b.pinterest.com/",
  };

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    check (GOOD, yes[i], "a=1");
  for (guint i = 0; i < G_N_ELEMENTS (no); i++)
    check (GOOD, no[i], NULL);
}

static void
test_pairs (void)
{
  gchar *pairs[] = { "a=1", "no pair", "b=2; c=3", "d=4\r\nEvil: 5", "e=", NULL
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinCookies) cookies = gst_pin_cookies_new (pairs, NULL, NOW,
      &error);
  g_autofree gchar *com = NULL, *fr = NULL, *api = NULL;

  g_assert_no_error (error);
  com = header_for (cookies, "https://www.pinterest.com/");
  fr = header_for (cookies, "https://www.pinterest.fr/");
  api = header_for (cookies, "https://api.pinterest.com/");
  g_assert_cmpstr (com, ==, "a=1; e=");
  g_assert_cmpstr (fr, ==, com);
  g_assert_null (api);
}

static void
test_domain_and_path (void)
{
  check (LINE ("www.pinterest.com", "FALSE", "/", "0", "a", "1") GOOD,
      "https://br.pinterest.com/", "a=1");
  check (LINE ("pinterest.com", "FALSE", "/", "0", "x", "y") GOOD,
      "https://www.pinterest.com/", "a=1");
  check (LINE (".pinterest.com", "TRUE", "/pin", "0", "p", "1") GOOD,
      "https://www.pinterest.com/pin/1/", "p=1; a=1");
  check (LINE (".pinterest.com", "TRUE", "/pin", "0", "p", "1") GOOD,
      "https://www.pinterest.com/pins", "a=1");
}

static void
test_lines (void)
{
  static const gchar all[] = "# Netscape HTTP Cookie File\r\n\r\n"
      "#HttpOnly_" LINE (".pinterest.com", "TRUE", "/", "0", "only", "1")
      "#" LINE (".pinterest.com", "TRUE", "/", "0", "comment", "1")
      LINE (".pinterest.com", "TRUE", "/", "1600000000", "old", "1")
      LINE (".pinterest.com", "TRUE", "/", "1800000000.5", "young", "1")
      LINE (".pinterest.com", "TRUE", "/", "soon", "odd", "1")
      LINE (".pinterest.com", "TRUE", "/", "0", "", "nameless")
      LINE (".pinterest.com", "TRUE", "/", "0", "two", "1; b=2")
      LINE (".pinterest.com", "TRUE", "/", "0", "ctl", "1\x01")
      LINE (".pinterest.com", "TRUE", "no", "0", "pathless", "1")
      LINE (".bank.example", "TRUE", "/", "0", "secret", "1")
      LINE (".com", "TRUE", "/", "0", "all", "1")
      ".pinterest.com\tTRUE\t/\tTRUE\t0\tshort\n"
      LINE (".pinterest.com", "TRUE", "/", "0", "last", "a=b\tc");

  check (all, "https://www.pinterest.com/", "only=1; young=1");
}

static void
test_refused (void)
{
  static const struct
  {
    const gchar *bytes;
    gssize length;
  } files[] = {
    {"", -1}, {"hello\n", -1}, {"{\"cookies\": []}", -1},
    {LINE (".bank.example", "TRUE", "/", "0", "secret", "1"), -1},
    {LINE (".pinterest.com", "TRUE", "/", "1600000000", "old", "1"), -1},
    {GOOD "\0" GOOD, 2 * sizeof GOOD - 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (from_bytes (files[i].bytes, files[i].length, &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
    g_test_message ("%s", error->message);
  }
}

/* A header has an end, and so has the file */
static void
test_caps (void)
{
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GstPinCookies) cookies = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *header = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (many, LINE (".pinterest.com", "TRUE", "/", "0",
            "n%04u", "0123456789"), i);
  cookies = from_bytes (many->str, many->len, &error);
  g_assert_no_error (error);
  header = header_for (cookies, "https://www.pinterest.com/");
  g_assert_cmpuint (strlen (header), <=, 8192);
  g_assert_cmpuint (strlen (header), >, 8000);

  g_string_set_size (many, 0);
  while (many->len <= 1024 * 1024)
    g_string_append (many, GOOD);
  g_assert_null (from_bytes (many->str, many->len, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
}

/* Lines of the right characters in the wrong order: nothing breaks, and what
 * comes out is one line of pairs */
static void
test_random (void)
{
  static const gchar *const words[] = { "\t", "\t", "\t", "\n", "\r", "TRUE",
    "FALSE", ".pinterest.com", "www.pinterest.com", "/", "0", "1e999", "-1",
    "a", "=", ";", "#", "#HttpOnly_", "\xff", " ", "nan", ""
  };

  for (guint i = 0; i < 200; i++) {
    g_autoptr (GString) file = g_string_new (NULL);
    g_autoptr (GstPinCookies) cookies = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree gchar *header = NULL;

    for (guint j = 0; j < 300; j++)
      g_string_append (file, words[g_test_rand_int_range (0,
                  G_N_ELEMENTS (words))]);
    g_string_append (file, "\n" GOOD);
    cookies = from_bytes (file->str, file->len, &error);
    g_assert_no_error (error);
    header = header_for (cookies, "https://www.pinterest.com/");
    g_assert_true (g_str_is_ascii (header));
    g_assert_null (strpbrk (header, "\r\n\t"));
    g_assert_nonnull (strstr (header, "a=1"));
  }
}

static void
test_none (void)
{
  gchar *pairs[] = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_cookies_new (NULL, NULL, NOW, &error));
  g_assert_no_error (error);
  g_assert_null (gst_pin_cookies_new (pairs, NULL, NOW, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cookies/who-gets-them", test_who_gets_them);
  g_test_add_func ("/cookies/pairs", test_pairs);
  g_test_add_func ("/cookies/domain-and-path", test_domain_and_path);
  g_test_add_func ("/cookies/lines", test_lines);
  g_test_add_func ("/cookies/refused", test_refused);
  g_test_add_func ("/cookies/caps", test_caps);
  g_test_add_func ("/cookies/random", test_random);
  g_test_add_func ("/cookies/none", test_none);
  return g_test_run ();
}
