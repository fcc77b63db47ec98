/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The answer for the little Pins that other sites embed. It comes from a host
 * of its own, wants neither key nor cookie, and knows the videos of public
 * Pins.
 */
#include "strategy-private.h"

#include "page-private.h"

#define MAX_ANSWER (4 * 1024 * 1024)

static void
ask_async (const GstPinStrategyQuery *query, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  g_autofree gchar *url = g_strdup_printf
      ("https://widgets.pinterest.com/v3/pidgets/pins/info/?pin_ids=%s"
      "&sub=www&base_scheme=https", query->id);
  GstPinDocumentRequest request = {
    .url = url,
    .what = "load the Pin's widget",
    .accept = "application/json",
    .max_size = MAX_ANSWER,
    .redirect = gst_pin_strategy_stop_at_login,
  };

  gst_pin_strategy_fetch_async (query, &request, gst_pin_page_read_resource,
      cancellable, callback, data);
}

const GstPinStrategy gst_pin_strategy_widget = {
  .name = "widget",
  .by_default = TRUE,
  .ask_async = ask_async,
};
