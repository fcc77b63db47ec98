/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fetches captions. What the address holds says what it is: WebVTT, or an HLS
 * playlist of WebVTT files, which are fetched some at a time and put together.
 * A GTask on the client's thread, which owns all state and is done when the last
 * request is. The session makes one per Pin whose captions are wanted.
 */
#include "captions-private.h"

#include "error-private.h"
#include "http-document-private.h"
#include "playlist-private.h"

/* Of one file and of all; an hour of talk is some 100 KB */
#define MAX_FILE (8 * 1024 * 1024)
#define MAX_FILES 10000
/* Requests at a time: the media need the connections more */
#define MAX_RUNNING 4

typedef struct
{
  GstPinHttpClient *client;
  GstPinMediaPlaylist *list;    /* NULL: one file */
  guint next, running;          /* of the list's segments */
  gsize size;                   /* of all files so far */
  GstPinWebvtt **parts;         /* by segment; NULL: not there yet */
  GError *error;                /* the first one */
} GstPinCaptionsJob;

static void
job_free (gpointer data)
{
  GstPinCaptionsJob *job = data;

  for (guint i = 0; job->parts && i < job->list->segments->len; i++)
    gst_pin_webvtt_free (job->parts[i]);
  g_free (job->parts);
  g_clear_pointer (&job->list, gst_pin_media_playlist_free);
  g_clear_error (&job->error);
  gst_pin_http_client_unref (job->client);
  g_free (job);
}

static void
fetch (GTask *task, const gchar *url, GAsyncReadyCallback callback,
    gpointer data)
{
  GstPinCaptionsJob *job = g_task_get_task_data (task);
  GstPinDocumentRequest request = {
    .url = url,
    .what = "load the captions",
    .accept = "text/vtt, */*",
    .max_size = MAX_FILE,
  };

  gst_pin_document_fetch_async (job->client, &request,
      g_task_get_cancellable (task), callback, data);
}

static void
finish (GTask *task)
{
  GstPinCaptionsJob *job = g_task_get_task_data (task);
  GstPinWebvtt *all;

  if (job->error) {
    g_task_return_error (task, g_steal_pointer (&job->error));
    return;
  }
  all = gst_pin_webvtt_new ();
  for (guint i = 0; i < job->list->segments->len; i++)
    gst_pin_webvtt_append (all, job->parts[i]);
  gst_pin_webvtt_tidy (all);
  g_task_return_pointer (task, all, (GDestroyNotify) gst_pin_webvtt_free);
}

static void fetch_more (GTask * task);

typedef struct
{
  GTask *task;
  guint segment;
} GstPinCaptionsPart;

static void
on_part (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree GstPinCaptionsPart *part = data;
  g_autoptr (GTask) task = part->task;
  GstPinCaptionsJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &error);

  job->running--;
  if (document) {
    job->size += g_bytes_get_size (document->body);
    if (job->size > MAX_FILE)
      error = g_error_new_literal (GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
          "The captions are too long. Try another language.");
    else
      job->parts[part->segment] = gst_pin_webvtt_parse (document->body,
          &error);
  }
  if (error && !job->error)
    job->error = g_steal_pointer (&error);
  g_clear_error (&error);
  fetch_more (task);
}

/* Ends the task when there is nothing more to wait for */
static void
fetch_more (GTask *task)
{
  GstPinCaptionsJob *job = g_task_get_task_data (task);

  while (!job->error && job->running < MAX_RUNNING
      && job->next < job->list->segments->len) {
    const GstPinSegment *segment =
        g_ptr_array_index (job->list->segments, job->next);
    GstPinCaptionsPart *part = g_new0 (GstPinCaptionsPart, 1);

    part->task = g_object_ref (task);
    part->segment = job->next++;
    job->running++;
    fetch (task, segment->extent.uri, on_part, part);
  }
  if (job->running == 0)
    finish (task);
}

/* FALSE: they are packed in a way that is not read */
static gboolean
check_list (const GstPinMediaPlaylist *list, GError **error)
{
  for (guint i = 0; i < list->segments->len; i++) {
    const GstPinSegment *segment = g_ptr_array_index (list->segments, i);

    if (segment->key >= 0 || segment->map >= 0 || segment->extent.length >= 0) {
      g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
          "The captions are encrypted, byte ranges, or packed as MP4, which is "
          "not read. Try another language.");
      return FALSE;
    }
  }
  if (list->segments->len <= MAX_FILES)
    return TRUE;
  g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
      "The captions are too many files. Try another language.");
  return FALSE;
}

static gboolean
is_playlist (GBytes *body)
{
  gsize size;
  const gchar *data = g_bytes_get_data (body, &size);

  return g_strstr_len (data ? data : "", MIN (size, 16), "#EXTM3U") != NULL;
}

static void
on_first (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GstPinCaptionsJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  GstPinWebvtt *webvtt = NULL;
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &error);

  if (document && is_playlist (document->body))
    job->list = gst_pin_media_playlist_parse (document->body, document->url,
        &error);
  else if (document)
    webvtt = gst_pin_webvtt_parse (document->body, &error);
  if (webvtt) {
    g_task_return_pointer (task, webvtt, (GDestroyNotify) gst_pin_webvtt_free);
  } else if (job->list && check_list (job->list, &error)) {
    job->parts = g_new0 (GstPinWebvtt *, job->list->segments->len);
    fetch_more (task);
  } else
    g_task_return_error (task, error);
}

void
gst_pin_captions_fetch_async (GstPinHttpClient *client, const gchar *url,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinCaptionsJob *job = g_new0 (GstPinCaptionsJob, 1);

  job->client = gst_pin_http_client_ref (client);
  g_task_set_task_data (task, job, job_free);
  fetch (task, url, on_first, task);
}

GstPinWebvtt *
gst_pin_captions_fetch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
