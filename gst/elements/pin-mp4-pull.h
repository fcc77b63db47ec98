/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Feeding a demuxer from a source that can be pulled from.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Part of a demuxer; used by its streaming thread */
typedef struct
{
  GstPad *sink;
  guint64 offset;               /* of what is pulled next */
} GstPinMp4Pull;

void gst_pin_mp4_pull_init (GstPinMp4Pull * self, GstPad * sink);
gboolean gst_pin_mp4_pull_is_active (GstPinMp4Pull * self);
gint64 gst_pin_mp4_pull_get_size (GstPinMp4Pull * self);

G_END_DECLS
