/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pipelines made by description, and what a walk from their ends finds.
 */
#include "pin-walk.h"

static GstElement *
make (const gchar *line)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  return pipeline;
}

static GstPad *
pad_of (GstElement *pipeline, const gchar *element, const gchar *pad)
{
  g_autoptr (GstElement) owner =
      gst_bin_get_by_name (GST_BIN (pipeline), element);

  return gst_element_get_static_pad (owner, pad);
}

static const struct
{
  const gchar *line;
  gint n_between;               /* -1: not found */
} rows[] = {
  {"fakesrc name=a ! fakesink name=b", 0},
  {"fakesrc name=a ! queue ! identity ! fakesink name=b", 2},
  {"fakesrc name=a ! ( queue ! ( identity ) ) ! fakesink name=b", 2},
  {"tee name=t ! fakesink fakesrc name=a ! t. t. ! fakesink name=b", -1},
  {"funnel name=f fakesrc ! f. fakesrc name=a ! f. f. ! fakesink name=b", -1},
};

static void
test_find (void)
{
  guint i, way;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstElement) pipeline = make (rows[i].line);

    for (way = 0; way < 2; way++) {
      g_autoptr (GstPad) from = way == 0 ? pad_of (pipeline, "a", "src") :
          pad_of (pipeline, "b", "sink");
      guint n_between = 77;
      g_autoptr (GstElement) found = gst_pin_walk_find (from,
          way == 0 ? "fakesink" : "fakesrc", &n_between);
      g_autoptr (GstElement) other =
          gst_pin_walk_find (from, "filesink", NULL);

      g_assert_null (other);
      g_assert_true ((found != NULL) == (rows[i].n_between >= 0));
      if (found != NULL)
        g_assert_cmpint (n_between, ==, rows[i].n_between);
    }
  }
}

static void
test_open_end (void)
{
  g_autoptr (GstElement) pipeline =
      make ("queue name=q ! identity ! fakesink name=b");
  g_autoptr (GstElement) whole = make ("fakesrc ! queue ! fakesink name=b");
  g_autoptr (GstPad) from = pad_of (pipeline, "b", "sink");
  g_autoptr (GstPad) wanted = pad_of (pipeline, "q", "sink");
  g_autoptr (GstPad) end = gst_pin_walk_open_end (from);
  g_autoptr (GstPad) other = pad_of (whole, "b", "sink");

  g_assert_true (end == wanted);
  g_assert_null (gst_pin_walk_open_end (other));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-walk/find", test_find);
  g_test_add_func ("/pin-walk/open-end", test_open_end);
  return g_test_run ();
}
