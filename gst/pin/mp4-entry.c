/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes sample entries: `avc1`, `avc3`, `hvc1`, `hev1` (14496-15), `mp4a` for
 * AAC and MP3 (14496-14), `ac-3`, `ec-3` (ETSI TS 102 366 annex F) and `tx3g`
 * (3GPP TS 26.245).
 *
 * Timescales: sound counts its own samples. Video counts the 90 kHz of
 * transport streams, so that their times stay exact, raised where the frame
 * rate asks for more (24000/1001 needs 360 kHz).
 */
#include "mp4-entry-private.h"
#include "mp4-params-private.h"

#include <string.h>

#define MAX_VIDEO_TIMESCALE 1000000

void
gst_pin_mp4_entry_free (GstPinMp4Entry *self)
{
  g_bytes_unref (self->box);
  g_clear_pointer (&self->sets, g_bytes_unref);
  g_free (self);
}

static GstPinMp4Entry *
entry_new (GstPinMp4Kind kind, guint32 timescale, guint frame_ticks,
    GstPinMp4Box *box)
{
  GstPinMp4Entry *self = g_new0 (GstPinMp4Entry, 1);

  self->kind = kind;
  self->timescale = timescale;
  self->frame_ticks = frame_ticks;
  self->box = gst_pin_mp4_box_steal (box);
  return self;
}

static gsize
begin_entry (GstPinMp4Box *box, const gchar *type)
{
  gsize start = gst_pin_mp4_box_begin (box, type);

  gst_pin_mp4_put_zeros (box, 6);
  gst_pin_mp4_put16 (box, 1);   /* data_reference_index */
  return start;
}

static gsize
begin_audio (GstPinMp4Box *box, const gchar *type, guint channels, guint rate)
{
  gsize start = begin_entry (box, type);

  gst_pin_mp4_put_zeros (box, 8);
  gst_pin_mp4_put16 (box, channels);
  gst_pin_mp4_put16 (box, 16);  /* samplesize */
  gst_pin_mp4_put32 (box, 0);
  gst_pin_mp4_put32 (box, rate < 65536 ? rate << 16 : 0);
  return start;
}

static guint32
choose_timescale (const GstStructure *s)
{
  gint n, d;
  guint64 scale;

  if (!s || !gst_structure_get_fraction (s, "framerate", &n, &d) || n <= 0
      || d <= 0)
    return 90000;
  scale = 90000 / gst_util_greatest_common_divisor (90000, n) * (guint64) n;
  return scale <= MAX_VIDEO_TIMESCALE ? scale : 90000;
}

static void
put_colour (GstPinMp4Box *box, const GstPinMp4Sps *sps)
{
  gsize start;

  if (!sps->has_colour)
    return;
  start = gst_pin_mp4_box_begin (box, "colr");
  gst_pin_mp4_put_data (box, "nclx", 4);
  gst_pin_mp4_put16 (box, sps->primaries);
  gst_pin_mp4_put16 (box, sps->transfer);
  gst_pin_mp4_put16 (box, sps->matrix);
  gst_pin_mp4_put8 (box, sps->full_range ? 0x80 : 0);
  gst_pin_mp4_box_end (box, start);
}

static void
put_shape (GstPinMp4Box *box, guint width, guint height)
{
  gsize start;

  if (width == 0 || height == 0)
    return;
  start = gst_pin_mp4_box_begin (box, "pasp");
  gst_pin_mp4_put32 (box, width);
  gst_pin_mp4_put32 (box, height);
  gst_pin_mp4_box_end (box, start);
}

static void
put_visual (GstPinMp4Box *box, guint width, guint height)
{
  gst_pin_mp4_put_zeros (box, 16);
  gst_pin_mp4_put16 (box, width);
  gst_pin_mp4_put16 (box, height);
  gst_pin_mp4_put32 (box, 72 << 16);
  gst_pin_mp4_put32 (box, 72 << 16);
  gst_pin_mp4_put32 (box, 0);
  gst_pin_mp4_put16 (box, 1);   /* frame_count */
  gst_pin_mp4_put_zeros (box, 32);
  gst_pin_mp4_put16 (box, 24);  /* depth */
  gst_pin_mp4_put16 (box, 0xffff);
}

GstPinMp4Entry *
gst_pin_mp4_entry_new_video (GstPinMp4VideoCodec codec, gboolean in_band,
    GBytes *record, const GstPinMp4Sps *sps, const GstCaps *caps)
{
  static const gchar *types[2][2] = { {"avc1", "avc3"}, {"hvc1", "hev1"} };
  const GstStructure *s = caps ? gst_caps_get_structure (caps, 0) : NULL;
  gint width = sps->width, height = sps->height;
  gint shape_x = sps->sar_width, shape_y = sps->sar_height;
  GstPinMp4Box box = { 0, };
  GstPinMp4Entry *self;
  gsize start, inner, size;
  gconstpointer data = g_bytes_get_data (record, &size);

  if (s) {
    gst_structure_get_int (s, "width", &width);
    gst_structure_get_int (s, "height", &height);
    gst_structure_get_fraction (s, "pixel-aspect-ratio", &shape_x, &shape_y);
  }
  start = begin_entry (&box, types[codec][in_band]);
  put_visual (&box, width, height);
  inner = gst_pin_mp4_box_begin (&box,
      codec == GST_PIN_MP4_H264 ? "avcC" : "hvcC");
  gst_pin_mp4_put_data (&box, data, size);
  gst_pin_mp4_box_end (&box, inner);
  put_colour (&box, sps);
  put_shape (&box, shape_x, shape_y);
  gst_pin_mp4_box_end (&box, start);

  self = entry_new (GST_PIN_MP4_VIDEO, choose_timescale (s), 0, &box);
  self->width = shape_x > 0 && shape_y > 0
      ? (guint) gst_util_uint64_scale_int_round (width, shape_x, shape_y)
      : (guint) width;
  self->height = height;
  self->codec = codec;
  self->sets = gst_pin_mp4_params_list_sets (codec, data, size,
      &self->length_size);
  return self;
}

/* `esds`: an ES_Descriptor (14496-1, 7.2.6.5), with a DecoderSpecificInfo
 * where @size is not 0 */
static void
put_esds (GstPinMp4Box *box, guint8 object_type, guint bit_rate,
    const guint8 *config, gsize size)
{
  gsize start = gst_pin_mp4_box_begin_full (box, "esds", 0, 0), es, decoder, d;

  es = gst_pin_mp4_descriptor_begin (box, 3);
  gst_pin_mp4_put16 (box, 0);
  gst_pin_mp4_put8 (box, 0);
  decoder = gst_pin_mp4_descriptor_begin (box, 4);
  gst_pin_mp4_put8 (box, object_type);
  gst_pin_mp4_put8 (box, 5 << 2 | 1);   /* AudioStream */
  gst_pin_mp4_put24 (box, 0);
  gst_pin_mp4_put32 (box, bit_rate);
  gst_pin_mp4_put32 (box, bit_rate);
  if (size > 0) {
    d = gst_pin_mp4_descriptor_begin (box, 5);
    gst_pin_mp4_put_data (box, config, size);
    gst_pin_mp4_descriptor_end (box, d);
  }
  gst_pin_mp4_descriptor_end (box, decoder);
  d = gst_pin_mp4_descriptor_begin (box, 6);
  gst_pin_mp4_put8 (box, 2);
  gst_pin_mp4_descriptor_end (box, d);
  gst_pin_mp4_descriptor_end (box, es);
  gst_pin_mp4_box_end (box, start);
}

GstPinMp4Entry *
gst_pin_mp4_entry_new_aac (const guint8 *config, gsize size, guint bit_rate,
    GError **error)
{
  GstPinMp4Box box = { 0, };
  GstPinMp4AacConfig parsed;
  gsize start;

  if (size > 256 || !gst_pin_mp4_aac_config_parse (config, size, &parsed)) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "The AAC configuration (codec_data, %" G_GSIZE_FORMAT " bytes) makes "
        "no sense", size);
    return NULL;
  }
  start = begin_audio (&box, "mp4a", parsed.channels, parsed.rate);
  put_esds (&box, 0x40, bit_rate, config, size);
  gst_pin_mp4_box_end (&box, start);
  return entry_new (GST_PIN_MP4_AUDIO, parsed.rate, parsed.frame_length, &box);
}

/* MPEG-1 audio is object type 0x6b, its half rates (MPEG-2) 0x69 */
GstPinMp4Entry *
gst_pin_mp4_entry_new_mpa (const GstPinMp4Mpa *frame)
{
  GstPinMp4Box box = { 0, };
  gsize start = begin_audio (&box, "mp4a", frame->channels, frame->rate);

  put_esds (&box, frame->rate >= 32000 ? 0x6b : 0x69, 0, NULL, 0);
  gst_pin_mp4_box_end (&box, start);
  return entry_new (GST_PIN_MP4_AUDIO, frame->rate, frame->samples, &box);
}

static GstPinMp4Entry *
new_parsed_mpa (const GstStructure *s)
{
  gint rate = 0, channels = 2, layer = 3;
  GstPinMp4Mpa frame = { 0, };

  gst_structure_get_int (s, "rate", &rate);
  gst_structure_get_int (s, "channels", &channels);
  gst_structure_get_int (s, "layer", &layer);
  if (rate <= 0 || layer < 1 || layer > 3)
    return NULL;
  frame.rate = rate;
  frame.channels = channels;
  frame.samples = layer == 1 ? 384 : layer == 3 && rate < 32000 ? 576 : 1152;
  return gst_pin_mp4_entry_new_mpa (&frame);
}

GstPinMp4Entry *
gst_pin_mp4_entry_new_ac3 (const GstPinMp4Ac3 *frame, guint dependents,
    guint channel_map, guint data_rate)
{
  GstPinMp4Box box = { 0, };
  gsize start = begin_audio (&box, frame->enhanced ? "ec-3" : "ac-3",
      frame->channels, frame->rate);

  gst_pin_mp4_ac3_put_box (&box, frame, dependents, channel_map, data_rate);
  gst_pin_mp4_box_end (&box, start);
  return entry_new (GST_PIN_MP4_AUDIO, frame->rate, 1536, &box);
}

GstPinMp4Entry *
gst_pin_mp4_entry_new_text (void)
{
  /* Centred at the bottom, white on nothing, in the one font of the table */
  static const guint8 head[] = { 0, 0, 0, 0, 1, 0xff, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 18, 0xff, 0xff, 0xff, 0xff
  };
  GstPinMp4Box box = { 0, };
  gsize start = begin_entry (&box, "tx3g"), fonts;

  gst_pin_mp4_put_data (&box, head, sizeof (head));
  fonts = gst_pin_mp4_box_begin (&box, "ftab");
  gst_pin_mp4_put16 (&box, 1);
  gst_pin_mp4_put16 (&box, 1);
  gst_pin_mp4_put8 (&box, 10);
  gst_pin_mp4_put_data (&box, "Sans-Serif", 10);
  gst_pin_mp4_box_end (&box, fonts);
  gst_pin_mp4_box_end (&box, start);
  return entry_new (GST_PIN_MP4_TEXT, 1000, 0, &box);
}

static GstPinMp4Entry *
new_coded_video (const GstCaps *caps, GstPinMp4VideoCodec codec,
    gboolean in_band, const guint8 *record, gsize size, GError **error)
{
  GstPinMp4Sps sps;
  g_autoptr (GBytes) bytes = g_bytes_new (record, size);

  if (size > G_MAXUINT16 || !gst_pin_mp4_params_read_record (codec, record,
          size, &sps)) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "The video's configuration (codec_data, %" G_GSIZE_FORMAT " bytes) "
        "makes no sense", size);
    return NULL;
  }
  return gst_pin_mp4_entry_new_video (codec, in_band, bytes, &sps, caps);
}

static GstPinMp4Entry *
new_with_codec_data (const GstCaps *caps, const GstStructure *s,
    const guint8 *data, gsize size, GError **error)
{
  const gchar *format = gst_structure_get_string (s, "stream-format");

  if (gst_structure_has_name (s, "audio/mpeg"))
    return gst_pin_mp4_entry_new_aac (data, size, 0, error);
  return new_coded_video (caps,
      gst_structure_has_name (s, "video/x-h264") ? GST_PIN_MP4_H264
      : GST_PIN_MP4_H265, g_strcmp0 (format, "avc3") == 0
      || g_strcmp0 (format, "hev1") == 0, data, size, error);
}

GstPinMp4Entry *
gst_pin_mp4_entry_new_from_caps (const GstCaps *caps, GError **error)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  const GValue *value = gst_structure_get_value (s, "codec_data");
  GstBuffer *buffer =
      value && GST_VALUE_HOLDS_BUFFER (value) ? gst_value_get_buffer (value)
      : NULL;
  GstPinMp4Entry *self = NULL;
  GstMapInfo map;
  gint version = 0;

  gst_structure_get_int (s, "mpegversion", &version);
  if (gst_structure_has_name (s, "audio/mpeg") && version == 1)
    self = new_parsed_mpa (s);
  else if (buffer && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    self = new_with_codec_data (caps, s, map.data, map.size, error);
    gst_buffer_unmap (buffer, &map);
    return self;
  }
  if (!self) {
    g_autofree gchar *text = gst_caps_to_string (caps);

    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "The caps lack what an MP4 needs to know (codec_data, or a rate): %s",
        text);
  }
  return self;
}
