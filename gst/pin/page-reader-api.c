/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads what the official API answers to GET /v5/pins/ID for the user's own
 * token (version 5.23 of its OpenAPI description):
 *
 *   {"id": "ID", "title": …, "parent_pin_id": …,
 *    "board_owner": {"username": …},
 *    "media": {"media_type": "video", "video_url": …, "duration": …, …}}
 *
 * Several clips or pictures stand in media.items. video_url is one file of 720
 * lines, and null for applications that may not have it. An error is an object
 * of "code" and "message" alone.
 */
#include "page-reader-private.h"

#include "page-pick-private.h"
#include "page-shape-private.h"
#include "page-url-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_ITEMS 200
#define MAX_SIDE 32768
#define MAX_DURATION_MS (100ull * 60 * 60 * 1000)
#define MAX_SHOWN 200

/* "video", "multiple_videos", "multiple_mixed" say that there is one. */
static gboolean
claims_video (JsonObject *part)
{
  static const gchar *const paths[] = { "item_type", "media_type", NULL };
  g_autofree gchar *type = gst_pin_page_pick_first_string (part, paths);

  return gst_pin_page_pick (part, "video_url") != NULL
      || (type != NULL && strstr (type, "video") != NULL)
      || g_strcmp0 (type, "multiple_mixed") == 0;
}

static void
read_part (JsonObject *part, GstPinMedia *media)
{
  g_autofree gchar *text = gst_pin_page_pick_string (part, "video_url");
  g_autofree gchar *url = gst_pin_page_take_media_url (text);
  g_autofree gchar *cover = gst_pin_page_pick_string (part, "cover_image_url");
  guint64 ms = gst_pin_page_pick_number (part, "duration", MAX_DURATION_MS);
  GstPinVideo *video;

  gst_pin_page_shape_read_image (part, media);
  if (claims_video (part))
    media->kind = GST_PIN_KIND_VIDEO;
  if (url == NULL || !gst_pin_page_shape_is_playable (url))
    return;
  video = gst_pin_video_new ();
  video->width = gst_pin_page_pick_number (part, "width", MAX_SIDE);
  video->height = gst_pin_page_pick_number (part, "height", MAX_SIDE);
  if (ms > 0)
    video->duration = ms * GST_MSECOND;
  video->thumbnail = gst_pin_page_take_media_url (cover);
  gst_pin_video_take_variant (video, gst_pin_variant_new ("video_url", url));
  g_ptr_array_add (media->videos, video);
}

static void
read_parts (JsonObject *holder, GstPinMedia *media)
{
  JsonArray *items = gst_pin_page_pick_array (holder, "items");
  guint n = items ? MIN (json_array_get_length (items), MAX_ITEMS) : 0;

  read_part (holder, media);
  for (guint i = 0; i < n; i++) {
    JsonNode *item = json_array_get_element (items, i);

    if (JSON_NODE_HOLDS_OBJECT (item))
      read_part (json_node_get_object (item), media);
  }
  if (media->kind == GST_PIN_KIND_UNSUPPORTED && media->images->len > 0)
    media->kind = GST_PIN_KIND_IMAGE;
}

static void
read_words (JsonObject *pin, GstPinMedia *media)
{
  g_autofree gchar *parent = gst_pin_page_pick_string (pin, "parent_pin_id");
  g_autofree gchar *date = gst_pin_page_pick_string (pin, "created_at");

  media->title = gst_pin_page_pick_string (pin, "title");
  media->description = gst_pin_page_pick_string (pin, "description");
  media->author_username =
      gst_pin_page_pick_string (pin, "board_owner.username");
  if (date != NULL)
    media->created = gst_pin_page_parse_date (date);
  if (parent != NULL && gst_pin_page_is_pin_id (parent)
      && !g_str_equal (parent, media->id))
    media->canonical_id = g_steal_pointer (&parent);
}

static GstPinMedia *
read_pin (JsonObject *pin, const GstPinPageQuery *query)
{
  GstPinMedia *media = gst_pin_media_new (query->pin_id);
  JsonObject *holder = gst_pin_page_pick_object (pin, "media");

  read_words (pin, media);
  if (holder != NULL)
    read_parts (holder, media);
  if (media->videos->len > 0) {
    const GstPinVideo *first = g_ptr_array_index (media->videos, 0);

    media->thumbnail = g_strdup (first->thumbnail);
  }
  if (media->thumbnail == NULL && media->images->len > 0)
    media->thumbnail = g_strdup (g_ptr_array_index (media->images, 0));
  return media;
}

/* Codes of its own: 50 is a Pin that is not there, 2 and 3 a token that is not
 * accepted, 29 one that may not, 8 too many requests. */
static void
report_failure (JsonObject *answer, const GstPinPageQuery *query,
    GError **error)
{
  g_autofree gchar *message = gst_pin_page_pick_string (answer, "message");
  g_autofree gchar *shown =
      gst_pin_shown (message ? message : "it gives no reason", MAX_SHOWN);
  guint64 code = gst_pin_page_pick_number (answer, "code", 99999);

  if (code == 50)
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND,
        "the official API has no Pin %s for this token: %s; it gives the "
        "token's own Pins only", query->pin_id, shown);
  else if (code == 8)
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_RATE_LIMITED,
        "the official API wants fewer requests: %s; wait before asking again",
        shown);
  else
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED,
        "the official API refuses Pin %s: %s; check the access token and what "
        "it may read", query->pin_id, shown);
}

GstPinMedia *
gst_pin_page_reader_api_read (const GstPinJsonText *answer,
    const GstPinPageQuery *query, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (JsonNode) node = gst_pin_json_text_parse (answer, &reason);
  JsonObject *object;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the official API's answer for Pin %s: %s", query->pin_id,
        reason ? reason->message : "it is no object");
    return NULL;
  }
  object = json_node_get_object (node);
  if (gst_pin_page_is_wanted (answer, query))
    return read_pin (object, query);
  if (gst_pin_page_node_get_text (json_object_get_member (object, "message")))
    report_failure (object, query, error);
  return NULL;
}
