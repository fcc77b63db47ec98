/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fetches the playlists of one HLS variant: the one that the page names, and
 * where that is a master, those of the entry that fits the wish and of its
 * sound, both at the same time. A GTask on the client's thread, which owns all
 * state and is done when the last request is; what comes out is a value. The
 * session makes one for each variant that it tries.
 */
#include "playlist-set-private.h"

#include "error-private.h"
#include "host-policy-private.h"
#include "http-document-private.h"

#define MAX_PLAYLIST (8 * 1024 * 1024)
/* Less than any segment that could be missing */
#define MAX_MISSING (500 * GST_MSECOND)

typedef struct
{
  GstPinHttpClient *client;
  const GstPinWish *wish;
  GstClockTime duration;
  gboolean native_uris, allow_private;
  GstPinPlaylistSet *set;
  guint missing;                /* playlists that are still fetched */
  GError *error;                /* the first one */
} GstPinFetchJob;

static void
job_free (gpointer data)
{
  GstPinFetchJob *job = data;

  gst_pin_http_client_unref (job->client);
  gst_pin_playlist_set_free (job->set);
  g_clear_error (&job->error);
  g_free (job);
}

void
gst_pin_playlist_set_free (GstPinPlaylistSet *self)
{
  if (!self)
    return;
  g_free (self->url);
  g_clear_pointer (&self->master, gst_pin_master_playlist_free);
  for (guint i = 0; i < GST_PIN_N_RENDITIONS; i++)
    g_clear_pointer (&self->playlists[i], gst_pin_media_playlist_free);
  g_free (self);
}

/* Whoever downstream fetches these itself does not ask our host policy */
static gboolean
check_native_uris (GstPinFetchJob *job, GstPinMediaPlaylist *playlist,
    GError **error)
{
  gboolean allow = job->allow_private;
  gboolean fits = TRUE;

  for (guint i = 0; fits && i < playlist->segments->len; i++)
    fits = gst_pin_host_policy_check_url (((GstPinSegment *)
            g_ptr_array_index (playlist->segments, i))->extent.uri, allow,
        error);
  for (guint i = 0; fits && i < playlist->maps->len; i++)
    fits = gst_pin_host_policy_check_url (((GstPinMap *)
            g_ptr_array_index (playlist->maps, i))->extent.uri, allow, error);
  for (guint i = 0; fits && i < playlist->keys->len; i++)
    fits = gst_pin_host_policy_check_url (((GstPinKey *)
            g_ptr_array_index (playlist->keys, i))->uri, allow, error);
  return fits;
}

/* Without EXT-X-ENDLIST a playlist is live, or was cut; or its maker forgot:
 * then it is as long as the page says */
static gboolean
is_whole (GstPinFetchJob *job, const GstPinMediaPlaylist *playlist)
{
  if (playlist->ended)
    return TRUE;
  return GST_CLOCK_TIME_IS_VALID (job->duration)
      && playlist->duration + MAX_MISSING >= job->duration;
}

static GstPinMediaPlaylist *
parse_media_playlist (GstPinFetchJob *job, GstPinDocument *document,
    GError **error)
{
  g_autofree gchar *shown = gst_pin_url_for_display (document->url);
  g_autoptr (GstPinMediaPlaylist) playlist = gst_pin_media_playlist_parse
      (document->body, document->url, error);

  if (!playlist)
    return NULL;
  if (!is_whole (job, playlist)) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "The playlist %s has no end yet (no EXT-X-ENDLIST): the video is live. "
        "Try again when it is over.", shown);
    return NULL;
  }
  if (job->native_uris && !check_native_uris (job, playlist, error))
    return NULL;
  return g_steal_pointer (&playlist);
}

static void
finish (GTask *task)
{
  GstPinFetchJob *job = g_task_get_task_data (task);

  if (job->error)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&job->set),
        (GDestroyNotify) gst_pin_playlist_set_free);
}

/* Takes @task: each request holds it */
static void
take_rendition (GTask *task, GAsyncResult *result, guint rendition)
{
  GstPinFetchJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &error);

  if (document)
    job->set->playlists[rendition] = parse_media_playlist (job, document,
        &error);
  if (error && !job->error)
    job->error = g_steal_pointer (&error);
  g_clear_error (&error);
  job->missing--;
  if (job->missing == 0)
    finish (task);
  g_object_unref (task);
}

static void
on_picture (GObject *source, GAsyncResult *result, gpointer task)
{
  take_rendition (task, result, GST_PIN_PICTURE);
}

static void
on_sound (GObject *source, GAsyncResult *result, gpointer task)
{
  take_rendition (task, result, GST_PIN_SOUND);
}

void
gst_pin_playlist_fetch_async (GstPinHttpClient *client, const gchar *url,
    gsize max_size, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer data)
{
  GstPinDocumentRequest request = {
    .url = url,
    .what = "load the playlist",
    .accept = "application/vnd.apple.mpegurl, application/x-mpegurl, */*",
    .max_size = max_size,
  };

  gst_pin_document_fetch_async (client, &request, cancellable, callback, data);
}

static void
fetch_playlist (GTask *task, const gchar *url, GAsyncReadyCallback callback)
{
  GstPinFetchJob *job = g_task_get_task_data (task);

  job->missing++;
  gst_pin_playlist_fetch_async (job->client, url, MAX_PLAYLIST,
      g_task_get_cancellable (task), callback, g_object_ref (task));
}

static void
take_master (GTask *task, GstPinDocument *document)
{
  GstPinFetchJob *job = g_task_get_task_data (task);
  GstPinPlaylistSet *set = job->set;

  set->master = gst_pin_master_playlist_parse (document->body, document->url,
      &job->error);
  if (set->master)
    set->stream = gst_pin_choose_stream (job->wish, set->master, &job->error);
  if (!set->stream)
    return;
  set->audio = gst_pin_choose_audio (set->master, set->stream);
  fetch_playlist (task, set->stream->uri, on_picture);
  if (set->audio)
    fetch_playlist (task, set->audio->uri, on_sound);
}

static void
on_first (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GstPinFetchJob *job = g_task_get_task_data (task);
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &job->error);

  job->missing--;
  if (document) {
    job->set->url = g_strdup (document->url);
    if (gst_pin_playlist_is_master (document->body))
      take_master (task, document);
    else
      job->set->playlists[GST_PIN_PICTURE] = parse_media_playlist (job,
          document, &job->error);
  }
  if (job->missing == 0)
    finish (task);
}

void
gst_pin_playlist_set_fetch_async (GstPinHttpClient *client,
    const GstPinPlaylistSetRequest *request, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  GstPinFetchJob *job = g_new0 (GstPinFetchJob, 1);

  job->client = gst_pin_http_client_ref (client);
  job->wish = request->wish;
  job->duration = request->duration;
  job->native_uris = request->native_uris;
  job->allow_private = request->allow_private;
  job->set = g_new0 (GstPinPlaylistSet, 1);
  g_task_set_task_data (task, job, job_free);
  fetch_playlist (task, request->url, on_first);
}

GstPinPlaylistSet *
gst_pin_playlist_set_fetch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
