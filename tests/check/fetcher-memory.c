/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much of a fetcher's memory is filled, seen from inside on the client's
 * thread.
 */
#include "fetch-inside-private.h"
#include "fetch-scene.h"

typedef struct
{
  Scene *scene;
  gboolean at_rest;             /* no request goes on by itself */
  guint64 filled;               /* bytes in blocks */
} Look;

static void
look_in_loop (gpointer data, gpointer unused)
{
  Look *look = data;
  GstPinFetcher *fetcher = look->scene->fetcher;

  look->at_rest = g_source_get_ready_time (fetcher->wake) < 0;
  look->filled = 0;
  g_mutex_lock (&fetcher->lock);
  for (GList * l = fetcher->tracks[0].chunks.head; l; l = l->next) {
    GstPinChunk *chunk = l->data;

    for (GList * b = chunk->blocks.head; b; b = b->next)
      look->filled += ((GstPinBlock *) b->data)->filled;
    if (chunk->state == GST_PIN_CHUNK_RUNNING && !chunk->paused)
      look->at_rest = FALSE;
  }
  g_mutex_unlock (&fetcher->lock);
}

/* As much as a reader that is late lets come */
static guint64
fill_up (Scene *scene)
{
  Look look = {.scene = scene };

  do
    gst_pin_http_client_invoke_sync (scene->client, look_in_loop, &look);
  while (!look.at_rest || look.filled == 0);
  return look.filled;
}

/* What a video took in all depended on how late its reader ever was, and so on its
 * length: up to all of the ceiling */
static void
test_late_reader_fills_no_more (Scene *scene, gconstpointer unused)
{
  const guint64 most = 8 * MIB;

  scene->limits.max_buffer_bytes = most;
  add (scene, 0, 32 * MIB, 32 * MIB, 0);
  scene_start (scene);
  g_assert_cmpuint (fill_up (scene), <=, most / 8 * 5);
  read_to (scene, 0, 0, 4 * MIB);
  g_assert_cmpuint (fill_up (scene), <=, most / 8 * 5);
  read_rest (scene, 0, 4 * MIB);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add_test ("late-reader-fills-no-more", NULL, test_late_reader_fills_no_more);
  return g_test_run ();
}
