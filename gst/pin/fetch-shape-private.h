/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the bytes of a media file look like: whether they begin as one, and
 * whether they may end here. A value; no I/O.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GST_PIN_SHAPE_UNKNOWN,        /* nothing seen yet, or nothing to tell an end by */
  GST_PIN_SHAPE_TS,             /* packets of 188 bytes */
  GST_PIN_SHAPE_BOXES           /* MP4 boxes */
} GstPinShapeKind;

typedef struct
{
  GstPinShapeKind kind;
  guint64 size;                 /* bytes seen */
  guint64 box_end;              /* where the current box ends; G_MAXUINT64: never */
  guint8 header[16];            /* of the next box */
  guint header_size;
} GstPinShape;

/* Whether @data, the first of a file, begin as media do; enough is 8 bytes */
gboolean gst_pin_shape_begins_well (const guint8 * data, gsize size);

/* The next bytes of a file that began well */
void gst_pin_shape_feed (GstPinShape * self, const guint8 * data, gsize size);

/* Whether a file of this shape may end where it is. TRUE where nobody knows */
gboolean gst_pin_shape_may_end (const GstPinShape * self);

G_END_DECLS
