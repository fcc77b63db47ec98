/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One Pin's JSON object → a media value, in either spelling. Pure functions,
 * any thread.
 */
#pragma once

#include "media-private.h"

G_BEGIN_DECLS

/* (transfer full) What the object says. The caller knows that it is the Pin
 * @pin_id. Its kind is GST_PIN_KIND_VIDEO without any video where the object
 * claims one that cannot be read. */
GstPinMedia *gst_pin_page_shape_read (JsonObject * pin, const gchar * pin_id);

/* Adds the videos of the object, of its story's pages and its carousel's slots.
 * TRUE where it claims a video, whether or not one could be read. */
gboolean gst_pin_page_shape_read_videos (JsonObject * pin,
    GstPinMedia * media);

/* Adds each picture in its best size: the Pin's own, then those of its
 * carousel and its story. */
void gst_pin_page_shape_read_images (JsonObject * pin, GstPinMedia * media);

/* Goes through story pages' blocks or carousel slots, up to a limit. */
typedef void (*GstPinPageShapeFunc) (JsonObject * part, gpointer data);
void gst_pin_page_shape_foreach_block (JsonObject * pin,
    GstPinPageShapeFunc func, gpointer data);
void gst_pin_page_shape_foreach_page (JsonObject * pin,
    GstPinPageShapeFunc func, gpointer data);
void gst_pin_page_shape_foreach_slot (JsonObject * pin,
    GstPinPageShapeFunc func, gpointer data);

/* The date forms that pages use. */
GDateTime *gst_pin_page_parse_date (const gchar * text);

G_END_DECLS
