/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A browser of the user's own, started without a window for one page, over
 * the Chrome DevTools Protocol. What its page was answered comes back as bytes;
 * reading them is the page rooms' work.
 */
#pragma once

#include "http-client-private.h"

G_BEGIN_DECLS

typedef enum
{
  GST_PIN_BROWSER_PAGE,         /* HTML, for gst_pin_page_read() */
  GST_PIN_BROWSER_ANSWER        /* JSON that the page's script asked for */
} GstPinBrowserKind;

/* One answer of the site. The receiver of the array may keep the body. */
typedef struct
{
  GstPinBrowserKind kind;
  gchar *url;
  gchar *content_type;
  GBytes *body;
} GstPinBrowserCapture;

typedef struct
{
  /* Name or path; NULL: chromium, chromium-browser or google-chrome in PATH */
  const gchar *program;
  /* Of these count: proxies (the first), tls_ca_file, allow_private. Cookies,
   * headers and the User-Agent stay those of a fresh browser. */
  const GstPinHttpConfig *http;
  /* Milliseconds for everything; 0: a default */
  guint deadline_ms;
  /* Optional: told of each answer as it comes. Who has seen enough cancels. */
  void (*captured) (const GstPinBrowserCapture * capture, gpointer data);
  gpointer captured_data;
} GstPinBrowserConfig;

void gst_pin_browser_capture_free (GstPinBrowserCapture * self);

/* Loads @url and collects the answers that may hold a Pin's data, until the
 * page is quiet, the deadline is over, or @cancellable says so. @config is
 * copied. Everything happens on the caller's thread-default main context, and
 * the callback comes there, never from inside, when the browser's processes
 * are gone and its profile is removed.
 *
 * Fails with FORBIDDEN_HOST where @url may not be asked, UNSUPPORTED where
 * there is no browser, or none that may run, NETWORK where the page did not
 * load, TIMEOUT where nothing came before the deadline, INTERNAL where the
 * browser does not speak as it should, CANCELLED. */
void gst_pin_browser_load_async (const GstPinBrowserConfig * config,
    const gchar * url, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);

/* (transfer full) (element-type GstPinBrowserCapture): in the order in which
 * they came; may be empty */
GPtrArray *gst_pin_browser_load_finish (GAsyncResult * result,
    GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinBrowserCapture,
    gst_pin_browser_capture_free)

G_END_DECLS
