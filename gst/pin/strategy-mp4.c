/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An MP4 file for a video that the page offers as a playlist only: most do
 * (observed in feeds, July 2026), although the file is there. Its address
 * follows from the names in the master playlist, which lie in directories
 * beside each other:
 *
 *   videos/iht/hls/aa/bb/cc/HASH_720w.m3u8
 *   videos/iht/expMp4/aa/bb/cc/HASH_720w.mp4
 *
 * That is a guess, so the file's first bytes are asked for before anybody is
 * told of it. A question is a GTask, which owns its state, on the client's
 * thread.
 */
#include "strategy-private.h"

#include <gst/pin/error.h>
#include <string.h>

#include "media-private.h"
#include "playlist-set-private.h"

#define MAX_MASTER (1024 * 1024)
/* A file begins with the box "ftyp" (ISO/IEC 14496-12, 4.3) */
#define PROBE 64
/* Of a Pin with many: each costs up to three requests */
#define MAX_VIDEOS 8

/* Where the files of a video are: the ones that all players take come first */
static const gchar *const directories[] = { "/expMp4/", "/hevcMp4V3/" };

typedef struct
{
  GstPinHttpClient *client;
  GstPinMedia *known;
  guint video;                  /* which one is looked for */
  gchar *playlist;              /* the address of its best rendition */
  guint directory;              /* which one is probed */
  gchar *url;
  GstPinMedia *media;           /* the copy with more; NULL: none found yet */
} GstPinSearch;

static void search_video (GTask * task);
static void search_directory (GTask * task);

static void
search_free (gpointer data)
{
  GstPinSearch *search = data;

  g_clear_pointer (&search->media, gst_pin_media_unref);
  gst_pin_media_unref (search->known);
  gst_pin_http_client_unref (search->client);
  g_free (search->playlist);
  g_free (search->url);
  g_free (search);
}

/* A copy whose videos may be added to */
static GstPinMedia *
copy_media (const GstPinMedia *media)
{
  GstPinMedia *copy = gst_pin_media_new (media->id);

  gst_pin_media_merge (copy, media);
  for (guint i = 0; i < copy->videos->len; i++) {
    GstPinVideo *video = gst_pin_video_new ();

    gst_pin_video_merge (video, g_ptr_array_index (copy->videos, i));
    gst_pin_video_unref (g_ptr_array_index (copy->videos, i));
    g_ptr_array_index (copy->videos, i) = video;
  }
  return copy;
}

/* "…/hls/…/HASH_720w.m3u8" → "…/expMp4/…/HASH_720w.mp4"; NULL: it is none */
static gchar *
derive (const gchar *playlist, const gchar *directory)
{
  static const gchar from[] = "/hls/", suffix[] = ".m3u8";
  const gchar *place = strstr (playlist, from);
  const gchar *end = strchr (playlist, '?');

  if (!end)
    end = playlist + strlen (playlist);
  if (!place || end - playlist < (gssize) strlen (suffix)
      || strncmp (end - strlen (suffix), suffix, strlen (suffix)) != 0
      || place + strlen (from) > end - strlen (suffix))
    return NULL;
  place += strlen (from);
  return g_strdup_printf ("%.*s%s%.*s.mp4",
      (gint) (place - strlen (from) - playlist), playlist, directory,
      (gint) (end - strlen (suffix) - place), place);
}

/* "DERIVED_720W": a name that no page uses, as the user may ask for it */
static gchar *
make_key (const gchar *url)
{
  const gchar *mark = strrchr (url, '_');
  gchar *key = g_strconcat ("DERIVED", mark ? mark : "_MP4", NULL);
  gchar *dot = strchr (key, '.');

  if (dot)
    *dot = '\0';
  for (gchar *c = key; *c; c++)
    *c = g_ascii_toupper (*c);
  return key;
}

static void
next_video (GTask *task)
{
  GstPinSearch *search = g_task_get_task_data (task);

  search->video++;
  search_video (task);
}

static gboolean
is_mp4 (GBytes *beginning)
{
  gsize size;
  const gchar *data = g_bytes_get_data (beginning, &size);

  return size >= 8 && memcmp (data + 4, "ftyp", 4) == 0;
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinSearch *search = g_task_get_task_data (task);
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, NULL);
  g_autofree gchar *key = NULL;
  GstPinVariant *variant;

  if (!document || !document->body || !is_mp4 (document->body)) {
    search->directory++;
    search_directory (task);
    return;
  }
  key = make_key (search->url);
  if (!search->media)
    search->media = copy_media (search->known);
  variant = gst_pin_variant_new (key, search->url);
  variant->size = MAX (document->total, 0);
  gst_pin_video_take_variant (g_ptr_array_index (search->media->videos,
          search->video), variant);
  next_video (task);
}

static void
search_directory (GTask *task)
{
  GstPinSearch *search = g_task_get_task_data (task);
  GstPinDocumentRequest request = {
    .what = "look for the MP4 file",
    .accept = "video/mp4",
    .max_size = PROBE,
    .beginning = TRUE,
  };

  g_clear_pointer (&search->url, g_free);
  if (search->directory < G_N_ELEMENTS (directories))
    search->url = derive (search->playlist, directories[search->directory]);
  if (!search->url || g_cancellable_is_cancelled (g_task_get_cancellable
          (task))) {
    next_video (task);
    return;
  }
  request.url = search->url;
  gst_pin_document_fetch_async (search->client, &request,
      g_task_get_cancellable (task), on_probed, task);
}

static const GstPinStreamInf *
find_best (const GstPinMasterPlaylist *master)
{
  const GstPinStreamInf *best = NULL;

  for (guint i = 0; i < master->variants->len; i++) {
    const GstPinStreamInf *stream = g_ptr_array_index (master->variants, i);

    if (!best || stream->height > best->height || (stream->height
            == best->height && stream->bandwidth > best->bandwidth))
      best = stream;
  }
  return best;
}

static void
on_master (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinSearch *search = g_task_get_task_data (task);
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, NULL);
  g_autoptr (GstPinMasterPlaylist) master = NULL;
  const GstPinStreamInf *best = NULL;

  if (document && document->body && gst_pin_playlist_is_master (document->body))
    master = gst_pin_master_playlist_parse (document->body, document->url,
        NULL);
  if (master)
    best = find_best (master);
  g_clear_pointer (&search->playlist, g_free);
  if (!best) {
    next_video (task);
    return;
  }
  search->playlist = g_strdup (best->uri);
  search->directory = 0;
  search_directory (task);
}

static gboolean
lacks_mp4 (const GstPinVideo *video)
{
  return gst_pin_video_get_best (video, GST_PIN_STREAM_HLS) != NULL
      && gst_pin_video_get_best (video, GST_PIN_STREAM_PROGRESSIVE) == NULL;
}

static void
conclude (GTask *task)
{
  GstPinSearch *search = g_task_get_task_data (task);

  if (search->media)
    g_task_return_pointer (task, g_steal_pointer (&search->media),
        (GDestroyNotify) gst_pin_media_unref);
  else
    g_task_return_new_error (task, GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT,
        "There is no MP4 file beside the playlists of this Pin. Take the "
        "playlist instead.");
  g_object_unref (task);
}

static void
search_video (GTask *task)
{
  GstPinSearch *search = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GPtrArray *videos = search->known->videos;

  while (search->video < MIN (videos->len, MAX_VIDEOS)
      && !lacks_mp4 (g_ptr_array_index (videos, search->video)))
    search->video++;
  if (search->video >= MIN (videos->len, MAX_VIDEOS)
      || g_cancellable_is_cancelled (cancellable)) {
    conclude (task);
    return;
  }
  gst_pin_playlist_fetch_async (search->client, gst_pin_video_get_best
      (g_ptr_array_index (videos, search->video), GST_PIN_STREAM_HLS)->url,
      MAX_MASTER, cancellable, on_master, task);
}

static gboolean
is_ready (const GstPinStrategyQuery *query)
{
  for (guint i = 0; query->known && i < query->known->videos->len; i++)
    if (lacks_mp4 (g_ptr_array_index (query->known->videos, i)))
      return TRUE;
  return FALSE;
}

static void
ask_async (const GstPinStrategyQuery *query, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinSearch *search = g_new0 (GstPinSearch, 1);

  search->client = gst_pin_http_client_ref (query->client);
  search->known = gst_pin_media_ref (query->known);
  g_task_set_task_data (task, search, search_free);
  search_video (task);
}

const GstPinStrategy gst_pin_strategy_mp4 = {
  .name = "mp4",
  .by_default = TRUE,
  .supplement = TRUE,
  .is_ready = is_ready,
  .ask_async = ask_async,
};
