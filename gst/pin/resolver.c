/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The resolver: the library's way to ask about Pins without a pipeline. An
 * application makes one and keeps it for all its Pins, since connections live
 * as long as it does. Its settings and its client are under its lock; a resolve
 * runs on the client's thread, and its report comes back on the main context
 * that asked.
 */
#include <gst/pin/resolver.h>

#include "report-private.h"
#include "resolve-private.h"
#include "resolve-streams-private.h"
#include "resolver-settings-private.h"

struct _GstPinResolver
{
  GObject parent;

  GMutex lock;
  GstPinResolverSettings settings;      /* lock */
  gboolean complete, playlists; /* lock */
  GstPinHttpClient *client;     /* lock; NULL: none since they were set */
};

G_DEFINE_FINAL_TYPE (GstPinResolver, gst_pin_resolver, G_TYPE_OBJECT);

/* What pinsrc has not, and no client knows of */
static const GstPinSetting own_settings[] = {
  /**
   * GstPinResolver:complete:
   *
   * Whether to look for an MP4 file that the site doesn't name, where it names
   * none. A pipeline needs none, and asks by itself where it does.
   */
  {"complete", "Complete",
      "Look for an MP4 file that the site doesn't name as well",
      G_STRUCT_OFFSET (GstPinResolver, complete), G_TYPE_BOOLEAN,
      .value = TRUE},
  /**
   * GstPinResolver:playlists:
   *
   * Whether to ask for the playlists of a Pin's videos as well: they tell the
   * true sizes and bit rates, see gst_pin_variant_get_stream().
   */
  {"playlists", "Playlists",
      "Ask for the playlists as well, which tell sizes and bit rates",
      G_STRUCT_OFFSET (GstPinResolver, playlists), G_TYPE_BOOLEAN},
  {NULL}
};

/* One question on its way: the data of its GTask */
typedef struct
{
  GstPinHttpClient *client;
  GstPinLocation *location;
  GstPinResolveOptions options;
  gboolean playlists;           /* to be read as well */
  GArray *attempts;             /* of the answer; NULL: there is none yet */
} GstPinQuestion;

static void
question_free (gpointer data)
{
  GstPinQuestion *question = data;

  g_clear_pointer (&question->client, gst_pin_http_client_unref);
  gst_pin_location_unref (question->location);
  gst_pin_resolve_options_clear (&question->options);
  g_clear_pointer (&question->attempts, g_array_unref);
  g_free (question);
}

static void
gst_pin_resolver_set_property (GObject *object, guint id, const GValue *value,
    GParamSpec *spec)
{
  GstPinResolver *self = GST_PIN_RESOLVER (object);
  GstPinHttpClient *client = NULL;
  gpointer field = gst_pin_settings_find (own_settings, self, spec);

  g_mutex_lock (&self->lock);
  if (!field) {
    field = gst_pin_settings_find (gst_pin_resolver_settings,
        &self->settings, spec);
    client = g_steal_pointer (&self->client);
  }
  if (field)
    gst_pin_settings_set (field, value);
  g_mutex_unlock (&self->lock);
  /* Not under the lock: it may wait for the client's thread */
  g_clear_pointer (&client, gst_pin_http_client_unref);
  if (!field)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_pin_resolver_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *spec)
{
  GstPinResolver *self = GST_PIN_RESOLVER (object);
  gpointer field = gst_pin_settings_find (own_settings, self, spec);

  if (!field)
    field = gst_pin_settings_find (gst_pin_resolver_settings,
        &self->settings, spec);
  g_mutex_lock (&self->lock);
  if (field)
    gst_pin_settings_get (field, value);
  g_mutex_unlock (&self->lock);
  if (!field)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_pin_resolver_finalize (GObject *object)
{
  GstPinResolver *self = GST_PIN_RESOLVER (object);

  g_clear_pointer (&self->client, gst_pin_http_client_unref);
  gst_pin_settings_clear (gst_pin_resolver_settings, &self->settings);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_pin_resolver_parent_class)->finalize (object);
}

static void
gst_pin_resolver_class_init (GstPinResolverClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_pin_resolver_set_property;
  object_class->get_property = gst_pin_resolver_get_property;
  object_class->finalize = gst_pin_resolver_finalize;
  gst_pin_settings_install (gst_pin_resolver_settings, object_class,
      gst_pin_settings_install (own_settings, object_class, 1, flags), flags);
}

static void
gst_pin_resolver_init (GstPinResolver *self)
{
  g_mutex_init (&self->lock);
  gst_pin_settings_init (own_settings, self);
  gst_pin_settings_init (gst_pin_resolver_settings, &self->settings);
}

/**
 * gst_pin_resolver_new:
 *
 * Returns: (transfer full): a resolver with every property at its default
 */
GstPinResolver *
gst_pin_resolver_new (void)
{
  return g_object_new (GST_TYPE_PIN_RESOLVER, NULL);
}

/* What the properties say now. FALSE: something is wrong with them */
static gboolean
take_settings (GstPinResolver *self, GstPinQuestion *question, GError **error)
{
  g_auto (GstPinHttpConfig) http = { NULL, };

  g_mutex_lock (&self->lock);
  gst_pin_resolver_settings_to_options (&self->settings, &question->options);
  if (!self->client) {
    gst_pin_resolver_settings_to_http (&self->settings, &http);
    self->client = gst_pin_http_client_obtain (&http, error);
  }
  if (self->client)
    question->client = gst_pin_http_client_ref (self->client);
  question->playlists = self->playlists;
  question->options.complete = self->complete;
  g_mutex_unlock (&self->lock);
  return question->client
      && gst_pin_resolve_options_load (&question->options, error);
}

typedef struct
{
  GTask *task;
  GstPinReport *report;
} GstPinAnswer;

static void
answer_free (gpointer data)
{
  GstPinAnswer *answer = data;

  g_object_unref (answer->task);
  g_clear_pointer (&answer->report, gst_pin_report_unref);
  g_free (answer);
}

static gboolean
answer_in_context (gpointer data)
{
  GstPinAnswer *answer = data;

  g_task_return_pointer (answer->task, g_steal_pointer (&answer->report),
      (GDestroyNotify) gst_pin_report_unref);
  return G_SOURCE_REMOVE;
}

/* Takes both. The task itself goes to the context that asked, so that the last
 * reference to the client is not dropped on the client's own thread, where
 * nobody could wait for its end. */
static void
give_report (GTask *task, GstPinReport *report)
{
  GstPinAnswer *answer = g_new (GstPinAnswer, 1);
  g_autoptr (GMainContext) context =
      g_main_context_ref (g_task_get_context (task));
  g_autoptr (GSource) idle = g_idle_source_new ();

  answer->task = task;
  answer->report = report;
  g_source_set_priority (idle, g_task_get_priority (task));
  g_source_set_callback (idle, answer_in_context, answer, answer_free);
  g_source_attach (idle, context);
}

static void
on_streams (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinQuestion *question = g_task_get_task_data (task);
  GstPinMedia *media = gst_pin_resolve_streams_finish (result,
      question->attempts);

  give_report (task, gst_pin_report_new (question->location, media, NULL,
          question->attempts));
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinQuestion *question = g_task_get_task_data (task);
  GError *error = NULL;
  GstPinMedia *media = gst_pin_resolve_finish (result, &question->attempts,
      &error);

  if (media && question->playlists) {
    gst_pin_resolve_streams_async (question->client, media,
        g_task_get_cancellable (task), on_streams, task);
    gst_pin_media_unref (media);
  } else
    give_report (task, gst_pin_report_new (question->location, media, error,
            question->attempts));
}

static gboolean
ask_in_loop (gpointer data)
{
  GTask *task = data;
  GstPinQuestion *question = g_task_get_task_data (task);

  gst_pin_resolve_async (question->client, question->location,
      &question->options, g_task_get_cancellable (task), on_resolved, task);
  return G_SOURCE_REMOVE;
}

/**
 * gst_pin_resolver_resolve_async:
 * @self: a #GstPinResolver
 * @location: which Pin
 * @cancellable: (nullable): to give up early
 * @callback: called on the thread-default main context of the caller
 * @user_data: for @callback
 *
 * Asks the site about a Pin. The properties are those of this moment.
 */
void
gst_pin_resolver_resolve_async (GstPinResolver *self,
    GstPinLocation *location, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GstPinQuestion *question;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (GST_IS_PIN_RESOLVER (self));
  g_return_if_fail (location != NULL);

  question = g_new0 (GstPinQuestion, 1);
  question->location = gst_pin_location_ref (location);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, gst_pin_resolver_resolve_async);
  /* A report says by itself that it was cancelled */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, question, question_free);

  if (take_settings (self, question, &error))
    gst_pin_http_client_invoke (question->client, ask_in_loop, task, NULL);
  else {
    g_autoptr (GArray) attempts = gst_pin_attempts_new ();

    give_report (task, gst_pin_report_new (location, NULL, error, attempts));
  }
}

/**
 * gst_pin_resolver_resolve_finish:
 * @self: a #GstPinResolver
 * @result: what the callback got
 *
 * Returns: (transfer full): what came of it; never %NULL, since a failure is a
 *     report too
 */
GstPinReport *
gst_pin_resolver_resolve_finish (GstPinResolver *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}

typedef struct
{
  GstPinReport *report;
  GMainLoop *loop;
} GstPinSyncResolve;

static void
on_sync_resolved (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinSyncResolve *sync = data;

  sync->report = gst_pin_resolver_resolve_finish (GST_PIN_RESOLVER (source),
      result);
  g_main_loop_quit (sync->loop);
}

/**
 * gst_pin_resolver_resolve:
 * @self: a #GstPinResolver
 * @location: which Pin
 * @cancellable: (nullable): to give up early, from another thread
 *
 * As gst_pin_resolver_resolve_async(), and waits for the end.
 *
 * Returns: (transfer full): what came of it; never %NULL
 */
GstPinReport *
gst_pin_resolver_resolve (GstPinResolver *self, GstPinLocation *location,
    GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  GstPinSyncResolve sync = { NULL, loop };

  g_return_val_if_fail (GST_IS_PIN_RESOLVER (self), NULL);
  g_return_val_if_fail (location != NULL, NULL);

  g_main_context_push_thread_default (context);
  gst_pin_resolver_resolve_async (self, location, cancellable,
      on_sync_resolved, &sync);
  g_main_loop_run (loop);
  /* The answer's source goes with what it holds */
  while (g_main_context_iteration (context, FALSE));
  g_main_context_pop_thread_default (context);
  return sync.report;
}
