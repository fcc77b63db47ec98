/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's door to playlists, and to what is chosen from them. What can be
 * read can be written, and what is written reads the same again.
 */
#include <gst/pin/error.h>

#include "choose-private.h"
#include "playlist-private.h"

#include <string.h>

#define BASE "https://v1.pinimg.com/videos/list.m3u8"

int LLVMFuzzerTestOneInput (const guint8 * data, size_t size);

static gchar *
name_item (GstPinPlaylistItem item, guint index, gpointer user_data)
{
  return g_strdup_printf ("pinfrag://t.invalid/%d/%u", item, index);
}

static void
check_error (gpointer value, const GError *error)
{
  if (value)
    return;
  g_assert_true (error && error->domain == GST_PIN_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static GstPinMediaPlaylist *
write_and_read (const GstPinMediaPlaylist *list)
{
  gchar *written = gst_pin_media_playlist_write (list, NULL, NULL);
  g_autoptr (GBytes) text = g_bytes_new_take (written, strlen (written));
  GstPinMediaPlaylist *again = gst_pin_media_playlist_parse (text, BASE, NULL);

  g_assert_nonnull (again);
  return again;
}

static void
check_same (const GstPinMediaPlaylist *one, const GstPinMediaPlaylist *two)
{
  guint i;

  g_assert_cmpuint (one->segments->len, ==, two->segments->len);
  for (i = 0; i < one->segments->len; i++) {
    const GstPinSegment *a = one->segments->pdata[i];
    const GstPinSegment *b = two->segments->pdata[i];

    g_assert_cmpstr (a->extent.uri, ==, b->extent.uri);
    g_assert_cmpuint (a->extent.offset, ==, b->extent.offset);
    g_assert_true (a->extent.length == b->extent.length
        || a->extent.length < 0);
    g_assert_cmpuint (MAX (a->duration, GST_USECOND), ==, b->duration);
    g_assert_true (a->discontinuity == b->discontinuity);
    g_assert_true ((a->key < 0) == (b->key < 0));
    g_assert_true (a->map < 0 || b->map >= 0);
  }
}

static void
check_media (const GstPinMediaPlaylist *list)
{
  g_autofree gchar *fragments = gst_pin_media_playlist_write (list, name_item,
      NULL);
  g_autoptr (GstPinMediaPlaylist) again = NULL;
  guint i;

  for (i = 0; i < list->segments->len; i++) {
    const GstPinSegment *segment = list->segments->pdata[i];

    g_assert_true (segment->map < (gint) list->maps->len);
    g_assert_true (segment->key < (gint) list->keys->len);
    g_assert_true (segment->start + segment->duration <= list->duration);
    g_assert_true (segment->extent.length != 0);
  }
  g_assert_null (strstr (fragments, "v1.pinimg.com"));
  again = write_and_read (list);
  check_same (list, again);
}

static void
check_master (const GstPinMasterPlaylist *list)
{
  static const gchar *const wishes[] = { "best", "worst", "720p", "<=2M",
    "hevc", "V_720P"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (wishes); i++) {
    g_autoptr (GstPinWish) wish = gst_pin_wish_parse (wishes[i], NULL);
    g_autoptr (GError) error = NULL;
    const GstPinStreamInf *stream = gst_pin_choose_stream (wish, list, &error);
    const GstPinRendition *audio;
    g_autofree gchar *written = NULL;
    g_autoptr (GBytes) text = NULL;
    g_autoptr (GstPinMasterPlaylist) again = NULL;

    check_error ((gpointer) stream, error);
    if (stream == NULL)
      continue;
    audio = gst_pin_choose_audio (list, stream);
    written = gst_pin_master_playlist_write (stream, stream->uri, audio,
        audio ? audio->uri : NULL);
    text = g_bytes_new (written, strlen (written));
    again = gst_pin_master_playlist_parse (text, BASE, NULL);
    g_assert_nonnull (again);
    g_assert_cmpuint (again->variants->len, ==, 1);
    g_assert_cmpuint (again->renditions->len, ==, audio ? 1 : 0);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 * data, size_t size)
{
  g_autoptr (GBytes) text = g_bytes_new (data, size);
  g_autoptr (GstPinMediaPlaylist) media = NULL;
  g_autoptr (GstPinMasterPlaylist) master = NULL;
  g_autoptr (GError) media_error = NULL, master_error = NULL;
  g_autofree gchar *wish_text = g_strndup ((const gchar *) data, size);

  gst_pin_wish_free (gst_pin_wish_parse (wish_text, NULL));
  gst_pin_playlist_is_master (text);
  media = gst_pin_media_playlist_parse (text, BASE, &media_error);
  check_error (media, media_error);
  if (media)
    check_media (media);
  master = gst_pin_master_playlist_parse (text, BASE, &master_error);
  check_error (master, master_error);
  if (master)
    check_master (master);
  return 0;
}
