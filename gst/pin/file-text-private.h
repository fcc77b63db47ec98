/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small file of the user's, such as one with cookies or a token, as text.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) Never more than @max bytes of it, also of a file without an
 * end. IO where it cannot be read, is longer, or is no text; the message names
 * @path and what should have been in it: @what. Any thread; blocks. */
gchar *gst_pin_file_text_read (const gchar * path, gsize max,
    const gchar * what, GError ** error);

G_END_DECLS
