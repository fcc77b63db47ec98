/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of strategies, and what those share that ask one question: fetch a
 * document on the client's thread, read it on a worker, so that other Pins'
 * connections go on meanwhile. A strategy keeps nothing between questions; a
 * question is a GTask, which owns its state.
 */
#include "strategy-private.h"

#include <gst/pin/error.h>
#include <string.h>

#include "error-private.h"
#include "shown-private.h"

/* Best first. Visitors' ways come before those that ask as the user. */
static const GstPinStrategy *const strategies[] = {
  &gst_pin_strategy_page,
  &gst_pin_strategy_resource,
  &gst_pin_strategy_widget,
  &gst_pin_strategy_account,
  &gst_pin_strategy_account_page,
  &gst_pin_strategy_api,
  &gst_pin_strategy_mp4,
  &gst_pin_strategy_browser,
};

static const GstPinStrategy *
find (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (strategies); i++)
    if (g_ascii_strcasecmp (strategies[i]->name, name) == 0)
      return strategies[i];
  return NULL;
}

static void
refuse (const gchar *name, GError **error)
{
  g_autofree gchar *shown = gst_pin_shown (name, 40);
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (strategies); i++)
    g_string_append_printf (known, "%s%s", i ? ", " : "",
        strategies[i]->name);
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "“%s” is no strategy. Name one or several of these, with commas "
      "between, the first to be asked first: %s.", shown, known->str);
}

GPtrArray *
gst_pin_strategies_parse (const gchar *names, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_auto (GStrv) parts = g_strsplit (names ? names : "", ",", -1);

  for (gchar **part = parts; *part; part++) {
    const GstPinStrategy *strategy;

    if (!*g_strstrip (*part))
      continue;
    strategy = find (*part);
    if (!strategy) {
      refuse (*part, error);
      return NULL;
    }
    if (!g_ptr_array_find (list, strategy, NULL))
      g_ptr_array_add (list, (gpointer) strategy);
  }
  if (list->len > 0)
    return g_steal_pointer (&list);
  for (guint i = 0; i < G_N_ELEMENTS (strategies); i++)
    if (strategies[i]->by_default)
      g_ptr_array_add (list, (gpointer) strategies[i]);
  return g_steal_pointer (&list);
}

GstPinMedia *
gst_pin_strategy_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- one document ---- */

typedef struct
{
  gchar *id;
  GstPinStrategyRead read;
  GBytes *body;                 /* NULL: not there yet */
} GstPinAsking;

static void
asking_free (gpointer data)
{
  GstPinAsking *asking = data;

  g_clear_pointer (&asking->body, g_bytes_unref);
  g_free (asking->id);
  g_free (asking);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data,
    GCancellable *cancellable)
{
  GstPinAsking *asking = task_data;
  GError *error = NULL;
  GstPinMedia *media = asking->read (asking->body, asking->id, &error);

  if (media)
    g_task_return_pointer (task, media,
        (GDestroyNotify) gst_pin_media_unref);
  else
    g_task_return_error (task, error);
}

static void
on_document (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GstPinAsking *asking = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &error);

  if (document && !document->body)
    error = gst_pin_strategy_redirect_error (document->url);
  if (error) {
    g_task_return_error (task, error);
    return;
  }
  asking->body = g_bytes_ref (document->body);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, read_in_thread);
}

void
gst_pin_strategy_fetch_async (const GstPinStrategyQuery *query,
    const GstPinDocumentRequest *request, GstPinStrategyRead read,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinAsking *asking = g_new0 (GstPinAsking, 1);

  asking->id = g_strdup (query->id);
  asking->read = read;
  g_task_set_task_data (task, asking, asking_free);
  gst_pin_document_fetch_async (query->client, request, cancellable,
      on_document, task);
}

gboolean
gst_pin_strategy_has_cookies (const GstPinStrategyQuery *query)
{
  return query->options->cookies != NULL;
}

static gboolean
is_login (const gchar *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);

  return uri && g_str_has_prefix (g_uri_get_path (uri), "/login");
}

gboolean
gst_pin_strategy_stop_at_login (const gchar *url, gpointer unused)
{
  return !is_login (url);
}

GError *
gst_pin_strategy_redirect_error (const gchar *url)
{
  g_autofree gchar *shown = gst_pin_url_for_display (url);
  GError *error;

  if (is_login (url))
    error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED,
        "The site asks for a login before it shows this Pin. Try later, "
        "from another network, or with your own cookies (the setting "
        "cookies-file).");
  else
    error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST,
        "The site's API leads to %s, where an access token must not go. Try "
        "without the token.", shown);
  gst_pin_error_set_url (error, url);
  return error;
}
