/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The library's debug category: GST_DEBUG=pin:6 shows each request. Queries are
 * left out of what is logged, since they can hold personal data.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GstDebugCategory *gst_pin_debug_category (void);

#define GST_CAT_DEFAULT (gst_pin_debug_category ())

G_END_DECLS
