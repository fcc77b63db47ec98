/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One HTML tag: where it ends, and what its attributes say. Pure functions on
 * bytes, any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where in a tag the search for its end stands; zero at a tag's start. */
typedef struct
{
  enum
  {
    GST_PIN_PAGE_TAG_NAME,
    GST_PIN_PAGE_TAG_VALUE_START,
    GST_PIN_PAGE_TAG_QUOTED,
    GST_PIN_PAGE_TAG_UNQUOTED
  } place;
  gchar quote;
} GstPinPageTagState;

/* The > that ends the tag, NULL where it is not in these bytes: then the
 * search goes on with the next ones. */
const gchar *gst_pin_page_tag_find_end (GstPinPageTagState * state,
    const gchar * at, const gchar * end);

/* (transfer full) (nullable) The decoded value of an attribute of the tag whose
 * bytes, without < and >, are @tag: empty where it has none, NULL where there
 * is no such attribute. The first one of that name counts. */
gchar *gst_pin_page_tag_get (const gchar * tag, gsize length,
    const gchar * attribute);

G_END_DECLS
