/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a variant's playlist holds: in and out of JSON, and which of it a wish
 * means.
 */
#include <gst/pin/pin.h>
#include <string.h>

#include "media-private.h"

#define STREAM(width, height, peak, average, rate, codecs, name) \
    "{\"width\":" width ",\"height\":" height ",\"bandwidth\":" peak \
    ",\"average_bandwidth\":" average ",\"frame_rate\":" rate \
    ",\"codecs\":" codecs ",\"estimated_bytes\":2500000,\"url\":" \
    "\"https://v1.pinimg.com/" name ".m3u8\"}"
#define SMALL STREAM ("360", "640", "2100000", "2000000", "30.0", \
    "\"avc1.640020\"", "s")
#define LARGE STREAM ("720", "1280", "2000000", "null", "29.97", \
    "\"hvc1.1\"", "l")
#define VARIANT(key, file, more) "{\"key\":\"" key "\",\"url\":" \
    "\"https://v1.pinimg.com/" file "\"" more "}"
#define PIN(variants) "{\"id\":\"1\",\"videos\":[{\"duration_ms\":10000," \
    "\"variants\":[" variants "]}]}"
#define HLS(streams) VARIANT ("V_HLSV4", "x.m3u8", ",\"streams\":[" streams "]")
#define MP4 VARIANT ("V_720P", "x.mp4", "")

static GstPinMedia *
read_json (const gchar *json)
{
  g_autoptr (GError) error = NULL;
  GstPinMedia *media = gst_pin_media_new_from_json (json, -1, &error);

  g_assert_no_error (error);
  return media;
}

static GstPinVariant *
first_variant (GstPinMedia *media)
{
  return gst_pin_video_get_variant (gst_pin_media_get_video (media, 0), 0);
}

static void
test_json (void)
{
  g_autoptr (GstPinMedia) media = read_json (PIN (HLS (SMALL "," LARGE)));
  g_autofree gchar *json = gst_pin_media_to_json (media, FALSE);
  g_autoptr (GstPinMedia) back = read_json (json);
  g_autofree gchar *again = gst_pin_media_to_json (back, FALSE);

  g_assert_nonnull (strstr (json, "\"streams\":[" SMALL "," LARGE "]"));
  g_assert_cmpstr (json, ==, again);
}

static void
test_unread_is_not_empty (void)
{
  g_autoptr (GstPinMedia) unread = read_json (PIN (MP4));
  g_autoptr (GstPinMedia) empty = read_json (PIN (HLS ("")));
  g_autofree gchar *json = gst_pin_media_to_json (unread, FALSE);

  g_assert_null (strstr (json, "streams"));
  g_assert_cmpint (gst_pin_variant_get_n_streams (first_variant (unread)), ==,
      -1);
  g_assert_cmpint (gst_pin_variant_get_n_streams (first_variant (empty)), ==,
      0);
}

static void
test_getter (void)
{
  g_autoptr (GstPinMedia) media = read_json (PIN (HLS (SMALL "," LARGE)));
  GstPinVariant *variant = first_variant (media);
  guint width, height;
  gdouble rate;
  guint64 bitrate;
  const gchar *codecs;

  g_assert_cmpint (gst_pin_variant_get_n_streams (variant), ==, 2);
  gst_pin_variant_get_stream (variant, 0, &width, &height, &rate, &bitrate,
      &codecs);
  g_assert_cmpuint (width, ==, 360);
  g_assert_cmpuint (height, ==, 640);
  g_assert_cmpfloat (rate, ==, 30.0);
  g_assert_cmpuint (bitrate, ==, 2000000);
  g_assert_cmpstr (codecs, ==, "avc1.640020");
  /* No average: the peak stands for it */
  gst_pin_variant_get_stream (variant, 1, NULL, NULL, NULL, &bitrate, NULL);
  g_assert_cmpuint (bitrate, ==, 2000000);
}

static void
test_size_of_a_file (void)
{
  g_autoptr (GstPinMedia) media =
      read_json (PIN (VARIANT ("k", "x.mp4", ",\"bytes\":1234")));
  g_autoptr (GstPinMedia) none = read_json (PIN (MP4));
  g_autofree gchar *json = gst_pin_media_to_json (media, FALSE);

  g_assert_cmpuint (gst_pin_variant_get_size (first_variant (media)), ==,
      1234);
  g_assert_cmpuint (gst_pin_variant_get_size (first_variant (none)), ==, 0);
  g_assert_nonnull (strstr (json, "x.mp4\",\"bytes\":1234}"));
}

static void
test_errors (void)
{
  static const struct
  {
    const gchar *json, *place;
  } cases[] = {
    {PIN (VARIANT ("k", "x.m3u8", ",\"streams\":{}")), "streams"},
    {PIN (VARIANT ("k", "x.mp4", ",\"bytes\":-1")), "bytes"},
    {PIN (HLS ("1")), "streams"},
    {PIN (HLS ("{}")), "url"},
    {PIN (HLS ("{\"url\":1}")), "url"},
    {PIN (HLS ("{\"width\":-1}")), "width"},
    {PIN (HLS ("{\"bandwidth\":\"2M\"}")), "bandwidth"},
    {PIN (HLS ("{\"frame_rate\":\"30\"}")), "frame_rate"},
    {PIN (HLS ("{\"frame_rate\":1e999}")), "frame_rate"},
    {PIN (HLS ("{\"frame_rate\":-1.5}")), "frame_rate"},
    {PIN (HLS ("{\"codecs\":[]}")), "codecs"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstPinMedia) media =
        gst_pin_media_new_from_json (cases[i].json, -1, &error);

    g_assert_null (media);
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
    g_assert_nonnull (strstr (error->message, cases[i].place));
  }
}

/* A wish → the variant and which of its streams; or the error */
static void
test_choose (void)
{
  static const struct
  {
    const gchar *json, *wish, *key;
    gint stream;
    GstPinError error;
  } cases[] = {
    {PIN (HLS (SMALL "," LARGE) "," MP4), NULL, "V_HLSV4", 1, 0},
    {PIN (HLS (SMALL "," LARGE) "," MP4), "h264", "V_HLSV4", 0, 0},
    {PIN (HLS (SMALL "," LARGE) "," MP4), "360p", "V_HLSV4", 0, 0},
    {PIN (HLS (SMALL "," LARGE) "," MP4), "V_720P", "V_720P", -1, 0},
    /* Not read: as if the page were all there is */
    {PIN (VARIANT ("V_HLSV4", "x.m3u8", "") "," MP4), "best", "V_HLSV4", -1,
        0},
    /* Not there: pinsrc takes the next one */
    {PIN (HLS ("") "," MP4), "best", "V_720P", -1, 0},
    {PIN (HLS ("")), "best", NULL, -1, GST_PIN_ERROR_NETWORK},
    {PIN (HLS (SMALL)), "144p", NULL, -1, GST_PIN_ERROR_NO_VARIANT},
    {PIN (MP4), "V_HLSV4", NULL, -1, GST_PIN_ERROR_NO_VARIANT},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstPinMedia) media = read_json (cases[i].json);
    g_autoptr (GError) error = NULL;
    gint stream = 7;
    GstPinVariant *variant = gst_pin_video_choose (gst_pin_media_get_video
        (media, 0), cases[i].wish, &stream, &error);

    g_test_message ("%u: %s", i, error ? error->message : "chosen");
    if (cases[i].key) {
      g_assert_no_error (error);
      g_assert_cmpstr (gst_pin_variant_get_key (variant), ==, cases[i].key);
      g_assert_cmpint (stream, ==, cases[i].stream);
    } else {
      g_assert_null (variant);
      g_assert_error (error, GST_PIN_ERROR, (gint) cases[i].error);
    }
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media-streams/json", test_json);
  g_test_add_func ("/media-streams/unread-is-not-empty",
      test_unread_is_not_empty);
  g_test_add_func ("/media-streams/getter", test_getter);
  g_test_add_func ("/media-streams/size-of-a-file", test_size_of_a_file);
  g_test_add_func ("/media-streams/errors", test_errors);
  g_test_add_func ("/media-streams/choose", test_choose);
  return g_test_run ();
}
