/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A quality wish and what there is → the order in which to try. A page's data
 * give every variant the source's size, whatever its own is, so variants are
 * ranked by their key and URL; a master playlist tells the truth, so its
 * entries are ranked by RESOLUTION.
 *
 * "720p" is about the shorter side: an upright 720x1280 and a wide 1280x720
 * are both 720p, as in Pinterest's own names.
 *
 * Pure functions on constant values, any thread; pinsrc's resolver asks them.
 */
#include "choose-wish-private.h"
#include "media-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_LISTED 24

/* What a variant's key and URL tell */
typedef struct
{
  GstPinVariant *variant;
  GstPinCodec codec;
  guint side;                   /* the shorter one, in pixels; 0: unknown */
  guint64 bitrate;              /* 0: unknown */
  guint family;                 /* among equals, the higher is better */
} Candidate;

/* The number that stands right before @mark; 0: none */
static guint
number_before (const gchar *text, const gchar *mark)
{
  const gchar *found = text;

  while ((found = strstr (found, mark))) {
    const gchar *start = found;

    while (start > text && g_ascii_isdigit (start[-1]))
      start--;
    if (start < found && found - start <= 4)
      return g_ascii_strtoull (start, NULL, 10);
    found++;
  }
  return 0;
}

static guint
side_of (const GstPinVariant *variant)
{
  guint side;

  if ((side = number_before (variant->url, "w.mp4")) > 0
      || (side = number_before (variant->url, "w_t")) > 0
      || (side = number_before (variant->url, "p/")) > 0)
    return side;
  if (g_ascii_strcasecmp (variant->key, "V_FULL_HD") == 0)
    return 1080;
  return number_before (variant->key, "P");
}

/* The steps T1 to T5 of a file family, as the site's app treats them */
static guint64
bitrate_of (const GstPinVariant *variant)
{
  static const guint64 steps[] = { 640000, 850000, 1200000, 1500000, 2400000 };
  const gchar *mark = strstr (variant->url, "_t");

  if (mark && mark[2] >= '1' && mark[2] <= '5' && mark[3] == '.')
    return steps[mark[2] - '1'];
  return 0;
}

/* Of variants of one size and codec, in the order of the site's own family */
static guint
family_of (const GstPinVariant *variant)
{
  static const gchar *const keys[] = {
    "V_HLSV2", "V_HLSV3", "V_HLSV3_MOBILE", "V_HLSV3_WEB", "V_HLSV4",
    "V_EXP3", "V_EXP4", "V_EXP5", "V_EXP6", "V_EXP7", "V_720P"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_ascii_strcasecmp (variant->key, keys[i]) == 0)
      return i + 1;
  return 0;
}

static gboolean
is_dash (const GstPinVariant *variant)
{
  gsize length = strcspn (variant->url, "?#");

  return length >= 4
      && g_ascii_strncasecmp (variant->url + length - 4, ".mpd", 4) == 0;
}

/* FALSE: what the output cannot hold */
static gboolean
candidate_init (Candidate *self, GstPinVariant *variant)
{
  self->variant = variant;
  self->codec = variant->codec;
  self->side = side_of (variant);
  self->bitrate = bitrate_of (variant);
  self->family = family_of (variant);
  return self->codec != GST_PIN_CODEC_AV1 && !is_dash (variant);
}

/* HLS may hold anything: what it has is known when its master is read */
static gboolean
candidate_fits (const Candidate *self, const GstPinAlternative *wish)
{
  gboolean hls = self->variant->stream_type == GST_PIN_STREAM_HLS;

  switch (wish->kind) {
    case GST_PIN_WISH_BEST:
    case GST_PIN_WISH_WORST:
      return TRUE;
    case GST_PIN_WISH_HEIGHT:
      return hls || self->side <= wish->limit;
    case GST_PIN_WISH_BITRATE:
      return hls || (self->bitrate > 0 && self->bitrate <= wish->limit);
    case GST_PIN_WISH_CODEC:
      return self->codec == wish->codec
          || (hls && self->codec == GST_PIN_CODEC_UNKNOWN);
    case GST_PIN_WISH_KEY:
      return g_ascii_strcasecmp (self->variant->key, wish->key) == 0;
  }
  return FALSE;
}

/* HLS of other codecs has a folder of its own on the CDN */
static GstPinCodec
likely_codec (const Candidate *self)
{
  if (self->codec == GST_PIN_CODEC_UNKNOWN
      && self->variant->stream_type == GST_PIN_STREAM_HLS)
    return GST_PIN_CODEC_H264;
  return self->codec;
}

/* Better ones first, or smaller ones for "worst". H.264 before HEVC of the same
 * size, because it plays everywhere. */
static gint
compare_candidates (gconstpointer a, gconstpointer b, gpointer data)
{
  const Candidate *one = a, *two = b;
  const GstPinAlternative *wish = data;
  gboolean hls = one->variant->stream_type == GST_PIN_STREAM_HLS;
  gint sign = wish->kind == GST_PIN_WISH_WORST && !hls ? -1 : 1;
  gint order;

  if (wish->kind == GST_PIN_WISH_CODEC
      && (order = GST_PIN_COMPARE (likely_codec (two) == wish->codec,
              likely_codec (one) == wish->codec)))
    return order;
  if (one->variant->stream_type != two->variant->stream_type)
    return hls ? -1 : 1;
  if ((order = GST_PIN_COMPARE (two->side, one->side)))
    return sign * order;
  if ((order = GST_PIN_COMPARE (one->codec == GST_PIN_CODEC_H265,
              two->codec == GST_PIN_CODEC_H265)))
    return order;
  if ((order = GST_PIN_COMPARE (two->bitrate, one->bitrate)))
    return sign * order;
  return sign * GST_PIN_COMPARE (two->family, one->family);
}

static void
list_variant (GString *list, const Candidate *candidate)
{
  const GstPinVariant *variant = candidate->variant;
  g_autofree gchar *key = gst_pin_shown (variant->key, 40);

  g_string_append_printf (list, "%s%s (%s", list->len > 0 ? ", " : "",
      key, variant->stream_type == GST_PIN_STREAM_HLS ? "HLS"
      : "MP4");
  if (candidate->side > 0)
    g_string_append_printf (list, ", %up", candidate->side);
  g_string_append_printf (list, "%s)",
      gst_pin_wish_codec_suffix (candidate->codec));
}

static void
refuse_variants (const GstPinWish *wish, const GstPinVideo *video,
    GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint i;

  for (i = 0; i < MIN (video->variants->len, MAX_LISTED); i++) {
    Candidate candidate;

    candidate_init (&candidate, video->variants->pdata[i]);
    list_variant (list, &candidate);
  }
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT,
      "No variant fits the quality “%s”. There is: %s. AV1 and DASH cannot be "
      "taken; ask for one of the others by its key, or for “best”.",
      wish->text, list->len > 0 ? list->str : "nothing");
}

GPtrArray *
gst_pin_choose_variants (const GstPinWish *wish, const GstPinVideo *video,
    GError **error)
{
  guint i, j;

  g_return_val_if_fail (wish != NULL, NULL);
  g_return_val_if_fail (video != NULL, NULL);

  for (i = 0; i < wish->alternatives->len; i++) {
    GstPinAlternative *alternative =
        &g_array_index (wish->alternatives, GstPinAlternative, i);
    g_autoptr (GArray) fitting = g_array_new (FALSE, FALSE,
        sizeof (Candidate));
    GPtrArray *chosen;

    for (j = 0; j < video->variants->len; j++) {
      Candidate candidate;

      if (candidate_init (&candidate, video->variants->pdata[j])
          && candidate_fits (&candidate, alternative))
        g_array_append_val (fitting, candidate);
    }
    if (fitting->len == 0)
      continue;

    g_array_sort_with_data (fitting, compare_candidates, alternative);
    chosen = g_ptr_array_sized_new (fitting->len);
    for (j = 0; j < fitting->len; j++)
      g_ptr_array_add (chosen, g_array_index (fitting, Candidate, j).variant);
    return chosen;
  }
  refuse_variants (wish, video, error);
  return NULL;
}
