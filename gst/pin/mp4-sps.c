/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads sequence parameter sets: H.264 (7.3.2.1.1 and E.1.1) and HEVC
 * (7.3.2.2, 7.3.3, 7.3.7 and E.2.1). It reads as far as the colours; a
 * parameter set that makes no sense is refused, since its sizes would go into the
 * file's header.
 */
#include "mp4-sps-private.h"
#include "mp4-bits-private.h"

#include <string.h>

#define BITS(n) gst_pin_mp4_bits_get (bits, n)
#define SKIP(n) gst_pin_mp4_bits_skip (bits, n)
#define UE() gst_pin_mp4_bits_ue (bits)
#define SE() gst_pin_mp4_bits_se (bits)

#define MAX_SIDE 16384

/* aspect_ratio_idc 1 … 16 */
static const guint8 sample_shapes[][2] = {
  {0, 0}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11},
  {32, 11}, {80, 33}, {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2},
  {2, 1}
};

/* The beginning of vui_parameters(), alike in both codecs */
static void
parse_vui (GstPinMp4Bits *bits, GstPinMp4Sps *sps)
{
  if (BITS (1)) {               /* aspect_ratio_info_present_flag */
    guint idc = BITS (8);

    if (idc == 255) {
      sps->sar_width = BITS (16);
      sps->sar_height = BITS (16);
    } else if (idc < G_N_ELEMENTS (sample_shapes)) {
      sps->sar_width = sample_shapes[idc][0];
      sps->sar_height = sample_shapes[idc][1];
    }
  }
  if (BITS (1))                 /* overscan_info_present_flag */
    SKIP (1);
  if (BITS (1)) {               /* video_signal_type_present_flag */
    SKIP (3);
    sps->full_range = BITS (1);
    if (BITS (1)) {             /* colour_description_present_flag */
      sps->has_colour = TRUE;
      sps->primaries = BITS (8);
      sps->transfer = BITS (8);
      sps->matrix = BITS (8);
    }
  }
  if (bits->overrun) {
    sps->sar_width = sps->sar_height = 0;
    sps->has_colour = FALSE;
  }
}

static gboolean
set_size (GstPinMp4Sps *sps, guint64 width, guint64 height, guint64 crop_x,
    guint64 crop_y)
{
  if (width > MAX_SIDE || height > MAX_SIDE || crop_x >= width
      || crop_y >= height)
    return FALSE;
  sps->width = width - crop_x;
  sps->height = height - crop_y;
  return TRUE;
}

static void
skip_h264_scaling_lists (GstPinMp4Bits *bits, guint n)
{
  guint i, j;

  for (i = 0; i < n; i++) {
    guint last = 8, next = 8;

    if (!BITS (1))
      continue;
    for (j = 0; j < (i < 6 ? 16u : 64u) && !bits->overrun; j++) {
      if (next != 0)
        next = (last + (guint) SE ()) & 0xff;
      if (next != 0)
        last = next;
    }
  }
}

static void
skip_h264_order_count (GstPinMp4Bits *bits)
{
  guint type = UE (), n;

  if (type == 0) {
    UE ();
  } else if (type == 1) {
    SKIP (1);
    SE ();
    SE ();
    for (n = UE (); n > 0 && !bits->overrun; n--)
      SE ();
  }
}

static gboolean
has_chroma_format (guint profile)
{
  static const guint8 profiles[] = { 100, 110, 122, 244, 44, 83, 86, 118, 128,
    138, 139, 134, 135
  };

  return memchr (profiles, profile, sizeof (profiles)) != NULL;
}

static gboolean
parse_h264 (GstPinMp4Bits *bits, GstPinMp4Sps *sps)
{
  guint64 width, height, crop[4] = { 0, };
  guint profile, frame_only, unit_x, unit_y, i;
  gboolean separate_planes = FALSE;

  SKIP (8);
  profile = BITS (8);
  SKIP (16);
  UE ();                        /* seq_parameter_set_id */
  if (has_chroma_format (profile)) {
    sps->chroma_format = UE ();
    if (sps->chroma_format > 3)
      return FALSE;
    if (sps->chroma_format == 3)
      separate_planes = BITS (1);
    sps->luma_depth = 8 + UE ();
    sps->chroma_depth = 8 + UE ();
    SKIP (1);
    if (BITS (1))
      skip_h264_scaling_lists (bits, sps->chroma_format == 3 ? 12 : 8);
  }
  UE ();                        /* log2_max_frame_num_minus4 */
  skip_h264_order_count (bits);
  UE ();                        /* max_num_ref_frames */
  SKIP (1);
  width = ((guint64) UE () + 1) * 16;
  height = ((guint64) UE () + 1) * 16;
  frame_only = BITS (1);
  if (!frame_only) {
    height *= 2;
    SKIP (1);
  }
  SKIP (1);
  if (BITS (1))
    for (i = 0; i < 4; i++)
      crop[i] = UE ();
  if (bits->overrun || sps->luma_depth > 14 || sps->chroma_depth > 14)
    return FALSE;
  unit_x = !separate_planes && (sps->chroma_format == 1
      || sps->chroma_format == 2) ? 2 : 1;
  unit_y = (!separate_planes && sps->chroma_format == 1 ? 2 : 1)
      * (frame_only ? 1 : 2);
  if (!set_size (sps, width, height, (crop[0] + crop[1]) * unit_x,
          (crop[2] + crop[3]) * unit_y))
    return FALSE;
  if (BITS (1))
    parse_vui (bits, sps);
  return TRUE;
}

static void
skip_h265_profile_of_layers (GstPinMp4Bits *bits, guint layers)
{
  gboolean profile[8], level[8];
  guint i;

  for (i = 0; i < layers; i++) {
    profile[i] = BITS (1);
    level[i] = BITS (1);
  }
  if (layers > 0)
    SKIP (2 * (8 - layers));
  for (i = 0; i < layers; i++) {
    SKIP (profile[i] ? 88 : 0);
    SKIP (level[i] ? 8 : 0);
  }
}

static void
skip_h265_scaling_lists (GstPinMp4Bits *bits)
{
  guint size, matrix, i;

  for (size = 0; size < 4; size++)
    for (matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
      if (!BITS (1)) {
        UE ();
        continue;
      }
      if (size > 1)
        SE ();
      for (i = 0; i < MIN (64u, 1u << (4 + (size << 1))) && !bits->overrun; i++)
        SE ();
    }
}

/* st_ref_pic_set(): gives how many pictures the set names, which the sets
 * predicted from it need */
static guint
skip_h265_ref_pic_set (GstPinMp4Bits *bits, guint index, guint previous)
{
  guint i, n = 0, negative, positive;

  if (index > 0 && BITS (1)) {
    SKIP (1);
    UE ();
    for (i = 0; i <= previous && !bits->overrun; i++) {
      gboolean used = BITS (1);

      if (used || BITS (1))
        n++;
    }
    return n;
  }
  negative = UE ();
  positive = UE ();
  if (negative > 16 || positive > 16)
    bits->overrun = TRUE;
  for (i = 0; i < negative + positive && !bits->overrun; i++) {
    UE ();
    SKIP (1);
  }
  return negative + positive;
}

/* From sps_max_sub_layers' ordering info to the VUI */
static void
parse_h265_tail (GstPinMp4Bits *bits, GstPinMp4Sps *sps)
{
  guint poc_bits = UE () + 4, i, n, pictures = 0;

  for (i = BITS (1) ? 0 : sps->temporal_layers - 1; i < sps->temporal_layers;
      i++) {
    UE ();
    UE ();
    UE ();
  }
  for (i = 0; i < 6; i++)
    UE ();                      /* block and transform sizes */
  if (BITS (1) && BITS (1))
    skip_h265_scaling_lists (bits);
  SKIP (2);                     /* amp, sao */
  if (BITS (1)) {               /* pcm */
    SKIP (8);
    UE ();
    UE ();
    SKIP (1);
  }
  n = UE ();
  if (n > 64 || poc_bits > 16)
    return;
  for (i = 0; i < n && !bits->overrun; i++)
    pictures = skip_h265_ref_pic_set (bits, i, pictures);
  if (BITS (1))                 /* long_term_ref_pics_present_flag */
    for (i = UE (); i > 0 && !bits->overrun; i--)
      SKIP (poc_bits + 1);
  SKIP (2);
  if (!bits->overrun && BITS (1))
    parse_vui (bits, sps);
}

static gboolean
parse_h265 (GstPinMp4Bits *bits, GstPinMp4Sps *sps)
{
  guint64 width, height, crop[4] = { 0, };
  guint i, unit_x, unit_y;

  SKIP (16 + 4);
  sps->temporal_layers = BITS (3) + 1;
  sps->temporal_nesting = BITS (1);
  for (i = 0; i < sizeof (sps->profile); i++)
    sps->profile[i] = BITS (8);
  skip_h265_profile_of_layers (bits, sps->temporal_layers - 1);
  UE ();                        /* sps_seq_parameter_set_id */
  sps->chroma_format = UE ();
  if (sps->chroma_format > 3)
    return FALSE;
  unit_x = sps->chroma_format == 1 || sps->chroma_format == 2 ? 2 : 1;
  unit_y = sps->chroma_format == 1 ? 2 : 1;
  if (sps->chroma_format == 3 && BITS (1))
    unit_x = unit_y = 1;
  width = UE ();
  height = UE ();
  if (BITS (1))
    for (i = 0; i < 4; i++)
      crop[i] = UE ();
  sps->luma_depth = 8 + UE ();
  sps->chroma_depth = 8 + UE ();
  if (bits->overrun || sps->luma_depth > 16 || sps->chroma_depth > 16
      || !set_size (sps, width, height, (crop[0] + crop[1]) * unit_x,
          (crop[2] + crop[3]) * unit_y))
    return FALSE;
  parse_h265_tail (bits, sps);
  return TRUE;
}

gboolean
gst_pin_mp4_sps_parse (GstPinMp4VideoCodec codec, const guint8 *data,
    gsize size, GstPinMp4Sps *sps)
{
  GstPinMp4Bits bits;

  memset (sps, 0, sizeof (*sps));
  sps->chroma_format = 1;
  sps->luma_depth = sps->chroma_depth = 8;
  gst_pin_mp4_bits_init (&bits, data, size, TRUE);
  return codec == GST_PIN_MP4_H264 ? parse_h264 (&bits, sps)
      : parse_h265 (&bits, sps);
}
