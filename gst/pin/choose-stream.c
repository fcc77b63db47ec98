/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Of a master playlist's entries, the one that a wish wants, and the sound
 * that goes with it. Here sizes and bit rates are true, so a wish's limits are
 * kept to the letter. A key in a wish names a variant of the page and says
 * nothing about the entries of its master: it is passed over, and where
 * nothing else is wished, the best entry is taken.
 *
 * Pure functions on constant values, any thread; pinsrc's resolver asks them.
 */
#include "choose-wish-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_LISTED 24

/* What CODECS (RFC 6381) say about an entry */
typedef struct
{
  GstPinCodec video;            /* UNKNOWN: none that is known */
  gboolean other_video;         /* one that the output cannot hold */
  gboolean sound;
} Content;

static void
note_codec (Content *self, const gchar *name)
{
  static const struct
  {
    const gchar *prefix;
    GstPinCodec video;
    gboolean other_video, sound;
  } names[] = {
    {"avc1", GST_PIN_CODEC_H264, FALSE, FALSE},
    {"avc3", GST_PIN_CODEC_H264, FALSE, FALSE},
    {"hvc1", GST_PIN_CODEC_H265, FALSE, FALSE},
    {"hev1", GST_PIN_CODEC_H265, FALSE, FALSE},
    {"av01", GST_PIN_CODEC_AV1, TRUE, FALSE},
    {"dvh", GST_PIN_CODEC_UNKNOWN, TRUE, FALSE},
    {"vp0", GST_PIN_CODEC_UNKNOWN, TRUE, FALSE},
    {"vvc1", GST_PIN_CODEC_UNKNOWN, TRUE, FALSE},
    {"mp4a", GST_PIN_CODEC_UNKNOWN, FALSE, TRUE},
    {"ac-3", GST_PIN_CODEC_UNKNOWN, FALSE, TRUE},
    {"ec-3", GST_PIN_CODEC_UNKNOWN, FALSE, TRUE},
    {"opus", GST_PIN_CODEC_UNKNOWN, FALSE, TRUE},
    {"fLaC", GST_PIN_CODEC_UNKNOWN, FALSE, TRUE},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_ascii_strncasecmp (name, names[i].prefix,
            strlen (names[i].prefix)) != 0)
      continue;
    if (names[i].video != GST_PIN_CODEC_UNKNOWN)
      self->video = names[i].video;
    self->other_video |= names[i].other_video;
    self->sound |= names[i].sound;
  }
}

static Content
content_of (const GstPinStreamInf *stream)
{
  Content content = { GST_PIN_CODEC_UNKNOWN, FALSE, FALSE };
  g_auto (GStrv) names = NULL;
  guint i;

  names = g_strsplit (stream->codecs ? stream->codecs : "", ",", 32);
  for (i = 0; names[i]; i++)
    note_codec (&content, g_strstrip (names[i]));
  return content;
}

/* FALSE: no picture in it, or one that the output cannot hold */
static gboolean
is_usable (const GstPinStreamInf *stream)
{
  Content content = content_of (stream);

  if (content.other_video)
    return FALSE;
  return content.video != GST_PIN_CODEC_UNKNOWN || !content.sound
      || stream->height > 0;
}

static guint64
bitrate_of (const GstPinStreamInf *stream)
{
  return stream->bandwidth > 0 ? stream->bandwidth : stream->average_bandwidth;
}

static gboolean
stream_fits (const GstPinStreamInf *stream, const GstPinAlternative *wish)
{
  guint side = MIN (stream->width, stream->height);
  guint64 bitrate = bitrate_of (stream);
  GstPinCodec codec;

  switch (wish->kind) {
    case GST_PIN_WISH_BEST:
    case GST_PIN_WISH_WORST:
    case GST_PIN_WISH_KEY:
      return TRUE;
    case GST_PIN_WISH_HEIGHT:
      return side > 0 && side <= wish->limit;
    case GST_PIN_WISH_BITRATE:
      return bitrate > 0 && bitrate <= wish->limit;
    case GST_PIN_WISH_CODEC:
      codec = content_of (stream).video;
      return codec == wish->codec || codec == GST_PIN_CODEC_UNKNOWN;
  }
  return FALSE;
}

/* Below zero: @one is better. Among equals the first listed stays. */
static gint
compare_streams (const GstPinStreamInf *one, const GstPinStreamInf *two)
{
  guint64 one_area = (guint64) one->width * one->height;
  guint64 two_area = (guint64) two->width * two->height;
  gint order = GST_PIN_COMPARE (two_area, one_area);

  if (order == 0)
    order = GST_PIN_COMPARE (bitrate_of (two), bitrate_of (one));
  if (order == 0)
    order = GST_PIN_COMPARE (two->frame_rate, one->frame_rate);
  return order;
}

/* Below zero: @one is rather what is wished */
static gint
compare_for_wish (const GstPinStreamInf *one, const GstPinStreamInf *two,
    const GstPinAlternative *wish)
{
  gint order = 0;

  if (wish->kind == GST_PIN_WISH_CODEC)
    order = GST_PIN_COMPARE (content_of (two).video == wish->codec,
        content_of (one).video == wish->codec);
  if (order == 0)
    order = compare_streams (one, two);
  return wish->kind == GST_PIN_WISH_WORST ? -order : order;
}

static const GstPinStreamInf *
choose_for (const GstPinAlternative *wish, const GstPinMasterPlaylist *master)
{
  const GstPinStreamInf *chosen = NULL;
  guint i;

  for (i = 0; i < master->variants->len; i++) {
    const GstPinStreamInf *stream = master->variants->pdata[i];

    if (is_usable (stream) && stream_fits (stream, wish)
        && (chosen == NULL || compare_for_wish (stream, chosen, wish) < 0))
      chosen = stream;
  }
  return chosen;
}

static void
list_stream (GString *list, const GstPinStreamInf *stream)
{
  if (list->len > 0)
    g_string_append (list, ", ");
  if (stream->height > 0)
    g_string_append_printf (list, "%ux%u", stream->width, stream->height);
  else
    g_string_append (list, "no size given");
  g_string_append_printf (list, " (%" G_GUINT64_FORMAT " kbit/s%s)",
      bitrate_of (stream) / 1000,
      gst_pin_wish_codec_suffix (content_of (stream).video));
}

static void
refuse_streams (const GstPinWish *wish, const GstPinMasterPlaylist *master,
    GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint i;

  for (i = 0; i < MIN (master->variants->len, MAX_LISTED); i++)
    list_stream (list, master->variants->pdata[i]);
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT,
      "No entry of the master playlist fits the quality “%s”. There is: %s. "
      "Ask for a height or bit rate that lets one of them in, or for “best”.",
      wish->text, list->str);
}

const GstPinStreamInf *
gst_pin_choose_stream (const GstPinWish *wish,
    const GstPinMasterPlaylist *master, GError **error)
{
  const GstPinAlternative best = { GST_PIN_WISH_BEST, };
  const GstPinStreamInf *chosen = NULL;
  gboolean only_keys = TRUE;
  guint i;

  g_return_val_if_fail (wish != NULL, NULL);
  g_return_val_if_fail (master != NULL, NULL);

  for (i = 0; i < wish->alternatives->len && chosen == NULL; i++) {
    const GstPinAlternative *alternative =
        &g_array_index (wish->alternatives, GstPinAlternative, i);

    if (alternative->kind == GST_PIN_WISH_KEY)
      continue;
    only_keys = FALSE;
    chosen = choose_for (alternative, master);
  }
  if (only_keys)
    chosen = choose_for (&best, master);
  if (chosen == NULL)
    refuse_streams (wish, master, error);
  return chosen;
}

static guint
rank_of_rendition (const GstPinRendition *rendition)
{
  return rendition->is_default ? 2 : rendition->autoselect ? 1 : 0;
}

const GstPinRendition *
gst_pin_choose_audio (const GstPinMasterPlaylist *master,
    const GstPinStreamInf *variant)
{
  const GstPinRendition *chosen = NULL;
  guint i;

  g_return_val_if_fail (master != NULL, NULL);
  g_return_val_if_fail (variant != NULL, NULL);

  for (i = 0; i < master->renditions->len; i++) {
    const GstPinRendition *rendition = master->renditions->pdata[i];

    if (g_strcmp0 (rendition->type, "AUDIO") == 0
        && g_strcmp0 (rendition->group_id, variant->audio) == 0
        && (chosen == NULL
            || rank_of_rendition (rendition) > rank_of_rendition (chosen)))
      chosen = rendition;
  }
  return chosen && chosen->uri ? chosen : NULL;
}
