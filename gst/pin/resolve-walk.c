/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The walk along the strategies. It asks one after the other in the user's
 * order until one knows a video, or says for sure that there is none. It is a
 * GTask on the client's thread, which owns all of its state, and lives until
 * its callback.
 */
#include "resolve-walk-private.h"

#include "error-private.h"
#include "media-private.h"
#include "strategy-private.h"

typedef struct
{
  GstPinHttpClient *client;
  gchar *id;
  GstPinResolveOptions options;
  GArray *attempts;             /* of GstPinAttempt */

  guint next;                   /* in the ranking: what is asked next */
  const GstPinStrategy *strategy;       /* what is being asked */
  GstPinStrategyQuery query;
  gint64 since;
  GError *first_error;          /* of the best source: it tells the user most */
  GstPinMedia *media;           /* the answer so far */
} GstPinWalk;

static void ask_next (GTask * task);

static void
walk_free (gpointer data)
{
  GstPinWalk *walk = data;

  g_free (walk->id);
  gst_pin_resolve_options_clear (&walk->options);
  g_array_unref (walk->attempts);
  g_clear_error (&walk->first_error);
  g_clear_pointer (&walk->media, gst_pin_media_unref);
  gst_pin_http_client_unref (walk->client);
  g_free (walk);
}

/* What says that the site cannot be reached, or wants to be left alone, holds
 * for all of its doors */
gboolean
gst_pin_walk_may_help (const GError *error)
{
  if (error->domain != GST_PIN_ERROR)
    return FALSE;
  switch (error->code) {
    case GST_PIN_ERROR_CANCELLED:
    case GST_PIN_ERROR_TLS:
    case GST_PIN_ERROR_TIMEOUT:
    case GST_PIN_ERROR_RATE_LIMITED:
      return FALSE;
    case GST_PIN_ERROR_NETWORK:
      return gst_pin_error_get_http_status (error) != 0;
    default:
      return TRUE;
  }
}

/* A carousel in a Relay answer shows its videos as pictures (observed), so a
 * picture is believed only when nobody knows better */
static gboolean
is_poor (const GstPinMedia *media)
{
  return gst_pin_media_get_kind (media) == GST_PIN_KIND_IMAGE
      && g_strcmp0 (gst_pin_media_get_source (media), "relay") == 0;
}

static gboolean
is_not_found (const GError *error)
{
  return g_error_matches (error, GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND);
}

/* Takes @error */
static void
take_error (GstPinWalk *walk, GError *error)
{
  if (!gst_pin_walk_may_help (error))
    walk->next = walk->options.ranking->len;
  /* That there is none is said for sure, while a failure to read may be this
   * one door's; and a door that cannot be reached says nothing of those before
   * it */
  if (is_not_found (error) || (!gst_pin_walk_may_help (error)
          && !g_error_matches (error, GST_PIN_ERROR, GST_PIN_ERROR_NETWORK)))
    g_clear_error (&walk->first_error);
  if (walk->first_error)
    g_error_free (error);
  else
    walk->first_error = error;
}

/* Takes @media, which nobody else has */
static void
take_media (GstPinWalk *walk, GstPinMedia *media)
{
  if (walk->media && !walk->strategy->supplement)
    gst_pin_media_merge (media, walk->media);
  g_clear_pointer (&walk->media, gst_pin_media_unref);
  walk->media = media;
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinWalk *walk = g_task_get_task_data (task);
  GError *error = NULL;
  GstPinMedia *media = gst_pin_strategy_ask_finish (result, &error);

  gst_pin_attempts_add (walk->attempts, walk->strategy->name, error,
      walk->since);
  if (media)
    take_media (walk, media);
  else if (walk->strategy->supplement)
    g_error_free (error);
  else
    take_error (walk, error);
  ask_next (task);
}

static gboolean
is_wanted (GstPinWalk *walk, const GstPinStrategy *strategy)
{
  gboolean answered = walk->media && !is_poor (walk->media);
  gboolean wanted = strategy->supplement
      ? answered && walk->options.complete
      : !answered && (strategy->personal || !is_not_found (walk->first_error));

  if (!wanted)
    return FALSE;
  return !strategy->is_ready || strategy->is_ready (&walk->query);
}

static GError *
explain_nothing_asked (void)
{
  return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "None of the strategies could be asked: what is named lacks cookies, a "
      "token, or a video that is known already. Name others with "
      "the setting strategies.");
}

/* A status or a word of one door tells a user little: what it comes to, and
 * what can be done. The details stay. */
static void
explain_not_found (GstPinWalk *walk, GError *error)
{
  gboolean as_user = walk->options.cookies || walk->options.token;

  if (!is_not_found (error))
    return;
  g_free (error->message);
  error->message = g_strdup_printf ("There is no Pin %s that %s may see: it "
      "was removed, is private, or never was. Check the number, and look at "
      "https://www.pinterest.com/pin/%s/ in a browser%s", walk->id,
      as_user ? "this account" : "a visitor", walk->id, as_user ? "." :
      "; if it shows there because you are logged in, name that "
      "session's cookies with the setting cookies-file.");
}

static void
conclude (GTask *task)
{
  GstPinWalk *walk = g_task_get_task_data (task);

  if (walk->media)
    g_task_return_pointer (task, g_steal_pointer (&walk->media),
        (GDestroyNotify) gst_pin_media_unref);
  else if (walk->first_error) {
    explain_not_found (walk, walk->first_error);
    g_task_return_error (task, g_steal_pointer (&walk->first_error));
  } else
    g_task_return_error (task, explain_nothing_asked ());
  g_object_unref (task);
}

static void
ask_next (GTask *task)
{
  GstPinWalk *walk = g_task_get_task_data (task);

  walk->query.known = walk->media;
  while (walk->next < walk->options.ranking->len) {
    walk->strategy = g_ptr_array_index (walk->options.ranking, walk->next++);
    if (!is_wanted (walk, walk->strategy))
      continue;
    walk->query.cookies = walk->strategy->personal ? walk->options.cookies
        : NULL;
    walk->since = g_get_monotonic_time ();
    walk->strategy->ask_async (&walk->query, g_task_get_cancellable (task),
        on_asked, task);
    return;
  }
  conclude (task);
}

static GTask *
walk_new (GstPinHttpClient *client, const gchar *id,
    const GstPinResolveOptions *options, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinWalk *walk = g_new0 (GstPinWalk, 1);

  walk->client = gst_pin_http_client_ref (client);
  walk->id = g_strdup (id);
  gst_pin_resolve_options_copy (options, &walk->options);
  walk->attempts = gst_pin_attempts_new ();
  walk->query.client = client;
  walk->query.id = walk->id;
  walk->query.options = &walk->options;
  g_task_set_task_data (task, walk, walk_free);
  return task;
}

void
gst_pin_walk_async (GstPinHttpClient *client, const gchar *id,
    const GstPinResolveOptions *options, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  ask_next (walk_new (client, id, options, cancellable, callback, data));
}

void
gst_pin_walk_on_async (GstPinHttpClient *client, GstPinMedia *known,
    const GstPinResolveOptions *options, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = walk_new (client, known->id, options, cancellable, callback,
      data);
  GstPinWalk *walk = g_task_get_task_data (task);

  walk->media = gst_pin_media_ref (known);
  walk->options.complete = TRUE;
  ask_next (task);
}

GstPinMedia *
gst_pin_walk_finish (GAsyncResult *result, GArray **attempts, GError **error)
{
  GstPinWalk *walk = g_task_get_task_data (G_TASK (result));

  *attempts = g_array_ref (walk->attempts);
  return g_task_propagate_pointer (G_TASK (result), error);
}
