/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The wire to a browser: methods of the Chrome DevTools Protocol out, their
 * answers and events in. Knows JSON's outer shape and no method.
 */
#pragma once

#include "json-text-private.h"

G_BEGIN_DECLS

/* The most that one message may have; a body is one string in a message */
#define GST_PIN_BROWSER_MAX_MESSAGE (8 * 1024 * 1024)

typedef struct _GstPinBrowserPipe GstPinBrowserPipe;

/* The texts live as long as the call. Any of them may close the pipe, none may
 * free it. */
typedef struct
{
  /* @result: NULL where the browser refused; @problem is its reason then */
  void (*answer) (guint id, const GstPinJsonText * result,
      const gchar * problem, gpointer data);
  void (*event) (const GstPinJsonText * method,
      const GstPinJsonText * params, gpointer data);
  /* The last call: the browser has gone, or what it says is no protocol */
  void (*closed) (gpointer data);
} GstPinBrowserPipeHandler;

/* Takes the file descriptor, a stream socket. Reads and writes on the
 * thread-default main context. */
GstPinBrowserPipe *gst_pin_browser_pipe_new (gint fd,
    const GstPinBrowserPipeHandler * handler, gpointer data);
/* Nothing is called afterwards */
void gst_pin_browser_pipe_close (GstPinBrowserPipe * self);
void gst_pin_browser_pipe_free (GstPinBrowserPipe * self);

/* From here on calls are for this page, and only its events are passed on */
void gst_pin_browser_pipe_set_session (GstPinBrowserPipe * self,
    const gchar * session);

/* Calls @method with @params, JSON or NULL; returns the answer's id. */
guint gst_pin_browser_pipe_call (GstPinBrowserPipe * self,
    const gchar * method, const gchar * params);
/* The same with parameters that are strings: name, value, …, NULL */
guint gst_pin_browser_pipe_call_with (GstPinBrowserPipe * self,
    const gchar * method, const gchar * name, ...) G_GNUC_NULL_TERMINATED;

/* (transfer full) (nullable): the string at that path of members */
gchar *gst_pin_browser_dup_member (const GstPinJsonText * object,
    const gchar * first, const gchar * second);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinBrowserPipe, gst_pin_browser_pipe_free)

G_END_DECLS
