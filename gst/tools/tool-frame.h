/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The progress of some Pins → lines of text of a given width. Pure functions,
 * any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GST_PIN_TOOL_ROW_ASKING,      /* what the Pin is */
  GST_PIN_TOOL_ROW_FETCHING,
  GST_PIN_TOOL_ROW_FINISHING    /* all is here; a last look, and onto the disk */
} GstPinToolRowStage;

/* One Pin */
typedef struct
{
  GstPinToolRowStage stage;
  const gchar *title;
  guint64 bytes, total;         /* total 0: not known */
  gdouble rate;                 /* bytes per second; 0: not known */
  guint connections;
  guint64 retries;
  const gchar *pin;             /* as it was typed; no line shows it */
} GstPinToolRow;

/* The whole run */
typedef struct
{
  guint done, failed, pins;     /* pins: as many as are known of so far */
  guint64 bytes;
  gdouble rate;
} GstPinToolTotal;

/* Cells of a terminal that @text takes */
guint gst_pin_tool_text_width (const gchar * text);

/* (transfer full) @text in exactly @cells cells: cut with an ellipsis, or
 * filled up with blanks. Nothing in it moves the cursor. */
gchar *gst_pin_tool_text_fit (const gchar * text, guint cells);

/* (transfer full) 12.3 MB */
gchar *gst_pin_tool_text_bytes (guint64 bytes);

/* (transfer full) Seconds as 0:04 or 1:02:03 */
gchar *gst_pin_tool_text_time (guint64 seconds);

/* (transfer full) Lines of fewer than @columns cells: the first Pins, as many
 * as fit into @lines, and the total where @total isn't NULL. @ascii: the
 * terminal knows no other letters. */
gchar **gst_pin_tool_frame_compose (const GstPinToolRow * rows, guint n,
    const GstPinToolTotal * total, guint columns, guint lines,
    gboolean ascii);

G_END_DECLS
