/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's door to the MP4 demuxer, pushed into by a source that seeks, or
 * does not.
 */
#include "demux-door.h"

#include "pin-mp4-demux.h"

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static Door *door;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  door = door_new (gst_pin_mp4_demux_new (), "video/quicktime",
      "video/quicktime, variant=(string)iso");
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  door_try (door, data, size);
  return 0;
}
