/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pin-many: several pipelines in one process, for the end-to-end tests. Each
 * argument is the description of one. They start together and each has a thread
 * and a bus loop of its own, as in a server that handles many users; one that
 * is done is taken down while the others go on. On stdout, one JSON object per
 * line and pipeline:
 *
 *   {"type":"pipeline", "index":0, "result":"eos|error", "code":…,
 *    "message":…, "ms":…, "stats":{…}}
 *
 * With --cycles, one pipeline after the other is started and cancelled instead,
 * the descriptions and --moments taking turns, and now and then it is told what
 * the process holds:
 *
 *   {"type":"level", "cycles":50, "rss":…, "heap":…, "fds":…, "threads":…}
 *
 * where heap is what malloc has handed out and not got back. The exit status is
 * 0 when that was done, whatever became of the pipelines; 2 for a wrong command
 * line, 3 for a hang.
 */
#include <gst/gst.h>
#include <json-glib/json-glib.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEVEL_EVERY 50
/* GLib's pools keep an idle thread for half a second */
#define SETTLE_MS 3000
#define SETTLE_STEP_MS 20

typedef struct
{
  guint index;
  GstElement *pipeline;
  GThread *thread;
} Job;

static GMutex print_lock;
static gint cycles;
static gchar *moments;
static gint limit = 120;

static const GOptionEntry options[] = {
  {"cycles", 0, 0, G_OPTION_ARG_INT, &cycles,
      "Start and cancel so often", "N"},
  {"moments", 0, 0, G_OPTION_ARG_STRING, &moments,
      "Cancel after so many milliseconds, in turn (20)", "MS,MS…"},
  {"limit", 0, 0, G_OPTION_ARG_INT, &limit,
      "After so long the process is given up as hanging (120)", "SECONDS"},
  {NULL}
};

/* --- what is told -------------------------------------------------------- */

static JsonBuilder *
begin_object (const gchar *type)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "type");
  json_builder_add_string_value (builder, type);
  return builder;
}

static void
add_string (JsonBuilder *builder, const gchar *name, const gchar *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_number (JsonBuilder *builder, const gchar *name, gdouble value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
print_object (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *line = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  g_mutex_lock (&print_lock);
  printf ("%s\n", line);
  fflush (stdout);
  g_mutex_unlock (&print_lock);
}

static gboolean
add_field (GQuark field, const GValue *value, gpointer builder)
{
  g_auto (GValue) number = G_VALUE_INIT;

  g_value_init (&number, G_TYPE_DOUBLE);
  if (g_value_transform (value, &number))
    add_number (builder, g_quark_to_string (field),
        g_value_get_double (&number));
  return TRUE;
}

/* The numbers in the stats of the element that is named "src" */
static void
add_stats (JsonBuilder *builder, GstElement *pipeline)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (pipeline), "src");
  g_autoptr (GstStructure) stats = NULL;

  if (source)
    g_object_get (source, "stats", &stats, NULL);
  json_builder_set_member_name (builder, "stats");
  json_builder_begin_object (builder);
  if (stats)
    gst_structure_foreach (stats, add_field, builder);
  json_builder_end_object (builder);
}

static void
add_error (JsonBuilder *builder, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details = NULL;

  gst_message_parse_error (message, &error, NULL);
  gst_message_parse_error_details (message, &details);
  add_string (builder, "code", details ? gst_structure_get_string (details,
          "code") : NULL);
  add_string (builder, "message", error->message);
}

/* --- side by side -------------------------------------------------------- */

static gpointer
run_job (gpointer data)
{
  Job *job = data;
  gint64 started = g_get_monotonic_time ();
  g_autoptr (JsonBuilder) builder = begin_object ("pipeline");
  g_autoptr (GstBus) bus = gst_element_get_bus (job->pipeline);
  g_autoptr (GstMessage) message = NULL;
  gboolean failed;

  gst_element_set_state (job->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  failed = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
  add_number (builder, "index", job->index);
  add_string (builder, "result", failed ? "error" : "eos");
  if (failed)
    add_error (builder, message);
  add_number (builder, "ms", (g_get_monotonic_time () - started) / 1000.0);
  add_stats (builder, job->pipeline);
  gst_element_set_state (job->pipeline, GST_STATE_NULL);
  print_object (builder);
  return NULL;
}

static GstElement *
make_pipeline (const gchar *description)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  if (error) {
    fprintf (stderr, "pin-many: %s: %s\n", description, error->message);
    exit (2);
  }
  return pipeline;
}

static void
run_side_by_side (gchar **descriptions, guint n)
{
  g_autofree Job *jobs = g_new0 (Job, n);

  for (guint i = 0; i < n; i++) {
    jobs[i].index = i;
    jobs[i].pipeline = make_pipeline (descriptions[i]);
  }
  for (guint i = 0; i < n; i++)
    jobs[i].thread = g_thread_new ("pipeline", run_job, &jobs[i]);
  for (guint i = 0; i < n; i++) {
    g_thread_join (jobs[i].thread);
    gst_object_unref (jobs[i].pipeline);
  }
}

/* --- one after the other ------------------------------------------------- */

static guint
count_entries (const gchar *folder)
{
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (entries))
    n++;
  return n;
}

/* Bytes, without what malloc only keeps for later */
static gdouble
measure_rss (void)
{
  g_autofree gchar *text = NULL;
  gchar *second;

  malloc_trim (0);
  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)
      || !(second = strchr (text, ' ')))
    return 0;
  return g_ascii_strtoull (second, NULL, 10) * (gdouble) sysconf (_SC_PAGESIZE);
}

static gdouble
measure_heap (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* @threads: how many there were at first, 0 for the first time. Threads that
 * were told to end may need a moment for it. */
static guint
print_level (guint done, guint threads)
{
  g_autoptr (JsonBuilder) builder = begin_object ("level");
  guint now = count_entries ("/proc/self/task");

  for (guint ms = 0; ms < SETTLE_MS && (threads == 0 ? now > 1
          : now > threads); ms += SETTLE_STEP_MS) {
    g_usleep (SETTLE_STEP_MS * 1000);
    now = count_entries ("/proc/self/task");
  }
  add_number (builder, "cycles", done);
  add_number (builder, "rss", measure_rss ());
  add_number (builder, "heap", measure_heap ());
  add_number (builder, "fds", count_entries ("/proc/self/fd") - 1);
  add_number (builder, "threads", now);
  print_object (builder);
  return now;
}

static void
run_cycles (gchar **descriptions, guint n)
{
  g_auto (GStrv) after = g_strsplit (moments ? moments : "20", ",", 0);
  guint n_after = g_strv_length (after), threads = 0;

  for (guint i = 0; i < (guint) cycles; i++) {
    GstElement *pipeline = make_pipeline (descriptions[i % n]);

    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_usleep (g_ascii_strtoull (after[i % n_after], NULL, 10) * 1000);
    gst_element_set_state (pipeline, GST_STATE_NULL);
    gst_object_unref (pipeline);
    if ((i + 1) % LEVEL_EVERY == 0)
      threads = print_level (i + 1, threads);
  }
}

static void
on_alarm (int number)
{
  static const gchar line[] = "{\"type\":\"hang\"}\n";

  if (write (STDOUT_FILENO, line, sizeof line - 1) < 0)
    _exit (4);
  _exit (3);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("PIPELINE…");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2) {
    fprintf (stderr, "pin-many: %s\n", error ? error->message : "no pipeline");
    return 2;
  }
  signal (SIGALRM, on_alarm);
  alarm (limit);
  g_thread_pool_set_max_unused_threads (0);

  if (cycles > 0)
    run_cycles (argv + 1, argc - 1);
  else
    run_side_by_side (argv + 1, argc - 1);
  gst_deinit ();
  return 0;
}
