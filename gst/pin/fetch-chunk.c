/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A chunk's life: asked, received, checked, resumed. Bytes go from the socket
 * into blocks of the budget and are never copied. What readers see are only
 * bytes that were checked to be the right ones: the right range of an
 * unchanged resource, beginning as media begin. Client's thread.
 */
#include "fetch-chunk-private.h"

#include <string.h>

#include "debug-private.h"
#include "error-private.h"

/* Set aside for a resource whose length is not known yet */
#define GUESS (1024 * 1024)
/* What is worth a record of its own in the store: a process that is killed loses
 * less than this on each connection */
#define KEEP_SIZE (64 * 1024)
/* Enough of a beginning to tell media from an error page */
#define HEAD_SIZE 8
/* Of bytes that are asked for again after a break, to see that they are those
 * of the same file */
#define OVERLAP sizeof (((GstPinChunk *) NULL)->again)
/* How soon to look again whether a host bears one more request */
#define ROOM_POLL_MS 50
/* So much in one attempt is progress; less is a server that only seems alive */
#define PROGRESS (16 * 1024)

static void start_attempt (GstPinChunk * self);
static void wait_for (GstPinChunk * self, guint milliseconds);

GstPinChunk *
gst_pin_chunk_new (guint track, guint run, const gchar *url, guint64 start,
    guint64 end)
{
  GstPinChunk *self = g_new0 (GstPinChunk, 1);

  self->track = track;
  self->run = run;
  self->url = url;
  self->start = self->got = start;
  self->end = end;
  g_queue_init (&self->blocks);
  return self;
}

static void
clear_wait (GstPinChunk *self)
{
  if (self->wait) {
    g_source_destroy (self->wait);
    g_clear_pointer (&self->wait, g_source_unref);
  }
}

void
gst_pin_chunk_drop_blocks (GstPinChunk *self)
{
  GstPinBlock *block;

  while ((block = g_queue_pop_head (&self->blocks)))
    gst_pin_block_free (block);
}

static void
give_back_reserve (GstPinChunk *self)
{
  if (self->reserved)
    gst_pin_budget_cancel (self->budget, self->reserved);
  self->reserved = self->owed = 0;
}

void
gst_pin_chunk_free (GstPinChunk *self)
{
  clear_wait (self);
  if (self->exchange)
    gst_pin_exchange_cancel (self->exchange);
  g_clear_pointer (&self->store_read, gst_pin_store_read_cancel);
  g_clear_pointer (&self->store_block, gst_pin_block_free);
  gst_pin_chunk_drop_blocks (self);
  give_back_reserve (self);
  g_clear_error (&self->refusal);
  g_free (self->said_validator);
  g_free (self);
}

static void
set_state (GstPinChunk *self, GstPinChunkState state)
{
  g_mutex_lock (self->lock);
  self->state = state;
  g_mutex_unlock (self->lock);
}

/* The error of an answer that is not what was asked for */
static GError *
wrong_answer (GstPinChunk *self, GstPinError code, const gchar *what)
{
  g_autofree gchar *shown = gst_pin_url_for_display (self->url);
  GError *error = g_error_new (GST_PIN_ERROR, code,
      "The server's answer for %s is wrong: %s. Try again later.", shown,
      what);

  gst_pin_error_set_url (error, self->url);
  return error;
}

static gboolean
refuse (GstPinChunk *self, GstPinError code, const gchar *what)
{
  g_clear_error (&self->refusal);
  self->refusal = wrong_answer (self, code, what);
  return FALSE;
}

/* What the server said of the length was wrong: ask for all that follows */
static void
forget_length (GstPinChunk *self)
{
  self->resource->total = -1;
  g_mutex_lock (self->lock);
  self->end = G_MAXUINT64;
  g_mutex_unlock (self->lock);
}

/* A date is no contradiction to an ETag, which begins with a quote */
static gboolean
contradict (const gchar *a, const gchar *b)
{
  return a && b && (*a == '"') == (*b == '"') && strcmp (a, b) != 0;
}

/* Whether an answer is about the resource that earlier ones were about */
static gboolean
same_resource (GstPinChunk *self, const GstPinHttpResponse *r)
{
  const gchar *validator = r->etag ? r->etag : r->last_modified;

  if (contradict (self->resource->validator, validator))
    return FALSE;
  if (self->resource->total >= 0 && r->total >= 0
      && self->resource->total != r->total) {
    /* Only this chunk's own earlier answer said so, and may have been wrong */
    if (!self->whole || !self->resource->validator)
      return FALSE;
    forget_length (self);
  }
  g_free (self->said_validator);
  self->said_validator = g_strdup (validator);
  self->said_total = r->total;
  return TRUE;
}

static gboolean
is_text (const gchar *content_type)
{
  return content_type && (g_str_has_prefix (content_type, "text/html")
      || g_str_has_prefix (content_type, "application/json"));
}

/* The bytes are those of media: what was said about them is believed */
static void
believe_answer (GstPinChunk *self)
{
  gint64 total = self->said_total;
  gboolean in_parts = FALSE;

  if (!self->resource->validator)
    self->resource->validator = g_steal_pointer (&self->said_validator);
  if (self->resource->total < 0)
    self->resource->total = total;
  if (self->end != G_MAXUINT64)
    return;
  if (total >= 0) {
    in_parts = self->probe && self->status == SOUP_STATUS_PARTIAL_CONTENT;
    g_mutex_lock (self->lock);
    self->end = total;
    if (in_parts) {
      self->end = MIN ((guint64) total, self->start + self->probe);
      self->whole = self->end == (guint64) total;
    }
    g_mutex_unlock (self->lock);
  }
  self->owner->settled (self, in_parts ? total : -1, self->owner_data);
}

/* What was asked for before anybody knew that it is there may end earlier, or
 * not be there, but is never all from the first byte on. FALSE: it is not */
static gboolean
take_guess (GstPinChunk *self, const GstPinHttpResponse *r)
{
  if (r->status != SOUP_STATUS_PARTIAL_CONTENT
      || (r->total >= 0 && (guint64) r->total <= self->start))
    return refuse (self, GST_PIN_ERROR_TRUNCATED, "another range was sent");
  if (r->total >= 0) {
    g_mutex_lock (self->lock);
    self->end = MIN (self->end, (guint64) r->total);
    g_mutex_unlock (self->lock);
  }
  return TRUE;
}

/* A length that was said to be larger than it is: the file ends here, and
 * asking for more answers so */
static gboolean
is_end (GstPinChunk *self, const GstPinHttpResponse *r)
{
  if (r->status != SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE || !self->whole
      || r->total != (gint64) self->got || self->got == self->start
      || !gst_pin_shape_may_end (&self->shape))
    return FALSE;
  self->resource->total = r->total;
  g_mutex_lock (self->lock);
  self->end = self->got;
  g_mutex_unlock (self->lock);
  return TRUE;
}

static gboolean
on_response (GstPinExchange *x, const GstPinHttpResponse *r, gpointer data)
{
  GstPinChunk *self = data;
  guint64 wanted;

  GST_LOG ("%s from %" G_GUINT64_FORMAT ": status %u, %" G_GINT64_FORMAT
      " bytes of %" G_GINT64_FORMAT, self->url, self->got, r->status,
      r->content_length, r->total);
  self->owner->answered (self, !gst_pin_exchange_is_on_new_connection (x),
      self->owner_data);
  self->status = r->status;
  self->retry_after = r->retry_after;
  self->skip = 0;
  if (is_end (self, r))
    return FALSE;
  if (!SOUP_STATUS_IS_SUCCESSFUL (r->status))
    return FALSE;
  if (self->guess && !take_guess (self, r))
    return FALSE;
  if (r->content_length == 0)
    return refuse (self, GST_PIN_ERROR_TRUNCATED, "it is empty");
  if (is_text (r->content_type))
    return refuse (self, GST_PIN_ERROR_NETWORK, "it is a text, not media");
  if (r->encoded)
    return refuse (self, GST_PIN_ERROR_NETWORK,
        "it is compressed, which nobody asked for");
  wanted = self->got - self->overlap;
  if (r->status == SOUP_STATUS_PARTIAL_CONTENT && r->range_start != wanted)
    return refuse (self, GST_PIN_ERROR_TRUNCATED, "another range was sent");
  if (!same_resource (self, r))
    return refuse (self, GST_PIN_ERROR_TRUNCATED,
        "the file changed since its beginning was fetched");
  if (r->status == SOUP_STATUS_PARTIAL_CONTENT)
    self->resource->ranged = TRUE;
  else if (!self->resource->ranged && self->end != G_MAXUINT64)
    self->owner->unranged (self, self->owner_data);
  if (r->status != SOUP_STATUS_PARTIAL_CONTENT)
    self->skip = self->got - self->overlap;
  if (self->verified)
    believe_answer (self);
  return TRUE;
}

/* Sets aside what one block more needs. What is owed goes by turns, but for one
 * that a reader waits for */
static gboolean
reserve_block (GstPinChunk *self, gsize size)
{
  gboolean urgent = self->owner->urgent (self, self->owner_data);
  gsize lacks = size - self->reserved;

  if (self->owed > 0 && !urgent)
    return FALSE;
  if (!gst_pin_budget_reserve (self->budget, lacks, urgent))
    return FALSE;
  self->owed -= MIN (self->owed, lacks);
  self->reserved = size;
  return TRUE;
}

/* A block for the next bytes, if memory allows */
static GstPinBlock *
new_block (GstPinChunk *self)
{
  gsize size = GST_PIN_BLOCK_SIZE;
  GstPinBlock *block;

  if (self->end != G_MAXUINT64)
    size = MIN (size, self->end - self->got);
  if (self->reserved < size && !reserve_block (self, size))
    return NULL;
  if (!gst_pin_budget_may_fill (self->budget, size)
      && !self->owner->urgent (self, self->owner_data))
    return NULL;
  self->reserved -= size;
  block = gst_pin_budget_new_block (self->budget, size, self->got);
  g_mutex_lock (self->lock);
  g_queue_push_tail (&self->blocks, block);
  g_mutex_unlock (self->lock);
  return block;
}

static guint8 *
on_space (GstPinExchange *x, gsize *size, gpointer data)
{
  /* Where bytes go that are not wanted, only read on the client's thread */
  static _Thread_local guint8 sink[16 * 1024];
  GstPinChunk *self = data;
  GstPinBlock *block;

  if (self->skip > 0) {
    *size = MIN (sizeof sink, self->skip);
    return sink;
  }
  if (self->compared < self->overlap) {
    *size = self->overlap - self->compared;
    return self->again + self->compared;
  }
  if (self->got == self->end) {
    *size = sizeof sink;
    return sink;
  }
  g_mutex_lock (self->lock);
  block = g_queue_peek_tail (&self->blocks);
  g_mutex_unlock (self->lock);
  if (!block || block->filled == block->size)
    block = new_block (self);
  *size = block ? self->owner->pace (self, block->size - block->filled,
      self->owner_data) : 0;
  self->paused = *size == 0;
  if (!block)
    self->owner->paused (self, self->owner_data);
  if (self->paused)
    return NULL;
  return block->data + block->filled;
}

/* Looks at the first bytes once there are enough of them. FALSE: no media */
static gboolean
verify (GstPinChunk *self, gboolean complete)
{
  GstPinBlock *block = g_queue_peek_head (&self->blocks);

  if (self->verified)
    return TRUE;
  if (!self->checked_kind) {
    self->verified = TRUE;
    believe_answer (self);
    return TRUE;
  }
  if (!block || (block->filled < HEAD_SIZE && !complete))
    return TRUE;
  if (gst_pin_shape_begins_well (block->data, block->filled)) {
    gst_pin_shape_feed (&self->shape, block->data, block->filled);
    self->verified = TRUE;
    believe_answer (self);
    return TRUE;
  }
  return refuse (self, GST_PIN_ERROR_NETWORK, "it does not begin as media do");
}

/* What came since the last time, if it is worth a record or nothing will come to
 * it. Under the lock, since a reader takes a block away as soon as it is full.
 * NULL: not now */
static GstMemory *
take_unkept_locked (GstPinBlock *block, gsize *from, gboolean over)
{
  gsize size = block->filled - block->kept;

  if (size == 0 || (!over && size < KEEP_SIZE && block->filled < block->size))
    return NULL;
  *from = block->kept;
  block->kept = block->filled;
  return gst_memory_ref (block->memory);
}

/* @size bytes more are in the last block. Those that are not verified are held
 * back: got stays where it is. */
static void
publish (GstPinChunk *self, gsize size)
{
  g_autoptr (GstMemory) unkept = NULL;
  gsize from = 0, to;
  GstPinBlock *block;
  guint64 offset;

  g_mutex_lock (self->lock);
  block = g_queue_peek_tail (&self->blocks);
  block->filled += size;
  offset = block->offset;
  to = block->filled;
  if (self->verified) {
    self->got = offset + to;
    unkept = take_unkept_locked (block, &from, FALSE);
  }
  g_mutex_unlock (self->lock);
  if (unkept)
    self->owner->keep (self, offset + from, unkept, from, to,
        self->owner_data);
}

/* What the last block has, when no more will come for it */
static void
keep_last (GstPinChunk *self)
{
  g_autoptr (GstMemory) unkept = NULL;
  gsize from = 0, to = 0;
  GstPinBlock *block;
  guint64 offset = 0;

  g_mutex_lock (self->lock);
  block = g_queue_peek_tail (&self->blocks);
  if (block && self->verified) {
    offset = block->offset;
    to = block->filled;
    unkept = take_unkept_locked (block, &from, TRUE);
  }
  g_mutex_unlock (self->lock);
  if (unkept)
    self->owner->keep (self, offset + from, unkept, from, to,
        self->owner_data);
}

static void
note_progress (GstPinChunk *self, gsize size)
{
  self->progress += size;
  if (self->progress < PROGRESS && self->got < self->end)
    return;
  self->progress = 0;
  gst_pin_retry_progress (&self->retry, g_get_monotonic_time ());
}

/* @size bytes were put behind what the last block has */
static void
feed_shape (GstPinChunk *self, gsize size)
{
  GstPinBlock *block;

  g_mutex_lock (self->lock);
  block = g_queue_peek_tail (&self->blocks);
  g_mutex_unlock (self->lock);
  gst_pin_shape_feed (&self->shape, block->data + block->filled, size);
}

/* Bytes that are there already came once more */
static gboolean
compare (GstPinChunk *self, gsize size)
{
  self->compared += size;
  if (self->compared < self->overlap
      || memcmp (self->before, self->again, self->overlap) == 0)
    return TRUE;
  return refuse (self, GST_PIN_ERROR_TRUNCATED,
      "the bytes after the break are another file's");
}

static gboolean
on_filled (GstPinExchange *x, gsize size, gpointer data)
{
  GstPinChunk *self = data;

  if (self->skip > 0) {
    self->skip -= size;
    return TRUE;
  }
  if (self->compared < self->overlap)
    return compare (self, size);
  if (self->got == self->end)
    return FALSE;               /* all that was asked for is there */

  if (self->verified)
    feed_shape (self, size);
  publish (self, size);
  if (!self->verified) {
    if (!verify (self, FALSE))
      return FALSE;
    if (!self->verified)
      return TRUE;
    publish (self, 0);
  }
  note_progress (self, size);
  self->owner->arrived (self, size, self->owner_data);
  return TRUE;
}

/* After the last byte of an attempt that ended well: is it all? */
static GError *
check_complete (GstPinChunk *self)
{
  if (!self->verified) {
    if (!verify (self, TRUE))
      return g_steal_pointer (&self->refusal);
    if (self->verified && !g_queue_is_empty (&self->blocks))
      publish (self, 0);
  }
  if (self->got == self->start)
    return wrong_answer (self, GST_PIN_ERROR_TRUNCATED, "it is empty");
  if (self->got != self->end
      && (self->skip > 0 || self->compared < self->overlap))
    return wrong_answer (self, GST_PIN_ERROR_TRUNCATED, "it ends too early");
  if (self->end != G_MAXUINT64 && self->got < self->end)
    return wrong_answer (self, GST_PIN_ERROR_TRUNCATED, "it ends too early");
  if (self->whole && !gst_pin_shape_may_end (&self->shape)) {
    forget_length (self);
    return wrong_answer (self, GST_PIN_ERROR_TRUNCATED,
        "it ends in the middle of a packet or box");
  }
  return NULL;
}

/* Forgets what cannot be resumed. Bytes that a reader may have taken stay */
static void
drop_unverified (GstPinChunk *self)
{
  if (self->verified)
    return;
  g_mutex_lock (self->lock);
  gst_pin_chunk_drop_blocks (self);
  g_mutex_unlock (self->lock);
}

static gboolean
on_waited (gpointer data)
{
  GstPinChunk *self = data;

  if (!self->owner->may_ask (self, self->owner_data)) {
    /* Nothing is stuck: the host wants fewer requests at a time */
    gst_pin_retry_alive (&self->retry, g_get_monotonic_time ());
    wait_for (self, ROOM_POLL_MS);
    return G_SOURCE_REMOVE;
  }
  start_attempt (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for (GstPinChunk *self, guint milliseconds)
{
  clear_wait (self);
  self->wait = g_timeout_source_new (milliseconds);
  g_source_set_callback (self->wait, on_waited, self, NULL);
  g_source_attach (self->wait,
      gst_pin_http_client_get_context (self->client));
}

/* A host that turns this request away and answers others is only busy: as long
 * as there are bytes from it, its refusals do not count */
static void
forgive_busy (GstPinChunk *self, const GError *error, gint64 now)
{
  if (gst_pin_http_status_is_busy (gst_pin_error_get_http_status (error))
      && self->owner->last_byte (self->owner_data) > self->failed_at)
    gst_pin_retry_progress (&self->retry, now);
  self->failed_at = now;
}

static void
withdraw (GstPinChunk *self, const GError *error)
{
  GST_DEBUG ("%s at %" G_GUINT64_FORMAT ": %s; maybe it ends before", self->url,
      self->got, error->message);
  give_back_reserve (self);
  self->withdrawn = TRUE;
  if (self->got == self->start)
    set_state (self, GST_PIN_CHUNK_TODO);
  self->owner->withdrew (self, error, self->owner_data);
}

/* Takes @error */
static void
attempt_failed (GstPinChunk *self, GError *error)
{
  gint64 now = g_get_monotonic_time ();
  gint wait;

  if (self->guess) {
    drop_unverified (self);
    withdraw (self, error);
    g_error_free (error);
    return;
  }
  forgive_busy (self, error, now);
  wait = gst_pin_retry_next_ms (&self->retry, error, self->retry_after, now);
  GST_DEBUG ("%s at %" G_GUINT64_FORMAT ": %s; %s in %d ms", self->url,
      self->got, error->message, wait < 0 ? "no attempt" : "again", wait);
  drop_unverified (self);
  if (wait < 0) {
    gst_pin_error_set_details (error, "attempts", G_TYPE_UINT,
        self->retry.total, NULL);
    give_back_reserve (self);
    set_state (self, GST_PIN_CHUNK_FAILED);
    self->owner->ended (self, error, self->owner_data);
  } else {
    wait_for (self, wait);
    self->owner->retried (self, error, self->owner_data);
  }
  g_error_free (error);
}

static void
on_done (GstPinExchange *x, const GError *error, gpointer data)
{
  GstPinChunk *self = data;
  GError *failure = NULL;

  self->exchange = NULL;
  self->paused = FALSE;
  if (self->got == self->end && self->verified) {
    /* Whatever the connection did after the last byte */
    g_clear_error (&self->refusal);
  } else if (error)
    failure = gst_pin_error_from_io (error, "fetch", self->url);
  else if (self->refusal)
    failure = g_steal_pointer (&self->refusal);
  else
    failure = gst_pin_http_status_error (self->status, self->retry_after,
        "fetch", self->url);
  if (!failure && self->limited && self->verified
      && self->status == SOUP_STATUS_PARTIAL_CONTENT
      && self->end == G_MAXUINT64) {
    /* The server keeps the whole length to itself: ask for all the rest */
    self->probe = 0;
    start_attempt (self);
    return;
  }
  if (!failure)
    failure = check_complete (self);
  if (failure) {
    attempt_failed (self, failure);
    return;
  }

  give_back_reserve (self);
  keep_last (self);
  g_mutex_lock (self->lock);
  self->end = self->got;
  self->state = GST_PIN_CHUNK_DONE;
  g_mutex_unlock (self->lock);
  self->owner->ended (self, NULL, self->owner_data);
}

static const GstPinExchangeHandler handler = {
  NULL, on_response, on_space, on_filled, on_done
};

/* Takes the last bytes before the break, as many as are still at hand: a
 * reader may take the rest away */
static gsize
remember_overlap (GstPinChunk *self)
{
  GstPinBlock *block;
  gsize overlap = 0;

  g_mutex_lock (self->lock);
  block = g_queue_peek_tail (&self->blocks);
  if (block && self->got > self->start) {
    overlap = MIN (block->filled, OVERLAP);
    memcpy (self->before, block->data + block->filled - overlap, overlap);
  }
  g_mutex_unlock (self->lock);
  return overlap;
}

static void
start_attempt (GstPinChunk *self)
{
  GstPinHttpRequest request = {
    .url = self->url,
    .length = -1,
    .if_range = self->got > 0 ? self->resource->validator : NULL,
    .identity = TRUE,
    .stall_ms = gst_pin_retry_stall_ms (&self->retry),
  };

  clear_wait (self);
  self->status = 0;
  self->retry_after = -1;
  self->progress = 0;
  self->compared = 0;
  self->overlap = remember_overlap (self);
  request.offset = self->got - self->overlap;
  self->limited = self->end == G_MAXUINT64 && self->probe > 0;
  if (self->end != G_MAXUINT64)
    request.length = self->end - request.offset;
  else if (self->limited)
    request.length = self->start + self->probe - request.offset;
  self->exchange = gst_pin_exchange_start (self->client, &request, &handler,
      self);
  self->host = gst_pin_exchange_get_host (self->exchange);
}

/* Sets memory aside for all of it, or has it owed */
static gboolean
reserve_all (GstPinChunk *self, gboolean urgent, gboolean behind, gsize credit)
{
  gsize need = self->end != G_MAXUINT64 ? self->end - self->start :
      self->probe ? self->probe : GUESS;

  /* One that a reader waits for gets the rest block by block */
  if (urgent)
    need = MIN (need, GST_PIN_BLOCK_SIZE);
  if ((urgent || !behind)
      && gst_pin_budget_reserve (self->budget, need, urgent)) {
    self->reserved = need;
    return TRUE;
  }
  if (need > credit)
    return FALSE;
  self->owed = need;
  return TRUE;
}

gboolean
gst_pin_chunk_start (GstPinChunk *self, gboolean urgent, gboolean behind,
    gsize credit)
{
  if (!reserve_all (self, urgent, behind, credit))
    return FALSE;
  gst_pin_retry_init (&self->retry,
      gst_pin_http_client_get_config (self->client), g_get_monotonic_time ());
  self->retry.patient = TRUE;
  self->whole = self->end == G_MAXUINT64 && self->checked_kind;
  set_state (self, GST_PIN_CHUNK_RUNNING);
  start_attempt (self);
  return TRUE;
}

gboolean
gst_pin_chunk_pay (GstPinChunk *self)
{
  while (self->owed > 0) {
    gsize size = MIN (self->owed, GST_PIN_BLOCK_SIZE);

    if (!gst_pin_budget_reserve (self->budget, size, FALSE))
      return FALSE;
    self->reserved += size;
    self->owed -= size;
  }
  return TRUE;
}

void
gst_pin_chunk_resume (GstPinChunk *self)
{
  if (!self->paused || !self->exchange)
    return;
  self->paused = FALSE;
  /* The wait was ours, not the server's */
  gst_pin_retry_alive (&self->retry, g_get_monotonic_time ());
  gst_pin_exchange_resume (self->exchange);
}

gboolean
gst_pin_chunk_park (GstPinChunk *self)
{
  gboolean has_bytes;

  clear_wait (self);
  if (self->exchange)
    gst_pin_exchange_cancel (g_steal_pointer (&self->exchange));
  self->paused = FALSE;
  give_back_reserve (self);
  drop_unverified (self);
  g_mutex_lock (self->lock);
  has_bytes = self->got > self->start;
  if (has_bytes) {
    self->end = self->got;
    self->whole = FALSE;
  }
  self->state = has_bytes ? GST_PIN_CHUNK_DONE : GST_PIN_CHUNK_TODO;
  g_mutex_unlock (self->lock);
  return has_bytes;
}
