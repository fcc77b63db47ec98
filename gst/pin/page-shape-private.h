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

/* The parts of that, for forms that nobody knows: TRUE where the address is
 * that of a playlist or an MP4; takes one as a variant of @video where it is
 * the site's, @name (nullable) being the page's own for it; takes what stands
 * beside an address: length, size, captions. */
gboolean gst_pin_page_shape_is_playable (const gchar * url);
void gst_pin_page_shape_take_url (GstPinVideo * video, const gchar * name,
    const gchar * text);
void gst_pin_page_shape_read_entry (JsonObject * entry, GstPinVideo * video);

/* Videos were found for @media after it was read: makes it a video Pin. */
void gst_pin_page_shape_settle_found (GstPinMedia * media);

/* Adds each picture in its best size: the Pin's own, then those of its
 * carousel and its story. */
void gst_pin_page_shape_read_images (JsonObject * pin, GstPinMedia * media);

/* Adds the one picture of a Pin, a slot, or whatever else has "images". @media
 * is a GstPinMedia. */
void gst_pin_page_shape_read_image (JsonObject * holder, gpointer media);

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
