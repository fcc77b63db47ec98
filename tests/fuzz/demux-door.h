/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a demuxer's fuzzer says of it; the rest of it is demux-door.c.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* (transfer floating) */
GstElement *door_make_demux (void);

/* What is fed, and what it is said to be on the way, for a while */
extern const gchar *const door_caps, *const door_other_caps;

G_END_DECLS
