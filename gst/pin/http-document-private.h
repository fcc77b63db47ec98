/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole small resource (page, playlist, picture) in memory, with retries.
 */
#pragma once

#include "cookies-private.h"
#include "http-client-private.h"

G_BEGIN_DECLS

typedef struct
{
  const gchar *url;
  const gchar *what;            /* for messages: "load the page" */
  const gchar *accept;
  const gchar *header_name, *header_value;      /* one header more, or NULL */
  GstPinCookies *cookies;       /* NULL: none */
  gsize max_size;               /* of the body; more is an error */
  gboolean beginning;           /* only the first max_size bytes are wanted */
  /* Optional: called with each piece of the body as it comes, which it may
   * keep; the document's body stays empty then. NULL: what came so far is
   * void, the body begins (again). */
  void (*take) (GBytes * piece, gpointer data);
  gpointer take_data;
  /* Optional: called with each redirect's target; FALSE: stop there */
  gboolean (*redirect) (const gchar * url, gpointer data);
  gpointer redirect_data;
} GstPinDocumentRequest;

typedef struct
{
  GBytes *body;                 /* NULL: stopped at a redirect */
  gchar *url;                   /* where it came from, or the redirect's target */
  gchar *content_type;
  gint64 total;                 /* bytes there are, also where only the beginning
                                 * was wanted; -1: not said */
} GstPinDocument;

void gst_pin_document_free (GstPinDocument * self);

/* Client's thread only; the callback comes there too, never from inside. Fails
 * in GST_PIN_ERROR with "http-status-code" for every status but 2xx, and with
 * G_IO_ERROR_CANCELLED when @cancellable was cancelled. */
void gst_pin_document_fetch_async (GstPinHttpClient * client,
    const GstPinDocumentRequest * request, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer data);
GstPinDocument *gst_pin_document_fetch_finish (GAsyncResult * result,
    GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinDocument, gst_pin_document_free)

G_END_DECLS
