/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GstTagList → `udta`. A text tag is one line of the table; the date and the
 * cover have a function each. Texts and pictures come from the network and are
 * capped: a header is no place for more.
 */
#include "mp4-tags-private.h"

#include <string.h>

#define MAX_TEXT (64 * 1024)
#define MAX_COVER (8 * 1024 * 1024)

/* Well-known types of `data` */
#define TYPE_UTF8 1
#define TYPE_JPEG 13
#define TYPE_PNG 14

static const struct
{
  const gchar *tag;
  const gchar *type;
} texts[] = {
  {GST_TAG_TITLE, "\251nam"},
  {GST_TAG_ARTIST, "\251ART"},
  {GST_TAG_ALBUM, "\251alb"},
  {GST_TAG_COMMENT, "\251cmt"},
  {GST_TAG_DESCRIPTION, "desc"},
  {GST_TAG_COPYRIGHT, "cprt"},
  {GST_TAG_ENCODER, "\251too"},
};

static void
put_item (GstPinMp4Box *box, const gchar *type, guint32 kind,
    gconstpointer data, gsize size)
{
  gsize item = gst_pin_mp4_box_begin (box, type);
  gsize start = gst_pin_mp4_box_begin (box, "data");

  gst_pin_mp4_put32 (box, kind);
  gst_pin_mp4_put32 (box, 0);   /* locale */
  gst_pin_mp4_put_data (box, data, size);
  gst_pin_mp4_box_end (box, start);
  gst_pin_mp4_box_end (box, item);
}

/* The length of @text without a character cut in two */
static gsize
text_size (const gchar *text)
{
  gsize size = strlen (text);

  if (size <= MAX_TEXT)
    return size;
  return g_utf8_find_prev_char (text, text + MAX_TEXT) - text;
}

static void
put_date (GstPinMp4Box *box, const GstTagList *tags)
{
  g_autofree gchar *text = NULL;
  GstDateTime *time = NULL;
  GDate *date = NULL;

  if (gst_tag_list_get_date_time (tags, GST_TAG_DATE_TIME, &time)) {
    text = gst_date_time_to_iso8601_string (time);
    gst_date_time_unref (time);
  } else if (gst_tag_list_get_date (tags, GST_TAG_DATE, &date)) {
    if (g_date_valid (date))
      text = g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (date),
          g_date_get_month (date), g_date_get_day (date));
    g_date_free (date);
  }
  if (text)
    put_item (box, "\251day", TYPE_UTF8, text, strlen (text));
}

static guint32
cover_type (const GstCaps *caps)
{
  const GstStructure *s =
      caps && !gst_caps_is_empty (caps) && !gst_caps_is_any (caps)
      ? gst_caps_get_structure (caps, 0) : NULL;

  if (s && gst_structure_has_name (s, "image/jpeg"))
    return TYPE_JPEG;
  return s && gst_structure_has_name (s, "image/png") ? TYPE_PNG : 0;
}

static void
put_cover (GstPinMp4Box *box, const GstTagList *tags)
{
  GstSample *sample = NULL;
  GstBuffer *buffer;
  GstMapInfo map;
  guint32 type;

  if (!gst_tag_list_get_sample (tags, GST_TAG_IMAGE, &sample)
      && !gst_tag_list_get_sample (tags, GST_TAG_PREVIEW_IMAGE, &sample))
    return;
  type = cover_type (gst_sample_get_caps (sample));
  buffer = gst_sample_get_buffer (sample);
  if (type && buffer && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    if (map.size > 0 && map.size <= MAX_COVER)
      put_item (box, "covr", type, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  gst_sample_unref (sample);
}

void
gst_pin_mp4_tags_write_meta (const GstTagList *tags, GstPinMp4Box *box)
{
  gsize start = box->size, meta, list, items;
  guint i;

  if (!tags)
    return;
  meta = gst_pin_mp4_box_begin_full (box, "meta", 0, 0);
  list = gst_pin_mp4_box_begin_full (box, "hdlr", 0, 0);
  gst_pin_mp4_put32 (box, 0);
  gst_pin_mp4_put_data (box, "mdirappl", 8);
  gst_pin_mp4_put_zeros (box, 9);
  gst_pin_mp4_box_end (box, list);

  list = gst_pin_mp4_box_begin (box, "ilst");
  items = box->size;
  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *text = NULL;

    if (gst_tag_list_get_string (tags, texts[i].tag, &text))
      put_item (box, texts[i].type, TYPE_UTF8, text, text_size (text));
  }
  put_date (box, tags);
  put_cover (box, tags);
  if (box->size == items) {
    box->size = start;
    return;
  }
  gst_pin_mp4_box_end (box, list);
  gst_pin_mp4_box_end (box, meta);
}

void
gst_pin_mp4_tags_write (const GstTagList *tags, GstPinMp4Box *box)
{
  gsize udta = gst_pin_mp4_box_begin (box, "udta"), items = box->size;

  gst_pin_mp4_tags_write_meta (tags, box);
  if (box->size == items)
    box->size = udta;
  else
    gst_pin_mp4_box_end (box, udta);
}

typedef struct
{
  const GstTagList *before;
  GstTagList *fresh;
} Difference;

static void
add_fresh (const GstTagList *tags, const gchar *tag, gpointer data)
{
  Difference *difference = data;
  const GValue *old = gst_tag_list_get_value_index (difference->before, tag, 0);
  const GValue *value = gst_tag_list_get_value_index (tags, tag, 0);

  if (!old || gst_value_compare (old, value) != GST_VALUE_EQUAL)
    gst_tag_list_add_value (difference->fresh, GST_TAG_MERGE_REPLACE, tag,
        value);
}

GstTagList *
gst_pin_mp4_tags_find_fresh (const GstTagList *before, const GstTagList *tags)
{
  Difference difference = { before, gst_tag_list_new_empty () };

  gst_tag_list_foreach (tags, add_fresh, &difference);
  return difference.fresh;
}
