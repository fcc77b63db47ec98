/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The session. It walks one way: resolve the location, choose a variant, fetch
 * its playlists (picture and sound at once, and the cover beside them), plan,
 * start the fetcher. All of that on the client's thread, step by step in
 * callbacks; streaming threads only wait for the end of it and read. It lives
 * from pinsrc's first create() to its stop(), and as long as a pinfetchsrc
 * holds it.
 */
#include "session-private.h"

#include <gst/tag/tag.h>
#include <string.h>

#include "choose-private.h"
#include "error-private.h"
#include "playlist-set-private.h"
#include "resolve-cache-private.h"
#include "resolve-private.h"
#include "resolve-walk-private.h"
#include "session-extras-private.h"
#include "session-plan-private.h"
#include "session-tags-private.h"

/* Where Pinterest's videos are; a wrong guess costs some idle connections */
#define USUAL_MEDIA_HOST "https://v1.pinimg.com/"
#define USUAL_COVER_HOST "https://i.pinimg.com/"
#define MAX_PRECONNECTIONS 16

struct _GstPinSession
{
  gint refs;
  GstPinSessionConfig config;   /* const */
  GstPinHttpClient *client;     /* const */
  GstPinLocation *location;     /* const */
  GstPinWish *wish;             /* const */
  gchar *token;                 /* const */
  const GstPinFetcherOwner *owner;      /* const */
  gpointer owner_data;

  /* client's thread */
  GCancellable *cancellable;
  GPtrArray *candidates;        /* of GstPinVariant, best first */
  guint candidate;
  GError *first_error;          /* of the candidates */
  gboolean completed;           /* more candidates were looked for */
  gboolean planned;
  gint64 started;               /* monotonic µs */

  GMutex lock;
  GCond cond;
  guint pending;                /* callbacks to come; lock */
  gboolean ready, stopped;      /* lock; what follows is const once ready */
  GError *error;                /* lock */
  GstPinMedia *media;
  GstPinOutput output;
  gchar *output_url;            /* the real one */
  GstTagList *tags;
  GstPinExtras *extras;
  GstPinSessionPlan *plan;
  GstPinFetcher *fetcher;       /* NULL: native */
  gint64 ready_at;
};

static GMutex sessions_lock;
static GHashTable *sessions;    /* token → GstPinSession, not owned */

static void try_candidate (GstPinSession * self);

void
gst_pin_session_config_clear (GstPinSessionConfig *config)
{
  gst_pin_http_config_clear (&config->http);
  gst_pin_resolve_options_clear (&config->resolve);
  g_clear_pointer (&config->quality, g_free);
  g_clear_pointer (&config->captions, g_free);
  g_clear_pointer (&config->store, g_free);
}

static gchar *
make_token (void)
{
  gchar *token = g_uuid_string_random ();
  gchar *to = token;

  for (const gchar * from = token; *from; from++)
    if (*from != '-')
      *to++ = *from;
  *to = '\0';
  return token;
}

GstPinSession *
gst_pin_session_new (GstPinLocation *location,
    const GstPinSessionConfig *config, const GstPinFetcherOwner *owner,
    gpointer data, GError **error)
{
  g_autoptr (GstPinWish) wish = gst_pin_wish_parse (config->quality, error);
  g_auto (GstPinResolveOptions) resolve = { NULL, };
  GstPinHttpClient *client;
  GstPinSession *self;

  gst_pin_resolve_options_copy (&config->resolve, &resolve);
  if (!wish || !gst_pin_resolve_options_load (&resolve, error))
    return NULL;
  client = gst_pin_http_client_obtain (&config->http, error);
  if (!client)
    return NULL;

  self = g_new0 (GstPinSession, 1);
  self->refs = 1;
  self->client = client;
  self->config = *config;
  gst_pin_http_config_copy (&config->http, &self->config.http);
  gst_pin_resolve_options_copy (&resolve, &self->config.resolve);
  self->config.quality = g_strdup (config->quality);
  self->config.captions = g_strdup (config->captions);
  self->config.store = g_strdup (config->store);
  self->location = gst_pin_location_ref (location);
  self->wish = g_steal_pointer (&wish);
  self->token = make_token ();
  self->owner = owner;
  self->owner_data = data;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);

  g_mutex_lock (&sessions_lock);
  if (!sessions)
    sessions = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (sessions, self->token, self);
  g_mutex_unlock (&sessions_lock);
  return self;
}

GstPinSession *
gst_pin_session_ref (GstPinSession *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

static void
session_free (GstPinSession *self)
{
  gst_pin_extras_free (self->extras);
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  g_clear_pointer (&self->fetcher, gst_pin_fetcher_unref);
  g_clear_pointer (&self->media, gst_pin_media_unref);
  g_clear_pointer (&self->tags, gst_tag_list_unref);
  g_clear_error (&self->error);
  g_clear_error (&self->first_error);
  gst_pin_session_plan_free (self->plan);
  g_object_unref (self->cancellable);
  g_free (self->output_url);
  g_free (self->token);
  gst_pin_wish_free (self->wish);
  gst_pin_location_unref (self->location);
  gst_pin_session_config_clear (&self->config);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  gst_pin_http_client_unref (self->client);
  g_free (self);
}

void
gst_pin_session_unref (GstPinSession *self)
{
  gboolean last;

  /* Under this lock, so that find() never gives out a dead one */
  g_mutex_lock (&sessions_lock);
  last = g_atomic_int_dec_and_test (&self->refs);
  if (last) {
    g_hash_table_remove (sessions, self->token);
    if (g_hash_table_size (sessions) == 0)
      g_clear_pointer (&sessions, g_hash_table_unref);
  }
  g_mutex_unlock (&sessions_lock);
  if (last)
    session_free (self);
}

GstPinSession *
gst_pin_session_find (const gchar *uri, gchar **path)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_ENCODED, NULL);
  GstPinSession *self = NULL;
  const gchar *host;
  gchar **parts;

  if (!parsed || strcmp (g_uri_get_scheme (parsed), GST_PIN_FRAGMENT_SCHEME)
      != 0)
    return NULL;
  host = g_uri_get_host (parsed);
  parts = g_strsplit (host ? host : "", ".", 2);
  g_mutex_lock (&sessions_lock);
  if (sessions && parts[0])
    self = g_hash_table_lookup (sessions, parts[0]);
  if (self)
    gst_pin_session_ref (self);
  g_mutex_unlock (&sessions_lock);
  g_strfreev (parts);
  if (self)
    *path = g_strdup (g_uri_get_path (parsed) + strspn (g_uri_get_path
            (parsed), "/"));
  return self;
}

/* --- the way to a plan: the client's thread ------------------------------ */

/* For an asynchronous call whose callback will come */
static GstPinSession *
session_begin (GstPinSession *self)
{
  g_mutex_lock (&self->lock);
  self->pending++;
  g_mutex_unlock (&self->lock);
  return gst_pin_session_ref (self);
}

/* At the end of that callback */
static void
session_end (GstPinSession *self)
{
  g_mutex_lock (&self->lock);
  self->pending--;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_pin_session_unref (self);
}

/* Takes @error */
static void
session_fail (GstPinSession *self, GError *error)
{
  g_mutex_lock (&self->lock);
  if (!self->error && !self->stopped)
    self->error = g_steal_pointer (&error);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  g_clear_error (&error);
}

static void
set_ready (GstPinSession *self)
{
  gst_pin_extras_close (self->extras);
  g_mutex_lock (&self->lock);
  if (!self->stopped) {
    self->ready = TRUE;
    self->ready_at = g_get_monotonic_time ();
  }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_fetch_failed (const GError *error, gpointer data)
{
  GstPinSession *self = data;
  gboolean tell;

  /* The address of a file came from the site, and holds no longer */
  if (self->output == GST_PIN_OUTPUT_PROGRESSIVE)
    gst_pin_resolve_cache_forget (gst_pin_media_get_id (self->media));
  g_mutex_lock (&self->lock);
  tell = self->ready && !self->stopped;
  g_mutex_unlock (&self->lock);
  if (tell)
    self->owner->failed (error, self->owner_data);
  else
    session_fail (self, g_error_copy (error));
}

static void
on_fetch_missing (const GError *error, gpointer data)
{
  GstPinSession *self = data;

  self->owner->missing (error, self->owner_data);
}

static void
on_fetch_warned (const GError *error, gpointer data)
{
  GstPinSession *self = data;

  self->owner->warned (error, self->owner_data);
}

static const GstPinFetcherOwner fetcher_owner = {
  on_fetch_failed, on_fetch_missing, on_fetch_warned
};

static void
ready_unless_waiting (GstPinSession *self)
{
  if (self->planned && !gst_pin_extras_is_waiting (self->extras))
    set_ready (self);
}

static void
on_extras_begin (gpointer data)
{
  session_begin (data);
}

static void
on_extras_end (gpointer data)
{
  session_end (data);
}

static void
on_extras_changed (gpointer data)
{
  ready_unless_waiting (data);
}

static const GstPinExtrasOwner extras_owner = {
  on_extras_begin, on_extras_end, on_extras_changed, on_fetch_missing
};

/* The plan is whole: fetch, and let the rest come or not */
static void
session_planned (GstPinSession *self, const GstPinPlaylistSet *set,
    gboolean fetch)
{
  GstPinFetcherLimits limits = self->config.limits;

  /* Of a single file nothing can be left out */
  if (self->output == GST_PIN_OUTPUT_PROGRESSIVE)
    limits.skip_missing = FALSE;
  limits.store = self->config.store;
  if (fetch) {
    self->fetcher = gst_pin_fetcher_new (self->client,
        g_steal_pointer (&self->plan->fragments), &limits, &fetcher_owner,
        self);
    gst_pin_fetcher_start (self->fetcher);
  }
  self->planned = TRUE;
  gst_pin_extras_hurry (self->extras, set);
  ready_unless_waiting (self);
}

static gchar *
fragment_uri (GstPinSession *self, const gchar *path)
{
  return g_strdup_printf (GST_PIN_FRAGMENT_SCHEME "://%s.invalid/%s",
      self->token, path);
}

/* EXT-X-GAP: the server itself says that it does not have these */
static void
tell_gaps (GstPinSession *self, const GstPinMediaPlaylist *playlist)
{
  g_autoptr (GError) error = NULL;

  if (playlist->gaps == 0)
    return;
  error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_TRUNCATED,
      "The playlist itself says that %u of its segments are not there. The "
      "result will have holes; try another quality.", playlist->gaps);
  self->owner->missing (error, self->owner_data);
}

/* Takes @error. The next variant may do */
static void
candidate_failed (GstPinSession *self, GError *error)
{
  if (!self->first_error)
    self->first_error = error;
  else
    g_error_free (error);
  self->candidate++;
  try_candidate (self);
}

static void
plan_playlists (GstPinSession *self, GstPinPlaylistSet *set)
{
  g_autofree gchar *base = self->config.native_uris ? NULL :
      g_strdup_printf (GST_PIN_FRAGMENT_SCHEME "://%s.invalid", self->token);

  self->output = GST_PIN_OUTPUT_PLAYLIST;
  self->output_url = g_strdup (set->url);
  gst_pin_session_tags_set_duration (self->tags,
      set->playlists[GST_PIN_PICTURE]->duration);
  for (guint i = 0; i < GST_PIN_N_RENDITIONS; i++)
    if (set->playlists[i])
      tell_gaps (self, set->playlists[i]);
  self->plan = gst_pin_session_plan_new (set, base);
  session_planned (self, set, !self->config.native_uris);
}

static void
on_playlists (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinSession *self = data;
  GError *error = NULL;
  g_autoptr (GstPinPlaylistSet) set =
      gst_pin_playlist_set_fetch_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    g_clear_error (&error);
  else if (set)
    plan_playlists (self, set);
  else
    candidate_failed (self, error);
  session_end (self);
}

static void
fetch_playlists (GstPinSession *self, const gchar *url)
{
  GstPinPlaylistSetRequest request = {
    .url = url,
    .wish = self->wish,
    .duration = gst_pin_video_get_duration (gst_pin_media_get_video
        (self->media, self->config.item - 1)),
    .native_uris = self->config.native_uris,
    .allow_private = self->config.http.allow_private,
  };

  gst_pin_playlist_set_fetch_async (self->client, &request, self->cancellable,
      on_playlists, session_begin (self));
}

static void
plan_progressive (GstPinSession *self, const gchar *url)
{
  self->output = GST_PIN_OUTPUT_PROGRESSIVE;
  self->output_url = g_strdup (url);
  self->plan = gst_pin_session_plan_new_for_file (url);
  session_planned (self, NULL, TRUE);
}

/* Whoever tries again should be told anew */
static void
session_fail_candidates (GstPinSession *self)
{
  gst_pin_resolve_cache_forget (gst_pin_media_get_id (self->media));
  session_fail (self, g_steal_pointer (&self->first_error));
}

/* Those that were not there when the others failed */
static void
take_more (GstPinSession *self, GstPinMedia *media)
{
  g_autoptr (GPtrArray) all = gst_pin_choose_variants (self->wish,
      gst_pin_media_get_video (media, self->config.item - 1), NULL);
  g_autoptr (GPtrArray) tried = g_steal_pointer (&self->candidates);

  self->candidate = 0;
  self->candidates = g_ptr_array_new ();
  for (guint i = 0; all && i < all->len; i++)
    if (!g_ptr_array_find (tried, g_ptr_array_index (all, i), NULL))
      g_ptr_array_add (self->candidates, g_ptr_array_index (all, i));
  gst_pin_media_unref (self->media);
  self->media = media;
}

static void
on_more (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinSession *self = data;
  g_autoptr (GArray) attempts = NULL;
  GstPinMedia *media = gst_pin_walk_finish (result, &attempts, NULL);

  if (media)
    take_more (self, media);
  if (!g_cancellable_is_cancelled (self->cancellable))
    try_candidate (self);
  session_end (self);
}

/* None of the variants that the site told can be had. There may be others. */
static void
look_for_more (GstPinSession *self)
{
  self->completed = TRUE;
  gst_pin_walk_on_async (self->client, self->media, &self->config.resolve,
      self->cancellable, on_more, session_begin (self));
}

static void
try_candidate (GstPinSession *self)
{
  GstPinVariant *variant;

  if (self->candidate >= self->candidates->len) {
    if (!self->completed && gst_pin_walk_may_help (self->first_error))
      look_for_more (self);
    else
      session_fail_candidates (self);
    return;
  }
  variant = g_ptr_array_index (self->candidates, self->candidate);
  if (gst_pin_variant_get_stream_type (variant) == GST_PIN_STREAM_HLS)
    fetch_playlists (self, gst_pin_variant_get_url (variant));
  else
    plan_progressive (self, gst_pin_variant_get_url (variant));
}

static void
fetch_extras (GstPinSession *self, const GstPinVideo *video)
{
  const gchar *cover = gst_pin_media_get_thumbnail (self->media);

  self->extras = gst_pin_extras_new (self->client, self->cancellable,
      self->config.captions, &extras_owner, self);
  if (self->config.cover && cover)
    gst_pin_extras_fetch_cover (self->extras, cover, self->tags);
  gst_pin_extras_look_for_captions (self->extras, video);
}

static void
take_media (GstPinSession *self, GstPinMedia *media)
{
  GError *error;
  GstPinVideo *video;

  self->media = media;
  error = gst_pin_media_explain_no_video (media, self->config.item);
  if (error) {
    session_fail (self, error);
    return;
  }
  video = gst_pin_media_get_video (media, self->config.item - 1);
  self->candidates = gst_pin_choose_variants (self->wish, video, &error);
  if (!self->candidates) {
    session_fail (self, error);
    return;
  }
  self->tags = gst_pin_session_tags_new (media, video);
  fetch_extras (self, video);
  try_candidate (self);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinSession *self = data;
  GError *error = NULL;
  GstPinMedia *media = gst_pin_resolve_finish (result, NULL, &error);

  if (g_cancellable_is_cancelled (self->cancellable)) {
    g_clear_error (&error);
    g_clear_pointer (&media, gst_pin_media_unref);
  } else if (media)
    take_media (self, media);
  else
    session_fail (self, error);
  session_end (self);
}

static gboolean
start_in_loop (gpointer data)
{
  GstPinSession *self = data;

  self->started = g_get_monotonic_time ();
  /* While the page loads, so that nobody waits for it later */
  if (!self->config.native_uris)
    gst_pin_http_client_preconnect (self->client, USUAL_MEDIA_HOST,
        MIN (self->config.limits.max_connections, MAX_PRECONNECTIONS));
  if (self->config.cover)
    gst_pin_http_client_preconnect (self->client, USUAL_COVER_HOST, 1);
  gst_pin_resolve_async (self->client, self->location, &self->config.resolve,
      self->cancellable, on_resolved, self);
  return G_SOURCE_REMOVE;
}

void
gst_pin_session_start (GstPinSession *self)
{
  gst_pin_http_client_invoke (self->client, start_in_loop,
      session_begin (self), NULL);
}

static void
stop_in_loop (gpointer data, gpointer unused)
{
  GstPinSession *self = data;

  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (self->extras)
    gst_pin_extras_close (self->extras);
  g_cancellable_cancel (self->cancellable);
  if (self->fetcher)
    gst_pin_fetcher_stop (self->fetcher);
}

static void
do_nothing (gpointer data, gpointer unused)
{
}

void
gst_pin_session_stop (GstPinSession *self)
{
  gst_pin_http_client_invoke_sync (self->client, stop_in_loop, self);
  g_mutex_lock (&self->lock);
  while (self->pending > 0)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  /* The callback that ended the last one has returned when this did */
  gst_pin_http_client_invoke_sync (self->client, do_nothing, NULL);
}

/* --- for streaming threads ----------------------------------------------- */

gboolean
gst_pin_session_wait_ready (GstPinSession *self, GstPinReader *reader,
    GError **error)
{
  gboolean ready;

  g_mutex_lock (&self->lock);
  while (!self->ready && !self->error && !self->stopped
      && !g_atomic_int_get (&reader->flushing))
    g_cond_wait (&self->cond, &self->lock);
  ready = self->ready && !self->error;
  if (self->error)
    g_propagate_error (error, g_error_copy (self->error));
  g_mutex_unlock (&self->lock);
  return ready;
}

void
gst_pin_session_set_flushing (GstPinSession *self, GstPinReader *reader,
    gboolean flushing)
{
  GstPinFetcher *fetcher = NULL;

  g_atomic_int_set (&reader->flushing, flushing);
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->cond);
  if (self->ready && self->fetcher)
    fetcher = gst_pin_fetcher_ref (self->fetcher);
  g_mutex_unlock (&self->lock);
  if (fetcher) {
    gst_pin_fetcher_wake_readers (fetcher);
    gst_pin_fetcher_unref (fetcher);
  }
}

GstPinOutput
gst_pin_session_get_output (GstPinSession *self)
{
  return self->output;
}

GstTagList *
gst_pin_session_get_tags (GstPinSession *self)
{
  return self->tags;
}

const GstPinWebvtt *
gst_pin_session_get_captions (GstPinSession *self, const gchar **language)
{
  return gst_pin_extras_get_captions (self->extras, language);
}

gchar *
gst_pin_session_get_output_uri (GstPinSession *self)
{
  if (self->output == GST_PIN_OUTPUT_PLAYLIST && !self->config.native_uris)
    return fragment_uri (self, "index.m3u8");
  return g_strdup (self->output_url);
}

const GstPinSessionPlan *
gst_pin_session_get_plan (GstPinSession *self, GstPinFetcher **fetcher)
{
  gboolean ready;

  g_mutex_lock (&self->lock);
  ready = self->ready;
  g_mutex_unlock (&self->lock);
  *fetcher = ready ? self->fetcher : NULL;
  return ready ? self->plan : NULL;
}

typedef struct
{
  GstPinSession *session;
  GError *error;
} GstPinComplaint;

static gboolean
complain_in_loop (gpointer data)
{
  GstPinComplaint *complaint = data;

  on_fetch_failed (complaint->error, complaint->session);
  return G_SOURCE_REMOVE;
}

static void
complaint_free (gpointer data)
{
  GstPinComplaint *complaint = data;

  session_end (complaint->session);
  g_error_free (complaint->error);
  g_free (complaint);
}

void
gst_pin_session_report (GstPinSession *self, GError *error)
{
  GstPinComplaint *complaint = g_new0 (GstPinComplaint, 1);

  complaint->session = session_begin (self);
  complaint->error = error;
  gst_pin_http_client_invoke (self->client, complain_in_loop, complaint,
      complaint_free);
}

void
gst_pin_session_wait_end (GstPinSession *self, GstPinReader *reader)
{
  g_mutex_lock (&self->lock);
  while (!self->stopped && !g_atomic_int_get (&reader->flushing))
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

GstStructure *
gst_pin_session_get_stats (GstPinSession *self)
{
  GstStructure *stats = gst_structure_new_empty ("gst-pin-stats");
  GstPinFetcher *fetcher = NULL;

  g_mutex_lock (&self->lock);
  if (self->ready) {
    gst_structure_set (stats, "time-to-plan", G_TYPE_UINT64,
        (guint64) (self->ready_at - self->started) * 1000, NULL);
    if (self->fetcher)
      fetcher = gst_pin_fetcher_ref (self->fetcher);
  }
  g_mutex_unlock (&self->lock);
  if (fetcher) {
    gst_pin_fetcher_add_stats (fetcher, stats);
    gst_pin_fetcher_unref (fetcher);
  }
  return stats;
}
