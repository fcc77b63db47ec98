/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a Pin's page says of it → GStreamer tags: title, author, the page's
 * address as the comment (where people look for where a file came from),
 * description, date, cover. Pure functions, any thread.
 */
#include "session-tags-private.h"

#include <gst/tag/tag.h>

static void
add_text (GstTagList *tags, const gchar *tag, const gchar *text)
{
  if (text && *text)
    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, tag, text, NULL);
}

static void
add_date (GstTagList *tags, GDateTime *created)
{
  g_autoptr (GstDateTime) when = NULL;
  g_autoptr (GDate) day = NULL;

  if (!created)
    return;
  when = gst_date_time_new_from_g_date_time (g_date_time_ref (created));
  gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_DATE_TIME, when,
      NULL);
  /* What mp4mux 1.22 writes is the day alone */
  day = g_date_new_dmy (g_date_time_get_day_of_month (created),
      g_date_time_get_month (created), g_date_time_get_year (created));
  gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_DATE, day, NULL);
}

GstTagList *
gst_pin_session_tags_new (const GstPinMedia *media, const GstPinVideo *video)
{
  GstTagList *tags = gst_tag_list_new_empty ();
  const gchar *author = gst_pin_media_get_author_name (media);

  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  add_text (tags, GST_TAG_TITLE, gst_pin_media_get_title (media));
  add_text (tags, GST_TAG_ARTIST,
      author ? author : gst_pin_media_get_author_username (media));
  add_text (tags, GST_TAG_COMMENT, gst_pin_media_get_url (media));
  add_text (tags, GST_TAG_DESCRIPTION, gst_pin_media_get_description (media));
  add_date (tags, gst_pin_media_get_created (media));
  gst_pin_session_tags_set_duration (tags,
      gst_pin_video_get_duration (video));
  return tags;
}

void
gst_pin_session_tags_set_duration (GstTagList *tags, GstClockTime duration)
{
  if (GST_CLOCK_TIME_IS_VALID (duration))
    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_DURATION, duration,
        NULL);
}

void
gst_pin_session_tags_add_cover (GstTagList *tags, GBytes *picture)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (picture, &size);
  g_autoptr (GstSample) sample = NULL;
  GstStructure *format;

  sample = gst_tag_image_data_to_image_sample (data, size,
      GST_TAG_IMAGE_TYPE_FRONT_COVER);
  if (!sample)
    return;
  format = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  if (gst_structure_has_name (format, "image/jpeg")
      || gst_structure_has_name (format, "image/png"))
    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_IMAGE, sample,
        NULL);
}
