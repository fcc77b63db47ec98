/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sample table of one track (`stbl`), built while samples are written.
 * Belongs to its track; its lock is the muxer's.
 */
#pragma once

#include "mp4-box-private.h"

G_BEGIN_DECLS

typedef struct _GstPinMp4Table GstPinMp4Table;

GstPinMp4Table *gst_pin_mp4_table_new (void);
void gst_pin_mp4_table_free (GstPinMp4Table * self);

/* The samples added from here lie one behind the other at @offset, and are of
 * sample entry @entry (from 0) */
void gst_pin_mp4_table_begin_chunk (GstPinMp4Table * self, guint64 offset,
    guint entry);
/* @dts: never less than the one before; @offset: pts - dts */
void gst_pin_mp4_table_add (GstPinMp4Table * self, gint64 dts, gint32 offset,
    guint32 size, gboolean sync);

guint32 gst_pin_mp4_table_get_n_samples (const GstPinMp4Table * self);
/* Of the sample that was added last */
gint64 gst_pin_mp4_table_get_last_dts (const GstPinMp4Table * self);

/* Writes the boxes from `stts` to `stco` or `co64`. @base is added to every
 * chunk's offset, @shift to every composition offset; the last sample has
 * @last_duration. @wide: 64-bit offsets. */
void gst_pin_mp4_table_write (const GstPinMp4Table * self, GstPinMp4Box * box,
    guint32 last_duration, gint32 shift, guint64 base, gboolean wide);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Table, gst_pin_mp4_table_free)

G_END_DECLS
