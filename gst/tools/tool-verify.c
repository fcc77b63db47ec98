/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A last look at a file before it gets its name: its boxes lie end to end and
 * end with the file, the index is there, and each sample that it names lies in
 * media data that are in the file. It reads heads and the index, and no media.
 * The end of a stream that was no end, a disk that lost what it took, and a bug
 * of ours all show here. Pure function but for the reading; a worker's thread.
 */
#include "tool-verify.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <gst/pin/error.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pin-mp4-index.h"

#define HEADER 8
#define LARGE_HEADER 16
/* An index takes some 10 bytes for each sample; this is days of video */
#define MAX_INDEX (256 * 1024 * 1024)

typedef struct
{
  guint64 begin, end;
} Extent;

typedef struct
{
  gint fd;
  guint64 size;
  GArray *media;                /* of Extent: each mdat */
  guint8 *index;                /* moov, whole; NULL: not seen */
  gsize index_size;
} Look;

static void
look_clear (Look *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->media, g_array_unref);
  g_clear_pointer (&self->index, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

static gboolean
is_short (GError **error, const gchar *what)
{
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_TRUNCATED,
      "The file that was made is not whole: %s. Try again.", what);
  return FALSE;
}

static gboolean
read_at (const Look *self, guint64 offset, gpointer data, gsize size)
{
  guint8 *to = data;

  while (size > 0) {
    gssize n = pread (self->fd, to, size, offset);

    if (n <= 0)
      return FALSE;
    to += n;
    offset += n;
    size -= n;
  }
  return TRUE;
}

static gboolean
keep_index (Look *self, guint64 offset, guint64 size, GError **error)
{
  if (size > MAX_INDEX)
    return is_short (error, "its index is too long");
  g_free (self->index);
  self->index = g_malloc (size);
  self->index_size = size;
  if (!read_at (self, offset, self->index, size))
    return is_short (error, "its index cannot be read");
  return TRUE;
}

/* The box at @offset. ISO/IEC 14496-12: 4.2 */
static gboolean
read_box (Look *self, guint64 *offset, GError **error)
{
  guint8 head[LARGE_HEADER];
  guint64 size, begin = *offset + HEADER;

  if (self->size - *offset < HEADER || !read_at (self, *offset, head, HEADER))
    return is_short (error, "it ends within a box");
  size = GST_READ_UINT32_BE (head);
  if (size == 1) {
    begin = *offset + LARGE_HEADER;
    if (begin > self->size || !read_at (self, *offset, head, LARGE_HEADER))
      return is_short (error, "it ends within a box");
    size = GST_READ_UINT64_BE (head + HEADER);
  }
  if (size < begin - *offset || size > self->size - *offset)
    return is_short (error, "it ends within a box");
  if (memcmp (head + 4, "mdat", 4) == 0) {
    Extent extent = { begin, *offset + size };

    g_array_append_val (self->media, extent);
  } else if (memcmp (head + 4, "moov", 4) == 0
      && !keep_index (self, *offset, size, error))
    return FALSE;
  *offset += size;
  return TRUE;
}

static gboolean
is_in_media (const Look *self, const GstPinMp4IndexSample *sample)
{
  for (guint i = 0; i < self->media->len; i++) {
    const Extent *extent = &g_array_index (self->media, Extent, i);

    if (sample->offset >= extent->begin && sample->offset <= extent->end
        && sample->size <= extent->end - sample->offset)
      return TRUE;
  }
  return FALSE;
}

static void
note_picture (const GstPinMp4IndexTrack *track, GstPinToolSeen *seen)
{
  const GstStructure *format;
  gint width, height;

  if (!track->caps || strcmp (track->handler, "vide") != 0 || seen->height)
    return;
  format = gst_caps_get_structure (track->caps, 0);
  if (gst_structure_get_int (format, "width", &width)
      && gst_structure_get_int (format, "height", &height)) {
    seen->width = width;
    seen->height = height;
  }
}

static gboolean
check_samples (const Look *self, GstPinToolSeen *seen, GError **error)
{
  GstPinMp4Atom moov = { self->index, self->index_size };
  g_autoptr (GstPinMp4Index) index = gst_pin_mp4_index_new ();
  g_autoptr (GError) why = NULL;

  if (!gst_pin_mp4_index_read_moov (index, &moov, &why))
    return is_short (error, why->message);
  if (index->samples->len == 0)
    return is_short (error, "its index names no media");
  for (guint i = 0; i < index->samples->len; i++)
    if (!is_in_media (self, &g_array_index (index->samples,
                GstPinMp4IndexSample, i)))
      return is_short (error, "its index names media that are not in it");
  for (guint i = 0; i < index->tracks->len; i++)
    note_picture (g_ptr_array_index (index->tracks, i), seen);
  seen->samples = index->samples->len;
  return TRUE;
}

gboolean
gst_pin_tool_verify (const gchar *path, GstPinToolSeen *seen, GError **error)
{
  g_auto (Look) self = { g_open (path, O_RDONLY | O_CLOEXEC, 0), 0 };
  guint64 offset = 0;
  struct stat status;

  self.media = g_array_new (FALSE, FALSE, sizeof (Extent));
  memset (seen, 0, sizeof *seen);
  if (self.fd < 0 || fstat (self.fd, &status) < 0) {
    g_autofree gchar *shown = g_filename_display_name (path);

    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
        "Could not read %s, which was just written. Something removed it.",
        shown);
    return FALSE;
  }
  self.size = seen->bytes = status.st_size;
  while (offset < self.size)
    if (!read_box (&self, &offset, error))
      return FALSE;
  if (!self.index)
    return is_short (error, "it has no index");
  return check_samples (&self, seen, error);
}
