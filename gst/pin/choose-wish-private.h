/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A quality wish taken apart, for the two choosers: of variants (choose.c) and
 * of a master's entries (choose-stream.c). Constant once parsed, any thread.
 */
#pragma once

#include "choose-private.h"

G_BEGIN_DECLS

typedef enum
{
  GST_PIN_WISH_BEST,
  GST_PIN_WISH_WORST,
  GST_PIN_WISH_HEIGHT,
  GST_PIN_WISH_BITRATE,
  GST_PIN_WISH_CODEC,
  GST_PIN_WISH_KEY
} GstPinWishKind;

typedef struct
{
  GstPinWishKind kind;
  guint64 limit;                /* pixels, or bits per second */
  GstPinCodec codec;
  gchar *key;
} GstPinAlternative;

/* See gst_pin_wish_parse() */
struct _GstPinWish
{
  gchar *text;                  /* as the user wrote it, for messages */
  GArray *alternatives;         /* of GstPinAlternative, most wanted first */
};

/* -1, 0, 1 */
#define GST_PIN_COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* ", H.264" and the like, for lists of what there is */
const gchar *gst_pin_wish_codec_suffix (GstPinCodec codec);

G_END_DECLS
