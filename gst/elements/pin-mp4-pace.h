/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps inputs that come from threads of their own side by side.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstPinMp4Pace GstPinMp4Pace;
typedef struct _GstPinMp4Lane GstPinMp4Lane;

GstPinMp4Pace *gst_pin_mp4_pace_new (GstClockTime patience);
void gst_pin_mp4_pace_free (GstPinMp4Pace * self);
void gst_pin_mp4_pace_clear (GstPinMp4Pace * self);
void gst_pin_mp4_pace_set_stopped (GstPinMp4Pace * self, gboolean stopped);

GstPinMp4Lane *gst_pin_mp4_pace_add_lane (GstPinMp4Pace * self);
void gst_pin_mp4_pace_enter (GstPinMp4Pace * self, GstPinMp4Lane * lane);
void gst_pin_mp4_pace_leave (GstPinMp4Pace * self, GstPinMp4Lane * lane);
gboolean gst_pin_mp4_pace_begin (GstPinMp4Pace * self, GstPinMp4Lane * lane);
gboolean gst_pin_mp4_pace_pass (GstPinMp4Pace * self, GstPinMp4Lane * lane,
    GstClockTime time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Pace, gst_pin_mp4_pace_free)

G_END_DECLS
