/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A chunk: neighbouring bytes of one resource, asked for in one request, and
 * again from where it broke when it breaks. Made and driven on the client's
 * thread; what readers see of it is under the fetcher's lock.
 */
#pragma once

#include "fetch-budget-private.h"
#include "fetch-plan-private.h"
#include "fetch-shape-private.h"
#include "fetch-store-private.h"
#include "http-exchange-private.h"
#include "http-retry-private.h"

G_BEGIN_DECLS

typedef struct _GstPinChunk GstPinChunk;

typedef enum
{
  GST_PIN_CHUNK_TODO,           /* nothing asked yet */
  GST_PIN_CHUNK_RUNNING,        /* asked, or waiting to ask again */
  GST_PIN_CHUNK_DONE,           /* all bytes are there */
  GST_PIN_CHUNK_FAILED          /* they will not come */
} GstPinChunkState;

/* What is known of a resource from the answers so far; client's thread */
typedef struct
{
  gchar *validator;             /* strong ETag or Last-Modified; NULL: none */
  gint64 total;                 /* -1: unknown */
  gboolean ranged;              /* a part was sent as it was asked for */
  gboolean checking;            /* asked whether it is still what is stored */
  gboolean checked;             /* and answered */
} GstPinResource;

/* What a chunk's owner is told, on the client's thread, without the lock */
typedef struct
{
  /* The answer for a chunk of unknown end was believed. The resource goes to
   * @total; -1: whatever there is, this chunk brings all of it */
  void (*settled) (GstPinChunk * chunk, gint64 total, gpointer data);
  /* A guess came to no more with @error. It is withdrawn: TODO again, or if it
   * has bytes to be put back */
  void (*withdrew) (GstPinChunk * chunk, const GError * error, gpointer data);
  /* The server sends all of the resource for a part of it. As long as the chunk
   * has no bytes it may be given another start; and another end */
  void (*unranged) (GstPinChunk * chunk, gpointer data);
  /* A request was answered; @reused: on a connection that was there */
  void (*answered) (GstPinChunk * chunk, gboolean reused, gpointer data);
  /* Bytes can be read that could not before */
  void (*arrived) (GstPinChunk * chunk, gsize size, gpointer data);
  /* The bytes of @memory from @from to @to, the first of which stands at @offset,
   * are right and final */
  void (*keep) (GstPinChunk * chunk, guint64 offset, GstMemory * memory,
      gsize from, gsize to, gpointer data);
  /* DONE or FAILED; @error then */
  void (*ended) (GstPinChunk * chunk, const GError * error, gpointer data);
  /* An attempt broke with @error and another will follow */
  void (*retried) (GstPinChunk * chunk, const GError * error, gpointer data);
  /* Whether a reader waits for this chunk's next byte: then memory is given
   * beyond the budget */
  gboolean (*urgent) (GstPinChunk * chunk, gpointer data);
  /* It has a connection, and no memory for what comes on it */
  void (*paused) (GstPinChunk * chunk, gpointer data);
  /* When bytes came last for any chunk: monotonic µs */
  gint64 (*last_byte) (gpointer data);
  /* Whether its host bears one more request now */
  gboolean (*may_ask) (GstPinChunk * chunk, gpointer data);
  /* How many of @wanted bytes may be read now; 0: none, resume() follows */
  gsize (*pace) (GstPinChunk * chunk, gsize wanted, gpointer data);
} GstPinChunkOwner;

struct _GstPinChunk
{
  guint track, run;             /* const */
  gboolean checked_kind;        /* const: its first bytes begin a media fragment */
  const gchar *url;             /* the plan's */
  guint64 start;                /* lock */
  guint64 end;                  /* G_MAXUINT64: unknown; lock */
  guint64 got;                  /* bytes before this are there; lock */
  GQueue blocks;                /* of GstPinBlock, those not read yet; lock */
  GstPinChunkState state;       /* lock */

  /* client's thread only */
  GMutex *lock;                 /* the fetcher's */
  GstPinHttpClient *client;
  GstPinBudget *budget;
  GstPinResource *resource;     /* the track's */
  const GstPinChunkOwner *owner;
  gpointer owner_data;
  gsize probe;                  /* of an unknown length only so much is asked;
                                 * 0: all of it */
  gboolean guess;               /* the resource may not go so far */
  gboolean withdrawn;           /* not to be asked for before that is known */
  gboolean verified;
  GstPinShape shape;            /* the resource's, if this is all of it */
  gboolean limited;             /* the attempt asks for less than all there may be */
  gboolean whole;               /* one media file of unknown length, all of it */
  guint8 before[64];            /* the last bytes before a break */
  guint8 again[64];             /* the same, as sent again */
  gsize overlap;                /* bytes asked for again, to compare */
  gsize compared;               /* of them */
  gsize progress;               /* bytes since the last that counted */
  gboolean paused;              /* waits for budget */
  gboolean checks;              /* its answer tells whether stored bytes hold */
  gboolean stored;              /* comes from the store, not the network */
  GstPinStoreRead *store_read;
  GstPinBlock *store_block;     /* that is read to */
  gsize reserved;               /* set aside, not in blocks yet */
  gsize owed;                   /* to be set aside, as memory comes back */
  guint64 skip;                 /* bytes of a whole answer before those asked for */
  GstPinRetry retry;
  gint64 failed_at;             /* monotonic µs of the last failed attempt */
  GstPinExchange *exchange;
  GstPinHostUse *host;          /* that the last attempt asked; the client's */
  GSource *wait;
  gchar *said_validator;        /* by the current answer, not believed yet */
  gint64 said_total;
  guint status;
  gint64 retry_after;
  GError *refusal;
};

GstPinChunk *gst_pin_chunk_new (guint track, guint run, const gchar * url,
    guint64 start, guint64 end);

/* Sets memory aside and asks. If there is not enough, or it is @behind others
 * that wait for theirs, at most @credit bytes may be owed. FALSE: not now */
gboolean gst_pin_chunk_start (GstPinChunk * self, gboolean urgent,
    gboolean behind, gsize credit);

/* Sets aside what is owed. FALSE: not all of it now */
gboolean gst_pin_chunk_pay (GstPinChunk * self);

/* Gives its connection up, with what it has: as it is now it is done, or has
 * not begun. TRUE: done, and the rest of what it was to bring is another's. */
gboolean gst_pin_chunk_park (GstPinChunk * self);

/* There may be memory again */
void gst_pin_chunk_resume (GstPinChunk * self);

/* Lets go of the bytes; under the lock */
void gst_pin_chunk_drop_blocks (GstPinChunk * self);

/* Stops whatever goes on. Client's thread */
void gst_pin_chunk_free (GstPinChunk * self);

G_END_DECLS
