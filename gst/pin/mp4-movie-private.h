/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The header of a file (`ftyp`, `moov`), written from tracks. Pure functions on
 * what the writer owns.
 */
#pragma once

#include "mp4-track-private.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *tracks;            /* of GstPinMp4Track, all that there are */
  GstTagList *tags;             /* or NULL */
  gboolean fragmented;
  gint64 start;                 /* running time of the movie's time 0, ns */
  GstClockTime duration;        /* what is expected, or NONE */
} GstPinMp4Movie;

/* Ticks at which the track begins to be seen or heard; text that stood before
 * the movie begins with it */
gint64 gst_pin_mp4_movie_get_start (const GstPinMp4Movie * self,
    const GstPinMp4Track * track);

void gst_pin_mp4_movie_write_ftyp (const GstPinMp4Movie * self,
    GstPinMp4Box * box);
/* @base: what chunk offsets count from; @wide: in 64 bits */
void gst_pin_mp4_movie_write_moov (const GstPinMp4Movie * self,
    GstPinMp4Box * box, guint64 base, gboolean wide);

G_END_DECLS
