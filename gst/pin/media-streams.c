/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a variant's playlist holds, where a resolver has read it, and which of
 * it a quality wish means. The values are constant, so any thread may ask.
 */
#include <gst/pin/error.h>

#include "choose-private.h"
#include "media-private.h"

/**
 * gst_pin_variant_get_n_streams:
 * @self: a #GstPinVariant
 *
 * Returns: how many sizes the variant's playlist offers; 0 where it could not
 *     be had; -1 where nobody has read one (see the property "playlists" of
 *     #GstPinResolver)
 */
gint
gst_pin_variant_get_n_streams (const GstPinVariant *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->streams ? (gint) self->streams->len : -1;
}

/**
 * gst_pin_variant_get_stream:
 * @self: a #GstPinVariant
 * @index: which one, counted from 0
 * @width: (out) (optional): in pixels; 0 where the playlist doesn't tell
 * @height: (out) (optional): in pixels; 0 where the playlist doesn't tell
 * @frame_rate: (out) (optional): frames per second, the highest; 0 where the
 *     playlist doesn't tell
 * @bitrate: (out) (optional): bits per second of picture and sound, the average
 *     where it is told, or else the peak; 0 where neither is
 * @codecs: (out) (optional) (transfer none) (nullable): their names as of
 *     RFC 6381, separated by commas
 *
 * Tells what the variant's playlist says of one of its streams.
 */
void
gst_pin_variant_get_stream (const GstPinVariant *self, guint index,
    guint *width, guint *height, gdouble *frame_rate, guint64 *bitrate,
    const gchar **codecs)
{
  const GstPinStreamInf *stream;

  g_return_if_fail (self != NULL && self->streams != NULL);
  g_return_if_fail (index < self->streams->len);

  stream = g_ptr_array_index (self->streams, index);
  if (width)
    *width = stream->width;
  if (height)
    *height = stream->height;
  if (frame_rate)
    *frame_rate = stream->frame_rate;
  if (bitrate)
    *bitrate = gst_pin_stream_inf_get_bitrate (stream);
  if (codecs)
    *codecs = stream->codecs;
}

/* FALSE: nothing in it fits, or it could not be had */
static gboolean
choose_in (const GstPinVariant *variant, const GstPinWish *wish, gint *stream,
    GError **error)
{
  const GstPinMasterPlaylist master = { variant->streams, NULL };
  const GstPinStreamInf *chosen;
  guint index;

  *stream = -1;
  if (!variant->streams)
    return TRUE;
  if (variant->streams->len == 0)
    return FALSE;
  chosen = gst_pin_choose_stream (wish, &master, error);
  if (!chosen)
    return FALSE;
  g_ptr_array_find (variant->streams, chosen, &index);
  *stream = index;
  return TRUE;
}

/**
 * gst_pin_video_choose:
 * @self: a #GstPinVideo
 * @quality: (nullable): a wish, as pinsrc's property "quality" takes it; %NULL
 *     for the best
 * @stream: (out) (optional): which of the variant's streams; -1 where its
 *     playlist has not been read, or it has none
 * @error: where to put an error
 *
 * Chooses as pinsrc does from what is known.
 *
 * Returns: (transfer none): the variant; or %NULL with
 *     %GST_PIN_ERROR_NO_VARIANT, which lists what there is
 */
GstPinVariant *
gst_pin_video_choose (const GstPinVideo *self, const gchar *quality,
    gint *stream, GError **error)
{
  g_autoptr (GstPinWish) wish = NULL;
  g_autoptr (GPtrArray) variants = NULL;
  g_autoptr (GError) first = NULL;
  gint chosen;

  g_return_val_if_fail (self != NULL, NULL);

  wish = gst_pin_wish_parse (quality, error);
  variants = wish ? gst_pin_choose_variants (wish, self, error) : NULL;
  if (!variants)
    return NULL;
  for (guint i = 0; i < variants->len; i++) {
    GstPinVariant *variant = g_ptr_array_index (variants, i);

    if (!choose_in (variant, wish, &chosen, first ? NULL : &first))
      continue;
    if (stream)
      *stream = chosen;
    return variant;
  }
  if (!first)
    g_set_error (&first, GST_PIN_ERROR, GST_PIN_ERROR_NETWORK,
        "None of the playlists could be had. Try again.");
  g_propagate_error (error, g_steal_pointer (&first));
  return NULL;
}
