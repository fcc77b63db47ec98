/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What goes into the file besides sound and picture.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstPinMp4Extras GstPinMp4Extras;

GstPinMp4Extras *gst_pin_mp4_extras_new (void);
void gst_pin_mp4_extras_free (GstPinMp4Extras * self);
void gst_pin_mp4_extras_reset (GstPinMp4Extras * self);
void gst_pin_mp4_extras_take_event (GstPinMp4Extras * self, GstEvent * event);
void gst_pin_mp4_extras_take_upstream (GstPinMp4Extras * self,
    GstElement * demux);
void gst_pin_mp4_extras_hand_tags (GstPinMp4Extras * self,
    GstTagSetter * setter, GstElement * mux);
GstEvent *gst_pin_mp4_extras_steal_captions (GstPinMp4Extras * self);

G_END_DECLS
