/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What comes of the fetcher's requests: bytes and ends are told to readers and
 * to the statistics, success and trouble to the host's limit, failures to the
 * owner, with the fragment that they hit. Each function answers a chunk on the
 * client's thread.
 */
#include "fetch-inside-private.h"

#include "error-private.h"

/* Now that the length is known: what the file does not have is done, what it
 * has is a chunk like any other. One behind the end that is asked for learns
 * so from the server. */
static void
settle_guess_locked (GstPinChunk *guess, guint64 total)
{
  if (guess->start < total) {
    guess->end = MIN (guess->end, total);
    guess->guess = guess->withdrawn = FALSE;
  } else if (guess->state == GST_PIN_CHUNK_TODO) {
    guess->end = guess->start;
    guess->state = GST_PIN_CHUNK_DONE;
  }
}

static void
settle_withdrawn_locked (GstPinFetcher *self, const GstPinChunk *chunk)
{
  for (GList * l = self->tracks[chunk->track].chunks.head; l; l = l->next) {
    GstPinChunk *other = l->data;

    if (other->run == chunk->run && other->guess && other->withdrawn)
      settle_guess_locked (other, chunk->resource->total);
  }
}

static void
learn_rate_locked (GstPinFetcher *self, GstPinChunk *chunk, guint64 total)
{
  GstPinTrack *track = &self->tracks[chunk->track];
  GstClockTime duration = gst_pin_fetcher_get_duration (self, chunk->track,
      chunk->run);

  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    return;
  track->known_bytes += total;
  track->known_time += duration;
}

static void
on_settled (GstPinChunk *chunk, gint64 total, gpointer data)
{
  GstPinFetcher *self = data;
  GQueue *chunks = &self->tracks[chunk->track].chunks;
  guint64 end = chunk->end;
  GQueue drop = G_QUEUE_INIT;
  GList *last, *next;

  g_mutex_lock (&self->lock);
  self->tracks[chunk->track].told[chunk->run] = chunk->resource->total;
  if (total >= 0)
    learn_rate_locked (self, chunk, total);
  else if (chunk->probe && chunk->status == SOUP_STATUS_OK)
    self->tracks[chunk->track].no_ranges = TRUE;
  last = g_queue_find (chunks, chunk);
  /* A reader may have passed it in this very moment */
  while (last && (next = last->next) && ((GstPinChunk *) next->data)->guess) {
    GstPinChunk *guess = next->data;

    if (total < 0) {
      g_queue_delete_link (chunks, next);
      g_queue_push_tail (&drop, guess);
      continue;
    }
    settle_guess_locked (guess, total);
    end = MAX (end, guess->end);
    last = next;
  }
  if (last && total >= 0 && end < (guint64) total)
    g_queue_insert_after (chunks, last, gst_pin_chunk_new (chunk->track,
            chunk->run, chunk->url, end, total));
  g_mutex_unlock (&self->lock);
  while ((chunk = g_queue_pop_head (&drop)))
    gst_pin_fetcher_free_chunk (self, chunk);
  gst_pin_fetcher_wake (self);
}

/* Nobody has any of it, so that another chunk may bring it */
static gboolean
may_be_taken_locked (GstPinFetcher *self, const GstPinChunk *chunk)
{
  return (chunk->state == GST_PIN_CHUNK_TODO
      || chunk->state == GST_PIN_CHUNK_RUNNING)
      && chunk->got == chunk->start && !chunk->guess && !chunk->stored
      && !chunk->checks && !gst_pin_fetcher_has_stored (self, chunk);
}

/* The chunks on both sides of @own, of which nobody has any bytes */
static void
take_neighbours_locked (GstPinFetcher *self, GList *own, GQueue *taken)
{
  GstPinChunk *chunk = own->data, *other;
  GstPinTrack *track = &self->tracks[chunk->track];

  while (own->prev && (other = own->prev->data)->run == chunk->run
      && other->end == chunk->start && chunk->got == chunk->start
      && may_be_taken_locked (self, other)) {
    chunk->start = chunk->got = other->start;
    if (track->waiting == other)
      track->waiting = chunk;
    g_queue_delete_link (&track->chunks, own->prev);
    g_queue_push_tail (taken, other);
  }
  /* But for one that a reader jumped to: all before it would come first */
  while (own->next && (other = own->next->data)->run == chunk->run
      && other->start == chunk->end && track->waiting != other
      && may_be_taken_locked (self, other)) {
    chunk->end = other->end;
    g_queue_delete_link (&track->chunks, own->next);
    g_queue_push_tail (taken, other);
  }
}

/* The whole file comes in this answer: to ask for each part of it would bring
 * it as often */
static void
on_unranged (GstPinChunk *chunk, gpointer data)
{
  GstPinFetcher *self = data;
  GQueue taken = G_QUEUE_INIT;
  GstPinChunk *other;
  GList *own;

  if (chunk->checks)
    return;
  g_mutex_lock (&self->lock);
  own = g_queue_find (&self->tracks[chunk->track].chunks, chunk);
  if (own)
    take_neighbours_locked (self, own, &taken);
  g_mutex_unlock (&self->lock);
  while ((other = g_queue_pop_head (&taken)))
    gst_pin_fetcher_free_chunk (self, other);
  gst_pin_fetcher_equip (self, chunk);
  gst_pin_fetcher_wake (self);
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
  if (self->first_byte == 0)
    self->first_byte = self->last_byte;
  self->bytes += size;
  /* A reader that came before the chunk was made waits for none in particular */
  if (track->starving && (!track->waiting || track->waiting == chunk))
    g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* How users count: the playlist's segments, from 0, without init parts */
static guint
segment_number (GstPinFetcher *self, const GstPinChunk *chunk)
{
  const GstPinPlanTrack *track = &self->plan->tracks[chunk->track];
  guint at = gst_pin_fetcher_fragment_at (self, chunk->track, chunk->run,
      chunk->got);
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

static void
chunk_failed (GstPinFetcher *self, GstPinChunk *chunk, const GError *error)
{
  g_autoptr (GError) located = locate_error (self, chunk, error);

  if (gst_pin_fetcher_can_leave_out (self, chunk)) {
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

/* On the route that the chunk took, which may not be the one that the next
 * request will take */
static void
report_to_host (GstPinFetcher *self, GstPinChunk *chunk, const GError *error)
{
  GstPinHostUse *host = chunk->host;

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

static void
on_ended (GstPinChunk *chunk, const GError *error, gpointer data)
{
  GstPinFetcher *self = data;

  if (!chunk->stored)
    report_to_host (self, chunk, error);
  gst_pin_fetcher_end_check (self, chunk, !error);
  if (error)
    chunk_failed (self, chunk, error);
  g_mutex_lock (&self->lock);
  self->running--;
  if (!error)
    gst_pin_fetcher_learn_end_locked (self, chunk);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_pin_fetcher_wake (self);
}

static void
on_keep (GstPinChunk *chunk, guint64 offset, GstMemory *memory, gsize from,
    gsize to, gpointer data)
{
  gst_pin_fetcher_keep (data, chunk, offset, memory, from, to);
}

/* Nobody is told: if it is there, it will be asked for as all the rest */
static void
on_withdrew (GstPinChunk *chunk, const GError *error, gpointer data)
{
  GstPinFetcher *self = data;

  if (gst_pin_error_get_http_status (error)
      != SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    report_to_host (self, chunk, error);
  gst_pin_fetcher_put_back (self, chunk);
  g_mutex_lock (&self->lock);
  if (chunk->resource->total >= 0)
    settle_withdrawn_locked (self, chunk);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_pin_fetcher_wake (self);
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

  if (gst_pin_fetcher_is_way_wanted (self))
    gst_pin_fetcher_wake (self);
}

/* Written on this thread alone */
static gint64
on_last_byte (gpointer data)
{
  return ((GstPinFetcher *) data)->last_byte;
}

gboolean
gst_pin_fetcher_may_ask (GstPinChunk *chunk, gpointer data)
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
    gst_pin_fetcher_wake_in (self, gst_pin_pacer_wait (&self->pacer));
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
      && chunk->got < track->waiting_at + GST_PIN_FETCHER_ENOUGH;
  g_mutex_unlock (&self->lock);
  return urgent;
}

const GstPinChunkOwner gst_pin_fetcher_chunk_owner = {
  on_settled, on_withdrew, on_unranged, on_answered, on_arrived, on_keep,
  on_ended, on_retried, is_urgent, on_paused, on_last_byte,
  gst_pin_fetcher_may_ask, on_pace
};
