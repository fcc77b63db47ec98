/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the four bytes that every frame of MPEG audio begins with.
 */
#include "mp4-mpa-private.h"

/* kbit/s by index: MPEG-1 layers I, II, III; MPEG-2 layer I, layers II and III */
static const guint16 bit_rates[5][15] = {
  {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
  {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
  {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
  {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
  {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
};

static const guint16 rates[] = { 44100, 48000, 32000 };

gboolean
gst_pin_mp4_mpa_parse (const guint8 *data, gsize size, GstPinMp4Mpa *frame)
{
  guint version, bit_rate, rate, padding, row;

  if (size < 4 || data[0] != 0xff || (data[1] & 0xe0) != 0xe0)
    return FALSE;
  version = data[1] >> 3 & 3;   /* 3: MPEG-1, 2: MPEG-2, 0: 2.5 */
  frame->layer = 4 - (data[1] >> 1 & 3);
  bit_rate = data[2] >> 4;
  rate = data[2] >> 2 & 3;
  padding = data[2] >> 1 & 1;
  if (version == 1 || frame->layer == 4 || bit_rate == 0 || bit_rate == 15
      || rate == 3)
    return FALSE;
  row = version == 3 ? frame->layer - 1 : frame->layer == 1 ? 3 : 4;
  frame->rate = rates[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  frame->channels = data[3] >> 6 == 3 ? 1 : 2;
  frame->samples = frame->layer == 1 ? 384
      : frame->layer == 3 && version != 3 ? 576 : 1152;
  bit_rate = bit_rates[row][bit_rate] * 1000;
  if (frame->layer == 1)
    frame->frame_size = (12 * bit_rate / frame->rate + padding) * 4;
  else
    frame->frame_size = frame->samples / 8 * bit_rate / frame->rate + padding;
  return TRUE;
}
