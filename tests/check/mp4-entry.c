/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Caps become sample entries; caps that lack something are refused in words.
 */
#include "mp4-entry-private.h"
#include "mp4-params-private.h"
#include "mp4-find.h"
#include "mp4-sets.h"

static GstPinMp4Entry *
from_caps (const gchar *text, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  g_assert_nonnull (caps);
  return gst_pin_mp4_entry_new_from_caps (caps, error);
}

static const guint8 *
get_box (const GstPinMp4Entry *entry, gsize *size)
{
  return g_bytes_get_data (entry->box, size);
}

static GstPinMp4Entry *
make_video (gboolean in_band, const gchar *caps_text)
{
  g_autoptr (GstPinMp4Params) params =
      gst_pin_mp4_params_new (GST_PIN_MP4_H264);
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GBytes) record = NULL;
  GstPinMp4Sps sps;

  gst_pin_mp4_params_add (params, GST_PIN_MP4_NAL_SPS, h264_sps,
      sizeof (h264_sps));
  gst_pin_mp4_params_add (params, GST_PIN_MP4_NAL_PPS, h264_pps,
      sizeof (h264_pps));
  record = gst_pin_mp4_params_make_record (params, &sps);
  return gst_pin_mp4_entry_new_video (GST_PIN_MP4_H264, in_band, record, &sps,
      caps);
}

static void
test_video (void)
{
  g_autoptr (GstPinMp4Entry) entry = make_video (FALSE, "video/x-h264");
  g_autoptr (GstPinMp4Entry) film = make_video (TRUE,
      "video/x-h264, framerate=24000/1001, pixel-aspect-ratio=1/1");
  gsize size, inner;
  const guint8 *box = get_box (entry, &size), *found;

  g_assert_cmpmem (box + 4, 4, "avc1", 4);
  g_assert_cmpuint (GST_READ_UINT16_BE (box + 32), ==, 1920);
  g_assert_cmpuint (GST_READ_UINT16_BE (box + 34), ==, 1080);
  g_assert_cmpuint (entry->timescale, ==, 90000);
  g_assert_cmpuint (entry->width, ==, 2560);
  g_assert_nonnull (mp4_find (box + 86, size - 86, "avcC", &inner));
  found = mp4_find (box + 86, size - 86, "colr", &inner);
  g_assert_cmpmem (found, inner, "nclx\0\1\0\1\0\1\200", 11);
  found = mp4_find (box + 86, size - 86, "pasp", &inner);
  g_assert_cmpuint (mp4_u32 (found, 0), ==, 4);

  g_assert_cmpmem (get_box (film, &size) + 4, 4, "avc3", 4);
  g_assert_cmpuint (film->timescale, ==, 360000);
  g_assert_cmpuint (film->width, ==, 1920);
}

static void
test_audio (void)
{
  g_autoptr (GstPinMp4Entry) aac = from_caps ("audio/mpeg, mpegversion=4, "
      "stream-format=raw, codec_data=(buffer)1190", NULL);
  g_autoptr (GstPinMp4Entry) he = from_caps ("audio/mpeg, mpegversion=4, "
      "stream-format=raw, rate=48000, codec_data=(buffer)2b118800", NULL);
  g_autoptr (GstPinMp4Entry) mp3 = from_caps ("audio/mpeg, mpegversion=1, "
      "layer=3, rate=44100, channels=1, parsed=true", NULL);
  gsize size, inner;
  const guint8 *box, *esds;

  box = get_box (aac, &size);
  esds = mp4_find (box + 36, size - 36, "esds", &inner);
  g_assert_cmpmem (esds + inner - 8, 2, "\x11\x90", 2);
  g_assert_cmpuint (esds[17], ==, 0x40);
  g_assert_cmpuint (aac->timescale, ==, 48000);
  g_assert_cmpuint (aac->frame_ticks, ==, 1024);
  g_assert_cmpuint (he->timescale, ==, 48000);
  g_assert_cmpuint (he->frame_ticks, ==, 2048);
  box = get_box (mp3, &size);
  esds = mp4_find (box + 36, size - 36, "esds", &inner);
  g_assert_cmpuint (esds[17], ==, 0x6b);
  g_assert_cmpuint (mp3->frame_ticks, ==, 1152);
}

static void
test_refused (void)
{
  static const gchar *texts[] = {
    "audio/mpeg, mpegversion=4, stream-format=raw",
    "audio/mpeg, mpegversion=4, stream-format=raw, codec_data=(buffer)16",
    "audio/mpeg, mpegversion=1, layer=3",
    "video/x-h264, stream-format=avc, alignment=au",
    "video/x-h264, stream-format=avc, codec_data=(buffer)0164001fffe1",
    "video/x-h265, stream-format=hvc1, codec_data=(string)none",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (from_caps (texts[i], &error));
    g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-entry/video", test_video);
  g_test_add_func ("/mp4-entry/audio", test_audio);
  g_test_add_func ("/mp4-entry/refused", test_refused);
  return g_test_run ();
}
