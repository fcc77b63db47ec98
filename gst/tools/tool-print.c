/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Results and errors as lines of text. What comes from the site is shown
 * without what a terminal might obey. Any thread.
 */
#include "tool-print.h"

#include <json-glib/json-glib.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "tool-error.h"
#include "tool-frame.h"

#define PROGRAM "gst-pin-1.0"

static const gchar *const outcome_names[] = {
  "saved", "kept", "archived", "simulated", "failed", "stopped"
};

/* As it is, but for what a terminal might obey */
static gchar *
make_shown (const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);

  return gst_pin_tool_text_fit (valid, gst_pin_tool_text_width (valid));
}

static gchar *
make_shown_path (const gchar *path)
{
  g_autofree gchar *name = g_filename_display_name (path);

  return make_shown (name);
}

static gchar *
describe_saved (const GstPinToolResult *result, const gchar *path)
{
  g_autofree gchar *bytes = gst_pin_tool_text_bytes (result->seen.bytes);

  if (result->seen.height == 0)
    return g_strdup_printf ("Saved %s (%s)", path, bytes);
  return g_strdup_printf ("Saved %s (%ux%u, %s)", path, result->seen.width,
      result->seen.height, bytes);
}

static gchar *
describe_known (const GstPinToolResult *result)
{
  g_autofree gchar *shown = make_shown (result->pin);

  return g_strdup_printf ("Left out %s, which is in the archive", shown);
}

gchar *
gst_pin_tool_print_result (const GstPinToolResult *result)
{
  g_autofree gchar *path = NULL;

  if (result->line)
    return g_strdup (result->line);
  if (result->outcome == GST_PIN_TOOL_KNOWN)
    return describe_known (result);
  if (!result->path)
    return NULL;
  path = make_shown_path (result->path);
  switch (result->outcome) {
    case GST_PIN_TOOL_SAVED:
      return describe_saved (result, path);
    case GST_PIN_TOOL_KEPT:
      return g_strdup_printf ("Kept %s, which was there already (--overwrite "
          "replaces it, --rename finds another name)", path);
    case GST_PIN_TOOL_TOLD:
      return g_strdup_printf ("Would save %s", path);
    default:
      return NULL;
  }
}

static void
set_text (JsonObject *object, const gchar *name, const gchar *text)
{
  g_autofree gchar *valid = text ? g_utf8_make_valid (text, -1) : NULL;

  if (valid)
    json_object_set_string_member (object, name, valid);
  else
    json_object_set_null_member (object, name);
}

static void
set_error (JsonObject *object, const GError *error)
{
  g_autofree gchar *text = gst_pin_tool_error_to_json (error);

  json_object_set_member (object, "error", json_from_string (text, NULL));
}

gchar *
gst_pin_tool_print_result_json (const GstPinToolResult *result)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (),
      object);

  json_object_set_string_member (object, "event", "result");
  json_object_set_string_member (object, "result",
      outcome_names[result->outcome]);
  set_text (object, "pin", result->pin);
  set_text (object, "id", result->media ? gst_pin_media_get_id (result->media)
      : NULL);
  json_object_set_int_member (object, "item", result->item);
  set_text (object, "title", result->media ?
      gst_pin_media_get_title (result->media) : NULL);
  set_text (object, "file", result->path);
  if (result->line)
    set_text (object, "pipeline", result->line);
  if (result->outcome == GST_PIN_TOOL_SAVED && result->path) {
    json_object_set_int_member (object, "bytes", result->seen.bytes);
    json_object_set_int_member (object, "width", result->seen.width);
    json_object_set_int_member (object, "height", result->seen.height);
  }
  set_error (object, result->error);
  return json_to_string (node, FALSE);
}

static gchar *
make_line (const gchar *pin, const gchar *kind, const GError *error)
{
  g_autofree gchar *shown = pin ? make_shown (pin) : NULL;
  g_autofree gchar *text = gst_pin_tool_error_get_text (error);
  g_autofree gchar *sentence = make_shown (text);

  return g_strdup_printf ("%s: %s%s%s: %s", PROGRAM, shown ? shown : "",
      shown ? ": " : "", kind, sentence);
}

gchar *
gst_pin_tool_print_error (const gchar *pin, const GError *error)
{
  const gchar *kind = error->domain == GST_PIN_ERROR ?
      gst_pin_error_get_code (error) : "usage";

  return make_line (pin, kind, error);
}

gchar *
gst_pin_tool_print_warning (const gchar *pin, const GError *warning)
{
  return make_line (pin, "warning", warning);
}

gboolean
gst_pin_tool_print_is_unread (void)
{
  struct pollfd output = {.fd = STDOUT_FILENO };

  return poll (&output, 1, 0) == 1
      && (output.revents & (POLLERR | POLLHUP)) != 0;
}
