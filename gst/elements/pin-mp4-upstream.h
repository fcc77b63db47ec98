/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a demuxer in front of pinmp4bin has to give.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GList *gst_pin_mp4_upstream_free_pads (GstElement * element);
GstTagList *gst_pin_mp4_upstream_tags (GstElement * element);

G_END_DECLS
