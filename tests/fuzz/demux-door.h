/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's door to a demuxer: bytes in at its sink pad, all in one thread,
 * and one number that stands for all that came out of its source pads.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The first bytes of an input; the rest is for the demuxer */
#define DOOR_HEAD 2

typedef struct _Door Door;

Door *door_new (GstElement * demux, const gchar * caps,
    const gchar * other_caps);
void door_try (Door * self, const guint8 * data, gsize size);

G_END_DECLS
