/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The archive: which videos are had for good, so that no run gets them again.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GstPinToolArchive GstPinToolArchive;

typedef struct
{
  const gchar *id;              /* the Pin's */
  guint item;                   /* counted from 1 */
  guint items;                  /* how many videos the Pin has */
  const gchar *path;
  guint64 bytes;
} GstPinToolArchiveEntry;

/* Makes it where it is missing. Errors are GST_PIN_ERROR_IO. */
GstPinToolArchive *gst_pin_tool_archive_open (const gchar * path,
    GError ** error);
void gst_pin_tool_archive_close (GstPinToolArchive * self);

/* @item 0: all videos of the Pin. Where the archive can't be asked the answer
 * is no. */
gboolean gst_pin_tool_archive_has (GstPinToolArchive * self,
    const gchar * id, guint item);

/* Call it when the file is whole and has its name: returns when the entry is on
 * the disk */
gboolean gst_pin_tool_archive_add (GstPinToolArchive * self,
    const GstPinToolArchiveEntry * entry, GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinToolArchive, gst_pin_tool_archive_close)

G_END_DECLS
