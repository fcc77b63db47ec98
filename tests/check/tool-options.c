/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of options, the command line, and what is stronger than what. */
#include "tool-options.h"

#include <string.h>

#include "tool-config.h"

static gboolean
parse (GstPinToolOptions *options, const gchar *line, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (*line)
    g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  else
    words = g_new0 (gchar *, 1);
  return gst_pin_tool_options_parse (options, (const gchar * const *) words,
      error);
}

static GstPinToolOptions *
parse_well (const gchar *line)
{
  GstPinToolOptions *options = gst_pin_tool_options_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (options, line, &error));
  g_assert_no_error (error);
  return options;
}

/* What a table can get wrong */
static void
test_table (void)
{
  guint n;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);

  for (guint i = 0; i < n; i++) {
    gboolean alone = table[i].kind == GST_PIN_TOOL_FLAG
        || table[i].kind == GST_PIN_TOOL_SWITCH;

    g_assert_true ((table[i].argument == NULL) == alone);
    g_assert_cmpuint (table[i].commands & GST_PIN_TOOL_ALL, !=, 0);
    g_assert_cmpuint (table[i].group, <, GST_PIN_TOOL_N_GROUPS);
    g_assert_true (table[i].property == NULL
        || table[i].kind != GST_PIN_TOOL_LIST);
    for (guint j = 0; j < i; j++) {
      g_assert_cmpstr (table[i].name, !=, table[j].name);
      g_assert_true (table[i].letter == 0
          || table[i].letter != table[j].letter);
    }
  }
}

static void
test_forms (void)
{
  g_autoptr (GstPinToolOptions) options = parse_well
      ("--quality=720p -o 'a b' -j4 --rename -sv 1 --limit-rate 2m "
      "--header A:1 --header B:2 -- -2 --three");

  g_assert_cmpint (options->command, ==, GST_PIN_TOOL_GET);
  g_assert_cmpstr (options->quality, ==, "720p");
  g_assert_cmpstr (options->output, ==, "a b");
  g_assert_cmpuint (options->jobs, ==, 4);
  g_assert_cmpint (options->present, ==, GST_PIN_TOOL_RENAME);
  g_assert_true (options->simulate && options->verbose);
  g_assert_cmpuint (options->limit_rate, ==, 2 * 1024 * 1024);
  g_assert_cmpstr (options->headers[0], ==, "A:1");
  g_assert_cmpstr (options->headers[1], ==, "B:2");
  g_assert_null (options->headers[2]);
  g_assert_cmpstr (options->operands[0], ==, "1");
  g_assert_cmpstr (options->operands[1], ==, "-2");
  g_assert_cmpstr (options->operands[2], ==, "--three");
  g_assert_null (options->operands[3]);
}

static void
test_commands (void)
{
  static const struct
  {
    const gchar *line;
    GstPinToolCommand command;
    guint operands;
  } rows[] = {
    {"", GST_PIN_TOOL_GET, 0},
    {"1 2", GST_PIN_TOOL_GET, 2},
    {"get 1", GST_PIN_TOOL_GET, 1},
    {"info 1", GST_PIN_TOOL_INFO, 1},
    {"--json formats 1", GST_PIN_TOOL_FORMATS, 1},
    /* only the first word is a command */
    {"1 info", GST_PIN_TOOL_GET, 2},
    {"-- info", GST_PIN_TOOL_GET, 1},
    {"get info", GST_PIN_TOOL_GET, 1},
    {"-o - -", GST_PIN_TOOL_GET, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstPinToolOptions) options = parse_well (rows[i].line);

    g_assert_cmpint (options->command, ==, rows[i].command);
    g_assert_cmpuint (g_strv_length (options->operands), ==,
        rows[i].operands);
  }
}

static void
test_mistakes (void)
{
  static const struct
  {
    const gchar *line, *hint;
  } rows[] = {
    {"--qualty best", "--quality"},
    {"--zzzzzzzz", "--help"},
    {"--max-", "is it --max-"},
    {"--maxx", "--help"},
    {"--user", "is it --user-agent"},
    {"-Z", "--help"},
    {"--quality", "WISH"},
    {"--jobs=0", "from 1"},
    {"--jobs=-1", "from 1"},
    {"--jobs=4x", "from 1"},
    {"--jobs=99999999999", "from 1"},
    {"--limit-rate=", "500K"},
    {"--limit-rate=1X", "500K"},
    {"--limit-rate=99999999999G", "500K"},
    {"--limit-rate=-1", "500K"},
    {"--progress=loud", "auto|bar"},
    {"--quiet=perhaps", "yes or no"},
    {"info --overwrite 1", "info"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstPinToolOptions) options = gst_pin_tool_options_new ();
    g_autoptr (GError) error = NULL;

    g_assert_false (parse (options, rows[i].line, &error));
    g_assert_cmpint (error->domain, ==, G_OPTION_ERROR);
    g_assert_nonnull (strstr (error->message, rows[i].hint));
  }
}

/* The command line, then the environment, then the file; lists are replaced
 * and not mixed */
static void
test_origins (void)
{
  g_autoptr (GstPinToolOptions) options = parse_well
      ("--jobs 2 --quiet=no --skip");
  g_autoptr (GError) error = NULL;
  const GstPinToolOption *timeout = gst_pin_tool_options_find ("timeout");

  g_assert_true (gst_pin_tool_options_set (options, timeout, "7",
          GST_PIN_TOOL_ORIGIN_ENVIRONMENT, &error));
  g_assert_true (gst_pin_tool_config_read_text (options,
          "jobs = 9\ntimeout=8\n  # remark\n\nretries = 1 \r\nquiet\n"
          "header = A: 1\nheader = B: 2\noutput = {id} = {title}\n", "file",
          &error));
  g_assert_no_error (error);
  g_assert_cmpuint (options->jobs, ==, 2);
  g_assert_cmpuint (options->timeout, ==, 7);
  g_assert_cmpuint (options->retries, ==, 1);
  g_assert_false (options->quiet);
  g_assert_cmpuint (g_strv_length (options->headers), ==, 2);
  g_assert_cmpstr (options->output, ==, "{id} = {title}");
  g_assert_true (gst_pin_tool_options_set (options,
          gst_pin_tool_options_find ("header"), "C: 3",
          GST_PIN_TOOL_ORIGIN_LINE, &error));
  g_assert_cmpuint (g_strv_length (options->headers), ==, 1);
}

/* --skip on the line against overwrite in the file: they are one setting */
static void
test_switches_are_one_setting (void)
{
  g_autoptr (GstPinToolOptions) options = parse_well ("--rename --skip");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (options->present, ==, GST_PIN_TOOL_SKIP);
  g_assert_true (gst_pin_tool_config_read_text (options, "overwrite = yes\n",
          "file", &error));
  g_assert_cmpint (options->present, ==, GST_PIN_TOOL_SKIP);
}

/* The equals sign was looked for before the blanks in front were gone */
static void
test_indented_line_in_file (void)
{
  g_autoptr (GstPinToolOptions) options = gst_pin_tool_options_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_pin_tool_config_read_text (options,
          "  jobs = 4\n\toutput = a b\n\tquiet\n", "file", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (options->jobs, ==, 4);
  g_assert_cmpstr (options->output, ==, "a b");
  g_assert_true (options->quiet);
}

static void
test_file_mistakes (void)
{
  static const struct
  {
    const gchar *text, *hint;
  } rows[] = {
    {"jobs = 1\nqualty = best\n", "file, line 2"},
    {"jobs = many\n", "file, line 1"},
    {"help\n", "file, line 1"},
    {"= 3\n", "file, line 1"},
    {"quality = \xff\n", "UTF-8"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstPinToolOptions) options = gst_pin_tool_options_new ();
    g_autoptr (GError) error = NULL;

    g_assert_false (gst_pin_tool_config_read_text (options, rows[i].text,
            "file", &error));
    g_assert_nonnull (strstr (error->message, rows[i].hint));
  }
}

static void
test_variables (void)
{
  g_autofree gchar *variable = gst_pin_tool_option_get_variable
      (gst_pin_tool_options_find ("max-connections"));

  g_assert_cmpstr (variable, ==, "GST_PIN_MAX_CONNECTIONS");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tool-options/table", test_table);
  g_test_add_func ("/tool-options/forms", test_forms);
  g_test_add_func ("/tool-options/commands", test_commands);
  g_test_add_func ("/tool-options/mistakes", test_mistakes);
  g_test_add_func ("/tool-options/origins", test_origins);
  g_test_add_func ("/tool-options/switches-are-one-setting",
      test_switches_are_one_setting);
  g_test_add_func ("/tool-options/indented-line-in-file",
      test_indented_line_in_file);
  g_test_add_func ("/tool-options/file-mistakes", test_file_mistakes);
  g_test_add_func ("/tool-options/variables", test_variables);
  return g_test_run ();
}
