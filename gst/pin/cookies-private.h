/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cookies that the user hands in, and who gets which of them. Immutable,
 * counted, any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GstPinCookies GstPinCookies;

/* @pairs: (nullable): each NAME=VALUE, for every page of the site. @path:
 * (nullable): a file in Netscape's format. @now: seconds since 1970, for what
 * has expired. NULL without @error: there are none. IO: the file cannot be
 * read, is no such file, or has nothing for the site. */
GstPinCookies *gst_pin_cookies_new (gchar ** pairs, const gchar * path,
    gint64 now, GError ** error);
GstPinCookies *gst_pin_cookies_ref (GstPinCookies * self);
void gst_pin_cookies_unref (GstPinCookies * self);

/* (transfer full) (nullable) The value of the Cookie header for @uri; NULL:
 * none of them is for it. Only the site's pages get any. */
gchar *gst_pin_cookies_for (const GstPinCookies * self, GUri * uri);

/* All of them as a text, which is the same only for the same cookies */
gchar *gst_pin_cookies_to_key (const GstPinCookies * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinCookies, gst_pin_cookies_unref)

G_END_DECLS
