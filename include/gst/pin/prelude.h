/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every public header begins with: the visibility of what the library
 * exports. Applications include <gst/pin/pin.h> and never this file.
 */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

#ifndef GST_PIN_API
#define GST_PIN_API __attribute__ ((visibility ("default"))) extern
#endif
