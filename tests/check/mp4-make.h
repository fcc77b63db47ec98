/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes tracks and samples for the tests of what lies behind the intake.
 */
#pragma once

#include "mp4-track-private.h"

#include <string.h>

static inline GstPinMp4Entry *
mp4_make_entry (GstPinMp4Kind kind, guint timescale, guint frame_ticks,
    const gchar * type)
{
  GstPinMp4Entry *entry = g_new0 (GstPinMp4Entry, 1);
  GstPinMp4Box box = { 0, };

  gst_pin_mp4_box_end (&box, gst_pin_mp4_box_begin (&box, type));
  entry->kind = kind;
  entry->timescale = timescale;
  entry->frame_ticks = frame_ticks;
  entry->box = gst_pin_mp4_box_steal (&box);
  return entry;
}

static inline void
mp4_push (GstPinMp4Track * track, gint64 pts, gint64 dts, guint32 size,
    gboolean sync)
{
  GstPinMp4Sample sample = { pts, dts, 0, size, sync };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0x55, size);
  gst_pin_mp4_track_push (track, buffer, &sample, 1);
}
