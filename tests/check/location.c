/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Locations, driven by the tables in tests/data/location: each line is a case
 * of its own, named after itself, so that a failure says which form broke.
 */
#include <gst/pin/pin.h>

#include "location-private.h"

#include <string.h>

typedef struct
{
  gchar *text;
  gchar **expected;
} Case;

static void
case_free (gpointer data)
{
  Case *self = data;

  g_free (self->text);
  g_strfreev (self->expected);
  g_free (self);
}

static void
assert_is (const GstPinLocation *location, const gchar *kind,
    const gchar *url)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (GST_TYPE_PIN_LOCATION_KIND);
  GEnumValue *value = g_enum_get_value (klass,
      gst_pin_location_get_kind (location));

  g_assert_cmpstr (value->value_nick, ==, kind);
  g_assert_cmpstr (gst_pin_location_get_url (location), ==, url);

  if (g_str_equal (kind, "pin")) {
    g_autofree gchar *made = g_strdup_printf
        ("https://www.pinterest.com/pin/%s/",
        gst_pin_location_get_id (location));
    g_assert_cmpstr (made, ==, url);
  } else {
    g_assert_null (gst_pin_location_get_id (location));
  }
}

static void
test_good (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinLocation) location = NULL;
  g_autoptr (GstPinLocation) again = NULL;

  location = gst_pin_location_parse (self->text, &error);
  g_assert_no_error (error);
  g_assert_nonnull (location);
  assert_is (location, self->expected[0], self->expected[1]);

  /* What comes out goes in again */
  again = gst_pin_location_parse (gst_pin_location_get_url (location), &error);
  g_assert_no_error (error);
  assert_is (again, self->expected[0], self->expected[1]);
}

static void
assert_explains (const GError *error, const gchar *reason)
{
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_INVALID_LOCATION);
  g_assert_cmpstr (gst_pin_error_get_code (error), ==, "invalid-location");
  if (strstr (error->message, reason) == NULL)
    g_error ("“%s” does not say “%s”", error->message, reason);
  g_assert_nonnull (strstr (error->message,
          "https://www.pinterest.com/pin/ID/"));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strpbrk (error->message, "\n\r\t\x01\x7f"));
  g_assert_cmpuint (strlen (error->message), <, 800);
}

static void
test_hostile (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_location_parse (self->text, &error));
  assert_explains (error, self->expected[0]);
  g_assert_null (gst_pin_location_parse (self->text, NULL));
}

static void
test_redirect (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinLocation) location = NULL;

  location = gst_pin_location_new_from_redirect (self->text, &error);
  if (self->expected[1]) {
    g_assert_no_error (error);
    assert_is (location, self->expected[0], self->expected[1]);
  } else {
    g_assert_null (location);
    g_assert_cmpstr (gst_pin_error_get_code (error), ==, self->expected[0]);
  }
}

static void
test_long (void)
{
  g_autofree gchar *slug = g_strnfill (900, 'a');
  g_autofree gchar *fits = g_strdup_printf
      ("https://www.pinterest.com/pin/%s--140806229581762/", slug);
  g_autofree gchar *filler = g_strnfill (3000, 'a');
  g_autofree gchar *over = g_strdup_printf
      ("https://www.pinterest.com/pin/140806229581762/?%s", filler);
  g_autofree gchar *huge = g_strnfill (50 * 1024 * 1024, '1');
  g_autoptr (GstPinLocation) location = NULL;
  g_autoptr (GError) error = NULL;

  location = gst_pin_location_parse (fits, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gst_pin_location_get_id (location), ==, "140806229581762");

  g_assert_null (gst_pin_location_parse (over, &error));
  assert_explains (error, "longer than");
  g_clear_error (&error);
  g_assert_null (gst_pin_location_parse (huge, &error));
  assert_explains (error, "longer than");
}

static void
test_boxed (void)
{
  g_autoptr (GstPinLocation) location =
      gst_pin_location_parse ("140806229581762", NULL);
  GstPinLocation *copy = g_boxed_copy (GST_TYPE_PIN_LOCATION, location);

  g_assert_true (copy == location);
  g_boxed_free (GST_TYPE_PIN_LOCATION, copy);
  g_assert_cmpstr (gst_pin_location_get_id (location), ==, "140806229581762");
}

static void
test_hosts (void)
{
  g_assert_true (gst_pin_host_is_site ("www.pinterest.com"));
  g_assert_true (gst_pin_host_is_site ("API.Pinterest.com"));
  g_assert_true (gst_pin_host_is_site ("widgets.pinterest.com"));
  g_assert_true (gst_pin_host_is_site ("a.b.pinterest.co.uk"));
  g_assert_true (gst_pin_host_is_site ("pin.it"));
  g_assert_false (gst_pin_host_is_site ("evilpinterest.com"));
  g_assert_false (gst_pin_host_is_site ("pinterest.com.evil.test"));
  g_assert_false (gst_pin_host_is_site ("pinterest.com."));
  g_assert_false (gst_pin_host_is_site ("pinterest.com:443"));
  g_assert_false (gst_pin_host_is_site ("x@pinterest.com"));
  g_assert_false (gst_pin_host_is_site ("-.pinterest.com"));
  g_assert_false (gst_pin_host_is_site ("x.pin.it"));
  g_assert_false (gst_pin_host_is_site (""));
  g_assert_false (gst_pin_host_is_site ("v1.pinimg.com"));

  g_assert_true (gst_pin_host_is_cdn ("v1.pinimg.com"));
  g_assert_true (gst_pin_host_is_cdn ("I.PINIMG.COM"));
  g_assert_false (gst_pin_host_is_cdn ("pinimg.com"));
  g_assert_false (gst_pin_host_is_cdn (".pinimg.com"));
  g_assert_false (gst_pin_host_is_cdn ("evilpinimg.com"));
  g_assert_false (gst_pin_host_is_cdn ("v1.pinimg.com.evil.test"));
  g_assert_false (gst_pin_host_is_cdn ("a/v1.pinimg.com"));
  g_assert_false (gst_pin_host_is_cdn ("127.0.0.1"));

  g_assert_true (gst_pin_host_is_page ("br.pinterest.com"));
  g_assert_false (gst_pin_host_is_page ("api.pinterest.com"));
  g_assert_false (gst_pin_host_is_page ("pin.it"));
}

/* Adds one test for each line; fewer than @least means that data are lost */
static void
add_table (const gchar *name, guint least, GTestDataFunc func)
{
  g_autofree gchar *file = g_strconcat (name, ".txt", NULL);
  g_autofree gchar *path = g_build_filename (g_getenv ("PIN_TEST_DATA"),
      "location", file, NULL);
  g_autofree gchar *contents = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint i, n = 0;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (contents, "\n", -1);

  for (i = 0; lines[i]; i++) {
    g_autofree gchar *test = NULL;
    g_auto (GStrv) fields = NULL;
    Case *self;

    if (lines[i][0] == '#' || lines[i][0] == '\0')
      continue;
    fields = g_strsplit (lines[i], "\t", -1);
    self = g_new0 (Case, 1);
    self->text = g_strcompress (fields[0]);
    self->expected = g_strdupv (fields + 1);
    test = g_strdup_printf ("/location/%s/%u", name, i + 1);
    g_test_add_data_func_full (test, self, func, case_free);
    n++;
  }
  g_assert_cmpuint (n, >=, least);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_table ("good", 80, test_good);
  add_table ("hostile", 60, test_hostile);
  add_table ("redirects", 15, test_redirect);
  g_test_add_func ("/location/long", test_long);
  g_test_add_func ("/location/boxed", test_boxed);
  g_test_add_func ("/location/hosts", test_hosts);
  return g_test_run ();
}
