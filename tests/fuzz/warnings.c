/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Part of every fuzzer: makes a warning of GLib's as bad as a crash. GLib's own
 * way to do that ends the process with a signal that libFuzzer doesn't know, so
 * that the input would be lost.
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static void
end_at_warning (const gchar *domain, GLogLevelFlags level,
    const gchar *message, gpointer user_data)
{
  if (!(level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL
              | G_LOG_LEVEL_WARNING)))
    return;
  fprintf (stderr, "%s: %s\n", domain ? domain : "?", message);
  abort ();
}

static void __attribute__((constructor))
watch_warnings (void)
{
  g_log_set_default_handler (end_at_warning, NULL);
}
