/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The wire to a browser. Each message is JSON and ends with a zero byte, the
 * form that Chromium speaks with --remote-debugging-pipe; what it takes for two
 * pipes is one socket, since a write to a pipe that nobody reads any more is a
 * signal that ends the process. A load makes one when its browser starts.
 * Everything happens on the main context that was the thread's default then,
 * and nothing blocks: what the browser does not read yet is kept, and of what
 * it says no more than one message.
 */
#include "browser-pipe-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE (256 * 1024)
/* Calls are short; one who does not read this many has stopped reading */
#define MAX_UNWRITTEN (4 * 1024 * 1024)

struct _GstPinBrowserPipe
{
  gint fd;
  GSource *reading;
  GSource *writing;             /* NULL while there is nothing to write */
  GByteArray *unread;           /* less than a message */
  gsize scanned;                /* so much of it has no end of a message */
  GByteArray *unwritten;
  guint last_id;
  gchar *session;
  gboolean is_closed;
  GstPinBrowserPipeHandler handler;
  gpointer data;
};

static void
clear_source (GSource **source)
{
  if (*source) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

void
gst_pin_browser_pipe_close (GstPinBrowserPipe *self)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  clear_source (&self->reading);
  clear_source (&self->writing);
  close (self->fd);
}

void
gst_pin_browser_pipe_free (GstPinBrowserPipe *self)
{
  gst_pin_browser_pipe_close (self);
  g_byte_array_unref (self->unread);
  g_byte_array_unref (self->unwritten);
  g_free (self->session);
  g_free (self);
}

static void
fail (GstPinBrowserPipe *self)
{
  gst_pin_browser_pipe_close (self);
  self->handler.closed (self->data);
}

gchar *
gst_pin_browser_dup_member (const GstPinJsonText *object, const gchar *first,
    const gchar *second)
{
  g_autoptr (JsonNode) node = NULL;
  GstPinJsonText value;

  if (!gst_pin_json_text_find (object, &value, first, second, NULL))
    return NULL;
  node = gst_pin_json_text_parse (&value, NULL);
  return gst_pin_json_dup_string (node);
}

static gboolean
is_of_session (GstPinBrowserPipe *self, const GstPinJsonText *message)
{
  GstPinJsonText session;

  return self->session
      && gst_pin_json_text_find (message, &session, "sessionId", NULL)
      && gst_pin_json_text_equals (&session, self->session);
}

/* @text is followed by a zero byte */
static void
take_message (GstPinBrowserPipe *self, const gchar *text, gsize length)
{
  GstPinJsonText message, id, method, value;
  g_autofree gchar *problem = NULL;

  gst_pin_json_text_init (&message, text, length);
  if (gst_pin_json_text_find (&message, &id, "id", NULL)) {
    guint number = MIN (g_ascii_strtoull (id.start, NULL, 10), G_MAXUINT);

    if (gst_pin_json_text_find (&message, &value, "result", NULL)) {
      self->handler.answer (number, &value, NULL, self->data);
      return;
    }
    problem = gst_pin_browser_dup_member (&message, "error", "message");
    self->handler.answer (number, NULL, problem ? problem : "no reason",
        self->data);
  } else if (gst_pin_json_text_find (&message, &method, "method", NULL)
      && gst_pin_json_text_find (&message, &value, "params", NULL)
      && is_of_session (self, &message))
    self->handler.event (&method, &value, self->data);
}

static void
take_messages (GstPinBrowserPipe *self)
{
  guint8 *start = self->unread->data, *end = start + self->unread->len;
  guint8 *from = start + self->scanned, *zero;

  while (!self->is_closed && (zero = memchr (from, '\0', end - from))) {
    take_message (self, (const gchar *) start, zero - start);
    from = start = zero + 1;
  }
  self->scanned = end - start;
  g_byte_array_remove_range (self->unread, 0, start - self->unread->data);
  if (!self->is_closed && self->unread->len > GST_PIN_BROWSER_MAX_MESSAGE)
    fail (self);
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer data)
{
  GstPinBrowserPipe *self = data;
  guint before = self->unread->len;
  gssize n;

  g_byte_array_set_size (self->unread, before + PIECE);
  n = read (fd, self->unread->data + before, PIECE);
  g_byte_array_set_size (self->unread, before + MAX (n, 0));
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n > 0)
    take_messages (self);
  else
    fail (self);
  return !self->is_closed;
}

static gboolean
on_writable (gint fd, GIOCondition condition, gpointer data)
{
  GstPinBrowserPipe *self = data;
  gssize n = send (fd, self->unwritten->data, self->unwritten->len,
      MSG_NOSIGNAL);

  /* A browser that has gone shows that where it is read */
  if (n < 0 && errno != EAGAIN && errno != EINTR)
    g_byte_array_set_size (self->unwritten, 0);
  else if (n > 0)
    g_byte_array_remove_range (self->unwritten, 0, n);
  if (self->unwritten->len > 0)
    return G_SOURCE_CONTINUE;
  clear_source (&self->writing);
  return G_SOURCE_REMOVE;
}

static GSource *
watch (GstPinBrowserPipe *self, GIOCondition condition,
    GUnixFDSourceFunc func)
{
  GSource *source = g_unix_fd_source_new (self->fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

GstPinBrowserPipe *
gst_pin_browser_pipe_new (gint fd, const GstPinBrowserPipeHandler *handler,
    gpointer data)
{
  GstPinBrowserPipe *self = g_new0 (GstPinBrowserPipe, 1);

  self->fd = fd;
  self->handler = *handler;
  self->data = data;
  self->unread = g_byte_array_new ();
  self->unwritten = g_byte_array_new ();
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  self->reading = watch (self, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable);
  return self;
}

void
gst_pin_browser_pipe_set_session (GstPinBrowserPipe *self,
    const gchar *session)
{
  g_free (self->session);
  self->session = g_strdup (session);
}

guint
gst_pin_browser_pipe_call (GstPinBrowserPipe *self, const gchar *method,
    const gchar *params)
{
  g_autoptr (GString) message = g_string_new (NULL);
  g_autofree gchar *session = NULL;

  g_string_printf (message, "{\"id\":%u,\"method\":\"%s\",\"params\":%s",
      ++self->last_id, method, params ? params : "{}");
  if (self->session) {
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);

    json_node_set_string (node, self->session);
    session = json_to_string (node, FALSE);
    g_string_append_printf (message, ",\"sessionId\":%s", session);
  }
  g_string_append_c (message, '}');
  if (!self->is_closed
      && self->unwritten->len + message->len < MAX_UNWRITTEN) {
    g_byte_array_append (self->unwritten, (const guint8 *) message->str,
        message->len + 1);
    if (!self->writing)
      self->writing = watch (self, G_IO_OUT | G_IO_ERR, on_writable);
  }
  return self->last_id;
}

guint
gst_pin_browser_pipe_call_with (GstPinBrowserPipe *self, const gchar *method,
    const gchar *name, ...)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree gchar *params = NULL;
  JsonObject *object = json_object_new ();
  va_list rest;

  va_start (rest, name);
  for (; name; name = va_arg (rest, const gchar *))
    json_object_set_string_member (object, name, va_arg (rest, gchar *));
  va_end (rest);
  json_node_take_object (node, object);
  params = json_to_string (node, FALSE);
  return gst_pin_browser_pipe_call (self, method, params);
}
