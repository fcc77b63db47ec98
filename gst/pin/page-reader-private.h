/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a page reader is: one shape of data block → what it says about the
 * wanted Pin. Each reader is one file and one line of the table in page.c; see
 * docs/how-to-add-a-page-reader.md. Pure functions, any thread.
 */
#pragma once

#include "json-text-private.h"
#include "media-private.h"
#include "page-scanner-private.h"

G_BEGIN_DECLS

/* Which Pin is wanted */
typedef struct
{
  const gchar *pin_id;
  const gchar *canonical_id;    /* (nullable) the Pin it was saved from */
} GstPinPageQuery;

/* (transfer full) (nullable) What the block says about the wanted Pin.
 * NULL without @error: it says nothing about it.
 * GST_PIN_ERROR_NOT_FOUND: it says that this Pin does not exist.
 * GST_PIN_ERROR_BLOCKED, RATE_LIMITED: it is a refusal.
 * GST_PIN_ERROR_SCHEMA: it is about this Pin and cannot be read. */
typedef GstPinMedia *(*GstPinPageReadFunc) (const GstPinPageBlock * block,
    const GstPinPageQuery * query, GError ** error);

/* (transfer full) (nullable) The same for a block that is still coming, from
 * data that will be taken as they are once it is whole, and none besides. */
typedef GstPinMedia *(*GstPinPagePeekFunc) (const GstPinPageBlock * block,
    const GstPinPageQuery * query);

typedef struct
{
  const gchar *name;            /* becomes the media's source */
  guint kinds;                  /* GstPinPageBlockKind flags: what it reads */
  gboolean late;                /* reads once the page is over, so that it
                                 * knows what others found */
  gboolean supplement;          /* late, and only adds to that */
  GstPinPageReadFunc read;
  GstPinPagePeekFunc peek;      /* (nullable) */
} GstPinPageReader;

extern const GstPinPageReader gst_pin_page_reader_redux;
extern const GstPinPageReader gst_pin_page_reader_relay;
extern const GstPinPageReader gst_pin_page_reader_initial_state;
extern const GstPinPageReader gst_pin_page_reader_json_ld;
extern const GstPinPageReader gst_pin_page_reader_meta;

/* For forms that no other reader knows */
extern const GstPinPageReader gst_pin_page_reader_any;

/* The readers whose input is a whole answer and no block of a page */
GstPinMedia *gst_pin_page_reader_resource_read (const GstPinJsonText * answer,
    const GstPinPageQuery * query, GError ** error);
GstPinMedia *gst_pin_page_reader_api_read (const GstPinJsonText * answer,
    const GstPinPageQuery * query, GError ** error);

/* ---- what readers share ---- */

/* TRUE where @pin is an object with the wanted id, under either spelling. A
 * missing id is no match. */
gboolean gst_pin_page_is_wanted (const GstPinJsonText * pin,
    const GstPinPageQuery * query);

/* The object @pin, which the caller knows to be the wanted Pin, as media.
 * @path names it in errors. */
GstPinMedia *gst_pin_page_read_pin (const GstPinJsonText * pin,
    const GstPinPageQuery * query, const gchar * path, GError ** error);

/* TRUE where @media (nullable) leaves nothing to ask: every clip in both of its
 * forms, so that no wish finds less than it would in a second telling. */
gboolean gst_pin_page_is_full (const GstPinMedia * media);

/* Joins a further telling to what there is: takes both, either may be NULL. */
GstPinMedia *gst_pin_page_join (GstPinMedia * first, GstPinMedia * second);

G_END_DECLS
