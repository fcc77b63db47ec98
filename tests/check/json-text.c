/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests the walk over JSON as text: what is found, what is refused before
 * json-glib sees it, and that a cut document gives what comes before the cut.
 */
#include "json-text-private.h"

#include <gst/pin/error.h>
#include <string.h>

static GstPinJsonText
text_of (const gchar *json)
{
  GstPinJsonText text;

  gst_pin_json_text_init (&text, json, strlen (json));
  return text;
}

static void
test_find (void)
{
  GstPinJsonText text = text_of ("\xef\xbb\xbf \n{\"a\" : {\"x\":\"}\\\"{\"},"
      "\"b\":[1,{\"b\":2}], \"c\" :{\"d\": {\"e\":\"found\"}}}");
  GstPinJsonText value;

  g_assert_true (gst_pin_json_text_find (&text, &value, "c", "d", "e", NULL));
  g_assert_true (gst_pin_json_text_equals (&value, "found"));
  g_assert_false (gst_pin_json_text_equals (&value, "foun"));
  g_assert_false (gst_pin_json_text_find (&text, &value, "e", NULL));
  g_assert_false (gst_pin_json_text_find (&text, &value, "b", "b", NULL));
  g_assert_false (gst_pin_json_text_find (&text, &value, "x", NULL));
  g_assert_false (gst_pin_json_text_find (&text, &value, "c", "d", "e", "f",
          NULL));
}

static void
test_equals (void)
{
  static const struct
  {
    const gchar *json, *text;
    gboolean equal;
  } cases[] = {
    {"\"12\"", "12", TRUE}, {"12", "12", TRUE}, {"12}", "12", TRUE},
    {"123", "12", FALSE}, {"1", "12", FALSE}, {"\"12", "12", FALSE},
    {"null", "null", TRUE}, {"", "", FALSE}, {"[]", "[]", FALSE},
    {"\"\"", "", TRUE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstPinJsonText text = text_of (cases[i].json);

    g_assert_cmpint (gst_pin_json_text_equals (&text, cases[i].text), ==,
        cases[i].equal);
  }
}

static void
test_iterate (void)
{
  static const struct
  {
    const gchar *json;
    guint n;
  } cases[] = {
    {"{}", 0}, {"[]", 0}, {"[1]", 1}, {"[1,\"],[\",[2,3],{}]", 4},
    {"{\"a\":1,\"b\":{\"c\":1}}", 2}, {"[1,2", 2}, {"[1,", 1}, {"[", 0},
    {"{\"a\"", 0}, {"{\"a\":", 0}, {"{\"a\":1,b:2}", 1}, {"[1 2]", 1},
    {"{\"a\" 1}", 0}, {"[[}]", 1}, {"[1,/* */2]", 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstPinJsonText text = text_of (cases[i].json), key, value;
    GstPinJsonIter iter;
    guint n = 0;

    g_assert_true (gst_pin_json_iter_init (&iter, &text));
    while (gst_pin_json_iter_next (&iter, &key, &value))
      n++;
    g_test_message ("%s", cases[i].json);
    g_assert_cmpuint (n, ==, cases[i].n);
    g_assert_false (gst_pin_json_iter_next (&iter, &key, &value));
  }
}

static void
test_parse (void)
{
  static const struct
  {
    const gchar *json;
    gboolean good;
  } cases[] = {
    {"{}", TRUE}, {"[1,-2.5e3,\"\\u00e9\",true,false,null]", TRUE},
    {"{\"a\":1}trailing", TRUE}, {"\"x\"", TRUE},
    {"", FALSE}, {"{", FALSE}, {"{]", FALSE}, {"[}", FALSE},
    {"{\"a\":1,}}", FALSE}, {"[1 2]", FALSE}, {"{\"a\"}", FALSE},
    {"{\"a\":\"x}", FALSE}, {"{\"a\":\"\\", FALSE}, {"{a:1}", FALSE},
    {"{'a':1}", FALSE}, {"[1,// ]\n2]", FALSE}, {"[/* \" */1]", FALSE},
    {"[\"\\x\"]", FALSE}, {"[\"\\u00\"]", FALSE}, {"[\"\\u00g0\"]", FALSE},
    {"[\"\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\\\\\"\"]", TRUE},
    {"var x = {};", FALSE}, {"[0x10]", FALSE}, {"[\x01]", FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstPinJsonText text = text_of (cases[i].json);
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = gst_pin_json_text_parse (&text, &error);

    g_test_message ("%s", cases[i].json);
    g_assert_cmpint (node != NULL, ==, cases[i].good);
    if (!cases[i].good)
      g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
  }
}

/* What json-glib would read past the string's end, and then take the brackets
 * of the next string for its own */
static void
test_half_surrogates (void)
{
  static const gchar *const halves[] = {
    "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\ud83d\\ud83d", "\\ud83d\\n",
    "\\ud83dx", "\\u0000", "a\\uDBFF",
  };
  g_autofree gchar *brackets = g_strnfill (1000000, '[');

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++) {
    g_autofree gchar *json =
        g_strdup_printf ("[\"%s\",\"%s\"]", halves[i], brackets);
    GstPinJsonText text = text_of (json);
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = gst_pin_json_text_parse (&text, &error);
    g_autofree gchar *first = NULL;
    JsonArray *array;

    g_assert_no_error (error);
    array = json_node_get_array (node);
    g_assert_cmpuint (json_array_get_length (array), ==, 2);
    first = gst_pin_json_dup_string (json_array_get_element (array, 0));
    g_assert_nonnull (strstr (first, "\357\277\275"));
    g_assert_cmpstr (json_array_get_string_element (array, 1), ==, brackets);
  }
}

/* The text after a value is not read: a memory checker sees it otherwise. */
static void
test_every_cut (void)
{
  static const gchar json[] = "{\"a\":{\"b\":[1,\"\\\"]\",{\"c\":null}]},"
      "\"wanted\":{\"x\":\"y\"},\"rest\":[{}]}";
  gsize enough = strstr (json, ",\"rest") - json;

  for (gsize n = 0; n < sizeof (json); n++) {
    g_autofree gchar *copy = g_memdup2 (json, MAX (n, 1));
    g_autoptr (JsonNode) node = NULL;
    GstPinJsonText text, value;

    gst_pin_json_text_init (&text, copy, n);
    if (gst_pin_json_text_find (&text, &value, "wanted", NULL))
      node = gst_pin_json_text_parse (&value, NULL);
    g_assert_cmpint (node != NULL, ==, n >= enough);
  }
}

static void
test_depth (void)
{
  for (guint depth = GST_PIN_JSON_MAX_DEPTH; depth < 3000000; depth *= 10) {
    g_autofree gchar *open = g_strnfill (depth, '[');
    g_autofree gchar *close = g_strnfill (depth, ']');
    g_autofree gchar *json = g_strconcat (open, close, NULL);
    GstPinJsonText text = text_of (json);
    g_autoptr (JsonNode) node = gst_pin_json_text_parse (&text, NULL);

    g_assert_cmpint (node != NULL, ==, depth <= GST_PIN_JSON_MAX_DEPTH);
  }
}

static void
test_limits (void)
{
  g_autofree gchar *zeros = g_strnfill (2 * GST_PIN_JSON_MAX_VALUES + 2, '0');
  g_autofree gchar *many = g_strconcat ("[", zeros, "]", NULL);
  g_autofree gchar *filler = g_strnfill (GST_PIN_JSON_MAX_BYTES, 'x');
  g_autofree gchar *large = g_strconcat ("\"", filler, "\"", NULL);
  GstPinJsonText text;

  for (gsize i = 2; i < 2 * GST_PIN_JSON_MAX_VALUES + 2; i += 2)
    many[i] = ',';
  text = text_of (many);
  g_assert_null (gst_pin_json_text_parse (&text, NULL));
  text = text_of (large);
  g_assert_null (gst_pin_json_text_parse (&text, NULL));
}

/* Whether it is pretty changes the space alone, and strings stay as they are */
static void
test_no_needless_digits (void)
{
  static const gchar *const numbers[] = {
    "29.97", "23.976", "59.94", "0.1", "30.0", "-1.5", "0.30000000000000004",
    "33.333333333333336", "1000000.5", "9007199254740993",
    "\"29.969999999999999 \\\" 29.969999999999999\"", "true", "null",
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autofree gchar *json = g_strconcat ("{\"a\":[", numbers[i], ",",
        numbers[i], "],\"b\":", numbers[i], "}", NULL);
    GstPinJsonText text = text_of (json);
    g_autoptr (JsonNode) node = gst_pin_json_text_parse (&text, NULL);
    g_autofree gchar *plain = gst_pin_json_to_string (node, FALSE);
    g_autofree gchar *pretty = gst_pin_json_to_string (node, TRUE);
    GstPinJsonText lines = text_of (pretty);
    g_autoptr (JsonNode) back = gst_pin_json_text_parse (&lines, NULL);

    g_assert_cmpstr (plain, ==, json);
    g_assert_nonnull (strstr (pretty, numbers[i]));
    g_assert_true (json_node_equal (node, back));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-text/find", test_find);
  g_test_add_func ("/json-text/equals", test_equals);
  g_test_add_func ("/json-text/iterate", test_iterate);
  g_test_add_func ("/json-text/parse", test_parse);
  g_test_add_func ("/json-text/half-surrogates", test_half_surrogates);
  g_test_add_func ("/json-text/every-cut", test_every_cut);
  g_test_add_func ("/json-text/depth", test_depth);
  g_test_add_func ("/json-text/limits", test_limits);
  g_test_add_func ("/json-text/no-needless-digits", test_no_needless_digits);
  return g_test_run ();
}
