/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Foreign text in our messages. Pure function, any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A form of any text that is safe to show: valid UTF-8 of at most @max letters
 * on one line, with an ellipsis where it was cut */
gchar *gst_pin_shown (const gchar * text, guint max);

G_END_DECLS
