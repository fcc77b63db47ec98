/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The muxer without an element around it: samples of tracks in, writes at file
 * offsets out. Made by pinmp4mux, which holds its lock around every call.
 *
 * It never waits: each call looks at what has come and either has something
 * to write or has not. See docs/mp4mux.md.
 */
#pragma once

#include "mp4-track-private.h"

G_BEGIN_DECLS

typedef struct _GstPinMp4Writer GstPinMp4Writer;

typedef enum
{
  GST_PIN_MP4_LAYOUT_PLAIN,     /* samples, then the moov */
  GST_PIN_MP4_LAYOUT_FASTSTART, /* the moov in room reserved in front */
  GST_PIN_MP4_LAYOUT_FRAGMENTED
} GstPinMp4Layout;

/* Bytes that belong at @offset of the file */
typedef struct
{
  guint64 offset;
  gsize size;
  GstBufferList *list;
} GstPinMp4Write;

/* @seekable: earlier offsets can be written again. Faststart needs it; plain
 * does without by writing many `mdat`. */
GstPinMp4Writer *gst_pin_mp4_writer_new (GstPinMp4Layout layout,
    gboolean seekable, GstClockTime fragment_duration);
void gst_pin_mp4_writer_free (GstPinMp4Writer * self);

/* @duration: of the whole, as far as is known; what faststart reserves for */
void gst_pin_mp4_writer_set_duration (GstPinMp4Writer * self,
    GstClockTime duration);
/* @bytes: of what all of it is made of; where no duration is known, faststart
 * concludes from this how much is to come. 0: not known */
void gst_pin_mp4_writer_set_source_size (GstPinMp4Writer * self,
    guint64 bytes);
void gst_pin_mp4_writer_set_tags (GstPinMp4Writer * self,
    const GstTagList * tags);

/* (transfer none) */
GstPinMp4Track *gst_pin_mp4_writer_add_track (GstPinMp4Writer * self,
    GstPinMp4Kind kind);

/* After samples, a gap or an end have come: moves to the output what can be
 * written now */
void gst_pin_mp4_writer_update (GstPinMp4Writer * self);
/* Everything has come: writes the rest and closes the file. FALSE: there was
 * nothing to write. */
gboolean gst_pin_mp4_writer_finish (GstPinMp4Writer * self);

/* FALSE: nothing to write now */
gboolean gst_pin_mp4_writer_take (GstPinMp4Writer * self,
    GstPinMp4Write * write);
/* (transfer full) (nullable) What did not go as asked, once each */
gchar *gst_pin_mp4_writer_take_warning (GstPinMp4Writer * self);

/* Bytes of samples that it holds, in writes not taken too */
gsize gst_pin_mp4_writer_get_held (const GstPinMp4Writer * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Writer, gst_pin_mp4_writer_free)

G_END_DECLS
