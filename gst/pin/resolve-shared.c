/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walks that several share. A walk is in the table from its start to its end;
 * whoever asks the same on the same client meanwhile waits with it. The table
 * is under a lock, since each client has a thread of its own; a walk and those
 * who wait for it are their client's thread's alone.
 *
 * The walk belongs to nobody who waits: each can leave, and only the last one
 * to leave cancels it. That one's callback comes when the walk has ended, so
 * that nothing of it is left behind an element that was stopped.
 */
#include "resolve-shared-private.h"

#include "resolve-cache-private.h"

typedef struct
{
  gchar *key;
  GstPinHttpClient *client;
  GCancellable *cancellable;
  GPtrArray *waiters;           /* of GTask */
} GstPinSharedWalk;

/* A waiter's task data */
typedef struct
{
  GstPinHttpClient *client;
  GstPinSharedWalk *walk;       /* NULL: it does not wait any more */
  GArray *attempts;             /* of GstPinAttempt */
  gulong cancel_id;
} GstPinWaiter;

static GMutex walks_lock;
static GPtrArray *walks;        /* of GstPinSharedWalk; walks_lock */

static void
waiter_free (gpointer data)
{
  GstPinWaiter *waiter = data;

  g_array_unref (waiter->attempts);
  gst_pin_http_client_unref (waiter->client);
  g_free (waiter);
}

static void
shared_walk_free (GstPinSharedWalk *walk)
{
  g_ptr_array_unref (walk->waiters);
  g_object_unref (walk->cancellable);
  gst_pin_http_client_unref (walk->client);
  g_free (walk->key);
  g_free (walk);
}

static GstPinSharedWalk *
find_walk (const gchar *key, GstPinHttpClient *client)
{
  GstPinSharedWalk *found = NULL;

  g_mutex_lock (&walks_lock);
  for (guint i = 0; walks && i < walks->len && !found; i++) {
    GstPinSharedWalk *walk = g_ptr_array_index (walks, i);

    if (walk->client == client && g_str_equal (walk->key, key))
      found = walk;
  }
  g_mutex_unlock (&walks_lock);
  return found;
}

static GstPinSharedWalk *
begin_walk (const gchar *key, GstPinHttpClient *client)
{
  GstPinSharedWalk *walk = g_new0 (GstPinSharedWalk, 1);

  walk->key = g_strdup (key);
  walk->client = gst_pin_http_client_ref (client);
  walk->cancellable = g_cancellable_new ();
  walk->waiters = g_ptr_array_new ();
  g_mutex_lock (&walks_lock);
  if (!walks)
    walks = g_ptr_array_new ();
  g_ptr_array_add (walks, walk);
  g_mutex_unlock (&walks_lock);
  return walk;
}

/* Nobody joins it from now on */
static void
leave_table (GstPinSharedWalk *walk)
{
  g_mutex_lock (&walks_lock);
  if (walks)
    g_ptr_array_remove_fast (walks, walk);
  if (walks && walks->len == 0)
    g_clear_pointer (&walks, g_ptr_array_unref);
  g_mutex_unlock (&walks_lock);
}

/* The task returns now: nothing may call it any more */
static void
stop_waiting (GTask *task)
{
  GstPinWaiter *waiter = g_task_get_task_data (task);

  waiter->walk = NULL;
  /* Not g_cancellable_disconnect(): it may be the cancelling thread that waits
   * for this one */
  if (waiter->cancel_id)
    g_signal_handler_disconnect (g_task_get_cancellable (task),
        waiter->cancel_id);
  waiter->cancel_id = 0;
}

/* Takes the reference on @task */
static void
answer (GTask *task, GstPinMedia *media, const GError *error,
    const GArray *attempts)
{
  GstPinWaiter *waiter = g_task_get_task_data (task);

  stop_waiting (task);
  g_array_append_vals (waiter->attempts, attempts->data, attempts->len);
  if (media)
    g_task_return_pointer (task, gst_pin_media_ref (media),
        (GDestroyNotify) gst_pin_media_unref);
  else
    g_task_return_error (task, g_error_copy (error));
  g_object_unref (task);
}

static void
on_walked (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinSharedWalk *walk = data;
  g_autoptr (GArray) attempts = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = gst_pin_walk_finish (result, &attempts,
      &error);

  leave_table (walk);
  /* Failures pass: the next one to ask may have better luck */
  if (media && gst_pin_media_get_n_videos (media) > 0)
    gst_pin_resolve_cache_put (walk->key, media, g_get_monotonic_time ());
  for (guint i = 0; i < walk->waiters->len; i++)
    answer (g_ptr_array_index (walk->waiters, i), media, error, attempts);
  shared_walk_free (walk);
}

static gboolean
cancel_in_loop (gpointer data)
{
  GTask *task = data;
  GstPinWaiter *waiter = g_task_get_task_data (task);
  GstPinSharedWalk *walk = waiter->walk;

  /* It may have ended before this came to run */
  if (!walk)
    return G_SOURCE_REMOVE;
  if (walk->waiters->len == 1) {
    leave_table (walk);
    g_cancellable_cancel (walk->cancellable);
    return G_SOURCE_REMOVE;
  }
  g_ptr_array_remove_fast (walk->waiters, task);
  stop_waiting (task);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

/* On the thread that cancels, at any moment */
static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  GstPinWaiter *waiter = g_task_get_task_data (data);
  g_autoptr (GSource) idle = g_idle_source_new ();

  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, cancel_in_loop, g_object_ref (data),
      g_object_unref);
  g_source_attach (idle, gst_pin_http_client_get_context (waiter->client));
}

/* The handler has a reference of its own: it may run while the task ends */
static void
unref_data (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

static void
join (GTask *task, GstPinSharedWalk *walk)
{
  GstPinWaiter *waiter = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  waiter->walk = walk;
  g_ptr_array_add (walk->waiters, task);
  if (cancellable)
    waiter->cancel_id = g_signal_connect_data (cancellable, "cancelled",
        G_CALLBACK (on_cancelled), g_object_ref (task), unref_data, 0);
  if (cancellable && g_cancellable_is_cancelled (cancellable))
    on_cancelled (cancellable, task);
}

/* Who wants to know all is told more, so that who asks for less is content with
 * it: a resolver's answer serves the pipeline that comes next */
static GstPinMedia *
find_fuller (GstPinHttpClient *client, const gchar *id,
    const GstPinResolveOptions *options, gint64 now)
{
  GstPinResolveOptions fuller = *options;
  g_autofree gchar *key = NULL;

  if (options->complete)
    return NULL;
  fuller.complete = TRUE;
  key = gst_pin_resolve_cache_key (id, gst_pin_http_client_get_config (client),
      &fuller);
  return gst_pin_resolve_cache_get (key, options->cache_seconds, now);
}

static gboolean
answer_from_cache (GTask *task, const gchar *key, const gchar *id,
    const GstPinResolveOptions *options)
{
  GstPinWaiter *waiter = g_task_get_task_data (task);
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GstPinMedia) media = gst_pin_resolve_cache_get (key,
      options->cache_seconds, now);
  g_autoptr (GArray) attempts = NULL;

  if (!media)
    media = find_fuller (waiter->client, id, options, now);
  if (!media)
    return FALSE;
  attempts = gst_pin_attempts_new ();
  gst_pin_attempts_add (attempts, "cache", NULL, now);
  answer (task, media, NULL, attempts);
  return TRUE;
}

void
gst_pin_resolve_shared_async (GstPinHttpClient *client, const gchar *id,
    const GstPinResolveOptions *options, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  g_autofree gchar *key = gst_pin_resolve_cache_key (id,
      gst_pin_http_client_get_config (client), options);
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinWaiter *waiter = g_new0 (GstPinWaiter, 1);
  GstPinSharedWalk *walk;

  waiter->client = gst_pin_http_client_ref (client);
  waiter->attempts = gst_pin_attempts_new ();
  g_task_set_task_data (task, waiter, waiter_free);
  if (answer_from_cache (task, key, id, options))
    return;
  walk = options->cache_seconds > 0 ? find_walk (key, client) : NULL;
  if (walk) {
    join (task, walk);
    return;
  }
  walk = begin_walk (key, client);
  join (task, walk);
  gst_pin_walk_async (client, id, options, walk->cancellable, on_walked, walk);
}

GstPinMedia *
gst_pin_resolve_shared_finish (GAsyncResult *result, GArray **attempts,
    GError **error)
{
  GstPinWaiter *waiter = g_task_get_task_data (G_TASK (result));

  *attempts = g_array_ref (waiter->attempts);
  return g_task_propagate_pointer (G_TASK (result), error);
}
