/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The Pin's page: first as any visitor gets it, and, where the user gave
 * cookies, later as that user does. It is the best source there is, and the
 * largest; reading it does not wait for all of it, see page-fetch.c.
 */
#include "strategy-private.h"

#include "page-fetch-private.h"

static void
ask_async (const GstPinStrategyQuery *query, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  g_autofree gchar *url = g_strdup_printf ("https://www.pinterest.com/pin/%s/",
      query->id);

  gst_pin_page_fetch_async (query->client, url, query->id, query->cookies,
      cancellable, callback, data);
}

const GstPinStrategy gst_pin_strategy_page = {
  .name = "page",
  .by_default = TRUE,
  .ask_async = ask_async,
};

/* A page with a login often comes without the Pin's data, which its script
 * then asks for (reported by several tools): so strategy-resource.c's comes
 * before */
const GstPinStrategy gst_pin_strategy_account_page = {
  .name = "account-page",
  .by_default = TRUE,
  .personal = TRUE,
  .is_ready = gst_pin_strategy_has_cookies,
  .ask_async = ask_async,
};
