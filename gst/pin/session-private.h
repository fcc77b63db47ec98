/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The session: one Pin in one pipeline, from its location to the fragments.
 * pinsrc makes it; pinfetchsrc finds it by the token in its URIs.
 */
#pragma once

#include <gst/pin/location.h>
#include <gst/pin/media.h>

#include "fetcher-private.h"
#include "http-client-private.h"
#include "resolve-options-private.h"
#include "webvtt-private.h"

G_BEGIN_DECLS

typedef struct _GstPinSession GstPinSession;

typedef struct
{
  GstPinHttpConfig http;
  GstPinResolveOptions resolve;
  gchar *quality;
  guint item;                   /* counted from 1 */
  GstPinFetcherLimits limits;
  gboolean native_uris;         /* playlists keep https URIs, nothing is fetched ahead */
  gchar *store;                 /* path of the fetcher's; NULL: none */
  gboolean cover;               /* fetch the cover picture for the tags */
  gchar *captions;              /* languages, "auto", or NULL: none */
} GstPinSessionConfig;

void gst_pin_session_config_clear (GstPinSessionConfig * config);

/* What pinsrc pushes */
typedef enum
{
  GST_PIN_OUTPUT_PLAYLIST,
  GST_PIN_OUTPUT_PROGRESSIVE
} GstPinOutput;

/* Any thread; @owner is called on the client's thread, about what happens after
 * the session was ready: failed at most once. Nothing is called after stop. */
GstPinSession *gst_pin_session_new (GstPinLocation * location,
    const GstPinSessionConfig * config, const GstPinFetcherOwner * owner,
    gpointer data, GError ** error);
GstPinSession *gst_pin_session_ref (GstPinSession * self);
void gst_pin_session_unref (GstPinSession * self);

void gst_pin_session_start (GstPinSession * self);

/* Waits until nothing of it runs any more. Not from the client's thread. */
void gst_pin_session_stop (GstPinSession * self);

/* Blocks until the session knows what to push. FALSE with @error: it never
 * will; FALSE without: @reader is flushing, or the session stopped. */
gboolean gst_pin_session_wait_ready (GstPinSession * self,
    GstPinReader * reader, GError ** error);

/* Once it is ready */
GstPinOutput gst_pin_session_get_output (GstPinSession * self);
GstTagList *gst_pin_session_get_tags (GstPinSession * self);
/* (transfer none) (nullable) Those that were asked for and are there */
const GstPinWebvtt *gst_pin_session_get_captions (GstPinSession * self,
    const gchar ** language);
/* The address of the playlist or file that is pushed, as downstream may see it */
gchar *gst_pin_session_get_output_uri (GstPinSession * self);

/* Its files are read with session-file-private.h; this wakes who reads them */
void gst_pin_session_set_flushing (GstPinSession * self,
    GstPinReader * reader, gboolean flushing);

GstStructure *gst_pin_session_get_stats (GstPinSession * self);

/* For its files. (nullable) What is to be read, and who fetches it; both are
 * there until the session goes. NULL: not ready. */
struct _GstPinSessionPlan;
const struct _GstPinSessionPlan *gst_pin_session_get_plan (GstPinSession *
    self, GstPinFetcher ** fetcher);

/* Takes @error, tells the owner on the client's thread. Any thread. */
void gst_pin_session_report (GstPinSession * self, GError * error);

/* Until @reader is flushing or the session stopped */
void gst_pin_session_wait_end (GstPinSession * self, GstPinReader * reader);

/* (transfer full) (nullable) The living session whose URIs these are, and the
 * path in them */
GstPinSession *gst_pin_session_find (const gchar * uri, gchar ** path);

#define GST_PIN_FRAGMENT_SCHEME "pinfrag"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinSession, gst_pin_session_unref)

G_END_DECLS
