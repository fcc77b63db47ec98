/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One GET: request, redirects, response, body. It neither retries nor judges
 * a status; whoever starts it does. Client's thread only.
 */
#pragma once

#include "cookies-private.h"
#include "http-client-private.h"

G_BEGIN_DECLS

typedef struct _GstPinExchange GstPinExchange;

typedef struct
{
  const gchar *url;
  guint64 offset;               /* first byte wanted */
  gint64 length;                /* -1: to the end (with offset 0: no Range) */
  const gchar *if_range;        /* NULL: none; sent only with a Range */
  const gchar *header_name;     /* NULL: none; one header more */
  const gchar *header_value;
  const gchar *accept;          /* NULL: none */
  GstPinCookies *cookies;       /* NULL: none; each hop gets those that are its */
  gboolean identity;            /* the bytes as they are stored: no encoding */
  guint stall_ms;               /* longest wait for the next byte; 0: no limit */
} GstPinHttpRequest;

typedef struct
{
  guint status;
  const gchar *url;             /* after redirects */
  const gchar *content_type;    /* without parameters; NULL: none */
  gboolean encoded;             /* compressed, though identity was asked for */
  gint64 content_length;        /* of this body, as sent; -1: not given */
  guint64 range_start;          /* of a 206 */
  gint64 total;                 /* length of the whole resource; -1: unknown */
  const gchar *etag;            /* strong ones only; NULL: none */
  const gchar *last_modified;   /* NULL: none */
  gint64 retry_after;           /* seconds; -1: not given */
} GstPinHttpResponse;

/* What an exchange calls; between start and done, never after cancel. */
typedef struct
{
  /* Optional. A redirect leads to @url, which the host policy let pass. FALSE
   * ends the exchange there: done() follows, without an error. */
  gboolean (*redirect) (GstPinExchange * x, const gchar * url, gpointer data);
  /* The final response. FALSE: the body is not wanted; done() follows,
   * without an error. */
  gboolean (*response) (GstPinExchange * x, const GstPinHttpResponse * r,
      gpointer data);
  /* Where the next bytes go. NULL: nowhere yet; gst_pin_exchange_resume()
   * asks again. */
  guint8 *(*space) (GstPinExchange * x, gsize * size, gpointer data);
  /* @size bytes were put there. FALSE: enough; done() follows, without an
   * error. */
  gboolean (*filled) (GstPinExchange * x, gsize size, gpointer data);
  /* The last call. NULL: it went as asked. */
  void (*done) (GstPinExchange * x, const GError * error, gpointer data);
} GstPinExchangeHandler;

/* Calls done() also where nothing could be sent, but never from inside. The
 * exchange frees itself after done() or cancel. */
GstPinExchange *gst_pin_exchange_start (GstPinHttpClient * client,
    const GstPinHttpRequest * request, const GstPinExchangeHandler * handler,
    gpointer data);

void gst_pin_exchange_resume (GstPinExchange * self);

/* No call after this one */
void gst_pin_exchange_cancel (GstPinExchange * self);

/* Whether a connection was made for it */
gboolean gst_pin_exchange_is_on_new_connection (GstPinExchange * self);

/* The host that was asked first, on the route that was taken; the client's.
 * NULL: the URL names none */
GstPinHostUse *gst_pin_exchange_get_host (GstPinExchange * self);

G_END_DECLS
