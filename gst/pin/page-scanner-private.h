/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HTML bytes, in pieces of any size → the blocks that carry a page's data. It
 * knows tags and quotes, and no JSON. No I/O; one thread at a time.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_PIN_PAGE_MAX_BYTES (16 * 1024 * 1024)
#define GST_PIN_PAGE_MAX_BLOCK_BYTES (8 * 1024 * 1024)
#define GST_PIN_PAGE_MAX_BLOCKS 256

/* Flags, so that a reader names the kinds it wants. */
typedef enum
{
  GST_PIN_PAGE_BLOCK_INITIAL_PROPS = 1 << 0,    /* the script of that id */
  GST_PIN_PAGE_BLOCK_PWS_DATA = 1 << 1, /* the same */
  GST_PIN_PAGE_BLOCK_INITIAL_STATE = 1 << 2,    /* the same */
  GST_PIN_PAGE_BLOCK_STATE = 1 << 3,    /* a state in a script without id */
  GST_PIN_PAGE_BLOCK_RELAY_CALL = 1 << 4,       /* one registered answer */
  GST_PIN_PAGE_BLOCK_RELAY_RESPONSE = 1 << 5,   /* data-relay-response */
  GST_PIN_PAGE_BLOCK_JSON_LD = 1 << 6,  /* type=application/ld+json */
  GST_PIN_PAGE_BLOCK_META = 1 << 7,     /* meta[property=og:…], decoded */
  GST_PIN_PAGE_BLOCK_CANONICAL = 1 << 8,        /* its address, decoded */
  GST_PIN_PAGE_BLOCK_TITLE = 1 << 9,    /* title, decoded */
  GST_PIN_PAGE_BLOCK_JSON = 1 << 10     /* type=application/json, no known id */
} GstPinPageBlockKind;

/* A view into the scanner: it lasts until the next push or finish. */
typedef struct
{
  GstPinPageBlockKind kind;
  const gchar *text;            /* not terminated by NUL */
  gsize length;
  const gchar *request;         /* RELAY_CALL: inside the quotes; else NULL */
  gsize request_length;
  const gchar *name;            /* META: the property; else NULL */
  gboolean truncated;           /* the page ended inside the block */
} GstPinPageBlock;

typedef struct _GstPinPageScanner GstPinPageScanner;

GstPinPageScanner *gst_pin_page_scanner_new (void);
void gst_pin_page_scanner_free (GstPinPageScanner * self);

/* FALSE where the page is larger than is read: what came until then stays, and
 * further bytes are dropped. */
gboolean gst_pin_page_scanner_push (GstPinPageScanner * self,
    const gchar * data, gsize length);

/* The page is over: a block that is open ends here. Once. */
void gst_pin_page_scanner_finish (GstPinPageScanner * self);

guint gst_pin_page_scanner_get_n_blocks (const GstPinPageScanner * self);
void gst_pin_page_scanner_get_block (const GstPinPageScanner * self,
    guint index, GstPinPageBlock * block);

/* The named script that is still coming, as far as it came, as if the page
 * ended here. Gives where in the page its text starts, which tells one from the
 * next; 0 where none is open. */
guint64 gst_pin_page_scanner_get_open_block (const GstPinPageScanner * self,
    GstPinPageBlock * block);

/* The first kilobytes that a visitor would read, for pages that have no data
 * but words. */
const gchar *gst_pin_page_scanner_get_words (const GstPinPageScanner * self);
/* All bytes that were pushed, whether read or dropped */
guint64 gst_pin_page_scanner_get_n_bytes (const GstPinPageScanner * self);

/* The name of a kind in messages, such as "__PWS_DATA__" */
const gchar *gst_pin_page_block_kind_get_name (GstPinPageBlockKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinPageScanner, gst_pin_page_scanner_free)

G_END_DECLS
