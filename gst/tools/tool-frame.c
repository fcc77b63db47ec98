/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the progress looks like. A frame is a line for each Pin that is under
 * way, and one for the whole run. What doesn't fit into the width is left out,
 * the least interesting first: the words for connections (c) and retries (r),
 * then these and the bar, the bytes, and at last the time; the title takes what
 * is left. A line never reaches the last column, where terminals differ about
 * what comes next. Pure functions, any thread.
 */
#include "tool-frame.h"

#include <string.h>

#define MIN_TITLE 10
#define MAX_TITLE 60
#define MIN_BAR 10
#define MAX_BAR 40
/* Widths from which on a part is shown */
#define WITH_TIME 30
#define WITH_BYTES 60
#define WITH_BAR 70
#define WITH_WORDS 110

#define PERCENT_CELLS 4
#define BYTES_CELLS 9
#define RATE_CELLS 11
#define TIME_CELLS 8

#define KILO 1000.0

/* --- text -------------------------------------------------------------------- */

static guint
letter_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

/* Without what a terminal might obey */
static gunichar
shown_letter (gunichar c)
{
  if (g_unichar_isspace (c))
    return ' ';
  return g_unichar_isprint (c) || g_unichar_iszerowidth (c) ? c : 0xfffd;
}

guint
gst_pin_tool_text_width (const gchar *text)
{
  guint width = 0;

  for (; *text; text = g_utf8_next_char (text))
    width += letter_width (g_utf8_get_char (text));
  return width;
}

gchar *
gst_pin_tool_text_fit (const gchar *text, guint cells)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);
  gboolean cut = gst_pin_tool_text_width (valid) > cells;
  guint room = cut ? cells - MIN (cells, 1) : cells;
  guint used = 0;

  for (const gchar *p = valid; *p; p = g_utf8_next_char (p)) {
    gunichar c = shown_letter (g_utf8_get_char (p));

    if (used + letter_width (c) > room)
      break;
    used += letter_width (c);
    g_string_append_unichar (out, c);
  }
  if (cut && cells > 0) {
    g_string_append (out, "…");
    used++;
  }
  for (; used < cells; used++)
    g_string_append_c (out, ' ');
  return g_string_free (out, FALSE);
}

gchar *
gst_pin_tool_text_bytes (guint64 bytes)
{
  static const gchar *const units[] = { "B", "kB", "MB", "GB", "TB" };
  gdouble value = bytes;
  guint unit = 0;

  /* 999.95 would be shown as 1000.0 */
  while (value >= KILO - 0.05 && unit + 1 < G_N_ELEMENTS (units)) {
    value /= KILO;
    unit++;
  }
  return g_strdup_printf (unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

gchar *
gst_pin_tool_text_time (guint64 seconds)
{
  guint hours = MIN (seconds / 3600, 99);

  if (hours)
    return g_strdup_printf ("%u:%02u:%02u", hours,
        (guint) (seconds / 60 % 60), (guint) (seconds % 60));
  return g_strdup_printf ("%u:%02u", (guint) (seconds / 60),
      (guint) (seconds % 60));
}

/* --- one line ---------------------------------------------------------------- */

static gdouble
get_fraction (const GstPinToolRow *row)
{
  if (row->stage == GST_PIN_TOOL_ROW_FINISHING)
    return 1;
  return row->total ? MIN ((gdouble) row->bytes / row->total, 1) : 0;
}

static void
append_bar (GString *line, gdouble fraction, guint cells, gboolean ascii)
{
  guint full = fraction * cells + 0.5;

  g_string_append (line, ascii ? " [" : " ▕");
  for (guint i = 0; i < cells; i++)
    g_string_append (line, i < full ? (ascii ? "#" : "█") :
        (ascii ? "-" : " "));
  g_string_append (line, ascii ? "]" : "▏");
}

static gchar *
make_rate (gdouble rate)
{
  g_autofree gchar *bytes = gst_pin_tool_text_bytes ((guint64) rate);

  return rate > 0 ? g_strconcat (bytes, "/s", NULL) : g_strdup ("");
}

static gchar *
make_left (const GstPinToolRow *row)
{
  if (row->stage == GST_PIN_TOOL_ROW_FINISHING)
    return g_strdup ("checking");
  if (row->rate <= 0 || row->total <= row->bytes)
    return g_strdup ("");
  return gst_pin_tool_text_time ((row->total - row->bytes) / row->rate + 0.5);
}

static gchar *
make_percent (const GstPinToolRow *row)
{
  if (row->stage == GST_PIN_TOOL_ROW_ASKING)
    return g_strdup ("ask");
  if (row->stage == GST_PIN_TOOL_ROW_FETCHING && row->total == 0)
    return g_strdup ("…");
  return g_strdup_printf ("%.0f%%", get_fraction (row) * 100);
}

/* By cells, which printf() doesn't count */
static void
append_right (GString *out, const gchar *text, guint cells)
{
  guint width = gst_pin_tool_text_width (text);

  g_string_append_printf (out, " %*s%s",
      width < cells ? (int) (cells - width) : 0, "", text);
}

/* What stands right of the title and the bar */
static gchar *
make_numbers (const GstPinToolRow *row, guint columns)
{
  g_autofree gchar *percent = make_percent (row);
  g_autofree gchar *bytes = gst_pin_tool_text_bytes (row->bytes);
  g_autofree gchar *rate = make_rate (row->rate);
  g_autofree gchar *left = make_left (row);
  GString *out = g_string_new (NULL);

  append_right (out, percent, PERCENT_CELLS);
  if (columns >= WITH_BYTES)
    append_right (out, bytes, BYTES_CELLS);
  append_right (out, rate, RATE_CELLS);
  if (columns >= WITH_TIME)
    append_right (out, left, TIME_CELLS);
  if (columns >= WITH_BAR)
    g_string_append_printf (out, columns >= WITH_WORDS ?
        " %3u connections %3" G_GUINT64_FORMAT " retries" :
        " %3uc %2" G_GUINT64_FORMAT "r", row->connections, row->retries);
  return g_string_free (out, FALSE);
}

static guint
bar_cells (guint columns, guint room)
{
  guint bar = MIN (room / 2, MAX_BAR);

  /* Its two ends, and the blank in front */
  return columns >= WITH_BAR && bar >= MIN_BAR + 3 ? bar - 3 : 0;
}

/* Takes @line */
static gchar *
cut_line (GString *line, guint columns)
{
  gchar *fitted;

  if (gst_pin_tool_text_width (line->str) < columns)
    return g_string_free (line, FALSE);
  fitted = gst_pin_tool_text_fit (line->str, columns - 1);
  g_string_free (line, TRUE);
  return fitted;
}

static gchar *
compose_row (const GstPinToolRow *row, guint columns, gboolean ascii)
{
  g_autofree gchar *numbers = make_numbers (row, columns);
  guint width = gst_pin_tool_text_width (numbers);
  guint room = columns - 1 > width ? columns - 1 - width : 0;
  guint bar = bar_cells (columns, room);
  guint title = MIN (room - (bar ? bar + 3 : 0), MAX_TITLE);
  g_autofree gchar *shown = gst_pin_tool_text_fit (row->title, title);
  GString *line = g_string_new (shown);

  if (bar)
    append_bar (line, get_fraction (row), bar, ascii);
  g_string_append (line, numbers);
  return cut_line (line, columns);
}

/* Only what fits whole */
static void G_GNUC_PRINTF (3, 4)
append_part (GString *line, guint columns, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *part = NULL;

  va_start (args, format);
  part = g_strdup_vprintf (format, args);
  va_end (args);
  if (line->len + strlen (part) < columns)
    g_string_append (line, part);
}

static gchar *
compose_total (const GstPinToolTotal *total, guint columns)
{
  g_autofree gchar *bytes = gst_pin_tool_text_bytes (total->bytes);
  g_autofree gchar *rate = make_rate (total->rate);
  GString *line = g_string_new (NULL);

  g_string_printf (line, "%u of %u done", total->done, total->pins);
  if (total->failed)
    append_part (line, columns, ", %u failed", total->failed);
  append_part (line, columns, ", %s", bytes);
  if (*rate)
    append_part (line, columns, ", %s", rate);
  return cut_line (line, columns);
}

gchar **
gst_pin_tool_frame_compose (const GstPinToolRow *rows, guint n,
    const GstPinToolTotal *total, guint columns, guint lines, gboolean ascii)
{
  GPtrArray *out = g_ptr_array_new ();
  guint room;

  columns = MAX (columns, 2);
  /* The cursor waits in the line below */
  room = lines > 2 ? lines - 1 - (total ? 1 : 0) : 1;
  for (guint i = 0; i < n && i < room; i++)
    g_ptr_array_add (out, compose_row (&rows[i], columns, ascii));
  if (total)
    g_ptr_array_add (out, compose_total (total, columns));
  g_ptr_array_add (out, NULL);
  return (gchar **) g_ptr_array_free (out, FALSE);
}
