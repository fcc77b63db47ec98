/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A job: asks about one Pin, then makes the file of each video that is wanted,
 * one after the other: name, pipeline, a last look, the file's own name. The
 * batch makes it, and it lives until it has ended. All of it is on the main
 * thread and its main loop; what may block for long, the last look and the
 * fsync, runs on a worker while the job waits.
 */
#include "tool-job.h"

#include <string.h>

#include "pin-captions.h"
#include "report-private.h"
#include "tool-error.h"
#include "tool-file.h"
#include "tool-name.h"
#include "tool-pipeline.h"
#include "tool-print.h"
#include "tool-side.h"

#define ONE_VIDEO "{title} [{id}].{ext}"
#define SEVERAL_VIDEOS "{title} [{id}-{index}].{ext}"

struct _GstPinToolJob
{
  const GstPinToolOptions *options;
  const GstPinToolCommon *common;
  const GstPinToolJobOwner *owner;
  gpointer data;

  gchar *pin;                   /* as it was typed, as UTF-8 */
  GstPinToolStage stage;
  gboolean stopping;
  guint idle;                   /* a source; 0: none */
  GCancellable *cancellable;
  GstPinReport *report;         /* NULL: not known yet */
  GstPinMedia *media;           /* the report's; NULL: nothing is known */
  guint item, last_item;        /* counted from 1 */

  /* Of the video that is being made */
  gchar *path;                  /* NULL: the standard output */
  guint height;                 /* that the name tells; 0: not known yet */
  GstPinToolFile *file;
  GstElement *pipeline, *source;
  GstSample *cover;             /* NULL: none was seen */
  GstEvent *captions;           /* likewise */
  gboolean kept;                /* something is there to go on with */
  guint64 fetched;              /* when that was last asked */
  GstPinToolSeen seen;
};

/* What a worker does, and what comes of it */
typedef struct
{
  GstPinToolFile *file;         /* the job's, which leaves it alone meanwhile */
  gchar *path;
  GDateTime *when;
  GstPinToolPresent present;
  GstPinToolSeen seen;
} Finish;

static void begin_item (GstPinToolJob * self);

GstPinToolJob *
gst_pin_tool_job_new (const GstPinToolCommon *common, const gchar *pin,
    const GstPinToolJobOwner *owner, gpointer data)
{
  GstPinToolJob *self = g_new0 (GstPinToolJob, 1);

  self->options = common->options;
  self->common = common;
  self->pin = g_utf8_make_valid (pin, -1);
  self->owner = owner;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  return self;
}

void
gst_pin_tool_job_free (GstPinToolJob *self)
{
  g_return_if_fail (!self->pipeline && !self->idle);

  g_clear_pointer (&self->report, gst_pin_report_unref);
  g_clear_pointer (&self->file, gst_pin_tool_file_free);
  g_object_unref (self->cancellable);
  g_free (self->path);
  g_free (self->pin);
  g_free (self);
}

const gchar *
gst_pin_tool_job_get_pin (const GstPinToolJob *self)
{
  return self->pin;
}

/* --- the end of a video, and of the job -------------------------------------- */

static void
end (GstPinToolJob *self)
{
  self->stage = GST_PIN_TOOL_ENDED;
  g_clear_handle_id (&self->idle, g_source_remove);
  self->owner->on_end (self, self->data);
}

static void
give_result (GstPinToolJob *self, GstPinToolOutcome outcome,
    const gchar *line, const GError *error)
{
  GstPinToolResult result = {
    .outcome = outcome,
    .pin = self->pin,
    .media = self->media,
    .item = self->item,
    .path = self->path,
    .line = line,
    .seen = self->seen,
    .kept = self->kept,
    .error = error,
  };

  self->owner->on_result (self, &result, self->data);
}

static void
close_pipeline (GstPinToolJob *self)
{
  g_autoptr (GstBus) bus = NULL;

  if (!self->pipeline)
    return;
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_remove_watch (bus);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_object (&self->source);
  g_clear_object (&self->pipeline);
}

static gboolean
write_beside (GstPinToolJob *self, GError **error)
{
  const GstPinToolSide side = {
    self->path, self->options->present == GST_PIN_TOOL_OVERWRITE
  };

  return (!self->options->write_captions || !self->captions
      || gst_pin_tool_side_write_captions (&side, self->captions, error))
      && (!self->options->write_info_json
      || gst_pin_tool_side_write_info (&side, self->report, error))
      && (!self->options->thumbnail
      || gst_pin_tool_side_write_cover (&side, self->cover, error));
}

/* An error where the file is there, but the archive's entry is not: the next run
 * would get it again */
static gboolean
note_in_archive (GstPinToolJob *self, GError **error)
{
  GstPinToolArchiveEntry entry = {
    .id = gst_pin_media_get_id (self->media),
    .item = self->item,
    .items = gst_pin_media_get_n_videos (self->media),
    .path = self->path,
    .bytes = self->seen.bytes,
  };

  return !self->common->archive
      || gst_pin_tool_archive_add (self->common->archive, &entry, error);
}

/* What failed for a reason that may pass is worth going on with */
static gboolean
may_go_on (GstPinToolOutcome outcome, const GError *error)
{
  GstPinToolExit status = gst_pin_tool_error_get_exit (error);

  return outcome == GST_PIN_TOOL_STOPPED
      || status == GST_PIN_TOOL_EXIT_BLOCKED
      || status == GST_PIN_TOOL_EXIT_NETWORK
      || status == GST_PIN_TOOL_EXIT_OUTPUT;
}

/* Says so where something was kept to go on with. (transfer full) (nullable) */
static GError *
discard_file (GstPinToolJob *self, GstPinToolOutcome outcome,
    const GError *error)
{
  GError *told = error ? g_error_copy (error) : NULL;
  gchar *message;

  if (self->path)
    gst_pin_tool_shelf_release (self->common->shelf, self->path);
  if (!self->file
      || !gst_pin_tool_file_discard (self->file, may_go_on (outcome, error)))
    return told;
  self->kept = TRUE;
  if (told) {
    message = g_strconcat (told->message, " --continue goes on with what is "
        "there.", NULL);
    g_free (told->message);
    told->message = message;
  }
  return told;
}

/* This video is over, however it went: the next one, or the end */
static void
end_item (GstPinToolJob *self, GstPinToolOutcome outcome, const gchar *line,
    const GError *error)
{
  g_autoptr (GError) told = NULL;

  close_pipeline (self);
  if (outcome == GST_PIN_TOOL_FAILED || outcome == GST_PIN_TOOL_STOPPED)
    error = told = discard_file (self, outcome, error);
  g_clear_pointer (&self->file, gst_pin_tool_file_free);
  g_clear_pointer (&self->cover, gst_sample_unref);
  gst_clear_event (&self->captions);
  give_result (self, outcome, line, error);
  g_clear_pointer (&self->path, g_free);
  if (outcome == GST_PIN_TOOL_STOPPED || self->item >= self->last_item) {
    end (self);
    return;
  }
  self->item++;
  begin_item (self);
}

static void
fail_item (GstPinToolJob *self, const GError *error)
{
  end_item (self, GST_PIN_TOOL_FAILED, NULL, error);
}

/* --- the file's name --------------------------------------------------------- */

static const gchar *
get_template (const GstPinToolJob *self)
{
  if (self->options->output)
    return self->options->output;
  return gst_pin_media_get_n_videos (self->media) > 1 ? SEVERAL_VIDEOS
      : ONE_VIDEO;
}

/* What the playlist promises, so that a file that is there already costs no
 * download. 0: the template doesn't ask, or nothing tells */
static guint
foresee_height (const GstPinToolJob *self)
{
  const GstPinVariant *variant;
  gint stream = -1;
  guint height = 0;

  if (!gst_pin_tool_name_uses (get_template (self), "height")
      || self->item > gst_pin_media_get_n_videos (self->media))
    return 0;
  variant = gst_pin_video_choose (gst_pin_media_get_video (self->media,
          self->item - 1), self->options->quality, &stream, NULL);
  if (variant && stream >= 0)
    gst_pin_variant_get_stream (variant, stream, NULL, &height, NULL, NULL,
        NULL);
  return height;
}

static gchar *
make_path (const GstPinToolJob *self)
{
  const gchar *author = gst_pin_media_get_author_name (self->media);
  GDateTime *created = gst_pin_media_get_created (self->media);
  g_autofree gchar *date = created ? g_date_time_format (created, "%Y-%m-%d")
      : NULL;
  GstPinToolNameFields fields = {
    .title = gst_pin_media_get_title (self->media),
    .id = gst_pin_media_get_id (self->media),
    .author = author ? author
        : gst_pin_media_get_author_username (self->media),
    .board = gst_pin_media_get_board (self->media),
    .date = date,
    .ext = "mp4",
    .index = self->item,
    .height = self->height,
  };
  g_autofree gchar *name = gst_pin_tool_name_expand (get_template (self),
      &fields);

  if (!self->options->folder || g_path_is_absolute (name))
    return g_steal_pointer (&name);
  return g_build_filename (self->options->folder, name, NULL);
}

static void
fail_for_folder (GstPinToolJob *self, const gchar *path)
{
  g_autofree gchar *shown = g_filename_display_name (path);
  g_autoptr (GError) error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "%s is a folder, and no file can have its name. Choose another name with "
      "--output.", shown);

  fail_item (self, error);
}

/* FALSE: the video is over, since its name is taken */
static gboolean
claim_path (GstPinToolJob *self)
{
  g_autofree gchar *path = make_path (self);
  g_autofree gchar *video = g_strdup_printf ("%s-%u",
      gst_pin_media_get_id (self->media), self->item);

  g_clear_pointer (&self->path, g_free);
  if (self->options->present != GST_PIN_TOOL_RENAME
      && g_file_test (path, G_FILE_TEST_IS_DIR)) {
    fail_for_folder (self, path);
    return FALSE;
  }
  if (gst_pin_tool_shelf_claim (self->common->shelf, path, video,
          self->options->present, &self->path) == GST_PIN_TOOL_SHELF_FREE)
    return TRUE;
  if (self->file)
    gst_pin_tool_file_discard (self->file, FALSE);
  else
    gst_pin_tool_file_tidy (self->path);
  end_item (self, GST_PIN_TOOL_KEPT, NULL, NULL);
  return FALSE;
}

static gboolean
is_to_stdout (const GstPinToolJob *self)
{
  return gst_pin_tool_options_is_to_stdout (self->options);
}

/* --- the last look, on a worker ---------------------------------------------- */

static void
finish_free (gpointer data)
{
  Finish *finish = data;

  g_free (finish->path);
  g_clear_pointer (&finish->when, g_date_time_unref);
  g_free (finish);
}

static void
run_finish (GstPinToolJob *self, GTaskThreadFunc run, GAsyncReadyCallback done)
{
  GDateTime *when = gst_pin_media_get_created (self->media);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, self);
  Finish *finish = g_new0 (Finish, 1);

  finish->file = self->file;
  finish->path = g_strdup (self->path);
  finish->when = when ? g_date_time_ref (when) : NULL;
  finish->present = self->options->present;
  g_task_set_task_data (task, finish, finish_free);
  g_task_run_in_thread (task, run);
}

/* A file that somebody else made in the meantime is not lost either, unless
 * that is what was asked for */
static void
finish_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable)
{
  Finish *finish = data;
  gboolean replace = finish->present == GST_PIN_TOOL_OVERWRITE;
  g_autofree gchar *path = g_strdup (finish->path);
  GError *error = NULL;

  for (guint number = 2;; number++) {
    gboolean exists = FALSE;

    if (gst_pin_tool_file_finish (finish->file, path, finish->when, replace,
            &exists, &error)) {
      g_task_return_pointer (task, g_steal_pointer (&path), g_free);
      return;
    }
    if (!exists)
      break;
    g_clear_error (&error);
    g_free (path);
    path = gst_pin_tool_name_number (finish->path, number);
  }
  g_task_return_error (task, error);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinToolJob *self = data;
  g_autoptr (GError) error = NULL;
  gchar *path = g_task_propagate_pointer (G_TASK (result), &error);

  if (!path) {
    fail_item (self, error);
    return;
  }
  g_free (self->path);
  self->path = path;
  if (write_beside (self, &error))
    note_in_archive (self, &error);
  end_item (self, GST_PIN_TOOL_SAVED, NULL, error);
}

static void
verify_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable)
{
  Finish *finish = data;
  GError *error = NULL;

  if (gst_pin_tool_verify (gst_pin_tool_file_get_part (finish->file),
          &finish->seen, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The file itself has the last word. FALSE: the video is over, since the name
 * that it has now is taken */
static gboolean
correct_height (GstPinToolJob *self)
{
  if (!gst_pin_tool_name_uses (get_template (self), "height")
      || self->seen.height == self->height)
    return TRUE;
  gst_pin_tool_shelf_release (self->common->shelf, self->path);
  self->height = self->seen.height;
  return claim_path (self);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinToolJob *self = data;
  Finish *finish = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    fail_item (self, error);
    return;
  }
  self->seen = finish->seen;
  if (!correct_height (self))
    return;
  run_finish (self, finish_in_thread, on_finished);
}

/* --- the pipeline ------------------------------------------------------------ */

static void
on_error (GstPinToolJob *self, GstMessage *message)
{
  g_autoptr (GError) error = gst_pin_tool_error_from_message (message,
      self->path);

  /* It may have hung up before the batch noticed */
  if (is_to_stdout (self) && gst_pin_tool_print_is_unread ())
    end_item (self, GST_PIN_TOOL_STOPPED, NULL, NULL);
  else
    fail_item (self, error);
}

static void
on_warning (GstPinToolJob *self, GstMessage *message)
{
  g_autoptr (GError) warning = NULL;

  gst_message_parse_warning (message, &warning, NULL);
  self->owner->on_warning (self, warning, self->data);
}

static void
on_tag (GstPinToolJob *self, GstMessage *message)
{
  g_autoptr (GstTagList) tags = NULL;

  gst_message_parse_tag (message, &tags);
  if (!self->cover)
    gst_tag_list_get_sample (tags, GST_TAG_IMAGE, &self->cover);
}

/* At its end a pipeline has all its elements */
static void
write_graph (GstPinToolJob *self)
{
  g_autoptr (GError) error = NULL;

  if (self->options->dot
      && !gst_pin_tool_pipeline_write_graph (self->pipeline,
          self->options->dot, &error))
    self->owner->on_warning (self, error, self->data);
}

/* They stay on the pad until the pipeline stops */
static void
take_captions (GstPinToolJob *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->source, "src");

  self->captions = gst_pin_captions_find (pad);
}

static void
on_eos (GstPinToolJob *self)
{
  write_graph (self);
  take_captions (self);
  close_pipeline (self);
  if (!self->file) {
    end_item (self, GST_PIN_TOOL_SAVED, NULL, NULL);
    return;
  }
  self->stage = GST_PIN_TOOL_FINISHING;
  run_finish (self, verify_in_thread, on_verified);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  GstPinToolJob *self = data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      on_error (self, message);
      return G_SOURCE_REMOVE;
    case GST_MESSAGE_EOS:
      on_eos (self);
      return G_SOURCE_REMOVE;
    case GST_MESSAGE_TAG:
      on_tag (self, message);
      return G_SOURCE_CONTINUE;
    case GST_MESSAGE_WARNING:
      on_warning (self, message);
      return G_SOURCE_CONTINUE;
    default:
      return G_SOURCE_CONTINUE;
  }
}

static void
start_pipeline (GstPinToolJob *self, const gchar *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = gst_pin_tool_pipeline_new (self->options,
      gst_pin_media_get_id (self->media), self->item, part, &error);
  if (!self->pipeline) {
    fail_item (self, error);
    return;
  }
  self->source = gst_bin_get_by_name (GST_BIN (self->pipeline), "pin");
  if (self->file)
    g_object_set (self->source, "store",
        gst_pin_tool_file_get_store (self->file), NULL);
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_add_watch (bus, on_message, self);
  self->stage = GST_PIN_TOOL_FETCHING;
  /* A failure is on the bus too */
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

static void
tell_item (GstPinToolJob *self)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autofree gchar *line = NULL;
  g_autoptr (GError) error = NULL;

  if (!is_to_stdout (self))
    self->path = make_path (self);
  if (self->options->print_pipeline) {
    pipeline = gst_pin_tool_pipeline_new (self->options, self->pin,
        self->item, self->path, &error);
    if (!pipeline) {
      fail_item (self, error);
      return;
    }
    line = gst_pin_tool_pipeline_to_line (pipeline);
  }
  end_item (self, GST_PIN_TOOL_TOLD, line, NULL);
}

static gboolean
is_in_archive (const GstPinToolJob *self, const gchar *id, guint item)
{
  return self->common->archive && !is_to_stdout (self) && id
      && gst_pin_tool_archive_has (self->common->archive, id, item);
}

static void
begin_item (GstPinToolJob *self)
{
  g_autoptr (GError) error = NULL;

  memset (&self->seen, 0, sizeof self->seen);
  self->fetched = 0;
  self->kept = FALSE;
  self->height = foresee_height (self);
  if (is_in_archive (self, gst_pin_media_get_id (self->media), self->item)) {
    end_item (self, GST_PIN_TOOL_KNOWN, NULL, NULL);
    return;
  }
  if (self->options->simulate || self->options->print_pipeline) {
    tell_item (self);
    return;
  }
  if (is_to_stdout (self)) {
    start_pipeline (self, NULL);
    return;
  }
  if (!claim_path (self))
    return;
  self->file = gst_pin_tool_file_open (self->path, self->options->go_on,
      &error);
  if (self->file)
    start_pipeline (self, gst_pin_tool_file_get_part (self->file));
  else
    fail_item (self, error);
}

/* --- what the Pin is --------------------------------------------------------- */

/* 0: all of them */
static guint
get_wished_item (const GstPinToolJob *self)
{
  const gchar *item = self->options->item;

  if (!item)
    return 1;
  return strcmp (item, "all") == 0 ? 0 : g_ascii_strtoull (item, NULL, 10);
}

static void
choose_items (GstPinToolJob *self)
{
  guint item = get_wished_item (self);

  self->item = item ? item : 1;
  self->last_item = item ? item : gst_pin_media_get_n_videos (self->media);
}

static void
on_report (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinToolJob *self = data;
  g_autoptr (GError) error = NULL;

  self->report = gst_pin_resolver_resolve_finish (GST_PIN_RESOLVER (source),
      result);
  self->media = gst_pin_report_get_media (self->report);
  if (self->stopping)
    end_item (self, GST_PIN_TOOL_STOPPED, NULL, NULL);
  else if (gst_pin_report_get_error (self->report))
    fail_item (self, gst_pin_report_get_error (self->report));
  else {
    choose_items (self);
    error = gst_pin_media_explain_no_video (self->media, self->item);
    if (error)
      fail_item (self, error);
    else
      begin_item (self);
  }
}

static gboolean
start_in_loop (gpointer data)
{
  GstPinToolJob *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinLocation) location = NULL;

  self->idle = 0;
  self->item = self->last_item = 1;
  if (self->stopping) {
    end_item (self, GST_PIN_TOOL_STOPPED, NULL, NULL);
    return G_SOURCE_REMOVE;
  }
  location = gst_pin_location_parse (self->pin, &error);
  if (location && is_in_archive (self, gst_pin_location_get_id (location),
          get_wished_item (self)))
    end_item (self, GST_PIN_TOOL_KNOWN, NULL, NULL);
  else if (location)
    gst_pin_resolver_resolve_async (self->common->resolver, location,
        self->cancellable, on_report, self);
  else
    fail_item (self, error);
  return G_SOURCE_REMOVE;
}

void
gst_pin_tool_job_start (GstPinToolJob *self)
{
  g_return_if_fail (self->stage == GST_PIN_TOOL_WAITING);

  self->stage = GST_PIN_TOOL_RESOLVING;
  self->idle = g_idle_add (start_in_loop, self);
}

static gboolean
stop_in_loop (gpointer data)
{
  GstPinToolJob *self = data;

  self->idle = 0;
  if (self->stage == GST_PIN_TOOL_FETCHING)
    end_item (self, GST_PIN_TOOL_STOPPED, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* What is being finished becomes a file: that doesn't take long */
void
gst_pin_tool_job_stop (GstPinToolJob *self)
{
  self->stopping = TRUE;
  self->last_item = self->item;
  g_cancellable_cancel (self->cancellable);
  if (self->stage == GST_PIN_TOOL_FETCHING && !self->idle)
    self->idle = g_idle_add (stop_in_loop, self);
}

/* --- how far it is ----------------------------------------------------------- */

/* The lengths of TS fragments are known one after the other, as they are
 * fetched; those that are known tell what the rest will be like */
static guint64
estimate_total (const GstStructure *stats)
{
  guint64 total = 0;
  guint fragments = 0, known = 0;

  gst_structure_get (stats, "bytes-total", G_TYPE_UINT64, &total,
      "fragments", G_TYPE_UINT, &fragments,
      "fragments-known", G_TYPE_UINT, &known, NULL);
  return known ? gst_util_uint64_scale (total, fragments, known) : 0;
}

void
gst_pin_tool_job_get_status (GstPinToolJob *self, GstPinToolStatus *status)
{
  const gchar *title = self->media ? gst_pin_media_get_title (self->media)
      : NULL;
  g_autoptr (GstStructure) stats = NULL;
  guint64 stored = 0;

  memset (status, 0, sizeof *status);
  status->stage = self->stage;
  status->title = title && *title ? title : self->pin;
  if (!self->source) {
    status->bytes = status->total = self->fetched;
    return;
  }
  g_object_get (self->source, "stats", &stats, NULL);
  gst_structure_get (stats, "bytes", G_TYPE_UINT64, &status->bytes,
      "from-store-bytes", G_TYPE_UINT64, &stored,
      "connections", G_TYPE_UINT, &status->connections,
      "retries", G_TYPE_UINT64, &status->retries, NULL);
  status->bytes += stored;
  status->total = estimate_total (stats);
  self->fetched = status->bytes;
}
