/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fetcher: a plan's fragments, in parallel, handed out in order, within a
 * byte budget and a number of connections. The client's thread fetches; any
 * thread reads.
 */
#pragma once

#include "fetch-plan-private.h"
#include "http-client-private.h"

G_BEGIN_DECLS

typedef struct _GstPinFetcher GstPinFetcher;

/* One reading element. Its unlock() sets flushing, from any thread. */
typedef struct
{
  gint flushing;                /* atomic; whoever waits is woken by its setter */
} GstPinReader;

typedef struct
{
  guint max_connections;
  gsize max_buffer_bytes;
  guint64 max_bitrate;          /* bits per second; 0: no limit */
  gboolean skip_missing;        /* leave out what can't be had */
  const gchar *store;           /* path; NULL: none. Only for new() */
} GstPinFetcherLimits;

/* On the client's thread. failed: once, the plan can't be fulfilled. missing:
 * with skip_missing, for each fragment that is left out, and once more with
 * how many there were when everything else is there. */
typedef struct
{
  void (*failed) (const GError * error, gpointer data);
  void (*missing) (const GError * error, gpointer data);
  /* Something does not work as it was asked to, and the plan is fulfilled
   * without it */
  void (*warned) (const GError * error, gpointer data);
} GstPinFetcherOwner;

/* Takes @plan, which is not sealed yet. Client's thread. */
GstPinFetcher *gst_pin_fetcher_new (GstPinHttpClient * client,
    GstPinPlan * plan, const GstPinFetcherLimits * limits,
    const GstPinFetcherOwner * owner, gpointer data);
GstPinFetcher *gst_pin_fetcher_ref (GstPinFetcher * self);
void gst_pin_fetcher_unref (GstPinFetcher * self);

/* Client's thread: begins to fetch; ends everything, wakes all readers. */
void gst_pin_fetcher_start (GstPinFetcher * self);
void gst_pin_fetcher_stop (GstPinFetcher * self);

/* The next bytes of fragment @index from @offset on, as many as there are.
 * Blocks until there are some. GST_FLOW_EOS at the fragment's end, FLUSHING
 * when the reader is flushing or the fetcher stopped. After a failure it
 * blocks until then: a short file must not look finished. */
GstFlowReturn gst_pin_fetcher_read (GstPinFetcher * self,
    GstPinReader * reader, guint index, guint64 offset, GstBuffer ** buffer);

const GstPinFragment *gst_pin_fetcher_get_fragment (GstPinFetcher * self,
    guint index);

/* Some reader's flushing was set */
void gst_pin_fetcher_wake_readers (GstPinFetcher * self);

/* -1: not known (yet). Never blocks. */
gint64 gst_pin_fetcher_get_length (GstPinFetcher * self, guint index);

/* Adds "bytes", "requests", "retries", … to @stats */
void gst_pin_fetcher_add_stats (GstPinFetcher * self, GstStructure * stats);

G_END_DECLS
