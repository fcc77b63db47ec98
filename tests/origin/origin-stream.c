/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bytes of one accepted connection, with blocking calls.
 *
 * The connection's own thread makes it, uses it and closes it; only
 * origin_stream_interrupt() may come from another thread, which must see to it
 * that the stream is not closed at the same time. A pause that the origin takes
 * on purpose (latency, pacing, a stall) goes through
 * origin_stream_sleep_until(), which ends at once when the peer hangs up, so
 * that the number of active connections that a test reads is true.
 *
 * TLS is GnuTLS on own transport functions: records are gathered and leave in
 * large writes, which is what makes the origin fast enough to measure clients
 * with. */

#include "origin-stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define INPUT_SIZE (16 * 1024)
/* Enough for eight full TLS records in one system call. */
#define OUTPUT_SIZE (132 * 1024)

struct _OriginStream
{
  gint fd;
  gnutls_session_t session;     /* NULL: plain */
  OriginChooseFunc choose;
  gpointer choose_data;
  GByteArray *output;           /* encrypted, not sent yet */
  gboolean failed;
  gsize input_pos;
  gsize input_len;
  guint8 input[INPUT_SIZE];
};

OriginStream *
origin_stream_new (gint fd)
{
  OriginStream *self = g_new0 (OriginStream, 1);

  self->fd = fd;
  self->output = g_byte_array_sized_new (OUTPUT_SIZE);

  return self;
}

static gboolean
send_all (OriginStream * self, const guint8 * data, gsize size)
{
  while (size > 0 && !self->failed) {
    gssize n = send (self->fd, data, size, MSG_NOSIGNAL);

    if (n > 0) {
      data += n;
      size -= n;
    } else if (errno != EINTR) {
      self->failed = TRUE;
    }
  }
  return !self->failed;
}

static gboolean
flush_output (OriginStream * self)
{
  if (self->output->len > 0) {
    send_all (self, self->output->data, self->output->len);
    g_byte_array_set_size (self->output, 0);
  }
  return !self->failed;
}

/* Says goodbye in the way of @ending; may block as long as the peer does not
 * read. */
void
origin_stream_end (OriginStream * self, OriginEnding ending)
{
  if (ending == ORIGIN_ENDING_CLEAN && self->session && !self->failed) {
    gnutls_bye (self->session, GNUTLS_SHUT_WR);
    flush_output (self);
  }
  if (ending == ORIGIN_ENDING_RESET) {
    const struct linger linger = {.l_onoff = 1,.l_linger = 0 };

    setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  }
}

/* Closes the connection, without blocking. */
void
origin_stream_free (OriginStream * self)
{
  g_clear_pointer (&self->session, gnutls_deinit);
  close (self->fd);
  g_byte_array_unref (self->output);
  g_free (self);
}

/* Makes every call that blocks on the stream, and every later one, fail. */
void
origin_stream_interrupt (OriginStream * self)
{
  shutdown (self->fd, SHUT_RDWR);
}

static gssize
push_cb (gnutls_transport_ptr_t ptr, const void *data, size_t size)
{
  OriginStream *self = ptr;

  if (self->output->len + size > OUTPUT_SIZE)
    flush_output (self);
  if (self->failed) {
    gnutls_transport_set_errno (self->session, EPIPE);
    return -1;
  }
  g_byte_array_append (self->output, data, size);

  return size;
}

static gssize
pull_cb (gnutls_transport_ptr_t ptr, void *data, size_t size)
{
  OriginStream *self = ptr;
  gssize n;

  if (!flush_output (self))
    return 0;
  do {
    n = recv (self->fd, data, size, 0);
  } while (n < 0 && errno == EINTR);

  return n;
}

static int
pull_timeout_cb (gnutls_transport_ptr_t ptr, unsigned int ms)
{
  OriginStream *self = ptr;
  struct pollfd poll_fd = {.fd = self->fd,.events = POLLIN };

  if (!flush_output (self))
    return -1;
  return poll (&poll_fd, 1, ms == GNUTLS_INDEFINITE_TIMEOUT ? -1 : (int) ms);
}

static void
offer_protocols (OriginStream * self, gboolean http2)
{
  gnutls_datum_t protocols[] = {
    {(guchar *) "h2", 2},
    {(guchar *) "http/1.1", 8},
  };

  gnutls_alpn_set_protocols (self->session, protocols + (http2 ? 0 : 1),
      http2 ? 2 : 1, GNUTLS_ALPN_SERVER_PRECEDENCE);
}

static int
client_hello_cb (gnutls_session_t session)
{
  OriginStream *self = gnutls_session_get_ptr (session);
  gnutls_certificate_credentials_t credentials;
  gchar name[256] = "";
  size_t size = sizeof name;
  unsigned int type;

  if (gnutls_server_name_get (session, name, &size, &type, 0) < 0)
    name[0] = 0;
  credentials = self->choose (name, self->choose_data);
  if (!credentials)
    return GNUTLS_E_UNRECOGNIZED_NAME;
  return gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
}

/**
 * origin_stream_start_tls:
 * @self: a stream that is still plain
 * @choose: gives the certificate to show
 * @user_data: for @choose
 * @ticket_key: the key of the session tickets, which clients resume with
 * @http2: whether to offer h2 beside http/1.1
 *
 * Returns: whether the handshake was done
 */
gboolean
origin_stream_start_tls (OriginStream * self,
    OriginChooseFunc choose, gpointer user_data,
    const gnutls_datum_t * ticket_key, gboolean http2)
{
  int ret;

  self->choose = choose;
  self->choose_data = user_data;
  gnutls_init (&self->session, GNUTLS_SERVER);
  gnutls_session_set_ptr (self->session, self);
  gnutls_handshake_set_post_client_hello_function (self->session,
      client_hello_cb);
  gnutls_set_default_priority (self->session);
  gnutls_session_ticket_enable_server (self->session, ticket_key);
  offer_protocols (self, http2);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_push_function (self->session, push_cb);
  gnutls_transport_set_pull_function (self->session, pull_cb);
  gnutls_transport_set_pull_timeout_function (self->session, pull_timeout_cb);
  gnutls_handshake_set_timeout (self->session, GNUTLS_INDEFINITE_TIMEOUT);

  do {
    ret = gnutls_handshake (self->session);
  } while (ret < 0 && !gnutls_error_is_fatal (ret));
  flush_output (self);

  return ret == GNUTLS_E_SUCCESS && !self->failed;
}

gboolean
origin_stream_is_http2 (OriginStream * self)
{
  gnutls_datum_t protocol;

  return self->session != NULL
      && gnutls_alpn_get_selected_protocol (self->session, &protocol) == 0
      && protocol.size == 2 && memcmp (protocol.data, "h2", 2) == 0;
}

static gboolean
fill_input (OriginStream * self)
{
  gssize n;

  if (self->input_pos < self->input_len)
    return TRUE;
  do {
    if (self->session)
      n = gnutls_record_recv (self->session, self->input, INPUT_SIZE);
    else
      n = pull_cb (self, self->input, INPUT_SIZE);
  } while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
  self->input_pos = 0;
  self->input_len = MAX (n, 0);

  return n > 0;
}

/**
 * origin_stream_read_head:
 * @self: a stream
 * @max_size: the most to read
 *
 * Reads up to and with the empty line that ends the head of a request.
 *
 * Returns: (nullable) (transfer full): the head; %NULL where the peer hung up
 *     or the head is too long
 */
gchar *
origin_stream_read_head (OriginStream * self, gsize max_size)
{
  g_autoptr (GString) head = g_string_new (NULL);

  while (head->len < max_size && fill_input (self)) {
    gchar c = self->input[self->input_pos++];

    g_string_append_c (head, c);
    if (c == '\n' && g_str_has_suffix (head->str, "\r\n\r\n"))
      return g_string_free (g_steal_pointer (&head), FALSE);
  }
  return NULL;
}

/* Returns the number of bytes read, 0 or less when the peer is gone. */
gssize
origin_stream_read (OriginStream * self, gpointer data, gsize size)
{
  gsize n;

  if (!fill_input (self))
    return 0;
  n = MIN (size, self->input_len - self->input_pos);
  memcpy (data, self->input + self->input_pos, n);
  self->input_pos += n;

  return n;
}

gboolean
origin_stream_write (OriginStream * self, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;

  if (!self->session)
    return send_all (self, bytes, size);
  while (size > 0 && !self->failed) {
    gssize n = gnutls_record_send (self->session, bytes, size);

    if (n > 0) {
      bytes += n;
      size -= n;
    } else if (gnutls_error_is_fatal (n)) {
      self->failed = TRUE;
    }
  }
  return flush_output (self);
}

static gboolean
poll_until (OriginStream * self, short events, gint64 monotonic_us,
    short *revents)
{
  struct pollfd poll_fd = {.fd = self->fd,.events = events | POLLRDHUP };
  struct timespec *timeout = NULL, left;
  int n;

  do {
    if (monotonic_us != G_MAXINT64) {
      gint64 us = MAX (monotonic_us - g_get_monotonic_time (), 0);

      left.tv_sec = us / G_USEC_PER_SEC;
      left.tv_nsec = us % G_USEC_PER_SEC * 1000;
      timeout = &left;
    }
    n = ppoll (&poll_fd, 1, timeout, NULL);
  } while (n < 0 && errno == EINTR);
  *revents = n > 0 ? poll_fd.revents : 0;

  return !(*revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL));
}

/**
 * origin_stream_sleep_until:
 * @self: a stream
 * @monotonic_us: a time as of g_get_monotonic_time(), or %G_MAXINT64 to wait
 *     for the peer alone
 *
 * Returns: %FALSE when the peer hung up
 */
gboolean
origin_stream_sleep_until (OriginStream * self, gint64 monotonic_us)
{
  short revents;

  if (self->failed)
    return FALSE;
  if (monotonic_us <= g_get_monotonic_time ())
    return TRUE;
  return poll_until (self, 0, monotonic_us, &revents);
}

/* As origin_stream_sleep_until(), and ends too when there is something to
 * read. */
gboolean
origin_stream_wait_input (OriginStream * self, gint64 monotonic_us,
    gboolean * readable)
{
  short revents;

  *readable = self->input_pos < self->input_len
      || (self->session && gnutls_record_check_pending (self->session) > 0);
  if (*readable || self->failed)
    return !self->failed;
  /* What came before the peer's FIN is still to be read. */
  poll_until (self, POLLIN, monotonic_us, &revents);
  *readable = (revents & POLLIN) != 0;

  return *readable || revents == 0;
}
