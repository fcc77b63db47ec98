/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The byte budget. Buffers that leave the fetcher wrap its blocks, so a block
 * counts until the last buffer downstream is done with it: what hlsdemux
 * queues is inside the ceiling without anybody having to report it. It outlives
 * the fetcher as long as such a buffer does.
 */
#include "fetch-budget-private.h"

/* Smaller blocks come from the heap */
#define MIN_MAPPED (64 * 1024)

struct _GstPinBudget
{
  gint refs;
  GMutex lock;
  gsize limit, headroom;        /* const */
  gsize used, peak;             /* set aside + in blocks; lock */
  gsize in_blocks;              /* lock */
  gboolean refused;             /* since the last wake; lock */
  void (*wake) (gpointer data); /* lock */
  gpointer wake_data;
  GstPinMappedPool *pool;       /* const */
};

typedef struct
{
  GstPinBudget *budget;
  guint8 *data;
  gsize size;
} GstPinLoan;

GstPinBudget *
gst_pin_budget_new (gsize limit, gsize headroom,
    void (*wake) (gpointer data), gpointer data)
{
  GstPinBudget *self = g_new0 (GstPinBudget, 1);

  self->refs = 1;
  self->pool = gst_pin_mapped_pool_new ();
  g_mutex_init (&self->lock);
  self->limit = limit;
  self->headroom = headroom;
  self->wake = wake;
  self->wake_data = data;
  return self;
}

GstPinBudget *
gst_pin_budget_ref (GstPinBudget *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_pin_budget_unref (GstPinBudget *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  gst_pin_mapped_pool_unref (self->pool);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_pin_budget_forget_waker (GstPinBudget *self)
{
  g_mutex_lock (&self->lock);
  self->wake = NULL;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_pin_budget_reserve (GstPinBudget *self, gsize size, gboolean urgent)
{
  gboolean fits;

  g_mutex_lock (&self->lock);
  fits = urgent || self->used + size + self->headroom <= self->limit;
  if (fits)
    self->used += size;
  else
    self->refused = TRUE;
  self->peak = MAX (self->peak, self->used);
  g_mutex_unlock (&self->lock);
  return fits;
}

gboolean
gst_pin_budget_may_fill (GstPinBudget *self, gsize size)
{
  gboolean may;

  g_mutex_lock (&self->lock);
  may = self->in_blocks + size <= self->limit / 8 * 5;
  if (!may)
    self->refused = TRUE;
  g_mutex_unlock (&self->lock);
  return may;
}

static void
give_back_locked (GstPinBudget *self, gsize size)
{
  self->used -= size;
  if (self->refused && self->wake) {
    self->refused = FALSE;
    self->wake (self->wake_data);
  }
}

void
gst_pin_budget_cancel (GstPinBudget *self, gsize size)
{
  if (size == 0)
    return;
  g_mutex_lock (&self->lock);
  give_back_locked (self, size);
  g_mutex_unlock (&self->lock);
}

static void
loan_return (gpointer data)
{
  GstPinLoan *loan = data;
  GstPinBudget *self = loan->budget;

  if (loan->size < MIN_MAPPED)
    g_free (loan->data);
  else
    gst_pin_mapped_pool_put (self->pool, loan->data, loan->size);
  g_mutex_lock (&self->lock);
  self->in_blocks -= loan->size;
  give_back_locked (self, loan->size);
  g_mutex_unlock (&self->lock);
  gst_pin_budget_unref (self);
  g_free (loan);
}

GstPinBlock *
gst_pin_budget_new_block (GstPinBudget *self, gsize size, guint64 offset)
{
  GstPinBlock *block = g_new0 (GstPinBlock, 1);
  GstPinLoan *loan = g_new (GstPinLoan, 1);

  g_mutex_lock (&self->lock);
  self->in_blocks += size;
  g_mutex_unlock (&self->lock);
  loan->budget = gst_pin_budget_ref (self);
  loan->data = size < MIN_MAPPED ? g_malloc (size) :
      gst_pin_mapped_pool_get (self->pool, size);
  loan->size = size;
  block->data = loan->data;
  block->size = size;
  block->offset = offset;
  block->memory = gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, loan->data,
      size, 0, size, loan, loan_return);
  return block;
}

void
gst_pin_block_free (GstPinBlock *block)
{
  gst_memory_unref (block->memory);
  g_free (block);
}

gsize
gst_pin_budget_get_used (GstPinBudget *self)
{
  gsize used;

  g_mutex_lock (&self->lock);
  used = self->used;
  g_mutex_unlock (&self->lock);
  return used;
}

gsize
gst_pin_budget_get_peak (GstPinBudget *self)
{
  gsize peak;

  g_mutex_lock (&self->lock);
  peak = self->peak;
  g_mutex_unlock (&self->lock);
  return peak;
}

gsize
gst_pin_budget_get_limit (GstPinBudget *self)
{
  return self->limit;
}
