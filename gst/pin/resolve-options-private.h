/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a user sets about asking: which strategies, as whom, how long an answer
 * holds. Filled from settings, then loaded, then constant.
 */
#pragma once

#include "cookies-private.h"

G_BEGIN_DECLS

typedef struct
{
  /* As the user wrote them; NULL: not at all */
  gchar *strategies;            /* names, separated by commas */
  gchar **cookie_pairs;
  gchar *cookies_file;
  gchar *access_token, *access_token_file;
  guint cache_seconds;          /* 0: ask always */
  gboolean complete;            /* also ask for what a pipeline does not need */

  /* What gst_pin_resolve_options_load() made of them */
  GPtrArray *ranking;           /* of const GstPinStrategy */
  GstPinCookies *cookies;       /* NULL: none */
  gchar *token;                 /* NULL: none */
} GstPinResolveOptions;

void gst_pin_resolve_options_clear (GstPinResolveOptions * self);
void gst_pin_resolve_options_copy (const GstPinResolveOptions * from,
    GstPinResolveOptions * to);

/* Reads files and names. UNSUPPORTED: there is no strategy of that name. IO: a
 * file cannot be read. Any thread; reads from the disk. */
gboolean gst_pin_resolve_options_load (GstPinResolveOptions * self,
    GError ** error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstPinResolveOptions,
    gst_pin_resolve_options_clear)

G_END_DECLS
