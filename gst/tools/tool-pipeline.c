/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A pipeline: pinsrc, pinmp4bin and a sink, each property that is not at its
 * default set from the options; and the same pipeline as a line for
 * gst-launch-1.0, read back from its elements, so that it cannot say anything
 * else than what runs. Main thread.
 */
#include "tool-pipeline.h"

#include <gst/pin/error.h>
#include <string.h>

#define SOURCE "pin"

static GstElement *
add_element (GstElement *pipeline, const gchar *factory, const gchar *name,
    GError **error)
{
  GstElement *element = gst_element_factory_make (factory, name);

  if (!element) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "GStreamer has no element %s. Install the plugin, or name its folder "
        "in GST_PLUGIN_PATH.", factory);
    return NULL;
  }
  gst_bin_add (GST_BIN (pipeline), element);
  return element;
}

/* The length of the media always goes on: the muxer needs it in order to leave
 * room for its index */
static GstTagList *
reduce_tags (const GstTagList *tags, gboolean all)
{
  GstTagList *reduced = all ? gst_tag_list_copy (tags)
      : gst_tag_list_new_empty ();
  guint64 duration;

  gst_tag_list_remove_tag (reduced, GST_TAG_IMAGE);
  if (gst_tag_list_get_uint64 (tags, GST_TAG_DURATION, &duration))
    gst_tag_list_add (reduced, GST_TAG_MERGE_REPLACE, GST_TAG_DURATION,
        duration, NULL);
  return reduced;
}

/* On the streaming thread */
static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const GstPinToolOptions *options = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstTagList *tags = NULL;

  if (GST_EVENT_TYPE (event) != GST_EVENT_TAG)
    return GST_PAD_PROBE_OK;
  gst_event_parse_tag (event, &tags);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_tag (reduce_tags (tags,
          !options->no_tags));
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static void
leave_out_tags (const GstPinToolOptions *options, GstElement *source)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event,
      (gpointer) options, NULL);
}

GstElement *
gst_pin_tool_pipeline_new (const GstPinToolOptions *options,
    const gchar *location, guint item, const gchar *path, GError **error)
{
  g_autoptr (GstElement) pipeline =
      gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *source, *bin, *sink;

  if (!(source = add_element (pipeline, "pinsrc", SOURCE, error))
      || !(bin = add_element (pipeline, "pinmp4bin", "mp4", error))
      || !(sink = add_element (pipeline, path ? "filesink" : "fdsink",
              "file", error)))
    return NULL;
  g_object_set (source, "location", location, "item", item, NULL);
  if (!gst_pin_tool_options_apply (options, G_OBJECT (source), error))
    return NULL;
  if (options->no_tags || options->no_cover)
    leave_out_tags (options, source);
  if (path)
    g_object_set (sink, "location", path, NULL);
  else
    g_object_set (sink, "fd", 1, NULL);
  gst_element_link_many (source, bin, sink, NULL);
  return g_steal_pointer (&pipeline);
}

/* --- the line ---------------------------------------------------------------- */

static gboolean
is_plain (const gchar *text)
{
  return *text && strspn (text, "abcdefghijklmnopqrstuvwxyz"
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%=") == strlen (text);
}

/* gst-launch-1.0 takes its words apart once more, and the shell before it */
static void
append_value (GString *line, const gchar *value)
{
  g_auto (GStrv) parts = NULL;
  g_autofree gchar *escaped = NULL, *inner = NULL, *quoted = NULL;

  if (is_plain (value)) {
    g_string_append (line, value);
    return;
  }
  parts = g_strsplit (value, "\\", -1);
  escaped = g_strjoinv ("\\\\", parts);
  g_strfreev (parts);
  parts = g_strsplit (escaped, "\"", -1);
  inner = g_strjoinv ("\\\"", parts);
  g_strfreev (parts);
  parts = NULL;
  {
    g_autofree gchar *word = g_strdup_printf ("\"%s\"", inner);

    quoted = g_shell_quote (word);
  }
  g_string_append (line, quoted);
}

static gboolean
is_told (const GParamSpec *spec)
{
  return (spec->flags & (G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY))
      == G_PARAM_READWRITE && spec->owner_type != GST_TYPE_OBJECT
      && spec->owner_type != GST_TYPE_BIN;
}

/* (transfer full) (nullable) What was set, and NULL for what an element has by
 * itself. Its own instances tell: filesink has another default of "sync" than
 * its class says (GStreamer 1.22). */
static gchar *
get_told_value (GstElement *element, GstElement *fresh, GParamSpec *spec)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) usual = G_VALUE_INIT;

  if (!is_told (spec))
    return NULL;
  g_value_init (&value, spec->value_type);
  g_value_init (&usual, spec->value_type);
  g_object_get_property (G_OBJECT (element), spec->name, &value);
  g_object_get_property (G_OBJECT (fresh), spec->name, &usual);
  if (g_param_values_cmp (spec, &value, &usual) == 0)
    return NULL;
  if (G_VALUE_HOLDS_STRING (&value))
    return g_value_dup_string (&value);
  /* As a value it would be quoted once more */
  if (GST_VALUE_HOLDS_STRUCTURE (&value) && gst_value_get_structure (&value))
    return gst_structure_to_string (gst_value_get_structure (&value));
  return gst_value_serialize (&value);
}

static void
append_properties (GString *line, GstElement *element)
{
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties
      (G_OBJECT_GET_CLASS (element), &n);
  g_autoptr (GstElement) fresh = gst_object_ref_sink
      (gst_element_factory_create (gst_element_get_factory (element), NULL));

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *text = get_told_value (element, fresh, specs[i]);

    if (!text)
      continue;
    g_string_append_printf (line, " %s=", specs[i]->name);
    append_value (line, text);
  }
}

static void
append_element (GString *line, GstElement *pipeline, const gchar *name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline),
      name);

  g_string_append_printf (line, " %s%s", strcmp (name, SOURCE) ? "! " : "",
      GST_OBJECT_NAME (gst_element_get_factory (element)));
  append_properties (line, element);
}

gchar *
gst_pin_tool_pipeline_to_line (GstElement *pipeline)
{
  GString *line = g_string_new ("gst-launch-1.0");

  append_element (line, pipeline, SOURCE);
  append_element (line, pipeline, "mp4");
  append_element (line, pipeline, "file");
  return g_string_free (line, FALSE);
}

gboolean
gst_pin_tool_pipeline_write_graph (GstElement *pipeline, const gchar *path,
    GError **error)
{
  g_autofree gchar *graph = gst_debug_bin_to_dot_data (GST_BIN (pipeline),
      GST_DEBUG_GRAPH_SHOW_ALL);
  g_autoptr (GError) why = NULL;

  if (g_file_set_contents (path, graph, -1, &why))
    return TRUE;
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "The graph could not be written: %s. Name another file with --dot.",
      why->message);
  return FALSE;
}
