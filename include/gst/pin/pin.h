/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything that libgstpin-1.0 offers to an application.
 */
#pragma once

#include <gst/pin/error.h>
#include <gst/pin/location.h>
#include <gst/pin/media.h>
#include <gst/pin/report.h>
#include <gst/pin/resolver.h>
