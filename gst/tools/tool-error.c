/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors as the tool shows them: the exit status that goes with each code, and
 * the same fields in JSON as on a pipeline's bus. Errors of GStreamer's own
 * elements, which are those of the sink, are translated, and so are the names
 * of pinsrc's properties, which the library calls settings. Pure functions, any
 * thread.
 */
#include "tool-error.h"

#include <gst/pin/error.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "tool-options.h"

/* In front of a property's name in the library's sentences: docs/errors.md */
#define SETTING "the setting "

GstPinToolExit
gst_pin_tool_error_get_exit (const GError *error)
{
  if (!error)
    return GST_PIN_TOOL_EXIT_DONE;
  if (error->domain == G_OPTION_ERROR)
    return GST_PIN_TOOL_EXIT_USAGE;
  if (error->domain != GST_PIN_ERROR)
    return GST_PIN_TOOL_EXIT_INTERNAL;
  switch ((GstPinError) error->code) {
    case GST_PIN_ERROR_INVALID_LOCATION:
      return GST_PIN_TOOL_EXIT_USAGE;
    case GST_PIN_ERROR_NOT_FOUND:
      return GST_PIN_TOOL_EXIT_NOT_FOUND;
    case GST_PIN_ERROR_NOT_A_VIDEO:
    case GST_PIN_ERROR_EXTERNAL:
    case GST_PIN_ERROR_SCHEMA:
    case GST_PIN_ERROR_NO_VARIANT:
    case GST_PIN_ERROR_UNSUPPORTED:
      return GST_PIN_TOOL_EXIT_NOT_A_VIDEO;
    case GST_PIN_ERROR_BLOCKED:
    case GST_PIN_ERROR_RATE_LIMITED:
      return GST_PIN_TOOL_EXIT_BLOCKED;
    case GST_PIN_ERROR_NETWORK:
    case GST_PIN_ERROR_TIMEOUT:
    case GST_PIN_ERROR_TLS:
    case GST_PIN_ERROR_FORBIDDEN_HOST:
    case GST_PIN_ERROR_TRUNCATED:
    case GST_PIN_ERROR_CANCELLED:
      return GST_PIN_TOOL_EXIT_NETWORK;
    case GST_PIN_ERROR_IO:
      return GST_PIN_TOOL_EXIT_OUTPUT;
    default:
      return GST_PIN_TOOL_EXIT_INTERNAL;
  }
}

static GError *
translate_output (const GError *error)
{
  return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "Could not write to the standard output%s. Look at where it leads to, or "
      "name a file with --output.",
      error->code == GST_RESOURCE_ERROR_NO_SPACE_LEFT ? ": no space left"
      : "");
}

static GError *
translate_resource (const GError *error, const gchar *path)
{
  g_autofree gchar *shown = g_filename_display_name (path);

  switch (error->code) {
    case GST_RESOURCE_ERROR_NO_SPACE_LEFT:
      return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_IO,
          "Could not write %s: no space left. Free some room, or choose "
          "another folder with --folder.", shown);
    case GST_RESOURCE_ERROR_OPEN_WRITE:
    case GST_RESOURCE_ERROR_WRITE:
    case GST_RESOURCE_ERROR_SEEK:
    case GST_RESOURCE_ERROR_CLOSE:
    case GST_RESOURCE_ERROR_SYNC:
      return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_IO,
          "Could not write %s: %s Choose another folder with --folder.",
          shown, error->message);
    default:
      return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_INTERNAL, "%s",
          error->message);
  }
}

GError *
gst_pin_tool_error_from_message (GstMessage *message, const gchar *path)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  if (error->domain == GST_PIN_ERROR)
    return g_steal_pointer (&error);
  if (error->domain == GST_RESOURCE_ERROR)
    return path ? translate_resource (error, path) : translate_output (error);
  if (g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN))
    return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "%s Install GStreamer's base, good and bad plugins.", error->message);
  return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_INTERNAL, "%s",
      error->message);
}

/* (nullable) */
static const GstPinToolOption *
find_option (const gchar *property)
{
  guint n;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (table[i].property, property) == 0)
      return &table[i];
  return gst_pin_tool_options_find (property);
}

gchar *
gst_pin_tool_error_get_text (const GError *error)
{
  g_auto (GStrv) parts = g_strsplit (error->message, SETTING, -1);
  GString *text = g_string_new (parts[0]);

  for (guint i = 1; parts[0] && parts[i]; i++) {
    gsize length = strspn (parts[i], "abcdefghijklmnopqrstuvwxyz-");
    g_autofree gchar *name = g_strndup (parts[i], length);
    const GstPinToolOption *option = find_option (name);

    g_string_append_printf (text, "%s%s%s", option ? "--" : SETTING,
        option ? option->name : name, parts[i] + length);
  }
  return g_string_free (text, FALSE);
}

static gboolean
add_member (GQuark field, const GValue *value, gpointer object)
{
  const gchar *name = g_quark_to_string (field);

  if (G_VALUE_HOLDS_STRING (value))
    json_object_set_string_member (object, name, g_value_get_string (value));
  else if (G_VALUE_HOLDS_UINT (value))
    json_object_set_int_member (object, name, g_value_get_uint (value));
  return TRUE;
}

gchar *
gst_pin_tool_error_to_json (const GError *error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree gchar *text = NULL;
  JsonObject *object;

  if (!error)
    return g_strdup ("null");
  text = gst_pin_tool_error_get_text (error);
  object = json_object_new ();
  if (error->domain == G_OPTION_ERROR)
    json_object_set_string_member (object, "code", "usage");
  else {
    g_autoptr (GstStructure) details = gst_pin_error_get_details (error);

    gst_structure_foreach (details, add_member, object);
  }
  json_object_set_string_member (object, "message", text);
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  return json_to_string (node, FALSE);
}
