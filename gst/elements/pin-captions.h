/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Pin's captions on their way from pinsrc to whoever makes a text track of
 * them: one sticky event, which goes before the first byte of the playlist or
 * file. docs/session.md has the rules.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Name of the event's structure: of the type
 * GST_EVENT_CUSTOM_DOWNSTREAM_STICKY */
#define GST_PIN_EVENT_CAPTIONS "gst-pin-captions"

/* What each buffer of the cues holds */
#define GST_PIN_CAPTIONS_CAPS "text/x-raw, format=(string)utf8"

/*
 * gst_pin_captions_event_new:
 * @language: (nullable): as a BCP 47 tag in lower case, such as "en-us"
 * @cues: (transfer full): a buffer per cue, in the order of their beginnings:
 *     plain UTF-8, PTS and duration since the picture's beginning. Two that are
 *     shown at the same time overlap.
 * @webvtt: the same as a WebVTT file
 * @clock_zero: what the media's MPEG-TS clock (90 kHz, 33 bits) shows at the
 *     cues' zero; -1 where nothing said so, and zero is the picture's beginning
 *
 * Returns: (transfer full): the event
 */
GstEvent *gst_pin_captions_event_new (const gchar * language,
    GstBufferList * cues, GBytes * webvtt, gint64 clock_zero);

/*
 * gst_pin_captions_event_parse:
 * @event: any event
 * @language: (out) (optional) (nullable) (transfer none): as above
 * @cues: (out) (optional) (transfer none): as above, never NULL
 * @clock_zero: (out) (optional): as above
 *
 * What is handed out lives as long as the event.
 *
 * Returns: whether it is one of captions
 */
gboolean gst_pin_captions_event_parse (GstEvent * event,
    const gchar ** language, GstBufferList ** cues, gint64 * clock_zero);

/*
 * gst_pin_captions_event_get_webvtt:
 * @event: one of captions
 *
 * Returns: (transfer none) (nullable): the same as a WebVTT file
 */
GBytes *gst_pin_captions_event_get_webvtt (GstEvent * event);

/*
 * gst_pin_captions_find:
 * @pad: a pad that pinsrc's events pass, a sink pad of hlsdemux for instance
 *
 * Returns: (transfer full) (nullable): the captions' event that is stuck there
 */
GstEvent *gst_pin_captions_find (GstPad * pad);

G_END_DECLS
