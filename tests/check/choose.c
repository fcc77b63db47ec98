/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Choices: tables of a wish and the keys, or the master's entry, that it must
 * give from what a page of today lists.
 */
#include <gst/pin/error.h>

#include "choose-private.h"
#include "media-private.h"

#include <string.h>

#define CDN "https://v1.pinimg.com/videos/"
#define HASH "/01/23/45/0123456789abcdef0123456789abcdef"

#define HLS GST_PIN_STREAM_HLS
#define MP4 GST_PIN_STREAM_PROGRESSIVE

/* In no useful order, as pages have it */
static GstPinVariant all_variants[] = {
  {"V_EXP3", MP4, GST_PIN_CODEC_H264, CDN "iht/expMp4" HASH "_t1.mp4"},
  {"V_DASH_HEVC", MP4, GST_PIN_CODEC_H265, CDN "iht/h265" HASH ".mpd"},
  {"V_AV1", MP4, GST_PIN_CODEC_AV1, CDN "iht/av1Mp4-enabled-v2" HASH ".mp4"},
  {"V_HLS_HEVC", HLS, GST_PIN_CODEC_H265, CDN "iht/h265" HASH ".m3u8"},
  {"V_720P", MP4, GST_PIN_CODEC_H264, CDN "iht/720p" HASH ".mp4"},
  {"V_HEVC_MP4_T5_V2", MP4, GST_PIN_CODEC_H265,
      CDN "iht/hevcMp4V2" HASH "_t5.mp4"},
  {"V_HLSV3_MOBILE", HLS, GST_PIN_CODEC_UNKNOWN, CDN "iht/hls" HASH ".m3u8"},
  {"V_EXP6", MP4, GST_PIN_CODEC_H264, CDN "iht/expMp4" HASH "_t4.mp4"},
  {"V_HLSV4", HLS, GST_PIN_CODEC_UNKNOWN, CDN "iht/hls" HASH "4.m3u8"},
  {"V_HEVCMP4V3_540W", MP4, GST_PIN_CODEC_H265,
      CDN "iht/hevcMp4V3" HASH "_540w.mp4"},
  {"V_EXP7", MP4, GST_PIN_CODEC_H264, CDN "iht/720p" HASH "7.mp4"},
  {"V_1080P", MP4, GST_PIN_CODEC_H265, CDN "iht/hevc" HASH ".mp4"},
};

/* The wish → keys, the first three of them; what begins with '!' is refused */
static const struct
{
  const gchar *only;            /* stream types to offer: "h", "m", "hm" */
  const gchar *wish;
  const gchar *keys;
} variant_cases[] = {
  {"hm", "best", "V_HLSV4 V_HLSV3_MOBILE V_HLS_HEVC"},
  {"hm", "", "V_HLSV4 V_HLSV3_MOBILE V_HLS_HEVC"},
  {"hm", " Best ", "V_HLSV4 V_HLSV3_MOBILE V_HLS_HEVC"},
  {"m", "best", "V_1080P V_720P V_EXP7"},
  {"m", "worst", "V_EXP3 V_EXP6 V_HEVC_MP4_T5_V2"},
  {"hm", "worst", "V_HLSV4 V_HLSV3_MOBILE V_HLS_HEVC"},
  {"m", "1080p", "V_1080P V_720P V_EXP7"},
  {"m", "1079P", "V_720P V_EXP7 V_HEVCMP4V3_540W"},
  {"m", "540p", "V_HEVCMP4V3_540W V_EXP6 V_EXP3"},
  {"h", "144p", "V_HLSV4 V_HLSV3_MOBILE V_HLS_HEVC"},
  {"m", "<=2M", "V_EXP6 V_EXP3"},
  {"m", "<=0.7m", "V_EXP3"},
  {"m", "<=640k", "V_EXP3"},
  {"m", "<=640000", "V_EXP3"},
  {"m", "<=1k", "!"},
  {"m", "<=1k,worst", "V_EXP3 V_EXP6 V_HEVC_MP4_T5_V2"},
  {"hm", "h264", "V_HLSV4 V_HLSV3_MOBILE V_720P"},
  {"m", "avc", "V_720P V_EXP7 V_EXP6"},
  {"hm", "hevc", "V_HLS_HEVC V_1080P V_HEVCMP4V3_540W"},
  {"m", "H265", "V_1080P V_HEVCMP4V3_540W V_HEVC_MP4_T5_V2"},
  {"hm", "V_720P", "V_720P"},
  {"hm", "v_exp6,best", "V_EXP6"},
  {"hm", "V_NONE,V_EXP7", "V_EXP7"},
  {"hm", "V_NONE", "!"},
  {"hm", "V_AV1", "!"},
  {"hm", "V_DASH_HEVC", "!"},
};

static GstPinVideo *
make_video (const gchar *only)
{
  GstPinVideo *video = g_new0 (GstPinVideo, 1);
  guint i;

  video->width = 1080;
  video->height = 1920;
  video->variants = g_ptr_array_new ();
  for (i = 0; i < G_N_ELEMENTS (all_variants); i++)
    if (strchr (only, all_variants[i].stream_type == HLS ? 'h' : 'm'))
      g_ptr_array_add (video->variants, &all_variants[i]);
  return video;
}

static gchar *
first_keys (GPtrArray *chosen)
{
  GString *keys = g_string_new (NULL);
  guint i;

  for (i = 0; i < MIN (chosen->len, 3); i++)
    g_string_append_printf (keys, "%s%s", i > 0 ? " " : "",
        ((GstPinVariant *) chosen->pdata[i])->key);
  return g_string_free (keys, FALSE);
}

static void
test_variants (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (variant_cases); i++) {
    GstPinVideo *video = make_video (variant_cases[i].only);
    g_autoptr (GError) error = NULL;
    g_autoptr (GstPinWish) wish = gst_pin_wish_parse (variant_cases[i].wish,
        &error);
    g_autoptr (GPtrArray) chosen = NULL;

    g_test_message ("“%s” of %s", variant_cases[i].wish,
        variant_cases[i].only);
    g_assert_no_error (error);
    chosen = gst_pin_choose_variants (wish, video, &error);
    if (variant_cases[i].keys[0] == '!') {
      g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT);
      g_assert_nonnull (strstr (error->message, "V_720P (MP4, 720p, H.264)"));
      g_assert_nonnull (strstr (error->message, variant_cases[i].wish));
      g_assert_null (chosen);
    } else {
      g_autofree gchar *keys = NULL;

      g_assert_no_error (error);
      keys = first_keys (chosen);
      g_assert_cmpstr (keys, ==, variant_cases[i].keys);
    }
    g_ptr_array_unref (video->variants);
    g_free (video);
  }
}

static void
test_no_variants (void)
{
  GstPinVideo *video = make_video ("");
  g_autoptr (GstPinWish) wish = gst_pin_wish_parse (NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_choose_variants (wish, video, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT);
  g_assert_nonnull (strstr (error->message, "nothing"));
  g_ptr_array_unref (video->variants);
  g_free (video);
}

static void
test_bad_wishes (void)
{
  static const gchar *const wishes[] = { "bset", "720", "0p", "99999p", "p",
    "-720p", "<=", "<=x", "<=-1", "<=0", "<=1e99", "<=2MB", "<2M", ">=2M",
    "best,", ",best", "best,,worst", "best worst", "av1", "V_72\n0P",
    "_720P", "7_20", "V_\xff", "<=nan", "<=0x10", "<=1.2.3"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (wishes); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("wish %u", i);
    g_assert_null (gst_pin_wish_parse (wishes[i], &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT);
    g_assert_nonnull (strstr (error->message, "V_720P"));
  }
}

/* ---- a master's entries ---- */

#define UPRIGHT "#EXTM3U\n" \
  "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"1\",URI=\"a.m3u8\"\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=408200,CODECS=\"avc1.64080D,mp4a.40.29\"," \
  "RESOLUTION=234x416,AUDIO=\"a\"\n240\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=1391800,CODECS=\"avc1.64081F,mp4a.40.29\"," \
  "RESOLUTION=720x1280,AUDIO=\"a\"\n720\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=1001204,CODECS=\"avc1.64081F,mp4a.40.29\"," \
  "RESOLUTION=540x960,AUDIO=\"a\"\n540\n"

#define MIXED "#EXTM3U\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS=\"mp4a.40.2\"\nsound\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=9000000,CODECS=\"av01.0.08M.08\"," \
  "RESOLUTION=3840x2160\nav1\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=2000000,CODECS=\"mp4a.40.2, HVC1.1.6.L93\"," \
  "RESOLUTION=1280x720\nhevc\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS=\"avc3.4d401f\"," \
  "RESOLUTION=1280x720,FRAME-RATE=30\navc30\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS=\"avc1.4d401f\"," \
  "RESOLUTION=1280x720,FRAME-RATE=60\navc60\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS=\"avc1.4d401f\"," \
  "RESOLUTION=640x360\nsmall\n"

#define BARE "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100\nlow\n" \
  "#EXT-X-STREAM-INF:BANDWIDTH=300\nhigh\n" \
  "#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=200\nmiddle\n"

static const struct
{
  const gchar *master, *wish, *name;
} stream_cases[] = {
  {UPRIGHT, "best", "720"},
  {UPRIGHT, "worst", "240"},
  {UPRIGHT, "720p", "720"},
  {UPRIGHT, "719p", "540"},
  {UPRIGHT, "4000p", "720"},
  {UPRIGHT, "100p", NULL},
  {UPRIGHT, "100p,worst", "240"},
  {UPRIGHT, "<=1.2M", "540"},
  {UPRIGHT, "<=1M", "240"},
  {UPRIGHT, "<=1k", NULL},
  {UPRIGHT, "h264", "720"},
  {UPRIGHT, "hevc", NULL},
  {UPRIGHT, "hevc,540p", "540"},
  {UPRIGHT, "V_HLSV4", "720"},
  {UPRIGHT, "V_HLSV4,540p", "540"},
  {MIXED, "best", "avc60"},
  {MIXED, "worst", "small"},
  {MIXED, "hevc", "hevc"},
  {MIXED, "h264", "avc60"},
  {MIXED, "<=2M", "hevc"},
  {MIXED, "2160p", "avc60"},
  {MIXED, "<=64k", NULL},
  {BARE, "best", "high"},
  {BARE, "worst", "low"},
  {BARE, "<=250", "middle"},
  {BARE, "720p", NULL},
  {BARE, "hevc", "high"},
};

static GstPinMasterPlaylist *
parse (const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  GstPinMasterPlaylist *master = gst_pin_master_playlist_parse (bytes,
      "https://v1.pinimg.com/master.m3u8", &error);

  g_assert_no_error (error);
  return master;
}

static void
test_streams (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (stream_cases); i++) {
    g_autoptr (GstPinMasterPlaylist) master = parse (stream_cases[i].master);
    g_autoptr (GstPinWish) wish = gst_pin_wish_parse (stream_cases[i].wish,
        NULL);
    g_autoptr (GError) error = NULL;
    const GstPinStreamInf *stream = gst_pin_choose_stream (wish, master,
        &error);

    g_test_message ("case %u, “%s”", i, stream_cases[i].wish);
    if (stream_cases[i].name) {
      g_assert_no_error (error);
      g_assert_cmpstr (strrchr (stream->uri, '/') + 1, ==,
          stream_cases[i].name);
    } else {
      g_assert_null (stream);
      g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT);
      g_assert_nonnull (strstr (error->message, stream_cases[i].wish));
    }
  }
}

static void
test_stream_list (void)
{
  g_autoptr (GstPinMasterPlaylist) master = parse (UPRIGHT);
  g_autoptr (GstPinWish) wish = gst_pin_wish_parse ("100p", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_choose_stream (wish, master, &error));
  g_assert_nonnull (strstr (error->message, "234x416 (408 kbit/s, H.264), "
          "720x1280 (1391 kbit/s, H.264)"));
}

/* ---- sound ---- */

#define VARIANT "#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\nv\n"
#define MEDIA(group, name, more) "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"" group \
  "\",NAME=\"" name "\"" more "\n"

static const struct
{
  const gchar *text, *name;
} audio_cases[] = {
  {"#EXTM3U\n" VARIANT, NULL},
  {"#EXTM3U\n" MEDIA ("a", "one", ",URI=\"1\"") VARIANT, "one"},
  {"#EXTM3U\n" MEDIA ("b", "one", ",URI=\"1\"") VARIANT, NULL},
  {"#EXTM3U\n" MEDIA ("a", "one", ",URI=\"1\"")
        MEDIA ("a", "two", ",URI=\"2\"") VARIANT, "one"},
  {"#EXTM3U\n" MEDIA ("a", "one", ",URI=\"1\"")
        MEDIA ("a", "two", ",AUTOSELECT=YES,URI=\"2\"") VARIANT, "two"},
  {"#EXTM3U\n" MEDIA ("a", "one", ",AUTOSELECT=YES,URI=\"1\"")
        MEDIA ("a", "two", ",DEFAULT=YES,URI=\"2\"") VARIANT, "two"},
  {"#EXTM3U\n" MEDIA ("b", "one", ",DEFAULT=YES,URI=\"1\"")
        MEDIA ("a", "two", ",URI=\"2\"") VARIANT, "two"},
  {"#EXTM3U\n" MEDIA ("a", "one", ",URI=\"1\"")
        MEDIA ("a", "inside", ",DEFAULT=YES") VARIANT, NULL},
  {"#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"a\",NAME=\"s\","
        "URI=\"s\"\n" VARIANT, NULL},
  {"#EXTM3U\n" MEDIA ("a", "one", ",URI=\"1\"")
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nv\n", NULL},
};

static void
test_audio (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (audio_cases); i++) {
    g_autoptr (GstPinMasterPlaylist) master = parse (audio_cases[i].text);
    const GstPinRendition *audio = gst_pin_choose_audio (master,
        master->variants->pdata[0]);

    g_test_message ("case %u", i);
    g_assert_cmpstr (audio ? audio->name : NULL, ==, audio_cases[i].name);
  }
}

/* ---- captions ---- */

static const struct
{
  const gchar *wish, *locales, *languages, *chosen;
} languages[] = {
  {"en", "", "de en-us en-gb", "en-us"},
  {"en-gb", "", "de en-us en-gb", "en-gb"},
  {"EN_GB", "", "de en-us en-GB", "en-GB"},
  {"en-gb", "", "de en-us en", "en"},
  {"en-gb", "", "de en-us", "en-us"},
  {"en", "", "eng en", "en"},
  {"en", "", "eng", NULL},
  {"zh-hant", "", "zh-hans zh-hant-tw", "zh-hant-tw"},
  {"fr", "", "de en", NULL},
  {"fr, de", "", "en de", "de"},
  {"fr,auto", "de_AT.UTF-8 de C", "en de-de", "de-de"},
  {"auto", "C POSIX", "fr en-us", "en-us"},
  {"auto", "ja", "fr pt", "fr"},
  {"auto", "ja", "", NULL},
  {"auto", "ja", "-", "-"},
  {"en", "", "-", NULL},
  {",", "en", "en", NULL},
};

static void
test_language (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) locales = g_strsplit (languages[i].locales, " ", -1);
  g_auto (GStrv) there = g_strsplit (languages[i].languages, " ", -1);
  gint chosen;

  /* "-" stands for a language that is not said */
  for (gchar **one = there; *one; one++)
    if (strcmp (*one, "-") == 0)
      **one = '\0';
  chosen = gst_pin_choose_language (languages[i].wish,
      (const gchar *const *) locales, (const gchar *const *) there);
  if (!languages[i].chosen)
    g_assert_cmpint (chosen, ==, -1);
  else
    g_assert_cmpstr (there[chosen], ==, strcmp (languages[i].chosen, "-") == 0
        ? "" : languages[i].chosen);
}

static void
test_wants_captions (void)
{
  g_assert_false (gst_pin_wants_captions (NULL));
  g_assert_false (gst_pin_wants_captions (""));
  g_assert_false (gst_pin_wants_captions ("none"));
  g_assert_true (gst_pin_wants_captions ("auto"));
  g_assert_true (gst_pin_wants_captions ("no"));
}

static void
test_subtitles (void)
{
  static const gchar text[] = "#EXTM3U\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"a\",URI=\"a\"\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"b\",URI=\"b\","
      "DEFAULT=YES\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"t\",NAME=\"c\",URI=\"c\"\n"
      "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"d\"\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"s\",NAME=\"e\",URI=\"e\"\n"
      "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"s\",NAME=\"f\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES=\"s\"\n1\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1\n2\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GstPinMasterPlaylist) master =
      gst_pin_master_playlist_parse (bytes, "https://v1.pinimg.com/m", NULL);
  g_autoptr (GPtrArray) with = NULL, without = NULL;

  with = gst_pin_list_subtitles (master, master->variants->pdata[0]);
  g_assert_cmpuint (with->len, ==, 2);
  g_assert_cmpstr (((GstPinRendition *) with->pdata[0])->name, ==, "b");
  g_assert_cmpstr (((GstPinRendition *) with->pdata[1])->name, ==, "a");
  without = gst_pin_list_subtitles (master, master->variants->pdata[1]);
  g_assert_cmpuint (without->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/choose/variants", test_variants);
  g_test_add_func ("/choose/no-variants", test_no_variants);
  g_test_add_func ("/choose/bad-wishes", test_bad_wishes);
  g_test_add_func ("/choose/streams", test_streams);
  g_test_add_func ("/choose/stream-list", test_stream_list);
  g_test_add_func ("/choose/audio", test_audio);
  for (guint l = 0; l < G_N_ELEMENTS (languages); l++) {
    g_autofree gchar *path = g_strdup_printf ("/choose/language/%u", l);

    g_test_add_data_func (path, GUINT_TO_POINTER (l), test_language);
  }
  g_test_add_func ("/choose/wants-captions", test_wants_captions);
  g_test_add_func ("/choose/subtitles", test_subtitles);
  return g_test_run ();
}
