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

#include <string.h>

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

/* Copies @n bits; @at: how many there are in @out */
static guint
copy_bits (GstPinMp4Bits *bits, guint8 *out, guint *at, guint n)
{
  guint value = gst_pin_mp4_bits_get (bits, n);

  for (; n > 0; n--, (*at)++)
    out[*at / 8] |= (value >> (n - 1) & 1) << (7 - *at % 8);
  return value;
}

/* program_config_element() (14496-3, 4.4.1.1) but for its comment. Takes no
 * more than 49 bytes. Gives the number of channels. */
static guint
copy_layout (GstPinMp4Bits *bits, guint8 *out, guint *at)
{
  guint n_elements, n_lfe, n_data, n_coupling, i, channels = 0;

  copy_bits (bits, out, at, 10);        /* tag, object type, rate */
  n_elements = copy_bits (bits, out, at, 4);    /* front, side, back */
  n_elements += copy_bits (bits, out, at, 4);
  n_elements += copy_bits (bits, out, at, 4);
  n_lfe = copy_bits (bits, out, at, 2);
  n_data = copy_bits (bits, out, at, 3);
  n_coupling = copy_bits (bits, out, at, 4);
  for (i = 0; i < 3; i++)       /* mixdowns: mono, stereo, matrix */
    if (copy_bits (bits, out, at, 1))
      copy_bits (bits, out, at, i < 2 ? 4 : 3);
  for (i = 0; i < n_elements; i++) {
    channels += 1 + copy_bits (bits, out, at, 1);
    copy_bits (bits, out, at, 4);
  }
  for (i = 0; i < n_lfe + n_data; i++)
    copy_bits (bits, out, at, 4);
  for (i = 0; i < n_coupling; i++)
    copy_bits (bits, out, at, 5);
  return channels + n_lfe;
}

void
gst_pin_mp4_adts_read_layout (GstPinMp4Adts *adts, const guint8 *data)
{
  GstPinMp4Bits bits;
  guint at = 16;

  adts->layout_size = 0;
  if (adts->channels > 0)
    return;
  gst_pin_mp4_bits_init (&bits, data + adts->header_size,
      adts->frame_size - adts->header_size, FALSE);
  if (gst_pin_mp4_bits_get (&bits, 3) != 5)     /* ID_PCE */
    return;
  memset (adts->layout, 0, sizeof (adts->layout));
  GST_WRITE_UINT16_BE (adts->layout, adts->object_type << 11
      | adts->rate_index << 7);
  copy_layout (&bits, adts->layout, &at);
  /* Up to the next byte, and no comment */
  if (!bits.overrun)
    adts->layout_size = (at + 7) / 8 + 1;
}

/* A layout that is not said again is the same */
gboolean
gst_pin_mp4_adts_same_config (const GstPinMp4Adts *a, const GstPinMp4Adts *b)
{
  return a->object_type == b->object_type && a->rate_index == b->rate_index
      && a->channels == b->channels && (b->layout_size == 0
      || (a->layout_size == b->layout_size
          && memcmp (a->layout, b->layout, a->layout_size) == 0));
}

GBytes *
gst_pin_mp4_adts_make_config (const GstPinMp4Adts *adts)
{
  guint8 config[2];

  if (adts->channels == 0)
    return adts->layout_size > 0 ? g_bytes_new (adts->layout,
        adts->layout_size) : NULL;
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

/* Between the frame length and what is looked for (GASpecificConfig, 4.4.1) */
static void
skip_core_coder (GstPinMp4Bits *bits)
{
  if (gst_pin_mp4_bits_get (bits, 1))   /* dependsOnCoreCoder */
    gst_pin_mp4_bits_get (bits, 14);
  gst_pin_mp4_bits_get (bits, 1);       /* extensionFlag, unset for LC */
}

static guint
count_channels (GstPinMp4Bits *bits, guint index)
{
  static const guint8 channels[] = { 0, 1, 2, 3, 4, 5, 6, 8 };
  guint8 layout[64] = { 0, };
  guint at = 0, n;

  if (index > 0)
    return index < G_N_ELEMENTS (channels) ? channels[index] : 2;
  n = copy_layout (bits, layout, &at);
  return bits->overrun || n == 0 ? 2 : n;
}

/* The extension that stands behind the configuration of the core, where old
 * decoders do not look (1.6.5.3). Gives the rate with SBR, or 0 */
static guint
get_appended (GstPinMp4Bits *bits, gboolean *stereo)
{
  guint rate;

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
  skip_core_coder (&bits);
  config->channels = count_channels (&bits, index);
  if (ok && rate == 0 && type == TYPE_LC && index > 0)
    rate = get_appended (&bits, &stereo);
  if (stereo && config->channels == 1)
    config->channels = 2;
  config->rate = core;
  if (rate == 2 * core) {
    config->rate = rate;
    config->frame_length *= 2;
  }
  return ok;
}
