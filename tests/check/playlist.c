/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Playlists, driven by the files in tests/data/playlist: what is found in each,
 * and what is written of it, byte for byte. What must be refused is a table
 * here, beside the sentence that says why.
 */
#include <gst/pin/error.h>

#include "playlist-private.h"

#include <string.h>

#define BASE "https://v1.pinimg.com/videos/iht/hls/aa/bb/list.m3u8?q=1#x"

static gchar *
data_path (const gchar *kind, const gchar *name, const gchar *ending)
{
  g_autofree gchar *file = g_strconcat (name, ending, NULL);

  return g_build_filename (g_getenv ("PIN_TEST_DATA"), "playlist", kind, file,
      NULL);
}

static GBytes *
read_case (const gchar *kind, const gchar *name)
{
  g_autofree gchar *path = data_path (kind, name, ".m3u8");
  g_autoptr (GError) error = NULL;
  gchar *contents;
  gsize length;

  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (contents, length);
}

static void
assert_file (const gchar *kind, const gchar *name, const gchar *ending,
    const gchar *text)
{
  g_autofree gchar *path = data_path (kind, name, ending);
  g_autofree gchar *expected = NULL;
  g_autoptr (GError) error = NULL;

  if (g_getenv ("PIN_TEST_UPDATE"))
    g_file_set_contents (path, text, -1, &error);
  else
    g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  if (expected)
    g_assert_cmpstr (text, ==, expected);
}

static void
show_extent (GString *out, const gchar *what, const GstPinExtent *extent)
{
  g_string_append_printf (out, "%s %s offset=%" G_GUINT64_FORMAT " length=%"
      G_GINT64_FORMAT, what, extent->uri, extent->offset, extent->length);
}

static void
show_map (GString *out, const GstPinMap *map)
{
  show_extent (out, "map", &map->extent);
  if (map->key >= 0)
    g_string_append_printf (out, " key=%d sequence=%" G_GUINT64_FORMAT,
        map->key, map->sequence);
}

static gchar *
show_media (const GstPinMediaPlaylist *list)
{
  GString *out = g_string_new (NULL);
  guint i;

  g_string_append_printf (out, "version=%u target=%" G_GUINT64_FORMAT
      " sequence=%" G_GUINT64_FORMAT " ended=%d gaps=%u duration=%"
      G_GUINT64_FORMAT "\n", list->version, list->target_duration,
      list->media_sequence, list->ended, list->gaps, list->duration);
  for (i = 0; i < list->maps->len; i++) {
    show_map (out, list->maps->pdata[i]);
    g_string_append_c (out, '\n');
  }
  for (i = 0; i < list->keys->len; i++) {
    const GstPinKey *key = list->keys->pdata[i];
    g_string_append_printf (out, "key %s iv=%s\n", key->uri,
        key->iv ? key->iv : "-");
  }
  for (i = 0; i < list->segments->len; i++) {
    const GstPinSegment *segment = list->segments->pdata[i];
    show_extent (out, "segment", &segment->extent);
    g_string_append_printf (out, " sequence=%" G_GUINT64_FORMAT " start=%"
        G_GUINT64_FORMAT " duration=%" G_GUINT64_FORMAT
        " map=%d key=%d discontinuity=%d date=%s\n", segment->sequence,
        segment->start, segment->duration, segment->map, segment->key,
        segment->discontinuity, segment->program_date_time
        ? segment->program_date_time : "-");
  }
  return g_string_free (out, FALSE);
}

static gchar *
show_master (const GstPinMasterPlaylist *list)
{
  GString *out = g_string_new (NULL);
  guint i;

  for (i = 0; i < list->renditions->len; i++) {
    const GstPinRendition *media = list->renditions->pdata[i];
    g_string_append_printf (out, "rendition %s group=%s name=%s language=%s "
        "channels=%s default=%d autoselect=%d %s\n", media->type,
        media->group_id, media->name, media->language, media->channels,
        media->is_default, media->autoselect, media->uri);
  }
  for (i = 0; i < list->variants->len; i++) {
    const GstPinStreamInf *inf = list->variants->pdata[i];
    g_string_append_printf (out, "variant %" G_GUINT64_FORMAT "/%"
        G_GUINT64_FORMAT " %ux%u rate=%.3f codecs=%s audio=%s subtitles=%s "
        "%s\n", inf->bandwidth, inf->average_bandwidth, inf->width,
        inf->height, inf->frame_rate, inf->codecs, inf->audio,
        inf->subtitles, inf->uri);
  }
  return g_string_free (out, FALSE);
}

static gchar *
name_item (GstPinPlaylistItem item, guint index, gpointer user_data)
{
  static const gchar *const kinds[] = { "segment", "map" };

  return g_strdup_printf ("pinfrag://%s.invalid/%s/%u",
      (const gchar *) user_data, kinds[item], index);
}

static void
test_media (gconstpointer data)
{
  g_autoptr (GBytes) text = read_case ("media", data);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GstPinMediaPlaylist) list = NULL, second = NULL;
  g_autofree gchar *values = NULL, *native = NULL, *fragments = NULL;
  g_autofree gchar *twice = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (gst_pin_playlist_is_master (text));
  list = gst_pin_media_playlist_parse (text, BASE, &error);
  g_assert_no_error (error);
  values = show_media (list);
  assert_file ("media", data, ".values", values);

  native = gst_pin_media_playlist_write (list, NULL, NULL);
  assert_file ("media", data, ".native.m3u8", native);
  fragments = gst_pin_media_playlist_write (list, name_item, "token");
  assert_file ("media", data, ".fragments.m3u8", fragments);

  /* What is written reads the same, and writes the same */
  again = g_bytes_new (native, strlen (native));
  second = gst_pin_media_playlist_parse (again, "https://other.example/",
      &error);
  g_assert_no_error (error);
  twice = gst_pin_media_playlist_write (second, NULL, NULL);
  g_assert_cmpstr (twice, ==, native);
  g_assert_cmpuint (second->segments->len, ==, list->segments->len);
}

static void
test_master (gconstpointer data)
{
  g_autoptr (GBytes) text = read_case ("master", data);
  g_autoptr (GstPinMasterPlaylist) list = NULL;
  g_autofree gchar *values = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_pin_playlist_is_master (text));
  list = gst_pin_master_playlist_parse (text, BASE, &error);
  g_assert_no_error (error);
  values = show_master (list);
  assert_file ("master", data, ".values", values);
}

static void
test_write_master (void)
{
  g_autoptr (GBytes) text = read_case ("master", "cmaf");
  g_autoptr (GstPinMasterPlaylist) list =
      gst_pin_master_playlist_parse (text, BASE, NULL);
  g_autofree gchar *with = NULL, *without = NULL, *large = NULL;
  GstPinStreamInf inf = { NULL, G_MAXUINT64, };

  with = gst_pin_master_playlist_write (list->variants->pdata[2],
      "pinfrag://a.invalid/v", list->renditions->pdata[0],
      "pinfrag://a.invalid/a");
  g_assert_cmpstr (with, ==, "#EXTM3U\n#EXT-X-VERSION:4\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio1\",NAME=\"English, stereo\","
      "DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\","
      "URI=\"pinfrag://a.invalid/a\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1391800,"
      "CODECS=\"avc1.64081F,mp4a.40.29\",RESOLUTION=720x1280,"
      "FRAME-RATE=30.000,AUDIO=\"audio1\"\npinfrag://a.invalid/v\n");

  without = gst_pin_master_playlist_write (list->variants->pdata[2],
      "https://x.example/v", NULL, NULL);
  g_assert_null (strstr (without, "AUDIO"));

  large = gst_pin_master_playlist_write (&inf, "https://x.example/v", NULL,
      NULL);
  g_assert_cmpstr (large, ==, "#EXTM3U\n#EXT-X-VERSION:4\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=2147483647\nhttps://x.example/v\n");
}

/* ---- what is refused ---- */

typedef struct
{
  const gchar *text;
  GstPinError code;
  const gchar *reason;
} Bad;

#define M "#EXTM3U\n"
#define SCHEMA GST_PIN_ERROR_SCHEMA
#define UNSUPPORTED GST_PIN_ERROR_UNSUPPORTED

static const Bad bad_media[] = {
  {"", SCHEMA, "empty"},
  {"\n\r\n \t\n", SCHEMA, "empty"},
  {"<!DOCTYPE html><html>", SCHEMA, "begin with #EXTM3U"},
  {"s.ts\n" M, SCHEMA, "begin with #EXTM3U"},
  {M, SCHEMA, "no segments"},
  {M "#EXT-X-ENDLIST\n", SCHEMA, "no segments"},
  {M "#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n", SCHEMA, "master playlist"},
  {M "s.ts\n", SCHEMA, "no EXTINF"},
  {M "#EXTINF:1,\ns.ts\ns.ts\n", SCHEMA, "no EXTINF"},
  {M "#EXTINF:,\ns.ts\n", SCHEMA, "duration"},
  {M "#EXTINF:-1,\ns.ts\n", SCHEMA, "duration"},
  {M "#EXTINF:1e9,\ns.ts\n", SCHEMA, "duration"},
  {M "#EXTINF:nan,\ns.ts\n", SCHEMA, "duration"},
  {M "#EXTINF:99999999999999999999,\ns.ts\n", SCHEMA, "duration"},
  {M "#EXTINF:9223372036854775807,\ns.ts\n", SCHEMA, "duration"},
  {M "#EXTINF:3600001,\ns.ts\n", SCHEMA, "duration"},
  {M "#EXTINF:3600000,\ns.ts\n#EXTINF:1,\ns.ts\n", SCHEMA, "1000 hours"},
  {M "#EXT-X-MEDIA-SEQUENCE:x\n", SCHEMA, "EXT-X-MEDIA-SEQUENCE"},
  {M "#EXT-X-MEDIA-SEQUENCE:9223372036854775807\n", SCHEMA,
      "EXT-X-MEDIA-SEQUENCE"},
  {M "#EXTINF:1,\ns.ts\n#EXT-X-MEDIA-SEQUENCE:1\n", SCHEMA, "after a segment"},
  {M "#EXTINF:1,\n#EXT-X-BYTERANGE:10\ns.ts\n", SCHEMA, "without an offset"},
  {M "#EXTINF:1,\n#EXT-X-BYTERANGE:10@0\na.ts\n"
        "#EXTINF:1,\n#EXT-X-BYTERANGE:10\nb.ts\n", SCHEMA,
      "without an offset"},
  {M "#EXTINF:1,\ns.ts\n#EXTINF:1,\n#EXT-X-BYTERANGE:10\ns.ts\n", SCHEMA,
      "without an offset"},
  {M "#EXTINF:1,\n#EXT-X-BYTERANGE:10@0\na.ts\n#EXTINF:1,\na.ts\n"
        "#EXTINF:1,\n#EXT-X-BYTERANGE:10\na.ts\n", SCHEMA,
      "without an offset"},
  {M "#EXT-X-BYTERANGE:0@0\n", SCHEMA, "no usable range"},
  {M "#EXT-X-BYTERANGE:-1@0\n", SCHEMA, "no usable range"},
  {M "#EXT-X-BYTERANGE:10@\n", SCHEMA, "no usable range"},
  {M "#EXT-X-BYTERANGE:10@0x\n", SCHEMA, "no usable range"},
  {M "#EXT-X-BYTERANGE:9223372036854775807@1\n", SCHEMA, "no usable range"},
  {M "#EXT-X-BYTERANGE:99999999999999999999\n", SCHEMA, "no usable range"},
  {M "#EXTINF:1,\n#EXT-X-BYTERANGE:10@9223372036854775797\na.ts\n"
        "#EXTINF:1,\n#EXT-X-BYTERANGE:1\na.ts\n", SCHEMA, "beyond any file"},
  {M "#EXT-X-MAP:BYTERANGE=\"1@0\"\n", SCHEMA, "no URI"},
  {M "#EXT-X-MAP:URI=\"\"\n", SCHEMA, "no URI"},
  {M "#EXT-X-MAP:URI=\"a\",BYTERANGE=\"x\"\n", SCHEMA, "no usable BYTERANGE"},
  {M "#EXT-X-MAP:URI=\"file:///etc/passwd\"\n", UNSUPPORTED, "“file:”"},
  {M "#EXTINF:1,\nfile:///etc/passwd\n", UNSUPPORTED, "“file:”"},
  {M "#EXTINF:1,\ndata:video/mp2t,G\n", UNSUPPORTED, "“data:”"},
  {M "#EXTINF:1,\nconcat:a|b\n", UNSUPPORTED, "“concat:”"},
  {M "#EXTINF:1,\npinfrag://a.invalid/b\n", UNSUPPORTED, "“pinfrag:”"},
  {M "#EXTINF:1,\nhttps://u:p@x.example/s.ts\n", SCHEMA, "user name"},
  {M "#EXTINF:1,\nhttps://\n", SCHEMA, "no usable host"},
  {M "#EXTINF:1,\nhttps://a%0a%23EXT-X-ENDLIST.example/s.ts\n", SCHEMA,
      "no usable host"},
  {M "#EXTINF:1,\nhttps://a b.example/s.ts\n", SCHEMA, "no usable host"},
  {M "#EXTINF:1,\nhttps://x.example:99999/s.ts\n", SCHEMA, "cannot be read"},
  {M "#EXT-X-KEY:URI=\"k\"\n", SCHEMA, "no METHOD"},
  {M "#EXT-X-KEY:METHOD=AES-128\n", SCHEMA, "EXT-X-KEY has no URI"},
  {M "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=12\n", SCHEMA, "usable IV"},
  {M "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x\n", SCHEMA, "usable IV"},
  {M "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x"
        "0123456789abcdef0123456789abcdef0\n", SCHEMA, "usable IV"},
  {M "#EXT-X-KEY:METHOD=AES-128,URI=\"data:,0123456789abcdef\"\n",
      UNSUPPORTED, "“data:”"},
  {M "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\"\n#EXTINF:1,\ns.ts\n",
      UNSUPPORTED, "SAMPLE-AES"},
  {M "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",KEYFORMAT=\"urn:x\"\n"
        "#EXTINF:1,\ns.ts\n", UNSUPPORTED, "AES-128 for urn:x"},
  {M "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:1,\ns.ts\n"
        "#EXT-X-KEY:METHOD=AES-256,URI=\"k\"\n#EXTINF:1,\ns.ts\n",
      UNSUPPORTED, "AES-256"},
  {M "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n", UNSUPPORTED, "variables"},
  {M "#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n", UNSUPPORTED, "delta"},
  {M "#EXT-X-I-FRAMES-ONLY\n", UNSUPPORTED, "key frames"},
  {M "#EXT-X-GAP\n#EXTINF:1,\ns.ts\n", SCHEMA, "nothing but gaps"},
};

static const Bad bad_master[] = {
  {"", SCHEMA, "empty"},
  {"{}", SCHEMA, "begin with #EXTM3U"},
  {M, SCHEMA, "lists no variants"},
  {M "#EXTINF:1,\ns.ts\n", SCHEMA, "lists no variants"},
  {M "#EXT-X-STREAM-INF:BANDWIDTH=1\n", SCHEMA, "lists no variants"},
  {M "#EXT-X-STREAM-INF:BANDWIDTH=1\nfile:///x\n", UNSUPPORTED, "“file:”"},
  {M "#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://u@x.example/\n", SCHEMA,
      "user name"},
  {M "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n", UNSUPPORTED, "variables"},
};

static void
assert_refused (const GError *error, GstPinError code, const gchar *reason)
{
  if (error == NULL || strstr (error->message, reason) == NULL)
    g_error ("“%s” does not say “%s”", error ? error->message : "", reason);
  g_assert_error (error, GST_PIN_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message,
          "https://v1.pinimg.com/videos/iht/hls/aa/bb/list.m3u8 "));
  g_assert_null (strstr (error->message, "q=1"));
}

static void
test_bad_media (gconstpointer data)
{
  const Bad *bad = data;
  g_autoptr (GBytes) text = g_bytes_new_static (bad->text,
      strlen (bad->text));
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_media_playlist_parse (text, BASE, &error));
  assert_refused (error, bad->code, bad->reason);
  g_assert_null (gst_pin_media_playlist_parse (text, BASE, NULL));
}

static void
test_bad_master (gconstpointer data)
{
  const Bad *bad = data;
  g_autoptr (GBytes) text = g_bytes_new_static (bad->text,
      strlen (bad->text));
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_master_playlist_parse (text, BASE, &error));
  assert_refused (error, bad->code, bad->reason);
  g_assert_null (gst_pin_master_playlist_parse (text, BASE, NULL));
}

static void
test_bad_base (void)
{
  static const gchar *const bases[] = { "", "list.m3u8", "/list.m3u8",
    "file:///list.m3u8", "https://", "pin://1",
    "https://a%0ab/list.m3u8"
  };
  g_autoptr (GBytes) text = g_bytes_new_static (M "#EXTINF:1,\ns\n", 21);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_pin_media_playlist_parse (text, bases[i], &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
  }
}

/* ---- caps ---- */

static void
assert_too_much (GString *text, const gchar *reason)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_pin_media_playlist_parse (bytes, BASE, &error));
  assert_refused (error, GST_PIN_ERROR_SCHEMA, reason);
}

static void
append_repeated (GString *text, const gchar *piece, guint n)
{
  while (n-- > 0)
    g_string_append (text, piece);
}

static void
test_caps (void)
{
  GString *text = g_string_new (M "#EXTINF:1,\ns\n");

  append_repeated (text, "#\n", 5 * 1024 * 1024);
  assert_too_much (text, "larger than");

  text = g_string_new (M);
  append_repeated (text, "#EXTINF:1,\ns\n", 200001);
  assert_too_much (text, "too many segments");

  text = g_string_new (M "#EXT-X-GAP\n#EXTINF:1,\n");
  append_repeated (text, "s", 17000);
  assert_too_much (text, "longer than 16384");

  text = g_string_new (M "#EXTINF:1,\n");
  append_repeated (text, "s", 9000);
  assert_too_much (text, "addresses are too long");

  text = g_string_new (M);
  append_repeated (text, "#EXT-X-MAP:URI=\"a\"\n#EXTINF:1,\ns\n"
      "#EXT-X-MAP:URI=\"b\"\n#EXTINF:1,\ns\n", 10001);
  assert_too_much (text, "init section changes");

  text = g_string_new (M);
  append_repeated (text, "#EXT-X-KEY:METHOD=AES-128,URI=\"a\"\n"
      "#EXTINF:1,\ns\n#EXT-X-KEY:METHOD=AES-128,URI=\"b\"\n"
      "#EXTINF:1,\ns\n", 10001);
  assert_too_much (text, "key changes");

  text = g_string_new (M "#EXTINF:1,\ns\n");
  g_string_append_len (text, "\0", 1);
  assert_too_much (text, "no text");
}

/* A short line that stands for a long address, many times over */
static void
test_amplification (void)
{
  g_autofree gchar *folder = g_strnfill (2000, 'a');
  g_autofree gchar *base = g_strdup_printf ("https://x.example/%s/l", folder);
  GString *text = g_string_new (M);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  append_repeated (text, "#EXTINF:1,\ns\n", 100000);
  bytes = g_string_free_to_bytes (text);
  g_assert_null (gst_pin_media_playlist_parse (bytes, base, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
}

static void
test_many_renditions (void)
{
  GString *text = g_string_new (M);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  append_repeated (text, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\"\n", 1001);
  bytes = g_string_free_to_bytes (text);
  g_assert_null (gst_pin_master_playlist_parse (bytes, BASE, &error));
  assert_refused (error, GST_PIN_ERROR_SCHEMA, "renditions");
}

/* Ten hours in segments of a third of a second: sums stay exact */
static void
test_no_drift (void)
{
  const guint n = 108000;
  GString *text = g_string_new (M);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GstPinMediaPlaylist) list = NULL;
  g_autoptr (GError) error = NULL;
  const GstPinSegment *last;

  append_repeated (text, "#EXTINF:0.333366667,\ns.ts\n", n);
  bytes = g_string_free_to_bytes (text);
  list = gst_pin_media_playlist_parse (bytes, BASE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->segments->len, ==, n);
  g_assert_cmpuint (list->duration, ==, n * G_GUINT64_CONSTANT (333366667));
  last = list->segments->pdata[n - 1];
  g_assert_cmpuint (last->start, ==, (n - 1) * G_GUINT64_CONSTANT (333366667));
}

static void
test_is_master (void)
{
  static const gchar *const no[] = { "", "x", M, M "#EXTINF:1,\ns\n",
    M "#EXTINF:1,\ns\n#EXT-X-STREAM-INF:\nv\n",
    M "#EXT-X-STREAM-INFO:\nv\n"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (no); i++) {
    g_autoptr (GBytes) text = g_bytes_new_static (no[i], strlen (no[i]));
    g_assert_false (gst_pin_playlist_is_master (text));
  }
}

/* Adds a test for each input in a folder of the data */
static void
add_folder (const gchar *kind, GTestDataFunc func)
{
  g_autofree gchar *path = g_build_filename (g_getenv ("PIN_TEST_DATA"),
      "playlist", kind, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const gchar *file;

  g_assert_no_error (error);
  while ((file = g_dir_read_name (dir))) {
    g_autofree gchar *name = g_strndup (file, strcspn (file, "."));
    g_autofree gchar *test = g_strdup_printf ("/playlist/%s/%s", kind, name);

    if (g_str_equal (file + strlen (name), ".m3u8"))
      g_test_add_data_func_full (test, g_steal_pointer (&name), func, g_free);
  }
}

static void
add_table (const gchar *kind, const Bad *table, guint n, GTestDataFunc func)
{
  guint i;

  for (i = 0; i < n; i++) {
    g_autofree gchar *test = g_strdup_printf ("/playlist/%s/%u", kind, i);
    g_test_add_data_func (test, &table[i], func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_folder ("media", test_media);
  add_folder ("master", test_master);
  add_table ("bad-media", bad_media, G_N_ELEMENTS (bad_media),
      test_bad_media);
  add_table ("bad-master", bad_master, G_N_ELEMENTS (bad_master),
      test_bad_master);
  g_test_add_func ("/playlist/bad-base", test_bad_base);
  g_test_add_func ("/playlist/write-master", test_write_master);
  g_test_add_func ("/playlist/caps", test_caps);
  g_test_add_func ("/playlist/amplification", test_amplification);
  g_test_add_func ("/playlist/many-renditions", test_many_renditions);
  g_test_add_func ("/playlist/no-drift", test_no_drift);
  g_test_add_func ("/playlist/is-master", test_is_master);
  return g_test_run ();
}
