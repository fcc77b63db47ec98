/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counts the frames of sound that begin in each packet of a stream, so that one
 * knows when the next is due: a time in a transport stream is that of the first
 * frame that begins in its packet (ISO/IEC 13818-1: 2.4.3.7). A frame may go on
 * in the next packet; those bytes are skipped there. A value for its owner's
 * thread.
 */
#include "pin-audio-span.h"

#include <gst/pin/mp4-aac-private.h>
#include <gst/pin/mp4-ac3-private.h>
#include <gst/pin/mp4-mpa-private.h>

/* Samples of a block of AC-3, and of a raw data block of AAC */
#define AC3_BLOCK 256
#define AAC_BLOCK 1024
/* The longest that a header needs */
#define HEAD 8

GstPinAudioKind
gst_pin_audio_span_find_kind (const GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  const gchar *format = gst_structure_get_string (s, "stream-format");
  gint version = 0;

  gst_structure_get_int (s, "mpegversion", &version);
  if (g_strcmp0 (format, "adts") == 0)
    return GST_PIN_AUDIO_ADTS;
  if (gst_structure_has_name (s, "audio/mpeg") && version == 1)
    return GST_PIN_AUDIO_MPA;
  if (gst_structure_has_name (s, "audio/x-ac3")
      || gst_structure_has_name (s, "audio/x-eac3"))
    return GST_PIN_AUDIO_AC3;
  return GST_PIN_AUDIO_NONE;
}

/* The size of the frame at @data, and how long it lasts; 0: there is none */
static gsize
read_frame (GstPinAudioKind kind, const guint8 *data, gsize size,
    guint64 *samples, guint *rate)
{
  GstPinMp4Adts adts;
  GstPinMp4Mpa mpa;
  GstPinMp4Ac3 ac3;

  switch (kind) {
    case GST_PIN_AUDIO_ADTS:
      if (!gst_pin_mp4_adts_parse (data, size, &adts))
        return 0;
      *samples = AAC_BLOCK * adts.n_blocks;
      *rate = gst_pin_mp4_adts_rate (&adts);
      return adts.frame_size;
    case GST_PIN_AUDIO_MPA:
      if (!gst_pin_mp4_mpa_parse (data, size, &mpa))
        return 0;
      *samples = mpa.samples;
      *rate = mpa.rate;
      return mpa.frame_size;
    case GST_PIN_AUDIO_AC3:
      if (!gst_pin_mp4_ac3_parse (data, size, &ac3))
        return 0;
      *samples = ac3.dependent || ac3.substream > 0 ? 0 :
          AC3_BLOCK * ac3.blocks;
      *rate = ac3.rate;
      return ac3.frame_size;
    default:
      return 0;
  }
}

/*
 * gst_pin_audio_span_push:
 * @self: what came before
 * @data: a packet's bytes
 * @size: of @data
 *
 * Returns: how long the frames last that begin in it, in ns; 0: nobody knows
 */
guint64
gst_pin_audio_span_push (GstPinAudioSpan *self, const guint8 *data, gsize size)
{
  guint64 total = 0, samples = 0;
  gsize at = MIN (self->skip, size), frame;
  guint rate = 0;

  self->skip -= at;
  while (at + HEAD <= size) {
    frame = read_frame (self->kind, data + at, size - at, &samples, &rate);
    if (frame == 0 || rate == 0) {
      self->skip = 0;
      return 0;
    }
    total += samples;
    at += frame;
  }
  if (at > size)
    self->skip = at - size;
  return rate > 0 ? gst_util_uint64_scale (total, GST_SECOND, rate) : 0;
}
