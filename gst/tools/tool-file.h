/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file in the making: it has its name only when it is whole.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GstPinToolFile GstPinToolFile;

/* Makes the folder and PATH.part, and keeps others off the latter. @go_on: what
 * an earlier run has kept is used, else removed. Errors are GST_PIN_ERROR_IO. */
GstPinToolFile *gst_pin_tool_file_open (const gchar * path, gboolean go_on,
    GError ** error);

/* Closes it; what is there under the name .part stays there */
void gst_pin_tool_file_free (GstPinToolFile * self);

const gchar *gst_pin_tool_file_get_part (const GstPinToolFile * self);

/* Where what was fetched is kept, for a later run */
const gchar *gst_pin_tool_file_get_store (const GstPinToolFile * self);

/* Gives the whole file its time and its name, and puts both on the disk.
 * @when: its time; NULL: now. @replace: another file of that name may go.
 * *@exists: it failed since there is one that may not. May block: not for the
 * main thread. */
gboolean gst_pin_tool_file_finish (GstPinToolFile * self, const gchar * path,
    GDateTime * when, gboolean replace, gboolean * exists, GError ** error);

/* Removes what was made. @keep: but for what was fetched, so that a later run
 * can go on. Returns whether anything of that is there. */
gboolean gst_pin_tool_file_discard (GstPinToolFile * self, gboolean keep);

/* Removes what a run that was killed at its very end has left beside @path */
void gst_pin_tool_file_tidy (const gchar * path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinToolFile, gst_pin_tool_file_free)

G_END_DECLS
