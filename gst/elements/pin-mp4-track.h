/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One elementary stream on its way from an input to the muxer.
 */
#pragma once

#include <gst/gst.h>

#include "pin-mp4-edits.h"
#include "pin-mp4-input.h"

G_BEGIN_DECLS

typedef struct _GstPinMp4Track GstPinMp4Track;

/* Called from the track's thread: data, or its end, is there */
typedef void (*GstPinMp4TrackFunc) (GstPinMp4Track * track,
    gpointer user_data);

GstPinMp4Track *gst_pin_mp4_track_new (GstPinMp4Input * input, GstPad * pad,
    GstCaps * caps, GstPinMp4TrackFunc waiting, GstPinMp4TrackFunc overrun,
    gpointer user_data);
void gst_pin_mp4_track_free (GstPinMp4Track * self);

GstPinMp4Input *gst_pin_mp4_track_get_input (GstPinMp4Track * self);
const gchar *gst_pin_mp4_track_get_name (GstPinMp4Track * self);
gboolean gst_pin_mp4_track_is_media (GstPinMp4Track * self);
gboolean gst_pin_mp4_track_is_starved (GstPinMp4Track * self);
void gst_pin_mp4_track_give_up (GstPinMp4Track * self);
const gchar *gst_pin_mp4_track_find_template (GstPinMp4Track * self,
    GstElement * mux);

gboolean gst_pin_mp4_track_link (GstPinMp4Track * self, GstBin * bin,
    GstPad * mux_pad);
void gst_pin_mp4_track_unblock (GstPinMp4Track * self);
void gst_pin_mp4_track_get_edit (GstPinMp4Track * self, GstPinMp4Edit * edit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Track, gst_pin_mp4_track_free)

G_END_DECLS
