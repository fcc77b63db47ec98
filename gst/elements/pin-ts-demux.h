/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A transport stream to its elementary streams.
 */
#pragma once

#include "pin-demux.h"

G_BEGIN_DECLS

#define GST_TYPE_PIN_TS_DEMUX (gst_pin_ts_demux_get_type ())
G_DECLARE_FINAL_TYPE (GstPinTsDemux, gst_pin_ts_demux, GST, PIN_TS_DEMUX,
    GstPinDemux)

GstElement *gst_pin_ts_demux_new (void);

G_END_DECLS
