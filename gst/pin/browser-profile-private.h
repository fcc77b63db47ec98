/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The private folder of one run of a browser: its home, its profile, its
 * temporary files. These functions block; a worker thread calls them.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): the new folder's path. With @tls_ca_file the browser trusts
 * those authorities beside its own. */
gchar *gst_pin_browser_profile_make (const gchar * tls_ca_file,
    GCancellable * cancellable, GError ** error);

/* (transfer full): an environment in which a browser keeps to that folder */
gchar **gst_pin_browser_profile_get_environment (const gchar * folder);

/* Removes the folder with all that is in it. FALSE: something is left. */
gboolean gst_pin_browser_profile_remove (const gchar * folder);

G_END_DECLS
