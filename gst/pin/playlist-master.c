/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Master playlists: m3u8 text to the list of variants and renditions
 * (RFC 8216, section 4.3.4). An entry whose address cannot be fetched is left
 * out, since the others may be fine; a list without any other is refused with
 * the reason why the first was. I-frame variants are no use to a copy and are
 * not listed.
 *
 * pinsrc's resolver makes one per Pin, on any thread. The value belongs to its
 * maker and does not change once it is parsed.
 */
#include "playlist-text-private.h"
#include "playlist-private.h"

#include <gst/pin/error.h>
#include <math.h>
#include <string.h>

#define MAX_VARIANTS 1000
#define MAX_RENDITIONS 1000
#define MAX_SIDE 65535
#define MAX_FRAME_RATE 1000.0

typedef struct
{
  GstPinMasterPlaylist *list;
  GstPinM3u8Uris uris;
  GstPinStreamInf *pending;     /* has its tag, waits for its address line */
  GError *skipped;              /* why the first entry left out was */
} MasterParser;

static void
stream_inf_free (gpointer data)
{
  GstPinStreamInf *self = data;

  g_free (self->uri);
  g_free (self->codecs);
  g_free (self->audio);
  g_free (self->subtitles);
  g_free (self);
}

static void
rendition_free (gpointer data)
{
  GstPinRendition *self = data;

  g_free (self->type);
  g_free (self->group_id);
  g_free (self->name);
  g_free (self->language);
  g_free (self->channels);
  g_free (self->uri);
  g_free (self);
}

GPtrArray *
gst_pin_stream_infs_new (void)
{
  return g_ptr_array_new_with_free_func (stream_inf_free);
}

guint64
gst_pin_stream_inf_get_bitrate (const GstPinStreamInf *self)
{
  return self->average_bandwidth ? self->average_bandwidth : self->bandwidth;
}

static GstPinMasterPlaylist *
master_playlist_new (void)
{
  GstPinMasterPlaylist *self = g_new0 (GstPinMasterPlaylist, 1);

  self->variants = gst_pin_stream_infs_new ();
  self->renditions = g_ptr_array_new_with_free_func (rendition_free);
  return self;
}

void
gst_pin_master_playlist_free (GstPinMasterPlaylist *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->variants);
  g_ptr_array_unref (self->renditions);
  g_free (self);
}

static void
master_parser_clear (MasterParser *self)
{
  g_clear_pointer (&self->list, gst_pin_master_playlist_free);
  g_clear_pointer (&self->pending, stream_inf_free);
  g_clear_error (&self->skipped);
  gst_pin_m3u8_uris_clear (&self->uris);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MasterParser, master_parser_clear)

static guint64
read_number_attribute (const gchar *list, const gchar *name)
{
  g_autofree gchar *value = gst_pin_m3u8_attribute (list, name);
  const gchar *p = value;
  guint64 number = 0;

  if (p && gst_pin_m3u8_read_number (&p, &number) && number <= G_MAXINT64)
    return number;
  return 0;
}

static void
read_resolution (GstPinStreamInf *self, const gchar *list)
{
  g_autofree gchar *value = gst_pin_m3u8_attribute (list, "RESOLUTION");
  const gchar *p = value;
  guint64 width, height;

  if (p && gst_pin_m3u8_read_number (&p, &width) && (*p == 'x' || *p == 'X')
      && p++ && gst_pin_m3u8_read_number (&p, &height)
      && width <= MAX_SIDE && height <= MAX_SIDE) {
    self->width = width;
    self->height = height;
  }
}

static void
read_frame_rate (GstPinStreamInf *self, const gchar *list)
{
  g_autofree gchar *value = gst_pin_m3u8_attribute (list, "FRAME-RATE");
  gdouble rate = value ? g_ascii_strtod (value, NULL) : 0;

  if (isfinite (rate) && rate > 0 && rate <= MAX_FRAME_RATE)
    self->frame_rate = rate;
}

static gboolean
read_stream_inf (gpointer parser, const gchar *value, GError **error)
{
  MasterParser *self = parser;
  GstPinStreamInf *inf = g_new0 (GstPinStreamInf, 1);

  inf->bandwidth = read_number_attribute (value, "BANDWIDTH");
  inf->average_bandwidth = read_number_attribute (value, "AVERAGE-BANDWIDTH");
  inf->codecs = gst_pin_m3u8_attribute (value, "CODECS");
  inf->audio = gst_pin_m3u8_attribute (value, "AUDIO");
  inf->subtitles = gst_pin_m3u8_attribute (value, "SUBTITLES");
  read_resolution (inf, value);
  read_frame_rate (inf, value);

  g_clear_pointer (&self->pending, stream_inf_free);
  self->pending = inf;
  return TRUE;
}

/* Gives the address, or remembers why there is none */
static gchar *
resolve (MasterParser *self, const gchar *raw)
{
  return gst_pin_m3u8_uris_resolve (&self->uris, raw,
      self->skipped ? NULL : &self->skipped);
}

static gboolean
read_media (gpointer parser, const gchar *value, GError **error)
{
  MasterParser *self = parser;
  g_autofree gchar *uri = gst_pin_m3u8_attribute (value, "URI");
  GstPinRendition *media;

  if (self->list->renditions->len >= MAX_RENDITIONS) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "it has more than %d renditions", MAX_RENDITIONS);
    return FALSE;
  }

  media = g_new0 (GstPinRendition, 1);
  media->type = gst_pin_m3u8_attribute (value, "TYPE");
  media->group_id = gst_pin_m3u8_attribute (value, "GROUP-ID");
  media->name = gst_pin_m3u8_attribute (value, "NAME");
  media->language = gst_pin_m3u8_attribute (value, "LANGUAGE");
  media->channels = gst_pin_m3u8_attribute (value, "CHANNELS");
  media->is_default = gst_pin_m3u8_attribute_is_yes (value, "DEFAULT");
  media->autoselect = gst_pin_m3u8_attribute_is_yes (value, "AUTOSELECT");
  if (uri)
    media->uri = resolve (self, uri);

  if (media->type && media->group_id && (uri == NULL || media->uri))
    g_ptr_array_add (self->list->renditions, media);
  else
    rendition_free (media);
  return TRUE;
}

static gboolean
read_define (gpointer parser, const gchar *value, GError **error)
{
  g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "it uses variables (EXT-X-DEFINE)");
  return FALSE;
}

static const GstPinM3u8Tag tags[] = {
  {"EXT-X-STREAM-INF", read_stream_inf},
  {"EXT-X-MEDIA", read_media},
  {"EXT-X-DEFINE", read_define},
};

static gboolean
read_variant (gpointer parser, const gchar *line, GError **error)
{
  MasterParser *self = parser;

  if (self->pending == NULL)
    return TRUE;
  if (self->list->variants->len >= MAX_VARIANTS) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "it has more than %d variants", MAX_VARIANTS);
    return FALSE;
  }

  self->pending->uri = resolve (self, line);
  if (self->pending->uri)
    g_ptr_array_add (self->list->variants, g_steal_pointer (&self->pending));
  g_clear_pointer (&self->pending, stream_inf_free);
  return TRUE;
}

static gboolean
master_parser_finish (gpointer parser, GError **error)
{
  MasterParser *self = parser;

  if (self->list->variants->len > 0)
    return TRUE;
  if (self->skipped)
    g_propagate_error (error, g_steal_pointer (&self->skipped));
  else
    g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "it lists no variants");
  return FALSE;
}

static const GstPinM3u8Kind kind = {
  tags, G_N_ELEMENTS (tags), read_variant, master_parser_finish
};

GstPinMasterPlaylist *
gst_pin_master_playlist_parse (GBytes *text, const gchar *base, GError **error)
{
  g_auto (MasterParser) parser = { NULL, };

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (base != NULL, NULL);

  parser.list = master_playlist_new ();
  return gst_pin_m3u8_read (text, base, &kind, &parser.uris, &parser, error)
      ? g_steal_pointer (&parser.list) : NULL;
}

/* The first tag that only one of the two kinds has decides */
gboolean
gst_pin_playlist_is_master (GBytes *text)
{
  g_auto (GstPinM3u8Lines) lines = { NULL, };

  g_return_val_if_fail (text != NULL, FALSE);

  if (!gst_pin_m3u8_lines_init (&lines, text, NULL))
    return FALSE;
  while (gst_pin_m3u8_lines_next (&lines, NULL)) {
    const gchar *line = lines.line->str;

    if (g_str_has_prefix (line, "#EXT-X-STREAM-INF:"))
      return TRUE;
    if (g_str_has_prefix (line, "#EXTINF:"))
      return FALSE;
  }
  return FALSE;
}
