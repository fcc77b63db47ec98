/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pin-run and pin-many share; see pin-lines.c. */
#pragma once

#include <gst/gst.h>
#include <json-glib/json-glib.h>

/* A thread of a pool waits half a second for more to do before it ends */
#define PIN_SETTLE_MS 3000

gboolean pin_start (const gchar * what, const GOptionEntry * options,
    const gint * limit, gint * argc, gchar *** argv);

JsonBuilder *pin_line_begin (const gchar * type);
void pin_line_string (JsonBuilder * builder, const gchar * name,
    const gchar * value);
void pin_line_double (JsonBuilder * builder, const gchar * name,
    gdouble value);
void pin_line_ms (JsonBuilder * builder, const gchar * name, gint64 since);
void pin_line_value (JsonBuilder * builder, const GValue * value);
void pin_line_structure (JsonBuilder * builder, const gchar * name,
    const GstStructure * from);
void pin_line_print (JsonBuilder * builder);

guint pin_count_entries (const gchar * folder);
