/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A sample entry: what `stsd` says of a track's samples, and the numbers that the
 * rest of the track needs of it. An immutable value, owned by its track.
 */
#pragma once

#include "mp4-ac3-private.h"
#include "mp4-aac-private.h"
#include "mp4-mpa-private.h"
#include "mp4-sps-private.h"

G_BEGIN_DECLS

typedef enum
{
  GST_PIN_MP4_VIDEO,
  GST_PIN_MP4_AUDIO,
  GST_PIN_MP4_TEXT
} GstPinMp4Kind;

typedef struct
{
  GstPinMp4Kind kind;
  guint32 timescale;
  guint frame_ticks;            /* length of every sample; 0: it varies */
  guint width, height;          /* as displayed, for tkhd */
  GBytes *box;
  GBytes *sets;                 /* video: its parameter sets as they would stand in
                                 * a sample; NULL: not known */
  GstPinMp4VideoCodec codec;
  guint length_size;            /* video: of what precedes each NAL unit */
} GstPinMp4Entry;

/* (transfer full) (nullable) From what a pad's caps say, where they say
 * enough: coded video with its record, raw AAC, MP3. */
GstPinMp4Entry *gst_pin_mp4_entry_new_from_caps (const GstCaps * caps,
    GError ** error);

/* (transfer full) @in_band: parameter sets change, and stand in the samples
 * (`avc3`, `hev1`); @caps may say a frame rate and a sample shape */
GstPinMp4Entry *gst_pin_mp4_entry_new_video (GstPinMp4VideoCodec codec,
    gboolean in_band, GBytes * record, const GstPinMp4Sps * sps,
    const GstCaps * caps);
GstPinMp4Entry *gst_pin_mp4_entry_new_aac (const guint8 * config, gsize size,
    guint bit_rate, GError ** error);
GstPinMp4Entry *gst_pin_mp4_entry_new_mpa (const GstPinMp4Mpa * frame);
GstPinMp4Entry *gst_pin_mp4_entry_new_ac3 (const GstPinMp4Ac3 * frame,
    guint dependents, guint channel_map, guint data_rate);
GstPinMp4Entry *gst_pin_mp4_entry_new_text (void);
void gst_pin_mp4_entry_free (GstPinMp4Entry * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Entry, gst_pin_mp4_entry_free)

G_END_DECLS
