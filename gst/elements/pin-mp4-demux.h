/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes an MP4, fragmented or progressive, apart as its bytes come.
 */
#pragma once

#include "pin-demux.h"

G_BEGIN_DECLS

#define GST_TYPE_PIN_MP4_DEMUX (gst_pin_mp4_demux_get_type ())
G_DECLARE_FINAL_TYPE (GstPinMp4Demux, gst_pin_mp4_demux, GST, PIN_MP4_DEMUX,
    GstPinDemux)

GstElement *gst_pin_mp4_demux_new (void);
gboolean gst_pin_mp4_demux_is_fragmented (GstPinMp4Demux * self);

G_END_DECLS
