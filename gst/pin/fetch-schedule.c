/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the fetcher asks for next. Of all chunks that nobody works on, the one
 * whose bytes are needed soonest over all tracks has the next connection, as
 * long as connections and the budget allow; a file is cut so that all of them
 * have a part. Runs on the client's thread, whenever something ended, memory
 * came back or a reader waits.
 */
#include "fetch-inside-private.h"

#include "error-private.h"

/* Pieces of a file for idle connections to share are not smaller than this: a
 * request costs a round trip, and a connection to send it on costs more */
#define MIN_CHUNK (96 * 1024)
#define MAX_CHUNK (8 * 1024 * 1024)
/* For less, a connection that is busy is waited for rather than a new one made:
 * that takes round trips too, and processor on both sides */
#define WORTH_A_CONNECTION (256 * 1024)
/* Where playback begins, a file comes over three quarters of so many
 * connections at most, whether or not anybody knows how far it goes */
#define MOST_FOR_BEGINNING 16
/* A request is sent so long before there is memory for all of its bytes: the
 * answer takes a round trip, and its bytes come one after the other */
#define AHEAD (100 * G_TIME_SPAN_MILLISECOND)
#define HOST_POLL (20 * G_TIME_SPAN_MILLISECOND)

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
  GstPinRun *there = gst_pin_fetcher_get_run (self, t, run);

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
    if (chunk->state == GST_PIN_CHUNK_TODO && !chunk->withdrawn
        && !gst_pin_fetcher_is_held (self, chunk))
      return chunk;
  }
  if (track->next_run >= self->plan->tracks[t].runs->len)
    return NULL;
  chunk = chunk_of_run (self, t, track->next_run,
      gst_pin_fetcher_get_run (self, t, track->next_run)->start);
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
    time = gst_pin_fetcher_get_fragment_of (self, chunk)->time;
    if (!soonest || time < best) {
      soonest = chunk;
      best = time;
    }
  }
  return soonest;
}

/* How long the run probably is, by its duration and by what others of its track
 * turned out to be; 0 for the last. G_MAXUINT64: nobody knows */
static guint64
estimate_locked (GstPinFetcher *self, guint t, guint run)
{
  const GstPinTrack *track = &self->tracks[t];
  GstClockTime duration = gst_pin_fetcher_get_duration (self, t, run);

  if (track->known_time == 0)
    return G_MAXUINT64;
  if (!GST_CLOCK_TIME_IS_VALID (duration))
    duration = 0;
  return gst_util_uint64_scale (track->known_bytes, duration,
      track->known_time);
}

/* Bytes that are still to come, asked for or not; of very many, as many as make
 * no difference. G_MAXUINT64: nobody knows */
static guint64
bytes_to_come_locked (GstPinFetcher *self)
{
  guint64 many = MAX (gst_pin_budget_get_limit (self->budget),
      ((guint64) self->limits.max_connections + 1) * WORTH_A_CONNECTION);
  guint64 sum = 0, length;

  for (guint t = 0; t < self->plan->n_tracks && sum < many; t++) {
    GstPinTrack *track = &self->tracks[t];

    for (GList * l = track->chunks.head; l; l = l->next) {
      GstPinChunk *chunk = l->data;

      if (chunk->state == GST_PIN_CHUNK_FAILED)
        continue;
      length = chunk->end != G_MAXUINT64 ? chunk->end - chunk->got :
          estimate_locked (self, t, chunk->run);
      if (length == G_MAXUINT64)
        return length;
      sum += length;
    }
    for (guint r = track->next_run;
        r < self->plan->tracks[t].runs->len && sum < many; r++) {
      GstPinRun *run = gst_pin_fetcher_get_run (self, t, r);

      length = run->end != G_MAXUINT64 ? run->end - run->start :
          estimate_locked (self, t, r);
      if (length == G_MAXUINT64)
        return length;
      sum += length;
    }
  }
  return sum;
}

/* How many more requests to the chunk's host need no new connection */
static guint
count_idle_connections (GstPinFetcher *self, const GstPinChunk *chunk)
{
  const GstPinHostUse *host = gst_pin_http_client_get_host (self->client,
      chunk->url);

  return host && host->open > host->busy ? host->open - host->busy : 0;
}

/* What comes on a connection that has to be made first comes later than on one
 * that will be free soon */
static gboolean
is_worth_connecting_locked (GstPinFetcher *self, const GstPinChunk *chunk)
{
  return self->running == 0 || is_starved_of_locked (self, chunk)
      || count_idle_connections (self, chunk) > 0
      || bytes_to_come_locked (self) / WORTH_A_CONNECTION > self->running;
}

/* Most of the connections for one file, when it is where playback begins; not of
 * very many, whose handshakes would take longer than the bytes they bring */
static guint
count_for_beginning (GstPinFetcher *self)
{
  guint most = MIN (self->limits.max_connections, MOST_FOR_BEGINNING);

  return MAX (1, most * 3 / 4);
}

/* How much to ask for in one request: a share of what is left for each
 * connection that is there or worth to be made, but no more than all of them
 * can have in memory at a time; and no less than is worth a round trip. */
static gsize
request_size_locked (GstPinFetcher *self, const GstPinChunk *chunk)
{
  gsize limit = gst_pin_budget_get_limit (self->budget);
  guint most_connections = self->limits.max_connections;
  gsize most = MIN (MAX_CHUNK, limit / 4 * 3 / most_connections);
  gsize least = MIN (MIN_CHUNK, limit / 8);
  guint64 bytes = bytes_to_come_locked (self);
  guint n = self->running + count_idle_connections (self, chunk);

  n = CLAMP (bytes / WORTH_A_CONNECTION, MAX (1, MIN (n, most_connections)),
      most_connections);
  return MAX (least, MIN (bytes / n, most));
}

/* The file where playback begins comes over many connections at once */
static gsize
piece_size_locked (GstPinFetcher *self, GstPinChunk *chunk)
{
  gsize size = request_size_locked (self, chunk);

  if (gst_pin_fetcher_get_fragment_of (self, chunk)->time != 0)
    return size;
  return MIN (size, MAX (MIN (MIN_CHUNK, size),
          chunk->end / count_for_beginning (self)));
}

static void
cut_locked (GstPinFetcher *self, GstPinChunk *chunk)
{
  gsize size = piece_size_locked (self, chunk);
  GstPinTrack *track = &self->tracks[chunk->track];
  GstPinChunk *rest;

  if (self->limits.skip_missing || chunk->end - chunk->start <= size * 3 / 2)
    return;
  rest = gst_pin_chunk_new (chunk->track, chunk->run, chunk->url,
      chunk->start + size, chunk->end);
  chunk->end = chunk->start + size;
  g_queue_insert_after (&track->chunks, g_queue_find (&track->chunks, chunk),
      rest);
}

/* Not with one connection, which would only wait in between; and what may be
 * left out is asked for whole */
static gboolean
may_probe (GstPinFetcher *self, const GstPinFragment *fragment)
{
  return !self->tracks[fragment->track].no_ranges
      && fragment->length < 0 && fragment->kind == GST_PIN_FRAGMENT_MEDIA
      && !self->limits.skip_missing && self->limits.max_connections > 1;
}

/* How far behind @chunk's start its file is asked for before its length is known.
 *
 * Where playback begins, nothing goes out before the first bytes of the sound,
 * which may be far behind those of the picture: over the connections that are
 * there, but for a quarter, since a request behind the end costs little then.
 * Waiting for the length would cost a round trip and the time of a transfer over
 * one of them.
 *
 * Later, as far as it probably goes: else what connections are left would begin
 * files that come much later, and fill the memory with these. */
static guint64
guess_locked (GstPinFetcher *self, GstPinChunk *chunk, gsize size)
{
  guint n_tracks = self->plan->n_tracks;
  guint64 estimate;
  guint most;

  if (gst_pin_http_client_get_config (self->client)->max_request_rate > 0)
    return 0;
  if (gst_pin_fetcher_get_fragment_of (self, chunk)->time == 0) {
    most = count_for_beginning (self);
    most = MIN (most, gst_pin_budget_get_limit (self->budget) / 8 / size);
    return MIN (most / n_tracks, count_idle_connections (self, chunk)) * size;
  }
  estimate = estimate_locked (self, chunk->track, chunk->run);
  if (estimate == G_MAXUINT64)
    return 0;
  estimate -= estimate / 5;
  return estimate > chunk->start ? estimate - chunk->start : 0;
}

/* A file of unknown length is asked for its beginning, which tells the length,
 * so that the rest can be shared out; and, unasked, for what follows */
static void
probe_locked (GstPinFetcher *self, GstPinChunk *chunk)
{
  const GstPinFragment *fragment = gst_pin_fetcher_get_fragment_of (self,
      chunk);
  GQueue *chunks = &self->tracks[chunk->track].chunks;
  GList *last = g_queue_find (chunks, chunk);
  guint64 at, end;
  gsize size = MIN_CHUNK;

  if (chunk->probe || !may_probe (self, fragment))
    return;
  if (fragment->time != 0)
    size = MIN (WORTH_A_CONNECTION,
        gst_pin_budget_get_limit (self->budget) / 8);
  if (fragment->time != 0 && self->tracks[chunk->track].known_time > 0)
    size = MAX (size, request_size_locked (self, chunk));
  chunk->probe = size;
  end = chunk->start + guess_locked (self, chunk, size);
  for (at = chunk->start + size; at + size <= end; at += size) {
    GstPinChunk *guess = gst_pin_chunk_new (chunk->track, chunk->run,
        chunk->url, at, at + size);

    guess->guess = TRUE;
    g_queue_insert_after (chunks, last, guess);
    last = last->next;
  }
}

void
gst_pin_fetcher_equip (GstPinFetcher *self, GstPinChunk *chunk)
{
  const GstPinFragment *fragment =
      gst_pin_fetcher_get_fragment_of (self, chunk);

  chunk->lock = &self->lock;
  chunk->client = self->client;
  chunk->budget = self->budget;
  chunk->resource = g_ptr_array_index (self->tracks[chunk->track].resources,
      chunk->run);
  chunk->owner = &gst_pin_fetcher_chunk_owner;
  chunk->owner_data = self;
  chunk->checked_kind = begins_media (fragment, chunk);
}

/* Other pipelines may have the host's connections, and do not tell when they
 * are done with them: then it is asked again soon */
static gboolean
host_has_room (GstPinFetcher *self, GstPinChunk *chunk)
{
  if (gst_pin_fetcher_may_ask (chunk, self))
    return TRUE;
  gst_pin_fetcher_wake_in (self, HOST_POLL);
  return FALSE;
}

/* Makes the chunk what one request, or one reading of the store, is to bring.
 * TRUE: it is stored */
static gboolean
prepare_locked (GstPinFetcher *self, GstPinChunk *chunk)
{
  if (gst_pin_fetcher_consult_store_locked (self, chunk,
          request_size_locked (self, chunk)))
    return TRUE;
  if (chunk->end == G_MAXUINT64)
    probe_locked (self, chunk);
  else
    cut_locked (self, chunk);
  return FALSE;
}

static gsize
count_owed_locked (GstPinFetcher *self)
{
  gsize owed = 0;

  for (guint t = 0; t < self->plan->n_tracks; t++)
    for (GList * l = self->tracks[t].chunks.head; l; l = l->next)
      owed += ((GstPinChunk *) l->data)->owed;
  return owed;
}

/* How much memory that is not there yet may be counted on: what comes back
 * while a request is answered, by how fast it went till now. Where that is
 * slow, requests would only wait, and servers hang up. */
static gsize
get_credit_locked (GstPinFetcher *self, gsize owed)
{
  gint64 elapsed = g_get_monotonic_time () - self->first_byte;
  gsize most = gst_pin_budget_get_limit (self->budget) / 2;

  if (self->first_byte == 0)
    return 0;
  most = MIN (most, gst_util_uint64_scale (self->bytes, AHEAD,
          MAX (elapsed, AHEAD)));
  return most > owed ? most - owed : 0;
}

/* FALSE: nothing more can be started now */
static gboolean
start_one (GstPinFetcher *self)
{
  GstPinChunk *chunk;
  gboolean starved, stored;
  gsize owed, credit;

  if (self->running >= self->limits.max_connections)
    return FALSE;
  g_mutex_lock (&self->lock);
  chunk = soonest_todo_locked (self);
  stored = chunk && prepare_locked (self, chunk);
  starved = chunk && is_starved_of_locked (self, chunk);
  if (chunk && !stored && !is_worth_connecting_locked (self, chunk))
    chunk = NULL;
  owed = count_owed_locked (self);
  credit = get_credit_locked (self, owed);
  g_mutex_unlock (&self->lock);
  if (!chunk || (!stored && !host_has_room (self, chunk)))
    return FALSE;

  gst_pin_fetcher_equip (self, chunk);
  if (!(stored ? gst_pin_fetcher_start_stored (self, chunk, starved)
          : gst_pin_chunk_start (chunk, starved, owed > 0, credit)))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->running++;
  self->requests += !stored;
  self->peak_running = MAX (self->peak_running, self->running);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

void
gst_pin_fetcher_free_chunk (GstPinFetcher *self, GstPinChunk *chunk)
{
  if (chunk->state == GST_PIN_CHUNK_RUNNING) {
    g_mutex_lock (&self->lock);
    self->running--;
    g_mutex_unlock (&self->lock);
  }
  gst_pin_fetcher_end_check (self, chunk, FALSE);
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
      chunk = chunk_of_run (self, t, track->seek_run, track->seek_position);
      chunk->end = track->ends[track->seek_run];
      g_queue_push_tail (&track->chunks, chunk);
    }
    g_mutex_unlock (&self->lock);
    while ((chunk = g_queue_pop_head (&drop)))
      gst_pin_fetcher_free_chunk (self, chunk);
  }
}

static gint
compare_need (gconstpointer a, gconstpointer b, gpointer data)
{
  const GstPinChunk *first = *(GstPinChunk **) a;
  const GstPinChunk *second = *(GstPinChunk **) b;
  GstClockTime one = gst_pin_fetcher_get_fragment_of (data, first)->time;
  GstClockTime other = gst_pin_fetcher_get_fragment_of (data, second)->time;

  if (one != other)
    return one < other ? -1 : 1;
  if (first->track != second->track)
    return first->track < second->track ? -1 : 1;
  return first->start < second->start ? -1 : first->start > second->start;
}

/* Memory that came back is first for those that wait for it, in the order in
 * which they are needed */
static void
pay_owed (GstPinFetcher *self)
{
  g_autoptr (GPtrArray) owed = g_ptr_array_new ();
  gboolean paid = TRUE;

  g_mutex_lock (&self->lock);
  for (guint t = 0; t < self->plan->n_tracks; t++)
    for (GList * l = self->tracks[t].chunks.head; l; l = l->next)
      if (((GstPinChunk *) l->data)->owed > 0)
        g_ptr_array_add (owed, l->data);
  g_mutex_unlock (&self->lock);
  g_ptr_array_sort_with_data (owed, compare_need, self);
  for (guint i = 0; i < owed->len && paid; i++)
    paid = gst_pin_chunk_pay (g_ptr_array_index (owed, i));
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
      GstClockTime time = gst_pin_fetcher_get_fragment_of (self, chunk)->time;

      if (chunk->state == GST_PIN_CHUNK_RUNNING && chunk->paused
          && self->tracks[t].waiting != chunk && (!last || time >= latest)) {
        last = chunk;
        latest = time;
      }
    }
  return last;
}

gboolean
gst_pin_fetcher_is_way_wanted (GstPinFetcher *self)
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

void
gst_pin_fetcher_put_back (GstPinFetcher *self, GstPinChunk *chunk)
{
  GQueue *chunks = &self->tracks[chunk->track].chunks;
  guint64 end = chunk->end;
  GstPinChunk *rest;
  GList *there;

  if (gst_pin_chunk_park (chunk)) {
    rest = gst_pin_chunk_new (chunk->track, chunk->run, chunk->url,
        chunk->end, end);
    rest->guess = chunk->guess;
    rest->withdrawn = chunk->withdrawn;
    g_mutex_lock (&self->lock);
    there = g_queue_find (chunks, chunk);
    if (there)
      g_queue_insert_after (chunks, there, g_steal_pointer (&rest));
    g_mutex_unlock (&self->lock);
    if (rest)
      gst_pin_chunk_free (rest);
  }
  chunk->stored = FALSE;
  chunk->verified = chunk->state == GST_PIN_CHUNK_DONE;
  g_mutex_lock (&self->lock);
  self->running--;
  g_mutex_unlock (&self->lock);
}

/* All connections are taken, one by a chunk that waits for memory, which only
 * comes back when a reader goes on that waits for a connection */
static void
make_way (GstPinFetcher *self)
{
  GstPinChunk *paused;

  if (!gst_pin_fetcher_is_way_wanted (self))
    return;
  g_mutex_lock (&self->lock);
  paused = last_paused_locked (self);
  g_mutex_unlock (&self->lock);
  if (paused)
    gst_pin_fetcher_put_back (self, paused);
}

void
gst_pin_fetcher_schedule (GstPinFetcher *self)
{
  if (self->stopped || self->store_opening)
    return;
  collect_garbage (self);
  pay_owed (self);
  resume_paused (self);
  make_way (self);
  while (!self->has_failed && start_one (self));
  if (self->n_missing > 0 && self->running == 0 && is_all_asked (self))
    tell_missing (self);
}
