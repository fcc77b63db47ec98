/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The byte budget of one Pin: what all fetched bytes of it may occupy, in the
 * fetcher and in every buffer downstream that still holds some. Counted, any
 * thread.
 */
#pragma once

#include <gst/gst.h>

#include "mapped-pool-private.h"

G_BEGIN_DECLS

typedef struct _GstPinBudget GstPinBudget;

/* One buffer downstream: large enough that its cost does not show (GStreamer
 * 1.22's hlsdemux: flat from 64 KiB), small enough to be freed soon; and what
 * the system's memory is used again in */
#define GST_PIN_BLOCK_SIZE GST_PIN_MAPPED_SIZE

/* Memory that belongs to a budget until the last GstMemory of it is gone */
typedef struct
{
  GstMemory *memory;            /* spans size bytes of data */
  guint8 *data;
  gsize size;
  gsize filled;                 /* bytes written so far, owner's */
  gsize kept;                   /* of them, given to the store; owner's */
  guint64 offset;               /* of the first byte in its resource, owner's */
} GstPinBlock;

/* @headroom: the part of @limit that only urgent bytes may use. @wake: on the
 * thread that gives back, when bytes came back after a refusal */
GstPinBudget *gst_pin_budget_new (gsize limit, gsize headroom,
    void (*wake) (gpointer data), gpointer data);
GstPinBudget *gst_pin_budget_ref (GstPinBudget * self);
void gst_pin_budget_unref (GstPinBudget * self);

/* No wake() after this returns */
void gst_pin_budget_forget_waker (GstPinBudget * self);

/* Sets @size bytes aside, for blocks to come. FALSE: they do not fit now.
 * @urgent ones, without which nothing downstream can go on, always do. */
gboolean gst_pin_budget_reserve (GstPinBudget * self, gsize size,
    gboolean urgent);
/* Gives back what was set aside and not used */
void gst_pin_budget_cancel (GstPinBudget * self, gsize size);

/* Whether a block of @size bytes that were set aside may be made now: three
 * eighths of the limit are for what was asked for and has not come */
gboolean gst_pin_budget_may_fill (GstPinBudget * self, gsize size);

/* A block of bytes that were set aside */
GstPinBlock *gst_pin_budget_new_block (GstPinBudget * self, gsize size,
    guint64 offset);
void gst_pin_block_free (GstPinBlock * block);

gsize gst_pin_budget_get_used (GstPinBudget * self);
gsize gst_pin_budget_get_peak (GstPinBudget * self);
gsize gst_pin_budget_get_limit (GstPinBudget * self);

G_END_DECLS
