/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where packets are put together: each is in one piece, whole and writable, and
 * stays so when others come and go; the heap does not grow with them.
 */
#include "pin-ts-room.h"

#include <malloc.h>
#include <string.h>
#include <sys/mman.h>

#define PART 184                /* as a transport stream brings them */

/* Something else for each packet */
static guint8
byte_of (guint packet, gsize at)
{
  return (packet * 31 + at * 7 + (at >> 8)) & 0xff;
}

static void
put (GstPinTsRoom *room, guint packet, gsize size, gsize expected)
{
  guint8 part[PART];

  for (gsize at = 0; at < size;) {
    gsize n = MIN (sizeof part, size - at);

    for (gsize i = 0; i < n; i++)
      part[i] = byte_of (packet, at + i);
    gst_pin_ts_room_add (room, part, n, expected);
    at += n;
    g_assert_cmpuint (room->fill, ==, at);
    g_assert_cmpuint (gst_pin_ts_room_get (room)[at - 1], ==,
        byte_of (packet, at - 1));
  }
}

static void
assert_whole (GstBuffer *buffer, guint packet, gsize size)
{
  GstMapInfo map;

  g_assert_cmpuint (gst_buffer_n_memory (buffer), ==, 1);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, size);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (map.data[i], ==, byte_of (packet, i));
  gst_buffer_unmap (buffer, &map);
}

static gsize
size_of (guint packet)
{
  static const gsize sizes[] = { 1, 5000, 20000, 200000, 300000, 3, 700000 };

  return sizes[packet % G_N_ELEMENTS (sizes)];
}

/* Also those that turn out larger than expected, or than a piece */
static void
test_packets (gconstpointer expected)
{
  GstPinTsRoom room = {.pool = gst_pin_mapped_pool_new () };
  GQueue kept = G_QUEUE_INIT;
  GstBuffer *buffer;

  for (guint i = 0; i < 50; i++) {
    put (&room, i, size_of (i), GPOINTER_TO_SIZE (expected));
    g_queue_push_tail (&kept, gst_pin_ts_room_take (&room));
    g_assert_cmpuint (room.fill, ==, 0);
  }
  gst_pin_ts_room_clear (&room);
  gst_pin_mapped_pool_unref (room.pool);
  for (guint i = 0; (buffer = g_queue_pop_head (&kept)); i++) {
    assert_whole (buffer, i, size_of (i));
    gst_buffer_unref (buffer);
  }
}

/* The muxer writes lengths over start codes, which must cost no copy and hit no
 * neighbour */
static void
test_writable_in_place (void)
{
  GstPinTsRoom room = {.pool = gst_pin_mapped_pool_new () };
  g_autoptr (GstBuffer) first = NULL;
  g_autoptr (GstBuffer) second = NULL;
  const guint8 *stood;
  GstMapInfo map;

  put (&room, 0, 1001, 0);
  stood = gst_pin_ts_room_get (&room);
  first = gst_pin_ts_room_take (&room);
  put (&room, 1, 1001, 0);
  second = gst_pin_ts_room_take (&room);
  g_assert_true (gst_buffer_map (first, &map, GST_MAP_READWRITE));
  g_assert_true (map.data == stood);
  memset (map.data, 0, map.size);
  gst_buffer_unmap (first, &map);
  assert_whole (second, 1, 1001);
  gst_pin_ts_room_clear (&room);
  gst_pin_mapped_pool_unref (room.pool);
}

static void
test_dropped (void)
{
  GstPinTsRoom room = {.pool = gst_pin_mapped_pool_new () };
  g_autoptr (GstBuffer) buffer = NULL;

  put (&room, 0, 5000, 0);
  gst_pin_ts_room_drop (&room);
  put (&room, 1, 700, 0);
  buffer = gst_pin_ts_room_take (&room);
  assert_whole (buffer, 1, 700);
  gst_pin_ts_room_clear (&room);
  gst_pin_mapped_pool_unref (room.pool);
}

/* One that fits into a piece got twice its size, and the system made that anew
 * each time: a quarter more processor for a whole file. What is used again still
 * has its bytes; what the system makes has none. */
static void
test_large_ones_use_pieces_again (void)
{
  const gsize sizes[] = { 100000, 200000 };
  GstPinTsRoom room = {.pool = gst_pin_mapped_pool_new () };
  GstBuffer *buffers[G_N_ELEMENTS (sizes)];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    put (&room, i, sizes[i], 0);
    buffers[i] = gst_pin_ts_room_take (&room);
  }
  gst_pin_ts_room_clear (&room);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    gst_buffer_unref (buffers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint8 *piece = gst_pin_mapped_pool_get (room.pool, GST_PIN_MAPPED_SIZE);

    g_assert_cmpuint (piece[50000] | piece[50001], !=, 0);
    munmap (piece, GST_PIN_MAPPED_SIZE);
  }
  gst_pin_mapped_pool_unref (room.pool);
}

/* --- the heap ------------------------------------------------------------ */

#define THREADS 8
#define BATCH (2 * 1024 * 1024)

typedef struct
{
  GstPinTsRoom *room;
  GQueue packets;
  GMutex *turn;
} Fragment;

/* A fragment's thread: a batch of packets */
static gpointer
make_batch (gpointer data)
{
  Fragment *fragment = data;

  g_mutex_lock (fragment->turn);
  for (gsize made = 0; made < BATCH; made += 20000) {
    put (fragment->room, 0, 20000, 0);
    g_queue_push_tail (&fragment->packets,
        gst_pin_ts_room_take (fragment->room));
  }
  g_mutex_unlock (fragment->turn);
  return NULL;
}

/* Each thread that had ever made a batch kept the memory of one */
static void
test_heap_stays_small (void)
{
  GstPinTsRoom room = {.pool = gst_pin_mapped_pool_new () };
  Fragment fragments[THREADS];
  GThread *threads[THREADS];
  gsize before = mallinfo2 ().arena, grown;
  GMutex turn;

  g_mutex_init (&turn);
  g_mutex_lock (&turn);         /* until all are there, each with its arena */
  for (guint i = 0; i < THREADS; i++) {
    fragments[i] = (Fragment) {
    &room, G_QUEUE_INIT, &turn};
    threads[i] = g_thread_new ("fragment", make_batch, &fragments[i]);
  }
  g_mutex_unlock (&turn);
  for (guint i = 0; i < THREADS; i++) {
    g_thread_join (threads[i]);
    g_queue_clear_full (&fragments[i].packets,
        (GDestroyNotify) gst_buffer_unref);
  }
  grown = mallinfo2 ().arena - before;
  g_assert_cmpuint (grown, <, THREADS * BATCH / 4);
  gst_pin_ts_room_clear (&room);
  gst_pin_mapped_pool_unref (room.pool);
  g_mutex_clear (&turn);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/pin-ts-room/packets", GSIZE_TO_POINTER (0),
      test_packets);
  g_test_add_data_func ("/pin-ts-room/packets-of-known-size",
      GSIZE_TO_POINTER (250000), test_packets);
  g_test_add_func ("/pin-ts-room/writable-in-place", test_writable_in_place);
  g_test_add_func ("/pin-ts-room/dropped", test_dropped);
  g_test_add_func ("/pin-ts-room/large-ones-use-pieces-again",
      test_large_ones_use_pieces_again);
  g_test_add_func ("/pin-ts-room/heap-stays-small", test_heap_stays_small);
  return g_test_run ();
}
