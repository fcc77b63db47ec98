/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The element that turns a Pin's address into its video.
 */
#pragma once

#include <gst/base/gstbasesrc.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_SRC (gst_pin_src_get_type ())
G_DECLARE_FINAL_TYPE (GstPinSrc, gst_pin_src, GST, PIN_SRC, GstBaseSrc)

GST_ELEMENT_REGISTER_DECLARE (pinsrc);

G_END_DECLS
