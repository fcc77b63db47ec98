/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who gets which name. */
#include "tool-shelf.h"

#include <glib/gstdio.h>

typedef struct
{
  GstPinToolShelf *shelf;
  gchar *folder, *path;         /* path: a file that is there */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->shelf = gst_pin_tool_shelf_new ();
  self->folder = g_dir_make_tmp ("pin-shelf-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "a.mp4", NULL);
  g_assert_true (g_file_set_contents (self->path, "", -1, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  gst_pin_tool_shelf_free (self->shelf);
  g_free (self->path);
  g_free (self->folder);
}

/* @name: what is to be given, below the folder */
static void
assert_claim (Fixture *self, const gchar *asked, const gchar *video,
    GstPinToolPresent present, GstPinToolShelfAnswer answer,
    const gchar *name)
{
  g_autofree gchar *path = g_build_filename (self->folder, asked, NULL);
  g_autofree gchar *wanted = g_build_filename (self->folder, name, NULL);
  g_autofree gchar *given = NULL;

  g_assert_cmpint (gst_pin_tool_shelf_claim (self->shelf, path, video,
          present, &given), ==, answer);
  g_assert_cmpstr (given, ==, wanted);
}

static void
test_there (Fixture *self, gconstpointer data)
{
  assert_claim (self, "a.mp4", "1", GST_PIN_TOOL_SKIP,
      GST_PIN_TOOL_SHELF_THERE, "a.mp4");
  assert_claim (self, "a.mp4", "1", GST_PIN_TOOL_RENAME,
      GST_PIN_TOOL_SHELF_FREE, "a (2).mp4");
  assert_claim (self, "a.mp4", "2", GST_PIN_TOOL_RENAME,
      GST_PIN_TOOL_SHELF_FREE, "a (3).mp4");
  assert_claim (self, "a.mp4", "3", GST_PIN_TOOL_OVERWRITE,
      GST_PIN_TOOL_SHELF_FREE, "a.mp4");
}

/* Not even --overwrite lets Pins of one run replace each other */
static void
test_one_name (Fixture *self, gconstpointer data)
{
  for (GstPinToolPresent present = GST_PIN_TOOL_SKIP;
      present <= GST_PIN_TOOL_RENAME; present++) {
    assert_claim (self, "b.mp4", "1", present, GST_PIN_TOOL_SHELF_FREE,
        "b.mp4");
    assert_claim (self, "b.mp4", "2", present, GST_PIN_TOOL_SHELF_FREE,
        "b (2).mp4");
    assert_claim (self, "b.mp4", "3", present, GST_PIN_TOOL_SHELF_FREE,
        "b (3).mp4");
    assert_claim (self, "b.mp4", "1", present, GST_PIN_TOOL_SHELF_TWICE,
        "b.mp4");
    assert_claim (self, "b.mp4", "2", present, GST_PIN_TOOL_SHELF_TWICE,
        "b (2).mp4");
    gst_pin_tool_shelf_free (self->shelf);
    self->shelf = gst_pin_tool_shelf_new ();
  }
}

static void
test_release (Fixture *self, gconstpointer data)
{
  g_autofree gchar *path = g_build_filename (self->folder, "b.mp4", NULL);

  assert_claim (self, "b.mp4", "1", GST_PIN_TOOL_SKIP,
      GST_PIN_TOOL_SHELF_FREE, "b.mp4");
  gst_pin_tool_shelf_release (self->shelf, path);
  assert_claim (self, "b.mp4", "2", GST_PIN_TOOL_SKIP,
      GST_PIN_TOOL_SHELF_FREE, "b.mp4");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/tool-shelf/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("there", test_there);
  ADD ("one-name", test_one_name);
  ADD ("release", test_release);
#undef ADD
  return g_test_run ();
}
