/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Passes over strings and containers of JSON text, as fast as can be without
 * looking at what they hold. Pure functions on bytes, any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @at is behind an opening quote. Gives the closing one, NULL where cut. */
const gchar *gst_pin_json_skip_string (const gchar * at, const gchar * end);

/* @at is at an opening bracket. Gives what is behind the bracket that closes
 * it, NULL where cut. Brackets are counted and not compared, and nothing else
 * is checked: this is for text that nobody is going to parse. */
const gchar *gst_pin_json_skip_container (const gchar * at,
    const gchar * end);

G_END_DECLS
