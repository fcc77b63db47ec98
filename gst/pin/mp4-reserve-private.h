/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much room faststart sets aside for the header before it knows its size.
 * Pure functions on what the writer owns.
 */
#pragma once

#include "mp4-movie-private.h"

G_BEGIN_DECLS

/* @source_size: bytes that the whole is made of, or 0; @payload: bytes of
 * samples that have left their tracks */
gsize gst_pin_mp4_reserve_choose (const GstPinMp4Movie * movie,
    guint64 source_size, guint64 payload);

G_END_DECLS
