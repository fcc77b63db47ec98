/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plays progress on the terminal that it runs in:
 *
 *     progress-play SCRIPT
 *
 * SCRIPT, which may be a pipe, has an object of JSON a line, and each is drawn
 * as it comes, by the very code of gst-pin-1.0: {"rows": […], "total": {…}} is
 * a frame, {"say": "…"} a line that stays. After each the terminal's title
 * becomes "step N", so that who watches the terminal knows that it has seen all
 * of it.
 */
#include <json-glib/json-glib.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "tool-progress.h"

static void
read_row (JsonObject *object, GstPinToolRow *row)
{
  row->stage = json_object_get_int_member_with_default (object, "stage",
      GST_PIN_TOOL_ROW_FETCHING);
  row->title = json_object_get_string_member (object, "title");
  row->bytes = json_object_get_int_member_with_default (object, "bytes", 0);
  row->total = json_object_get_int_member_with_default (object, "total", 0);
  row->rate = json_object_get_int_member_with_default (object, "rate", 0);
  row->connections = json_object_get_int_member_with_default (object,
      "connections", 0);
  row->retries = json_object_get_int_member_with_default (object, "retries",
      0);
}

static void
show_frame (GstPinToolProgress *progress, JsonObject *object)
{
  JsonArray *array = json_object_get_array_member (object, "rows");
  guint n = json_array_get_length (array);
  g_autofree GstPinToolRow *rows = g_new0 (GstPinToolRow, n);
  GstPinToolTotal total = { 0, };
  JsonObject *all = NULL;

  for (guint i = 0; i < n; i++)
    read_row (json_array_get_object_element (array, i), &rows[i]);
  if (json_object_has_member (object, "total")) {
    all = json_object_get_object_member (object, "total");
    total.done = json_object_get_int_member (all, "done");
    total.failed = json_object_get_int_member (all, "failed");
    total.pins = json_object_get_int_member (all, "pins");
    total.bytes = json_object_get_int_member (all, "bytes");
    total.rate = json_object_get_int_member (all, "rate");
  }
  gst_pin_tool_progress_show (progress, rows, n, all ? &total : NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GstPinToolProgress) progress = NULL;
  char line[4096];
  FILE *script;
  guint step = 0;

  setlocale (LC_ALL, "");
  if (argc != 2 || !(script = fopen (argv[1], "r")))
    return 1;
  progress = gst_pin_tool_progress_new (STDERR_FILENO,
      GST_PIN_TOOL_PROGRESS_AUTO);
  while (fgets (line, sizeof line, script)) {
    g_autoptr (JsonNode) node = json_from_string (line, NULL);
    JsonObject *object = json_node_get_object (node);

    if (json_object_has_member (object, "say")) {
      gst_pin_tool_progress_clear (progress);
      fprintf (stderr, "%s\n", json_object_get_string_member (object, "say"));
    } else
      show_frame (progress, object);
    fprintf (stderr, "\033]2;step %u\033\\", ++step);
  }
  fclose (script);
  return 0;
}
