/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Pin's captions as a track of the muxer's.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstPinMp4Captions GstPinMp4Captions;

GstPinMp4Captions *gst_pin_mp4_captions_new (GstElement * mux,
    GstEvent * event);
void gst_pin_mp4_captions_free (GstPinMp4Captions * self);
gint64 gst_pin_mp4_captions_get_clock_zero (GstPinMp4Captions * self);
void gst_pin_mp4_captions_send (GstPinMp4Captions * self, GstClockTime zero);
void gst_pin_mp4_captions_end (GstPinMp4Captions * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Captions, gst_pin_mp4_captions_free)

G_END_DECLS
