/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Chunks that come from the store, and what is put into it. Before stored bytes
 * of a file are used, its server is asked for a KiB of it: only if it still says
 * the same validator and length are they those of the same file. Client's
 * thread.
 */
#include "fetch-inside-private.h"

#include <string.h>

#include "debug-private.h"
#include "error-private.h"

/* Asked of a file that the store knows, to hear whether it is still the same */
#define CHECK_SIZE 1024

static void read_next (GstPinChunk * chunk);

static GstPinResource *
resource_of (GstPinFetcher *self, const GstPinChunk *chunk)
{
  return g_ptr_array_index (self->tracks[chunk->track].resources, chunk->run);
}

gboolean
gst_pin_fetcher_is_held (GstPinFetcher *self, const GstPinChunk *chunk)
{
  return resource_of (self, chunk)->checking && !chunk->checks;
}

gboolean
gst_pin_fetcher_has_stored (GstPinFetcher *self, const GstPinChunk *chunk)
{
  guint64 next;

  return self->store && (gst_pin_store_look (self->store, chunk->url,
          chunk->start, &next) > chunk->start || next < chunk->end);
}

void
gst_pin_fetcher_end_check (GstPinFetcher *self, GstPinChunk *chunk,
    gboolean well)
{
  GstPinResource *resource = resource_of (self, chunk);

  if (!chunk->checks)
    return;
  chunk->checks = FALSE;
  resource->checking = FALSE;
  resource->checked = well;
}

/* Leaves what is behind @end to a chunk of its own */
static void
cut_at_locked (GstPinFetcher *self, GstPinChunk *chunk, guint64 end)
{
  GQueue *chunks = &self->tracks[chunk->track].chunks;

  if (end >= chunk->end)
    return;
  g_queue_insert_after (chunks, g_queue_find (chunks, chunk),
      gst_pin_chunk_new (chunk->track, chunk->run, chunk->url, end,
          chunk->end));
  chunk->end = end;
}

static void
begin_check_locked (GstPinFetcher *self, GstPinChunk *chunk)
{
  resource_of (self, chunk)->checking = TRUE;
  chunk->checks = TRUE;
  if (chunk->end == G_MAXUINT64)
    chunk->probe = CHECK_SIZE;
  else
    cut_at_locked (self, chunk, chunk->start + CHECK_SIZE);
}

gboolean
gst_pin_fetcher_consult_store_locked (GstPinFetcher *self, GstPinChunk *chunk,
    gsize most)
{
  GstPinResource *resource = resource_of (self, chunk);
  g_autofree gchar *validator = NULL;
  guint64 total, end, next;

  if (!self->store || self->limits.skip_missing || chunk->checks
      || chunk->guess
      || !gst_pin_store_knows (self->store, chunk->url, &validator, &total))
    return FALSE;
  if (!resource->checked && !resource->validator) {
    begin_check_locked (self, chunk);
    return FALSE;
  }
  if (g_strcmp0 (resource->validator, validator) != 0
      || resource->total != (gint64) total) {
    GST_INFO ("%s is another file now than the stored one", chunk->url);
    gst_pin_store_forget (self->store, chunk->url);
    return FALSE;
  }
  if (chunk->end == G_MAXUINT64)
    return FALSE;
  end = gst_pin_store_look (self->store, chunk->url, chunk->start, &next);
  if (end == chunk->start) {
    cut_at_locked (self, chunk, next);
    return FALSE;
  }
  cut_at_locked (self, chunk, MIN (end, chunk->start + most));
  return TRUE;
}

void
gst_pin_fetcher_keep (GstPinFetcher *self, GstPinChunk *chunk,
    guint64 offset, GstMemory *memory, gsize from, gsize to)
{
  const GstPinResource *resource = resource_of (self, chunk);
  guint64 next;

  if (!self->store || !resource->validator || resource->total < 0
      || gst_pin_fetcher_get_fragment_of (self, chunk)->kind ==
      GST_PIN_FRAGMENT_KEY
      || gst_pin_store_look (self->store, chunk->url, offset, &next)
      >= offset + to - from)
    return;
  gst_pin_store_keep (self->store, chunk->url, resource->validator,
      resource->total, offset, memory, from, to);
}

/* --- reading ------------------------------------------------------------- */

static void
on_read (gsize size, gpointer data)
{
  GstPinChunk *chunk = data;
  GstPinFetcher *self = chunk->owner_data;
  GstPinBlock *block = g_steal_pointer (&chunk->store_block);
  gboolean over;

  chunk->store_read = NULL;
  if (size == 0) {
    gst_pin_block_free (block);
    gst_pin_fetcher_put_back (self, chunk);
    gst_pin_fetcher_wake (self);
    return;
  }
  g_mutex_lock (&self->lock);
  block->filled = block->size = size;
  g_queue_push_tail (&chunk->blocks, block);
  chunk->got += size;
  self->from_store += size;
  over = chunk->got == chunk->end;
  g_mutex_unlock (&self->lock);
  if (!over) {
    chunk->owner->arrived (chunk, 0, self);
    read_next (chunk);
    return;
  }
  g_mutex_lock (&self->lock);
  chunk->state = GST_PIN_CHUNK_DONE;
  g_mutex_unlock (&self->lock);
  chunk->owner->ended (chunk, NULL, self);
}

static void
read_next (GstPinChunk *chunk)
{
  GstPinFetcher *self = chunk->owner_data;
  gsize size = MIN (GST_PIN_BLOCK_SIZE, chunk->end - chunk->got);

  chunk->reserved -= size;
  chunk->store_block = gst_pin_budget_new_block (chunk->budget, size,
      chunk->got);
  chunk->store_read = gst_pin_store_read (self->store, chunk->url, chunk->got,
      chunk->store_block->memory, chunk->store_block->data, size, on_read,
      chunk);
}

gboolean
gst_pin_fetcher_start_stored (GstPinFetcher *self, GstPinChunk *chunk,
    gboolean urgent)
{
  gsize need = chunk->end - chunk->start;

  if (!gst_pin_budget_reserve (self->budget, need, urgent))
    return FALSE;
  chunk->reserved = need;
  chunk->stored = chunk->verified = TRUE;
  g_mutex_lock (&self->lock);
  chunk->state = GST_PIN_CHUNK_RUNNING;
  g_mutex_unlock (&self->lock);
  read_next (chunk);
  return TRUE;
}
