/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for packets that are put together. Behind hlsdemux fragments come in
 * the threads of a pool, by turns, and what is made there goes when the muxer
 * has made a batch, in another one. From the heap, the arena of each of these
 * threads would grow to what a batch takes, and stay so (seen with glibc 2.36:
 * four arenas of 2.7 MiB each, three of them empty at any time). So packets
 * stand one behind the other in pieces that are mapped; the last packet of a
 * piece gives it back. A packet that grows is not copied, but from the end of
 * one piece to the next.
 */
#include "pin-ts-room.h"

#include <string.h>

struct _GstPinTsPiece
{
  gint refs;                    /* the room's and each packet's */
  GstPinMappedPool *pool;
  gsize size;                   /* of all of it, this included */
};

static GstPinTsPiece *
piece_new (GstPinMappedPool *pool, gsize size)
{
  GstPinTsPiece *piece = gst_pin_mapped_pool_get (pool, size);

  piece->refs = 1;
  piece->pool = gst_pin_mapped_pool_ref (pool);
  piece->size = size;
  return piece;
}

static void
piece_unref (gpointer data)
{
  GstPinTsPiece *piece = data;
  GstPinMappedPool *pool = piece->pool;

  if (!g_atomic_int_dec_and_test (&piece->refs))
    return;
  gst_pin_mapped_pool_put (pool, piece, piece->size);
  gst_pin_mapped_pool_unref (pool);
}

guint8 *
gst_pin_ts_room_get (const GstPinTsRoom *self)
{
  return (guint8 *) self->piece + self->begin;
}

/* Another piece, to which the packet at hand goes along. Only one that is used
 * again costs nothing, so it is of another size where it has to be. */
static void
turn_over (GstPinTsRoom *self, gsize size)
{
  GstPinTsPiece *old = self->piece;
  gsize fits = sizeof (GstPinTsPiece) + size;
  GstPinTsPiece *piece = piece_new (self->pool,
      fits <= GST_PIN_MAPPED_SIZE ? GST_PIN_MAPPED_SIZE : 2 * fits);

  if (self->fill > 0)
    memcpy (piece + 1, gst_pin_ts_room_get (self), self->fill);
  self->piece = piece;
  self->begin = sizeof (GstPinTsPiece);
  if (old)
    piece_unref (old);
}

void
gst_pin_ts_room_add (GstPinTsRoom *self, const guint8 *data, gsize size,
    gsize expected)
{
  expected = MAX (expected, self->fill + size);
  if (!self->piece || self->begin + self->fill + size > self->piece->size
      || (self->fill == 0 && self->begin + expected > self->piece->size))
    turn_over (self, expected);
  memcpy (gst_pin_ts_room_get (self) + self->fill, data, size);
  self->fill += size;
}

GstBuffer *
gst_pin_ts_room_take (GstPinTsRoom *self)
{
  guint8 *data = gst_pin_ts_room_get (self);
  gsize size = self->fill;

  g_atomic_int_inc (&self->piece->refs);
  self->begin += GST_ROUND_UP_8 (size);
  self->fill = 0;
  return gst_buffer_new_wrapped_full (0, data, size, 0, size, self->piece,
      piece_unref);
}

void
gst_pin_ts_room_drop (GstPinTsRoom *self)
{
  self->fill = 0;
}

void
gst_pin_ts_room_clear (GstPinTsRoom *self)
{
  g_clear_pointer (&self->piece, piece_unref);
  self->fill = 0;
}
