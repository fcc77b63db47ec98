/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page's bytes and a Pin's id → what the page says about that Pin. The one
 * door of the page rooms (scanner and readers); no I/O, any thread.
 */
#pragma once

#include <gio/gio.h>
#include <gst/pin/media.h>

G_BEGIN_DECLS

/* A page that is read as it comes. One thread at a time. */
typedef struct _GstPinPage GstPinPage;

/* @pin_id may be anything that was typed: what is no id is refused by
 * gst_pin_page_finish(). */
GstPinPage *gst_pin_page_new (const gchar * pin_id);
void gst_pin_page_free (GstPinPage * self);

/* The page's next bytes, which are copied. TRUE where that was enough: the
 * Pin's video is fully known, or the page is larger than is read. What follows
 * need not be awaited, and is passed over if it comes. What was enough does not
 * depend on where the pieces end. */
gboolean gst_pin_page_feed (GstPinPage * self, const gchar * data,
    gsize length);

/* (transfer full) The page is over, or enough. Once. Never NULL without
 * @error:
 * GST_PIN_ERROR_NOT_FOUND where the page says that the Pin does not exist,
 * BLOCKED for a login wall or a bot block, SCHEMA where the page has data
 * that no reader understands, or has nothing of this Pin at all (the message
 * says which blocks there were).
 * A picture or an embed is a media of that kind and no error. */
GstPinMedia *gst_pin_page_finish (GstPinPage * self, GError ** error);

/* The same for a page that is there already. */
GstPinMedia *gst_pin_page_read (GBytes * page, const gchar * pin_id,
    GError ** error);

/* The same for the JSON text of a PinResource answer, or of the widget's. */
GstPinMedia *gst_pin_page_read_resource (GBytes * answer,
    const gchar * pin_id, GError ** error);

/* The same for what the official API answers to GET /v5/pins/ID. */
GstPinMedia *gst_pin_page_read_api (GBytes * answer, const gchar * pin_id,
    GError ** error);

/* The same for JSON that a page's own script was answered, about this Pin or
 * about something else. */
GstPinMedia *gst_pin_page_read_scripted (GBytes * answer,
    const gchar * pin_id, GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinPage, gst_pin_page_free)

G_END_DECLS
