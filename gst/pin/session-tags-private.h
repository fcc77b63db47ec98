/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a Pin's page says of it → GStreamer tags. Pure functions.
 */
#pragma once

#include <gst/pin/media.h>

G_BEGIN_DECLS

GstTagList *gst_pin_session_tags_new (const GstPinMedia * media,
    const GstPinVideo * video);
void gst_pin_session_tags_set_duration (GstTagList * tags,
    GstClockTime duration);
/* Leaves them as they are where @picture is no JPEG or PNG */
void gst_pin_session_tags_add_cover (GstTagList * tags, GBytes * picture);

G_END_DECLS
