/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's door to the MP4 demuxer.
 */
#include "demux-door.h"

#include "pin-mp4-demux.h"

const gchar *const door_caps = "video/quicktime";
const gchar *const door_other_caps = "video/quicktime, variant=(string)iso";

GstElement *
door_make_demux (void)
{
  return gst_pin_mp4_demux_new ();
}
