/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who has which name in this run, so that two Pins of one title don't write
 * over each other. Made by the batch, asked by its jobs; main thread.
 */
#include "tool-shelf.h"

#include "tool-name.h"

#include <fcntl.h>
#include <unistd.h>

struct _GstPinToolShelf
{
  GHashTable *names;            /* path → video */
};

GstPinToolShelf *
gst_pin_tool_shelf_new (void)
{
  GstPinToolShelf *self = g_new0 (GstPinToolShelf, 1);

  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      g_free);
  return self;
}

void
gst_pin_tool_shelf_free (GstPinToolShelf *self)
{
  g_hash_table_unref (self->names);
  g_free (self);
}

static gboolean
is_there (const gchar *path)
{
  return faccessat (AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

GstPinToolShelfAnswer
gst_pin_tool_shelf_claim (GstPinToolShelf *self, const gchar *path,
    const gchar *video, GstPinToolPresent present, gchar **given)
{
  g_autofree gchar *name = g_strdup (path);

  for (guint number = 2;; number++) {
    const gchar *owner = g_hash_table_lookup (self->names, name);
    gboolean there = !owner && is_there (name);

    if (g_strcmp0 (owner, video) == 0 || (there
            && present == GST_PIN_TOOL_SKIP)) {
      *given = g_steal_pointer (&name);
      return there ? GST_PIN_TOOL_SHELF_THERE : GST_PIN_TOOL_SHELF_TWICE;
    }
    if (!owner && (!there || present == GST_PIN_TOOL_OVERWRITE))
      break;
    g_free (name);
    name = gst_pin_tool_name_number (path, number);
  }
  g_hash_table_insert (self->names, g_strdup (name), g_strdup (video));
  *given = g_steal_pointer (&name);
  return GST_PIN_TOOL_SHELF_FREE;
}

void
gst_pin_tool_shelf_release (GstPinToolShelf *self, const gchar *path)
{
  g_hash_table_remove (self->names, path);
}
