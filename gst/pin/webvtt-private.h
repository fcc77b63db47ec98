/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * WebVTT text ⇄ cues in plain text. Pure functions on values; any thread.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  GstClockTime start, end;      /* end is later */
  gchar *text;                  /* UTF-8, no tags; lines, none of them empty */
} GstPinCue;

typedef struct
{
  GPtrArray *cues;              /* of GstPinCue, by start */
  /* What the media's MPEG-TS clock (90 kHz, 33 bits) shows at zero, as
   * X-TIMESTAMP-MAP says (RFC 8216, section 3.5); -1: not said */
  gint64 clock_zero;
} GstPinWebvtt;

GstPinWebvtt *gst_pin_webvtt_new (void);
void gst_pin_webvtt_free (GstPinWebvtt * self);

/* SCHEMA: it is no WebVTT, or past the caps. Cues that cannot be read are left
 * out, as browsers do. */
GstPinWebvtt *gst_pin_webvtt_parse (GBytes * text, GError ** error);

/* Adds the cues of @part, the next file of one rendition, on the clock of
 * @self, and empties it. Tidy is for when all are there: it brings cues into
 * their order, and those that are there twice down to one. */
void gst_pin_webvtt_append (GstPinWebvtt * self, GstPinWebvtt * part);
void gst_pin_webvtt_tidy (GstPinWebvtt * self);

/* (transfer full) A WebVTT file of these cues, without the clock */
GBytes *gst_pin_webvtt_write (const GstPinWebvtt * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinWebvtt, gst_pin_webvtt_free)

G_END_DECLS
