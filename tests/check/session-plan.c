/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of playlists: the numbers that downstream sees, the fragments
 * behind each, in the order in which they are fetched, and how each is
 * encrypted.
 */
#include "session-plan-private.h"

#include <string.h>

#define BASE "https://v1.pinimg.com/videos/list.m3u8"

static GstPinMediaPlaylist *
parse (const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  GstPinMediaPlaylist *list = gst_pin_media_playlist_parse (bytes, BASE,
      &error);

  g_assert_no_error (error);
  return list;
}

static void
show_part (GString *out, const GstPinSessionPlan *plan, const gchar *what,
    const GstPinPart *part)
{
  const GstPinFragment *fragment;

  if (part->fragment < 0)
    return;
  fragment = gst_pin_plan_get (plan->fragments, part->fragment);
  g_string_append_printf (out, " %s=%s", what, fragment->url +
      strlen ("https://v1.pinimg.com/videos/"));
  if (part->key >= 0)
    g_string_append_printf (out, "(%s,%02x%02x)", gst_pin_plan_get
        (plan->fragments, part->key)->url + strlen (
            "https://v1.pinimg.com/videos/"), part->iv[0], part->iv[15]);
}

static gchar *
show_pieces (const GstPinSessionPlan *plan)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < plan->pieces->len; i++) {
    const GstPinPiece *piece = &g_array_index (plan->pieces, GstPinPiece, i);

    g_string_append_printf (out, "%u:%u", piece->track, piece->number);
    show_part (out, plan, "init", &piece->init);
    show_part (out, plan, "media", &piece->media);
    g_string_append_c (out, '\n');
  }
  return g_string_free (out, FALSE);
}

static gchar *
show_order (const GstPinSessionPlan *plan)
{
  static const gchar kinds[] = { 'm', 'i', 'e', 'k' };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < plan->fragments->fragments->len; i++) {
    const GstPinFragment *fragment = gst_pin_plan_get (plan->fragments, i);

    g_string_append_printf (out, "%c %s\n", kinds[fragment->kind],
        strrchr (fragment->url, '/') + 1);
  }
  return g_string_free (out, FALSE);
}

static GstPinSessionPlan *
plan_of (const gchar *picture, const gchar *base)
{
  GstPinPlaylistSet set = { NULL, };
  GstPinSessionPlan *plan;

  set.playlists[GST_PIN_PICTURE] = parse (picture);
  plan = gst_pin_session_plan_new (&set, base);
  g_assert_null (set.playlists[GST_PIN_PICTURE]);
  return plan;
}

static void
assert_plan (const gchar *playlist, const gchar *pieces, const gchar *order,
    const gchar *lines)
{
  g_autoptr (GstPinSessionPlan) plan = plan_of (playlist, "pinfrag://t.invalid");
  g_autofree gchar *seen_pieces = show_pieces (plan);
  g_autofree gchar *seen_order = show_order (plan);
  GBytes *text = gst_pin_session_plan_get_text (plan, "index.m3u8");
  g_autofree gchar *written = g_strndup (g_bytes_get_data (text, NULL),
      g_bytes_get_size (text));
  const gchar *body = strstr (written, "VOD\n") + strlen ("VOD\n");

  g_assert_cmpstr (seen_pieces, ==, pieces);
  g_assert_cmpstr (seen_order, ==, order);
  g_assert_cmpstr (body, ==, lines);
}

#define HEAD "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
#define TAIL "#EXT-X-ENDLIST\n"

static void
test_one_map (void)
{
  assert_plan (HEAD "#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:2,\n0.m4s\n"
      "#EXTINF:2,\n1.m4s\n" TAIL,
      "0:0 media=i.mp4\n0:0 media=0.m4s\n0:1 media=1.m4s\n",
      "i i.mp4\nm 0.m4s\nm 1.m4s\n",
      "#EXT-X-MAP:URI=\"pinfrag://t.invalid/0\"\n"
      "#EXTINF:2,\npinfrag://t.invalid/1\n"
      "#EXTINF:2,\npinfrag://t.invalid/2\n" TAIL);
}

/* hlsdemux would fetch the first alone */
static void
test_a_changed_map_goes_in_front (void)
{
  assert_plan (HEAD "#EXT-X-MAP:URI=\"a.mp4\"\n#EXTINF:2,\n0.m4s\n"
      "#EXTINF:2,\n1.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"b.mp4\"\n"
      "#EXTINF:2,\n2.m4s\n" TAIL,
      "0:0 init=a.mp4 media=0.m4s\n0:1 init=a.mp4 media=1.m4s\n"
      "0:2 init=b.mp4 media=2.m4s\n",
      "i a.mp4\nm 0.m4s\nm 1.m4s\ni b.mp4\nm 2.m4s\n",
      "#EXTINF:2,\npinfrag://t.invalid/0\n"
      "#EXTINF:2,\npinfrag://t.invalid/1\n#EXT-X-DISCONTINUITY\n"
      "#EXTINF:2,\npinfrag://t.invalid/2\n" TAIL);
}

static void
test_a_repeated_map_is_one (void)
{
  assert_plan (HEAD "#EXT-X-MAP:URI=\"a.mp4\"\n#EXTINF:2,\n0.m4s\n"
      "#EXT-X-MAP:URI=\"a.mp4\"\n#EXTINF:2,\n1.m4s\n" TAIL,
      "0:0 media=a.mp4\n0:0 media=0.m4s\n0:1 media=1.m4s\n",
      "i a.mp4\nm 0.m4s\nm 1.m4s\n",
      "#EXT-X-MAP:URI=\"pinfrag://t.invalid/0\"\n"
      "#EXTINF:2,\npinfrag://t.invalid/1\n"
      "#EXTINF:2,\npinfrag://t.invalid/2\n" TAIL);
}

static void
test_a_late_map_goes_in_front (void)
{
  assert_plan (HEAD "#EXTINF:2,\n0.m4s\n#EXT-X-MAP:URI=\"a.mp4\"\n"
      "#EXTINF:2,\n1.m4s\n" TAIL,
      "0:0 media=0.m4s\n0:1 init=a.mp4 media=1.m4s\n",
      "m 0.m4s\ni a.mp4\nm 1.m4s\n",
      "#EXTINF:2,\npinfrag://t.invalid/0\n"
      "#EXTINF:2,\npinfrag://t.invalid/1\n" TAIL);
}

/* The implicit IV is the sequence number; a key is fetched before what it is
 * for; downstream sees no key */
static void
test_keys_rotate (void)
{
  assert_plan (HEAD "#EXT-X-MEDIA-SEQUENCE:5\n"
      "#EXT-X-KEY:METHOD=AES-128,URI=\"a.key\"\n#EXTINF:2,\n0.ts\n"
      "#EXTINF:2,\n1.ts\n#EXT-X-KEY:METHOD=AES-128,URI=\"b.key\","
      "IV=0xff000000000000000000000000000001\n#EXTINF:2,\n2.ts\n"
      "#EXT-X-KEY:METHOD=NONE\n#EXTINF:2,\n3.ts\n" TAIL,
      "0:0 media=0.ts(a.key,0005)\n0:1 media=1.ts(a.key,0006)\n"
      "0:2 media=2.ts(b.key,ff01)\n0:3 media=3.ts\n",
      "k a.key\ne 0.ts\ne 1.ts\nk b.key\ne 2.ts\nm 3.ts\n",
      "#EXTINF:2,\npinfrag://t.invalid/0\n"
      "#EXTINF:2,\npinfrag://t.invalid/1\n"
      "#EXTINF:2,\npinfrag://t.invalid/2\n"
      "#EXTINF:2,\npinfrag://t.invalid/3\n" TAIL);
}

/* The key at the tag is the map's, that at the segment the segment's */
static void
test_a_map_has_a_key_of_its_own (void)
{
  assert_plan (HEAD "#EXT-X-KEY:METHOD=AES-128,URI=\"a.key\",IV=0x1\n"
      "#EXT-X-MAP:URI=\"i.mp4\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"b.key\","
      "IV=0x2\n#EXTINF:2,\n0.m4s\n" TAIL,
      "0:0 media=i.mp4(a.key,0001)\n0:0 media=0.m4s(b.key,0002)\n",
      "k a.key\nk i.mp4\nk b.key\ne 0.m4s\n",
      "#EXT-X-MAP:URI=\"pinfrag://t.invalid/0\"\n"
      "#EXTINF:2,\npinfrag://t.invalid/1\n" TAIL);
}

static void
test_native_stays_as_it_is (void)
{
  g_autoptr (GstPinSessionPlan) plan = plan_of (HEAD
      "#EXT-X-KEY:METHOD=AES-128,URI=\"a.key\",IV=0x1\n#EXTINF:2,\n0.ts\n"
      TAIL, NULL);
  GBytes *text = gst_pin_session_plan_get_text (plan, "index.m3u8");
  g_autofree gchar *written = g_strndup (g_bytes_get_data (text, NULL),
      g_bytes_get_size (text));

  g_assert_nonnull (strstr (written, "URI=\"https://v1.pinimg.com/videos/a.key\""));
  g_assert_nonnull (strstr (written, "\nhttps://v1.pinimg.com/videos/0.ts\n"));
}

static void
test_names (void)
{
  static const gchar *const none[] = { "", "1", "-1", "+0", "0x0", " 0",
    "video.m3u8", "18446744073709551616"
  };
  g_autoptr (GstPinSessionPlan) plan =
      gst_pin_session_plan_new_for_file ("https://v1.pinimg.com/videos/a.mp4");

  g_assert_nonnull (gst_pin_session_plan_get_piece (plan, "0"));
  for (guint i = 0; i < G_N_ELEMENTS (none); i++) {
    g_assert_null (gst_pin_session_plan_get_piece (plan, none[i]));
    g_assert_null (gst_pin_session_plan_get_text (plan, none[i]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-plan/one-map", test_one_map);
  g_test_add_func ("/session-plan/a-changed-map-goes-in-front",
      test_a_changed_map_goes_in_front);
  g_test_add_func ("/session-plan/a-repeated-map-is-one",
      test_a_repeated_map_is_one);
  g_test_add_func ("/session-plan/a-late-map-goes-in-front",
      test_a_late_map_goes_in_front);
  g_test_add_func ("/session-plan/keys-rotate", test_keys_rotate);
  g_test_add_func ("/session-plan/a-map-has-a-key-of-its-own",
      test_a_map_has_a_key_of_its_own);
  g_test_add_func ("/session-plan/native-stays-as-it-is",
      test_native_stays_as_it_is);
  g_test_add_func ("/session-plan/names", test_names);
  return g_test_run ();
}
