/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A pasted address taken apart and checked, before anybody knows what it
 * names. For location.c alone. Pure functions, any thread.
 */
#pragma once

#include <glib.h>
#include <stdarg.h>

G_BEGIN_DECLS

#define GST_PIN_ADDRESS_SITE "https://www.pinterest.com"

/* Bytes of a text that is looked at; browsers' links stay far below */
#define GST_PIN_ADDRESS_MAX 2048

typedef struct
{
  const gchar *text;            /* as typed, for messages; borrowed */
  gchar *scheme;                /* lower case; NULL: not typed */
  gchar *host;                  /* lower case; not yet known to be the site's */
  gchar **segments;             /* of the path, none empty, still escaped */
  gchar *query;                 /* NULL: none */
} GstPinAddress;

/* FALSE: the text holds what no location holds, wherever it stands */
gboolean gst_pin_address_check (const gchar * text, GError ** error);

/* [SCHEME:]//HOST/PATH?QUERY#FRAGMENT, or HOST/PATH… alone; @self is zeroed,
 * and borrows @text */
gboolean gst_pin_address_split (GstPinAddress * self, const gchar * text,
    GError ** error);

void gst_pin_address_clear (GstPinAddress * self);

/* The decoded form of a path segment or a query value; NULL: it is empty or too
 * long, hides a NUL, a control character, a dot segment or one of @forbidden in
 * escapes, or is no UTF-8 */
gchar *gst_pin_address_decode (const gchar * escaped,
    const gchar * forbidden);

/* Sets INVALID_LOCATION: what was typed, the reason, what a location is */
void gst_pin_address_refuse (GError ** error, const gchar * text,
    const gchar * format, va_list args) G_GNUC_PRINTF (3, 0);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstPinAddress, gst_pin_address_clear)

G_END_DECLS
