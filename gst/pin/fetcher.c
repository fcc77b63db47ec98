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
#include "fetch-inside-private.h"

#include "error-private.h"

/* What a track whose reader waits may have beyond the others */
#define URGENT (256 * 1024)

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
  gst_pin_fetcher_schedule (data);
  return G_SOURCE_CONTINUE;
}

void
gst_pin_fetcher_wake (gpointer data)
{
  GstPinFetcher *self = data;

  g_source_set_ready_time (self->wake, 0);
}

void
gst_pin_fetcher_wake_in (GstPinFetcher *self, gint64 delay)
{
  gint64 at = g_get_monotonic_time () + delay;
  gint64 already = g_source_get_ready_time (self->wake);

  if (already < 0 || at < already)
    g_source_set_ready_time (self->wake, at);
}

/* --- the store: the client's thread --------------------------------------- */

static void
close_store (GstPinFetcher *self)
{
  GstPinStore *store;

  g_mutex_lock (&self->lock);
  store = g_steal_pointer (&self->store);
  if (store)
    self->stored = gst_pin_store_get_written (store);
  g_mutex_unlock (&self->lock);
  if (store)
    gst_pin_store_close (store);
}

static void
on_store_opened (const GError *error, gpointer data)
{
  GstPinFetcher *self = data;

  self->store_opening = FALSE;
  if (error) {
    close_store (self);
    self->owner->warned (error, self->owner_data);
  }
  gst_pin_fetcher_schedule (self);
}

static void
on_store_abandoned (const GError *error, gpointer data)
{
  GstPinFetcher *self = data;

  self->owner->warned (error, self->owner_data);
}

static const GstPinStoreOwner store_owner = {
  on_store_opened, on_store_abandoned
};

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
      MIN (limits->max_buffer_bytes / 2, plan->n_tracks * URGENT),
      gst_pin_fetcher_wake, self);
  self->kept = g_hash_table_new_full (NULL, NULL, NULL,
      (GDestroyNotify) g_bytes_unref);
  for (guint t = 0; t < plan->n_tracks; t++) {
    self->tracks[t].resources = g_ptr_array_new_with_free_func (resource_free);
    self->tracks[t].ends = g_new (guint64, plan->tracks[t].runs->len);
    self->tracks[t].told = g_new (gint64, plan->tracks[t].runs->len);
    for (guint r = 0; r < plan->tracks[t].runs->len; r++) {
      GstPinResource *resource = g_new0 (GstPinResource, 1);

      resource->total = -1;
      g_ptr_array_add (self->tracks[t].resources, resource);
      self->tracks[t].told[r] = -1;
      self->tracks[t].ends[r] = g_array_index (plan->tracks[t].runs,
          GstPinRun, r).end;
    }
  }
  if (limits->store) {
    self->store_opening = TRUE;
    self->store = gst_pin_store_new (limits->store,
        limits->max_buffer_bytes / 2, gst_pin_http_client_get_context (client),
        &store_owner, self);
  }
  self->limits.store = NULL;
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
    g_free (self->tracks[t].told);
  }
  g_hash_table_unref (self->kept);
  gst_pin_budget_unref (self->budget);
  gst_pin_plan_free (self->plan);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  gst_pin_http_client_unref (self->client);
  g_free (self);
}

void
gst_pin_fetcher_start (GstPinFetcher *self)
{
  self->started = g_get_monotonic_time ();
  gst_pin_fetcher_schedule (self);
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
        gst_pin_fetcher_free_chunk (self, chunk);
    } while (chunk);
  }
  close_store (self);
}

/* --- what the files share ------------------------------------------------ */

GstPinRun *
gst_pin_fetcher_get_run (GstPinFetcher *self, guint track, guint run)
{
  return &g_array_index (self->plan->tracks[track].runs, GstPinRun, run);
}

guint
gst_pin_fetcher_fragment_at (GstPinFetcher *self, guint t, guint run,
    guint64 position)
{
  const GstPinPlanTrack *track = &self->plan->tracks[t];
  guint low = gst_pin_fetcher_get_run (self, t, run)->first;
  guint high = gst_pin_fetcher_get_run (self, t, run)->last;

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

static GstClockTime
time_of_run (GstPinFetcher *self, guint t, guint run)
{
  guint first = gst_pin_fetcher_get_run (self, t, run)->first;

  return gst_pin_plan_get (self->plan, g_array_index
      (self->plan->tracks[t].order, guint, first))->time;
}

GstClockTime
gst_pin_fetcher_get_duration (GstPinFetcher *self, guint t, guint run)
{
  GstClockTime begin, end;

  if (run + 1 >= self->plan->tracks[t].runs->len)
    return GST_CLOCK_TIME_NONE;
  begin = time_of_run (self, t, run);
  end = time_of_run (self, t, run + 1);
  return end > begin ? end - begin : 0;
}

const GstPinFragment *
gst_pin_fetcher_get_fragment_of (GstPinFetcher *self, const GstPinChunk *chunk)
{
  guint i = gst_pin_fetcher_fragment_at (self, chunk->track, chunk->run,
      chunk->start);

  return gst_pin_plan_get (self->plan, g_array_index
      (self->plan->tracks[chunk->track].order, guint, i));
}

gboolean
gst_pin_fetcher_can_leave_out (GstPinFetcher *self, GstPinChunk *chunk)
{
  const GstPinFragment *fragment =
      gst_pin_fetcher_get_fragment_of (self, chunk);

  return self->limits.skip_missing
      && (fragment->kind == GST_PIN_FRAGMENT_MEDIA
      || fragment->kind == GST_PIN_FRAGMENT_ENCRYPTED);
}

void
gst_pin_fetcher_learn_end_locked (GstPinFetcher *self, GstPinChunk *chunk)
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

/* --- what others ask ----------------------------------------------------- */

const GstPinFragment *
gst_pin_fetcher_get_fragment (GstPinFetcher *self, guint index)
{
  return gst_pin_plan_get (self->plan, index);
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

/* Bytes of the plan as far as lengths are known, by the plan or by the server's
 * answers; of how many fragments, into @known */
static guint64
count_total_locked (GstPinFetcher *self, guint *known)
{
  guint64 total = 0;

  *known = 0;
  for (guint i = 0; i < self->plan->fragments->len; i++) {
    const GstPinFragment *fragment = gst_pin_plan_get (self->plan, i);
    gint64 length = fragment->length >= 0 ? fragment->length
        : self->tracks[fragment->track].told[fragment->run];

    total += MAX (length, 0);
    *known += length >= 0;
  }
  return total;
}

void
gst_pin_fetcher_add_stats (GstPinFetcher *self, GstStructure *stats)
{
  gint64 now = g_get_monotonic_time ();
  guint64 total;
  guint known;

  g_mutex_lock (&self->lock);
  total = count_total_locked (self, &known);
  gst_structure_set (stats,
      "bytes", G_TYPE_UINT64, self->bytes,
      "bytes-total", G_TYPE_UINT64, total,
      "fragments", G_TYPE_UINT, self->plan->fragments->len,
      "fragments-known", G_TYPE_UINT, known,
      "requests", G_TYPE_UINT64, self->requests,
      "retries", G_TYPE_UINT64, self->retries,
      "resumed", G_TYPE_UINT64, self->resumed,
      "reused", G_TYPE_UINT64, self->reused,
      "stalls", G_TYPE_UINT64, self->stalls,
      "stored-bytes", G_TYPE_UINT64,
      self->store ? gst_pin_store_get_written (self->store) : self->stored,
      "from-store-bytes", G_TYPE_UINT64, self->from_store,
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
