/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Picks single values out of a Pin's JSON, under either of its two spellings.
 * Pure functions, any thread.
 *
 * A path is member names joined by dots, in the snake_case of the site's older
 * answers ("pin_join.canonical_pin.id"). Each name is also found in the
 * camelCase of the newer ones. null is as good as missing.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *gst_pin_page_pick (JsonObject * object, const gchar * path);
JsonObject *gst_pin_page_pick_object (JsonObject * object,
    const gchar * path);
JsonArray *gst_pin_page_pick_array (JsonObject * object, const gchar * path);

/* (transfer full) (nullable) Without space around it; NULL where it is empty */
gchar *gst_pin_page_pick_string (JsonObject * object, const gchar * path);
/* The first of several paths that gives one; the list ends with NULL */
gchar *gst_pin_page_pick_first_string (JsonObject * object,
    const gchar * const *paths);

/* Zero where it is missing, no number, negative or larger than @max */
guint64 gst_pin_page_pick_number (JsonObject * object, const gchar * path,
    guint64 max);
gboolean gst_pin_page_pick_boolean (JsonObject * object, const gchar * path);

/* (transfer none) (nullable) A string as it stands */
const gchar *gst_pin_page_node_get_text (JsonNode * node);

G_END_DECLS
