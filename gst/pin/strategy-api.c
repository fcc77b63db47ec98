/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The official API, version 5, with the token of the user's own account. It
 * knows Pins of that account and of boards shared with it, private ones among
 * them, and nobody else's.
 *
 * The token is the user's account. It goes to api.pinterest.com and nowhere
 * else: no redirect is followed, since the API needs none and the header would
 * go along.
 */
#include "strategy-private.h"

#include "page-private.h"

#define MAX_ANSWER (1024 * 1024)

static gboolean
follow_nothing (const gchar *url, gpointer unused)
{
  return FALSE;
}

static void
ask_async (const GstPinStrategyQuery *query, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  g_autofree gchar *url = g_strdup_printf
      ("https://api.pinterest.com/v5/pins/%s", query->id);
  g_autofree gchar *bearer = g_strconcat ("Bearer ", query->options->token,
      NULL);
  GstPinDocumentRequest request = {
    .url = url,
    .what = "ask the site's API",
    .accept = "application/json",
    .header_name = "Authorization",
    .header_value = bearer,
    .max_size = MAX_ANSWER,
    .redirect = follow_nothing,
  };

  gst_pin_strategy_fetch_async (query, &request, gst_pin_page_read_api,
      cancellable, callback, data);
}

static gboolean
has_token (const GstPinStrategyQuery *query)
{
  return query->options->token != NULL;
}

const GstPinStrategy gst_pin_strategy_api = {
  .name = "api",
  .by_default = TRUE,
  .personal = TRUE,
  .is_ready = has_token,
  .ask_async = ask_async,
};
