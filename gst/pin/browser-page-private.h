/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One page in a browser: which requests it may make, and which answers are
 * kept. Knows the protocol's methods, and nothing of processes.
 */
#pragma once

#include "browser-private.h"

G_BEGIN_DECLS

typedef struct _GstPinBrowserPage GstPinBrowserPage;

typedef struct
{
  /* @capture: (transfer full) */
  void (*captured) (GstPinBrowserCapture * capture, gpointer data);
  /* The last call. @error: (transfer full) (nullable): NULL where the page is
   * loaded and asks for nothing more. May not free the page. */
  void (*ended) (GError * error, gpointer data);
} GstPinBrowserPageHandler;

/* Begins to load @url in the browser at the other end of @fd, which it takes.
 * On the thread-default main context. */
GstPinBrowserPage *gst_pin_browser_page_new (gint fd, const gchar * url,
    const GstPinHttpConfig * http, const GstPinBrowserPageHandler * handler,
    gpointer data);

/* Nothing is called afterwards, and no request goes out */
void gst_pin_browser_page_stop (GstPinBrowserPage * self);
void gst_pin_browser_page_free (GstPinBrowserPage * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinBrowserPage, gst_pin_browser_page_free)

G_END_DECLS
