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

/* The `meta` inside of `udta` alone; nothing where no tag has a place there */
void gst_pin_mp4_tags_write_meta (const GstTagList * tags, GstPinMp4Box * box);
/* (transfer full) Those of @tags that @before lacks or has another value of */
GstTagList *gst_pin_mp4_tags_find_fresh (const GstTagList * before,
    const GstTagList * tags);

G_END_DECLS
