/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Headers of MPEG audio frames: layers I to III of MPEG-1, MPEG-2 and 2.5
 * (11172-3, 2.4.2.3; 13818-3). Pure functions.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint frame_size;
  guint rate, channels, layer;
  guint samples;                /* of a frame */
} GstPinMp4Mpa;

/* FALSE where no frame header stands at @data (at least four bytes), or one
 * without a bit rate */
gboolean gst_pin_mp4_mpa_parse (const guint8 * data, gsize size,
    GstPinMp4Mpa * frame);

G_END_DECLS
