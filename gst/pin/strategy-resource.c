/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The answer that the site's own script asks for when it shows a Pin: JSON of
 * some 10 KB. As a visitor, and, where the user gave cookies, as that user.
 */
#include "strategy-private.h"

#include "page-private.h"

#define MAX_ANSWER (16 * 1024 * 1024)

static void
ask_async (const GstPinStrategyQuery *query, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  g_autofree gchar *options = g_strdup_printf
      ("{\"options\":{\"id\":\"%s\",\"field_set_key\":"
      "\"unauth_react_main_pin\"},\"context\":{}}", query->id);
  g_autofree gchar *escaped = g_uri_escape_string (options, NULL, FALSE);
  g_autofree gchar *url = g_strdup_printf
      ("https://www.pinterest.com/resource/PinResource/get/"
      "?source_url=%%2Fpin%%2F%s%%2F&data=%s", query->id, escaped);
  GstPinDocumentRequest request = {
    .url = url,
    .what = "load the Pin's data",
    .accept = "application/json",
    /* Without this header the site answers 403 (observed since March 2025);
     * the brackets stand so */
    .header_name = "X-Pinterest-PWS-Handler",
    .header_value = "www/[username].js",
    .cookies = query->cookies,
    .max_size = MAX_ANSWER,
    .redirect = gst_pin_strategy_stop_at_login,
  };

  gst_pin_strategy_fetch_async (query, &request, gst_pin_page_read_resource,
      cancellable, callback, data);
}

const GstPinStrategy gst_pin_strategy_resource = {
  .name = "resource",
  .by_default = TRUE,
  .ask_async = ask_async,
};

const GstPinStrategy gst_pin_strategy_account = {
  .name = "account",
  .by_default = TRUE,
  .personal = TRUE,
  .is_ready = gst_pin_strategy_has_cookies,
  .ask_async = ask_async,
};
