/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The Pins of a run: the operands, then the lines of a file as they come. A
 * pipe that another program writes to is read no faster than its Pins are got,
 * so that there is no end to its length. Made by the batch; main thread and its
 * main loop.
 */
#include "tool-input.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gst/pin/error.h>
#include <string.h>
#include <unistd.h>

/* UTF-8's byte order mark, with which some editors begin a file */
#define BOM "\357\273\277"

struct _GstPinToolInput
{
  GQueue pins;                  /* of gchar *, what can be taken */
  gchar *shown;                 /* the file's name, for messages */
  GDataInputStream *lines;      /* NULL: there are no more */
  GError *error;                /* why they ended before the end; or NULL */
  gboolean reading;
  GCancellable *cancellable;
  GstPinToolInputFunc func;
  gpointer data;
};

static void
clear (GstPinToolInput *self)
{
  g_queue_clear_full (&self->pins, g_free);
  g_clear_object (&self->lines);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->shown);
  g_free (self);
}

static void
set_error (const GstPinToolInput *self, const gchar *reason, GError **error)
{
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "Could not read %s: %s. Give --input a file with one Pin a line.",
      self->shown, reason);
}

static gboolean
open_lines (GstPinToolInput *self, const gchar *file, GError **error)
{
  gboolean standard = strcmp (file, "-") == 0;
  gint fd = standard ? STDIN_FILENO : open (file, O_RDONLY | O_CLOEXEC);
  g_autoptr (GInputStream) stream = NULL;

  self->shown = standard ? g_strdup ("the standard input")
      : g_filename_display_name (file);
  if (fd < 0) {
    set_error (self, g_strerror (errno), error);
    return FALSE;
  }
  stream = g_unix_input_stream_new (fd, !standard);
  self->lines = g_data_input_stream_new (stream);
  g_data_input_stream_set_newline_type (self->lines,
      G_DATA_STREAM_NEWLINE_TYPE_LF);
  return TRUE;
}

GstPinToolInput *
gst_pin_tool_input_new (gchar **operands, const gchar *file,
    GstPinToolInputFunc func, gpointer data, GError **error)
{
  GstPinToolInput *self = g_new0 (GstPinToolInput, 1);

  g_queue_init (&self->pins);
  self->cancellable = g_cancellable_new ();
  self->func = func;
  self->data = data;
  for (guint i = 0; operands[i]; i++)
    g_queue_push_tail (&self->pins, g_strdup (operands[i]));
  if (file && !open_lines (self, file, error)) {
    clear (self);
    return NULL;
  }
  return self;
}

static void
add_line (GstPinToolInput *self, gchar *line)
{
  if (g_str_has_prefix (line, BOM))
    memset (line, ' ', strlen (BOM));
  g_strstrip (line);
  if (*line && *line != '#')
    g_queue_push_tail (&self->pins, g_strdup (line));
}

static void read_line (GstPinToolInput * self);

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinToolInput *self = data;
  g_autoptr (GError) why = NULL;
  g_autofree gchar *line = g_data_input_stream_read_line_finish
      (G_DATA_INPUT_STREAM (source), result, NULL, &why);

  self->reading = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (line)
    add_line (self, line);
  else
    g_clear_object (&self->lines);
  if (why)
    set_error (self, why->message, &self->error);
  if (line && g_queue_is_empty (&self->pins))
    read_line (self);           /* an empty one, or a remark */
  else
    self->func (self->data);
}

static void
read_line (GstPinToolInput *self)
{
  self->reading = TRUE;
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT,
      self->cancellable, on_line, self);
}

/* A read that is under way still has us when it ends */
void
gst_pin_tool_input_free (GstPinToolInput *self)
{
  g_cancellable_cancel (self->cancellable);
  while (self->reading)
    g_main_context_iteration (NULL, TRUE);
  clear (self);
}

gchar *
gst_pin_tool_input_take (GstPinToolInput *self)
{
  gchar *pin = g_queue_pop_head (&self->pins);

  if (!pin && self->lines && !self->reading)
    read_line (self);
  return pin;
}

const GError *
gst_pin_tool_input_get_error (const GstPinToolInput *self)
{
  return self->error;
}

gboolean
gst_pin_tool_input_is_over (const GstPinToolInput *self)
{
  return !self->lines && self->pins.length == 0;
}
