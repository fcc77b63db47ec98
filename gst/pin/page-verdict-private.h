/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a page or an answer is that does not give what was wanted. Pure
 * functions, any thread.
 */
#pragma once

#include "media-private.h"
#include "page-scanner-private.h"

G_BEGIN_DECLS

/* TRUE where @media (nullable) is worth handing out: it has a video, or is
 * something else than a video. */
gboolean gst_pin_page_is_answer (const GstPinMedia * media);

/* Says what a telling of the Pin lacks that is no answer. */
void gst_pin_page_report_poor (const GstPinMedia * media, GError ** error);

/* Says what a page is in which nothing is about the Pin: BLOCKED or SCHEMA. */
void gst_pin_page_report_nothing (const GstPinPageScanner * scanner,
    const gchar * pin_id, GError ** error);

/* INVALID_LOCATION where @pin_id is no id. */
gboolean gst_pin_page_check_pin_id (const gchar * pin_id, GError ** error);

G_END_DECLS
