/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One elementary stream, from an input's pad to the muxer's.
 */
#pragma once

#include <gst/gst.h>

#include "pin-mp4-captions.h"
#include "pin-mp4-input.h"
#include "pin-mp4-pace.h"
#include "pin-mp4-timeline.h"

G_BEGIN_DECLS

typedef struct _GstPinMp4Stream GstPinMp4Stream;

GstPinMp4Stream *gst_pin_mp4_stream_new (GstPinMp4Input * input, GstPad * pad,
    GstCaps * caps);
void gst_pin_mp4_stream_free (GstPinMp4Stream * self);

GstPinMp4Input *gst_pin_mp4_stream_get_input (GstPinMp4Stream * self);
const gchar *gst_pin_mp4_stream_get_name (GstPinMp4Stream * self);
gboolean gst_pin_mp4_stream_is_media (GstPinMp4Stream * self);
gboolean gst_pin_mp4_stream_link (GstPinMp4Stream * self, GstElement * mux);
gboolean gst_pin_mp4_stream_is_linked (GstPinMp4Stream * self);
void gst_pin_mp4_stream_set_lane (GstPinMp4Stream * self, GstPinMp4Pace * pace,
    GstPinMp4Lane * lane);
gboolean gst_pin_mp4_stream_is_picture (GstPinMp4Stream * self);
void gst_pin_mp4_stream_set_captions (GstPinMp4Stream * self,
    GstPinMp4Captions * captions);
void gst_pin_mp4_stream_set_clock (GstPinMp4Stream * self,
    GstPinMp4Timeline * timeline, GstPinMp4Clock * clock);
void gst_pin_mp4_stream_unblock (GstPinMp4Stream * self, gboolean keep_leading);
void gst_pin_mp4_stream_release (GstPinMp4Stream * self);
void gst_pin_mp4_stream_fail (GstPinMp4Stream * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Stream, gst_pin_mp4_stream_free)

G_END_DECLS
