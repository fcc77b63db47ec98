/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for bytes that pass through many threads: the fetcher's blocks, and the
 * packets that the transport stream demuxer puts together. From the heap, made
 * by one thread and freed by others, it would leave the arena of every thread
 * as large as that ever was. A few pieces wait here to be used again, since the
 * system hands out each page anew. Lives as long as somebody has a piece of it.
 */
#include "mapped-pool-private.h"

#include <sys/mman.h>

/* So many pieces wait at most */
#define MAX_WAITING 8

struct _GstPinMappedPool
{
  gint refs;
  GMutex lock;
  gpointer waiting[MAX_WAITING];        /* lock */
  guint n_waiting;              /* lock */
};

GstPinMappedPool *
gst_pin_mapped_pool_new (void)
{
  GstPinMappedPool *self = g_new0 (GstPinMappedPool, 1);

  self->refs = 1;
  g_mutex_init (&self->lock);
  return self;
}

GstPinMappedPool *
gst_pin_mapped_pool_ref (GstPinMappedPool *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_pin_mapped_pool_unref (GstPinMappedPool *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  while (self->n_waiting > 0)
    munmap (self->waiting[--self->n_waiting], GST_PIN_MAPPED_SIZE);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gpointer
gst_pin_mapped_pool_get (GstPinMappedPool *self, gsize size)
{
  gpointer data = NULL;

  g_mutex_lock (&self->lock);
  if (self->n_waiting > 0)
    data = self->waiting[--self->n_waiting];
  g_mutex_unlock (&self->lock);
  if (data && size == GST_PIN_MAPPED_SIZE)
    return data;
  /* What waits and does not fit makes room */
  if (data)
    munmap (data, GST_PIN_MAPPED_SIZE);
  data = mmap (NULL, size, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED)
    g_error ("No memory for %" G_GSIZE_FORMAT " bytes", size);
  return data;
}

void
gst_pin_mapped_pool_put (GstPinMappedPool *self, gpointer data, gsize size)
{
  gboolean waits;

  g_mutex_lock (&self->lock);
  waits = size == GST_PIN_MAPPED_SIZE && self->n_waiting < MAX_WAITING;
  if (waits)
    self->waiting[self->n_waiting++] = data;
  g_mutex_unlock (&self->lock);
  if (!waits)
    munmap (data, size);
}
