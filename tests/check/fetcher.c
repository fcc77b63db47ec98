/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fetcher, against a small HTTP server in this process. Each test says how
 * the server answers, reads as an element would, and compares every byte; most
 * are named after a bug that was.
 */
#define _GNU_SOURCE             /* cpu_set_t */

#include "fetch-scene.h"

#include <sched.h>

/* One block, then nothing until the gate opens; the first time it hangs up */
static void
answer_a_block (Visit *v)
{
  say_right_head (v);
  if (v->nth > 0) {
    say_body (v, v->first, v->end);
    return;
  }
  say_body (v, v->first, v->first + BLOCK);
  site_wait (v->site);
  v->hang_up = TRUE;
}

/* --- seeks --------------------------------------------------------------- */

/* The position after a seek was taken for the end, once no chunk was left */
static void
test_seek_back_from_end (Scene *scene, gconstpointer answer)
{
  guint64 size = 2 * MIB;

  scene->site.answer = (void (*)(Visit *)) answer;
  add (scene, 0, size, UNKNOWN, 0);
  scene_start (scene);
  read_to (scene, 0, 0, size);
  while (get_stat (scene, "connections") > 0)
    g_thread_yield ();
  g_assert_null (take (scene, 0, size));
  read_rest (scene, 0, 1000);
  read_rest (scene, 0, size - 1);
}

/* The first is answered at once, the others stop after half a MiB */
static void
answer_seek_in_part (Visit *v)
{
  say_right_head (v);
  if (v->nth == 0) {
    say_body (v, v->first, v->end);
    return;
  }
  say_body (v, v->first, v->first + 512 * KIB);
  site_wait (v->site);
  say_body (v, v->first + 512 * KIB, v->end);
}

/* A reader that came before its chunk slept until all of that was there */
static void
test_seek_with_one_connection (Scene *scene, gconstpointer time)
{
  guint64 at;

  scene->limits.max_connections = 1;
  scene->limits.max_buffer_bytes = 4 * MIB;
  scene->site.answer = answer_seek_in_part;
  add (scene, 0, 12 * MIB, UNKNOWN, GPOINTER_TO_UINT (time) * GST_SECOND);
  scene_start (scene);
  read_to (scene, 0, 0, 2 * MIB);
  at = read_to (scene, 0, 1000, 1001);
  site_open (&scene->site);
  read_rest (scene, 0, at);
}

/* What was jumped over and not asked for yet was waited for all the same, and
 * the memory was full of what had come of it */
static void
test_jump_over (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 2;
  scene->limits.max_buffer_bytes = MIB;
  for (guint i = 0; i < 8; i++)
    add (scene, 0, 600 * KIB + i, UNKNOWN, i * GST_SECOND);
  scene_start (scene);
  for (guint i = 0; i < 7; i++)
    read_to (scene, i, 0, 300 * KIB);
  read_rest (scene, 7, 0);
}

/* --- memory -------------------------------------------------------------- */

typedef struct
{
  guint connections;
  gsize held;
} Hold;

/* The sound waited for memory that the picture had, or for its connection */
static void
test_sound_beside_held_picture (Scene *scene, gconstpointer data)
{
  const Hold *hold = data;
  GQueue held = G_QUEUE_INIT;
  guint64 picture = 0;

  scene->limits.max_connections = hold->connections;
  scene->limits.max_buffer_bytes = MIB;
  add (scene, 0, 8 * MIB, UNKNOWN, 0);
  add (scene, 1, MIB, MIB, 0);
  scene_start (scene);
  while (picture < hold->held) {
    GstBuffer *buffer = take (scene, 0, picture);

    g_assert_nonnull (buffer);
    picture += gst_buffer_get_size (buffer);
    g_queue_push_tail (&held, buffer);
  }
  read_rest (scene, 1, 0);
  g_queue_clear_full (&held, (GDestroyNotify) gst_buffer_unref);
  read_rest (scene, 0, picture);
}

/* One thread reads both, in turns. The one that had the connection came to wait
 * for memory when the other's reader waited already, and nobody looked again */
static void
test_turns_with_one_connection (Scene *scene, gconstpointer unused)
{
  guint64 picture = 0, sound = 0;

  scene->limits.max_connections = 1;
  scene->limits.max_buffer_bytes = 2 * MIB;
  add (scene, 0, 12 * MIB, UNKNOWN, 0);
  add (scene, 1, 4 * MIB, UNKNOWN, 0);
  scene_start (scene);
  while (picture < 12 * MIB) {
    picture = read_to (scene, 0, picture, picture + 1);
    if (sound < picture / 3)
      sound = read_to (scene, 1, sound, sound + 1);
  }
  read_rest (scene, 1, sound);
}

/* Keeps most of what it may, so that the rest comes when it waits. It is late
 * to wake: it shares a processor with the client's thread and lets it go on */
static gpointer
read_late (gpointer data)
{
  const struct sched_param param = { 0 };
  Scene *scene = data;
  GQueue held = G_QUEUE_INIT;
  guint64 at = 0;

  g_assert_cmpint (sched_setscheduler (0, SCHED_BATCH, &param), ==, 0);
  while (at < 768 * KIB) {
    GstBuffer *buffer = take (scene, 0, at);

    g_assert_nonnull (buffer);
    at += gst_buffer_get_size (buffer);
    g_queue_push_tail (&held, buffer);
  }
  while (at < 6 * MIB) {
    g_usleep (2000);            /* for the sockets to fill; no matter if not */
    at = read_to (scene, 0, at, at + 1);
  }
  g_queue_clear_full (&held, (GDestroyNotify) gst_buffer_unref);
  read_rest (scene, 0, at);
  return NULL;
}

/* What a reader waits for was given without end, until it came to take it */
static void
test_ceiling (Scene *scene, gconstpointer time)
{
  cpu_set_t all, one;
  GThread *reader;
  gint first = 0;

  scene->limits.max_connections = 1;
  scene->limits.max_buffer_bytes = MIB;
  add (scene, 0, 6 * MIB, UNKNOWN, GPOINTER_TO_UINT (time) * GST_SECOND);
  g_assert_cmpint (sched_getaffinity (0, sizeof all, &all), ==, 0);
  while (!CPU_ISSET (first, &all))
    first++;
  CPU_ZERO (&one);
  CPU_SET (first, &one);
  sched_setaffinity (0, sizeof one, &one);
  scene_start (scene);
  reader = g_thread_new ("late", read_late, scene);     /* there, too */
  sched_setaffinity (0, sizeof all, &all);
  g_thread_join (reader);
  g_assert_cmpuint (get_stat (scene, "buffer-bytes-peak"), <=,
      scene->limits.max_buffer_bytes);
}

/* Requests waited until there was memory for all of their bytes, and so for a
 * round trip more. Nobody reads: forty pieces of 96 KiB fill the memory. */
static void
test_ask_ahead_of_memory (Scene *scene, gconstpointer unused)
{
  Site *site = &scene->site;

  scene->limits.max_connections = 32;
  scene->limits.max_buffer_bytes = 4 * MIB;
  add (scene, 0, 24 * MIB, 24 * MIB, 0);
  scene_start (scene);
  g_mutex_lock (&site->lock);
  while (site->n_visits <= 40)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
  read_rest (scene, 0, 0);
  g_assert_cmpuint (get_stat (scene, "buffer-bytes-peak"), <=,
      scene->limits.max_buffer_bytes);
}

/* --- stats ---------------------------------------------------------------- */

/* Not before it is told to */
static void
answer_a_block_later (Visit *v)
{
  g_mutex_lock (&v->site->lock);
  while (v->site->busy == 0)
    g_cond_wait (&v->site->cond, &v->site->lock);
  g_mutex_unlock (&v->site->lock);
  answer_a_block (v);
}

/* Lengths counted only where the plan has them, so that nobody could say how
 * far a file without was */
static void
test_length_that_the_server_tells (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 1;
  scene->site.answer = answer_a_block_later;
  add (scene, 0, MIB, UNKNOWN, 0);
  add (scene, 0, MIB, UNKNOWN, GST_SECOND);
  scene_start (scene);
  g_assert_cmpuint (get_stat (scene, "fragments-known"), ==, 0);
  g_mutex_lock (&scene->site.lock);
  scene->site.busy = 1;
  g_cond_broadcast (&scene->site.cond);
  g_mutex_unlock (&scene->site.lock);
  read_to (scene, 0, 0, 1);
  g_assert_cmpuint (get_stat (scene, "fragments-known"), ==, 1);
  g_assert_cmpuint (get_stat (scene, "bytes-total"), ==, MIB);
  site_open (&scene->site);
  read_track (scene, 0);
  g_assert_cmpuint (get_stat (scene, "fragments-known"), ==, 2);
  g_assert_cmpuint (get_stat (scene, "bytes-total"), ==, 2 * MIB);
}

/* --- manners ------------------------------------------------------------- */

/* 429 where more than four are under way, each of which takes its time */
static void
answer_four_at_a_time (Visit *v)
{
  gboolean bears;

  g_mutex_lock (&v->site->lock);
  bears = v->site->busy < 4;
  v->site->busy += bears;
  g_mutex_unlock (&v->site->lock);
  if (!bears) {
    say_head (v, 429, 0, "");
    return;
  }
  g_usleep (800 * 1000);
  answer_well (v);
  g_mutex_lock (&v->site->lock);
  v->site->busy--;
  g_mutex_unlock (&v->site->lock);
}

/* Requests that were refused spent their attempts while others were served */
static void
test_host_bears_four (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 16;
  scene->site.answer = answer_four_at_a_time;
  add (scene, 0, 2 * MIB, 2 * MIB, 0);
  scene_start (scene);
  read_rest (scene, 0, 0);
  g_assert_cmpuint (get_stat (scene, "retries"), >, 0);
  g_assert_cmpuint (get_stat (scene, "connections-limit"), >, 0);
  g_assert_cmpuint (get_stat (scene, "connections-limit"), <, 16);
}

/* What one proxy failed at was counted against the host behind the next one,
 * which then got one request at a time */
static void
test_failure_of_own_route (Scene *scene, gconstpointer unused)
{
  g_autoptr (GSocket) deaf = g_socket_new (G_SOCKET_FAMILY_IPV4,
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (deaf, any, FALSE, NULL));
  bound = g_socket_get_local_address (deaf, NULL);
  scene->config.proxies = g_new0 (gchar *, 3);
  scene->config.proxies[0] = g_strdup_printf ("http://127.0.0.1:%u",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  scene->config.proxies[1] = g_strdup_printf ("http://127.0.0.1:%u",
      scene->site.port);
  scene->limits.max_connections = 8;
  add (scene, 0, 4 * MIB, 4 * MIB, 0);
  scene_start (scene);
  read_rest (scene, 0, 0);
  g_assert_cmpuint (get_stat (scene, "retries"), >, 0);
  g_assert_cmpuint (get_stat (scene, "connections-limit"), ==, 0);
}

/* Each of many small files would have had a connection of its own, which costs
 * more than the bytes that it brings. A reader that waits for one gets it. */
static void
test_few_connections_for_little (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 16;
  for (guint i = 0; i < 12; i++)
    add (scene, 0, 15 * KIB, 15 * KIB, i * GST_SECOND);
  scene_start (scene);
  read_track (scene, 0);
  g_assert_cmpuint (get_stat (scene, "connections-peak"), <=, 2);
}

static void
test_line_break_in_user_agent (Scene *scene, gconstpointer unused)
{
  scene->config.user_agent = g_strdup ("a\r\nX-Evil: 1");
  add (scene, 0, 100 * KIB, UNKNOWN, 0);
  scene_start (scene);
  read_rest (scene, 0, 0);
  g_assert_false (scene->site.saw_evil);
}

/* What the user gives had lines of its own, which went out as headers */
static void
test_line_break_in_extra_header (Scene *scene, gconstpointer unused)
{
  scene->config.extra_headers = gst_structure_new ("headers", "X-Good",
      G_TYPE_STRING, "a\r\nX-Evil: 1", NULL);
  add (scene, 0, 100 * KIB, UNKNOWN, 0);
  scene_start (scene);
  read_rest (scene, 0, 0);
  g_assert_false (scene->site.saw_evil);
}

/* A busy machine can only make it slower: too fast is wrong at once, too slow
 * if it never is not */
static void
test_max_bitrate (Scene *scene, gconstpointer unused)
{
  const guint64 rate = 2000000;
  gdouble seconds = 0;

  scene->limits.max_bitrate = rate * 8;
  for (guint i = 0; i < 3; i++)
    add (scene, 0, rate, rate, i * GST_SECOND);
  scene_start (scene);
  for (guint i = 0; i < 3; i++) {
    gint64 begin = g_get_monotonic_time ();

    read_rest (scene, i, 0);
    seconds = (g_get_monotonic_time () - begin) / (gdouble) G_USEC_PER_SEC;
    g_test_message ("%u: %.3f s", i, seconds);
    g_assert_cmpfloat (seconds, >=, 0.85);
    if (seconds <= 1.15)
      break;
  }
  g_assert_cmpfloat (seconds, <=, 1.15);
}

/* --- readers ------------------------------------------------------------- */

/* Until as much memory was given back: a reader does so with the block that it
 * has read, at the moment when it begins to wait for what is behind it */
static void
await_less (Scene *scene, guint64 before, gsize less)
{
  while (get_stat (scene, "buffer-bytes") + less > before)
    g_thread_yield ();
}

static gpointer
read_on (gpointer scene)
{
  read_rest (scene, 0, BLOCK);
  return NULL;
}

/* A break where a block ends and none begins, with that block at hand or not */
static void
test_break_on_block_boundary (Scene *scene, gconstpointer taken)
{
  GThread *reader;
  guint64 before;

  scene->limits.max_connections = 1;
  scene->site.answer = answer_a_block;
  add (scene, 0, MIB, MIB, 0);
  scene_start (scene);
  g_assert_cmpuint (read_to (scene, 0, 0, BLOCK), ==, BLOCK);
  before = get_stat (scene, "buffer-bytes");
  if (!taken)
    site_open (&scene->site);
  reader = g_thread_new ("reader", read_on, scene);
  if (taken) {
    await_less (scene, before, BLOCK);
    site_open (&scene->site);
  }
  g_thread_join (reader);
  g_assert_cmpuint (get_stat (scene, "resumed"), ==, 1);
  g_assert_true (scene->site.saw_if_range);
  g_assert_cmpuint (scene->site.last_first, >=, BLOCK - 64);
  g_assert_cmpuint (scene->site.last_first, <=, BLOCK);
}
typedef struct
{
  Scene *scene;
  guint track;
  GThread *thread;
} Blocked;

/* Wants more than there will be */
static gpointer
read_behind_block (gpointer data)
{
  Blocked *self = data;
  GstBuffer *buffer = NULL;

  return GINT_TO_POINTER (gst_pin_fetcher_read (self->scene->fetcher,
          &self->scene->readers[self->track], self->track, BLOCK, &buffer));
}

static void
block_readers (Scene *scene, Blocked *readers, guint n)
{
  guint64 before;

  scene->config.timeout = 0;    /* so that nothing else wakes them */
  scene->site.answer = answer_a_block;
  scene->limits.max_connections = n;
  for (guint i = 0; i < n; i++)
    add (scene, i, MIB, MIB, 0);
  scene_start (scene);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (read_to (scene, i, 0, BLOCK), ==, BLOCK);
  before = get_stat (scene, "buffer-bytes");
  for (guint i = 0; i < n; i++) {
    readers[i] = (Blocked) {scene, i};
    readers[i].thread = g_thread_new ("reader", read_behind_block,
        &readers[i]);
  }
  await_less (scene, before, n * BLOCK);
}

static void
test_flush (Scene *scene, gconstpointer unused)
{
  Blocked reader;

  block_readers (scene, &reader, 1);
  g_atomic_int_set (&scene->readers[0].flushing, TRUE);
  gst_pin_fetcher_wake_readers (scene->fetcher);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (reader.thread)), ==,
      GST_FLOW_FLUSHING);
  g_atomic_int_set (&scene->readers[0].flushing, FALSE);
  site_open (&scene->site);
  read_rest (scene, 0, BLOCK);
}

static void
test_stop (Scene *scene, gconstpointer unused)
{
  Blocked readers[2];

  block_readers (scene, readers, 2);
  gst_pin_http_client_invoke_sync (scene->client, stop_in_loop, scene);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (readers[i].thread)), ==,
        GST_FLOW_FLUSHING);
}

/* Answers overtake each other */
static void
answer_some_time (Visit *v)
{
  g_usleep (v->file * 7919 % 20 * 1000);
  answer_well (v);
}

static void
test_order (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 8;
  scene->limits.max_buffer_bytes = 4 * MIB;
  scene->site.answer = answer_some_time;
  for (guint i = 0; i < 40; i++) {
    guint64 size = i % 2 ? 20 * KIB + i : 150 * KIB + i * 7919;

    add (scene, i % 2, size, i % 3 ? (gint64) size : UNKNOWN,
        i / 2 * GST_SECOND);
  }
  scene_start (scene);
  read_both (scene);
}

int
main (int argc, char **argv)
{
  static const Hold holds[] = { {1, 400 * KIB}, {2, 400 * KIB}, {1, 2 * MIB},
    {2, 2 * MIB}
  };

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  add_test ("seek-back-from-end", answer_well, test_seek_back_from_end);
  add_test ("seek-back-from-end-without-ranges", answer_in_pieces,
      test_seek_back_from_end);
  for (guint i = 0; i < 2; i++)
    add_test (i ? "seek-with-one-connection-later" :
        "seek-with-one-connection", GUINT_TO_POINTER (i),
        test_seek_with_one_connection);
  add_test ("jump-over", NULL, test_jump_over);
  for (guint i = 0; i < G_N_ELEMENTS (holds); i++) {
    g_autofree gchar *name = g_strdup_printf ("sound-beside-%u-KiB-of-picture-"
        "with-%u-connections", (guint) holds[i].held / KIB,
        holds[i].connections);

    add_test (name, &holds[i], test_sound_beside_held_picture);
  }
  add_test ("turns-with-one-connection", NULL,
      test_turns_with_one_connection);
  add_test ("ceiling", GUINT_TO_POINTER (0), test_ceiling);
  add_test ("ceiling-later", GUINT_TO_POINTER (1), test_ceiling);
  add_test ("ask-ahead-of-memory", NULL, test_ask_ahead_of_memory);
  add_test ("break-on-block-boundary", NULL, test_break_on_block_boundary);
  add_test ("break-on-taken-block-boundary", "taken",
      test_break_on_block_boundary);
  add_test ("length-that-the-server-tells", NULL,
      test_length_that_the_server_tells);
  add_test ("host-bears-four", NULL, test_host_bears_four);
  add_test ("failure-of-own-route", NULL, test_failure_of_own_route);
  add_test ("few-connections-for-little", NULL,
      test_few_connections_for_little);
  add_test ("line-break-in-user-agent", NULL, test_line_break_in_user_agent);
  add_test ("line-break-in-extra-header", NULL,
      test_line_break_in_extra_header);
  add_test ("max-bitrate", NULL, test_max_bitrate);
  add_test ("flush", NULL, test_flush);
  add_test ("stop", NULL, test_stop);
  add_test ("order", NULL, test_order);
  return g_test_run ();
}
