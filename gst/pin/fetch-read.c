/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fetcher's readers. They take bytes out of the first chunks of their
 * track, in any streaming thread, and wait for those that are not there yet; a
 * position that no chunk will bring is asked for as a seek. What a reader has
 * passed is let go at once.
 */
#include "fetch-inside-private.h"

/* An init part or a key that is kept; none is near this */
#define MAX_KEPT (4 * 1024 * 1024)
/* All that are kept; then they are forgotten, and fetched again when needed: a
 * playlist may name thousands */
#define MAX_ALL_KEPT (8 * 1024 * 1024)

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

/* All of it is before the position. One that has all its bytes and still runs
 * is about to end; one that has not was jumped over. */
static gboolean
is_passed (const GstPinChunk *chunk, guint run, guint64 position)
{
  gboolean behind = chunk->run < run
      || (chunk->run == run && chunk->end <= position);

  return behind && (chunk->state != GST_PIN_CHUNK_RUNNING
      || chunk->got < chunk->end);
}

static void
pass_chunks_locked (GstPinFetcher *self, GstPinTrack *track, guint run,
    guint64 position)
{
  GList *next;

  for (GList * l = track->chunks.head; l; l = next) {
    GstPinChunk *chunk = l->data;

    next = l->next;
    if (chunk->run > run)
      return;
    if (!is_passed (chunk, run, position))
      continue;
    /* Its memory goes now, if nothing is read to it; itself later, on the
     * client's thread, which may still be in its last callback */
    if (chunk->state != GST_PIN_CHUNK_RUNNING)
      gst_pin_chunk_drop_blocks (chunk);
    if (chunk->state == GST_PIN_CHUNK_DONE)
      gst_pin_fetcher_learn_end_locked (self, chunk);
    else
      gst_pin_fetcher_wake (self);
    g_queue_unlink (&track->chunks, l);
    g_queue_push_tail_link (&track->passed, l);
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
  gst_pin_fetcher_wake (self);
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
      || have >= GST_PIN_FETCHER_ENOUGH || chunk->got >= limit
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
    if (chunk->state == GST_PIN_CHUNK_FAILED
        && gst_pin_fetcher_can_leave_out (self, chunk))
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
      || position != gst_pin_fetcher_get_run (self, fragment->track,
          fragment->run)->start)
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
      /* It may need memory to begin or go on */
      gst_pin_fetcher_wake (self);
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
  if (self->kept_size + all->len > MAX_ALL_KEPT) {
    g_hash_table_remove_all (self->kept);
    self->kept_size = 0;
  }
  self->kept_size += all->len;
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
