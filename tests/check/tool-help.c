/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What --help looks like at any width. */
#include "tool-help.h"

#include <string.h>

/* An example is copied as it is, and a name is not broken */
static gboolean
is_one_piece (const gchar *line)
{
  gsize blanks = strspn (line, " ");

  return g_str_has_prefix (line + blanks, "gst-pin-1.0")
      || g_str_has_prefix (line + blanks, "-") || !strchr (line + blanks, ' ');
}

static void
test_fits_every_width (void)
{
  for (guint columns = 40; columns < 120; columns++) {
    g_autofree gchar *text = gst_pin_tool_help_compose (GST_PIN_TOOL_GET, TRUE,
        columns);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    for (guint i = 0; lines[i]; i++)
      g_assert_true (g_utf8_strlen (lines[i], -1) < columns
          || is_one_piece (lines[i]));
  }
}

/* Half of a narrow terminal was left blank */
static void
test_narrow_begins_early (void)
{
  g_autofree gchar *text = gst_pin_tool_help_compose (GST_PIN_TOOL_GET, TRUE,
      40);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    g_assert_cmpuint (strspn (lines[i], " "), <=, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tool-help/fits-every-width", test_fits_every_width);
  g_test_add_func ("/tool-help/narrow-begins-early", test_narrow_begins_early);
  return g_test_run ();
}
