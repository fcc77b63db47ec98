/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Headers of AAC. HE-AAC in ADTS says nothing of its extension: the core's
 * rate stands in the header, and decoders find the rest in the frames
 * (implicit signalling), here as in the source. The configuration of an MP4 may
 * say it, in one of two ways; then the rate is that of the output, at which
 * a frame is twice as long (14496-3, 1.6.5).
 */
#include "mp4-aac-private.h"
#include "mp4-bits-private.h"

static const guint rates[] = { 96000, 88200, 64000, 48000, 44100, 32000, 24000,
  22050, 16000, 12000, 11025, 8000, 7350
};

gboolean
gst_pin_mp4_adts_parse (const guint8 *data, gsize size, GstPinMp4Adts *adts)
{
  if (size < 7 || data[0] != 0xff || (data[1] & 0xf6) != 0xf0)
    return FALSE;
  adts->header_size = data[1] & 1 ? 7 : 9;
  adts->object_type = (data[2] >> 6) + 1;
  adts->rate_index = data[2] >> 2 & 15;
  adts->channels = (data[2] & 1) << 2 | data[3] >> 6;
  adts->frame_size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5;
  adts->n_blocks = (data[6] & 3) + 1;
  return adts->rate_index < G_N_ELEMENTS (rates)
      && adts->frame_size > adts->header_size;
}

gboolean
gst_pin_mp4_adts_same_config (const GstPinMp4Adts *a, const GstPinMp4Adts *b)
{
  return a->object_type == b->object_type && a->rate_index == b->rate_index
      && a->channels == b->channels;
}

GBytes *
gst_pin_mp4_adts_make_config (const GstPinMp4Adts *adts)
{
  guint8 config[2];

  GST_WRITE_UINT16_BE (config, adts->object_type << 11 | adts->rate_index << 7
      | adts->channels << 3);
  return g_bytes_new (config, sizeof (config));
}

guint
gst_pin_mp4_adts_rate (const GstPinMp4Adts *adts)
{
  return rates[adts->rate_index];
}

static guint
get_rate (GstPinMp4Bits *bits)
{
  guint index = gst_pin_mp4_bits_get (bits, 4);

  if (index == 15)
    return gst_pin_mp4_bits_get (bits, 24);
  return index < G_N_ELEMENTS (rates) ? rates[index] : 0;
}

static guint
get_object_type (GstPinMp4Bits *bits)
{
  guint type = gst_pin_mp4_bits_get (bits, 5);

  return type == 31 ? 32 + gst_pin_mp4_bits_get (bits, 6) : type;
}

/* Object types of 14496-3, table 1.17 */
enum
{
  TYPE_LC = 2, TYPE_SBR = 5, TYPE_LD = 23, TYPE_PS = 29, TYPE_ELD = 39,
  TYPE_USAC = 42
};

/* The extension that stands behind the configuration of the core, where old
 * decoders do not look (1.6.5.3). Gives the rate with SBR, or 0 */
static guint
get_appended (GstPinMp4Bits *bits, gboolean *stereo)
{
  guint rate;

  if (gst_pin_mp4_bits_get (bits, 1))   /* dependsOnCoreCoder */
    gst_pin_mp4_bits_get (bits, 14);
  gst_pin_mp4_bits_get (bits, 1);       /* extensionFlag, unset for LC */
  if (gst_pin_mp4_bits_get (bits, 11) != 0x2b7
      || get_object_type (bits) != TYPE_SBR
      || !gst_pin_mp4_bits_get (bits, 1))
    return 0;
  rate = get_rate (bits);
  if (bits->overrun)
    return 0;
  *stereo = gst_pin_mp4_bits_get (bits, 11) == 0x548
      && gst_pin_mp4_bits_get (bits, 1);
  return rate;
}

static guint
get_frame_length (guint type, gboolean is_short)
{
  if (type == TYPE_USAC)
    return 0;
  if (type == TYPE_LD || type == TYPE_ELD)
    return is_short ? 480 : 512;
  return is_short ? 960 : 1024;
}

/* AudioSpecificConfig, 14496-3 1.6.2.1 */
gboolean
gst_pin_mp4_aac_config_parse (const guint8 *data, gsize size,
    GstPinMp4AacConfig *config)
{
  static const guint8 channels[] = { 0, 1, 2, 3, 4, 5, 6, 8 };
  gboolean stereo = FALSE, ok;
  guint type, index, core, rate = 0;
  GstPinMp4Bits bits;

  gst_pin_mp4_bits_init (&bits, data, size, FALSE);
  type = get_object_type (&bits);
  core = get_rate (&bits);
  index = gst_pin_mp4_bits_get (&bits, 4);
  if (type == TYPE_SBR || type == TYPE_PS) {    /* said in front */
    stereo = type == TYPE_PS;
    rate = get_rate (&bits);
    type = get_object_type (&bits);
  }
  config->frame_length = get_frame_length (type, gst_pin_mp4_bits_get (&bits,
          1));
  ok = !bits.overrun && core > 0 && type != 0;
  if (ok && rate == 0 && type == TYPE_LC && index > 0)
    rate = get_appended (&bits, &stereo);
  config->channels = index < G_N_ELEMENTS (channels) ? channels[index] : 2;
  if (stereo && config->channels == 1)
    config->channels = 2;
  config->rate = core;
  if (rate == 2 * core) {
    config->rate = rate;
    config->frame_length *= 2;
  }
  return ok;
}
