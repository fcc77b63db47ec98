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

/* How many connections a session may have is the fetcher's to decide; these
 * only keep libsoup's own limits (10 and 2) out of its way. */
#define MAX_CONNS 1024

/* A host's connections, as far as exchanges tell. libsoup knows better which
 * are open; this only decides when to ask it for one more, since by itself it
 * lets a request wait for another's connection to be made (it might turn out
 * to be HTTP/2), one after the other. */
typedef struct
{
  guint open, busy;
} GstPinHostUse;

struct _GstPinHttpClient
{
  gint refs;                    /* under clients_lock */
  GstPinHttpConfig config;      /* const */
  GMainContext *context;        /* const */
  GMainLoop *loop;              /* const */
  GThread *thread;              /* const */
  SoupSession *session;         /* made, used and freed on the thread */
  GHashTable *hosts;            /* "host:port" → GstPinHostUse; thread's */
  GTlsDatabase *database;       /* const; NULL: the system's */
};

static GMutex clients_lock;
static GPtrArray *clients;      /* of GstPinHttpClient, not owned; clients_lock */

void
gst_pin_http_config_clear (GstPinHttpConfig *config)
{
  g_clear_pointer (&config->user_agent, g_free);
  g_clear_pointer (&config->proxy, g_free);
  g_clear_pointer (&config->tls_ca_file, g_free);
}

void
gst_pin_http_config_copy (const GstPinHttpConfig *from, GstPinHttpConfig *to)
{
  *to = *from;
  to->user_agent = g_strdup (from->user_agent);
  to->proxy = g_strdup (from->proxy);
  to->tls_ca_file = g_strdup (from->tls_ca_file);
}

static gboolean
config_equal (const GstPinHttpConfig *a, const GstPinHttpConfig *b)
{
  return g_strcmp0 (a->user_agent, b->user_agent) == 0
      && g_strcmp0 (a->proxy, b->proxy) == 0
      && g_strcmp0 (a->tls_ca_file, b->tls_ca_file) == 0
      && a->timeout == b->timeout && a->retries == b->retries
      && a->allow_private == b->allow_private;
}

static SoupSession *
make_session (GstPinHttpClient *self)
{
  const gchar *proxy = self->config.proxy ? self->config.proxy : "direct://";
  const gchar *agent = self->config.user_agent ? self->config.user_agent
      : PACKAGE "/" VERSION;
  g_autoptr (GProxyResolver) resolver =
      g_simple_proxy_resolver_new (proxy, NULL);
  SoupSession *session = soup_session_new_with_options ("user-agent", agent,
      "proxy-resolver", resolver, "max-conns", MAX_CONNS,
      "max-conns-per-host", MAX_CONNS, "timeout", 0, "idle-timeout", 60, NULL);

  if (self->database)
    soup_session_set_tls_database (session, self->database);
  return session;
}

static gpointer
client_thread (gpointer data)
{
  GstPinHttpClient *self = data;

  g_main_context_push_thread_default (self->context);
  self->session = make_session (self);
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_main_loop_run (self->loop);
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  /* What abort() cancelled finishes in callbacks that are still pending */
  while (g_main_context_iteration (self->context, FALSE));
  g_main_context_pop_thread_default (self->context);

  g_hash_table_unref (self->hosts);
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
  GTlsDatabase *database = g_tls_file_database_new (absolute, &io);

  if (!database)
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_TLS,
        "Could not read the authorities in %s: %s. Name a PEM file of "
        "certificates with tls-ca-file.", path, io->message);
  return database;
}

static GstPinHttpClient *
client_new_locked (const GstPinHttpConfig *config, GError **error)
{
  GTlsDatabase *database = NULL;
  GstPinHttpClient *self;

  if (config->tls_ca_file) {
    database = load_authorities (config->tls_ca_file, error);
    if (!database)
      return NULL;
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
  quit = g_idle_source_new ();
  g_source_set_priority (quit, G_PRIORITY_HIGH);
  g_source_set_callback (quit, quit_loop, g_main_loop_ref (self->loop),
      (GDestroyNotify) g_main_loop_unref);
  g_source_attach (quit, self->context);
  g_source_unref (quit);
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

SoupSession *
gst_pin_http_client_get_session (GstPinHttpClient *self)
{
  return self->session;
}

static GstPinHostUse *
use_of_host (GstPinHttpClient *self, GUri *uri)
{
  gchar *key = g_strdup_printf ("%s:%d", g_uri_get_host (uri),
      g_uri_get_port (uri));
  GstPinHostUse *use = g_hash_table_lookup (self->hosts, key);

  if (use)
    g_free (key);
  else {
    use = g_new0 (GstPinHostUse, 1);
    g_hash_table_insert (self->hosts, key, use);
  }
  return use;
}

gboolean
gst_pin_http_client_claim (GstPinHttpClient *self, GUri *uri)
{
  GstPinHostUse *use = use_of_host (self, uri);

  if (++use->busy <= use->open)
    return FALSE;
  use->open++;
  return TRUE;
}

void
gst_pin_http_client_release (GstPinHttpClient *self, GUri *uri, gboolean idle)
{
  GstPinHostUse *use = use_of_host (self, uri);

  use->busy--;
  if (!idle)
    use->open--;
}

gboolean
gst_pin_http_client_may_connect (GstPinHttpClient *self, GIOStream *connection)
{
  GSocketConnection *socket = G_SOCKET_CONNECTION (connection);
  g_autoptr (GSocketAddress) peer = NULL;

  if (self->config.proxy || self->config.allow_private)
    return TRUE;
  peer = g_socket_connection_get_remote_address (socket, NULL);
  if (!peer || !G_IS_INET_SOCKET_ADDRESS (peer)
      || gst_pin_host_policy_is_public (g_inet_socket_address_get_address
          (G_INET_SOCKET_ADDRESS (peer))))
    return TRUE;
  g_socket_close (g_socket_connection_get_socket (socket), NULL);
  return FALSE;
}

static void
on_preconnect_event (SoupMessage *message, GSocketClientEvent event,
    GIOStream *connection, GstPinHttpClient *self)
{
  if (event == G_SOCKET_CLIENT_CONNECTING)
    gst_pin_http_client_may_connect (self, connection);
}

/* The session's end aborts it, so the host's entry is there */
static void
on_preconnected (GObject *session, GAsyncResult *result, gpointer data)
{
  GstPinHostUse *use = data;

  if (!soup_session_preconnect_finish (SOUP_SESSION (session), result, NULL))
    use->open--;
}

void
gst_pin_http_client_preconnect (GstPinHttpClient *self, const gchar *url,
    guint n)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  GstPinHostUse *use;

  if (!uri)
    return;
  use = use_of_host (self, uri);
  while (use->open < n) {
    g_autoptr (SoupMessage) message = soup_message_new_from_uri ("GET", uri);

    use->open++;
    soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
    g_signal_connect (message, "network-event",
        G_CALLBACK (on_preconnect_event), self);
    soup_session_preconnect_async (self->session, message, G_PRIORITY_DEFAULT,
        NULL, on_preconnected, use);
  }
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
