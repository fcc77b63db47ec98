/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What progress looks like at any width. */
#include "tool-frame.h"

#include <string.h>

static const GstPinToolRow rows[] = {
  {GST_PIN_TOOL_ROW_ASKING, "509946528392874190", 0, 0, 0, 0, 0},
  {GST_PIN_TOOL_ROW_FETCHING, "A quick drill", 12345678, 24691356, 1500000,
        16, 2},
  {GST_PIN_TOOL_ROW_FETCHING,
        "\346\274\242\345\255\227\343\201\256\351\225\267\343\201\204\351\241"
        "\214\345\220\215 \360\237\216\250 with more words behind it than "
        "any terminal wants to show in one line", 999, 0, 0, 1, 0},
  {GST_PIN_TOOL_ROW_FINISHING, "Evil \033[2J\nlines\r", 5, 5, 1, 0, 0},
};

static const GstPinToolTotal total = { 3, 1, 200, 123456789, 2345678 };

/* The one promise that everything rests on: no line reaches the last column,
 * at any width */
static void
test_fits_every_width (void)
{
  for (guint columns = 2; columns < 300; columns++)
    for (gboolean ascii = FALSE; ascii <= TRUE; ascii++) {
      g_auto (GStrv) frame = gst_pin_tool_frame_compose (rows,
          G_N_ELEMENTS (rows), &total, columns, 50, ascii);

      g_assert_cmpuint (g_strv_length (frame), ==, G_N_ELEMENTS (rows) + 1);
      for (guint i = 0; frame[i]; i++) {
        g_assert_true (g_utf8_validate (frame[i], -1, NULL));
        g_assert_null (strpbrk (frame[i], "\033\n\r\t"));
        g_assert_cmpuint (gst_pin_tool_text_width (frame[i]), <, columns);
      }
    }
}

static void
test_shows_what_fits (void)
{
  static const struct
  {
    guint columns;
    const gchar *line;
  } lines[] = {
    {40, "A quick drill   50%    1.5 MB/s     0:08"},
    {60, "A quick drill             50%   12.3 MB    1.5 MB/s     0:08"},
    {80, "A quick drill      [#######-------]  50%   12.3 MB    1.5 MB/s"
          "     0:08  16c  2r"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (GStrv) frame = gst_pin_tool_frame_compose (&rows[1], 1, NULL,
        lines[i].columns + 1, 24, TRUE);

    g_assert_cmpstr (frame[0], ==, lines[i].line);
    g_assert_null (frame[1]);
  }
}

static void
test_wide_shows_all (void)
{
  g_auto (GStrv) frame = gst_pin_tool_frame_compose (&rows[1], 1, &total, 200,
      24, FALSE);

  g_assert_nonnull (strstr (frame[0], "A quick drill"));
  g_assert_nonnull (strstr (frame[0], "\342\226\210"));
  g_assert_nonnull (strstr (frame[0], " 50%"));
  g_assert_nonnull (strstr (frame[0], "12.3 MB"));
  g_assert_nonnull (strstr (frame[0], "1.5 MB/s"));
  g_assert_nonnull (strstr (frame[0], "0:08"));
  g_assert_nonnull (strstr (frame[0], "16 connections"));
  g_assert_nonnull (strstr (frame[0], "2 retries"));
  g_assert_cmpstr (frame[1], ==,
      "3 of 200 done, 1 failed, 123.5 MB, 2.3 MB/s");
}

/* A terminal of few lines shows the first Pins and the total */
static void
test_few_lines (void)
{
  for (guint lines = 1; lines < 10; lines++) {
    g_auto (GStrv) frame = gst_pin_tool_frame_compose (rows,
        G_N_ELEMENTS (rows), &total, 80, lines, FALSE);
    guint n = g_strv_length (frame);

    g_assert_cmpuint (n, >=, 2);
    g_assert_cmpuint (n, <=, MAX (lines - 1, 2));
    g_assert_true (g_str_has_prefix (frame[n - 1], "3 of 200"));
  }
}

static void
test_fit (void)
{
  static const struct
  {
    const gchar *text;
    guint cells;
    const gchar *fitted;
  } fits[] = {
    {"abc", 5, "abc  "},
    {"abc", 3, "abc"},
    {"abcd", 3, "ab\342\200\246"},
    {"abcd", 1, "\342\200\246"},
    {"abcd", 0, ""},
    /* a letter of two cells is never halved */
    {"\346\274\242\345\255\227", 3, "\346\274\242\342\200\246"},
    {"\346\274\242\345\255\227", 2, "\342\200\246 "},
    {"e\314\201x", 2, "e\314\201x"},
    {"\033x", 2, "\357\277\275x"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (fits); i++) {
    g_autofree gchar *fitted = gst_pin_tool_text_fit (fits[i].text,
        fits[i].cells);

    g_assert_cmpstr (fitted, ==, fits[i].fitted);
    g_assert_cmpuint (gst_pin_tool_text_width (fitted), ==, fits[i].cells);
  }
}

static void
test_numbers (void)
{
  static const struct
  {
    guint64 bytes;
    const gchar *text;
  } sizes[] = {
    {0, "0 B"}, {999, "999 B"}, {1000, "1.0 kB"}, {999949, "999.9 kB"},
    {999950, "1.0 MB"}, {1234567890, "1.2 GB"},
    {G_GUINT64_CONSTANT (5000000000000000), "5000.0 TB"},
  };
  static const struct
  {
    guint64 seconds;
    const gchar *text;
  } times[] = {
    {0, "0:00"}, {9, "0:09"}, {61, "1:01"}, {3599, "59:59"},
    {3661, "1:01:01"}, {G_MAXUINT64, "99:00:15"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree gchar *text = gst_pin_tool_text_bytes (sizes[i].bytes);

    g_assert_cmpstr (text, ==, sizes[i].text);
  }
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree gchar *text = gst_pin_tool_text_time (times[i].seconds);

    g_assert_cmpstr (text, ==, times[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tool-frame/fits-every-width", test_fits_every_width);
  g_test_add_func ("/tool-frame/shows-what-fits", test_shows_what_fits);
  g_test_add_func ("/tool-frame/wide-shows-all", test_wide_shows_all);
  g_test_add_func ("/tool-frame/few-lines", test_few_lines);
  g_test_add_func ("/tool-frame/fit", test_fit);
  g_test_add_func ("/tool-frame/numbers", test_numbers);
  return g_test_run ();
}
