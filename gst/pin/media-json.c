/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The JSON of a Pin: what the tool prints, and what can be read back. Pure
 * functions, any thread.
 *
 * "hls" and "mp4" of a video are there for scripts, which then need not choose;
 * they are derived when written and not read. What the reader does not know
 * ("attempts", "error", a later version's members) it passes over, and what has
 * another type than expected is an error that names the place.
 */
#include "media-private.h"

#include "json-text-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_ITEMS 10000

/* ---- out ---- */

/* The nick of an enum's value; "unknown" is null. */
static const gchar *
nick_of (GType type, gint value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  const GEnumValue *found = g_enum_get_value (klass, value);

  return found ? found->value_nick : NULL;
}

static void
add_string (JsonBuilder *builder, const gchar *name, const gchar *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_number (JsonBuilder *builder, const gchar *name, gint64 number,
    gboolean known)
{
  json_builder_set_member_name (builder, name);
  if (known)
    json_builder_add_int_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

static guint64
estimate_bytes (const GstPinStreamInf *stream, GstClockTime duration)
{
  guint64 rate = gst_pin_stream_inf_get_bitrate (stream);

  return GST_CLOCK_TIME_IS_VALID (duration) ?
      gst_util_uint64_scale (rate, duration, 8 * GST_SECOND) : 0;
}

static void
add_stream (JsonBuilder *builder, const GstPinStreamInf *stream,
    GstClockTime duration)
{
  guint64 bytes = estimate_bytes (stream, duration);

  json_builder_begin_object (builder);
  add_number (builder, "width", stream->width, stream->width > 0);
  add_number (builder, "height", stream->height, stream->height > 0);
  add_number (builder, "bandwidth", stream->bandwidth, stream->bandwidth > 0);
  add_number (builder, "average_bandwidth", stream->average_bandwidth,
      stream->average_bandwidth > 0);
  json_builder_set_member_name (builder, "frame_rate");
  if (stream->frame_rate > 0)
    json_builder_add_double_value (builder, stream->frame_rate);
  else
    json_builder_add_null_value (builder);
  add_string (builder, "codecs", stream->codecs);
  add_number (builder, "estimated_bytes", bytes, bytes > 0);
  add_string (builder, "url", stream->uri);
  json_builder_end_object (builder);
}

static void
add_streams (JsonBuilder *builder, const GstPinVariant *variant,
    GstClockTime duration)
{
  if (!variant->streams)
    return;
  json_builder_set_member_name (builder, "streams");
  json_builder_begin_array (builder);
  for (guint i = 0; i < variant->streams->len; i++)
    add_stream (builder, g_ptr_array_index (variant->streams, i), duration);
  json_builder_end_array (builder);
}

static void
add_variant (JsonBuilder *builder, const GstPinVariant *variant,
    GstClockTime duration)
{
  json_builder_begin_object (builder);
  add_string (builder, "key", variant->key);
  add_string (builder, "type", nick_of (GST_TYPE_PIN_STREAM_TYPE,
          variant->stream_type));
  add_string (builder, "codec", variant->codec == GST_PIN_CODEC_UNKNOWN
      ? NULL : nick_of (GST_TYPE_PIN_CODEC, variant->codec));
  add_string (builder, "url", variant->url);
  if (variant->size > 0)
    add_number (builder, "bytes", variant->size, TRUE);
  add_streams (builder, variant, duration);
  json_builder_end_object (builder);
}

static void
add_captions (JsonBuilder *builder, const GstPinVideo *video)
{
  g_auto (GStrv) languages = gst_pin_video_get_caption_languages (video);

  json_builder_set_member_name (builder, "captions");
  json_builder_begin_object (builder);
  for (gchar **language = languages; *language != NULL; language++)
    add_string (builder, *language,
        gst_pin_video_get_caption (video, *language));
  json_builder_end_object (builder);
}

static void
add_best (JsonBuilder *builder, const gchar *name, const GstPinVideo *video,
    GstPinStreamType stream_type)
{
  const GstPinVariant *best = gst_pin_video_get_best (video, stream_type);

  add_string (builder, name, best ? best->url : NULL);
}

static void
add_video (JsonBuilder *builder, const GstPinVideo *video, guint index)
{
  json_builder_begin_object (builder);
  add_number (builder, "index", index, TRUE);
  add_number (builder, "width", video->width, video->width > 0);
  add_number (builder, "height", video->height, video->height > 0);
  add_number (builder, "duration_ms", video->duration / GST_MSECOND,
      GST_CLOCK_TIME_IS_VALID (video->duration));
  add_captions (builder, video);
  json_builder_set_member_name (builder, "variants");
  json_builder_begin_array (builder);
  for (guint i = 0; i < video->variants->len; i++)
    add_variant (builder, g_ptr_array_index (video->variants, i),
        video->duration);
  json_builder_end_array (builder);
  add_best (builder, "hls", video, GST_PIN_STREAM_HLS);
  add_best (builder, "mp4", video, GST_PIN_STREAM_PROGRESSIVE);
  json_builder_end_object (builder);
}

/* RFC 3339 in UTC. g_date_time_format() writes the year 41 with two digits. */
static void
add_created (JsonBuilder *builder, GDateTime *created)
{
  g_autoptr (GDateTime) utc = created ? g_date_time_to_utc (created) : NULL;
  g_autofree gchar *text = NULL;

  if (utc != NULL)
    text = g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ",
        g_date_time_get_year (utc), g_date_time_get_month (utc),
        g_date_time_get_day_of_month (utc), g_date_time_get_hour (utc),
        g_date_time_get_minute (utc), g_date_time_get_second (utc));
  add_string (builder, "created", text);
}

static void
add_words (JsonBuilder *builder, const GstPinMedia *self)
{
  add_string (builder, "id", self->id);
  add_string (builder, "url", self->url);
  add_string (builder, "canonical_id", self->canonical_id);
  add_string (builder, "kind", nick_of (GST_TYPE_PIN_KIND, self->kind));
  add_string (builder, "title", self->title);
  add_string (builder, "description", self->description);
  json_builder_set_member_name (builder, "author");
  json_builder_begin_object (builder);
  add_string (builder, "name", self->author_name);
  add_string (builder, "username", self->author_username);
  json_builder_end_object (builder);
  add_string (builder, "board", self->board);
  add_created (builder, self->created);
  add_string (builder, "thumbnail", self->thumbnail);
  add_string (builder, "source", self->source);
}

JsonNode *
gst_pin_media_to_node (const GstPinMedia *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);

  json_builder_begin_object (builder);
  add_words (builder, self);
  json_builder_set_member_name (builder, "videos");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->videos->len; i++)
    add_video (builder, g_ptr_array_index (self->videos, i), i);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "images");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->images->len; i++)
    json_builder_add_string_value (builder,
        g_ptr_array_index (self->images, i));
  json_builder_end_array (builder);
  add_string (builder, "external_url", self->external_url);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/**
 * gst_pin_media_to_json:
 * @self: a #GstPinMedia
 * @pretty: whether to write it in lines, for people
 *
 * Writes what is known about a Pin as JSON. What is not known is null.
 *
 * Returns: (transfer full): the text of one JSON object
 */
gchar *
gst_pin_media_to_json (const GstPinMedia *self, gboolean pretty)
{
  g_autoptr (JsonNode) node = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  node = gst_pin_media_to_node (self);
  return gst_pin_json_to_string (node, pretty);
}

/* ---- in ---- */

static gboolean
fail (GError **error, const gchar *name, const gchar *expected)
{
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
      "the JSON of a Pin cannot be read: \"%s\" is not %s", name, expected);
  return FALSE;
}

/* A member that is there and is not null */
static JsonNode *
get_member (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

static gboolean
is_value (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == type;
}

static gboolean
read_string (JsonObject *object, const gchar *name, gchar **text,
    GError **error)
{
  JsonNode *node = get_member (object, name);

  if (node == NULL)
    return TRUE;
  if (!is_value (node, G_TYPE_STRING))
    return fail (error, name, "a string");
  g_free (*text);
  *text = gst_pin_json_dup_string (node);
  return TRUE;
}

static gboolean
read_number (JsonObject *object, const gchar *name, guint64 max,
    guint64 *number, GError **error)
{
  JsonNode *node = get_member (object, name);

  if (node == NULL)
    return TRUE;
  if (!is_value (node, G_TYPE_INT64) || json_node_get_int (node) < 0
      || (guint64) json_node_get_int (node) > max)
    return fail (error, name, "a number in its range");
  *number = json_node_get_int (node);
  return TRUE;
}

/* Null or missing leaves @value as it is. */
static gboolean
read_enum (JsonObject *object, const gchar *name, GType type, gint *value,
    GError **error)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  g_autofree gchar *nick = NULL;
  const GEnumValue *found;

  if (!read_string (object, name, &nick, error))
    return FALSE;
  if (nick == NULL)
    return TRUE;
  found = g_enum_get_value_by_nick (klass, nick);
  if (found == NULL)
    return fail (error, name, "one of the known words");
  *value = found->value;
  return TRUE;
}

typedef gboolean (*ReadItem) (JsonNode * item, gpointer into, GError ** error);

static gboolean
read_list (JsonObject *object, const gchar *name, ReadItem read,
    gpointer into, GError **error)
{
  JsonNode *node = get_member (object, name);
  JsonArray *array;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, name, "a list");
  array = json_node_get_array (node);
  if (json_array_get_length (array) > MAX_ITEMS)
    return fail (error, name, "a list of a sane length");
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (!read (json_array_get_element (array, i), into, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_frame_rate (JsonObject *object, gdouble *rate, GError **error)
{
  JsonNode *node = get_member (object, "frame_rate");

  if (node == NULL)
    return TRUE;
  if (!is_value (node, G_TYPE_DOUBLE) && !is_value (node, G_TYPE_INT64))
    return fail (error, "frame_rate", "a number");
  *rate = json_node_get_double (node);
  /* 1e999 is infinite, and JSON has no word for that */
  return (*rate >= 0 && *rate <= G_MAXDOUBLE)
      || fail (error, "frame_rate", "a number in its range");
}

static gboolean
read_stream_item (JsonNode *item, gpointer streams, GError **error)
{
  GstPinStreamInf *stream = g_new0 (GstPinStreamInf, 1);
  guint64 width = 0, height = 0;
  JsonObject *object;

  g_ptr_array_add (streams, stream);
  if (!JSON_NODE_HOLDS_OBJECT (item))
    return fail (error, "streams", "a list of objects");
  object = json_node_get_object (item);
  if (!read_number (object, "width", G_MAXINT, &width, error)
      || !read_number (object, "height", G_MAXINT, &height, error)
      || !read_number (object, "bandwidth", G_MAXINT64, &stream->bandwidth,
          error)
      || !read_number (object, "average_bandwidth", G_MAXINT64,
          &stream->average_bandwidth, error)
      || !read_frame_rate (object, &stream->frame_rate, error)
      || !read_string (object, "codecs", &stream->codecs, error)
      || !read_string (object, "url", &stream->uri, error))
    return FALSE;
  stream->width = width;
  stream->height = height;
  return stream->uri || fail (error, "url", "there");
}

static gboolean
read_streams (JsonObject *object, GstPinVariant *variant, GError **error)
{
  if (get_member (object, "streams") == NULL)
    return TRUE;
  variant->streams = gst_pin_stream_infs_new ();
  return read_list (object, "streams", read_stream_item, variant->streams,
      error);
}

static gboolean
read_variant (JsonObject *object, GstPinVideo *video, GError **error)
{
  g_autofree gchar *key = NULL;
  g_autofree gchar *url = NULL;
  g_autoptr (GstPinVariant) variant = NULL;
  gint stream_type, codec = GST_PIN_CODEC_UNKNOWN;

  if (!read_string (object, "key", &key, error)
      || !read_string (object, "url", &url, error))
    return FALSE;
  if (key == NULL || url == NULL)
    return fail (error, key ? "url" : "key", "there");
  variant = gst_pin_variant_new (key, url);
  stream_type = variant->stream_type;
  if (!read_enum (object, "type", GST_TYPE_PIN_STREAM_TYPE, &stream_type,
          error)
      || !read_enum (object, "codec", GST_TYPE_PIN_CODEC, &codec, error)
      || !read_number (object, "bytes", G_MAXINT64, &variant->size, error)
      || !read_streams (object, variant, error))
    return FALSE;
  variant->stream_type = stream_type;
  variant->codec = codec;
  g_ptr_array_add (video->variants, g_steal_pointer (&variant));
  return TRUE;
}

static gboolean
read_variant_item (JsonNode *item, gpointer video, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT (item))
    return fail (error, "variants", "a list of objects");
  return read_variant (json_node_get_object (item), video, error);
}

static gboolean
read_captions (JsonObject *object, GstPinVideo *video, GError **error)
{
  JsonNode *node = get_member (object, "captions"), *url;
  JsonObjectIter iter;
  const gchar *language;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, "captions", "an object");
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &language, &url)) {
    g_autofree gchar *name = NULL;

    if (!is_value (url, G_TYPE_STRING))
      return fail (error, "captions", "an object of strings");
    name = g_utf8_make_valid (language, -1);
    g_hash_table_replace (video->captions, g_ascii_strdown (name, -1),
        gst_pin_json_dup_string (url));
  }
  return TRUE;
}

static gboolean
read_video_item (JsonNode *item, gpointer media, GError **error)
{
  g_autoptr (GstPinVideo) video = gst_pin_video_new ();
  guint64 width = 0, height = 0, ms = G_MAXUINT64;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (item))
    return fail (error, "videos", "a list of objects");
  object = json_node_get_object (item);
  if (!read_number (object, "width", G_MAXINT, &width, error)
      || !read_number (object, "height", G_MAXINT, &height, error)
      || !read_number (object, "duration_ms", G_MAXINT64 / GST_MSECOND, &ms,
          error)
      || !read_captions (object, video, error)
      || !read_list (object, "variants", read_variant_item, video, error))
    return FALSE;
  video->width = width;
  video->height = height;
  if (ms != G_MAXUINT64)
    video->duration = ms * GST_MSECOND;
  g_ptr_array_add (((GstPinMedia *) media)->videos, g_steal_pointer (&video));
  return TRUE;
}

static gboolean
read_image_item (JsonNode *item, gpointer media, GError **error)
{
  if (!is_value (item, G_TYPE_STRING))
    return fail (error, "images", "a list of strings");
  g_ptr_array_add (((GstPinMedia *) media)->images,
      gst_pin_json_dup_string (item));
  return TRUE;
}

static gboolean
read_author (JsonObject *object, GstPinMedia *media, GError **error)
{
  JsonNode *node = get_member (object, "author");

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, "author", "an object");
  object = json_node_get_object (node);
  return read_string (object, "name", &media->author_name, error)
      && read_string (object, "username", &media->author_username, error);
}

static gboolean
read_created (JsonObject *object, GstPinMedia *media, GError **error)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree gchar *text = NULL;

  if (!read_string (object, "created", &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  media->created = g_date_time_new_from_iso8601 (text, utc);
  return media->created != NULL || fail (error, "created", "a date (RFC 3339)");
}

static gboolean
read_words (JsonObject *object, GstPinMedia *media, GError **error)
{
  const struct
  {
    const gchar *name;
    gchar **field;
  } fields[] = {
    {"url", &media->url},
    {"canonical_id", &media->canonical_id},
    {"title", &media->title},
    {"description", &media->description},
    {"board", &media->board},
    {"thumbnail", &media->thumbnail},
    {"source", &media->source},
    {"external_url", &media->external_url},
  };
  gint kind = media->kind;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (!read_string (object, fields[i].name, fields[i].field, error))
      return FALSE;
  }
  if (!read_enum (object, "kind", GST_TYPE_PIN_KIND, &kind, error))
    return FALSE;
  media->kind = kind;
  return TRUE;
}

GstPinMedia *
gst_pin_media_new_from_node (JsonNode *node, GError **error)
{
  g_autoptr (GstPinMedia) media = NULL;
  g_autofree gchar *id = NULL;
  JsonObject *object;

  g_return_val_if_fail (node != NULL, NULL);

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    fail (error, "the whole", "an object");
    return NULL;
  }
  object = json_node_get_object (node);
  if (!read_string (object, "id", &id, error))
    return NULL;
  if (id == NULL) {
    fail (error, "id", "there");
    return NULL;
  }
  media = gst_pin_media_new (id);
  if (!read_words (object, media, error)
      || !read_author (object, media, error)
      || !read_created (object, media, error)
      || !read_list (object, "videos", read_video_item, media, error)
      || !read_list (object, "images", read_image_item, media, error))
    return NULL;
  return g_steal_pointer (&media);
}

/**
 * gst_pin_media_new_from_json:
 * @json: the text of one JSON object
 * @length: its length in bytes, or -1 where it ends with a NUL
 * @error: where to put an error
 *
 * Reads what gst_pin_media_to_json() wrote. Only "id" must be there.
 *
 * Returns: (transfer full): what is known about a Pin, or %NULL with
 *     %GST_PIN_ERROR_SCHEMA, which names the member that cannot be read
 */
GstPinMedia *
gst_pin_media_new_from_json (const gchar *json, gssize length, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  GstPinJsonText text;

  g_return_val_if_fail (json != NULL, NULL);

  gst_pin_json_text_init (&text, json,
      length < 0 ? strlen (json) : (gsize) length);
  node = gst_pin_json_text_parse (&text, error);
  return node ? gst_pin_media_new_from_node (node, error) : NULL;
}
