/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The listening ports on the loopback address: a thread that accepts for each,
 * and a thread for each connection, so that a stalled or paced connection costs
 * nobody else anything. main() makes it and stops it; stopping hangs up on
 * everybody and waits until the last thread has left. */

#include "origin-server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "origin-connection.h"

typedef struct
{
  OriginServer *server;
  OriginPort kind;
  gint fd;
  GThread *thread;
} Acceptor;

struct _OriginServer
{
  OriginWorld *world;
  GPtrArray *acceptors;

  GMutex lock;
  GCond changed;
  GHashTable *streams;          /* the open ones, under the lock */
};

typedef struct
{
  OriginServer *server;
  OriginPort kind;
  OriginStream *stream;
} Client;

static gpointer
client_thread (gpointer data)
{
  Client *client = data;
  OriginServer *self = client->server;
  OriginEnding ending;

  if (client->kind == ORIGIN_PORT_DIRECT)
    ending = origin_connection_run_direct (self->world, client->stream);
  else
    ending = origin_connection_run (self->world, client->stream);
  origin_stream_end (client->stream, ending);
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->streams, client->stream);
  origin_stream_free (client->stream);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_free (client);

  return NULL;
}

static void
start_client (OriginServer * self, OriginPort kind, gint fd)
{
  static const int yes = 1;
  Client *client = g_new0 (Client, 1);

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  client->server = self;
  client->kind = kind;
  client->stream = origin_stream_new (fd);
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->streams, client->stream);
  g_mutex_unlock (&self->lock);
  g_thread_unref (g_thread_new ("origin-client", client_thread, client));
}

static gpointer
acceptor_thread (gpointer data)
{
  Acceptor *acceptor = data;

  for (;;) {
    gint fd = accept4 (acceptor->fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0)
      start_client (acceptor->server, acceptor->kind, fd);
    else if (errno == EMFILE || errno == ENFILE)
      g_usleep (10000);
    else if (errno != EINTR && errno != ECONNABORTED)
      return NULL;
  }
}

static gint
listen_on_loopback (guint16 * port, GError ** error)
{
  static const int yes = 1;
  struct sockaddr_in address = {.sin_family = AF_INET };
  socklen_t length = sizeof address;
  gint fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_port = htons (*port);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd >= 0)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0
      || listen (fd, 512) != 0
      || getsockname (fd, (struct sockaddr *) &address, &length) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "cannot listen on 127.0.0.1:%u: %s", *port, g_strerror (errno));
    if (fd >= 0)
      close (fd);
    return -1;
  }
  *port = ntohs (address.sin_port);

  return fd;
}

/**
 * origin_server_new:
 * @world: what all connections share; outlives the server
 *
 * Returns: a server that does not listen yet
 */
OriginServer *
origin_server_new (OriginWorld * world)
{
  OriginServer *self = g_new0 (OriginServer, 1);

  self->world = world;
  self->acceptors = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->streams = g_hash_table_new (NULL, NULL);

  return self;
}

/**
 * origin_server_listen:
 * @self: the server
 * @kind: what the port is to speak
 * @port: the port to listen on, 0 for a free one
 * @error: where to put why that is not possible
 *
 * Returns: the port that now serves, 0 for none
 */
guint16
origin_server_listen (OriginServer * self, OriginPort kind, guint16 port,
    GError ** error)
{
  gint fd = listen_on_loopback (&port, error);
  Acceptor *acceptor;

  if (fd < 0)
    return 0;
  acceptor = g_new0 (Acceptor, 1);
  acceptor->server = self;
  acceptor->kind = kind;
  acceptor->fd = fd;
  acceptor->thread =
      g_thread_new ("origin-acceptor", acceptor_thread, acceptor);
  g_ptr_array_add (self->acceptors, acceptor);

  return port;
}

static void
stop_acceptor (gpointer data, gpointer user_data)
{
  Acceptor *acceptor = data;

  shutdown (acceptor->fd, SHUT_RDWR);
  g_thread_join (acceptor->thread);
  close (acceptor->fd);
}

/* Hangs up on everybody, waits for all threads, and frees the server. */
void
origin_server_stop (OriginServer * self)
{
  GHashTableIter iter;
  gpointer stream;

  g_ptr_array_foreach (self->acceptors, stop_acceptor, NULL);
  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &stream, NULL))
    origin_stream_interrupt (stream);
  while (g_hash_table_size (self->streams) > 0)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (self->acceptors);
  g_hash_table_unref (self->streams);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}
