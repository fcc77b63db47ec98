/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store: a file that keeps what was fetched, so that a download that was
 * interrupted goes on with what is missing. Written and read by a thread of its
 * own; asked from any thread.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstPinStore GstPinStore;
typedef struct _GstPinStoreRead GstPinStoreRead;

/* On the thread that iterates the store's context. opened: what there was is
 * known now, once; the store is of no use if @error says why. abandoned: nothing
 * is kept from here on, once. */
typedef struct
{
  void (*opened) (const GError * error, gpointer data);
  void (*abandoned) (const GError * error, gpointer data);
} GstPinStoreOwner;

/* Opens or makes the file at @path. At most @max_waiting bytes wait to be
 * written; what is more is not kept. */
GstPinStore *gst_pin_store_new (const gchar * path, gsize max_waiting,
    GMainContext * context, const GstPinStoreOwner * owner, gpointer data);

/* Neither opened() nor abandoned() after this; what waits is still written, and
 * then the file is closed. From the context's thread. */
void gst_pin_store_close (GstPinStore * self);

/* Whether anything of the file at @url is there, and what its server said of it:
 * its validator, to be freed, and its length */
gboolean gst_pin_store_knows (GstPinStore * self, const gchar * url,
    gchar ** validator, guint64 * total);

/* The end of the stored bytes at @position; @position: there are none. @next:
 * where the next ones begin; G_MAXUINT64: nowhere. */
guint64 gst_pin_store_look (GstPinStore * self, const gchar * url,
    guint64 position, guint64 * next);

/* The file at @url is another one now */
void gst_pin_store_forget (GstPinStore * self, const gchar * url);

/* Keeps the bytes of @memory from @from to @to; the first of them stands at
 * @offset of the file at @url */
void gst_pin_store_keep (GstPinStore * self, const gchar * url,
    const gchar * validator, guint64 total, guint64 offset,
    GstMemory * memory, gsize from, gsize to);

/* Reads @size bytes that are stored at @position to @to, which is @memory's.
 * done, in the store's context: how many there are; what is behind them is
 * damaged, and forgotten. The read is gone then. */
GstPinStoreRead *gst_pin_store_read (GstPinStore * self, const gchar * url,
    guint64 position, GstMemory * memory, guint8 * to, gsize size,
    void (*done) (gsize size, gpointer data), gpointer data);
/* Instead of done() */
void gst_pin_store_read_cancel (GstPinStoreRead * read);

/* Bytes written by this object */
guint64 gst_pin_store_get_written (GstPinStore * self);

G_END_DECLS
