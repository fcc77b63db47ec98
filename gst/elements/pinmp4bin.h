/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pinmp4bin: what a Pin is made of, to one MP4.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_MP4_BIN (gst_pin_mp4_bin_get_type ())
G_DECLARE_FINAL_TYPE (GstPinMp4Bin, gst_pin_mp4_bin, GST, PIN_MP4_BIN, GstBin)

GST_ELEMENT_REGISTER_DECLARE (pinmp4bin);

G_END_DECLS
