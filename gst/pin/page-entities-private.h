/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HTML's character references, turned into text. A pure function, any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) @text as a person reads it: always valid UTF-8, with what
 * is no known reference left as it stands. Never longer than three times
 * @length. */
gchar *gst_pin_page_decode_entities (const gchar * text, gsize length);

G_END_DECLS
