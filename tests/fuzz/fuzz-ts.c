/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's door to the transport stream demuxer. The other caps say that
 * packets are longer, as a type finder would that looks at another file.
 */
#include "demux-door.h"

#include "pin-ts-demux.h"

const gchar *const door_caps = "video/mpegts, packetsize=(int)188";
const gchar *const door_other_caps = "video/mpegts, packetsize=(int)208";

GstElement *
door_make_demux (void)
{
  return gst_pin_ts_demux_new ();
}
