/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A run of "get". Pins come from the command line and then from the input, as
 * its lines come; as many jobs as --jobs says are under way, and each that ends
 * makes room for the next. It prints what came of them, shows the progress, and
 * stops all of it when the user interrupts or the reader of our output is gone.
 * It lives as long as its one call; main thread.
 */
#include "tool-batch.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool-error.h"
#include "tool-input.h"
#include "tool-job.h"
#include "tool-name.h"
#include "tool-print.h"
#include "tool-progress.h"

typedef struct
{
  GstPinToolJob *job;
  GstPinToolMeter meter;
} Slot;

typedef struct
{
  const GstPinToolOptions *options;
  GMainLoop *loop;
  GstPinToolCommon common;
  GstPinToolInput *input;
  GstPinToolProgress *progress;
  GPtrArray *slots;             /* of Slot: the jobs under way, oldest first */

  gint status;                  /* the worst so far */
  gint signal;                  /* that stopped the run; 0: none */
  gboolean stopping;
  gboolean unfinished;          /* something was stopped half-way */
  gboolean kept;                /* … and what was fetched of it is there */
  GstPinToolTotal total;
  guint64 ended_bytes;          /* of the jobs that are over */
} Batch;

static void pump (Batch * self);

/* --- what is said ------------------------------------------------------------ */

static void
say (Batch *self, FILE *stream, const gchar *line)
{
  if (!line)
    return;
  gst_pin_tool_progress_clear (self->progress);
  fprintf (stream, "%s\n", line);
  fflush (stream);
}

static FILE *
results_stream (const Batch *self)
{
  return gst_pin_tool_options_is_to_stdout (self->options) ? stderr : stdout;
}

static void
on_warning (GstPinToolJob *job, const GError *warning, gpointer data)
{
  Batch *self = data;
  g_autofree gchar *line = gst_pin_tool_print_warning
      (gst_pin_tool_job_get_pin (job), warning);

  if (!self->options->quiet)
    say (self, stderr, line);
}

static void
print_result (Batch *self, const GstPinToolResult *result)
{
  g_autofree gchar *line = NULL;

  if (self->options->json) {
    line = gst_pin_tool_print_result_json (result);
    say (self, results_stream (self), line);
  } else if (result->error) {
    line = gst_pin_tool_print_error (result->pin, result->error);
    say (self, stderr, line);
  } else if (!self->options->quiet || result->outcome == GST_PIN_TOOL_TOLD) {
    line = gst_pin_tool_print_result (result);
    say (self, results_stream (self), line);
  }
}

static void
on_result (GstPinToolJob *job, const GstPinToolResult *result, gpointer data)
{
  Batch *self = data;

  self->status = MAX (self->status,
      (gint) gst_pin_tool_error_get_exit (result->error));
  if (result->outcome == GST_PIN_TOOL_FAILED)
    self->total.failed++;
  if (result->outcome == GST_PIN_TOOL_STOPPED) {
    self->unfinished = TRUE;
    self->kept |= result->kept;
  } else
    print_result (self, result);
}

/* --- progress ---------------------------------------------------------------- */

static void
fill_row (GstPinToolRow *row, const GstPinToolJob *job,
    const GstPinToolStatus *status, gdouble rate)
{
  row->title = status->title;
  row->pin = gst_pin_tool_job_get_pin (job);
  row->bytes = status->bytes;
  row->total = status->total;
  row->connections = status->connections;
  row->retries = status->retries;
  row->rate = rate;
  row->stage = status->stage == GST_PIN_TOOL_FETCHING ?
      GST_PIN_TOOL_ROW_FETCHING : status->stage == GST_PIN_TOOL_FINISHING ?
      GST_PIN_TOOL_ROW_FINISHING : GST_PIN_TOOL_ROW_ASKING;
}

static gboolean
show_progress (gpointer data)
{
  Batch *self = data;
  guint n = self->slots->len;
  g_autofree GstPinToolRow *rows = g_new0 (GstPinToolRow, n + 1);
  gint64 now = g_get_monotonic_time ();
  gboolean alone;

  self->total.bytes = self->ended_bytes;
  self->total.rate = 0;
  for (guint i = 0; i < n; i++) {
    Slot *slot = g_ptr_array_index (self->slots, i);
    GstPinToolStatus status;

    gst_pin_tool_job_get_status (slot->job, &status);
    gst_pin_tool_meter_feed (&slot->meter, now, status.bytes);
    fill_row (&rows[i], slot->job, &status, slot->meter.rate);
    self->total.bytes += status.bytes;
    self->total.rate += slot->meter.rate;
  }
  alone = self->total.pins < 2 && gst_pin_tool_input_is_over (self->input);
  if (n > 0)
    gst_pin_tool_progress_show (self->progress, rows, n,
        alone ? NULL : &self->total);
  return G_SOURCE_CONTINUE;
}

/* --- jobs -------------------------------------------------------------------- */

static void
slot_free (gpointer data)
{
  Slot *slot = data;

  gst_pin_tool_job_free (slot->job);
  g_free (slot);
}

static void
on_end (GstPinToolJob *job, gpointer data)
{
  Batch *self = data;

  for (guint i = 0; i < self->slots->len; i++) {
    Slot *slot = g_ptr_array_index (self->slots, i);

    if (slot->job == job) {
      self->ended_bytes += slot->meter.bytes;
      g_ptr_array_remove_index (self->slots, i);
      break;
    }
  }
  self->total.done++;
  pump (self);
}

static const GstPinToolJobOwner job_owner = { on_warning, on_result, on_end };

static void
start_job (Batch *self, const gchar *pin)
{
  Slot *slot = g_new0 (Slot, 1);

  slot->job = gst_pin_tool_job_new (&self->common, pin, &job_owner, self);
  g_ptr_array_add (self->slots, slot);
  self->total.pins++;
  gst_pin_tool_job_start (slot->job);
}

/* Also called when the input has more */
static void
pump (Batch *self)
{
  while (!self->stopping && self->slots->len < self->options->jobs) {
    g_autofree gchar *pin = gst_pin_tool_input_take (self->input);

    if (!pin)
      break;
    start_job (self, pin);
  }
  if (self->slots->len == 0 && (self->stopping
          || gst_pin_tool_input_is_over (self->input)))
    g_main_loop_quit (self->loop);
}

static void
on_input (gpointer data)
{
  pump (data);
}

/* --- the end before the end --------------------------------------------------- */

static void
stop (Batch *self)
{
  self->stopping = TRUE;
  for (guint i = 0; i < self->slots->len; i++) {
    Slot *slot = g_ptr_array_index (self->slots, i);

    gst_pin_tool_job_stop (slot->job);
  }
  pump (self);
}

static gboolean
on_signal (Batch *self, gint number)
{
  if (self->signal)
    _exit (GST_PIN_TOOL_EXIT_SIGNAL + number);
  self->signal = number;
  stop (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer data)
{
  return on_signal (data, SIGINT);
}

static gboolean
on_terminate (gpointer data)
{
  return on_signal (data, SIGTERM);
}

static gboolean
on_hang_up (gpointer data)
{
  return on_signal (data, SIGHUP);
}

static gboolean
on_reader_gone (gint fd, GIOCondition condition, gpointer data)
{
  stop (data);
  return G_SOURCE_REMOVE;
}

static void
say_how_to_go_on (Batch *self)
{
  if (self->signal && self->unfinished && !self->options->quiet)
    say (self, stderr, self->kept ? "Stopped. To go on with what is there, "
        "give the same command again with --continue." : "Stopped. For the "
        "rest give the same command again.");
}

/* --- the run ----------------------------------------------------------------- */

static gboolean
set_up (Batch *self, const GstPinToolOptions *options, GError **error)
{
  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->common.options = options;
  self->common.shelf = gst_pin_tool_shelf_new ();
  self->slots = g_ptr_array_new_with_free_func (slot_free);
  self->progress = gst_pin_tool_progress_new (STDERR_FILENO,
      options->quiet || options->simulate || options->print_pipeline ?
      GST_PIN_TOOL_PROGRESS_NONE : options->progress);
  self->common.resolver = gst_pin_resolver_new ();
  if (!gst_pin_tool_options_apply (options, G_OBJECT (self->common.resolver),
          error))
    return FALSE;
  /* A height is in the playlists alone; a further address is for readers */
  g_object_set (self->common.resolver, "playlists", options->output
      && gst_pin_tool_name_uses (options->output, "height"),
      "complete", options->write_info_json, NULL);
  if (options->archive && !(self->common.archive =
          gst_pin_tool_archive_open (options->archive, error)))
    return FALSE;
  self->input = gst_pin_tool_input_new (options->operands, options->input,
      on_input, self, error);
  return self->input != NULL;
}

static void
tear_down (Batch *self)
{
  g_clear_pointer (&self->input, gst_pin_tool_input_free);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->progress, gst_pin_tool_progress_free);
  g_clear_pointer (&self->common.shelf, gst_pin_tool_shelf_free);
  g_clear_pointer (&self->common.archive, gst_pin_tool_archive_close);
  g_clear_object (&self->common.resolver);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

static void
run_loop (Batch *self)
{
  guint interval = gst_pin_tool_progress_get_interval (self->progress);
  guint sources[] = {
    g_unix_signal_add (SIGINT, on_interrupt, self),
    g_unix_signal_add (SIGTERM, on_terminate, self),
    g_unix_signal_add (SIGHUP, on_hang_up, self),
  };
  guint timer = interval ? g_timeout_add (interval, show_progress, self) : 0;
  GSource *reader = NULL;

  if (gst_pin_tool_options_is_to_stdout (self->options)) {
    reader = g_unix_fd_source_new (STDOUT_FILENO, G_IO_ERR | G_IO_HUP);
    g_source_set_callback (reader, G_SOURCE_FUNC (on_reader_gone), self,
        NULL);
    g_source_attach (reader, NULL);
  }
  pump (self);
  if (self->slots->len > 0 || !gst_pin_tool_input_is_over (self->input))
    g_main_loop_run (self->loop);
  if (reader) {
    g_source_destroy (reader);
    g_source_unref (reader);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  if (timer)
    g_source_remove (timer);
}

gint
gst_pin_tool_batch_run (const GstPinToolOptions *options, GError **error)
{
  Batch self = { NULL, };

  if (set_up (&self, options, error)) {
    run_loop (&self);
    say_how_to_go_on (&self);
    if (gst_pin_tool_input_get_error (self.input))
      g_propagate_error (error,
          g_error_copy (gst_pin_tool_input_get_error (self.input)));
  }
  tear_down (&self);
  return self.signal ? GST_PIN_TOOL_EXIT_SIGNAL + self.signal : self.status;
}
