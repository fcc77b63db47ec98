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
#include "pin-lines.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEVEL_EVERY 50
#define SETTLE_STEP_MS 20

typedef struct
{
  guint index;
  GstElement *pipeline;
  GThread *thread;
} Job;

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

/* The stats of the element that is named "src" */
static void
add_stats (JsonBuilder *builder, GstElement *pipeline)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (pipeline), "src");
  g_autoptr (GstStructure) stats = NULL;

  if (source)
    g_object_get (source, "stats", &stats, NULL);
  pin_line_structure (builder, "stats", stats);
}

static void
add_error (JsonBuilder *builder, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details = NULL;

  gst_message_parse_error (message, &error, NULL);
  gst_message_parse_error_details (message, &details);
  pin_line_string (builder, "code", details ? gst_structure_get_string (details,
          "code") : NULL);
  pin_line_string (builder, "message", error->message);
}

/* --- side by side -------------------------------------------------------- */

static gpointer
run_job (gpointer data)
{
  Job *job = data;
  gint64 started = g_get_monotonic_time ();
  g_autoptr (JsonBuilder) builder = pin_line_begin ("pipeline");
  g_autoptr (GstBus) bus = gst_element_get_bus (job->pipeline);
  g_autoptr (GstMessage) message = NULL;
  gboolean failed;

  gst_element_set_state (job->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  failed = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
  pin_line_double (builder, "index", job->index);
  pin_line_string (builder, "result", failed ? "error" : "eos");
  if (failed)
    add_error (builder, message);
  pin_line_ms (builder, "ms", started);
  add_stats (builder, job->pipeline);
  gst_element_set_state (job->pipeline, GST_STATE_NULL);
  pin_line_print (builder);
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
  g_autoptr (JsonBuilder) builder = pin_line_begin ("level");
  guint now = pin_count_entries ("/proc/self/task");

  for (guint ms = 0; ms < PIN_SETTLE_MS && (threads == 0 ? now > 1
          : now > threads); ms += SETTLE_STEP_MS) {
    g_usleep (SETTLE_STEP_MS * 1000);
    now = pin_count_entries ("/proc/self/task");
  }
  pin_line_double (builder, "cycles", done);
  pin_line_double (builder, "rss", measure_rss ());
  pin_line_double (builder, "heap", measure_heap ());
  pin_line_double (builder, "fds", pin_count_entries ("/proc/self/fd") - 1);
  pin_line_double (builder, "threads", now);
  pin_line_print (builder);
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

int
main (int argc, char **argv)
{
  if (!pin_start ("PIPELINE…", options, &limit, &argc, &argv))
    return 2;

  if (cycles > 0)
    run_cycles (argv + 1, argc - 1);
  else
    run_side_by_side (argv + 1, argc - 1);
  gst_deinit ();
  return 0;
}
