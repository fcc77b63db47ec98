/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates and names: what comes from a page makes no name that harms. */
#include "tool-name.h"

#include <string.h>

static gchar *
expand (const gchar *template, const gchar *title)
{
  GstPinToolNameFields fields = {
    .title = title,
    .id = "42",
    .author = "Ada",
    .date = "2025-07-23",
    .ext = "mp4",
    .index = 2,
    .height = 720,
  };

  return gst_pin_tool_name_expand (template, &fields);
}

static void
test_fields (void)
{
  static const struct
  {
    const gchar *template, *name;
  } rows[] = {
    {"{title} [{id}].{ext}", "T [42].mp4"},
    {"{author}/{date}/{index}-{height}.{ext}", "Ada/2025-07-23/2-720.mp4"},
    {"{board}.mp4", "unknown.mp4"},
    {"{title}{title}.mp4", "TT.mp4"},
    {"plain.mp4", "plain.mp4"},
    {"../{id}.mp4", "../42.mp4"},
    {".hidden-{id}", ".hidden-42"},
    {"/a/{id}", "/a/42"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *name = expand (rows[i].template, "T");

    g_assert_cmpstr (name, ==, rows[i].name);
  }
}

/* Each title as the whole name */
static void
test_hostile_titles (void)
{
  static const struct
  {
    const gchar *title, *name;
  } rows[] = {
    {"../../etc/passwd", "_._.._etc_passwd"},
    {"/etc/passwd", "_etc_passwd"},
    {"..", "_"},
    {".", "_"},
    {"", "Pin"},
    {"   \t\n", "Pin"},
    {NULL, "Pin"},
    {".bashrc", "_bashrc"},
    {"-rf", "_rf"},
    {"a\nb\r\033[31mc\x7f", "a b [31mc"},
    {"a   b", "a b"},
    {"CON", "_CON"},
    {"nul.txt", "_nul.txt"},
    {"com1", "_com1"},
    {"lpt9.mp4", "_lpt9.mp4"},
    {"console", "console"},
    {"com10", "com10"},
    {"a:b*c?d\"e<f>g|h\\i", "a_b_c_d'e_f_g_h_i"},
    {"trailing. . .", "trailing"},
    /* an override of the direction, which hides what a name ends with */
    {"gpj.\342\200\256mp4", "gpj.mp4"},
    {"bad \xff utf-8", "bad \357\277\275 utf-8"},
    /* e and an accent of its own become one letter */
    {"e\314\201", "\303\251"},
    /* a family stays together */
    {"\360\237\221\251\342\200\215\360\237\221\247",
        "\360\237\221\251\342\200\215\360\237\221\247"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *name = expand ("{title}", rows[i].title);

    g_assert_cmpstr (name, ==, rows[i].name);
  }
}

/* Whatever is too long is cut between letters, and what the template says
 * itself stays */
static void
test_long_titles (void)
{
  static const gchar *const letters[] = {
    "x", "\303\244", "\346\274\242", "\360\237\216\250"
  };

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    for (guint n = 50; n < 400; n += 7) {
      g_autoptr (GString) title = g_string_new (NULL);
      g_autofree gchar *name = NULL;

      for (guint j = 0; j < n; j++)
        g_string_append (title, letters[i]);
      name = expand ("{title} [{id}].{ext}", title->str);
      g_assert_cmpuint (strlen (name), <=, GST_PIN_TOOL_NAME_MAX);
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_true (g_str_has_suffix (name, " [42].mp4"));
      if (title->len + strlen (" [42].mp4") <= GST_PIN_TOOL_NAME_MAX)
        g_assert_true (g_str_has_prefix (name, title->str));
      else
        g_assert_cmpuint (strlen (name), >, GST_PIN_TOOL_NAME_MAX - 4);
    }
}

/* A letter and what belongs to it are cut as one */
static void
test_cuts_no_cluster (void)
{
  g_autoptr (GString) title = g_string_new (NULL);

  /* a thumb of a dark skin */
  for (guint i = 0; i < 100; i++)
    g_string_append (title, "\360\237\221\215\360\237\217\277");
  for (guint i = 0; i < 9; i++) {
    g_autofree gchar *name = NULL;
    gsize length;

    g_string_set_size (title, 800);
    g_string_prepend (title, "y");
    name = expand ("{title}", title->str);
    length = strlen (name);
    g_assert_cmpstr (name + length - 4, ==, "\360\237\217\277");
  }
}

static void
test_several_long_fields (void)
{
  g_autofree gchar *title = g_strnfill (300, 't');
  g_autofree gchar *name = expand ("{title}-{title}-{author}.mp4", title);

  g_assert_cmpuint (strlen (name), <=, GST_PIN_TOOL_NAME_MAX);
  g_assert_cmpuint (strlen (name), >, GST_PIN_TOOL_NAME_MAX - 3);
  g_assert_true (g_str_has_suffix (name, "-Ada.mp4"));
}

static void
test_check (void)
{
  static const gchar *const good[] = { "a", "{id}", "{title}/{ext}", "a}b" };
  static const gchar *const bad[] = {
    "", "{", "{}", "{ID}", "{id", "{title }", "a/", "{id}{nope}.mp4"
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (gst_pin_tool_name_check (good[i], &error));
    g_assert_no_error (error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (gst_pin_tool_name_check (bad[i], &error));
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  }
  g_assert_true (gst_pin_tool_name_uses ("a{height}", "height"));
  g_assert_false (gst_pin_tool_name_uses ("height", "height"));
}

static void
test_number (void)
{
  static const struct
  {
    const gchar *path, *name;
  } rows[] = {
    {"a.mp4", "a (2).mp4"},
    {"a", "a (2)"},
    {"x.y/a", "x.y/a (2)"},
    {".hidden", ".hidden (2)"},
    {"x/.hidden.mp4", "x/.hidden (2).mp4"},
  };
  g_autofree gchar *stem = g_strnfill (GST_PIN_TOOL_NAME_MAX - 4, 'a');
  g_autofree gchar *path = g_strconcat (stem, ".mp4", NULL);
  g_autofree gchar *long_name = gst_pin_tool_name_number (path, 17);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *name = gst_pin_tool_name_number (rows[i].path, 2);

    g_assert_cmpstr (name, ==, rows[i].name);
  }
  g_assert_cmpuint (strlen (long_name), ==, GST_PIN_TOOL_NAME_MAX);
  g_assert_true (g_str_has_suffix (long_name, "a (17).mp4"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tool-name/fields", test_fields);
  g_test_add_func ("/tool-name/hostile-titles", test_hostile_titles);
  g_test_add_func ("/tool-name/long-titles", test_long_titles);
  g_test_add_func ("/tool-name/cuts-no-cluster", test_cuts_no_cluster);
  g_test_add_func ("/tool-name/several-long-fields",
      test_several_long_fields);
  g_test_add_func ("/tool-name/check", test_check);
  g_test_add_func ("/tool-name/number", test_number);
  return g_test_run ();
}
