/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests the media values: what a URL tells about a variant, which variant is
 * the best, how two tellings of a Pin are joined, and JSON in and out.
 */
#include "media-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define CDN "https://v1.pinimg.com/videos/iht/"
#define FILE_NAME "aa/bb/cc/aabbcc00000000000000000000000001"

static void
test_url (void)
{
  static const struct
  {
    const gchar *url;
    GstPinStreamType stream_type;
    GstPinCodec codec;
  } cases[] = {
    {CDN "hls/" FILE_NAME ".m3u8", GST_PIN_STREAM_HLS, GST_PIN_CODEC_UNKNOWN},
    {CDN "hls/" FILE_NAME ".M3U8?a=b.mp4", GST_PIN_STREAM_HLS,
        GST_PIN_CODEC_UNKNOWN},
    {CDN "h265/" FILE_NAME ".m3u8", GST_PIN_STREAM_HLS, GST_PIN_CODEC_H265},
    {CDN "h265-pt-mp4/" FILE_NAME "_720w_t1.mp4", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_H265},
    {CDN "hevcMp4V3/" FILE_NAME "_240w.mp4", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_H265},
    {CDN "av1Mp4-enabled-v2/" FILE_NAME ".mp4", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_AV1},
    {CDN "av1-control-v2/" FILE_NAME ".mp4", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_AV1},
    {CDN "expMp4/" FILE_NAME "_t4.mp4", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_H264},
    {CDN "h264-pt-mp4/" FILE_NAME ".mp4", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_H264},
    {"https://v.pinimg.com/videos/mc/720p/" FILE_NAME ".mp4",
        GST_PIN_STREAM_PROGRESSIVE, GST_PIN_CODEC_H264},
    {"https://v1.pinimg.com/videos/hls/" FILE_NAME ".m3u8", GST_PIN_STREAM_HLS,
        GST_PIN_CODEC_UNKNOWN},
    {"https://v1.pinimg.com/hevc.mp4", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_UNKNOWN},
    {"https://hevc/x.mp4?/h265/", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_UNKNOWN},
    {"https://v1.pinimg.com", GST_PIN_STREAM_PROGRESSIVE,
        GST_PIN_CODEC_UNKNOWN},
    {"x", GST_PIN_STREAM_PROGRESSIVE, GST_PIN_CODEC_UNKNOWN},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstPinVariant) variant =
        gst_pin_variant_new ("K", cases[i].url);

    g_test_message ("%s", cases[i].url);
    g_assert_cmpint (gst_pin_variant_get_stream_type (variant), ==,
        cases[i].stream_type);
    g_assert_cmpint (gst_pin_variant_get_codec (variant), ==, cases[i].codec);
    g_assert_cmpstr (gst_pin_variant_get_url (variant), ==, cases[i].url);
  }
}

static void
take (GstPinVideo *video, const gchar *key, const gchar *url)
{
  gst_pin_video_take_variant (video, gst_pin_variant_new (key, url));
}

/* Three keys of one playlist are one variant, whatever their order. */
static void
test_one_url (void)
{
  static const gchar *const orders[][4] = {
    {"V_HLSV3_MOBILE", "V_HLSV3_WEB", "V_HLSV4", "V_HLSV4"},
    {"V_HLSV4", "V_HLSV3_WEB", "V_HLSV3_MOBILE", "V_HLSV4"},
    {"hls", "V_HLSV3_MOBILE", "V_HLSV3_WEB", "V_HLSV3_WEB"},
    {"V_X", "hls", "V_Y", "V_X"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autoptr (GstPinVideo) video = gst_pin_video_new ();

    for (guint k = 0; k < 3; k++)
      take (video, orders[i][k], CDN "hls/" FILE_NAME ".m3u8");
    g_assert_cmpuint (gst_pin_video_get_n_variants (video), ==, 1);
    g_assert_cmpstr (gst_pin_variant_get_key (gst_pin_video_get_variant (video,
                0)), ==, orders[i][3]);
  }
}

/* Each list is ordered best first; the best is found wherever it stands. */
static void
test_best (void)
{
  static const struct
  {
    const gchar *key, *url;
  } mp4[] = {
    {"V_1080P", CDN "1080p/" FILE_NAME ".mp4"},
    {"expMp4_720w", CDN "expMp4/" FILE_NAME "_720w.mp4"},
    {"V_EXP6", CDN "expMp4/" FILE_NAME "_t4.mp4"},
    {"expMp4_t3", CDN "expMp4/" FILE_NAME "_t3.mp4"},
    {"V_EXP4", CDN "expMp4/" FILE_NAME "_t2.mp4"},
    {"V_EXP3", CDN "expMp4/" FILE_NAME "_t1.mp4"},
    {"V_FULL_HD", "https://v1.pinimg.com/other/" FILE_NAME ".mp4"},
  }, hls[] = {
    {"V_HLSV4", CDN "hls/" FILE_NAME "4.m3u8"},
    {"V_HLSV3_MOBILE", CDN "hls/" FILE_NAME "3.m3u8"},
    {"V_HLS_HEVC", CDN "h265/" FILE_NAME ".m3u8"},
  };

  for (guint from = 0; from < G_N_ELEMENTS (mp4); from++) {
    g_autoptr (GstPinVideo) video = gst_pin_video_new ();

    take (video, "a", CDN "hevcMp4V3/" FILE_NAME "_1080w.mp4");
    take (video, "b", CDN "av1Mp4-enabled-v2/" FILE_NAME "_1080w.mp4");
    for (guint i = G_N_ELEMENTS (mp4); i > from; i--)
      take (video, mp4[i - 1].key, mp4[i - 1].url);
    g_assert_cmpstr (gst_pin_video_get_best (video,
            GST_PIN_STREAM_PROGRESSIVE)->key, ==, mp4[from].key);
    g_assert_null (gst_pin_video_get_best (video, GST_PIN_STREAM_HLS));
  }
  for (guint from = 0; from < G_N_ELEMENTS (hls); from++) {
    g_autoptr (GstPinVideo) video = gst_pin_video_new ();

    for (guint i = G_N_ELEMENTS (hls); i > from; i--)
      take (video, hls[i - 1].key, hls[i - 1].url);
    g_assert_cmpstr (gst_pin_video_get_best (video, GST_PIN_STREAM_HLS)->key,
        ==, hls[from].key);
  }
}

static GstPinMedia *
read_json (const gchar *json)
{
  g_autoptr (GError) error = NULL;
  GstPinMedia *media = gst_pin_media_new_from_json (json, -1, &error);

  g_assert_no_error (error);
  return media;
}

static void
test_merge_fills (void)
{
  g_autoptr (GstPinMedia) a = read_json ("{\"id\":\"1\",\"kind\":\"video\","
      "\"title\":\"A\",\"author\":{\"username\":\"u\"},\"source\":\"first\","
      "\"videos\":[{\"variants\":[{\"key\":\"V_HLSV4\",\"url\":\"https://a/"
      "x.m3u8\"}]}]}");
  g_autoptr (GstPinMedia) b = read_json ("{\"id\":\"1\",\"kind\":\"video\","
      "\"title\":\"B\",\"description\":\"D\",\"created\":\"2024-10-15T12:00:00Z"
      "\",\"author\":{\"name\":\"N\",\"username\":\"u\"},\"source\":\"second\","
      "\"images\":[\"https://a/i.jpg\"],\"videos\":[{\"width\":2,\"height\":4,"
      "\"duration_ms\":7,\"captions\":{\"en\":\"https://a/c.vtt\"},"
      "\"variants\":[{\"key\":\"V_HLSV3_WEB\",\"url\":\"https://a/x.m3u8\"},"
      "{\"key\":\"V_720P\",\"url\":\"https://a/x.mp4\"}]}]}");
  GstPinVideo *video;

  gst_pin_media_merge (a, b);
  g_assert_cmpstr (a->title, ==, "A");
  g_assert_cmpstr (a->description, ==, "D");
  g_assert_cmpstr (a->author_name, ==, "N");
  g_assert_cmpstr (a->source, ==, "first");
  g_assert_nonnull (a->created);
  g_assert_cmpuint (a->images->len, ==, 1);
  g_assert_cmpuint (a->videos->len, ==, 1);
  video = gst_pin_media_get_video (a, 0);
  g_assert_cmpuint (gst_pin_video_get_width (video), ==, 2);
  g_assert_cmpuint (gst_pin_video_get_duration (video), ==, 7 * GST_MSECOND);
  g_assert_cmpstr (gst_pin_video_get_caption (video, "en"), ==,
      "https://a/c.vtt");
  g_assert_cmpuint (gst_pin_video_get_n_variants (video), ==, 2);
  g_assert_cmpstr (gst_pin_video_get_variant (video, 0)->key, ==, "V_HLSV4");
}

static void
test_merge_authors (void)
{
  g_autoptr (GstPinMedia) a =
      read_json ("{\"id\":\"1\",\"author\":{\"username\":\"one\"}}");
  g_autoptr (GstPinMedia) b = read_json ("{\"id\":\"1\",\"author\":"
      "{\"name\":\"Another\",\"username\":\"two\"}}");

  gst_pin_media_merge (a, b);
  g_assert_null (a->author_name);
  g_assert_cmpstr (a->author_username, ==, "one");
}

#define ONE "{\"variants\":[]}"

/* Whether videos are lacking goes with the list of videos that is taken; of
 * two that are as long, one that lacks none says enough */
static void
test_merge_lacking (void)
{
  static const struct
  {
    const gchar *a, *b;
    gboolean a_lacking, b_lacking, lacking;
  } cases[] = {
    {ONE, ONE "," ONE, FALSE, TRUE, TRUE},
    {ONE, ONE "," ONE, TRUE, FALSE, FALSE},
    {ONE "," ONE, ONE, FALSE, TRUE, FALSE},
    {ONE "," ONE, ONE, TRUE, FALSE, TRUE},
    {ONE, ONE, TRUE, FALSE, FALSE},
    {ONE, ONE, FALSE, TRUE, FALSE},
    {ONE, ONE, TRUE, TRUE, TRUE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *a_json = g_strdup_printf ("{\"id\":\"1\","
        "\"videos\":[%s]}", cases[i].a);
    g_autofree gchar *b_json = g_strdup_printf ("{\"id\":\"1\","
        "\"videos\":[%s]}", cases[i].b);
    g_autoptr (GstPinMedia) a = read_json (a_json);
    g_autoptr (GstPinMedia) b = read_json (b_json);

    a->lacking = cases[i].a_lacking;
    b->lacking = cases[i].b_lacking;
    gst_pin_media_merge (a, b);
    g_assert_cmpint (a->lacking, ==, cases[i].lacking);
  }
}

#define VIDEO "{\"variants\":[{\"key\":\"k\",\"url\":\"https://a/x.mp4\"}]}"

/* Kinds, and how many videos: of each, of both joined in either order */
static void
test_merge_kinds (void)
{
  static const struct
  {
    const gchar *a, *b;
    GstPinKind kind;
    guint n_videos;
    const gchar *source;        /* of a joined with b */
  } cases[] = {
    {"{\"id\":\"1\",\"source\":\"a\",\"kind\":\"image\",\"images\":[\"i\"]}",
        "{\"id\":\"1\",\"source\":\"b\",\"kind\":\"video\",\"videos\":[" VIDEO
          "]}", GST_PIN_KIND_VIDEO, 1, "b"},
    {"{\"id\":\"1\",\"source\":\"a\",\"kind\":\"image\",\"images\":[\"i\"]}",
        "{\"id\":\"1\",\"source\":\"b\",\"kind\":\"video\"}",
          GST_PIN_KIND_VIDEO, 0, "a"},
    {"{\"id\":\"1\",\"source\":\"a\",\"kind\":\"image\",\"images\":[\"i\"]}",
        "{\"id\":\"1\",\"source\":\"b\",\"kind\":\"external\",\"external_url\":"
          "\"u\"}", GST_PIN_KIND_EXTERNAL, 0, "a"},
    {"{\"id\":\"1\",\"source\":\"a\",\"kind\":\"external\",\"external_url\":"
          "\"u\"}", "{\"id\":\"1\",\"source\":\"b\",\"kind\":\"video\","
          "\"videos\":[" VIDEO "]}", GST_PIN_KIND_VIDEO, 1, "b"},
    {"{\"id\":\"1\",\"source\":\"a\"}", "{\"id\":\"1\",\"source\":\"b\","
          "\"kind\":\"image\",\"images\":[\"i\"]}", GST_PIN_KIND_IMAGE, 0, "a"},
    {"{\"id\":\"1\",\"source\":\"a\",\"kind\":\"video\",\"videos\":[" VIDEO
          "]}", "{\"id\":\"1\",\"source\":\"b\",\"kind\":\"video\","
          "\"videos\":[" VIDEO "," VIDEO "]}", GST_PIN_KIND_VIDEO, 2, "b"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstPinMedia) a = read_json (cases[i].a);
    g_autoptr (GstPinMedia) b = read_json (cases[i].b);
    g_autoptr (GstPinMedia) a_again = read_json (cases[i].a);

    gst_pin_media_merge (a, b);
    gst_pin_media_merge (b, a_again);
    g_assert_cmpint (a->kind, ==, cases[i].kind);
    g_assert_cmpint (b->kind, ==, cases[i].kind);
    g_assert_cmpuint (a->videos->len, ==, cases[i].n_videos);
    g_assert_cmpuint (b->videos->len, ==, cases[i].n_videos);
    g_assert_cmpstr (a->source, ==, cases[i].source);
  }
}

static const gchar full_json[] = "{\"id\":\"912345678901234567\","
    "\"url\":\"https://www.pinterest.com/pin/912345678901234567/\","
    "\"canonical_id\":\"7\",\"kind\":\"video\",\"title\":\"T \\\"q\\\" é\","
    "\"description\":\"D\",\"author\":{\"name\":\"N\",\"username\":\"u\"},"
    "\"board\":\"B\",\"created\":\"2024-10-15T12:00:00Z\",\"thumbnail\":"
    "\"https://i.pinimg.com/t.jpg\",\"source\":\"redux\",\"videos\":[{\"index\""
    ":0,\"width\":1080,\"height\":1920,\"duration_ms\":18852,\"captions\":"
    "{\"de\":\"https://v1.pinimg.com/d.vtt\",\"en-us\":"
    "\"https://v1.pinimg.com/e.vtt\"},\"variants\":[{\"key\":\"V_HLSV4\","
    "\"type\":\"hls\",\"codec\":null,\"url\":\"https://v1.pinimg.com/x.m3u8\"},"
    "{\"key\":\"V_720P\",\"type\":\"progressive\",\"codec\":\"h264\",\"url\":"
    "\"https://v1.pinimg.com/x.mp4\"}],\"hls\":"
    "\"https://v1.pinimg.com/x.m3u8\",\"mp4\":\"https://v1.pinimg.com/x.mp4\"},"
    "{\"index\":1,\"width\":null,"
    "\"height\":null,\"duration_ms\":null,\"captions\":{},\"variants\":[],"
    "\"hls\":null,\"mp4\":null}],\"images\":[\"https://i.pinimg.com/i.jpg\"],"
    "\"external_url\":null}";

static void
test_json_round_trip (void)
{
  g_autoptr (GstPinMedia) media = read_json (full_json);
  g_autofree gchar *json = gst_pin_media_to_json (media, FALSE);
  g_autofree gchar *pretty = gst_pin_media_to_json (media, TRUE);
  g_autoptr (GstPinMedia) back = read_json (pretty);
  g_autofree gchar *again = gst_pin_media_to_json (back, FALSE);

  g_assert_cmpstr (json, ==, full_json);
  g_assert_cmpstr (again, ==, full_json);
}

static void
test_getters (void)
{
  g_autoptr (GstPinMedia) media = read_json (full_json);
  GstPinVideo *video = gst_pin_media_get_video (media, 0);
  GstPinVideo *empty = gst_pin_media_get_video (media, 1);
  g_auto (GStrv) languages = gst_pin_video_get_caption_languages (video);

  g_assert_cmpstr (gst_pin_media_get_id (media), ==, "912345678901234567");
  g_assert_cmpstr (gst_pin_media_get_canonical_id (media), ==, "7");
  g_assert_cmpint (gst_pin_media_get_kind (media), ==, GST_PIN_KIND_VIDEO);
  g_assert_cmpstr (gst_pin_media_get_author_name (media), ==, "N");
  g_assert_cmpstr (gst_pin_media_get_author_username (media), ==, "u");
  g_assert_cmpstr (gst_pin_media_get_board (media), ==, "B");
  g_assert_cmpint (g_date_time_to_unix (gst_pin_media_get_created (media)), ==,
      1728993600);
  g_assert_cmpuint (gst_pin_media_get_n_images (media), ==, 1);
  g_assert_null (gst_pin_media_get_external_url (media));
  g_assert_cmpuint (g_strv_length (languages), ==, 2);
  g_assert_cmpstr (languages[0], ==, "de");
  g_assert_null (gst_pin_video_get_caption (video, "fr"));
  g_assert_cmpuint (gst_pin_video_get_duration (video), ==,
      18852 * GST_MSECOND);
  g_assert_false (GST_CLOCK_TIME_IS_VALID (gst_pin_video_get_duration (empty)));
}

/* What a later version or the resolver adds is passed over. */
static void
test_json_more_members (void)
{
  g_autoptr (GstPinMedia) media = read_json ("{\"id\":\"1\",\"attempts\":[{}],"
      "\"error\":null,\"new\":{\"a\":1},\"videos\":[{\"new\":1}]}");
  g_autofree gchar *url = g_strdup (gst_pin_media_get_url (media));

  g_assert_cmpstr (url, ==, "https://www.pinterest.com/pin/1/");
  g_assert_cmpint (gst_pin_media_get_kind (media), ==,
      GST_PIN_KIND_UNSUPPORTED);
  g_assert_cmpuint (gst_pin_media_get_n_videos (media), ==, 1);
}

static void
test_json_errors (void)
{
  static const struct
  {
    const gchar *json, *place;
  } cases[] = {
    {"", "JSON"}, {"[]", "whole"}, {"{}", "id"}, {"{\"id\":1}", "id"},
    {"{\"id\":\"1\",\"kind\":\"film\"}", "kind"},
    {"{\"id\":\"1\",\"title\":[]}", "title"},
    {"{\"id\":\"1\",\"author\":\"x\"}", "author"},
    {"{\"id\":\"1\",\"author\":{\"name\":1}}", "name"},
    {"{\"id\":\"1\",\"created\":\"yesterday\"}", "created"},
    {"{\"id\":\"1\",\"videos\":{}}", "videos"},
    {"{\"id\":\"1\",\"videos\":[1]}", "videos"},
    {"{\"id\":\"1\",\"videos\":[{\"width\":-1}]}", "width"},
    {"{\"id\":\"1\",\"videos\":[{\"width\":1.5}]}", "width"},
    {"{\"id\":\"1\",\"videos\":[{\"duration_ms\":9223372036854775807}]}",
        "duration_ms"},
    {"{\"id\":\"1\",\"videos\":[{\"captions\":[]}]}", "captions"},
    {"{\"id\":\"1\",\"videos\":[{\"captions\":{\"a\":1}}]}", "captions"},
    {"{\"id\":\"1\",\"videos\":[{\"variants\":[{}]}]}", "key"},
    {"{\"id\":\"1\",\"videos\":[{\"variants\":[{\"key\":\"k\"}]}]}", "url"},
    {"{\"id\":\"1\",\"videos\":[{\"variants\":[{\"key\":\"k\",\"url\":\"u\","
          "\"codec\":\"vp9\"}]}]}", "codec"},
    {"{\"id\":\"1\",\"images\":[null]}", "images"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstPinMedia) media =
        gst_pin_media_new_from_json (cases[i].json, -1, &error);

    g_assert_null (media);
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].place));
  }
}

/* A title that was cut inside an emoji: half of it is no character. */
static void
test_half_emoji (void)
{
  g_autoptr (GstPinMedia) media = read_json ("{\"id\":\"1\",\"title\":\"a "
      "\\ud83d\",\"videos\":[{\"captions\":{\"\\ud83d\":\"\\ud83d\"}}]}");
  g_autofree gchar *json = gst_pin_media_to_json (media, FALSE);
  g_autoptr (GstPinMedia) back = read_json (json);
  g_autofree gchar *again = gst_pin_media_to_json (back, FALSE);

  g_assert_true (g_utf8_validate (gst_pin_media_get_title (media), -1, NULL));
  g_assert_cmpstr (json, ==, again);
}

static void
test_old_date (void)
{
  g_autoptr (GstPinMedia) media =
      read_json ("{\"id\":\"1\",\"created\":\"0041-01-02T03:04:05Z\"}");
  g_autofree gchar *json = gst_pin_media_to_json (media, FALSE);

  g_assert_nonnull (strstr (json, "\"0041-01-02T03:04:05Z\""));
}

static void
test_types (void)
{
  g_autoptr (GstPinMedia) media = read_json (full_json);
  GstPinMedia *copy = g_boxed_copy (GST_TYPE_PIN_MEDIA, media);
  GstPinVideo *video = g_boxed_copy (GST_TYPE_PIN_VIDEO,
      gst_pin_media_get_video (media, 0));
  GstPinVariant *variant = g_boxed_copy (GST_TYPE_PIN_VARIANT,
      gst_pin_video_get_variant (video, 0));
  g_autoptr (GEnumClass) kinds = g_type_class_ref (GST_TYPE_PIN_KIND);

  g_assert_true (copy == media);
  g_assert_cmpuint (kinds->n_values, ==, 6);
  g_boxed_free (GST_TYPE_PIN_MEDIA, copy);
  g_boxed_free (GST_TYPE_PIN_VIDEO, video);
  g_boxed_free (GST_TYPE_PIN_VARIANT, variant);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/url", test_url);
  g_test_add_func ("/media/one-url", test_one_url);
  g_test_add_func ("/media/best", test_best);
  g_test_add_func ("/media/merge-fills", test_merge_fills);
  g_test_add_func ("/media/merge-authors", test_merge_authors);
  g_test_add_func ("/media/merge-lacking", test_merge_lacking);
  g_test_add_func ("/media/merge-kinds", test_merge_kinds);
  g_test_add_func ("/media/json-round-trip", test_json_round_trip);
  g_test_add_func ("/media/getters", test_getters);
  g_test_add_func ("/media/json-more-members", test_json_more_members);
  g_test_add_func ("/media/json-errors", test_json_errors);
  g_test_add_func ("/media/half-emoji", test_half_emoji);
  g_test_add_func ("/media/old-date", test_old_date);
  g_test_add_func ("/media/types", test_types);
  return g_test_run ();
}
