/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How media values grow while they are made: variants join a video, and two
 * tellings of one Pin become one. Page readers and the page call it on values
 * that nobody else has seen yet.
 *
 * Pages contradict themselves: three keys name one playlist, one block has the
 * URL that another lacks, width and height are the source's in every entry. So
 * the URL is what tells variants apart and ranks them, and the fuller telling
 * wins, field by field.
 */
#include "media-private.h"

#include <string.h>

/* Keys of one playlist, best first; a page's own key is better than one made
 * from the file's kind. */
static guint
key_rank (const gchar *key)
{
  static const gchar *const ranked[] = {
    "V_HLSV4", "V_HLSV3_WEB", "V_HLSV3_MOBILE"
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranked); i++) {
    if (g_str_equal (key, ranked[i]))
      return i;
  }
  return G_N_ELEMENTS (ranked) + (g_str_has_prefix (key, "V_") ? 0 : 1);
}

void
gst_pin_video_take_variant (GstPinVideo *self, GstPinVariant *variant)
{
  for (guint i = 0; i < self->variants->len; i++) {
    GstPinVariant *old = g_ptr_array_index (self->variants, i);

    if (!g_str_equal (old->url, variant->url))
      continue;
    if (key_rank (variant->key) < key_rank (old->key)) {
      g_ptr_array_index (self->variants, i) = variant;
      variant = old;
    }
    gst_pin_variant_unref (variant);
    return;
  }
  g_ptr_array_add (self->variants, variant);
}

/* The number before @unit at the end of a run of digits: 720 of "_720w.mp4".
 * Zero where there is none. */
static guint
number_before (const gchar *text, gsize length, gchar unit)
{
  for (gsize i = 1; i < length; i++) {
    gsize first = i;

    if (g_ascii_tolower (text[i]) != unit)
      continue;
    while (first > 0 && g_ascii_isdigit (text[first - 1]))
      first--;
    if (i - first >= 3 && i - first <= 4)
      return (guint) g_ascii_strtoull (text + first, NULL, 10);
  }
  return 0;
}

/* The last digit of V_EXP3 to V_EXP7 and of the tails _t1 to _t5: they ascend,
 * and all but V_EXP7, whose files are under /720p/, are below 720p. */
static guint
ladder_step (const GstPinVariant *variant, const gchar *file, gsize length)
{
  if (g_str_has_prefix (variant->key, "V_EXP"))
    return (guint) g_ascii_strtoull (variant->key + 5, NULL, 10) % 100;
  for (gsize i = 0; i + 2 < length; i++) {
    if (file[i] == '_' && file[i + 1] == 't' && g_ascii_isdigit (file[i + 2]))
      return (guint) (file[i + 2] - '0') + 2;
  }
  return 0;
}

/* Lines of the picture's short side as far as URL and key tell; only good to
 * compare two files of one video. */
static guint
estimate_size (const GstPinVariant *variant)
{
  gsize length = strcspn (variant->url, "?#");
  const gchar *file = variant->url + length;
  guint size;

  while (file > variant->url && file[-1] != '/')
    file--;
  size = number_before (file, variant->url + length - file, 'w');
  if (size == 0)
    size = number_before (variant->url, file - variant->url, 'p');
  if (size == 0 && strstr (variant->key, "FULL_HD") != NULL)
    size = 1080;
  if (size == 0)
    size = number_before (variant->key, strlen (variant->key), 'p');
  if (size == 0)
    size = ladder_step (variant, file, variant->url + length - file);
  return size;
}

static gboolean
is_better (const GstPinVariant *a, const GstPinVariant *b)
{
  if (a->stream_type == GST_PIN_STREAM_HLS) {
    gboolean a_hevc = a->codec == GST_PIN_CODEC_H265;
    gboolean b_hevc = b->codec == GST_PIN_CODEC_H265;

    if (a_hevc != b_hevc)
      return b_hevc;
    return key_rank (a->key) < key_rank (b->key);
  }
  if (a->codec != b->codec)
    return a->codec == GST_PIN_CODEC_H264;
  return estimate_size (a) > estimate_size (b);
}

GstPinVariant *
gst_pin_video_get_best (const GstPinVideo *self, GstPinStreamType stream_type)
{
  GstPinVariant *best = NULL;

  for (guint i = 0; i < self->variants->len; i++) {
    GstPinVariant *variant = g_ptr_array_index (self->variants, i);

    if (variant->stream_type != stream_type
        || variant->codec == GST_PIN_CODEC_AV1)
      continue;
    if (stream_type == GST_PIN_STREAM_PROGRESSIVE
        && variant->codec == GST_PIN_CODEC_H265)
      continue;
    if (best == NULL || is_better (variant, best))
      best = variant;
  }
  return best;
}

static void
fill_string (gchar **field, const gchar *other)
{
  if (*field == NULL)
    *field = g_strdup (other);
}

void
gst_pin_video_merge (GstPinVideo *self, const GstPinVideo *other)
{
  GHashTableIter iter;
  gpointer language, url;

  if (self->width == 0 || self->height == 0) {
    self->width = other->width;
    self->height = other->height;
  }
  if (!GST_CLOCK_TIME_IS_VALID (self->duration))
    self->duration = other->duration;
  fill_string (&self->thumbnail, other->thumbnail);

  g_hash_table_iter_init (&iter, other->captions);
  while (g_hash_table_iter_next (&iter, &language, &url)) {
    if (!g_hash_table_contains (self->captions, language))
      g_hash_table_insert (self->captions, g_strdup (language), g_strdup (url));
  }
  for (guint i = 0; i < other->variants->len; i++)
    gst_pin_video_take_variant (self,
        gst_pin_variant_ref (g_ptr_array_index (other->variants, i)));
}

/* As many videos in both are the same clips in the same order. Otherwise one
 * telling misses some, and which it misses cannot be told: the longer list is
 * taken as it is. */
static void
merge_videos (GstPinMedia *self, const GstPinMedia *other)
{
  if (other->videos->len > self->videos->len) {
    g_ptr_array_set_size (self->videos, 0);
    for (guint i = 0; i < other->videos->len; i++)
      g_ptr_array_add (self->videos,
          gst_pin_video_ref (g_ptr_array_index (other->videos, i)));
    g_free (self->source);
    self->source = g_strdup (other->source);
    self->lacking = other->lacking;
  } else if (other->videos->len == self->videos->len) {
    for (guint i = 0; i < self->videos->len; i++)
      gst_pin_video_merge (g_ptr_array_index (self->videos, i),
          g_ptr_array_index (other->videos, i));
    self->lacking = self->lacking && other->lacking;
  }
}

/* A name goes with its own username, never with another person's. */
static void
merge_author (GstPinMedia *self, const GstPinMedia *other)
{
  gboolean none = self->author_name == NULL && self->author_username == NULL;

  if (none || g_strcmp0 (self->author_username, other->author_username) == 0)
    fill_string (&self->author_name, other->author_name);
  if (none || g_strcmp0 (self->author_name, other->author_name) == 0)
    fill_string (&self->author_username, other->author_username);
}

/* GST_PIN_KIND_VIDEO without a video says that there is one which the page
 * does not show: better not to call the poster a picture Pin. */
static void
settle_kind (GstPinMedia *self, const GstPinMedia *other)
{
  if (self->videos->len > 0) {
    self->kind = GST_PIN_KIND_VIDEO;
    g_clear_pointer (&self->external_url, g_free);
  } else if (self->external_url != NULL)
    self->kind = GST_PIN_KIND_EXTERNAL;
  else if (self->kind == GST_PIN_KIND_VIDEO
      || other->kind == GST_PIN_KIND_VIDEO)
    self->kind = GST_PIN_KIND_VIDEO;
  else if (self->images->len > 0)
    self->kind = GST_PIN_KIND_IMAGE;
}

void
gst_pin_media_merge (GstPinMedia *self, const GstPinMedia *other)
{
  g_return_if_fail (self != other);

  fill_string (&self->source, other->source);
  fill_string (&self->canonical_id, other->canonical_id);
  fill_string (&self->title, other->title);
  fill_string (&self->description, other->description);
  merge_author (self, other);
  fill_string (&self->board, other->board);
  if (self->created == NULL && other->created != NULL)
    self->created = g_date_time_ref (other->created);
  fill_string (&self->thumbnail, other->thumbnail);
  fill_string (&self->external_url, other->external_url);

  self->has_sound = self->has_sound || other->has_sound;
  merge_videos (self, other);
  if (other->images->len > self->images->len) {
    g_ptr_array_set_size (self->images, 0);
    for (guint i = 0; i < other->images->len; i++)
      g_ptr_array_add (self->images,
          g_strdup (g_ptr_array_index (other->images, i)));
  }
  settle_kind (self, other);
}
