/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The muxer inside pinmp4bin, set up for one run.
 */
#pragma once

#include <gst/gst.h>

#include "pin-mp4-format.h"
#include "pin-mp4-track.h"

G_BEGIN_DECLS

typedef struct _GstPinMp4Mux GstPinMp4Mux;

GstPinMp4Mux *gst_pin_mp4_mux_new (void);
void gst_pin_mp4_mux_free (GstPinMp4Mux * self);

GstElement *gst_pin_mp4_mux_get_element (GstPinMp4Mux * self);
GstPinMp4Format gst_pin_mp4_mux_choose_format (GstPad * src,
    GstPinMp4Format wish);
void gst_pin_mp4_mux_set_format (GstPinMp4Mux * self, GstPinMp4Format format,
    guint fragment_duration);
void gst_pin_mp4_mux_set_tags (GstPinMp4Mux * self, const GstTagList * tags);
gboolean gst_pin_mp4_mux_add_track (GstPinMp4Mux * self, GstBin * bin,
    GstPinMp4Track * track, const gchar * template_name);
void gst_pin_mp4_mux_fail (GstPinMp4Mux * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Mux, gst_pin_mp4_mux_free)

G_END_DECLS
