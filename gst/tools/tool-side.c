/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files beside a video: NAME.jpg (or .png), the very bytes that the site
 * sent and that are in the video as its cover, NAME.LANGUAGE.vtt, the captions
 * that are its text track, and NAME.info.json. They are written after the video
 * has its name, so that the two agree also where that became another one. Main
 * thread.
 */
#include "tool-side.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pin-captions.h"

/* RFC 5646, section 4.4.1: what implementations must be able to hold */
#define MAX_LANGUAGE 35

/* Any other suffix may be what tells two videos apart */
static gsize
stem_length (const gchar *path)
{
  static const gchar *const suffixes[] = { ".mp4", ".m4v", ".mov" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (path, suffixes[i]))
      return strlen (path) - strlen (suffixes[i]);
  return strlen (path);
}

static gboolean
write_beside (const GstPinToolSide *self, const gchar *suffix,
    const gchar *data, gsize size, GError **error)
{
  g_autofree gchar *beside = g_strdup_printf ("%.*s.%s",
      (int) stem_length (self->path), self->path, suffix);
  g_autoptr (GError) why = NULL;

  if (!self->replace && faccessat (AT_FDCWD, beside, F_OK,
          AT_SYMLINK_NOFOLLOW) == 0)
    return TRUE;
  if (g_file_set_contents_full (beside, data, size,
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
          &why))
    return TRUE;
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "The video is saved, but what belongs beside it is not: %s. Free some "
      "room, or look at the folder's permissions.", why->message);
  return FALSE;
}

static const gchar *
get_suffix (GstSample *cover)
{
  const GstCaps *caps = gst_sample_get_caps (cover);
  const GstStructure *format = caps ? gst_caps_get_structure (caps, 0) : NULL;

  return format && gst_structure_has_name (format, "image/png") ? "png"
      : "jpg";
}

gboolean
gst_pin_tool_side_write_cover (const GstPinToolSide *self,
    GstSample *cover, GError **error)
{
  GstBuffer *buffer = cover ? gst_sample_get_buffer (cover) : NULL;
  GstMapInfo map;
  gboolean written;

  if (!buffer || !gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NETWORK,
        "The video is saved, but its picture could not be had. Try again.");
    return FALSE;
  }
  written = write_beside (self, get_suffix (cover), (const gchar *) map.data,
      map.size, error);
  gst_buffer_unmap (buffer, &map);
  return written;
}

/* The site names it, and it becomes part of a file's name */
static gboolean
is_language (const gchar *text)
{
  gsize length = text ? strlen (text) : 0;

  return length > 0 && length <= MAX_LANGUAGE
      && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

gboolean
gst_pin_tool_side_write_captions (const GstPinToolSide *self,
    GstEvent *captions, GError **error)
{
  GBytes *text = gst_pin_captions_event_get_webvtt (captions);
  g_autofree gchar *suffix = NULL;
  const gchar *language = NULL, *data;
  gsize size;

  if (!text || !gst_pin_captions_event_parse (captions, &language, NULL, NULL))
    return TRUE;
  suffix = is_language (language) ? g_strconcat (language, ".vtt", NULL)
      : g_strdup ("vtt");
  data = g_bytes_get_data (text, &size);
  return write_beside (self, suffix, data, size, error);
}

gboolean
gst_pin_tool_side_write_info (const GstPinToolSide *self,
    const GstPinReport *report, GError **error)
{
  g_autofree gchar *json = gst_pin_report_to_json (report, TRUE);

  return write_beside (self, "info.json", json, strlen (json), error);
}
