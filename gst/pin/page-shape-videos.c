/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The videos of a Pin's JSON object: its own, those of a story's pages, those
 * of a carousel's slots. Part of the page's shape, see page-shape.c.
 *
 * A video is an object with one or more lists (video_list, videoList720P,
 * v_hlsv4_video_list, …) of named entries, and perhaps a flat list of URLs.
 * All entries of one such object are one clip. Names, widths and heights are
 * only hints: the URL tells what an entry is.
 */
#include "page-shape-private.h"

#include "page-pick-private.h"
#include "page-url-private.h"

#include <string.h>

#define MAX_KEY 64
#define MAX_VARIANTS 100
#define MAX_LANGUAGES 64
#define MAX_VIDEOS 200
#define MAX_SIDE 32768
#define MAX_DURATION_MS (100ull * 60 * 60 * 1000)

/* ---- keys ---- */

static gboolean
is_plain (const gchar *text)
{
  gsize n = 0;

  for (; text[n] != '\0'; n++) {
    if (!g_ascii_isalnum (text[n]) && text[n] != '_' && text[n] != '-')
      return FALSE;
  }
  return n > 0 && n <= MAX_KEY;
}

/* vHLSV3MOBILE → V_HLSV3_MOBILE, v720P → V_720P: the spelling of Relay's
 * answers, in which underscores are gone. */
static gchar *
key_from_camel (const gchar *name)
{
  static const gchar *const words[] = { "MOBILE", "WEB" };
  g_autofree gchar *upper = g_ascii_strup (name + 1, -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize n = strlen (upper), m = strlen (words[i]);

    if (n > m && g_str_has_suffix (upper, words[i]) && upper[n - m - 1] != '_')
      return g_strdup_printf ("V_%.*s_%s", (gint) (n - m), upper, words[i]);
  }
  return g_strdup_printf ("V_%s", upper);
}

/* …/expMp4/aa/bb/cc/HASH_720w.mp4 → expMp4_720w */
static gchar *
key_from_url (const gchar *url)
{
  g_autofree gchar *path = g_strndup (url, strcspn (url, "?#"));
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  guint n = g_strv_length (parts);
  const gchar *kind = n >= 5 ? parts[n - 5] : "";
  gchar *file = parts[n - 1], *dot = strrchr (file, '.'), *tail;
  g_autofree gchar *key = NULL;

  if (dot != NULL)
    *dot = '\0';
  tail = strchr (file, '_');
  key = g_strconcat (kind, tail ? tail : "", NULL);
  return is_plain (key) ? g_steal_pointer (&key) : g_strdup ("url");
}

static gchar *
make_key (const gchar *name, const gchar *url)
{
  if (name == NULL || !is_plain (name))
    return key_from_url (url);
  if (name[0] == 'v' && g_ascii_isalnum (name[1]))
    return key_from_camel (name);
  return g_strdup (name);
}

/* ---- one clip ---- */

static gboolean
has_suffix_nocase (const gchar *text, gsize length, const gchar *suffix)
{
  gsize n = strlen (suffix);

  return length > n
      && g_ascii_strncasecmp (text + length - n, suffix, n) == 0;
}

/* Playlists and MP4 files; DASH manifests and unknown files are left out. */
gboolean
gst_pin_page_shape_is_playable (const gchar *url)
{
  gsize n = strcspn (url, "?#");

  return has_suffix_nocase (url, n, ".m3u8")
      || has_suffix_nocase (url, n, ".mp4")
      || has_suffix_nocase (url, n, ".m4v");
}

void
gst_pin_page_shape_take_url (GstPinVideo *video, const gchar *name,
    const gchar *text)
{
  g_autofree gchar *url = gst_pin_page_take_media_url (text);
  g_autofree gchar *key = NULL;

  if (url == NULL || !gst_pin_page_shape_is_playable (url)
      || video->variants->len >= MAX_VARIANTS)
    return;
  key = make_key (name, url);
  gst_pin_video_take_variant (video, gst_pin_variant_new (key, url));
}

static void
read_captions (JsonObject *captions, GstPinVideo *video)
{
  JsonObjectIter iter;
  const gchar *language;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, captions);
  while (json_object_iter_next_ordered (&iter, &language, &node)) {
    g_autofree gchar *key = g_ascii_strdown (language, -1);
    gchar *url;

    if (!is_plain (key) || g_hash_table_contains (video->captions, key)
        || g_hash_table_size (video->captions) == MAX_LANGUAGES)
      continue;
    url = gst_pin_page_take_media_url (gst_pin_page_node_get_text (node));
    if (url != NULL)
      g_hash_table_insert (video->captions, g_steal_pointer (&key), url);
  }
}

/* What an entry says beside its URL. Entries of a clip agree, so the first
 * that says something is believed. */
void
gst_pin_page_shape_read_entry (JsonObject *entry, GstPinVideo *video)
{
  JsonObject *captions = gst_pin_page_pick_object (entry, "captions_urls");
  guint64 ms =
      gst_pin_page_pick_number (entry, "duration", MAX_DURATION_MS);

  if (video->width == 0 || video->height == 0) {
    video->width = gst_pin_page_pick_number (entry, "width", MAX_SIDE);
    video->height = gst_pin_page_pick_number (entry, "height", MAX_SIDE);
  }
  if (!GST_CLOCK_TIME_IS_VALID (video->duration) && ms > 0)
    video->duration = ms * GST_MSECOND;
  if (video->thumbnail == NULL) {
    g_autofree gchar *text = gst_pin_page_pick_string (entry, "thumbnail");

    video->thumbnail = gst_pin_page_take_media_url (text);
  }
  if (captions != NULL)
    read_captions (captions, video);
}

/* An entry may have a duration but no URL. */
static void
read_list (JsonObject *list, GstPinVideo *video)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, list);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    JsonObject *entry;

    if (!JSON_NODE_HOLDS_OBJECT (node))
      continue;
    entry = json_node_get_object (node);
    gst_pin_page_shape_read_entry (entry, video);
    gst_pin_page_shape_take_url (video, name,
        gst_pin_page_node_get_text (json_object_get_member (entry, "url")));
  }
}

static gboolean
is_list_name (const gchar *name)
{
  return g_str_has_prefix (name, "video_list")
      || g_str_has_prefix (name, "videoList")
      || g_str_has_suffix (name, "video_list");
}

static void
read_flat_list (JsonArray *urls, GstPinVideo *video)
{
  guint n = MIN (json_array_get_length (urls), MAX_VARIANTS);

  for (guint i = 0; i < n; i++)
    gst_pin_page_shape_take_url (video, NULL,
        gst_pin_page_node_get_text (json_array_get_element (urls, i)));
}

/* Named entries first, so that a URL in both lists has the page's own key. */
static void
read_clip (JsonObject *clip, GstPinVideo *video)
{
  JsonArray *urls = gst_pin_page_pick_array (clip, "video_urls");
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, clip);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    if (JSON_NODE_HOLDS_OBJECT (node) && is_list_name (name))
      read_list (json_node_get_object (node), video);
  }
  if (urls != NULL)
    read_flat_list (urls, video);
}

/* ---- where clips are ---- */

typedef struct
{
  GPtrArray *videos;
  gboolean claimed;
  gboolean lacking;             /* a clip is claimed and cannot be played */
} Found;

/* @paths are places of one and the same clip. */
static void
read_part (JsonObject *part, const gchar *const *paths, Found *found)
{
  g_autoptr (GstPinVideo) video = gst_pin_video_new ();
  gboolean claimed = FALSE;

  for (; *paths != NULL; paths++) {
    JsonObject *clip = gst_pin_page_pick_object (part, *paths);

    if (clip == NULL)
      continue;
    found->claimed = claimed = TRUE;
    read_clip (clip, video);
  }
  if (video->variants->len > 0 && found->videos->len < MAX_VIDEOS)
    g_ptr_array_add (found->videos, g_steal_pointer (&video));
  else if (claimed)
    found->lacking = TRUE;
}

static void
read_own (JsonObject *part, gpointer found)
{
  static const gchar *const paths[] = { "videos", NULL };

  read_part (part, paths, found);
}

static void
read_block (JsonObject *block, gpointer found)
{
  static const gchar *const paths[] = {
    "video", "video_data_v2", "video_data", NULL
  };

  read_part (block, paths, found);
}

static void
found_init (Found *found)
{
  found->videos =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_pin_video_unref);
  found->claimed = found->lacking = FALSE;
}

/* Relay's carousels have no word of videos, so each of their pictures may be
 * one. */
static void
read_slot (JsonObject *slot, gpointer data)
{
  Found *found = data;

  if (!json_object_has_member (slot, "videos"))
    found->lacking = TRUE;
  read_own (slot, found);
}

/* A preview shows some of the pages. */
static void
read_story (JsonObject *pin, Found *found)
{
  JsonArray *pages = gst_pin_page_pick_array (pin, "story_pin_data.pages");

  if (gst_pin_page_pick (pin, "story_pin_data.pages_preview") != NULL
      && (pages == NULL || json_array_get_length (pages) == 0))
    found->lacking = TRUE;
  gst_pin_page_shape_foreach_block (pin, read_block, found);
  if (found->videos->len == 0)
    gst_pin_page_shape_foreach_page (pin, read_block, found);
}

/* Where a Pin has both, `videos` is the clip of the story's only page, or of
 * one of its pages. */
static void
join (GPtrArray *own, GPtrArray *parts, GPtrArray *out)
{
  if (own->len == 1 && parts->len == 1)
    gst_pin_video_merge (g_ptr_array_index (own, 0),
        g_ptr_array_index (parts, 0));
  if (own->len >= parts->len)
    parts = own;
  for (guint i = 0; i < parts->len; i++)
    g_ptr_array_add (out, gst_pin_video_ref (g_ptr_array_index (parts, i)));
}

gboolean
gst_pin_page_shape_read_videos (JsonObject *pin, GstPinMedia *media)
{
  Found own, story, carousel;
  gboolean claimed;

  found_init (&own);
  found_init (&story);
  found_init (&carousel);
  read_own (pin, &own);
  read_story (pin, &story);
  gst_pin_page_shape_foreach_slot (pin, read_slot, &carousel);

  if (carousel.videos->len > 0)
    join (own.videos, carousel.videos, media->videos);
  else
    join (own.videos, story.videos, media->videos);
  media->lacking = own.lacking || story.lacking || carousel.lacking;
  claimed = own.claimed || story.claimed || carousel.claimed
      || gst_pin_page_pick_boolean (pin, "is_video");

  g_ptr_array_unref (own.videos);
  g_ptr_array_unref (story.videos);
  g_ptr_array_unref (carousel.videos);
  return claimed;
}
