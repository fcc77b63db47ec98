/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where each stream of an MPEG transport stream begins on the stream's own
 * clock.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstPinTsClock GstPinTsClock;

GstPinTsClock *gst_pin_ts_clock_new (void);
void gst_pin_ts_clock_free (GstPinTsClock * self);
void gst_pin_ts_clock_reset (GstPinTsClock * self);
void gst_pin_ts_clock_push (GstPinTsClock * self, GstBuffer * buffer,
    guint64 offset);
gboolean gst_pin_ts_clock_get_first (GstPinTsClock * self, guint pid,
    GstClockTime * pts);
void gst_pin_ts_clock_set_offset (GstPinTsClock * self, gint64 offset);
gboolean gst_pin_ts_clock_get_offset (GstPinTsClock * self, gint64 * offset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinTsClock, gst_pin_ts_clock_free)

G_END_DECLS
