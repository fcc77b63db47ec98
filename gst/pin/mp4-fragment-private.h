/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The header of a fragment (`moof`), written from what waits in the tracks. Pure
 * functions on what the writer owns.
 */
#pragma once

#include "mp4-track-private.h"

G_BEGIN_DECLS

/* What goes into the fragment of one track and one sample entry: pieces from
 * @piece on, with samples from @sample on */
typedef struct
{
  GstPinMp4Track *track;
  guint piece, n_pieces;
  guint sample, n_samples;
  gsize size;
} GstPinMp4Run;

/* The `moof` of the runs, which stand in the `mdat` behind it in this order */
void gst_pin_mp4_fragment_write (GstPinMp4Box * box, guint32 sequence,
    const GstPinMp4Run * runs, guint n);

G_END_DECLS
