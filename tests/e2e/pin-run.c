/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pin-run: runs a pipeline for the end-to-end tests and tells on stdout, one
 * JSON object per line, what the bus said and what is left of it afterwards:
 *
 *   {"type":"error", "code":"not-found", "message":…, "details":{…}, "ms":…}
 *   {"type":"warning", …}   {"type":"tag", …}   {"type":"eos", "ms":…}
 *   {"type":"stats", "element":…, "stats":{…}}
 *   {"type":"captions", "language":…, "webvtt":…, "cues":[[START, END, TEXT]…]}
 *   {"type":"down", "result":"eos|error|cancelled", "null_ms":…,
 *    "unref_ms":…, "threads":[…], "fds":…, "peak_kib":…}
 *
 * A process runs one cycle per moment given with --cancel-at, so that a test
 * can see whether cycles leave something behind. Everything here is on the main
 * thread. The exit status is that of the last cycle: 0 for EOS and for what was
 * asked to be cancelled, 1 for an error, 2 for a wrong command line, 3 for a
 * hang.
 */
#include "pin-lines.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define UNTIL_END (-1)

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  gint64 started;               /* monotonic µs */
  const gchar *result;          /* of this cycle, NULL while it runs */
} Run;

static gchar *cancel_at;
static gboolean cancel_on_input, reuse, hold;
static gint limit = 60;

static const GOptionEntry options[] = {
  {"cancel-at", 0, 0, G_OPTION_ARG_STRING, &cancel_at,
      "One cycle per moment: milliseconds, or \"end\"", "MS,MS…"},
  {"cancel-on-input", 0, 0, G_OPTION_ARG_NONE, &cancel_on_input,
      "Cancel a cycle when a line comes on stdin", NULL},
  {"reuse", 0, 0, G_OPTION_ARG_NONE, &reuse,
      "All cycles use one and the same pipeline", NULL},
  {"hold", 0, 0, G_OPTION_ARG_NONE, &hold,
      "Stay, with everything taken down, until stdin ends", NULL},
  {"limit", 0, 0, G_OPTION_ARG_INT, &limit,
      "After so long the process is given up as hanging (60)", "SECONDS"},
  {NULL}
};

/* --- what is told --------------------------------------------------------- */

static void
add_tag (const GstTagList *list, const gchar *tag, gpointer builder)
{
  json_builder_set_member_name (builder, tag);
  pin_line_value (builder, gst_tag_list_get_value_index (list, tag, 0));
}

static void
print_problem (const gchar *type, const gchar *source, const GError *error,
    const gchar *debug, const GstStructure *details, gint64 started)
{
  g_autoptr (JsonBuilder) builder = pin_line_begin (type);

  pin_line_string (builder, "source", source);
  pin_line_string (builder, "domain", g_quark_to_string (error->domain));
  pin_line_string (builder, "code", details ? gst_structure_get_string (details,
          "code") : NULL);
  pin_line_string (builder, "message", error->message);
  pin_line_string (builder, "debug", debug);
  pin_line_structure (builder, "details", details);
  pin_line_ms (builder, "ms", started);
  pin_line_print (builder);
}

static void
on_problem (Run *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  const GstStructure *details = NULL;
  gboolean fatal = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;

  if (fatal) {
    gst_message_parse_error (message, &error, &debug);
    gst_message_parse_error_details (message, &details);
  } else {
    gst_message_parse_warning (message, &error, &debug);
    gst_message_parse_warning_details (message, &details);
  }
  print_problem (fatal ? "error" : "warning", GST_MESSAGE_SRC_NAME (message),
      error, debug, details, run->started);
}

static void
on_tag (GstMessage *message)
{
  g_autoptr (JsonBuilder) builder = pin_line_begin ("tag");
  g_autoptr (GstTagList) tags = NULL;

  gst_message_parse_tag (message, &tags);
  pin_line_string (builder, "source", GST_MESSAGE_SRC_NAME (message));
  json_builder_set_member_name (builder, "tags");
  json_builder_begin_object (builder);
  gst_tag_list_foreach (tags, add_tag, builder);
  json_builder_end_object (builder);
  pin_line_print (builder);
}

static void
print_stats (const GValue *item, gpointer data)
{
  GstElement *element = g_value_get_object (item);
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element),
      "stats");
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (JsonBuilder) builder = NULL;

  if (!spec || spec->value_type != GST_TYPE_STRUCTURE)
    return;
  g_object_get (element, "stats", &stats, NULL);
  builder = pin_line_begin ("stats");
  pin_line_string (builder, "element", GST_OBJECT_NAME (element));
  pin_line_structure (builder, "stats", stats);
  pin_line_print (builder);
}

static void
for_each_element (GstElement *pipeline, GstIteratorForeachFunction func)
{
  g_autoptr (GstIterator) elements = NULL;

  if (!GST_IS_BIN (pipeline))
    return;
  elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  while (gst_iterator_foreach (elements, func, NULL) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (elements);
}

/* --- captions, as an application reads them: docs/session.md -------------- */

static void
add_cues (JsonBuilder *builder, GstBufferList *cues)
{
  json_builder_set_member_name (builder, "cues");
  json_builder_begin_array (builder);
  for (guint i = 0; i < gst_buffer_list_length (cues); i++) {
    GstBuffer *cue = gst_buffer_list_get (cues, i);
    gsize size = gst_buffer_get_size (cue);
    g_autofree gchar *text = g_malloc0 (size + 1);

    gst_buffer_extract (cue, 0, text, size);
    json_builder_begin_array (builder);
    json_builder_add_double_value (builder,
        GST_BUFFER_PTS (cue) / (gdouble) GST_SECOND);
    json_builder_add_double_value (builder, (GST_BUFFER_PTS (cue) +
            GST_BUFFER_DURATION (cue)) / (gdouble) GST_SECOND);
    json_builder_add_string_value (builder, text);
    json_builder_end_array (builder);
  }
  json_builder_end_array (builder);
}

static void
print_captions_event (const GstStructure *event)
{
  g_autoptr (JsonBuilder) builder = pin_line_begin ("captions");
  GBytes *webvtt = NULL;
  GstBufferList *cues = NULL;
  g_autofree gchar *text = NULL;
  gint64 zero = -1;

  gst_structure_get (event, "webvtt", G_TYPE_BYTES, &webvtt, "cues",
      GST_TYPE_BUFFER_LIST, &cues, NULL);
  text = g_strndup (g_bytes_get_data (webvtt, NULL), g_bytes_get_size (webvtt));
  gst_structure_get_int64 (event, "clock-zero", &zero);
  pin_line_string (builder, "language", gst_structure_get_string (event,
          "language"));
  pin_line_string (builder, "webvtt", text);
  json_builder_set_member_name (builder, "clock-zero");
  json_builder_add_int_value (builder, zero);
  add_cues (builder, cues);
  pin_line_print (builder);
  g_bytes_unref (webvtt);
  gst_buffer_list_unref (cues);
}

static void
print_captions (const GValue *item, gpointer data)
{
  GstElement *element = g_value_get_object (item);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");
  GstEvent *event;

  if (!pad || !g_str_equal (G_OBJECT_TYPE_NAME (element), "GstPinSrc"))
    return;
  for (guint i = 0; (event = gst_pad_get_sticky_event (pad,
              GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, i)); i++) {
    if (gst_event_has_name (event, "gst-pin-captions"))
      print_captions_event (gst_event_get_structure (event));
    gst_event_unref (event);
  }
}

/* --- what is left --------------------------------------------------------- */

/* The process's own thread, and those that GLib keeps for ever once made */
static gboolean
is_lasting_thread (const gchar *tid, const gchar *name)
{
  static const gchar *const lasting[] = {
    "gmain", "gdbus", "pool-spawner", NULL
  };

  return g_ascii_strtoll (tid, NULL, 10) == getpid ()
      || g_strv_contains (lasting, name);
}

static GPtrArray *
list_threads (void)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const gchar *tid;

  while ((tid = g_dir_read_name (tasks))) {
    g_autofree gchar *path = g_build_filename ("/proc/self/task", tid, "comm",
        NULL);
    gchar *name;

    if (!g_file_get_contents (path, &name, NULL, NULL))
      continue;
    if (is_lasting_thread (tid, g_strchomp (name)))
      g_free (name);
    else
      g_ptr_array_add (names, name);
  }
  return names;
}

/* The most memory that the process had, in KiB. getrusage() would count the one
 * that it was forked from, too. */
static gint64
read_peak (void)
{
  g_autofree gchar *status = NULL;
  const gchar *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");
  return line != NULL ? g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10)
      : 0;
}

static void
print_down (const gchar *result, gdouble null_ms, gdouble unref_ms)
{
  g_autoptr (JsonBuilder) builder = pin_line_begin ("down");
  g_autoptr (GPtrArray) threads = list_threads ();

  for (guint waited = 0; threads->len && waited < PIN_SETTLE_MS; waited += 10) {
    g_usleep (10000);
    g_ptr_array_unref (threads);
    threads = list_threads ();
  }
  pin_line_string (builder, "result", result);
  pin_line_double (builder, "null_ms", null_ms);
  pin_line_double (builder, "unref_ms", unref_ms);
  json_builder_set_member_name (builder, "threads");
  json_builder_begin_array (builder);
  for (guint i = 0; i < threads->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (threads, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "fds");
  json_builder_add_int_value (builder,
      pin_count_entries ("/proc/self/fd") - 1);
  json_builder_set_member_name (builder, "peak_kib");
  json_builder_add_int_value (builder, read_peak ());
  pin_line_print (builder);
}

/* --- a cycle -------------------------------------------------------------- */

static void
stop (Run *run, const gchar *result)
{
  if (run->result)
    return;
  run->result = result;
  g_main_loop_quit (run->loop);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Run *run = data;
  g_autoptr (JsonBuilder) builder = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      on_problem (run, message);
      stop (run, "error");
      break;
    case GST_MESSAGE_WARNING:
      on_problem (run, message);
      break;
    case GST_MESSAGE_TAG:
      on_tag (message);
      break;
    case GST_MESSAGE_EOS:
      builder = pin_line_begin ("eos");
      pin_line_ms (builder, "ms", run->started);
      pin_line_print (builder);
      stop (run, "eos");
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_cancel (gpointer data)
{
  stop (data, "cancelled");
  return G_SOURCE_CONTINUE;
}

static gboolean
on_input (gint fd, GIOCondition condition, gpointer data)
{
  gchar scratch[64];

  if (read (fd, scratch, sizeof scratch) <= 0)
    return G_SOURCE_REMOVE;
  stop (data, "cancelled");
  return G_SOURCE_CONTINUE;
}

/* Plays until the end, an error, or the moment of cancelling */
static void
play (Run *run, gint moment)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  guint timer = 0, input = 0;

  run->result = NULL;
  run->started = g_get_monotonic_time ();
  gst_bus_add_watch (bus, on_message, run);
  if (moment > 0)
    timer = g_timeout_add (moment, on_cancel, run);
  if (cancel_on_input)
    input = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, run);

  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
  if (moment == 0)
    run->result = "cancelled";
  else
    g_main_loop_run (run->loop);

  if (timer)
    g_source_remove (timer);
  if (input && g_main_context_find_source_by_id (NULL, input))
    g_source_remove (input);
  gst_bus_remove_watch (bus);
}

/* Takes the pipeline down; tells how long that took, and what it left */
static void
take_down (Run *run)
{
  gint64 begin, null, end;

  for_each_element (run->pipeline, print_stats);
  for_each_element (run->pipeline, print_captions);
  begin = g_get_monotonic_time ();
  gst_element_set_state (run->pipeline, GST_STATE_NULL);
  null = end = g_get_monotonic_time ();
  if (!reuse) {
    g_clear_pointer (&run->pipeline, gst_object_unref);
    end = g_get_monotonic_time ();
  }
  print_down (run->result, (null - begin) / 1000.0, (end - null) / 1000.0);
}

static gboolean
make_pipeline (Run *run, gchar **description)
{
  g_autoptr (GError) error = NULL;

  if (run->pipeline)
    return TRUE;
  run->pipeline = gst_parse_launchv ((const gchar **) description, &error);
  if (!error)
    return TRUE;
  print_problem ("error", "command line", error, NULL, NULL,
      g_get_monotonic_time ());
  return FALSE;
}

static gint
run_cycles (gchar **description)
{
  g_auto (GStrv) moments = g_strsplit (cancel_at ? cancel_at : "end", ",", 0);
  Run run = {.loop = g_main_loop_new (NULL, FALSE) };
  gint status = 0;

  for (guint i = 0; moments[i] && status != 2; i++) {
    gint moment = strcmp (moments[i], "end") == 0 ? UNTIL_END :
        (gint) g_ascii_strtoll (moments[i], NULL, 10);

    if (!make_pipeline (&run, description)) {
      status = 2;
      break;
    }
    play (&run, moment);
    take_down (&run);
    status = strcmp (run.result, "error") == 0;
  }
  if (run.pipeline)
    gst_object_unref (run.pipeline);
  g_main_loop_unref (run.loop);
  return status;
}

static void
wait_for_end_of_input (void)
{
  gchar scratch[64];

  while (read (STDIN_FILENO, scratch, sizeof scratch) > 0);
}

int
main (int argc, char **argv)
{
  gint status;

  if (!pin_start ("PIPELINE", options, &limit, &argc, &argv))
    return 2;
  status = run_cycles (argv + 1);
  if (hold)
    wait_for_end_of_input ();
  gst_deinit ();
  return status;
}
