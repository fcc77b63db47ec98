/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where one stream's packets (PES) are put together, one behind the other in
 * large pieces of memory. A value; one thread.
 */
#pragma once

#include <gst/gst.h>

#include <gst/pin/mapped-pool-private.h>

G_BEGIN_DECLS

typedef struct _GstPinTsPiece GstPinTsPiece;

typedef struct
{
  GstPinMappedPool *pool;       /* whose pieces they are; the owner's */
  GstPinTsPiece *piece;         /* the current one; NULL: none yet */
  gsize begin;                  /* where in it the packet at hand begins */
  gsize fill;                   /* bytes of that packet */
} GstPinTsRoom;

/* The packet's bytes so far; valid until more are added */
guint8 *gst_pin_ts_room_get (const GstPinTsRoom * self);

/* Puts bytes behind those of the packet at hand, of which @expected will come at
 * least, in all */
void gst_pin_ts_room_add (GstPinTsRoom * self, const guint8 * data, gsize size,
    gsize expected);

/* (transfer full): the packet at hand, of at least one byte; the next one can
 * begin */
GstBuffer *gst_pin_ts_room_take (GstPinTsRoom * self);

/* Forgets the packet at hand */
void gst_pin_ts_room_drop (GstPinTsRoom * self);

void gst_pin_ts_room_clear (GstPinTsRoom * self);

G_END_DECLS
