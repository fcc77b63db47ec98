/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The HTTP client. SoupSession lives on the thread that made it, so the client
 * has a thread of its own, whose main context does all I/O of all Pins that
 * reach the network in the same way: pipelines of one process share
 * connections by sharing the client. It lives as long as somebody holds it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "http-client-private.h"

#include "error-private.h"
#include "host-policy-private.h"
#include "shown-private.h"
#include "tls-database-private.h"

/* How many connections a session may have is the fetcher's to decide; these
 * only keep libsoup's own limits (10 and 2) out of its way. */
#define MAX_CONNS 1024
/* Cancelled calls come back in a few ms; this only keeps a bug from hanging */
#define DRAIN_MS 2000

struct _GstPinHttpClient
{
  gint refs;                    /* under clients_lock */
  GstPinHttpConfig config;      /* const */
  GMainContext *context;        /* const */
  GMainLoop *loop;              /* const */
  GThread *thread;              /* const */
  GPtrArray *routes;            /* of GstPinRoute; the thread's */
  gint64 next_turn;             /* monotonic µs; the thread's */
  guint under_way;              /* calls of libsoup; the thread's */
  guint connecting;             /* requests without a connection; the thread's */
  GQueue wishes;                /* of GstPinWishedConnections; the thread's */
  GSource *later;               /* sees to the wishes; the thread's */
  GCancellable *preconnecting;  /* the thread's */
  GTlsDatabase *database;       /* const; NULL: the system's */
};

/* Connections to be made ahead */
typedef struct
{
  gchar *url;
  guint n;
} GstPinWishedConnections;

static GMutex clients_lock;
static GPtrArray *clients;      /* of GstPinHttpClient, not owned; clients_lock */

void
gst_pin_http_config_clear (GstPinHttpConfig *config)
{
  g_clear_pointer (&config->user_agent, g_free);
  g_clear_pointer (&config->proxies, g_strfreev);
  g_clear_pointer (&config->extra_headers, gst_structure_free);
  g_clear_pointer (&config->tls_ca_file, g_free);
}

void
gst_pin_http_config_copy (const GstPinHttpConfig *from, GstPinHttpConfig *to)
{
  *to = *from;
  to->user_agent = g_strdup (from->user_agent);
  to->proxies = g_strdupv (from->proxies);
  to->extra_headers = from->extra_headers ?
      gst_structure_copy (from->extra_headers) : NULL;
  to->tls_ca_file = g_strdup (from->tls_ca_file);
}

static gboolean
strv_equal (gchar **a, gchar **b)
{
  if (!a || !b)
    return a == b;
  return g_strv_equal ((const gchar * const *) a, (const gchar * const *) b);
}

static gboolean
structure_equal (const GstStructure *a, const GstStructure *b)
{
  if (!a || !b)
    return a == b;
  return gst_structure_is_equal (a, b);
}

static gboolean
config_equal (const GstPinHttpConfig *a, const GstPinHttpConfig *b)
{
  return g_strcmp0 (a->user_agent, b->user_agent) == 0
      && strv_equal (a->proxies, b->proxies)
      && structure_equal (a->extra_headers, b->extra_headers)
      && g_strcmp0 (a->tls_ca_file, b->tls_ca_file) == 0
      && a->timeout == b->timeout && a->retries == b->retries
      && a->max_request_rate == b->max_request_rate
      && a->allow_private == b->allow_private;
}

static void
add_route (GstPinHttpClient *self, const gchar *proxy)
{
  g_autofree gchar *agent = g_strdup (self->config.user_agent ?
      self->config.user_agent : PACKAGE "/" VERSION);
  g_autoptr (GProxyResolver) resolver =
      g_simple_proxy_resolver_new (proxy ? proxy : "direct://", NULL);
  SoupSession *session;

  /* libsoup sends it as it is: a line break would begin another header */
  g_strdelimit (agent, "\r\n", ' ');
  session = soup_session_new_with_options ("user-agent", agent,
      "proxy-resolver", resolver, "max-conns", MAX_CONNS,
      "max-conns-per-host", MAX_CONNS, "timeout", 0, "idle-timeout", 60, NULL);

  if (self->database)
    soup_session_set_tls_database (session, self->database);
  g_ptr_array_add (self->routes, gst_pin_route_new (proxy, session));
}

static void
make_routes (GstPinHttpClient *self)
{
  self->routes = g_ptr_array_new_with_free_func
      ((GDestroyNotify) gst_pin_route_free);
  for (gchar **proxy = self->config.proxies; proxy && *proxy; proxy++)
    add_route (self, *proxy);
  if (self->routes->len == 0)
    add_route (self, NULL);
}

static void
abort_routes (GstPinHttpClient *self)
{
  for (guint i = 0; i < self->routes->len; i++)
    soup_session_abort (((GstPinRoute *) g_ptr_array_index (self->routes,
                i))->session);
}

static gboolean
on_drain_late (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* What was aborted finishes in callbacks that are still to come, some by way
 * of other threads */
static void
drain (GstPinHttpClient *self)
{
  GSource *deadline = g_timeout_source_new (DRAIN_MS);
  gboolean late = FALSE;

  g_source_set_callback (deadline, on_drain_late, &late, NULL);
  g_source_attach (deadline, self->context);
  while (self->under_way > 0 && !late)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (deadline);
  g_source_unref (deadline);
  while (g_main_context_iteration (self->context, FALSE));
}

static void
wished_free (gpointer data)
{
  GstPinWishedConnections *wished = data;

  g_free (wished->url);
  g_free (wished);
}

static void
clear_later (GstPinHttpClient *self)
{
  if (self->later) {
    g_source_destroy (self->later);
    g_clear_pointer (&self->later, g_source_unref);
  }
}

static gpointer
client_thread (gpointer data)
{
  GstPinHttpClient *self = data;

  g_main_context_push_thread_default (self->context);
  self->preconnecting = g_cancellable_new ();
  make_routes (self);
  g_main_loop_run (self->loop);
  clear_later (self);
  g_queue_clear_full (&self->wishes, wished_free);
  g_cancellable_cancel (self->preconnecting);
  abort_routes (self);
  drain (self);
  g_object_unref (self->preconnecting);
  g_ptr_array_unref (self->routes);
  gst_pin_tls_database_release_default ();
  g_main_context_pop_thread_default (self->context);

  g_clear_object (&self->database);
  gst_pin_http_config_clear (&self->config);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
  return NULL;
}

static GTlsDatabase *
load_authorities (const gchar *path, GError **error)
{
  g_autoptr (GError) io = NULL;
  g_autofree gchar *absolute = g_canonicalize_filename (path, NULL);
  g_autoptr (GTlsDatabase) file = g_tls_file_database_new (absolute, &io);

  if (file)
    return gst_pin_tls_database_new (file);
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_TLS,
      "Could not read the authorities in %s (%s). Name a PEM file of "
      "certificates with the setting tls-ca-file.", path, io->message);
  return NULL;
}

static gboolean
is_proxy (const gchar *text)
{
  static const gchar *const schemes[] = {
    "http", "https", "socks", "socks4", "socks4a", "socks5", NULL
  };
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD
      | G_URI_FLAGS_ENCODED, NULL);

  return uri && g_strv_contains (schemes, g_uri_get_scheme (uri))
      && g_uri_get_host (uri) && *g_uri_get_host (uri);
}

/* What is none would be passed over, and the site asked without one */
static gboolean
check_proxies (gchar **proxies, GError **error)
{
  g_autofree gchar *shown = NULL;
  const gchar *at;

  while (proxies && *proxies && is_proxy (*proxies))
    proxies++;
  if (!proxies || !*proxies)
    return TRUE;
  at = strrchr (*proxies, '@');
  shown = gst_pin_shown (at ? at + 1 : *proxies, 80);
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "“%s” is no proxy's address. Write it as http://HOST:PORT, or with "
      "https or socks5 instead of http.", shown);
  return FALSE;
}

static GstPinHttpClient *
client_new_locked (const GstPinHttpConfig *config, GError **error)
{
  GTlsDatabase *database = NULL;
  GstPinHttpClient *self;

  if (!check_proxies (config->proxies, error))
    return NULL;
  gst_pin_tls_database_hold_default ();
  if (config->tls_ca_file) {
    database = load_authorities (config->tls_ca_file, error);
    if (!database) {
      gst_pin_tls_database_release_default ();
      return NULL;
    }
  }

  self = g_new0 (GstPinHttpClient, 1);
  self->refs = 1;
  self->database = database;
  gst_pin_http_config_copy (config, &self->config);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("gst-pin-http", client_thread, self);
  if (!clients)
    clients = g_ptr_array_new ();
  g_ptr_array_add (clients, self);
  return self;
}

GstPinHttpClient *
gst_pin_http_client_obtain (const GstPinHttpConfig *config, GError **error)
{
  GstPinHttpClient *self = NULL;

  g_mutex_lock (&clients_lock);
  for (guint i = 0; clients && i < clients->len && !self; i++) {
    GstPinHttpClient *there = g_ptr_array_index (clients, i);

    if (config_equal (&there->config, config)) {
      there->refs++;
      self = there;
    }
  }
  if (!self)
    self = client_new_locked (config, error);
  g_mutex_unlock (&clients_lock);
  return self;
}

GstPinHttpClient *
gst_pin_http_client_ref (GstPinHttpClient *self)
{
  g_mutex_lock (&clients_lock);
  self->refs++;
  g_mutex_unlock (&clients_lock);
  return self;
}

static gboolean
quit_loop (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

void
gst_pin_http_client_unref (GstPinHttpClient *self)
{
  gboolean last;
  GMainContext *context;
  GThread *thread;
  GSource *quit;

  g_mutex_lock (&clients_lock);
  last = --self->refs == 0;
  if (last) {
    g_ptr_array_remove_fast (clients, self);
    if (clients->len == 0)
      g_clear_pointer (&clients, g_ptr_array_unref);
  }
  g_mutex_unlock (&clients_lock);
  if (!last)
    return;

  /* From here on only the thread owns what self points to */
  thread = self->thread;
  context = g_main_context_ref (self->context);
  quit = g_idle_source_new ();
  g_source_set_priority (quit, G_PRIORITY_HIGH);
  g_source_set_callback (quit, quit_loop, g_main_loop_ref (self->loop),
      (GDestroyNotify) g_main_loop_unref);
  g_source_attach (quit, context);
  g_source_unref (quit);
  g_main_context_unref (context);
  if (thread == g_thread_self ())
    g_thread_unref (thread);
  else
    g_thread_join (thread);
}

const GstPinHttpConfig *
gst_pin_http_client_get_config (GstPinHttpClient *self)
{
  return &self->config;
}

GMainContext *
gst_pin_http_client_get_context (GstPinHttpClient *self)
{
  return self->context;
}

GstPinRoute *
gst_pin_http_client_pick_route (GstPinHttpClient *self)
{
  return gst_pin_route_pick (self->routes, g_get_monotonic_time ());
}

void
gst_pin_http_client_began (GstPinHttpClient *self)
{
  self->under_way++;
}

void
gst_pin_http_client_ended (GstPinHttpClient *self)
{
  self->under_way--;
}

gint64
gst_pin_http_client_take_turn (GstPinHttpClient *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 turn = MAX (now, self->next_turn);

  if (self->config.max_request_rate == 0)
    return 0;
  self->next_turn = turn + G_USEC_PER_SEC / self->config.max_request_rate;
  return turn - now;
}

GstPinHostUse *
gst_pin_http_client_get_host (GstPinHttpClient *self, const gchar *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  return uri ? gst_pin_route_get_host (gst_pin_http_client_pick_route (self),
      uri) : NULL;
}

static gboolean
may_connect (GstPinHttpClient *self, GIOStream *connection)
{
  GSocketConnection *socket = G_SOCKET_CONNECTION (connection);
  g_autoptr (GSocketAddress) peer = NULL;

  if (self->config.proxies || self->config.allow_private)
    return TRUE;
  peer = g_socket_connection_get_remote_address (socket, NULL);
  if (!peer || !G_IS_INET_SOCKET_ADDRESS (peer)
      || gst_pin_host_policy_is_public (g_inet_socket_address_get_address
          (G_INET_SOCKET_ADDRESS (peer))))
    return TRUE;
  g_socket_close (g_socket_connection_get_socket (socket), NULL);
  return FALSE;
}

gboolean
gst_pin_http_client_let_connect (GstPinHttpClient *self,
    GSocketClientEvent event, GIOStream *connection)
{
  switch (event) {
    case G_SOCKET_CLIENT_CONNECTING:
      /* The name was looked up: the last moment to see where it really leads */
      return may_connect (self, connection);
    case G_SOCKET_CLIENT_CONNECTED:
      /* TLS comes next */
      gst_pin_tls_database_await_default ();
      return TRUE;
    default:
      return TRUE;
  }
}

static void
on_preconnect_event (SoupMessage *message, GSocketClientEvent event,
    GIOStream *connection, GstPinHttpClient *self)
{
  gst_pin_http_client_let_connect (self, event, connection);
}

typedef struct
{
  GstPinHttpClient *client;     /* waits for this */
  GstPinHostUse *use;           /* the client's */
} GstPinPreconnection;

static void
on_preconnected (GObject *session, GAsyncResult *result, gpointer data)
{
  GstPinPreconnection *made = data;

  made->use->ahead--;
  if (!soup_session_preconnect_finish (SOUP_SESSION (session), result, NULL))
    made->use->open--;
  gst_pin_http_client_ended (made->client);
  g_free (made);
}

static void
preconnect_now (GstPinHttpClient *self, const gchar *url, guint n)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  GstPinRoute *route = gst_pin_http_client_pick_route (self);
  GstPinHostUse *use;

  if (!uri)
    return;
  use = gst_pin_route_get_host (route, uri);
  while (use->open < n) {
    g_autoptr (SoupMessage) message = soup_message_new_from_uri ("GET", uri);
    GstPinPreconnection *made = g_new (GstPinPreconnection, 1);

    made->client = self;
    made->use = use;
    gst_pin_http_client_began (self);
    use->open++;
    use->ahead++;
    soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
    g_signal_connect (message, "network-event",
        G_CALLBACK (on_preconnect_event), self);
    soup_session_preconnect_async (route->session, message, G_PRIORITY_DEFAULT,
        self->preconnecting, on_preconnected, made);
  }
}

static void
fulfil_wishes (GstPinHttpClient *self)
{
  GstPinWishedConnections *wished;

  while ((wished = g_queue_pop_head (&self->wishes))) {
    preconnect_now (self, wished->url, wished->n);
    wished_free (wished);
  }
}

static gboolean
on_later (gpointer data)
{
  GstPinHttpClient *self = data;
  gboolean soon = g_source_get_priority (self->later) == G_PRIORITY_DEFAULT;

  clear_later (self);
  if (soon || self->connecting == 0)
    fulfil_wishes (self);
  return G_SOURCE_REMOVE;
}

static void
see_to_wishes (GstPinHttpClient *self, gint priority)
{
  if (g_queue_is_empty (&self->wishes) || (self->later
          && g_source_get_priority (self->later) <= priority))
    return;
  clear_later (self);
  self->later = g_idle_source_new ();
  g_source_set_priority (self->later, priority);
  g_source_set_callback (self->later, on_later, self, NULL);
  g_source_attach (self->later, self->context);
}

void
gst_pin_http_client_connecting (GstPinHttpClient *self)
{
  self->connecting++;
}

void
gst_pin_http_client_connected (GstPinHttpClient *self)
{
  self->connecting--;
  see_to_wishes (self, G_PRIORITY_DEFAULT);
}

void
gst_pin_http_client_preconnect (GstPinHttpClient *self, const gchar *url,
    guint n)
{
  GstPinWishedConnections *wished = g_new (GstPinWishedConnections, 1);

  wished->url = g_strdup (url);
  wished->n = n;
  g_queue_push_tail (&self->wishes, wished);
  preconnect_now (self, url, MIN (n, 1));
  /* Behind the request that is being made */
  see_to_wishes (self, G_PRIORITY_DEFAULT_IDLE);
}

void
gst_pin_http_client_invoke (GstPinHttpClient *self, GSourceFunc func,
    gpointer data, GDestroyNotify destroy)
{
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, func, data,
      destroy);
}

typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean done;
  GFunc func;
  gpointer data;
} GstPinSyncCall;

static gboolean
run_sync_call (gpointer data)
{
  GstPinSyncCall *call = data;

  call->func (call->data, NULL);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

void
gst_pin_http_client_invoke_sync (GstPinHttpClient *self, GFunc func,
    gpointer data)
{
  GstPinSyncCall call = {.func = func,.data = data };

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  g_main_context_invoke_full (self->context, G_PRIORITY_HIGH, run_sync_call,
      &call, NULL);
  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.cond);
}
