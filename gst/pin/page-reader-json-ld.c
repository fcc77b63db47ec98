/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads what a page tells search engines in JSON-LD: a SocialMediaPosting for
 * each Pin, and a VideoObject only where there is a video. It may be one
 * object, a list, or a list in "@graph".
 *
 * A saved Pin's page names the Pin that it was saved from in "@id", so that id
 * is taken too, once the page's own data have told that it is the same.
 */
#include "page-reader-private.h"

#include "page-pick-private.h"
#include "page-shape-private.h"
#include "page-url-private.h"

#include <math.h>
#include <string.h>

#define MAX_ITEMS 64

static gboolean
has_type (JsonObject *item, const gchar *type)
{
  g_autofree gchar *own = gst_pin_page_pick_string (item, "@type");

  return g_strcmp0 (own, type) == 0;
}

static gboolean
is_of_pin (JsonObject *item, const GstPinPageQuery *query)
{
  static const gchar *const paths[] = {
    "@id", "url", "mainEntityOfPage.@id", "mainEntityOfPage", NULL
  };
  g_autofree gchar *url = gst_pin_page_pick_first_string (item, paths);
  g_autofree gchar *id = url ? gst_pin_page_take_pin_id (url) : NULL;

  if (id == NULL)
    return FALSE;
  return g_str_equal (id, query->pin_id)
      || g_strcmp0 (id, query->canonical_id) == 0;
}

/* "PT1M2.5S" (ISO 8601), hours at most */
static GstClockTime
parse_duration (const gchar *text)
{
  gdouble seconds = 0;

  if (text == NULL || !g_str_has_prefix (text, "PT"))
    return GST_CLOCK_TIME_NONE;
  for (text += 2; *text != '\0'; text++) {
    gchar *unit;
    gdouble value = g_ascii_strtod (text, &unit);

    if (unit == text || !g_ascii_isdigit (*text))
      return GST_CLOCK_TIME_NONE;
    if (*unit != 'H' && *unit != 'M' && *unit != 'S')
      return GST_CLOCK_TIME_NONE;
    seconds += value * (*unit == 'H' ? 3600 : *unit == 'M' ? 60 : 1);
    text = unit;
  }
  if (!(seconds > 0 && seconds < 360000))
    return GST_CLOCK_TIME_NONE;
  return (GstClockTime) llround (seconds * 1000) * GST_MSECOND;
}

static void
read_video (JsonObject *item, GstPinMedia *media)
{
  g_autofree gchar *content = gst_pin_page_pick_string (item, "contentUrl");
  g_autofree gchar *thumbnail =
      gst_pin_page_pick_string (item, "thumbnailUrl");
  g_autofree gchar *duration = gst_pin_page_pick_string (item, "duration");
  g_autofree gchar *url = gst_pin_page_take_media_url (content);
  GstPinVideo *video;

  media->kind = GST_PIN_KIND_VIDEO;
  if (url == NULL || !gst_pin_page_shape_is_playable (url))
    return;
  video = gst_pin_video_new ();
  video->thumbnail = gst_pin_page_take_media_url (thumbnail);
  video->duration = parse_duration (duration);
  gst_pin_video_take_variant (video, gst_pin_variant_new ("contentUrl", url));
  g_ptr_array_add (media->videos, video);
  media->thumbnail = g_strdup (video->thumbnail);
}

static void
read_words (JsonObject *item, GstPinMedia *media)
{
  static const gchar *const titles[] = { "headline", "name", NULL };
  static const gchar *const texts[] = { "articleBody", "description", NULL };
  static const gchar *const authors[] = { "author.name", "creator.name", NULL };
  static const gchar *const dates[] = { "datePublished", "uploadDate", NULL };
  g_autofree gchar *date = gst_pin_page_pick_first_string (item, dates);

  media->title = gst_pin_page_pick_first_string (item, titles);
  media->description = gst_pin_page_pick_first_string (item, texts);
  media->author_name = gst_pin_page_pick_first_string (item, authors);
  if (date != NULL)
    media->created = gst_pin_page_parse_date (date);
}

static GstPinMedia *
read_item (JsonObject *item, const GstPinPageQuery *query)
{
  gboolean is_video = has_type (item, "VideoObject");
  GstPinMedia *media;

  if (!is_video && !has_type (item, "SocialMediaPosting"))
    return NULL;
  if (!is_of_pin (item, query))
    return NULL;
  media = gst_pin_media_new (query->pin_id);
  read_words (item, media);
  if (is_video)
    read_video (item, media);
  return media;
}

static GstPinMedia *
read_items (JsonArray *items, const GstPinPageQuery *query)
{
  guint n = MIN (json_array_get_length (items), MAX_ITEMS);
  GstPinMedia *media = NULL;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (items, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      media = gst_pin_page_join (media,
          read_item (json_node_get_object (node), query));
  }
  return media;
}

/* A block that cannot be read is no error: what it would say stands in the
 * page's own data too. */
static GstPinMedia *
read_json_ld (const GstPinPageBlock *block, const GstPinPageQuery *query,
    GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  GstPinJsonText root;
  JsonArray *graph;

  gst_pin_json_text_init (&root, block->text, block->length);
  node = gst_pin_json_text_parse (&root, NULL);
  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return read_items (json_node_get_array (node), query);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  graph = gst_pin_page_pick_array (json_node_get_object (node), "@graph");
  if (graph != NULL)
    return read_items (graph, query);
  return read_item (json_node_get_object (node), query);
}

const GstPinPageReader gst_pin_page_reader_json_ld = {
  .name = "json-ld",
  .kinds = GST_PIN_PAGE_BLOCK_JSON_LD,
  .late = TRUE,
  .read = read_json_ld,
};
