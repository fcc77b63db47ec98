/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A TLS database that asks another one, so that GLib's GnuTLS backend does not
 * copy that one for each connection.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_TLS_DATABASE (gst_pin_tls_database_get_type ())
G_DECLARE_FINAL_TYPE (GstPinTlsDatabase, gst_pin_tls_database, GST,
    PIN_TLS_DATABASE, GTlsDatabase)

GTlsDatabase *gst_pin_tls_database_new (GTlsDatabase * real);

/* Makes such a database the process's default for as long as somebody holds
 * it; it asks the one that was the default before. hold() returns at once, a
 * thread reads the system's authorities; await() returns when it is in place.
 * Any thread. */
void gst_pin_tls_database_hold_default (void);
void gst_pin_tls_database_await_default (void);
void gst_pin_tls_database_release_default (void);

G_END_DECLS
