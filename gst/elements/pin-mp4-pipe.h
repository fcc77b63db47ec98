/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing to a pipe so that it can be interrupted.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void gst_pin_mp4_pipe_watch (GstPad * src);

G_END_DECLS
