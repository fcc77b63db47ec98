/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking up the pipeline from one of pinmp4bin's sink pads.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GstElement *gst_pin_mp4_upstream_find (GstPad * sink, const gchar * factory);
GstPad *gst_pin_mp4_upstream_open_end (GstPad * sink);
GList *gst_pin_mp4_upstream_free_pads (GstElement * element);
GstTagList *gst_pin_mp4_upstream_tags (GstElement * element);

G_END_DECLS
