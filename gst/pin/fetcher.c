/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fetcher. Each rendition of the plan is a track: a queue of chunks in
 * reading order, of which the first ones are read, the next ones run or are
 * done, and the last may still be to do. The client's thread starts chunks,
 * always the one whose bytes are needed soonest over all tracks, as long as
 * connections and the budget allow; readers on streaming threads take the bytes
 * out and wait for those to come. The session makes one per Pin.
 *
 * Since chunks are started in the order of the video's time, the budget can't
 * fill with bytes of one track while the other's, needed before them, have no
 * room; a reader that waits for a byte gets room in any case.
 */
#include "fetcher-private.h"

#include "error-private.h"
#include "fetch-chunk-private.h"
#include "fetch-pacer-private.h"

/* Pieces of a file for idle connections to share are not smaller than this: a
 * request costs a round trip, and a connection to send it on costs more */
#define MIN_CHUNK (96 * 1024)
#define MAX_CHUNK (8 * 1024 * 1024)
#define FIRST_PROBE (256 * 1024)
#define ENOUGH_FOR_A_BUFFER (256 * 1024)
/* What a track whose reader waits may have beyond the others */
#define URGENT (256 * 1024)
#define HOST_POLL (20 * G_TIME_SPAN_MILLISECOND)
/* An init part or a key that is kept; none is near this */
#define MAX_KEPT (4 * 1024 * 1024)

typedef struct
{
  GQueue chunks;                /* of GstPinChunk; lock */
  GQueue passed;                /* of GstPinChunk, read, to be freed; lock */
  guint next_run;               /* first run with no chunk yet; lock */
  GPtrArray *resources;         /* of GstPinResource, by run; client's thread */
  guint64 *ends;                /* by run; G_MAXUINT64: not known yet; lock */
  gboolean seek;                /* a reader wants bytes that no chunk will bring; lock */
  guint seek_run;               /* lock */
  guint64 seek_position;        /* lock */
  GstPinChunk *waiting;         /* a reader waits for its next byte; lock */
  guint64 waiting_at;           /* that byte; lock */
  gboolean starving;            /* a reader waits for anything; lock */
} GstPinTrack;

struct _GstPinFetcher
{
  gint refs;
  GstPinHttpClient *client;     /* const */
  GstPinPlan *plan;             /* const */
  GstPinBudget *budget;         /* const */
  GstPinFetcherLimits limits;   /* const */
  const GstPinFetcherOwner *owner;      /* const */
  gpointer owner_data;

  GSource *wake;                /* const; schedules on the client's thread */
  GstPinPacer pacer;            /* client's thread */
  guint running;                /* chunks; written on the client's thread; lock */
  guint n_missing;              /* client's thread */
  gboolean has_failed, told_missing;    /* client's thread */

  GMutex lock;
  GCond cond;                   /* bytes, an end, flushing or stop */
  gboolean stopped;             /* lock */
  GstPinTrack tracks[GST_PIN_PLAN_MAX_TRACKS];
  GHashTable *kept;             /* index → GBytes: init parts and keys; lock */

  /* lock */
  guint64 bytes, requests, retries, resumed, reused, stalls;
  guint peak_running;
  guint host_limit;             /* of the host last reported to; 0: none */
  gint64 started, first_byte, last_byte;        /* monotonic µs */
};

static void schedule (GstPinFetcher * self);
static gboolean is_way_wanted (GstPinFetcher * self);

static void
resource_free (gpointer data)
{
  GstPinResource *resource = data;

  g_free (resource->validator);
  g_free (resource);
}

static gboolean
wake_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs wake_funcs = { NULL, NULL, wake_dispatch, NULL };

static gboolean
on_wake (gpointer data)
{
  schedule (data);
  return G_SOURCE_CONTINUE;
}

/* Any thread */
static void
wake (gpointer data)
{
  GstPinFetcher *self = data;

  g_source_set_ready_time (self->wake, 0);
}

/* Client's thread: in so many µs, unless it comes sooner */
static void
wake_in (GstPinFetcher *self, gint64 delay)
{
  gint64 at = g_get_monotonic_time () + delay;
  gint64 already = g_source_get_ready_time (self->wake);

  if (already < 0 || at < already)
    g_source_set_ready_time (self->wake, at);
}

GstPinFetcher *
gst_pin_fetcher_new (GstPinHttpClient *client, GstPinPlan *plan,
    const GstPinFetcherLimits *limits, const GstPinFetcherOwner *owner,
    gpointer data)
{
  GstPinFetcher *self = g_new0 (GstPinFetcher, 1);

  self->refs = 1;
  self->client = gst_pin_http_client_ref (client);
  self->plan = plan;
  self->limits = *limits;
  self->owner = owner;
  self->owner_data = data;
  /* What may be left out is asked for by itself, to be there whole or not */
  gst_pin_plan_seal (plan, !limits->skip_missing);
  gst_pin_pacer_init (&self->pacer, limits->max_bitrate / 8,
      g_get_monotonic_time ());
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->budget = gst_pin_budget_new (limits->max_buffer_bytes,
      MIN (limits->max_buffer_bytes / 2, plan->n_tracks * URGENT), wake, self);
  self->kept = g_hash_table_new_full (NULL, NULL, NULL,
      (GDestroyNotify) g_bytes_unref);
  for (guint t = 0; t < plan->n_tracks; t++) {
    self->tracks[t].resources = g_ptr_array_new_with_free_func (resource_free);
    self->tracks[t].ends = g_new (guint64, plan->tracks[t].runs->len);
    for (guint r = 0; r < plan->tracks[t].runs->len; r++) {
      GstPinResource *resource = g_new0 (GstPinResource, 1);

      resource->total = -1;
      g_ptr_array_add (self->tracks[t].resources, resource);
      self->tracks[t].ends[r] = g_array_index (plan->tracks[t].runs,
          GstPinRun, r).end;
    }
  }
  self->wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_callback (self->wake, on_wake, self, NULL);
  g_source_attach (self->wake, gst_pin_http_client_get_context (client));
  return self;
}

GstPinFetcher *
gst_pin_fetcher_ref (GstPinFetcher *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_pin_fetcher_unref (GstPinFetcher *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_source_destroy (self->wake);
  g_source_unref (self->wake);
  for (guint t = 0; t < self->plan->n_tracks; t++) {
    g_ptr_array_unref (self->tracks[t].resources);
    g_free (self->tracks[t].ends);
  }
  g_hash_table_unref (self->kept);
  gst_pin_budget_unref (self->budget);
  gst_pin_plan_free (self->plan);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  gst_pin_http_client_unref (self->client);
  g_free (self);
}

/* --- chunks: the client's thread ---------------------------------------- */

static GstPinRun *
get_run (GstPinFetcher *self, guint track, guint run)
{
  return &g_array_index (self->plan->tracks[track].runs, GstPinRun, run);
}

static void
on_longer (GstPinChunk *chunk, guint64 total, gpointer data)
{
  GstPinFetcher *self = data;
  GstPinTrack *track = &self->tracks[chunk->track];
  GstPinChunk *rest = gst_pin_chunk_new (chunk->track, chunk->run, chunk->url,
      chunk->end, total);

  g_mutex_lock (&self->lock);
  g_queue_insert_after (&track->chunks, g_queue_find (&track->chunks, chunk),
      rest);
  g_mutex_unlock (&self->lock);
  wake (self);
}

static void
on_answered (GstPinChunk *chunk, gboolean reused, gpointer data)
{
  GstPinFetcher *self = data;

  g_mutex_lock (&self->lock);
  self->reused += reused;
  g_mutex_unlock (&self->lock);
}

static void
on_arrived (GstPinChunk *chunk, gsize size, gpointer data)
{
  GstPinFetcher *self = data;
  GstPinTrack *track = &self->tracks[chunk->track];

  g_mutex_lock (&self->lock);
  self->last_byte = g_get_monotonic_time ();
  if (self->bytes == 0)
    self->first_byte = self->last_byte;
  self->bytes += size;
  /* A reader that came before the chunk was made waits for none in particular */
  if (track->starving && (!track->waiting || track->waiting == chunk))
    g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* Index in the track's order of the last fragment that begins at or before
 * @position in the run */
static guint
fragment_at (GstPinFetcher *self, guint t, guint run, guint64 position)
{
  const GstPinPlanTrack *track = &self->plan->tracks[t];
  guint low = get_run (self, t, run)->first;
  guint high = get_run (self, t, run)->last;

  while (low < high) {
    guint middle = low + (high - low + 1) / 2;

    if (gst_pin_plan_get (self->plan, g_array_index (track->order, guint,
                middle))->offset <= position)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

static const GstPinFragment *
fragment_of_chunk (GstPinFetcher *self, const GstPinChunk *chunk)
{
  guint i = fragment_at (self, chunk->track, chunk->run, chunk->start);

  return gst_pin_plan_get (self->plan, g_array_index
      (self->plan->tracks[chunk->track].order, guint, i));
}

/* How users count: the playlist's segments, from 0, without init parts */
static guint
segment_number (GstPinFetcher *self, const GstPinChunk *chunk)
{
  const GstPinPlanTrack *track = &self->plan->tracks[chunk->track];
  guint at = fragment_at (self, chunk->track, chunk->run, chunk->got);
  guint number = 0;

  for (guint i = 0; i < at; i++) {
    GstPinFragmentKind kind = gst_pin_plan_get (self->plan,
        g_array_index (track->order, guint, i))->kind;

    if (kind == GST_PIN_FRAGMENT_MEDIA || kind == GST_PIN_FRAGMENT_ENCRYPTED)
      number++;
  }
  return number;
}

/* (transfer full) The error with which fragment of which rendition it hit */
static GError *
locate_error (GstPinFetcher *self, GstPinChunk *chunk, const GError *error)
{
  GError *located = g_error_copy (error);

  gst_pin_error_set_details (located, "fragment", G_TYPE_UINT,
      segment_number (self, chunk), "rendition", G_TYPE_UINT, chunk->track,
      NULL);
  return located;
}

static gboolean
can_be_left_out (GstPinFetcher *self, GstPinChunk *chunk)
{
  const GstPinFragment *fragment = fragment_of_chunk (self, chunk);

  return self->limits.skip_missing
      && (fragment->kind == GST_PIN_FRAGMENT_MEDIA
      || fragment->kind == GST_PIN_FRAGMENT_ENCRYPTED);
}

static void
chunk_failed (GstPinFetcher *self, GstPinChunk *chunk, const GError *error)
{
  g_autoptr (GError) located = locate_error (self, chunk, error);

  if (can_be_left_out (self, chunk)) {
    self->n_missing++;
    self->owner->missing (located, self->owner_data);
  } else if (!self->has_failed) {
    self->has_failed = TRUE;
    self->owner->failed (located, self->owner_data);
  }
}

/* The host said that it was too much, or seems to mean it */
static gboolean
is_congestion (const GError *error)
{
  switch (gst_pin_error_get_http_status (error)) {
    case 0:
      return error->code == GST_PIN_ERROR_NETWORK
          || error->code == GST_PIN_ERROR_TIMEOUT;
    case 429:
    case 503:
      return TRUE;
    default:
      return FALSE;
  }
}

static void
report_to_host (GstPinFetcher *self, GstPinChunk *chunk, const GError *error)
{
  GstPinHostUse *host = gst_pin_http_client_get_host (self->client,
      chunk->url);

  if (!host)
    return;
  if (!error)
    gst_pin_host_use_went_well (host);
  else if (is_congestion (error))
    gst_pin_host_use_was_too_much (host, g_get_monotonic_time ());
  g_mutex_lock (&self->lock);
  self->host_limit = host->limit;
  g_mutex_unlock (&self->lock);
}

/* Once all of a file has come, its length is known for good: a reader may come
 * back to it when its chunks are gone */
static void
learn_end_locked (GstPinFetcher *self, GstPinChunk *chunk)
{
  GstPinTrack *track = &self->tracks[chunk->track];
  gint64 total = chunk->resource->total;

  if (track->ends[chunk->run] != G_MAXUINT64)
    return;
  if (total >= 0)
    track->ends[chunk->run] = total;
  else if (chunk->whole)
    track->ends[chunk->run] = chunk->end;
}

static void
on_ended (GstPinChunk *chunk, const GError *error, gpointer data)
{
  GstPinFetcher *self = data;

  report_to_host (self, chunk, error);
  if (error)
    chunk_failed (self, chunk, error);
  g_mutex_lock (&self->lock);
  self->running--;
  if (!error)
    learn_end_locked (self, chunk);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  wake (self);
}

static void
on_retried (GstPinChunk *chunk, const GError *error, gpointer data)
{
  GstPinFetcher *self = data;

  report_to_host (self, chunk, error);
  g_mutex_lock (&self->lock);
  self->retries++;
  self->requests++;
  if (error->code == GST_PIN_ERROR_TIMEOUT)
    self->stalls++;
  if (chunk->got > chunk->start)
    self->resumed++;
  g_mutex_unlock (&self->lock);
}

/* Maybe it had better make way */
static void
on_paused (GstPinChunk *chunk, gpointer data)
{
  GstPinFetcher *self = data;

  if (is_way_wanted (self))
    wake (self);
}

/* Written on this thread alone */
static gint64
on_last_byte (gpointer data)
{
  return ((GstPinFetcher *) data)->last_byte;
}

static gboolean
on_may_ask (GstPinChunk *chunk, gpointer data)
{
  GstPinFetcher *self = data;
  GstPinHostUse *host = gst_pin_http_client_get_host (self->client,
      chunk->url);

  return !host || gst_pin_host_use_has_room (host);
}

static gsize
on_pace (GstPinChunk *chunk, gsize wanted, gpointer data)
{
  GstPinFetcher *self = data;
  gsize size = gst_pin_pacer_take (&self->pacer, wanted,
      g_get_monotonic_time ());

  if (size == 0)
    wake_in (self, gst_pin_pacer_wait (&self->pacer));
  return size;
}

static gboolean
is_urgent (GstPinChunk *chunk, gpointer data)
{
  GstPinFetcher *self = data;
  GstPinTrack *track = &self->tracks[chunk->track];
  gboolean urgent;

  g_mutex_lock (&self->lock);
  urgent = track->waiting == chunk
      && chunk->got < track->waiting_at + ENOUGH_FOR_A_BUFFER;
  g_mutex_unlock (&self->lock);
  return urgent;
}

static const GstPinChunkOwner chunk_owner = {
  on_longer, on_answered, on_arrived, on_ended, on_retried, is_urgent,
  on_paused, on_last_byte, on_may_ask, on_pace
};

/* --- scheduling: the client's thread ------------------------------------ */

/* Whether the chunk begins a fragment whose first bytes tell media */
static gboolean
begins_media (const GstPinFragment *fragment, const GstPinChunk *chunk)
{
  return fragment->offset == chunk->start
      && (fragment->kind == GST_PIN_FRAGMENT_MEDIA
      || fragment->kind == GST_PIN_FRAGMENT_INIT);
}

static GstPinChunk *
chunk_of_run (GstPinFetcher *self, guint t, guint run, guint64 start)
{
  GstPinRun *there = get_run (self, t, run);

  return gst_pin_chunk_new (t, run, there->url, start, there->end);
}

/* The track's first chunk that nobody works on, made when there is a run
 * without one. NULL: everything is asked for */
static GstPinChunk *
next_todo_locked (GstPinFetcher *self, guint t)
{
  GstPinTrack *track = &self->tracks[t];
  GstPinChunk *chunk;

  for (GList * l = track->chunks.head; l; l = l->next) {
    chunk = l->data;
    if (chunk->state == GST_PIN_CHUNK_TODO)
      return chunk;
  }
  if (track->next_run >= self->plan->tracks[t].runs->len)
    return NULL;
  chunk = chunk_of_run (self, t, track->next_run,
      get_run (self, t, track->next_run)->start);
  track->next_run++;
  g_queue_push_tail (&track->chunks, chunk);
  return chunk;
}

/* A reader has nothing to do until this very chunk begins */
static gboolean
is_starved_of_locked (GstPinFetcher *self, const GstPinChunk *chunk)
{
  GstPinTrack *track = &self->tracks[chunk->track];

  return track->starving && (track->waiting == chunk
      || g_queue_peek_head (&track->chunks) == chunk);
}

/* The chunk needed soonest of those that nobody works on */
static GstPinChunk *
soonest_todo_locked (GstPinFetcher *self)
{
  GstPinChunk *soonest = NULL;
  GstClockTime best = 0;

  for (guint t = 0; t < self->plan->n_tracks; t++) {
    GstPinChunk *chunk = next_todo_locked (self, t);
    GstClockTime time;

    if (!chunk)
      continue;
    if (is_starved_of_locked (self, chunk))
      return chunk;
    time = fragment_of_chunk (self, chunk)->time;
    if (!soonest || time < best) {
      soonest = chunk;
      best = time;
    }
  }
  return soonest;
}

/* Known bytes that nobody asked for yet */
static guint64
bytes_to_do_locked (GstPinFetcher *self)
{
  guint64 sum = 0;

  for (guint t = 0; t < self->plan->n_tracks; t++) {
    GstPinTrack *track = &self->tracks[t];

    for (GList * l = track->chunks.head; l; l = l->next) {
      GstPinChunk *chunk = l->data;

      if (chunk->state == GST_PIN_CHUNK_TODO && chunk->end != G_MAXUINT64)
        sum += chunk->end - chunk->start;
    }
    for (guint r = track->next_run; r < self->plan->tracks[t].runs->len; r++) {
      GstPinRun *run = get_run (self, t, r);

      if (run->end == G_MAXUINT64)
        return G_MAXUINT64;
      sum += run->end - run->start;
    }
  }
  return sum;
}

/* How much to ask for in one request: a share of what is left for each
 * connection that may be used, but no more than all of them can have in memory
 * at a time; and no less than is worth a round trip. */
static gsize
request_size_locked (GstPinFetcher *self)
{
  gsize limit = gst_pin_budget_get_limit (self->budget);
  guint n = self->limits.max_connections;
  gsize most = MIN (MAX_CHUNK, limit / 4 * 3 / n);
  gsize least = MIN (MIN_CHUNK, limit / 8);

  return MAX (least, MIN (bytes_to_do_locked (self) / n, most));
}

static void
cut_locked (GstPinFetcher *self, GstPinChunk *chunk)
{
  gsize size = request_size_locked (self);
  GstPinTrack *track = &self->tracks[chunk->track];
  GstPinChunk *rest;

  if (self->limits.skip_missing || chunk->end == G_MAXUINT64
      || chunk->end - chunk->start <= size * 3 / 2)
    return;
  rest = gst_pin_chunk_new (chunk->track, chunk->run, chunk->url,
      chunk->start + size, chunk->end);
  chunk->end = chunk->start + size;
  g_queue_insert_after (&track->chunks, g_queue_find (&track->chunks, chunk),
      rest);
}

/* A file of unknown length is asked for its beginning first, which tells the
 * length, so that the rest can be shared out: a little where playback begins,
 * since the first bytes of the sound may be far behind those of the picture.
 * Not with one connection, which would only wait in between. */
static gsize
probe_size (GstPinFetcher *self, const GstPinFragment *fragment)
{
  gsize size;

  if (fragment->length >= 0 || fragment->kind != GST_PIN_FRAGMENT_MEDIA
      || self->limits.skip_missing || self->limits.max_connections == 1)
    return 0;
  if (fragment->time == 0)
    return FIRST_PROBE;
  g_mutex_lock (&self->lock);
  size = request_size_locked (self);
  g_mutex_unlock (&self->lock);
  return size;
}

static void
equip (GstPinFetcher *self, GstPinChunk *chunk)
{
  const GstPinFragment *fragment = fragment_of_chunk (self, chunk);

  chunk->lock = &self->lock;
  chunk->client = self->client;
  chunk->budget = self->budget;
  chunk->resource = g_ptr_array_index (self->tracks[chunk->track].resources,
      chunk->run);
  chunk->owner = &chunk_owner;
  chunk->owner_data = self;
  chunk->checked_kind = begins_media (fragment, chunk);
  chunk->probe = chunk->end == G_MAXUINT64 ? probe_size (self, fragment) : 0;
}

/* Other pipelines may have the host's connections, and do not tell when they
 * are done with them: then it is asked again soon */
static gboolean
host_has_room (GstPinFetcher *self, GstPinChunk *chunk)
{
  if (on_may_ask (chunk, self))
    return TRUE;
  wake_in (self, HOST_POLL);
  return FALSE;
}

/* FALSE: nothing more can be started now */
static gboolean
start_one (GstPinFetcher *self)
{
  GstPinChunk *chunk;
  gboolean starved;

  if (self->running >= self->limits.max_connections)
    return FALSE;
  g_mutex_lock (&self->lock);
  chunk = soonest_todo_locked (self);
  if (chunk)
    cut_locked (self, chunk);
  starved = chunk && is_starved_of_locked (self, chunk);
  g_mutex_unlock (&self->lock);
  if (!chunk)
    return FALSE;

  if (!host_has_room (self, chunk))
    return FALSE;
  equip (self, chunk);
  if (!gst_pin_chunk_start (chunk, starved))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->running++;
  self->requests++;
  self->peak_running = MAX (self->peak_running, self->running);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
free_chunk (GstPinFetcher *self, GstPinChunk *chunk)
{
  if (chunk->state == GST_PIN_CHUNK_RUNNING) {
    g_mutex_lock (&self->lock);
    self->running--;
    g_mutex_unlock (&self->lock);
  }
  gst_pin_chunk_free (chunk);
}

/* Takes chunks away that a reader has passed or will never reach */
static void
collect_garbage (GstPinFetcher *self)
{
  for (guint t = 0; t < self->plan->n_tracks; t++) {
    GstPinTrack *track = &self->tracks[t];
    GQueue drop = G_QUEUE_INIT;
    GstPinChunk *chunk;

    g_mutex_lock (&self->lock);
    while ((chunk = g_queue_pop_head (&track->passed)))
      g_queue_push_tail (&drop, chunk);
    if (track->seek) {
      while ((chunk = g_queue_pop_head (&track->chunks)))
        g_queue_push_tail (&drop, chunk);
      track->waiting = NULL;
      track->seek = FALSE;
      track->next_run = track->seek_run + 1;
      g_queue_push_tail (&track->chunks, chunk_of_run (self, t,
              track->seek_run, track->seek_position));
    }
    g_mutex_unlock (&self->lock);
    while ((chunk = g_queue_pop_head (&drop)))
      free_chunk (self, chunk);
  }
}

static void
resume_paused (GstPinFetcher *self)
{
  g_autoptr (GPtrArray) paused = g_ptr_array_new ();

  g_mutex_lock (&self->lock);
  for (guint t = 0; t < self->plan->n_tracks; t++)
    for (GList * l = self->tracks[t].chunks.head; l; l = l->next)
      if (((GstPinChunk *) l->data)->paused)
        g_ptr_array_add (paused, l->data);
  g_mutex_unlock (&self->lock);
  /* Only this thread takes a chunk with a request away */
  for (guint i = 0; i < paused->len; i++)
    gst_pin_chunk_resume (g_ptr_array_index (paused, i));
}

static gboolean
is_all_asked (GstPinFetcher *self)
{
  gboolean all;

  g_mutex_lock (&self->lock);
  all = soonest_todo_locked (self) == NULL;
  g_mutex_unlock (&self->lock);
  return all;
}

static void
tell_missing (GstPinFetcher *self)
{
  g_autoptr (GError) error = NULL;

  if (self->told_missing)
    return;
  self->told_missing = TRUE;
  error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_TRUNCATED,
      "%u of %u fragments could not be had and are missing in the result. Try "
      "again later for a whole one.", self->n_missing,
      self->plan->fragments->len);
  gst_pin_error_set_details (error, "missing", G_TYPE_UINT, self->n_missing,
      NULL);
  self->owner->missing (error, self->owner_data);
}

/* The chunk that waits for memory and is needed last */
static GstPinChunk *
last_paused_locked (GstPinFetcher *self)
{
  GstPinChunk *last = NULL;
  GstClockTime latest = 0;

  for (guint t = 0; t < self->plan->n_tracks; t++)
    for (GList * l = self->tracks[t].chunks.head; l; l = l->next) {
      GstPinChunk *chunk = l->data;
      GstClockTime time = fragment_of_chunk (self, chunk)->time;

      if (chunk->state == GST_PIN_CHUNK_RUNNING && chunk->paused
          && self->tracks[t].waiting != chunk && (!last || time >= latest)) {
        last = chunk;
        latest = time;
      }
    }
  return last;
}

/* A reader waits for a chunk that has no connection to begin on */
static gboolean
is_way_wanted (GstPinFetcher *self)
{
  GstPinChunk *todo;
  gboolean wanted;

  if (self->running < self->limits.max_connections)
    return FALSE;
  g_mutex_lock (&self->lock);
  todo = soonest_todo_locked (self);
  wanted = todo && is_starved_of_locked (self, todo);
  g_mutex_unlock (&self->lock);
  return wanted;
}

/* All connections are taken, one by a chunk that waits for memory, which only
 * comes back when a reader goes on that waits for a connection */
static void
make_way (GstPinFetcher *self)
{
  GstPinChunk *paused, *rest;
  guint64 end = 0;

  if (!is_way_wanted (self))
    return;
  g_mutex_lock (&self->lock);
  paused = last_paused_locked (self);
  if (paused)
    end = paused->end;
  g_mutex_unlock (&self->lock);
  if (!paused)
    return;

  if (gst_pin_chunk_park (paused)) {
    rest = gst_pin_chunk_new (paused->track, paused->run, paused->url,
        paused->end, end);
    g_mutex_lock (&self->lock);
    g_queue_insert_after (&self->tracks[paused->track].chunks,
        g_queue_find (&self->tracks[paused->track].chunks, paused), rest);
    g_mutex_unlock (&self->lock);
  }
  g_mutex_lock (&self->lock);
  self->running--;
  g_mutex_unlock (&self->lock);
}

static void
schedule (GstPinFetcher *self)
{
  if (self->stopped)
    return;
  collect_garbage (self);
  resume_paused (self);
  make_way (self);
  while (!self->has_failed && start_one (self));
  if (self->n_missing > 0 && self->running == 0 && is_all_asked (self))
    tell_missing (self);
}

void
gst_pin_fetcher_start (GstPinFetcher *self)
{
  self->started = g_get_monotonic_time ();
  schedule (self);
}

void
gst_pin_fetcher_stop (GstPinFetcher *self)
{
  gst_pin_budget_forget_waker (self->budget);
  g_source_destroy (self->wake);
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);

  for (guint t = 0; t < self->plan->n_tracks; t++) {
    GstPinTrack *track = &self->tracks[t];
    GstPinChunk *chunk;

    do {
      g_mutex_lock (&self->lock);
      chunk = g_queue_pop_head (&track->chunks);
      if (!chunk)
        chunk = g_queue_pop_head (&track->passed);
      track->waiting = NULL;
      g_mutex_unlock (&self->lock);
      if (chunk)
        free_chunk (self, chunk);
    } while (chunk);
  }
}

/* --- reading: any thread ------------------------------------------------- */

/* A chunk in front of the reader's position is done with. One that still runs
 * ends by itself. Its memory goes when downstream lets it go. */
static void
pass_blocks (GstPinChunk *chunk, guint64 position)
{
  GstPinBlock *block;

  while ((block = g_queue_peek_head (&chunk->blocks))
      && block->filled == block->size
      && block->offset + block->size <= position)
    gst_pin_block_free (g_queue_pop_head (&chunk->blocks));
}

static void
pass_chunks_locked (GstPinFetcher *self, GstPinTrack *track, guint run,
    guint64 position)
{
  GstPinChunk *chunk;

  while ((chunk = g_queue_peek_head (&track->chunks))) {
    gboolean behind = chunk->run < run
        || (chunk->run == run && chunk->end <= position);

    if (!behind || (chunk->state != GST_PIN_CHUNK_DONE
            && chunk->state != GST_PIN_CHUNK_FAILED))
      return;
    /* Its memory goes now; itself later, on the client's thread, which may
     * still be in its last callback */
    gst_pin_chunk_drop_blocks (chunk);
    if (chunk->state == GST_PIN_CHUNK_DONE)
      learn_end_locked (self, chunk);
    g_queue_push_tail (&track->passed, g_queue_pop_head (&track->chunks));
  }
}

static GstPinChunk *
find_chunk_locked (GstPinTrack *track, guint run, guint64 position)
{
  for (GList * l = track->chunks.head; l; l = l->next) {
    GstPinChunk *chunk = l->data;

    if (chunk->run == run && chunk->start <= position
        && position < MAX (chunk->end, chunk->got))
      return chunk;
  }
  return NULL;
}

/* Whether the position's bytes were dropped, so that they must come again */
static gboolean
has_passed (GstPinChunk *chunk, guint64 position)
{
  GstPinBlock *block = g_queue_peek_head (&chunk->blocks);

  return position < chunk->got && (!block || block->offset > position);
}

static void
request_seek_locked (GstPinFetcher *self, guint t, guint run, guint64 position)
{
  GstPinTrack *track = &self->tracks[t];

  if (track->seek && track->seek_run == run
      && track->seek_position == position)
    return;
  track->seek = TRUE;
  track->seek_run = run;
  track->seek_position = position;
  wake (self);
}

/* The bytes at @position that are in one block and below @limit. NULL: none */
static GstBuffer *
take_locked (GstPinChunk *chunk, guint64 position, guint64 limit)
{
  for (GList * l = chunk->blocks.head; l; l = l->next) {
    GstPinBlock *block = l->data;
    guint64 end = MIN (block->offset + block->filled, MIN (limit, chunk->got));
    GstBuffer *buffer;

    if (position < block->offset || position >= end)
      continue;
    buffer = gst_buffer_new ();
    gst_buffer_append_memory (buffer, gst_memory_share (block->memory,
            position - block->offset, end - position));
    return buffer;
  }
  return NULL;
}

static gboolean
is_enough (const GstPinChunk *chunk, guint64 position, guint64 limit,
    gboolean eager, gboolean whole)
{
  guint64 have = MIN (chunk->got, limit) - position;

  if (chunk->got <= position)
    return FALSE;
  if (whole)
    return chunk->state == GST_PIN_CHUNK_DONE;
  return eager || chunk->state == GST_PIN_CHUNK_DONE
      || have >= ENOUGH_FOR_A_BUFFER || chunk->got >= limit
      || chunk->got == chunk->end;
}

/* What a reader finds out about its next bytes */
typedef enum
{
  READ_WAIT, READ_BYTES, READ_END, READ_SEEK
} GstPinReadResult;

/* The end of a file whose length the plan does not tell? A chunk that has all
 * bytes up to @position and still runs may yet find that they are not all. */
static GstPinReadResult
look_for_end_locked (GstPinTrack *track, guint run, guint64 position)
{
  guint64 end = 0;

  if (track->ends[run] != G_MAXUINT64)
    return position >= track->ends[run] ? READ_END : READ_SEEK;
  for (GList * l = track->chunks.head; l; l = l->next) {
    GstPinChunk *chunk = l->data;

    if (chunk->run != run)
      continue;
    if (chunk->end == position && chunk->state == GST_PIN_CHUNK_RUNNING)
      return READ_WAIT;
    end = MAX (end, chunk->end);
  }
  return end == position ? READ_END : READ_SEEK;
}

static GstPinReadResult
look_locked (GstPinFetcher *self, const GstPinFragment *fragment,
    guint64 offset, GstPinChunk **chunk_out, guint64 *limit_out)
{
  GstPinTrack *track = &self->tracks[fragment->track];
  guint64 position = fragment->offset + offset;
  guint64 limit = fragment->length < 0 ? G_MAXUINT64
      : fragment->offset + fragment->length;
  GstPinChunk *chunk;

  *limit_out = limit;
  *chunk_out = NULL;
  if (position >= limit)
    return READ_END;
  pass_chunks_locked (self, track, fragment->run, position);
  chunk = find_chunk_locked (track, fragment->run, position);
  if (chunk) {
    pass_blocks (chunk, position);
    if (has_passed (chunk, position)) {
      request_seek_locked (self, fragment->track, fragment->run, position);
      return READ_WAIT;
    }
    *chunk_out = chunk;
    if (chunk->state == GST_PIN_CHUNK_FAILED && can_be_left_out (self, chunk))
      return READ_END;
    return is_enough (chunk, position, limit, fragment->time == 0,
        self->limits.skip_missing) ? READ_BYTES : READ_WAIT;
  }

  if (fragment->length < 0 && offset > 0) {
    GstPinReadResult end = look_for_end_locked (track, fragment->run,
        position);

    if (end != READ_SEEK)
      return end;
  }
  if (fragment->run != track->next_run
      || position != get_run (self, fragment->track, fragment->run)->start)
    request_seek_locked (self, fragment->track, fragment->run, position);
  return READ_WAIT;
}

static gboolean
is_kept_kind (const GstPinFragment *fragment)
{
  return fragment->kind == GST_PIN_FRAGMENT_INIT
      || fragment->kind == GST_PIN_FRAGMENT_KEY;
}

static GstFlowReturn
read_locked (GstPinFetcher *self, GstPinReader *reader,
    const GstPinFragment *fragment, guint64 offset, GstBuffer **buffer)
{
  GstPinTrack *track = &self->tracks[fragment->track];
  GstPinReadResult result;
  GstPinChunk *chunk;
  guint64 limit;

  while (!g_atomic_int_get (&reader->flushing) && !self->stopped) {
    result = look_locked (self, fragment, offset, &chunk, &limit);
    if (result != READ_WAIT) {
      track->waiting = NULL;
      track->starving = FALSE;
      if (result == READ_END)
        return GST_FLOW_EOS;
      *buffer = take_locked (chunk, fragment->offset + offset, limit);
      return GST_FLOW_OK;
    }
    if (!track->starving || track->waiting != chunk) {
      track->starving = TRUE;
      track->waiting = chunk;
      track->waiting_at = fragment->offset + offset;
      wake (self);              /* it may need memory to begin or go on */
    }
    g_cond_wait (&self->cond, &self->lock);
  }
  track->waiting = NULL;
  track->starving = FALSE;
  return GST_FLOW_FLUSHING;
}

/* Init parts and keys are read whole and kept: after a seek they are asked for
 * again, when their place in the file has long been passed */
static GstFlowReturn
keep_locked (GstPinFetcher *self, GstPinReader *reader, guint index,
    const GstPinFragment *fragment)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  GstFlowReturn flow = GST_FLOW_OK;

  while (flow == GST_FLOW_OK && all->len <= MAX_KEPT) {
    GstBuffer *buffer = NULL;
    GstMapInfo map;

    flow = read_locked (self, reader, fragment, all->len, &buffer);
    if (flow != GST_FLOW_OK)
      break;
    gst_buffer_map (buffer, &map, GST_MAP_READ);
    g_byte_array_append (all, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }
  if (flow != GST_FLOW_EOS)
    return flow == GST_FLOW_OK ? GST_FLOW_ERROR : flow;
  g_hash_table_insert (self->kept, GUINT_TO_POINTER (index),
      g_byte_array_free_to_bytes (g_steal_pointer (&all)));
  return GST_FLOW_OK;
}

static GstFlowReturn
read_kept_locked (GstPinFetcher *self, GstPinReader *reader, guint index,
    const GstPinFragment *fragment, guint64 offset, GstBuffer **buffer)
{
  GBytes *bytes = g_hash_table_lookup (self->kept, GUINT_TO_POINTER (index));
  GstFlowReturn flow;

  if (!bytes) {
    flow = keep_locked (self, reader, index, fragment);
    if (flow != GST_FLOW_OK)
      return flow;
    bytes = g_hash_table_lookup (self->kept, GUINT_TO_POINTER (index));
  }
  if (offset >= g_bytes_get_size (bytes))
    return GST_FLOW_EOS;
  *buffer = gst_buffer_new_wrapped_bytes (bytes);
  gst_buffer_resize (*buffer, offset, -1);
  return GST_FLOW_OK;
}

GstFlowReturn
gst_pin_fetcher_read (GstPinFetcher *self, GstPinReader *reader, guint index,
    guint64 offset, GstBuffer **buffer)
{
  const GstPinFragment *fragment = gst_pin_plan_get (self->plan, index);
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  if (is_kept_kind (fragment))
    flow = read_kept_locked (self, reader, index, fragment, offset, buffer);
  else
    flow = read_locked (self, reader, fragment, offset, buffer);
  g_mutex_unlock (&self->lock);
  return flow;
}

guint
gst_pin_fetcher_get_n_fragments (GstPinFetcher *self)
{
  return self->plan->fragments->len;
}

void
gst_pin_fetcher_wake_readers (GstPinFetcher *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

gint64
gst_pin_fetcher_get_length (GstPinFetcher *self, guint index)
{
  const GstPinFragment *fragment = gst_pin_plan_get (self->plan, index);
  GstPinTrack *track = &self->tracks[fragment->track];
  gint64 length = fragment->length;

  if (length >= 0)
    return length;
  g_mutex_lock (&self->lock);
  if (track->ends[fragment->run] != G_MAXUINT64)
    length = track->ends[fragment->run];
  for (GList * l = track->chunks.head; l; l = l->next) {
    GstPinChunk *chunk = l->data;

    if (chunk->run == fragment->run && chunk->end != G_MAXUINT64)
      length = MAX (length, (gint64) chunk->end);
  }
  g_mutex_unlock (&self->lock);
  return length;
}

/* Bytes of the plan as far as lengths are known; what is not, is 0 */
static guint64
count_total_locked (GstPinFetcher *self)
{
  guint64 total = 0;

  for (guint i = 0; i < self->plan->fragments->len; i++)
    total += MAX (gst_pin_plan_get (self->plan, i)->length, 0);
  return total;
}

void
gst_pin_fetcher_add_stats (GstPinFetcher *self, GstStructure *stats)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  gst_structure_set (stats,
      "bytes", G_TYPE_UINT64, self->bytes,
      "bytes-total", G_TYPE_UINT64, count_total_locked (self),
      "requests", G_TYPE_UINT64, self->requests,
      "retries", G_TYPE_UINT64, self->retries,
      "resumed", G_TYPE_UINT64, self->resumed,
      "reused", G_TYPE_UINT64, self->reused,
      "stalls", G_TYPE_UINT64, self->stalls,
      "connections", G_TYPE_UINT, self->running,
      "connections-peak", G_TYPE_UINT, self->peak_running,
      "connections-limit", G_TYPE_UINT, self->host_limit,
      "buffer-bytes", G_TYPE_UINT64,
      (guint64) gst_pin_budget_get_used (self->budget),
      "buffer-bytes-peak", G_TYPE_UINT64,
      (guint64) gst_pin_budget_get_peak (self->budget),
      "time-to-first-byte", G_TYPE_UINT64,
      (guint64) (self->first_byte ? (self->first_byte - self->started) *
          1000 : 0),
      "elapsed", G_TYPE_UINT64, (guint64) (now - self->started) * 1000, NULL);
  g_mutex_unlock (&self->lock);
}
