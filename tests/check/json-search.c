/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests finding objects by what they are called, anywhere in JSON text: which
 * are found, in text that is cut at every place, and within the limits.
 */
#include "json-search-private.h"

#include <string.h>

static const gchar *const names[] = { "id", "entityId", NULL };

/* The offsets of what was found, separated by spaces */
static gchar *
search (const gchar *text, gsize length, guint max)
{
  g_autofree gchar *copy = g_memdup2 (text, length);
  g_autoptr (GArray) found = NULL;
  GString *offsets = g_string_new (NULL);
  GstPinJsonText root;

  gst_pin_json_text_init (&root, copy, length);
  found = gst_pin_json_search (&root, names, "42", max);
  for (guint i = 0; i < found->len; i++) {
    const GstPinJsonText *one = &g_array_index (found, GstPinJsonText, i);

    g_assert_true (one->start < one->end && *one->start == '{');
    g_assert_true (one->end == copy + length);
    g_string_append_printf (offsets, "%s%d", i ? " " : "",
        (gint) (one->start - copy));
  }
  return g_string_free (offsets, FALSE);
}

static void
test_found (void)
{
  static const struct
  {
    const gchar *text, *offsets;
  } cases[] = {
    {"{\"id\":\"42\"}", "0"},
    {"{\"id\":42}", "0"},
    {" { \"a\" : 1 , \"id\" : \"42\" }", "1"},
    {"[[{\"a\":{\"entityId\":\"42\"}}]]", "7"},
    {"{\"42\":{}}", "6"},
    {"{\"42\":{\"id\":\"42\",\"entityId\":\"42\"}}", "6"},
    {"{\"a\":{\"id\":\"42\"},\"b\":[{\"id\":\"42\"}]}", "5 22"},
    {"{\"id\":{\"id\":\"42\"}}", "6"},
    /* the outer one is recognized later */
    {"{\"a\":{\"id\":\"42\"},\"id\":\"42\"}", "5 0"},
    /* other values, names, and places */
    {"{\"id\":\"421\"}", ""},
    {"{\"id\":\"4\"}", ""},
    {"{\"ids\":\"42\"}", ""},
    {"{\"a\":\"id\",\"42\":\"42\"}", ""},
    {"{\"42\":[{}]}", ""},
    {"[\"id\",\"42\"]", ""},
    {"[\"id\":\"42\"]", ""},
    {"{\"a\":\"{\\\"id\\\":\\\"42\\\"}\"}", ""},
    {"\"id\":\"42\"", ""},
    {"{\"a\\\\\":1,\"id\":\"42\"}", "0"},
    /* behind the document's end */
    {"{}{\"id\":\"42\"}", ""},
    {"}{\"id\":\"42\"}", ""},
    {"", ""},
    {"{", ""},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *offsets =
        search (cases[i].text, strlen (cases[i].text), 16);

    g_assert_cmpstr (offsets, ==, cases[i].offsets);
  }
}

/* What was found in the beginning is found in the whole. */
static void
test_cut (void)
{
  static const gchar text[] = "{\"a\":[{\"id\":\"42\",\"b\":\"}\"},"
      "{\"42\":{\"c\":null}}],\"id\":42,\"d\":{\"entityId\":\"42\"}}";
  g_autofree gchar *all = search (text, sizeof (text) - 1, 16);

  g_assert_cmpstr (all, ==, "6 32 0 57");
  for (gsize n = 0; n < sizeof (text) - 1; n++) {
    g_autofree gchar *some = search (text, n, 16);

    g_assert_true (g_str_has_prefix (all, some));
  }
}

static void
test_limits (void)
{
  g_autofree gchar *few =
      search ("[{\"id\":42},{\"id\":42},{\"id\":42}]", 31, 2);
  g_autoptr (GString) deep = g_string_new ("[{\"id\":42}");
  g_autofree gchar *before = NULL;

  g_assert_cmpstr (few, ==, "1 11");
  for (guint i = 0; i < 2000000; i++)
    g_string_append (deep, ",[");
  g_string_append (deep, "{\"id\":42}");
  before = search (deep->str, deep->len, 16);
  g_assert_cmpstr (before, ==, "1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-search/found", test_found);
  g_test_add_func ("/json-search/cut", test_cut);
  g_test_add_func ("/json-search/limits", test_limits);
  return g_test_run ();
}
