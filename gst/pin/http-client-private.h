/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The HTTP client: one thread with a main context, one SoupSession, one set of
 * connections. Everything that it does and calls back happens on that thread;
 * gst_pin_http_client_invoke() is how others get there.
 */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <libsoup/soup.h>

#include "http-route-private.h"

G_BEGIN_DECLS

typedef struct _GstPinHttpClient GstPinHttpClient;

/* How to reach the network. Two clients with equal configurations are one. */
typedef struct
{
  gchar *user_agent;            /* NULL: "gst-pin/VERSION" */
  gchar **proxies;              /* proxies' URIs; NULL: direct */
  GstStructure *extra_headers;  /* strings, for every request; NULL: none */
  gchar *tls_ca_file;           /* PEM; NULL: the system's authorities */
  guint timeout;                /* seconds without progress; 0: no limit */
  guint retries;                /* further attempts after a failed one */
  guint max_request_rate;       /* requests a second; 0: no limit */
  gboolean allow_private;
} GstPinHttpConfig;

void gst_pin_http_config_clear (GstPinHttpConfig * config);
void gst_pin_http_config_copy (const GstPinHttpConfig * from,
    GstPinHttpConfig * to);

/* (transfer full) The process's client for @config, made when nobody has it.
 * Any thread. TLS where the CA file can't be read. */
GstPinHttpClient *gst_pin_http_client_obtain (const GstPinHttpConfig * config,
    GError ** error);

GstPinHttpClient *gst_pin_http_client_ref (GstPinHttpClient * self);

/* The last one to go closes all connections and, unless it runs on the
 * client's own thread, waits for that thread's end. Any thread. */
void gst_pin_http_client_unref (GstPinHttpClient * self);

const GstPinHttpConfig *gst_pin_http_client_get_config (GstPinHttpClient *
    self);
GMainContext *gst_pin_http_client_get_context (GstPinHttpClient * self);

/* The way that the next request takes. Client's thread only. */
GstPinRoute *gst_pin_http_client_pick_route (GstPinHttpClient * self);

/* libsoup was asked for something, and has called back. The client's end waits
 * for what is under way: a handshake in a thread of its own hands its result to
 * a main context that must still run then. Client's thread only. */
void gst_pin_http_client_began (GstPinHttpClient * self);
void gst_pin_http_client_ended (GstPinHttpClient * self);

/* A connection is made for a request that waits for it, and has been, or will
 * not be. Client's thread only. */
void gst_pin_http_client_connecting (GstPinHttpClient * self);
void gst_pin_http_client_connected (GstPinHttpClient * self);

/* How many µs a request that is to go out now has to wait for its turn under
 * max_request_rate; it has its turn then. Client's thread only. */
gint64 gst_pin_http_client_take_turn (GstPinHttpClient * self);

/* How much @url's host is used. Client's thread only. */
GstPinHostUse *gst_pin_http_client_get_host (GstPinHttpClient * self,
    const gchar * url);

/* Runs @func on the client's thread, soon; at once when called from there. */
void gst_pin_http_client_invoke (GstPinHttpClient * self, GSourceFunc func,
    gpointer data, GDestroyNotify destroy);

/* Runs @func on the client's thread and waits for it. */
void gst_pin_http_client_invoke_sync (GstPinHttpClient * self,
    GFunc func, gpointer data);

/* What libsoup tells of a connection in the making. FALSE: it leads to a private
 * address; its socket is closed, so that the attempt fails before a packet
 * leaves. Client's thread. */
gboolean gst_pin_http_client_let_connect (GstPinHttpClient * self,
    GSocketClientEvent event, GIOStream * connection);

/* Opens connections to @url's host until there are @n, ahead of the requests
 * that will need them: one at once, the others when a request that waits for a
 * connection of its own, if there is one, has got it. Client's thread only. */
void gst_pin_http_client_preconnect (GstPinHttpClient * self,
    const gchar * url, guint n);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstPinHttpConfig, gst_pin_http_config_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinHttpClient, gst_pin_http_client_unref)

G_END_DECLS
