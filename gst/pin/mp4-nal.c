/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one pass over the video's bytes. Every byte of a transport stream's video
 * goes through find_start_code(), so it leaves the search to memchr(), which
 * the C library has in vector instructions: in coded video a 01 byte comes
 * once in 256, and nearly none of them is a start code.
 *
 * A NAL unit ends where the next start code begins, its leading zero byte
 * included; further zeros stay with the unit before, and zeros at the end of
 * the access unit stay too. That is what ffmpeg writes, byte for byte.
 */
#include "mp4-nal-private.h"

#include <string.h>

/* The first 00 00 01 in [p, end), or end */
static const guint8 *
find_start_code (const guint8 *p, const guint8 *end)
{
  p += 2;
  while (p < end) {
    p = memchr (p, 1, end - p);
    if (!p)
      return end;
    if (p[-1] == 0 && p[-2] == 0)
      return p - 2;
    p++;
  }
  return end;
}

/* H.264 SEI: a recovery point makes an open GOP's first picture one that
 * decoding can begin at (D.2.8; ffmpeg flags those as key frames too) */
static gboolean
sei_has_recovery_point (const guint8 *sei, gsize size)
{
  gsize i = 1;

  while (i + 2 < size) {
    guint type = 0, length = 0;

    while (i < size && sei[i] == 0xff)
      type += sei[i++];
    if (i < size)
      type += sei[i++];
    while (i < size && sei[i] == 0xff)
      length += sei[i++];
    if (i < size)
      length += sei[i++];
    if (type == 6)
      return TRUE;
    i += length;
  }
  return FALSE;
}

static void
classify_h264 (const guint8 *data, GstPinMp4Nal *nal)
{
  switch (data[0] & 0x1f) {
    case 5:
      nal->sync = TRUE;
      G_GNUC_FALLTHROUGH;
    case 1:
    case 2:
      nal->kind = GST_PIN_MP4_NAL_SLICE;
      /* first_mb_in_slice is ue(v): 0 is a single 1 bit */
      nal->first_slice = nal->size > 1 && (data[1] & 0x80);
      break;
    case 6:
      nal->kind = GST_PIN_MP4_NAL_SEI;
      nal->sync = sei_has_recovery_point (data, nal->size);
      break;
    case 7:
      nal->kind = GST_PIN_MP4_NAL_SPS;
      break;
    case 8:
      nal->kind = GST_PIN_MP4_NAL_PPS;
      break;
    case 9:
      nal->kind = GST_PIN_MP4_NAL_AUD;
      break;
    default:
      break;
  }
}

static void
classify_h265 (const guint8 *data, GstPinMp4Nal *nal)
{
  guint type = data[0] >> 1 & 0x3f;

  if (type < 32) {
    nal->kind = GST_PIN_MP4_NAL_SLICE;
    nal->first_slice = nal->size > 2 && (data[2] & 0x80);
    nal->sync = type >= 16 && type <= 23;       /* IRAP */
    return;
  }
  switch (type) {
    case 32:
      nal->kind = GST_PIN_MP4_NAL_VPS;
      break;
    case 33:
      nal->kind = GST_PIN_MP4_NAL_SPS;
      break;
    case 34:
      nal->kind = GST_PIN_MP4_NAL_PPS;
      break;
    case 35:
      nal->kind = GST_PIN_MP4_NAL_AUD;
      break;
    case 39:
      nal->kind = GST_PIN_MP4_NAL_SEI;
      break;
    default:
      break;
  }
}

gsize
gst_pin_mp4_nal_scan (GstPinMp4VideoCodec codec, const guint8 *data,
    gsize size, GArray *nals)
{
  const guint8 *end = data + size;
  const guint8 *code = size < 4 ? end : find_start_code (data, end);
  gsize first = code - data;

  if (first < size && first > 0 && code[-1] == 0)
    first--;
  while (code < end) {
    const guint8 *start = code + 3, *stop;
    GstPinMp4Nal nal = { 0, };

    code = end - start < 3 ? end : find_start_code (start, end);
    stop = code;
    if (stop < end && stop > start && stop[-1] == 0)
      stop--;
    if (stop == start)
      continue;
    nal.offset = start - data;
    nal.size = stop - start;
    if (codec == GST_PIN_MP4_H264)
      classify_h264 (start, &nal);
    else
      classify_h265 (start, &nal);
    g_array_append_val (nals, nal);
  }
  return first;
}

gboolean
gst_pin_mp4_nal_begins_unit (const GArray *nals)
{
  const GstPinMp4Nal *first;

  if (nals->len == 0)
    return FALSE;
  first = &g_array_index (nals, GstPinMp4Nal, 0);
  return first->kind == GST_PIN_MP4_NAL_SLICE ? first->first_slice
      : first->kind != GST_PIN_MP4_NAL_OTHER;
}
