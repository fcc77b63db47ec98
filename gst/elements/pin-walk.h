/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking up and down a pipeline from one of its pads.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GstElement *gst_pin_walk_find (GstPad * from, const gchar * factory,
    guint * n_between);
GstPad *gst_pin_walk_open_end (GstPad * from);

G_END_DECLS
