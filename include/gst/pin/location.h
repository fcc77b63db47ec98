/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a user typed, understood: a Pin, a short link to one, or another kind
 * of page. Immutable, counted, any thread.
 */
#pragma once

#include <gst/pin/prelude.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_LOCATION (gst_pin_location_get_type ())
#define GST_TYPE_PIN_LOCATION_KIND (gst_pin_location_kind_get_type ())

/**
 * GstPinLocationKind:
 * @GST_PIN_LOCATION_PIN: one Pin.
 * @GST_PIN_LOCATION_SHORT_LINK: a `pin.it` link, which must be followed to learn where it leads.
 * @GST_PIN_LOCATION_BOARD: a board.
 * @GST_PIN_LOCATION_SECTION: a section of a board.
 * @GST_PIN_LOCATION_USER: a user's page.
 * @GST_PIN_LOCATION_SEARCH: a search for Pins.
 *
 * What a location names.
 */
typedef enum
{
  GST_PIN_LOCATION_PIN,
  GST_PIN_LOCATION_SHORT_LINK,
  GST_PIN_LOCATION_BOARD,
  GST_PIN_LOCATION_SECTION,
  GST_PIN_LOCATION_USER,
  GST_PIN_LOCATION_SEARCH
} GstPinLocationKind;

/**
 * GstPinLocation:
 *
 * An understood location. Immutable; see gst_pin_location_parse().
 */
typedef struct _GstPinLocation GstPinLocation;

GST_PIN_API
GType gst_pin_location_get_type (void);

GST_PIN_API
GType gst_pin_location_kind_get_type (void);

GST_PIN_API
GstPinLocation *gst_pin_location_parse (const gchar * text, GError ** error);

GST_PIN_API
GstPinLocation *gst_pin_location_ref (GstPinLocation * self);

GST_PIN_API
void gst_pin_location_unref (GstPinLocation * self);

GST_PIN_API
GstPinLocationKind gst_pin_location_get_kind (const GstPinLocation * self);

GST_PIN_API
const gchar *gst_pin_location_get_id (const GstPinLocation * self);

GST_PIN_API
const gchar *gst_pin_location_get_url (const GstPinLocation * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinLocation, gst_pin_location_unref)

G_END_DECLS
