/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tags as iTunes and everyone after it keep them: `udta` with `meta` and `ilst`.
 * Pure functions.
 */
#pragma once

#include "mp4-box-private.h"

G_BEGIN_DECLS

/* Writes nothing where @tags has nothing that has a place there */
void gst_pin_mp4_tags_write (const GstTagList * tags, GstPinMp4Box * box);

G_END_DECLS
