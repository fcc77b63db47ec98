/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The values that tell what a Pin is: a media holds videos, a video holds
 * variants. A page reader or the JSON reader makes and fills them on its own
 * thread; once handed out nobody writes them, so any thread reads them without
 * a lock. Each is counted and lives as long as somebody holds it.
 *
 * Two pages may tell of one Pin and each lack something; gst_pin_media_merge()
 * makes one value of them, before that value is handed out.
 */
#include "media-private.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (GstPinVariant, gst_pin_variant, gst_pin_variant_ref,
    gst_pin_variant_unref);
G_DEFINE_BOXED_TYPE (GstPinVideo, gst_pin_video, gst_pin_video_ref,
    gst_pin_video_unref);
G_DEFINE_BOXED_TYPE (GstPinMedia, gst_pin_media, gst_pin_media_ref,
    gst_pin_media_unref);

#define DEFINE_ENUM(TypeName, type_name) \
GType \
type_name##_get_type (void) \
{ \
  static gsize type = 0; \
\
  if (g_once_init_enter (&type)) { \
    GType made = g_enum_register_static (#TypeName, type_name##_values); \
    g_once_init_leave (&type, made); \
  } \
  return type; \
}

static const GEnumValue gst_pin_kind_values[] = {
  {GST_PIN_KIND_VIDEO, "GST_PIN_KIND_VIDEO", "video"},
  {GST_PIN_KIND_IMAGE, "GST_PIN_KIND_IMAGE", "image"},
  {GST_PIN_KIND_EXTERNAL, "GST_PIN_KIND_EXTERNAL", "external"},
  {GST_PIN_KIND_NOT_FOUND, "GST_PIN_KIND_NOT_FOUND", "not_found"},
  {GST_PIN_KIND_BLOCKED, "GST_PIN_KIND_BLOCKED", "blocked"},
  {GST_PIN_KIND_UNSUPPORTED, "GST_PIN_KIND_UNSUPPORTED", "unsupported"},
  {0, NULL, NULL}
};

static const GEnumValue gst_pin_stream_type_values[] = {
  {GST_PIN_STREAM_HLS, "GST_PIN_STREAM_HLS", "hls"},
  {GST_PIN_STREAM_PROGRESSIVE, "GST_PIN_STREAM_PROGRESSIVE", "progressive"},
  {0, NULL, NULL}
};

static const GEnumValue gst_pin_codec_values[] = {
  {GST_PIN_CODEC_UNKNOWN, "GST_PIN_CODEC_UNKNOWN", "unknown"},
  {GST_PIN_CODEC_H264, "GST_PIN_CODEC_H264", "h264"},
  {GST_PIN_CODEC_H265, "GST_PIN_CODEC_H265", "h265"},
  {GST_PIN_CODEC_AV1, "GST_PIN_CODEC_AV1", "av1"},
  {0, NULL, NULL}
};

DEFINE_ENUM (GstPinKind, gst_pin_kind);
DEFINE_ENUM (GstPinStreamType, gst_pin_stream_type);
DEFINE_ENUM (GstPinCodec, gst_pin_codec);

/* ---- what a URL tells ---- */

static gboolean
has_prefix_nocase (const gchar *text, gsize length, const gchar *prefix)
{
  gsize n = strlen (prefix);

  return length >= n && g_ascii_strncasecmp (text, prefix, n) == 0;
}

/* One directory of the CDN's paths, videos/BUCKET/KIND/aa/bb/cc/HASH.ext. The
 * kind "hls" says nothing: the codec stands in the master playlist. */
static GstPinCodec
codec_from_directory (const gchar *name, gsize length)
{
  static const struct
  {
    const gchar *prefix;
    GstPinCodec codec;
  } kinds[] = {
    {"hevc", GST_PIN_CODEC_H265},
    {"h265", GST_PIN_CODEC_H265},
    {"av1", GST_PIN_CODEC_AV1},
    {"h264", GST_PIN_CODEC_H264},
    {"expmp4", GST_PIN_CODEC_H264},
    {"1080p", GST_PIN_CODEC_H264},
    {"720p", GST_PIN_CODEC_H264},
    {"540p", GST_PIN_CODEC_H264},
    {"480p", GST_PIN_CODEC_H264},
    {"360p", GST_PIN_CODEC_H264},
    {"240p", GST_PIN_CODEC_H264},
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (has_prefix_nocase (name, length, kinds[i].prefix))
      return kinds[i].codec;
  }
  return GST_PIN_CODEC_UNKNOWN;
}

static gsize
path_length (const gchar *url)
{
  return strcspn (url, "?#");
}

static GstPinCodec
codec_from_url (const gchar *url)
{
  const gchar *end = url + path_length (url);
  const gchar *at = strstr (url, "://");

  at = at ? at + 3 : url;
  at = memchr (at, '/', end > at ? end - at : 0);
  while (at != NULL) {
    const gchar *name = at + 1;
    const gchar *slash = memchr (name, '/', end - name);
    GstPinCodec codec;

    /* What follows the last slash is the file's name, mostly a hash. */
    if (slash == NULL)
      break;
    codec = codec_from_directory (name, slash - name);
    if (codec != GST_PIN_CODEC_UNKNOWN)
      return codec;
    at = slash;
  }
  return GST_PIN_CODEC_UNKNOWN;
}

static GstPinStreamType
stream_type_from_url (const gchar *url)
{
  gsize n = path_length (url);

  if (n >= 5 && g_ascii_strncasecmp (url + n - 5, ".m3u8", 5) == 0)
    return GST_PIN_STREAM_HLS;
  return GST_PIN_STREAM_PROGRESSIVE;
}

/* ---- variant ---- */

GstPinVariant *
gst_pin_variant_new (const gchar *key, const gchar *url)
{
  GstPinVariant *self;

  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (url != NULL, NULL);

  self = g_atomic_rc_box_new0 (GstPinVariant);
  self->key = g_strdup (key);
  self->url = g_strdup (url);
  self->stream_type = stream_type_from_url (url);
  self->codec = codec_from_url (url);
  return self;
}

static void
variant_clear (GstPinVariant *self)
{
  g_free (self->key);
  g_free (self->url);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
}

/**
 * gst_pin_variant_ref:
 * @self: a #GstPinVariant
 *
 * Returns: (transfer full): @self, held once more
 */
GstPinVariant *
gst_pin_variant_ref (GstPinVariant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * gst_pin_variant_unref:
 * @self: (transfer full): a #GstPinVariant
 *
 * Lets go of @self.
 */
void
gst_pin_variant_unref (GstPinVariant *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) variant_clear);
}

/**
 * gst_pin_variant_get_key:
 * @self: a #GstPinVariant
 *
 * Returns: (transfer none): the page's own name of the variant, such as
 *     "V_HLSV4". Where the page gives none, the name of the file's kind, such
 *     as "expMp4_720w".
 */
const gchar *
gst_pin_variant_get_key (const GstPinVariant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key;
}

/**
 * gst_pin_variant_get_stream_type:
 * @self: a #GstPinVariant
 *
 * Returns: how the variant is served
 */
GstPinStreamType
gst_pin_variant_get_stream_type (const GstPinVariant *self)
{
  g_return_val_if_fail (self != NULL, GST_PIN_STREAM_PROGRESSIVE);

  return self->stream_type;
}

/**
 * gst_pin_variant_get_codec:
 * @self: a #GstPinVariant
 *
 * Returns: the video codec that the URL tells
 */
GstPinCodec
gst_pin_variant_get_codec (const GstPinVariant *self)
{
  g_return_val_if_fail (self != NULL, GST_PIN_CODEC_UNKNOWN);

  return self->codec;
}

/**
 * gst_pin_variant_get_url:
 * @self: a #GstPinVariant
 *
 * Returns: (transfer none): the absolute URL
 */
const gchar *
gst_pin_variant_get_url (const GstPinVariant *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}

/**
 * gst_pin_variant_get_size:
 * @self: a #GstPinVariant
 *
 * Returns: the length of the file in bytes; 0 where it is not known. A page
 *     does not tell it; who finds a file that the page does not name, does.
 */
guint64
gst_pin_variant_get_size (const GstPinVariant *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size;
}

/* ---- video ---- */

GstPinVideo *
gst_pin_video_new (void)
{
  GstPinVideo *self = g_atomic_rc_box_new0 (GstPinVideo);

  self->duration = GST_CLOCK_TIME_NONE;
  self->captions =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->variants =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_pin_variant_unref);
  return self;
}

static void
video_clear (GstPinVideo *self)
{
  g_free (self->thumbnail);
  g_hash_table_unref (self->captions);
  g_ptr_array_unref (self->variants);
}

/**
 * gst_pin_video_ref:
 * @self: a #GstPinVideo
 *
 * Returns: (transfer full): @self, held once more
 */
GstPinVideo *
gst_pin_video_ref (GstPinVideo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * gst_pin_video_unref:
 * @self: (transfer full): a #GstPinVideo
 *
 * Lets go of @self.
 */
void
gst_pin_video_unref (GstPinVideo *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) video_clear);
}

/**
 * gst_pin_video_get_width:
 * @self: a #GstPinVideo
 *
 * Returns: the width of what was uploaded, or 0 where the page does not tell.
 *     No variant need have it.
 */
guint
gst_pin_video_get_width (const GstPinVideo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->width;
}

/**
 * gst_pin_video_get_height:
 * @self: a #GstPinVideo
 *
 * Returns: the height of what was uploaded, or 0 where the page does not tell.
 *     No variant need have it.
 */
guint
gst_pin_video_get_height (const GstPinVideo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->height;
}

/**
 * gst_pin_video_get_duration:
 * @self: a #GstPinVideo
 *
 * Returns: the duration, or %GST_CLOCK_TIME_NONE where the page does not tell
 */
GstClockTime
gst_pin_video_get_duration (const GstPinVideo *self)
{
  g_return_val_if_fail (self != NULL, GST_CLOCK_TIME_NONE);

  return self->duration;
}

/**
 * gst_pin_video_get_thumbnail:
 * @self: a #GstPinVideo
 *
 * Returns: (transfer none) (nullable): the URL of a picture of the video
 */
const gchar *
gst_pin_video_get_thumbnail (const GstPinVideo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->thumbnail;
}

static gint
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar * const *) a, *(const gchar * const *) b);
}

/**
 * gst_pin_video_get_caption_languages:
 * @self: a #GstPinVideo
 *
 * Returns: (transfer full) (array zero-terminated=1): the languages of the
 *     captions in lower case, such as "en-us", in alphabetical order
 */
gchar **
gst_pin_video_get_caption_languages (const GstPinVideo *self)
{
  GPtrArray *languages;
  GHashTableIter iter;
  gpointer language;

  g_return_val_if_fail (self != NULL, NULL);

  languages = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, self->captions);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    g_ptr_array_add (languages, g_strdup (language));
  g_ptr_array_sort (languages, compare_strings);
  g_ptr_array_add (languages, NULL);
  return (gchar **) g_ptr_array_free (languages, FALSE);
}

/**
 * gst_pin_video_get_caption:
 * @self: a #GstPinVideo
 * @language: a language of gst_pin_video_get_caption_languages()
 *
 * Returns: (transfer none) (nullable): the URL of the WebVTT file
 */
const gchar *
gst_pin_video_get_caption (const GstPinVideo *self, const gchar *language)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (language != NULL, NULL);

  return g_hash_table_lookup (self->captions, language);
}

/**
 * gst_pin_video_get_n_variants:
 * @self: a #GstPinVideo
 *
 * Returns: how many variants there are
 */
guint
gst_pin_video_get_n_variants (const GstPinVideo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->variants->len;
}

/**
 * gst_pin_video_get_variant:
 * @self: a #GstPinVideo
 * @index: less than gst_pin_video_get_n_variants()
 *
 * Returns: (transfer none) (nullable): the variant, in the page's order
 */
GstPinVariant *
gst_pin_video_get_variant (const GstPinVideo *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->variants->len, NULL);

  return g_ptr_array_index (self->variants, index);
}

/* ---- media ---- */

GstPinMedia *
gst_pin_media_new (const gchar *id)
{
  GstPinMedia *self;

  g_return_val_if_fail (id != NULL, NULL);

  self = g_atomic_rc_box_new0 (GstPinMedia);
  self->id = g_strdup (id);
  self->url = g_strdup_printf ("https://www.pinterest.com/pin/%s/", id);
  self->kind = GST_PIN_KIND_UNSUPPORTED;
  self->videos =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_pin_video_unref);
  self->images = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static void
media_clear (GstPinMedia *self)
{
  g_free (self->id);
  g_free (self->url);
  g_free (self->canonical_id);
  g_free (self->title);
  g_free (self->description);
  g_free (self->author_name);
  g_free (self->author_username);
  g_free (self->board);
  g_clear_pointer (&self->created, g_date_time_unref);
  g_free (self->thumbnail);
  g_free (self->source);
  g_ptr_array_unref (self->videos);
  g_ptr_array_unref (self->images);
  g_free (self->external_url);
}

/**
 * gst_pin_media_ref:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer full): @self, held once more
 */
GstPinMedia *
gst_pin_media_ref (GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * gst_pin_media_unref:
 * @self: (transfer full): a #GstPinMedia
 *
 * Lets go of @self.
 */
void
gst_pin_media_unref (GstPinMedia *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) media_clear);
}

/**
 * gst_pin_media_get_id:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none): the Pin's id, a number too large for a number type
 */
const gchar *
gst_pin_media_get_id (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * gst_pin_media_get_url:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none): the address of the Pin's page
 */
const gchar *
gst_pin_media_get_url (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}

/**
 * gst_pin_media_get_canonical_id:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the id of the Pin that this one was
 *     saved from, %NULL where it is an original or the page does not tell
 */
const gchar *
gst_pin_media_get_canonical_id (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->canonical_id;
}

/**
 * gst_pin_media_get_kind:
 * @self: a #GstPinMedia
 *
 * Returns: what the Pin is
 */
GstPinKind
gst_pin_media_get_kind (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, GST_PIN_KIND_UNSUPPORTED);

  return self->kind;
}

/**
 * gst_pin_media_get_title:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the title
 */
const gchar *
gst_pin_media_get_title (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title;
}

/**
 * gst_pin_media_get_description:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the description
 */
const gchar *
gst_pin_media_get_description (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->description;
}

/**
 * gst_pin_media_get_author_name:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the author's name, as people read it
 */
const gchar *
gst_pin_media_get_author_name (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->author_name;
}

/**
 * gst_pin_media_get_author_username:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the author's name in links
 */
const gchar *
gst_pin_media_get_author_username (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->author_username;
}

/**
 * gst_pin_media_get_board:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the name of the Pin's board
 */
const gchar *
gst_pin_media_get_board (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->board;
}

/**
 * gst_pin_media_get_created:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): when the Pin was made
 */
GDateTime *
gst_pin_media_get_created (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->created;
}

/**
 * gst_pin_media_get_thumbnail:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the URL of a picture that stands for
 *     the Pin
 */
const gchar *
gst_pin_media_get_thumbnail (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->thumbnail;
}

/**
 * gst_pin_media_get_source:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the name of the reader that gave the
 *     videos, or the first that knew the Pin where there are none, such as
 *     "redux"
 */
const gchar *
gst_pin_media_get_source (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->source;
}

/**
 * gst_pin_media_get_external_url:
 * @self: a #GstPinMedia
 *
 * Returns: (transfer none) (nullable): the address of another site's player
 */
const gchar *
gst_pin_media_get_external_url (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->external_url;
}

/**
 * gst_pin_media_get_n_videos:
 * @self: a #GstPinMedia
 *
 * Returns: how many videos the Pin has; idea Pins and carousels have several
 */
guint
gst_pin_media_get_n_videos (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->videos->len;
}

/**
 * gst_pin_media_get_video:
 * @self: a #GstPinMedia
 * @index: less than gst_pin_media_get_n_videos()
 *
 * Returns: (transfer none) (nullable): the video, in the Pin's order
 */
GstPinVideo *
gst_pin_media_get_video (const GstPinMedia *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->videos->len, NULL);

  return g_ptr_array_index (self->videos, index);
}

/**
 * gst_pin_media_get_n_images:
 * @self: a #GstPinMedia
 *
 * Returns: how many pictures the Pin has; a video's poster is one
 */
guint
gst_pin_media_get_n_images (const GstPinMedia *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->images->len;
}

/**
 * gst_pin_media_get_image:
 * @self: a #GstPinMedia
 * @index: less than gst_pin_media_get_n_images()
 *
 * Returns: (transfer none) (nullable): the URL of one picture, in its best size
 */
const gchar *
gst_pin_media_get_image (const GstPinMedia *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->images->len, NULL);

  return g_ptr_array_index (self->images, index);
}
