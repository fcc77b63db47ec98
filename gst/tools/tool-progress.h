/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shows progress on a terminal, as plain lines, or as JSON.
 */
#pragma once

#include "tool-frame.h"
#include "tool-options.h"

G_BEGIN_DECLS

typedef struct _GstPinToolProgress GstPinToolProgress;

/* Writes to @fd. @style: AUTO is what suits it */
GstPinToolProgress *gst_pin_tool_progress_new (gint fd,
    GstPinToolProgressStyle style);

/* Takes the bars off the terminal */
void gst_pin_tool_progress_free (GstPinToolProgress * self);

/* How long to wait from one show to the next, in ms; 0: there is nothing to
 * show */
guint gst_pin_tool_progress_get_interval (const GstPinToolProgress * self);

void gst_pin_tool_progress_show (GstPinToolProgress * self,
    const GstPinToolRow * rows, guint n, const GstPinToolTotal * total);

/* Makes room for lines that stay; the next show draws below them */
void gst_pin_tool_progress_clear (GstPinToolProgress * self);

/* How fast a number grows, lately */
typedef struct
{
  gint64 since;                 /* in µs; 0: nothing is known */
  guint64 bytes;
  gdouble rate;                 /* per second */
} GstPinToolMeter;

void gst_pin_tool_meter_feed (GstPinToolMeter * self, gint64 now,
    guint64 bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinToolProgress, gst_pin_tool_progress_free)

G_END_DECLS
