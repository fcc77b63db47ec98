/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The inside of a fetcher, for the files that make it up: the door
 * (fetcher.c), what is asked for next (fetch-schedule.c), what comes of it
 * (fetch-outcome.c), and the readers (fetch-read.c). One lock, for what both
 * the client's thread and readers touch; a field says whose it is.
 */
#pragma once

#include "fetch-chunk-private.h"
#include "fetch-pacer-private.h"
#include "fetcher-private.h"

G_BEGIN_DECLS

/* So much is handed out at once where playback does not begin; what makes one
 * buffer */
#define GST_PIN_FETCHER_ENOUGH (256 * 1024)

typedef struct
{
  GQueue chunks;                /* of GstPinChunk; lock */
  GQueue passed;                /* of GstPinChunk, read, to be freed; lock */
  guint next_run;               /* first run with no chunk yet; lock */
  GPtrArray *resources;         /* of GstPinResource, by run; client's thread */
  guint64 *ends;                /* by run; G_MAXUINT64: not known yet; lock */
  gint64 *told;                 /* by run; the server's word; -1: none yet; lock */
  guint64 known_bytes;          /* of runs whose length the server told; lock */
  GstClockTime known_time;      /* and their duration; lock */
  gboolean no_ranges;           /* the server sends all of a file; lock */
  gboolean seek;                /* a reader wants bytes that no chunk will bring; lock */
  guint seek_run;               /* lock */
  guint64 seek_position;        /* lock */
  GstPinChunk *waiting;         /* a reader waits for its next byte; lock */
  guint64 waiting_at;           /* that byte; lock */
  gboolean starving;            /* a reader waits for anything; lock */
} GstPinTrack;

struct _GstPinFetcher
{
  gint refs;
  GstPinHttpClient *client;     /* const */
  GstPinPlan *plan;             /* const */
  GstPinBudget *budget;         /* const */
  GstPinFetcherLimits limits;   /* const */
  const GstPinFetcherOwner *owner;      /* const */
  gpointer owner_data;

  GSource *wake;                /* const; schedules on the client's thread */
  GstPinPacer pacer;            /* client's thread */
  GstPinStore *store;           /* NULL: none; client's thread, lock */
  gboolean store_opening;       /* client's thread */
  guint64 from_store, stored;   /* bytes; lock */
  guint running;                /* chunks; written on the client's thread; lock */
  guint n_missing;              /* client's thread */
  gboolean has_failed, told_missing;    /* client's thread */

  GMutex lock;
  GCond cond;                   /* bytes, an end, flushing or stop */
  gboolean stopped;             /* lock */
  GstPinTrack tracks[GST_PIN_PLAN_MAX_TRACKS];
  GHashTable *kept;             /* index → GBytes: init parts and keys; lock */
  gsize kept_size;              /* of all of them; lock */

  /* lock */
  guint64 bytes, requests, retries, resumed, reused, stalls;
  guint peak_running;
  guint host_limit;             /* of the host last reported to; 0: none */
  gint64 started, first_byte, last_byte;        /* monotonic µs */
};

/* --- fetcher.c --- */

/* Schedules on the client's thread, soon. Any thread */
void gst_pin_fetcher_wake (gpointer fetcher);
/* Likewise in so many µs, unless it comes sooner. Client's thread */
void gst_pin_fetcher_wake_in (GstPinFetcher * self, gint64 delay);

GstPinRun *gst_pin_fetcher_get_run (GstPinFetcher * self, guint track,
    guint run);
/* Index in the track's order of the last fragment that begins at or before
 * @position in the run */
guint gst_pin_fetcher_fragment_at (GstPinFetcher * self, guint track,
    guint run, guint64 position);
/* How long the run plays; GST_CLOCK_TIME_NONE for the last */
GstClockTime gst_pin_fetcher_get_duration (GstPinFetcher * self, guint track,
    guint run);
/* The fragment that the chunk begins in */
const GstPinFragment *gst_pin_fetcher_get_fragment_of (GstPinFetcher * self,
    const GstPinChunk * chunk);
/* Whether the video goes on without what the chunk was to bring */
gboolean gst_pin_fetcher_can_leave_out (GstPinFetcher * self,
    GstPinChunk * chunk);
/* Once all of a file has come, its length is known for good: a reader may come
 * back to it when its chunks are gone */
void gst_pin_fetcher_learn_end_locked (GstPinFetcher * self,
    GstPinChunk * chunk);

/* --- fetch-schedule.c; client's thread --- */

/* Starts, resumes and drops whatever there is reason to */
void gst_pin_fetcher_schedule (GstPinFetcher * self);
/* A reader waits for a chunk that has no connection to begin on */
gboolean gst_pin_fetcher_is_way_wanted (GstPinFetcher * self);
/* What there is to know of the chunk before it asks */
void gst_pin_fetcher_equip (GstPinFetcher * self, GstPinChunk * chunk);
/* Stops the chunk, if it runs */
void gst_pin_fetcher_free_chunk (GstPinFetcher * self, GstPinChunk * chunk);

/* The chunk goes no further now: what it has is done, the rest is to be done */
void gst_pin_fetcher_put_back (GstPinFetcher * self, GstPinChunk * chunk);

/* --- fetch-stored.c; client's thread --- */

/* Makes @chunk, which is to be started, something that is wholly in the store or
 * wholly not, at most @most. TRUE: it is. */
gboolean gst_pin_fetcher_consult_store_locked (GstPinFetcher * self,
    GstPinChunk * chunk, gsize most);
/* As gst_pin_chunk_start(), from the store */
gboolean gst_pin_fetcher_start_stored (GstPinFetcher * self,
    GstPinChunk * chunk, gboolean urgent);
/* Whether the chunk has to wait for the word on what is stored of its file, and
 * that word */
gboolean gst_pin_fetcher_is_held (GstPinFetcher * self,
    const GstPinChunk * chunk);
/* Whether any of its bytes are stored */
gboolean gst_pin_fetcher_has_stored (GstPinFetcher * self,
    const GstPinChunk * chunk);
void gst_pin_fetcher_end_check (GstPinFetcher * self, GstPinChunk * chunk,
    gboolean well);
/* Puts bytes of @memory, the first of which stands at @offset, into the store */
void gst_pin_fetcher_keep (GstPinFetcher * self, GstPinChunk * chunk,
    guint64 offset, GstMemory * memory, gsize from, gsize to);

/* --- fetch-outcome.c; client's thread --- */

/* What chunks tell; its data is the fetcher */
extern const GstPinChunkOwner gst_pin_fetcher_chunk_owner;
/* Whether the chunk's host bears one more request now */
gboolean gst_pin_fetcher_may_ask (GstPinChunk * chunk, gpointer fetcher);

G_END_DECLS
