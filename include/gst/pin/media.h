/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a page says about a Pin: a GstPinMedia holds GstPinVideos, each of
 * which holds GstPinVariants. Immutable values, counted, any thread, with
 * JSON in and out.
 */
#pragma once

#include <gst/pin/prelude.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_MEDIA (gst_pin_media_get_type ())
#define GST_TYPE_PIN_VIDEO (gst_pin_video_get_type ())
#define GST_TYPE_PIN_VARIANT (gst_pin_variant_get_type ())
#define GST_TYPE_PIN_KIND (gst_pin_kind_get_type ())
#define GST_TYPE_PIN_STREAM_TYPE (gst_pin_stream_type_get_type ())
#define GST_TYPE_PIN_CODEC (gst_pin_codec_get_type ())

/**
 * GstPinKind:
 * @GST_PIN_KIND_VIDEO: at least one video.
 * @GST_PIN_KIND_IMAGE: pictures only.
 * @GST_PIN_KIND_EXTERNAL: another site's player.
 * @GST_PIN_KIND_NOT_FOUND: the site says that there is no such Pin.
 * @GST_PIN_KIND_BLOCKED: the site wants a login or refuses.
 * @GST_PIN_KIND_UNSUPPORTED: something else.
 *
 * What a Pin is.
 */
typedef enum
{
  GST_PIN_KIND_VIDEO,
  GST_PIN_KIND_IMAGE,
  GST_PIN_KIND_EXTERNAL,
  GST_PIN_KIND_NOT_FOUND,
  GST_PIN_KIND_BLOCKED,
  GST_PIN_KIND_UNSUPPORTED
} GstPinKind;

/**
 * GstPinStreamType:
 * @GST_PIN_STREAM_HLS: an HTTP Live Streaming playlist.
 * @GST_PIN_STREAM_PROGRESSIVE: one MP4 file with picture and sound.
 *
 * How a variant is served.
 */
typedef enum
{
  GST_PIN_STREAM_HLS,
  GST_PIN_STREAM_PROGRESSIVE
} GstPinStreamType;

/**
 * GstPinCodec:
 * @GST_PIN_CODEC_UNKNOWN: the page does not tell.
 * @GST_PIN_CODEC_H264: H.264.
 * @GST_PIN_CODEC_H265: HEVC.
 * @GST_PIN_CODEC_AV1: AV1.
 *
 * A variant's video codec, told from its URL (keys do not tell it).
 */
typedef enum
{
  GST_PIN_CODEC_UNKNOWN,
  GST_PIN_CODEC_H264,
  GST_PIN_CODEC_H265,
  GST_PIN_CODEC_AV1
} GstPinCodec;

typedef struct _GstPinMedia GstPinMedia;
typedef struct _GstPinVideo GstPinVideo;
typedef struct _GstPinVariant GstPinVariant;

GST_PIN_API GType gst_pin_media_get_type (void);
GST_PIN_API GType gst_pin_video_get_type (void);
GST_PIN_API GType gst_pin_variant_get_type (void);
GST_PIN_API GType gst_pin_kind_get_type (void);
GST_PIN_API GType gst_pin_stream_type_get_type (void);
GST_PIN_API GType gst_pin_codec_get_type (void);

GST_PIN_API
GstPinMedia *gst_pin_media_new_from_json (const gchar * json, gssize length,
    GError ** error);
GST_PIN_API
gchar *gst_pin_media_to_json (const GstPinMedia * self, gboolean pretty);
GST_PIN_API
GstPinMedia *gst_pin_media_ref (GstPinMedia * self);
GST_PIN_API
void gst_pin_media_unref (GstPinMedia * self);

GST_PIN_API
const gchar *gst_pin_media_get_id (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_url (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_canonical_id (const GstPinMedia * self);
GST_PIN_API
GstPinKind gst_pin_media_get_kind (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_title (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_description (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_author_name (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_author_username (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_board (const GstPinMedia * self);
GST_PIN_API
GDateTime *gst_pin_media_get_created (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_thumbnail (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_source (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_external_url (const GstPinMedia * self);
GST_PIN_API
guint gst_pin_media_get_n_videos (const GstPinMedia * self);
GST_PIN_API
GstPinVideo *gst_pin_media_get_video (const GstPinMedia * self, guint index);
GST_PIN_API
guint gst_pin_media_get_n_images (const GstPinMedia * self);
GST_PIN_API
const gchar *gst_pin_media_get_image (const GstPinMedia * self, guint index);

GST_PIN_API
GstPinVideo *gst_pin_video_ref (GstPinVideo * self);
GST_PIN_API
void gst_pin_video_unref (GstPinVideo * self);
GST_PIN_API
guint gst_pin_video_get_width (const GstPinVideo * self);
GST_PIN_API
guint gst_pin_video_get_height (const GstPinVideo * self);
GST_PIN_API
GstClockTime gst_pin_video_get_duration (const GstPinVideo * self);
GST_PIN_API
const gchar *gst_pin_video_get_thumbnail (const GstPinVideo * self);
GST_PIN_API
gchar **gst_pin_video_get_caption_languages (const GstPinVideo * self);
GST_PIN_API
const gchar *gst_pin_video_get_caption (const GstPinVideo * self,
    const gchar * language);
GST_PIN_API
guint gst_pin_video_get_n_variants (const GstPinVideo * self);
GST_PIN_API
GstPinVariant *gst_pin_video_get_variant (const GstPinVideo * self,
    guint index);

GST_PIN_API
GstPinVariant *gst_pin_variant_ref (GstPinVariant * self);
GST_PIN_API
void gst_pin_variant_unref (GstPinVariant * self);
GST_PIN_API
const gchar *gst_pin_variant_get_key (const GstPinVariant * self);
GST_PIN_API
GstPinStreamType gst_pin_variant_get_stream_type (const GstPinVariant * self);
GST_PIN_API
GstPinCodec gst_pin_variant_get_codec (const GstPinVariant * self);
GST_PIN_API
const gchar *gst_pin_variant_get_url (const GstPinVariant * self);
GST_PIN_API
guint64 gst_pin_variant_get_size (const GstPinVariant * self);

GST_PIN_API
gint gst_pin_variant_get_n_streams (const GstPinVariant * self);
GST_PIN_API
void gst_pin_variant_get_stream (const GstPinVariant * self, guint index,
    guint * width, guint * height, gdouble * frame_rate, guint64 * bitrate,
    const gchar ** codecs);

GST_PIN_API
GstPinVariant *gst_pin_video_choose (const GstPinVideo * self,
    const gchar * quality, gint * stream, GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMedia, gst_pin_media_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinVideo, gst_pin_video_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinVariant, gst_pin_variant_unref)

G_END_DECLS
