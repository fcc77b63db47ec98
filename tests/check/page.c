/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests the page rooms on pages as data. Every page in tests/data/pages is one
 * case: NAME.html (a page), NAME.answer (a PinResource answer), NAME.api (the
 * official API's) or NAME.scripted (what a page's script got), and NAME.json
 * with the Pin that is wanted and either the media or the error expected. Each
 * page is read whole and in pieces of 1, 7 and 4096 bytes. What is too large
 * for a data file is made here.
 */
#include "page-make.h"

#include "media-private.h"

#include <gst/pin/error.h>
#include <string.h>

typedef struct
{
  gchar *page;
  gchar *expected;
} Case;

static void
case_free (Case *self)
{
  g_free (self->page);
  g_free (self->expected);
  g_free (self);
}

static GBytes *
load (const gchar *path)
{
  g_autoptr (GError) error = NULL;
  gchar *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static GstPinMedia *
read_in_pieces (GBytes *page, gsize piece, const gchar *pin_id, GError **error)
{
  g_autoptr (GstPinPage) self = gst_pin_page_new (pin_id);
  gsize size;
  const gchar *data = g_bytes_get_data (page, &size);

  for (gsize at = 0; at < size; at += piece) {
    /* From memory of its own, so that a byte too far is seen. */
    gsize n = MIN (piece, size - at);
    g_autofree gchar *copy = g_memdup2 (data + at, n);

    gst_pin_page_feed (self, copy, n);
  }
  return gst_pin_page_finish (self, error);
}

static void
check_error (const GError *error, JsonObject *expected)
{
  JsonArray *parts = json_object_get_array_member (expected, "message");

  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_cmpstr (gst_pin_error_get_code (error), ==,
      json_object_get_string_member (expected, "code"));
  for (guint i = 0; i < json_array_get_length (parts); i++)
    g_assert_nonnull (strstr (error->message,
            json_array_get_string_element (parts, i)));
}

static void
check_media (const GstPinMedia *media, JsonNode *expected)
{
  g_autoptr (JsonNode) got = gst_pin_media_to_node (media);
  g_autoptr (GstPinMedia) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = json_to_string (got, TRUE);
  g_autofree gchar *again = NULL;

  if (!json_node_equal (got, expected)) {
    g_autofree gchar *wanted = json_to_string (expected, TRUE);

    g_printerr ("expected: %s\ngot: %s\n", wanted, text);
    g_test_fail ();
  }
  back = gst_pin_media_new_from_json (text, -1, &error);
  g_assert_no_error (error);
  again = gst_pin_media_to_json (back, TRUE);
  g_assert_cmpstr (again, ==, text);
}

static void
check_result (GstPinMedia *media, const GError *error, JsonObject *expected)
{
  g_assert_true ((media == NULL) == (error != NULL));
  if (json_object_has_member (expected, "error"))
    check_error (error, json_object_get_object_member (expected, "error"));
  else {
    g_assert_no_error (error);
    check_media (media, json_object_get_member (expected, "media"));
  }
}

static void
run_page (GBytes *page, JsonObject *expected)
{
  static const gsize pieces[] = { 0, 1, 7, 4096 };
  const gchar *id = json_object_get_string_member (expected, "pin");

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstPinMedia) media = pieces[i]
        ? read_in_pieces (page, pieces[i], id, &error)
        : gst_pin_page_read (page, id, &error);

    check_result (media, error, expected);
  }
}

typedef GstPinMedia *(*ReadFunc) (GBytes * answer, const gchar * pin_id,
    GError ** error);

static void
run_answer (GBytes *answer, ReadFunc read, JsonObject *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = read (answer,
      json_object_get_string_member (expected, "pin"), &error);

  check_result (media, error, expected);
}

static void
test_case (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) page = load (self->page);
  g_autoptr (GError) error = NULL;
  JsonObject *expected;

  json_parser_load_from_file (parser, self->expected, &error);
  g_assert_no_error (error);
  expected = json_node_get_object (json_parser_get_root (parser));
  if (g_str_has_suffix (self->page, ".answer"))
    run_answer (page, gst_pin_page_read_resource, expected);
  else if (g_str_has_suffix (self->page, ".api"))
    run_answer (page, gst_pin_page_read_api, expected);
  else if (g_str_has_suffix (self->page, ".scripted"))
    run_answer (page, gst_pin_page_read_scripted, expected);
  else
    run_page (page, expected);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar * const *) a, *(const gchar * const *) b);
}

static GPtrArray *
list_folder (const gchar *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const gchar *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

static void
add_cases (const gchar *folder)
{
  g_autoptr (GPtrArray) names = list_folder (folder);
  guint n = 0;

  for (guint i = 0; i < names->len; i++) {
    const gchar *name = g_ptr_array_index (names, i);
    g_autofree gchar *stem = g_strndup (name, strcspn (name, "."));
    g_autofree gchar *json = g_strconcat (stem, ".json", NULL);
    g_autofree gchar *path = g_strconcat ("/page/", stem, NULL);
    Case *self;

    if (g_str_has_suffix (name, ".json"))
      continue;
    self = g_new0 (Case, 1);
    self->page = g_build_filename (folder, name, NULL);
    self->expected = g_build_filename (folder, json, NULL);
    g_test_add_data_func_full (path, self, test_case,
        (GDestroyNotify) case_free);
    n++;
  }
  g_assert_cmpuint (n, >=, 20);
}

/* ---- enough ---- */

#define MP4_URL "https://v1.pinimg.com/videos/iht/720p/aa/bb/cc/" \
    "aabbcc00000000000000000000000001.mp4"
#define CANONICAL "<link rel=\"canonical\" href=\"/pin/" PIN "/\">"
#define ENTRY(url) "{\"url\":\"" url "\",\"duration\":1000}"
#define BOTH "\"V_HLSV4\":" ENTRY (VIDEO_URL) ",\"V_720P\":" ENTRY (MP4_URL)
#define FULL_PIN "\"" PIN "\":{\"id\":\"" PIN "\",\"title\":\"first\"," \
    "\"videos\":{\"video_list\":{" BOTH "}}}"

/* A page with the wanted Pin in the middle of its state: @pin is its member,
 * @rest what comes behind the state. */
static GString *
make_page (const gchar *head, const gchar *pin, const gchar *rest)
{
  GString *page = g_string_new ("<!DOCTYPE html><title>a</title>");

  g_string_append_printf (page, "%s" HEAD "{\"initialReduxState\":{\"pins\":{",
      head);
  for (guint i = 0; i < 800; i++) {
    g_autofree gchar *id = g_strdup_printf ("10000000000%u", 1000 + i);

    if (i == 400)
      g_string_append_printf (page, "%s,", pin);
    add_pin (page, id, "\"title\":\"a related one\",");
    g_string_append_c (page, ',');
  }
  g_string_append_printf (page, "\"0\":null}}}</script>%s", rest);
  return page;
}

/* How many bytes were enough; G_MAXSIZE where all of them were not */
static gsize
measure_enough (const GString *page, gsize piece)
{
  g_autoptr (GstPinPage) self = gst_pin_page_new (PIN);
  g_autoptr (GstPinMedia) media = NULL;
  g_autoptr (GError) error = NULL;
  gsize enough = G_MAXSIZE;

  for (gsize at = 0; at < page->len; at += piece) {
    gsize n = MIN (piece, page->len - at);

    if (gst_pin_page_feed (self, page->str + at, n))
      enough = MIN (enough, at + n);
    else
      g_assert_cmpuint (enough, ==, G_MAXSIZE);
  }
  media = gst_pin_page_finish (self, &error);
  g_assert_no_error (error);
  return enough;
}

static void
test_enough (void)
{
  static const gsize pieces[] = { 1, 7, 4096, 30000 };
  GString *page = make_page (CANONICAL, FULL_PIN, "");
  gsize pin = strstr (page->str, FULL_PIN) - page->str;

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    gsize enough = measure_enough (page, pieces[i]);

    g_assert_cmpuint (enough, >, pin);
    g_assert_cmpuint (enough, <, pin + sizeof (FULL_PIN) + 4096 + pieces[i]);
  }
  g_string_free (page, TRUE);
}

static void
test_enough_after_a_block (void)
{
  static const gchar rest[] = "<p>a footer and more</p>";
  GString *page = g_string_new (CANONICAL HEAD "{\"initialReduxState\":{"
      "\"pins\":{},\"resources\":{\"PinResource\":{\"id\":{\"data\":{\"id\":"
      "\"" PIN "\",\"videos\":{\"video_list\":{" BOTH "}}}}}}}}</script>");
  gsize end = page->len;

  g_string_append (page, rest);
  g_assert_cmpuint (measure_enough (page, 1), ==, end);
  g_string_free (page, TRUE);
}

/* What is told twice may be told better the second time. */
static void
test_not_enough (void)
{
  static const struct
  {
    const gchar *head, *pin;
  } pages[] = {
    /* the head is still to come */
    {"", FULL_PIN},
    /* one form only, or no length */
    {CANONICAL, "\"" PIN "\":{\"videos\":{\"video_list\":{\"V_HLSV4\":"
          ENTRY (VIDEO_URL) "}}}"},
    {CANONICAL, "\"" PIN "\":{\"videos\":{\"video_list\":{\"V_720P\":"
          ENTRY (MP4_URL) "}}}"},
    {CANONICAL, "\"" PIN "\":{\"videos\":{\"video_list\":{\"V_HLSV4\":{"
          "\"url\":\"" VIDEO_URL "\"},\"V_720P\":{\"url\":\"" MP4_URL
          "\"}}}}"},
    /* a playlist that not all can play */
    {CANONICAL, "\"" PIN "\":{\"videos\":{\"video_list\":{\"V_HLSV4\":"
          ENTRY ("https://v1.pinimg.com/videos/iht/hevcHls/aa/bb/cc/a.m3u8")
          ",\"V_720P\":" ENTRY (MP4_URL) "}}}"},
    /* a picture so far */
    {CANONICAL, "\"" PIN "\":{\"images\":{\"orig\":{\"url\":"
          "\"https://i.pinimg.com/originals/aa/bb/cc/a.jpg\"}}}"},
    /* there are other clips */
    {CANONICAL, "\"" PIN "\":{\"videos\":{\"video_list\":{" BOTH "}},"
          "\"story_pin_data\":{\"pages_preview\":[{}]}}"},
    {CANONICAL, "\"" PIN "\":{\"videos\":{\"video_list\":{" BOTH "}},"
          "\"story_pin_data\":{\"pages\":[{\"blocks\":[{\"video\":{}}]}]}}"},
    {CANONICAL, "\"" PIN "\":{\"videos\":{\"video_list\":{" BOTH "}},"
          "\"carousel_data\":{\"carousel_slots\":[{\"title\":\"a\"}]}}"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    GString *page = make_page (pages[i].head, pages[i].pin, "");

    g_assert_cmpuint (measure_enough (page, 4096), ==, G_MAXSIZE);
    g_string_free (page, TRUE);
  }
}

static void
check_any_pieces (const GString *page)
{
  static const gsize pieces[] = { 1, 7, 4096, 65536, 10000000 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (page->str, page->len);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstPinMedia) media =
        read_in_pieces (bytes, pieces[i], PIN, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (gst_pin_media_get_title (media), ==, "first");
    g_assert_cmpstr (gst_pin_media_get_description (media), ==, NULL);
  }
}

/* What comes behind enough has no say, even where it came along: in a block of
 * its own, and in the same one. */
static void
test_enough_in_any_pieces (void)
{
  static const gchar second[] = "\"description\":\"second\",\"videos\":"
      "{\"video_list\":{" BOTH "}}";
  g_autofree gchar *block = g_strconcat (HEAD
      "{\"initialReduxState\":{\"pins\":{\"" PIN "\":{", second, "}}}}</script>", NULL);
  GString *page = make_page (CANONICAL, FULL_PIN, block);

  check_any_pieces (page);
  g_string_free (page, TRUE);
  /* short enough to come whole, long enough to be looked into before */
  page = g_string_new (CANONICAL HEAD "{\"initialReduxState\":{\"pins\":{"
      FULL_PIN "},\"others\":[0");
  while (page->len < 20000)
    g_string_append (page, ",0");
  g_string_append_printf (page, "],\"resources\":{\"PinResource\":{\"a\":"
      "{\"data\":{\"id\":\"" PIN "\",%s}}}}}}</script>", second);
  check_any_pieces (page);
  g_string_free (page, TRUE);
}

static void
test_related (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = NULL;
  GString *page = begin_state ();

  for (guint i = 0; i < 400; i++) {
    g_autofree gchar *id = g_strdup_printf ("10000000000%u", 1000 + i);

    if (i == 200) {
      add_pin (page, PIN, "\"title\":\"the wanted one\",");
      g_string_append_c (page, ',');
    }
    add_pin (page, id, "\"title\":\"a related one\",");
    g_string_append_c (page, ',');
  }
  g_string_append (page, "\"0\":null}}}</script>");
  media = read_string (page, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gst_pin_media_get_title (media), ==, "the wanted one");
  g_string_free (page, TRUE);
}

static void
test_bad_id (void)
{
  static const gchar *const ids[] = { "", "abc", "12a", "-1",
    "123456789012345678901"
  };
  g_autoptr (GBytes) page = g_bytes_new_static ("<p>", 3);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_pin_page_read (page, ids[i], &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_INVALID_LOCATION);
  }
}

int
main (int argc, char **argv)
{
  const gchar *data = g_getenv ("PIN_TEST_DATA");
  g_autofree gchar *folder = NULL;

  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (data);
  folder = g_build_filename (data, "pages", NULL);
  add_cases (folder);
  g_test_add_func ("/page-made/enough", test_enough);
  g_test_add_func ("/page-made/enough-after-a-block",
      test_enough_after_a_block);
  g_test_add_func ("/page-made/not-enough", test_not_enough);
  g_test_add_func ("/page-made/enough-in-any-pieces",
      test_enough_in_any_pieces);
  g_test_add_func ("/page-made/related", test_related);
  g_test_add_func ("/page-made/bad-id", test_bad_id);
  return g_test_run ();
}
