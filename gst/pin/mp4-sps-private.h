/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a sequence parameter set says that the container repeats: the size and
 * shape of the picture, its colours, and the profile. Pure functions.
 */
#pragma once

#include "mp4-nal-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint width, height;          /* what is shown, after cropping */
  guint sar_width, sar_height;  /* shape of a sample; 0: not said */
  gboolean has_colour;
  guint8 primaries, transfer, matrix;   /* code points of ISO/IEC 23091-2 */
  gboolean full_range;

  /* for the decoder configuration record */
  guint chroma_format, luma_depth, chroma_depth;
  guint8 profile[12];           /* HEVC: profile_space … level_idc */
  guint temporal_layers;
  gboolean temporal_nesting;
} GstPinMp4Sps;

/* @data: the whole NAL unit. FALSE for what is cut short or absurd. */
gboolean gst_pin_mp4_sps_parse (GstPinMp4VideoCodec codec,
    const guint8 * data, gsize size, GstPinMp4Sps * sps);

G_END_DECLS
