/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Pin into an application's own hands:
 *
 *     pin-to-appsink [--proxy URL] [--tls-ca-file FILE] LOCATION OUTPUT
 *
 * The pipeline is `pinsrc ! pinmp4bin ! appsink`. An appsink can't be seeked,
 * so pinmp4bin gives fragmented MP4: each buffer can be used at once, sent on,
 * or stored. Here it is written to a file. The main thread waits for the end,
 * an error or Ctrl-C; buffers come in a thread of the pipeline.
 */
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <stdio.h>

typedef struct
{
  GMainLoop *loop;
  FILE *output;                 /* these three: the pipeline's thread */
  guint buffers;
  guint64 bytes;
  gboolean whole;               /* main thread: the end was reached */
} Example;

/* A thread of the pipeline calls this for each buffer. */
static GstFlowReturn
on_new_sample (GstAppSink *sink, gpointer user_data)
{
  Example *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  gsize written = 0;
  GstMapInfo map;

  if (sample == NULL)
    return GST_FLOW_EOS;
  if (!gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return GST_FLOW_ERROR;
  written = fwrite (map.data, 1, map.size, self->output);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  self->buffers++;
  self->bytes += written;
  return written == map.size ? GST_FLOW_OK : GST_FLOW_ERROR;
}

/* An error comes as a sentence for people, and as a name for programs: the
 * field "code" of the message's details, such as "not-found". */
static void
print_error (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details = NULL;
  const gchar *code = NULL;

  gst_message_parse_error (message, &error, NULL);
  gst_message_parse_error_details (message, &details);
  if (details)
    code = gst_structure_get_string (details, "code");
  g_printerr ("%s: %s\n", code ? code : "error", error->message);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Example *self = user_data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    print_error (message);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    self->whole = TRUE;
  else
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static GstElement *
make_pipeline (Example *self, const gchar *location, const gchar *proxy,
    const gchar *ca_file)
{
  GstAppSinkCallbacks callbacks = {.new_sample = on_new_sample };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL, source = NULL, sink = NULL;

  pipeline = gst_parse_launch ("pinsrc name=pin ! pinmp4bin ! "
      "appsink name=sink sync=false max-buffers=4", &error);
  if (error) {
    g_printerr ("Cannot make the pipeline: %s\n", error->message);
    return NULL;
  }
  source = gst_bin_get_by_name (GST_BIN (pipeline), "pin");
  g_object_set (source, "location", location, "proxy", proxy,
      "tls-ca-file", ca_file, NULL);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
  return g_steal_pointer (&pipeline);
}

static void
play (Example *self, GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, self->loop);

  gst_bus_add_watch (bus, on_message, self);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self->loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  g_source_remove (interrupt);
}

int
main (int argc, char **argv)
{
  g_autofree gchar *proxy = NULL, *ca_file = NULL;
  GOptionEntry entries[] = {
    {"proxy", 0, 0, G_OPTION_ARG_STRING, &proxy, "HTTP proxy", "URL"},
    {"tls-ca-file", 0, 0, G_OPTION_ARG_FILENAME, &ca_file,
        "Authorities to trust", "FILE"},
    {NULL}
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("LOCATION OUTPUT");
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GstElement) pipeline = NULL;
  Example self = {.loop = loop };

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 3) {
    g_printerr ("%s\n", error ? error->message : "What, and where to? --help");
    return 1;
  }
  if (!(pipeline = make_pipeline (&self, argv[1], proxy, ca_file)))
    return 1;
  if (!(self.output = fopen (argv[2], "wb"))) {
    g_printerr ("Cannot write %s: %s\n", argv[2], g_strerror (errno));
    return 1;
  }
  play (&self, pipeline);
  if (fclose (self.output) != 0 || !self.whole) {
    g_unlink (argv[2]);         /* a part of a video is no video */
    return 1;
  }
  g_print ("%s: %" G_GUINT64_FORMAT " bytes in %u buffers\n", argv[2],
      self.bytes, self.buffers);
  return 0;
}
