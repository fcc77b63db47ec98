/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What goes with a session's video and is not waited for long: the cover
 * picture and the captions.
 */
#pragma once

#include <gst/pin/media.h>

#include "http-client-private.h"
#include "playlist-set-private.h"
#include "webvtt-private.h"

G_BEGIN_DECLS

typedef struct _GstPinExtras GstPinExtras;

/* On the client's thread */
typedef struct
{
  /* A callback of some request is to come, and has come */
  void (*begin) (gpointer data);
  void (*end) (gpointer data);
  /* Something came, or is not awaited any longer */
  void (*changed) (gpointer data);
  /* Something that was asked for will not be there */
  void (*missing) (const GError * error, gpointer data);
} GstPinExtrasOwner;

/* All on the client's thread. @wish: the captions property. */
GstPinExtras *gst_pin_extras_new (GstPinHttpClient * client,
    GCancellable * cancellable, const gchar * wish,
    const GstPinExtrasOwner * owner, gpointer data);
void gst_pin_extras_free (GstPinExtras * self);

/* @tags, which it becomes a part of, must live as long */
void gst_pin_extras_fetch_cover (GstPinExtras * self, const gchar * url,
    GstTagList * tags);

/* The captions that the page lists, where one of them fits the wish */
void gst_pin_extras_look_for_captions (GstPinExtras * self,
    const GstPinVideo * video);

/* Everything else is there. @set: the variant's playlists, which may have
 * captions too; or NULL. From now on nothing is waited for long. */
void gst_pin_extras_hurry (GstPinExtras * self, const GstPinPlaylistSet * set);

gboolean gst_pin_extras_is_waiting (const GstPinExtras * self);

/* What comes later is dropped: from now on what is there is only read */
void gst_pin_extras_close (GstPinExtras * self);

/* (transfer none) (nullable) Any thread, once closed */
const GstPinWebvtt *gst_pin_extras_get_captions (const GstPinExtras * self,
    const gchar ** language);

G_END_DECLS
