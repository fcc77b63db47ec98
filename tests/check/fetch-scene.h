/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a test of the fetcher has: a site, a plan of files on it, a fetcher, and
 * readers that compare every byte. A watchdog ends a test that hangs, by its
 * name. Set up and torn down for each test.
 */
#pragma once

#include "fetcher-private.h"

#include "error-private.h"
#include "fetch-site.h"

#define PATIENCE 15             /* seconds for one test */
#define UNKNOWN (-1)
#define BLOCK (256 * KIB)       /* the fetcher's */

typedef struct
{
  Site site;
  GstPinHttpConfig config;
  GstPinFetcherLimits limits;
  GstPinFetcherOwner owner;
  GstPinPlan *plan;             /* the fetcher's, once there is one */
  GstPinHttpClient *client;
  GstPinFetcher *fetcher;
  GstPinReader readers[2];      /* one a track */

  GMutex lock;
  GCond cond;
  gboolean over;                /* lock; the watchdog may go */
  guint n_missing;              /* lock; calls of missing */
  guint n_warned;               /* lock */
  guint summary;                /* lock; what the last of them counted */
  guint missing;                /* lock; bit by fragment */
  GThread *watchdog;
} Scene;

static inline guint64
get_stat (Scene *scene, const gchar *name)
{
  g_autoptr (GstStructure) stats = gst_structure_new_empty ("stats");
  guint64 value = 0;
  guint small;

  gst_pin_fetcher_add_stats (scene->fetcher, stats);
  if (gst_structure_get_uint (stats, name, &small))
    return small;
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

static inline gpointer
watch (gpointer data)
{
  Scene *scene = data;
  gint64 end = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_SECOND;

  g_mutex_lock (&scene->lock);
  while (!scene->over)
    if (!g_cond_wait_until (&scene->cond, &scene->lock, end))
      g_error ("%s hangs", g_test_get_path ());
  g_mutex_unlock (&scene->lock);
  return NULL;
}

static inline void
on_failed (const GError *error, gpointer data)
{
  g_error ("%s: %s", g_test_get_path (), error->message);
}

static inline void
on_missing (const GError *error, gpointer data)
{
  Scene *scene = data;
  g_autoptr (GstStructure) details = gst_pin_error_get_details (error);
  guint fragment;

  g_assert_nonnull (details);
  g_mutex_lock (&scene->lock);
  scene->n_missing++;
  if (!gst_structure_get_uint (details, "missing", &scene->summary)) {
    g_assert_true (gst_structure_get_uint (details, "fragment", &fragment));
    scene->missing |= 1u << fragment;
  }
  g_cond_broadcast (&scene->cond);
  g_mutex_unlock (&scene->lock);
}

static inline void
on_warned_of_nothing (const GError *error, gpointer data)
{
  g_error ("%s: %s", g_test_get_path (), error->message);
}

static inline void
scene_set_up (Scene *scene, gconstpointer data)
{
  scene->config = (GstPinHttpConfig) {
    .timeout = PATIENCE,
    .retries = 3,
    .allow_private = TRUE,
  };
  scene->limits = (GstPinFetcherLimits) {
    .max_connections = 4,
    .max_buffer_bytes = 32 * MIB,
  };
  scene->owner = (GstPinFetcherOwner) {
    on_failed, on_missing, on_warned_of_nothing
  };
  scene->plan = gst_pin_plan_new ();
  g_mutex_init (&scene->lock);
  g_cond_init (&scene->cond);
  site_start (&scene->site);
  scene->watchdog = g_thread_new ("watchdog", watch, scene);
}

/* The next file, which is one fragment. @length: as the plan tells it */
static inline guint
add (Scene *scene, guint track, guint64 size, gint64 length, GstClockTime time)
{
  guint number = scene->plan->fragments->len;
  g_autofree gchar *url = g_strdup_printf ("http://127.0.0.1:%u/%u",
      scene->site.port, number);

  g_assert_cmpuint (number, <, MAX_FILES);
  scene->site.files[number].size = size;
  return gst_pin_plan_add (scene->plan, track, GST_PIN_FRAGMENT_MEDIA, url, 0,
      length, time);
}

static inline void
start_in_loop (gpointer data, gpointer unused)
{
  Scene *scene = data;

  scene->fetcher = gst_pin_fetcher_new (scene->client, scene->plan,
      &scene->limits, &scene->owner, scene);
  gst_pin_fetcher_start (scene->fetcher);
}

static inline void
scene_start (Scene *scene)
{
  scene->client = gst_pin_http_client_obtain (&scene->config, NULL);
  g_assert_nonnull (scene->client);
  gst_pin_http_client_invoke_sync (scene->client, start_in_loop, scene);
}

static inline void
connect_in_loop (gpointer data, gpointer unused)
{
  Scene *scene = data;

  gst_pin_http_client_preconnect (scene->client, gst_pin_plan_get (scene->plan,
          0)->url, scene->limits.max_connections);
}

/* With all connections open already, as they are when the page took its time */
static inline void
scene_start_connected (Scene *scene)
{
  g_autoptr (GstPinHttpClient) client =
      gst_pin_http_client_obtain (&scene->config, NULL);

  scene->client = client;
  gst_pin_http_client_invoke_sync (client, connect_in_loop, scene);
  g_mutex_lock (&scene->site.lock);
  while (scene->site.connections < scene->limits.max_connections)
    g_cond_wait (&scene->site.cond, &scene->site.lock);
  g_mutex_unlock (&scene->site.lock);
  scene_start (scene);
}

static inline void
stop_in_loop (gpointer data, gpointer unused)
{
  gst_pin_fetcher_stop (((Scene *) data)->fetcher);
}

static inline void
scene_stop (Scene *scene)
{
  if (!scene->fetcher)
    return;
  gst_pin_http_client_invoke_sync (scene->client, stop_in_loop, scene);
  g_clear_pointer (&scene->fetcher, gst_pin_fetcher_unref);
  g_clear_pointer (&scene->client, gst_pin_http_client_unref);
}

static inline void
scene_tear_down (Scene *scene, gconstpointer data)
{
  scene_stop (scene);
  site_stop (&scene->site);
  gst_pin_http_config_clear (&scene->config);
  g_mutex_lock (&scene->lock);
  scene->over = TRUE;
  g_cond_broadcast (&scene->cond);
  g_mutex_unlock (&scene->lock);
  g_thread_join (scene->watchdog);
  g_mutex_clear (&scene->lock);
  g_cond_clear (&scene->cond);
}

static inline void
check_bytes (Scene *scene, guint index, guint64 at, GstBuffer *buffer)
{
  g_autofree guint8 *wanted = NULL;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, >, 0);
  g_assert_cmpuint (at + map.size, <=, scene->site.files[index].size);
  wanted = g_malloc (map.size);
  fill (scene->site.files, index, at, wanted, map.size);
  g_assert_true (memcmp (map.data, wanted, map.size) == 0);
  gst_buffer_unmap (buffer, &map);
}

/* (transfer full) The next bytes, compared; NULL: the fragment's end */
static inline GstBuffer *
take (Scene *scene, guint index, guint64 at)
{
  guint track = gst_pin_plan_get (scene->plan, index)->track;
  GstBuffer *buffer = NULL;
  GstFlowReturn flow = gst_pin_fetcher_read (scene->fetcher,
      &scene->readers[track], index, at, &buffer);

  if (flow == GST_FLOW_EOS)
    return NULL;
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
  check_bytes (scene, index, at, buffer);
  return buffer;
}

/* Reads and drops at least to @to. Returns where it stands */
static inline guint64
read_to (Scene *scene, guint index, guint64 at, guint64 to)
{
  while (at < to) {
    g_autoptr (GstBuffer) buffer = take (scene, index, at);

    g_assert_nonnull (buffer);
    at += gst_buffer_get_size (buffer);
  }
  return at;
}

/* Reads from @at to the end, which must be the file's */
static inline void
read_rest (Scene *scene, guint index, guint64 at)
{
  at = read_to (scene, index, at, scene->site.files[index].size);
  g_assert_null (take (scene, index, at));
}

/* Everything of a track in its order, on a thread of its own */
static inline gpointer
read_track (Scene *scene, guint track)
{
  for (guint i = 0; i < scene->plan->fragments->len; i++)
    if (gst_pin_plan_get (scene->plan, i)->track == track)
      read_rest (scene, i, 0);
  return NULL;
}

static inline gpointer
read_sound (gpointer scene)
{
  return read_track (scene, 1);
}

static inline void
read_both (Scene *scene)
{
  GThread *sound = g_thread_new ("sound", read_sound, scene);

  read_track (scene, 0);
  g_thread_join (sound);
}

static inline void
add_test (const gchar *name, gconstpointer data,
    void (*test) (Scene *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/fetcher/", name, NULL);

  g_test_add (path, Scene, data, scene_set_up, test, scene_tear_down);
}
