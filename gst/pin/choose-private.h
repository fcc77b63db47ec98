/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A quality wish and what there is → one variant. Pure functions, any thread.
 *
 * A wish is a comma-separated list of alternatives, the first that something
 * fits wins: "best", "worst", "720p" (the highest not above), "<=2M" (bits per
 * second), "h264", "hevc", or a variant key such as "V_720P".
 */
#pragma once

#include <gst/pin/media.h>

#include "playlist-private.h"

G_BEGIN_DECLS

typedef struct _GstPinWish GstPinWish;

GstPinWish *gst_pin_wish_parse (const gchar * text, GError ** error);
void gst_pin_wish_free (GstPinWish * self);

/* Ranks a video's variants for the wish, best first: (element-type GstPinVariant)
 * (transfer container). HLS before progressive for "best" (a master's rungs
 * are at least as good and its true sizes are known), unless the wish names a
 * key. Variants that can't be muxed (AV1, DASH) are left out. Empty → NO_VARIANT,
 * whose message lists what there is. */
GPtrArray *gst_pin_choose_variants (const GstPinWish * wish,
    const GstPinVideo * video, GError ** error);

/* (transfer none) The entry of the master that fits the wish best: by
 * RESOLUTION, then bandwidth. */
const GstPinStreamInf *gst_pin_choose_stream (const GstPinWish * wish,
    const GstPinMasterPlaylist * master, GError ** error);

/* (transfer none) (nullable) The audio rendition with a URI that goes with the
 * variant: DEFAULT, else AUTOSELECT, else the first of its group; NULL where
 * the variant carries its own sound. */
const GstPinRendition *gst_pin_choose_audio (const GstPinMasterPlaylist *
    master, const GstPinStreamInf * variant);

/* Whether @wish, a captions property, is for any: not NULL, "" or "none" */
gboolean gst_pin_wants_captions (const gchar * wish);

/* Which of @languages, NULL-terminated, "" where unknown, fits the wish best:
 * alternatives with commas between, each a language tag, or "auto" for the first
 * that fits of @locales (as of g_get_language_names()), else English, else any.
 * -1: none */
gint gst_pin_choose_language (const gchar * wish,
    const gchar * const *locales, const gchar * const *languages);

/* (transfer container) (element-type GstPinRendition) The subtitles with a URI
 * that go with the variant, the default one first */
GPtrArray *gst_pin_list_subtitles (const GstPinMasterPlaylist * master,
    const GstPinStreamInf * variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinWish, gst_pin_wish_free)

G_END_DECLS
