/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a report says of saved pages, in C and as JSON.
 */
#include <gst/pin/pin.h>

#include <json-glib/json-glib.h>
#include <string.h>

#define PIN "912345678901234567"

/* Of tests/data/pages: file, "kind" and the error's code of its JSON */
static const struct
{
  const gchar *file, *kind, *code;
} pages[] = {
  {"redux.html", "video", NULL},
  {"answer.answer", "video", NULL},
  {"answer-image.answer", "image", "not-a-video"},
  {"external.html", "external", "external"},
  {"relay-not-found.html", "not_found", "not-found"},
  {"blocked-login.html", "blocked", "blocked"},
  {"redux-null-pin.html", "unsupported", "schema"},
};

static GstPinReport *
read_page (const gchar *file, const gchar *location_text)
{
  g_autofree gchar *path = g_build_filename (g_getenv ("PIN_TEST_DATA"),
      "pages", file, NULL);
  g_autoptr (GstPinLocation) location = NULL;
  g_autoptr (GBytes) page = NULL;
  g_autoptr (GError) error = NULL;
  gchar *text;
  gsize size;

  location = gst_pin_location_parse (location_text, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);
  page = g_bytes_new_take (text, size);
  return gst_pin_report_new_from_page (page, location);
}

/* (transfer full) */
static JsonObject *
to_object (GstPinReport *report, gboolean pretty)
{
  g_autofree gchar *json = gst_pin_report_to_json (report, pretty);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (json, &error);

  g_assert_no_error (error);
  return json_node_dup_object (node);
}

static void
check_page (const gchar *file, const gchar *kind, const gchar *code)
{
  g_autoptr (GstPinReport) report = read_page (file, PIN);
  g_autoptr (JsonObject) object = to_object (report, FALSE);
  const GError *error = gst_pin_report_get_error (report);
  const gchar *strategy, *result;
  JsonObject *attempt;

  g_test_message ("%s", file);
  g_assert_cmpstr (error ? gst_pin_error_get_code (error) : NULL, ==, code);
  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, kind);
  g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, PIN);
  g_assert_cmpstr (json_object_get_string_member (object, "url"), ==,
      "https://www.pinterest.com/pin/" PIN "/");
  if (error) {
    JsonObject *told = json_object_get_object_member (object, "error");

    g_assert_cmpstr (json_object_get_string_member (told, "code"), ==, code);
    g_assert_cmpstr (json_object_get_string_member (told, "message"), ==,
        error->message);
  } else
    g_assert_true (json_object_get_null_member (object, "error"));

  g_assert_cmpuint (gst_pin_report_get_n_attempts (report), ==, 1);
  gst_pin_report_get_attempt (report, 0, &strategy, &result, NULL);
  g_assert_cmpstr (strategy, ==, "page");
  /* The page was read well, whatever it shows */
  g_assert_cmpstr (result, ==, gst_pin_report_get_media (report) ? "ok" : code);
  attempt = json_array_get_object_element (json_object_get_array_member
      (object, "attempts"), 0);
  g_assert_cmpstr (json_object_get_string_member (attempt, "strategy"), ==,
      strategy);
  g_assert_cmpstr (json_object_get_string_member (attempt, "result"), ==,
      result);
  g_assert_cmpint (json_object_get_int_member (attempt, "ms"), >=, 0);
}

static void
test_pages (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    check_page (pages[i].file, pages[i].kind, pages[i].code);
}

/* Scripts may rely on every member being there, whatever went wrong */
static void
test_members (void)
{
  g_autoptr (GstPinReport) good = read_page ("redux.html", PIN);
  g_autoptr (GstPinReport) bad = read_page ("relay-not-found.html", PIN);
  g_autoptr (JsonObject) good_object = to_object (good, TRUE);
  g_autoptr (JsonObject) bad_object = to_object (bad, TRUE);
  g_autoptr (GList) good_names = json_object_get_members (good_object);
  g_autoptr (GList) bad_names = json_object_get_members (bad_object);

  g_assert_cmpuint (g_list_length (good_names), ==, 16);
  g_assert_cmpuint (g_list_length (bad_names), ==, 16);
  for (GList *a = good_names, *b = bad_names; a; a = a->next, b = b->next)
    g_assert_cmpstr (a->data, ==, b->data);
}

/* The media of a picture is there beside the error */
static void
test_picture (void)
{
  g_autoptr (GstPinReport) report = read_page ("answer-image.answer", PIN);
  GstPinMedia *media = gst_pin_report_get_media (report);
  const GError *error = gst_pin_report_get_error (report);

  g_assert_cmpuint (gst_pin_media_get_n_images (media), >, 0);
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NOT_A_VIDEO);
  g_assert_nonnull (strstr (error->message, gst_pin_media_get_image (media,
              0)));
}

/* A page does not say which of its Pins is meant */
static void
test_no_pin (void)
{
  g_autoptr (GstPinReport) report = read_page ("redux.html",
      "https://pin.it/abc");
  g_autoptr (JsonObject) object = to_object (report, FALSE);

  g_assert_error (gst_pin_report_get_error (report), GST_PIN_ERROR,
      GST_PIN_ERROR_UNSUPPORTED);
  g_assert_null (gst_pin_report_get_media (report));
  g_assert_cmpuint (gst_pin_report_get_n_attempts (report), ==, 0);
  g_assert_true (json_object_get_null_member (object, "id"));
  g_assert_cmpstr (json_object_get_string_member (object, "url"), ==,
      "https://pin.it/abc");
}

/* Read back, the JSON of a report is its media */
static void
test_round_trip (void)
{
  g_autoptr (GstPinReport) report = read_page ("redux.html", PIN);
  g_autofree gchar *json = gst_pin_report_to_json (report, TRUE);
  g_autofree gchar *expected =
      gst_pin_media_to_json (gst_pin_report_get_media (report), FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) back = gst_pin_media_new_from_json (json, -1,
      &error);
  g_autofree gchar *again = NULL;

  g_assert_no_error (error);
  again = gst_pin_media_to_json (back, FALSE);
  g_assert_cmpstr (again, ==, expected);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/pages", test_pages);
  g_test_add_func ("/report/members", test_members);
  g_test_add_func ("/report/picture", test_picture);
  g_test_add_func ("/report/no-pin", test_no_pin);
  g_test_add_func ("/report/round-trip", test_round_trip);
  return g_test_run ();
}
