/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Progress where people, or programs, see it. On a terminal a frame is drawn
 * over the one before: up by as many lines as that one takes, which are more
 * when the terminal has become narrower and its lines were broken. Each frame
 * goes out in one write, so that none is seen half. A terminal that knows no
 * such sequences ("dumb"), a pipe and a file get plain lines, seldom. Made by
 * the batch; main thread.
 */
#include "tool-progress.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_INTERVAL 100
#define JSON_INTERVAL 500
#define PLAIN_INTERVAL 5000
#define DEFAULT_COLUMNS 80
#define DEFAULT_LINES 24

/* A rate is the mean of about so many seconds, in µs */
#define METER_SPAN (2 * G_USEC_PER_SEC)
#define METER_STEP (G_USEC_PER_SEC / 20)

struct _GstPinToolProgress
{
  gint fd;
  GstPinToolProgressStyle style;        /* never AUTO */
  gboolean ascii;
  GArray *widths;               /* guint, of each line that is on the terminal */
};

static gboolean
is_capable_terminal (gint fd)
{
  const gchar *term = g_getenv ("TERM");

  return isatty (fd) && term && *term && strcmp (term, "dumb") != 0;
}

GstPinToolProgress *
gst_pin_tool_progress_new (gint fd, GstPinToolProgressStyle style)
{
  GstPinToolProgress *self = g_new0 (GstPinToolProgress, 1);

  self->fd = fd;
  self->style = style;
  if (style == GST_PIN_TOOL_PROGRESS_AUTO)
    self->style = is_capable_terminal (fd) ? GST_PIN_TOOL_PROGRESS_BAR
        : GST_PIN_TOOL_PROGRESS_PLAIN;
  self->ascii = !g_get_charset (NULL);
  self->widths = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
gst_pin_tool_progress_free (GstPinToolProgress *self)
{
  gst_pin_tool_progress_clear (self);
  g_array_unref (self->widths);
  g_free (self);
}

guint
gst_pin_tool_progress_get_interval (const GstPinToolProgress *self)
{
  switch (self->style) {
    case GST_PIN_TOOL_PROGRESS_BAR:
      return BAR_INTERVAL;
    case GST_PIN_TOOL_PROGRESS_JSON:
      return JSON_INTERVAL;
    case GST_PIN_TOOL_PROGRESS_PLAIN:
      return PLAIN_INTERVAL;
    default:
      return 0;
  }
}

static void
write_all (gint fd, const gchar *text, gsize size)
{
  while (size > 0) {
    gssize n = write (fd, text, size);

    if (n <= 0)
      return;                   /* nobody looks, which is no reason to stop */
    text += n;
    size -= n;
  }
}

static void
get_size (gint fd, guint *columns, guint *lines)
{
  struct winsize size = { 0, };

  *columns = DEFAULT_COLUMNS;
  *lines = DEFAULT_LINES;
  if (ioctl (fd, TIOCGWINSZ, &size) < 0)
    return;
  if (size.ws_col)
    *columns = size.ws_col;
  if (size.ws_row)
    *lines = size.ws_row;
}

/* To the first cell of the frame that is there */
static void
append_home (GstPinToolProgress *self, GString *out, guint columns)
{
  guint up = 0;

  for (guint i = 0; i < self->widths->len; i++)
    up += MAX ((g_array_index (self->widths, guint, i) + columns - 1)
        / columns, 1);
  g_string_append_c (out, '\r');
  if (up)
    g_string_append_printf (out, "\033[%uA", up);
  g_array_set_size (self->widths, 0);
}

static void
draw (GstPinToolProgress *self, const GstPinToolRow *rows, guint n,
    const GstPinToolTotal *total)
{
  guint columns, lines;
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) frame = NULL;

  get_size (self->fd, &columns, &lines);
  append_home (self, out, columns);
  frame = gst_pin_tool_frame_compose (rows, n, total, columns, lines,
      self->ascii);
  for (guint i = 0; frame[i]; i++) {
    guint width = gst_pin_tool_text_width (frame[i]);

    g_string_append_printf (out, "%s\033[K\n", frame[i]);
    g_array_append_val (self->widths, width);
  }
  g_string_append (out, "\033[J");
  write_all (self->fd, out->str, out->len);
}

void
gst_pin_tool_progress_clear (GstPinToolProgress *self)
{
  guint columns, lines;
  g_autoptr (GString) out = g_string_new (NULL);

  if (self->widths->len == 0)
    return;
  get_size (self->fd, &columns, &lines);
  append_home (self, out, columns);
  g_string_append (out, "\033[J");
  write_all (self->fd, out->str, out->len);
}

static void
print_plain (GstPinToolProgress *self, const GstPinToolRow *row)
{
  g_autofree gchar *bytes = gst_pin_tool_text_bytes (row->bytes);
  g_autofree gchar *rate = gst_pin_tool_text_bytes ((guint64) row->rate);
  g_autofree gchar *title = gst_pin_tool_text_fit (row->title,
      MIN (gst_pin_tool_text_width (row->title), DEFAULT_COLUMNS));
  g_autoptr (GString) out = g_string_new (title);

  g_string_append_printf (out, ": %s", bytes);
  if (row->total)
    g_string_append_printf (out, ", %.0f%%",
        MIN (100.0 * row->bytes / row->total, 100));
  g_string_append_printf (out, ", %s/s\n", rate);
  write_all (self->fd, out->str, out->len);
}

static void
print_json (GstPinToolProgress *self, const GstPinToolRow *row)
{
  static const gchar *const stages[] = { "asking", "fetching", "finishing" };
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (),
      object);
  g_autofree gchar *text = NULL;
  g_autofree gchar *line = NULL;

  json_object_set_string_member (object, "event", "progress");
  json_object_set_string_member (object, "stage", stages[row->stage]);
  json_object_set_string_member (object, "pin", row->pin);
  json_object_set_string_member (object, "title", row->title);
  json_object_set_int_member (object, "bytes", row->bytes);
  if (row->total)
    json_object_set_int_member (object, "total", row->total);
  else
    json_object_set_null_member (object, "total");
  json_object_set_int_member (object, "rate", row->rate);
  json_object_set_int_member (object, "connections", row->connections);
  json_object_set_int_member (object, "retries", row->retries);
  text = json_to_string (node, FALSE);
  line = g_strconcat (text, "\n", NULL);
  write_all (self->fd, line, strlen (line));
}

void
gst_pin_tool_progress_show (GstPinToolProgress *self,
    const GstPinToolRow *rows, guint n, const GstPinToolTotal *total)
{
  if (self->style == GST_PIN_TOOL_PROGRESS_BAR) {
    draw (self, rows, n, total);
    return;
  }
  for (guint i = 0; i < n; i++) {
    if (self->style == GST_PIN_TOOL_PROGRESS_JSON)
      print_json (self, &rows[i]);
    else if (self->style == GST_PIN_TOOL_PROGRESS_PLAIN
        && rows[i].stage == GST_PIN_TOOL_ROW_FETCHING)
      print_plain (self, &rows[i]);
  }
}

void
gst_pin_tool_meter_feed (GstPinToolMeter *self, gint64 now, guint64 bytes)
{
  gint64 span = now - self->since;
  gdouble rate, weight;

  if (self->since == 0 || bytes < self->bytes) {
    self->since = now;
    self->bytes = bytes;
    self->rate = 0;
    return;
  }
  if (span < METER_STEP)
    return;
  rate = (gdouble) (bytes - self->bytes) * G_USEC_PER_SEC / span;
  weight = MIN ((gdouble) span / METER_SPAN, 1);
  self->rate = self->rate > 0 ? self->rate + (rate - self->rate) * weight
      : rate;
  self->since = now;
  self->bytes = bytes;
}
