/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ADTS headers and AudioSpecificConfig, HE-AAC's too.
 */
#include "mp4-aac-private.h"

static void
test_adts (void)
{
  /* AAC LC, 48 kHz, stereo, 200 bytes, no CRC */
  static const guint8 head[] = { 0xff, 0xf1, 0x4c, 0x80, 0x19, 0x1f, 0xfc };
  GstPinMp4Adts adts;
  g_autoptr (GBytes) config = NULL;

  g_assert_true (gst_pin_mp4_adts_parse (head, sizeof (head), &adts));
  g_assert_cmpuint (adts.header_size, ==, 7);
  g_assert_cmpuint (adts.frame_size, ==, 200);
  g_assert_cmpuint (adts.n_blocks, ==, 1);
  g_assert_cmpuint (gst_pin_mp4_adts_rate (&adts), ==, 48000);
  config = gst_pin_mp4_adts_make_config (&adts);
  g_assert_cmpmem (g_bytes_get_data (config, NULL), 2, "\x11\x90", 2);
  g_assert_false (gst_pin_mp4_adts_parse (head, 6, &adts));
  g_assert_false (gst_pin_mp4_adts_parse (head + 1, 6, &adts));
}

static void
test_config (void)
{
  static const struct
  {
    const gchar *bytes;
    gsize size;
    gboolean ok;
    guint rate, channels, frame_length;
  } cases[] = {
    {"\x11\x90", 2, TRUE, 48000, 2, 1024},
    {"\x12\x08", 2, TRUE, 44100, 1, 1024},
    {"\x11\x94", 2, TRUE, 48000, 2, 960},
    /* SBR said in front: 24 kHz become 48 kHz; the same with PS */
    {"\x2b\x11\x88\x00", 4, TRUE, 48000, 2, 2048},
    {"\xeb\x09\x88\x00", 4, TRUE, 48000, 2, 2048},
    /* … which does not change the rate */
    {"\x29\x91\x88\x00", 4, TRUE, 48000, 2, 1024},
    /* said behind: SBR, PS, that there is none, and cut short */
    {"\x13\x10\x56\xe5\x98", 5, TRUE, 48000, 2, 2048},
    {"\x13\x08\x56\xe5\x9d\x48\x80", 7, TRUE, 48000, 2, 2048},
    {"\x13\x10\x56\xe5\x00", 5, TRUE, 24000, 2, 1024},
    {"\x13\x10\x56\xe5", 4, TRUE, 24000, 2, 1024},
    /* the layout spelled out: 2.1 as ffmpeg writes it, and cut short */
    {"\x11\x80\x04\xc4\x01\x00\x21\x00\x00", 9, TRUE, 48000, 3, 1024},
    {"\x11\x80\x04\xc4", 4, TRUE, 48000, 2, 1024},
    {"\xb9\x90", 2, TRUE, 48000, 2, 512},       /* low delay */
    {"\x11", 1, FALSE},
    {"\x16\x90", 2, FALSE},     /* a rate that does not exist */
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstPinMp4AacConfig config;
    gboolean ok = gst_pin_mp4_aac_config_parse ((const guint8 *)
        cases[i].bytes, cases[i].size, &config);

    g_assert_cmpint (ok, ==, cases[i].ok);
    if (!ok)
      continue;
    g_assert_cmpuint (config.rate, ==, cases[i].rate);
    g_assert_cmpuint (config.channels, ==, cases[i].channels);
    g_assert_cmpuint (config.frame_length, ==, cases[i].frame_length);
  }
}

/* A frame of 2.1 sound as ffmpeg writes it: the header says no layout, the
 * frame does; one that does not leaves it as it is */
static void
test_layout (void)
{
  guint8 frame[] = { 0xff, 0xf1, 0x4c, 0x00, 0x02, 0xdf, 0xfc,
    0xa0, 0x98, 0x80, 0x20, 0x04, 0x00, 0x0d, 0x4c, 0x61, 0x76, 0x63, 0x35,
    0x39, 0x2e, 0x33, 0x37
  };
  GstPinMp4AacConfig parsed;
  GstPinMp4Adts adts, next;
  g_autoptr (GBytes) config = NULL;
  guint cut;
  gsize size;
  const guint8 *data;

  g_assert_true (gst_pin_mp4_adts_parse (frame, sizeof (frame), &adts));
  g_assert_cmpuint (adts.channels, ==, 0);
  next = adts;
  gst_pin_mp4_adts_read_layout (&adts, frame);
  config = gst_pin_mp4_adts_make_config (&adts);
  data = g_bytes_get_data (config, &size);
  g_assert_true (gst_pin_mp4_aac_config_parse (data, size, &parsed));
  g_assert_cmpuint (parsed.channels, ==, 3);
  g_assert_cmpuint (data[size - 1], ==, 0);     /* no comment */
  frame[7] = 0x21;
  gst_pin_mp4_adts_read_layout (&next, frame);
  g_assert_null (gst_pin_mp4_adts_make_config (&next));
  g_assert_true (gst_pin_mp4_adts_same_config (&adts, &next));
  frame[7] = 0xbf;              /* as many elements as there can be */
  memset (frame + 8, 0xff, sizeof (frame) - 8);
  for (cut = 8; cut <= sizeof (frame); cut++) {
    next.frame_size = cut;
    gst_pin_mp4_adts_read_layout (&next, frame);
    g_assert_cmpuint (next.layout_size, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-aac/adts", test_adts);
  g_test_add_func ("/mp4-aac/config", test_config);
  g_test_add_func ("/mp4-aac/layout", test_layout);
  return g_test_run ();
}
