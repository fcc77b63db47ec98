/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One way to learn what a Pin is. Each is one file and one line of the table
 * in strategy.c; see docs/how-to-add-a-strategy.md. Client's thread only.
 */
#pragma once

#include <gst/pin/media.h>

#include "http-document-private.h"
#include "resolve-options-private.h"

G_BEGIN_DECLS

typedef struct
{
  GstPinHttpClient *client;
  const gchar *id;              /* which Pin */
  const GstPinResolveOptions *options;  /* loaded */
  GstPinCookies *cookies;       /* for who asks as the user; NULL: a visitor */
  GstPinMedia *known;           /* what those before found; NULL: nothing */
} GstPinStrategyQuery;

typedef struct
{
  const gchar *name;
  gboolean by_default;
  /* It asks as the user, who may see what a visitor doesn't: asked even where
   * a visitor was told that there is no such Pin */
  gboolean personal;
  /* It completes what is known: asked only where a video is, and where the
   * caller wants all there is. The media it gives replaces the known one. */
  gboolean supplement;
  /* Whether it has what it needs; NULL: always */
  gboolean (*is_ready) (const GstPinStrategyQuery * query);
  /* @query is the caller's and holds until the callback, which comes on the
   * client's thread with a GTask of a GstPinMedia, and never from inside */
  void (*ask_async) (const GstPinStrategyQuery * query,
      GCancellable * cancellable, GAsyncReadyCallback callback, gpointer data);
} GstPinStrategy;

extern const GstPinStrategy gst_pin_strategy_page;
extern const GstPinStrategy gst_pin_strategy_resource;
extern const GstPinStrategy gst_pin_strategy_widget;
extern const GstPinStrategy gst_pin_strategy_account;
extern const GstPinStrategy gst_pin_strategy_account_page;
extern const GstPinStrategy gst_pin_strategy_api;
extern const GstPinStrategy gst_pin_strategy_mp4;
extern const GstPinStrategy gst_pin_strategy_browser;

/* (transfer full) The media, which nobody else has */
GstPinMedia *gst_pin_strategy_ask_finish (GAsyncResult * result,
    GError ** error);

/* @names: separated by commas, the first asked first; NULL: all that are asked
 * by default. (transfer full) (element-type GstPinStrategy), or NULL with
 * UNSUPPORTED. */
GPtrArray *gst_pin_strategies_parse (const gchar * names, GError ** error);

/* ---- what strategies share ---- */

typedef GstPinMedia *(*GstPinStrategyRead) (GBytes * body, const gchar * id,
    GError ** error);

/* Fetches one document and reads it on a thread of its own: the whole of an
 * ask_async() for a strategy that asks one question */
void gst_pin_strategy_fetch_async (const GstPinStrategyQuery * query,
    const GstPinDocumentRequest * request, GstPinStrategyRead read,
    GCancellable * cancellable, GAsyncReadyCallback callback, gpointer data);

/* An is_ready(): whether the user gave cookies */
gboolean gst_pin_strategy_has_cookies (const GstPinStrategyQuery * query);

/* A redirect function for documents: the login page is no page of a Pin */
gboolean gst_pin_strategy_stop_at_login (const gchar * url, gpointer unused);

/* (transfer full) What it means that a redirect to @url was not followed */
GError *gst_pin_strategy_redirect_error (const gchar * url);

G_END_DECLS
