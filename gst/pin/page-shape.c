/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One Pin's JSON object, field by field. Every reader that finds the object of
 * the wanted Pin, in whatever block, hands it here.
 *
 * Each field is a table of the paths where the site has put it, best first.
 * When the site renames something, a line is added; the old ones stay, since
 * old forms keep coming back.
 */
#include "page-shape-private.h"

#include "page-pick-private.h"
#include "page-url-private.h"

#include <stdio.h>
#include <string.h>

#define MAX_PARTS 200

static const gchar *const title_paths[] = {
  "title", "grid_title", "story_pin_data.metadata.pin_title",
  "closeup_unified_title", "seo_title", NULL
};

static const gchar *const description_paths[] = {
  "description", "closeup_description", "closeup_unified_description",
  "seo_description", NULL
};

static const gchar *const created_paths[] = { "created_at", NULL };

static const gchar *const board_paths[] = { "board.name", NULL };

/* Who made it comes before who saved it. */
static const gchar *const author_paths[] = {
  "native_creator", "closeup_attribution", "origin_pinner", "pinner", NULL
};

static const gchar *const canonical_id_paths[] = {
  "pin_join.canonical_pin.entity_id", "pin_join.canonical_pin.id",
  "canonical_pin.entity_id", "canonical_pin.id", NULL
};

static const gchar *const canonical_url_paths[] = {
  "pin_join.seo_canonical_url", "seo_canonical_url", NULL
};

static void
foreach_object (JsonArray *array, GstPinPageShapeFunc func, gpointer data)
{
  guint n = array ? MIN (json_array_get_length (array), MAX_PARTS) : 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      func (json_node_get_object (node), data);
  }
}

void
gst_pin_page_shape_foreach_page (JsonObject *pin, GstPinPageShapeFunc func,
    gpointer data)
{
  JsonArray *pages = gst_pin_page_pick_array (pin, "story_pin_data.pages");

  if (pages == NULL || json_array_get_length (pages) == 0)
    pages = gst_pin_page_pick_array (pin, "story_pin_data.pages_preview");
  foreach_object (pages, func, data);
}

typedef struct
{
  GstPinPageShapeFunc func;
  gpointer data;
} Visit;

static void
visit_blocks (JsonObject *page, gpointer data)
{
  Visit *visit = data;

  foreach_object (gst_pin_page_pick_array (page, "blocks"), visit->func,
      visit->data);
}

void
gst_pin_page_shape_foreach_block (JsonObject *pin, GstPinPageShapeFunc func,
    gpointer data)
{
  Visit visit = { func, data };

  gst_pin_page_shape_foreach_page (pin, visit_blocks, &visit);
}

void
gst_pin_page_shape_foreach_slot (JsonObject *pin, GstPinPageShapeFunc func,
    gpointer data)
{
  foreach_object (gst_pin_page_pick_array (pin,
          "carousel_data.carousel_slots"), func, data);
}

/* "Tue, 15 Oct 2024 12:00:00 +0000" (RFC 2822). Weekday and zone may be
 * missing; the zone is a number or a name of UTC. */
static GDateTime *
parse_rfc2822 (const gchar *text)
{
  static const gchar months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  gint day, year, hour, minute, second = 0;
  gchar name[4] = "", zone[8] = "";
  const gchar *comma = strchr (text, ','), *month;
  g_autoptr (GTimeZone) tz = NULL;

  if (comma != NULL)
    text = comma + 1;
  if (sscanf (text, " %2d %3s %4d %2d:%2d:%2d %7s", &day, name, &year, &hour,
          &minute, &second, zone) < 5)
    return NULL;
  month = strlen (name) == 3 ? strstr (months, name) : NULL;
  if (month == NULL || (month - months) % 3 != 0)
    return NULL;
  if (*zone == '+' || *zone == '-')
    tz = g_time_zone_new_identifier (zone);
  if (tz == NULL)
    tz = g_time_zone_new_utc ();
  return g_date_time_new (tz, year, (gint) (month - months) / 3 + 1, day, hour,
      minute, second);
}

GDateTime *
gst_pin_page_parse_date (const gchar *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  GDateTime *date = g_date_time_new_from_iso8601 (text, utc);

  return date ? date : parse_rfc2822 (text);
}

static void
read_created (JsonObject *pin, GstPinMedia *media)
{
  g_autofree gchar *text = gst_pin_page_pick_first_string (pin, created_paths);

  if (text != NULL)
    media->created = gst_pin_page_parse_date (text);
}

static void
read_author (JsonObject *pin, GstPinMedia *media)
{
  for (guint i = 0; author_paths[i] != NULL; i++) {
    JsonObject *author = gst_pin_page_pick_object (pin, author_paths[i]);

    if (author == NULL)
      continue;
    media->author_name = gst_pin_page_pick_string (author, "full_name");
    media->author_username = gst_pin_page_pick_string (author, "username");
    if (media->author_name != NULL || media->author_username != NULL)
      return;
  }
}

static gchar *
find_canonical_id (JsonObject *pin)
{
  g_autofree gchar *url = NULL;

  for (guint i = 0; canonical_id_paths[i] != NULL; i++) {
    g_autofree gchar *id =
        gst_pin_page_pick_string (pin, canonical_id_paths[i]);

    if (id != NULL && gst_pin_page_is_pin_id (id))
      return g_steal_pointer (&id);
  }
  url = gst_pin_page_pick_first_string (pin, canonical_url_paths);
  return url ? gst_pin_page_take_pin_id (url) : NULL;
}

/* "Uploaded by user" is the site's own name for files that it serves itself;
 * an embed beside it is a player of those. */
static gchar *
find_external_url (JsonObject *pin)
{
  g_autofree gchar *domain = gst_pin_page_pick_string (pin, "domain");
  g_autofree gchar *type = gst_pin_page_pick_string (pin, "embed.type");
  g_autofree gchar *src = gst_pin_page_pick_string (pin, "embed.src");

  if (g_strcmp0 (domain, "Uploaded by user") == 0
      || g_strcmp0 (type, "gif") == 0)
    return NULL;
  return gst_pin_page_take_external_url (src);
}

static void
read_thumbnail (GstPinMedia *media)
{
  for (guint i = 0; i < media->videos->len; i++) {
    const GstPinVideo *video = g_ptr_array_index (media->videos, i);

    if (video->thumbnail != NULL) {
      media->thumbnail = g_strdup (video->thumbnail);
      return;
    }
  }
  if (media->images->len > 0)
    media->thumbnail = g_strdup (g_ptr_array_index (media->images, 0));
}

/* A story's music stands in blocks beside its pictures. */
static void
read_sound (JsonObject *block, gpointer data)
{
  static const gchar *const paths[] = {
    "audio.audio_url", "audio_data.audio_url", NULL
  };
  GstPinMedia *media = data;
  g_autofree gchar *url = gst_pin_page_pick_first_string (block, paths);

  if (url != NULL)
    media->has_sound = TRUE;
}

void
gst_pin_page_shape_settle_found (GstPinMedia *media)
{
  media->kind = GST_PIN_KIND_VIDEO;
  g_clear_pointer (&media->external_url, g_free);
  g_clear_pointer (&media->thumbnail, g_free);
  read_thumbnail (media);
}

GstPinMedia *
gst_pin_page_shape_read (JsonObject *pin, const gchar *pin_id)
{
  GstPinMedia *media = gst_pin_media_new (pin_id);
  g_autofree gchar *canonical_id = find_canonical_id (pin);
  gboolean claims_video;

  if (g_strcmp0 (canonical_id, pin_id) != 0)
    media->canonical_id = g_steal_pointer (&canonical_id);
  media->title = gst_pin_page_pick_first_string (pin, title_paths);
  media->description = gst_pin_page_pick_first_string (pin, description_paths);
  media->board = gst_pin_page_pick_first_string (pin, board_paths);
  read_author (pin, media);
  read_created (pin, media);

  claims_video = gst_pin_page_shape_read_videos (pin, media);
  gst_pin_page_shape_read_images (pin, media);
  gst_pin_page_shape_foreach_block (pin, read_sound, media);
  read_thumbnail (media);
  if (media->videos->len == 0)
    media->external_url = find_external_url (pin);

  if (media->external_url != NULL)
    media->kind = GST_PIN_KIND_EXTERNAL;
  else if (claims_video)
    media->kind = GST_PIN_KIND_VIDEO;
  else if (media->images->len > 0)
    media->kind = GST_PIN_KIND_IMAGE;
  return media;
}
