/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page's bytes and a Pin's id → what the page says about that Pin. The one
 * door of the page rooms (scanner and readers); no I/O, any thread.
 */
#pragma once

#include <gst/pin/media.h>

#include "page-scanner-private.h"

G_BEGIN_DECLS

/* Reads an HTML page. Never NULL without @error:
 * GST_PIN_ERROR_NOT_FOUND where the page says that the Pin does not exist,
 * BLOCKED for a login wall or a bot block, SCHEMA where the page has data
 * that no reader understands, or has nothing of this Pin at all (the message
 * says which blocks there were).
 * A picture or an embed is a media of that kind and no error. */
GstPinMedia *gst_pin_page_read (GBytes * page, const gchar * pin_id,
    GError ** error);

/* The same for a page that was pushed into a scanner as it came; the caller
 * has finished it. */
GstPinMedia *gst_pin_page_read_scanned (const GstPinPageScanner * scanner,
    const gchar * pin_id, GError ** error);

/* The same for the JSON text of a PinResource answer. */
GstPinMedia *gst_pin_page_read_resource (GBytes * answer,
    const gchar * pin_id, GError ** error);

G_END_DECLS
