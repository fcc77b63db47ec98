/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How every element of this plugin reports what went wrong.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void gst_pin_element_post_error (GstElement * element, const GError * error,
    GstStructure * extra);

void gst_pin_element_post_warning (GstElement * element, const GError * error,
    GstStructure * extra);

GstMessage *gst_pin_element_translate_error (GstMessage * message);

G_END_DECLS
