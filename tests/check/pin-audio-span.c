/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long the frames in a packet last, cut wherever one likes.
 */
#include "pin-audio-span.h"

#include <string.h>

#define FRAME 100

/* AAC of 48 kHz, frames of FRAME bytes, behind each other */
static void
put_frames (guint8 *data, guint n)
{
  static const guint8 head[] = { 0xff, 0xf1, 0x4c, 0x80, FRAME >> 3,
    (FRAME & 7) << 5 | 0x1f, 0xfc
  };
  guint i;

  memset (data, 0, n * FRAME);
  for (i = 0; i < n; i++)
    memcpy (data + i * FRAME, head, sizeof (head));
}

static void
test_kinds (void)
{
  static const struct
  {
    const gchar *caps;
    GstPinAudioKind kind;
  } rows[] = {
    {"audio/mpeg, mpegversion=4, stream-format=adts", GST_PIN_AUDIO_ADTS},
    {"audio/mpeg, mpegversion=1", GST_PIN_AUDIO_MPA},
    {"audio/x-eac3", GST_PIN_AUDIO_AC3},
    {"audio/mpeg, mpegversion=4, stream-format=loas", GST_PIN_AUDIO_NONE},
    {"video/x-h264, stream-format=byte-stream", GST_PIN_AUDIO_NONE},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (rows[i].caps);

    g_assert_cmpint (gst_pin_audio_span_find_kind (caps), ==, rows[i].kind);
  }
}

static void
test_frames (void)
{
  static const struct
  {
    gsize size;
    guint frames;               /* that begin in it */
  } cuts[] = {
    {250, 3}, {49, 0}, {1, 0}, {300, 3}, {150, 2}, {50, 0}, {200, 2}
  };
  GstPinAudioSpan span = { GST_PIN_AUDIO_ADTS, 0 };
  guint8 data[10 * FRAME];
  gsize at = 0;
  guint i;

  put_frames (data, 10);
  for (i = 0; i < G_N_ELEMENTS (cuts); at += cuts[i++].size)
    g_assert_cmpuint (gst_pin_audio_span_push (&span, data + at, cuts[i].size),
        ==, gst_util_uint64_scale (cuts[i].frames * 1024, GST_SECOND, 48000));
  g_assert_cmpuint (at, ==, sizeof (data));
}

static void
test_garbage (void)
{
  GstPinAudioSpan span = { GST_PIN_AUDIO_ADTS, 0 };
  guint8 data[4 * FRAME];

  put_frames (data, 4);
  data[FRAME] = 0;
  g_assert_cmpuint (gst_pin_audio_span_push (&span, data, sizeof (data)), ==,
      0);
  span.kind = GST_PIN_AUDIO_NONE;
  g_assert_cmpuint (gst_pin_audio_span_push (&span, data, FRAME), ==, 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-audio-span/kinds", test_kinds);
  g_test_add_func ("/pin-audio-span/frames", test_frames);
  g_test_add_func ("/pin-audio-span/garbage", test_garbage);
  return g_test_run ();
}
