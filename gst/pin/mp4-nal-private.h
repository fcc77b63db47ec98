/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A byte stream of H.264 or HEVC (Annex B) seen as NAL units, and what an
 * access unit is made of. Pure functions, any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GST_PIN_MP4_H264,
  GST_PIN_MP4_H265
} GstPinMp4VideoCodec;

typedef enum
{
  GST_PIN_MP4_NAL_OTHER,
  GST_PIN_MP4_NAL_VPS,
  GST_PIN_MP4_NAL_SPS,
  GST_PIN_MP4_NAL_PPS,
  GST_PIN_MP4_NAL_SEI,
  GST_PIN_MP4_NAL_AUD,
  GST_PIN_MP4_NAL_SLICE
} GstPinMp4NalKind;

typedef struct
{
  guint32 offset, size;         /* without the start code */
  GstPinMp4NalKind kind;
  gboolean first_slice;         /* a slice that begins a picture */
  gboolean sync;                /* a picture that decoding can begin at */
} GstPinMp4Nal;

/* Appends the NAL units of @data to @nals (of GstPinMp4Nal). Gives the offset
 * of the first start code; @size where there is none. */
gsize gst_pin_mp4_nal_scan (GstPinMp4VideoCodec codec, const guint8 * data,
    gsize size, GArray * nals);

/* TRUE where the NAL units begin an access unit, FALSE where they go on with
 * the one before */
gboolean gst_pin_mp4_nal_begins_unit (const GArray * nals);

G_END_DECLS
