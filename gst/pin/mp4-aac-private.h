/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AAC as a transport stream brings it (ADTS, 14496-3 1.A.3.2) and as MP4 wants
 * it (raw frames and an AudioSpecificConfig). Pure functions.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  guint header_size, frame_size;        /* frame_size: header included */
  guint object_type, rate_index, channels;
  guint n_blocks;               /* raw data blocks in the frame */
  guint8 layout[64];            /* where channels is 0: the configuration with what
                                 * the frame says of them */
  guint layout_size;            /* 0: this one does not say it */
} GstPinMp4Adts;

typedef struct
{
  guint rate;                   /* of what comes out, as far as it is said */
  guint channels;
  guint frame_length;           /* samples of a frame at that rate; 0: varies */
} GstPinMp4AacConfig;

/* FALSE where no frame header stands at @data (at least seven bytes) */
gboolean gst_pin_mp4_adts_parse (const guint8 * data, gsize size,
    GstPinMp4Adts * adts);
/* Reads the layout of the channels out of a whole frame at @data, if it is
 * there that it has to be said */
void gst_pin_mp4_adts_read_layout (GstPinMp4Adts * adts, const guint8 * data);
gboolean gst_pin_mp4_adts_same_config (const GstPinMp4Adts * a,
    const GstPinMp4Adts * b);
/* (transfer full) (nullable) AudioSpecificConfig; NULL: its layout is not
 * known yet */
GBytes *gst_pin_mp4_adts_make_config (const GstPinMp4Adts * adts);
guint gst_pin_mp4_adts_rate (const GstPinMp4Adts * adts);

gboolean gst_pin_mp4_aac_config_parse (const guint8 * data, gsize size,
    GstPinMp4AacConfig * config);

G_END_DECLS
