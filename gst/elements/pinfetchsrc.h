/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The element that hands hlsdemux the fragments of a pinsrc's plan.
 */
#pragma once

#include <gst/base/gstbasesrc.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_FETCH_SRC (gst_pin_fetch_src_get_type ())
G_DECLARE_FINAL_TYPE (GstPinFetchSrc, gst_pin_fetch_src, GST, PIN_FETCH_SRC,
    GstBaseSrc)

GST_ELEMENT_REGISTER_DECLARE (pinfetchsrc);

G_END_DECLS
