/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields of a media value, for those that make one: page readers and the
 * JSON reader fill them, and from then on nobody writes them.
 */
#pragma once

#include <gst/pin/media.h>
#include <json-glib/json-glib.h>

#include "playlist-private.h"

G_BEGIN_DECLS

struct _GstPinVariant
{
  gchar *key;                   /* the page's own name, such as "V_HLSV4" */
  GstPinStreamType stream_type;
  GstPinCodec codec;
  gchar *url;                   /* absolute https */
  guint64 size;                 /* of a file, in bytes; 0: nobody asked */
  GPtrArray *streams;           /* of GstPinStreamInf: the playlist's entries;
                                 * none: it could not be had; NULL: it was not
                                 * read */
};

struct _GstPinVideo
{
  guint width, height;          /* what was uploaded has; 0: unknown */
  GstClockTime duration;        /* GST_CLOCK_TIME_NONE: unknown */
  gchar *thumbnail;
  GHashTable *captions;         /* lower case language → WebVTT URL; not NULL */
  GPtrArray *variants;          /* of GstPinVariant; never NULL */
};

struct _GstPinMedia
{
  gchar *id;
  gchar *url;
  gchar *canonical_id;
  GstPinKind kind;
  gchar *title, *description;
  gchar *author_name, *author_username;
  gchar *board;
  GDateTime *created;
  gchar *thumbnail;
  gchar *source;                /* name of the reader, such as "redux" */
  GPtrArray *videos;            /* of GstPinVideo; never NULL */
  GPtrArray *images;            /* of gchar *; best first; never NULL */
  gchar *external_url;
  gboolean lacking;             /* while it is made: the Pin has, or may have,
                                 * videos that are not told here */
  gboolean has_sound;           /* while it is made: a sound of its own */
};

GstPinMedia *gst_pin_media_new (const gchar * id);
GstPinVideo *gst_pin_video_new (void);
GstPinVariant *gst_pin_variant_new (const gchar * key, const gchar * url);

/* Adds @variant, which it takes. One URL is one variant: where it is there
 * already, the key that ranks higher stays. */
void gst_pin_video_take_variant (GstPinVideo * self, GstPinVariant * variant);

/* (transfer none) (nullable) What a user gets who asks for no codec: the HLS
 * playlist, or the largest MP4 that is not known to be anything but H.264. */
GstPinVariant *gst_pin_video_get_best (const GstPinVideo * self,
    GstPinStreamType stream_type);

/* Fills what @self lacks from @other, which is the same clip. */
void gst_pin_video_merge (GstPinVideo * self, const GstPinVideo * other);

/* Fills what @self lacks from @other, which tells of the same Pin: the fuller
 * one wins, field by field. @source follows the videos. */
void gst_pin_media_merge (GstPinMedia * self, const GstPinMedia * other);

/* The object of design's JSON without "attempts" and "error", which the
 * resolver's caller adds. */
JsonNode *gst_pin_media_to_node (const GstPinMedia * self);
GstPinMedia *gst_pin_media_new_from_node (JsonNode * node, GError ** error);

G_END_DECLS
