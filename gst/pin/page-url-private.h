/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of a page's addresses is taken. Pure functions, any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer addresses are none that a page needs. */
#define GST_PIN_PAGE_MAX_URL 2048

/* (transfer full) (nullable) The address of a picture, a video or a caption:
 * https below pinimg.com, and nothing else. */
gchar *gst_pin_page_take_media_url (const gchar * text);

/* (transfer full) (nullable) The address of another site's player: any http or
 * https address that is not on the site's own hosts. It is shown, never asked. */
gchar *gst_pin_page_take_external_url (const gchar * text);

/* (transfer full) (nullable) The id in an address of a Pin's page. */
gchar *gst_pin_page_take_pin_id (const gchar * url);

/* TRUE for what looks like a Pin's id: digits, not too many. */
gboolean gst_pin_page_is_pin_id (const gchar * text);

G_END_DECLS
