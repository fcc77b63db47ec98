/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the first playlist of each HLS variant of a Pin, whose entries have the
 * sizes and bit rates that the page does not tell. The resolver makes one for a
 * question that wants to know them. It is a GTask on the client's thread, which
 * owns all of its state; the media that it was given is shared and stays as it
 * is, and what comes out is one of its own.
 */
#include "resolve-streams-private.h"

#include "http-document-private.h"
#include "media-private.h"
#include "playlist-set-private.h"
#include "report-private.h"

#define MAX_PLAYLIST (1024 * 1024)
/* A carousel has some videos, each with one or two playlists */
#define MAX_PLAYLISTS 64
#define AT_ONCE 6

typedef struct
{
  GstPinHttpClient *client;
  GstPinMedia *media;           /* ours alone */
  GArray *attempts;             /* of GstPinAttempt */
  GPtrArray *variants;          /* of GstPinVariant, not owned: to be asked */
  guint next, running;
} GstPinStreamsJob;

typedef struct
{
  GTask *task;
  GstPinVariant *variant;
  gint64 since;
} GstPinStreamsRequest;

static void ask_more (GTask * task);

static void
job_free (gpointer data)
{
  GstPinStreamsJob *job = data;

  g_ptr_array_unref (job->variants);
  g_array_unref (job->attempts);
  g_clear_pointer (&job->media, gst_pin_media_unref);
  gst_pin_http_client_unref (job->client);
  g_free (job);
}

/* A media playlist says of its one stream nothing but that it is there */
static GPtrArray *
read_streams (GstPinDocument *document, GError **error)
{
  g_autoptr (GstPinMasterPlaylist) master = NULL;
  g_autoptr (GstPinMediaPlaylist) playlist = NULL;
  GPtrArray *streams;
  GstPinStreamInf *only;

  if (gst_pin_playlist_is_master (document->body)) {
    master = gst_pin_master_playlist_parse (document->body, document->url,
        error);
    return master ? g_ptr_array_ref (master->variants) : NULL;
  }
  playlist = gst_pin_media_playlist_parse (document->body, document->url,
      error);
  if (!playlist)
    return NULL;
  streams = gst_pin_stream_infs_new ();
  only = g_new0 (GstPinStreamInf, 1);
  only->uri = g_strdup (document->url);
  g_ptr_array_add (streams, only);
  return streams;
}

static void
on_document (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinStreamsRequest *request = data;
  g_autoptr (GTask) task = request->task;
  GstPinStreamsJob *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &error);

  if (document)
    request->variant->streams = read_streams (document, &error);
  if (!request->variant->streams)
    request->variant->streams = gst_pin_stream_infs_new ();
  gst_pin_attempts_add (job->attempts, "playlist", error, request->since);
  g_free (request);
  job->running--;
  ask_more (task);
}

static void
ask (GTask *task, GstPinVariant *variant)
{
  GstPinStreamsJob *job = g_task_get_task_data (task);
  GstPinStreamsRequest *asked = g_new0 (GstPinStreamsRequest, 1);

  asked->task = g_object_ref (task);
  asked->variant = variant;
  asked->since = g_get_monotonic_time ();
  job->running++;
  gst_pin_playlist_fetch_async (job->client, variant->url, MAX_PLAYLIST,
      g_task_get_cancellable (task), on_document, asked);
}

static void
ask_more (GTask *task)
{
  GstPinStreamsJob *job = g_task_get_task_data (task);

  while (job->running < AT_ONCE && job->next < job->variants->len)
    ask (task, g_ptr_array_index (job->variants, job->next++));
  if (job->running == 0)
    g_task_return_pointer (task, g_steal_pointer (&job->media),
        (GDestroyNotify) gst_pin_media_unref);
}

static void
list_variants (GstPinStreamsJob *job)
{
  for (guint i = 0; i < job->media->videos->len; i++) {
    GstPinVideo *video = g_ptr_array_index (job->media->videos, i);

    for (guint j = 0; j < video->variants->len; j++) {
      GstPinVariant *variant = g_ptr_array_index (video->variants, j);

      if (variant->stream_type == GST_PIN_STREAM_HLS
          && job->variants->len < MAX_PLAYLISTS)
        g_ptr_array_add (job->variants, variant);
    }
  }
}

/* (transfer full) All that is told of a media is in its JSON */
static GstPinMedia *
copy_media (const GstPinMedia *media)
{
  g_autoptr (JsonNode) node = gst_pin_media_to_node (media);
  g_autoptr (GError) error = NULL;
  GstPinMedia *copy = gst_pin_media_new_from_node (node, &error);

  g_assert_no_error (error);
  return copy;
}

void
gst_pin_resolve_streams_async (GstPinHttpClient *client, GstPinMedia *media,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  GstPinStreamsJob *job = g_new0 (GstPinStreamsJob, 1);

  job->client = gst_pin_http_client_ref (client);
  job->media = copy_media (media);
  job->attempts = gst_pin_attempts_new ();
  job->variants = g_ptr_array_new ();
  list_variants (job);
  /* Whoever is told that it was cancelled wants what is known all the same */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  ask_more (task);
}

GstPinMedia *
gst_pin_resolve_streams_finish (GAsyncResult *result, GArray *attempts)
{
  GstPinStreamsJob *job = g_task_get_task_data (G_TASK (result));

  g_array_append_vals (attempts, job->attempts->data, job->attempts->len);
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
