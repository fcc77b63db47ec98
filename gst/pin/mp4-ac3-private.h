/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Headers of AC-3 and E-AC-3 frames (ETSI TS 102 366) and the boxes made of
 * them (annex F). Pure functions.
 */
#pragma once

#include "mp4-box-private.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean enhanced;            /* E-AC-3 */
  guint frame_size;
  guint rate, channels;
  guint blocks;                 /* of 256 samples */
  gboolean dependent;           /* belongs to the independent frame before it */
  guint substream;
  guint fscod, bsid, bsmod, acmod, lfeon, bit_rate_code;
  guint channel_map;            /* of a dependent frame */
} GstPinMp4Ac3;

gboolean gst_pin_mp4_ac3_parse (const guint8 * data, gsize size,
    GstPinMp4Ac3 * frame);

/* @dependents: how many dependent frames go with @frame; @channel_map: their
 * channel maps, joined; @data_rate: kbit/s, E-AC-3 only */
void gst_pin_mp4_ac3_put_box (GstPinMp4Box * box, const GstPinMp4Ac3 * frame,
    guint dependents, guint channel_map, guint data_rate);

G_END_DECLS
