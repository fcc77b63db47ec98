/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a user writes as quality → alternatives, the most wanted first. Words
 * are read without regard to case, and what cannot be read is told at once
 * and not when a Pin has been fetched for it. pinsrc makes one when its
 * property is set, and frees it; pure functions, any thread.
 */
#include "choose-wish-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_WISH 1024

static void
wish_clear (gpointer data)
{
  GstPinAlternative *self = data;

  g_free (self->key);
}

void
gst_pin_wish_free (GstPinWish *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_array_unref (self->alternatives);
  g_free (self);
}

/* DIGITSp */
static gboolean
read_height (const gchar *text, GstPinAlternative *wish)
{
  gchar *end;
  guint64 number = g_ascii_strtoull (text, &end, 10);

  if (!g_ascii_isdigit (*text) || number == 0 || number > 65535
      || g_ascii_strcasecmp (end, "p") != 0)
    return FALSE;
  wish->kind = GST_PIN_WISH_HEIGHT;
  wish->limit = number;
  return TRUE;
}

/* <=NUMBER with k, M or G for thousands, millions, billions of bits/s */
static gboolean
read_bitrate (const gchar *text, GstPinAlternative *wish)
{
  gchar *end;
  gdouble number;

  if (!g_str_has_prefix (text, "<="))
    return FALSE;
  text += 2;
  number = g_ascii_strtod (text, &end);
  if (!g_ascii_isdigit (*text) || strspn (text, "0123456789.") != (gsize) (end
          - text))
    return FALSE;

  if (g_ascii_strcasecmp (end, "k") == 0)
    number *= 1e3;
  else if (g_ascii_strcasecmp (end, "m") == 0)
    number *= 1e6;
  else if (g_ascii_strcasecmp (end, "g") == 0)
    number *= 1e9;
  else if (*end != '\0')
    return FALSE;
  if (number < 1 || number > 1e15)
    return FALSE;
  wish->kind = GST_PIN_WISH_BITRATE;
  wish->limit = (guint64) number;
  return TRUE;
}

static gboolean
read_word (const gchar *text, GstPinAlternative *wish)
{
  static const struct
  {
    const gchar *word;
    GstPinAlternative wish;
  } words[] = {
    {"best", {GST_PIN_WISH_BEST, 0, GST_PIN_CODEC_UNKNOWN, NULL}},
    {"worst", {GST_PIN_WISH_WORST, 0, GST_PIN_CODEC_UNKNOWN, NULL}},
    {"h264", {GST_PIN_WISH_CODEC, 0, GST_PIN_CODEC_H264, NULL}},
    {"avc", {GST_PIN_WISH_CODEC, 0, GST_PIN_CODEC_H264, NULL}},
    {"hevc", {GST_PIN_WISH_CODEC, 0, GST_PIN_CODEC_H265, NULL}},
    {"h265", {GST_PIN_WISH_CODEC, 0, GST_PIN_CODEC_H265, NULL}},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_ascii_strcasecmp (text, words[i].word) == 0) {
      *wish = words[i].wish;
      return TRUE;
    }
  }
  return FALSE;
}

/* A key has an underscore, as all have that pages use; so that a mistyped
 * "bset" is told at once */
static gboolean
read_key (const gchar *text, GstPinAlternative *wish)
{
  const gchar *p;

  for (p = text; *p; p++)
    if (!g_ascii_isalnum (*p) && strchr ("_-.", *p) == NULL)
      return FALSE;
  if (!g_ascii_isalpha (*text) || strchr (text, '_') == NULL)
    return FALSE;
  wish->kind = GST_PIN_WISH_KEY;
  wish->key = g_strdup (text);
  return TRUE;
}

static gboolean
read_alternative (const gchar *text, GstPinAlternative *wish)
{
  return read_word (text, wish) || read_height (text, wish)
      || read_bitrate (text, wish) || read_key (text, wish);
}

static void
refuse (const gchar *text, GError **error)
{
  g_autofree gchar *shown = gst_pin_shown (text, 80);

  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT,
      "“%s” is no quality. Write best, worst, a height such as 720p, a limit "
      "such as <=2M, h264, hevc, or a variant's key such as V_720P; several "
      "with commas between, the most wanted first.", shown);
}

GstPinWish *
gst_pin_wish_parse (const gchar *text, GError **error)
{
  g_autoptr (GstPinWish) self = g_new0 (GstPinWish, 1);
  g_auto (GStrv) parts = NULL;
  guint i;

  self->text = g_strdup (text && *text ? text : "best");
  self->alternatives = g_array_new (FALSE, TRUE, sizeof (GstPinAlternative));
  g_array_set_clear_func (self->alternatives, wish_clear);
  if (strlen (self->text) > MAX_WISH) {
    refuse (self->text, error);
    return NULL;
  }

  parts = g_strsplit (self->text, ",", -1);
  for (i = 0; parts[i]; i++) {
    GstPinAlternative wish = { GST_PIN_WISH_BEST, };

    g_strstrip (parts[i]);
    if (!read_alternative (parts[i], &wish)) {
      refuse (parts[i], error);
      return NULL;
    }
    g_array_append_val (self->alternatives, wish);
  }
  return g_steal_pointer (&self);
}

const gchar *
gst_pin_wish_codec_suffix (GstPinCodec codec)
{
  static const gchar *const names[] = { "", ", H.264", ", HEVC", ", AV1" };

  return names[codec];
}
