/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the head of a frame as far as the boxes `dac3` and `dec3` need it.
 * E-AC-3's bsmod lies behind optional fields of any length and stays 0
 * ("main audio service"), as other muxers leave it.
 */
#include "mp4-ac3-private.h"
#include "mp4-bits-private.h"

#include <string.h>

static const guint rates[] = { 48000, 44100, 32000 };
static const guint8 channels[] = { 2, 1, 2, 3, 3, 4, 4, 5 };

static gboolean
parse_ac3 (GstPinMp4Bits *bits, GstPinMp4Ac3 *frame)
{
  static const guint16 kbps[] = { 32, 40, 48, 56, 64, 80, 96, 112, 128, 160,
    192, 224, 256, 320, 384, 448, 512, 576, 640
  };
  guint code;

  gst_pin_mp4_bits_skip (bits, 32);
  frame->fscod = gst_pin_mp4_bits_get (bits, 2);
  code = gst_pin_mp4_bits_get (bits, 6);
  frame->bsid = gst_pin_mp4_bits_get (bits, 5);
  frame->bsmod = gst_pin_mp4_bits_get (bits, 3);
  frame->acmod = gst_pin_mp4_bits_get (bits, 3);
  if ((frame->acmod & 1) && frame->acmod != 1)
    gst_pin_mp4_bits_skip (bits, 2);
  if (frame->acmod & 4)
    gst_pin_mp4_bits_skip (bits, 2);
  if (frame->acmod == 2)
    gst_pin_mp4_bits_skip (bits, 2);
  frame->lfeon = gst_pin_mp4_bits_get (bits, 1);
  if (frame->fscod == 3 || code / 2 >= G_N_ELEMENTS (kbps))
    return FALSE;
  frame->bit_rate_code = code / 2;
  frame->rate = rates[frame->fscod];
  frame->blocks = 6;
  frame->frame_size = kbps[code / 2] * 1000 / 8 * 1536 / frame->rate / 2 * 2;
  if (frame->fscod == 1)
    frame->frame_size += (code & 1) * 2;
  return TRUE;
}

static gboolean
parse_eac3 (GstPinMp4Bits *bits, GstPinMp4Ac3 *frame)
{
  static const guint8 blocks[] = { 1, 2, 3, 6 };
  guint type, i, half;

  gst_pin_mp4_bits_skip (bits, 16);
  type = gst_pin_mp4_bits_get (bits, 2);
  frame->substream = gst_pin_mp4_bits_get (bits, 3);
  frame->frame_size = (gst_pin_mp4_bits_get (bits, 11) + 1) * 2;
  frame->fscod = gst_pin_mp4_bits_get (bits, 2);
  if (frame->fscod == 3) {
    half = gst_pin_mp4_bits_get (bits, 2);
    if (half == 3)
      return FALSE;
    frame->rate = rates[half] / 2;
    frame->blocks = 6;
  } else {
    frame->rate = rates[frame->fscod];
    frame->blocks = blocks[gst_pin_mp4_bits_get (bits, 2)];
  }
  frame->acmod = gst_pin_mp4_bits_get (bits, 3);
  frame->lfeon = gst_pin_mp4_bits_get (bits, 1);
  frame->bsid = gst_pin_mp4_bits_get (bits, 5);
  frame->dependent = type == 1;
  for (i = frame->acmod == 0 ? 2 : 1; i > 0; i--) {
    gst_pin_mp4_bits_skip (bits, 5);    /* dialnorm */
    if (gst_pin_mp4_bits_get (bits, 1))
      gst_pin_mp4_bits_skip (bits, 8);
  }
  if (frame->dependent && gst_pin_mp4_bits_get (bits, 1))
    frame->channel_map = gst_pin_mp4_bits_get (bits, 16);
  return type != 3;
}

gboolean
gst_pin_mp4_ac3_parse (const guint8 *data, gsize size, GstPinMp4Ac3 *frame)
{
  GstPinMp4Bits bits;
  guint bsid;
  gboolean ok;

  memset (frame, 0, sizeof (*frame));
  if (size < 8 || data[0] != 0x0b || data[1] != 0x77)
    return FALSE;
  gst_pin_mp4_bits_init (&bits, data, size, FALSE);
  bsid = data[5] >> 3;
  if (bsid > 16)
    return FALSE;
  frame->enhanced = bsid > 10;
  ok = frame->enhanced ? parse_eac3 (&bits, frame) : parse_ac3 (&bits, frame);
  frame->channels = channels[frame->acmod] + frame->lfeon;
  return ok && !bits.overrun;
}

/* Bits of the channel map, first one highest, as bits of chan_loc: pairs
 * beyond 5.1 in order, LFE2 last (F.6.2) */
static guint
get_locations (guint map)
{
  guint locations = 0, i;

  for (i = 0; i < 8; i++)
    locations |= (map >> (10 - i) & 1) << i;
  return locations | (map >> 1 & 1) << 8;
}

void
gst_pin_mp4_ac3_put_box (GstPinMp4Box *box, const GstPinMp4Ac3 *frame,
    guint dependents, guint channel_map, guint data_rate)
{
  gsize start = gst_pin_mp4_box_begin (box, frame->enhanced ? "dec3" : "dac3");

  if (!frame->enhanced) {
    gst_pin_mp4_put24 (box, frame->fscod << 22 | frame->bsid << 17
        | frame->bsmod << 14 | frame->acmod << 11 | frame->lfeon << 10
        | frame->bit_rate_code << 5);
  } else {
    gst_pin_mp4_put16 (box, MIN (data_rate, 0x1fff) << 3);
    gst_pin_mp4_put16 (box, frame->fscod << 14 | frame->bsid << 9
        | frame->bsmod << 4 | frame->acmod << 1 | frame->lfeon);
    if (dependents > 0)
      gst_pin_mp4_put16 (box, MIN (dependents, 15) << 9
          | get_locations (channel_map));
    else
      gst_pin_mp4_put8 (box, 0);
  }
  gst_pin_mp4_box_end (box, start);
}
