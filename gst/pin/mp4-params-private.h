/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parameter sets of one video, collected from its byte stream, and the
 * decoder configuration record (`avcC`, `hvcC` of 14496-15) made of them.
 * Belongs to one pad; its streaming thread.
 */
#pragma once

#include "mp4-sps-private.h"

G_BEGIN_DECLS

typedef struct _GstPinMp4Params GstPinMp4Params;

GstPinMp4Params *gst_pin_mp4_params_new (GstPinMp4VideoCodec codec);
void gst_pin_mp4_params_free (GstPinMp4Params * self);

/* TRUE: not seen before. Anything but a parameter set is ignored. */
gboolean gst_pin_mp4_params_add (GstPinMp4Params * self,
    GstPinMp4NalKind kind, const guint8 * data, gsize size);

/* TRUE once there is enough for a record */
gboolean gst_pin_mp4_params_ready (const GstPinMp4Params * self);

/* (transfer full) (nullable) The record of all sets so far; what the first
 * sequence parameter set says goes to @sps. NULL where it makes no sense. */
GBytes *gst_pin_mp4_params_make_record (const GstPinMp4Params * self,
    GstPinMp4Sps * sps);

/* Reads the first sequence parameter set of a record that somebody else made */
gboolean gst_pin_mp4_params_read_record (GstPinMp4VideoCodec codec,
    const guint8 * record, gsize size, GstPinMp4Sps * sps);

/* (transfer full) (nullable) All sets of a record, each behind its length, as
 * samples have them; @length_size: of that, in bytes */
GBytes *gst_pin_mp4_params_list_sets (GstPinMp4VideoCodec codec,
    const guint8 * record, gsize size, guint * length_size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Params, gst_pin_mp4_params_free)

G_END_DECLS
