/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's door to the transport stream demuxer. The other caps say that
 * packets are longer, as a type finder would that looks at another file.
 */
#include "demux-door.h"

#include "pin-ts-demux.h"

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static Door *door;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  door = door_new (gst_pin_ts_demux_new (), "video/mpegts, packetsize=(int)188",
      "video/mpegts, packetsize=(int)208");
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  door_try (door, data, size);
  return 0;
}
