/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Playlists back to text, in the narrow form that stock hlsdemux reads right.
 * Its parser has been watched to go wrong on valid playlists (GStreamer 1.22,
 * ext/hls/m3u8.c), so what is written here keeps to these rules:
 *
 * - always EXT-X-ENDLIST: without it the list counts as live and begins three
 *   segments before its end;
 * - EXT-X-MAP before EXT-X-BYTERANGE, which share one variable there; for the
 *   same reason a whole file after a ranged EXT-X-MAP gets a range, too;
 * - every range has its offset, every key its IV in full: the parser would
 *   make an implicit IV of the lowest 32 bits of its own count;
 * - no EXTINF of zero, whose segment it drops;
 * - numbers that fit into an int, and no titles, whose bytes must be UTF-8.
 *
 * Pure functions; the text belongs to the caller.
 */
#include "playlist-private.h"

#include <string.h>

/* RFC 8216, section 7: what holds an EXT-X-MAP beside media segments is 6, a
 * byte range 4, a fractional EXTINF 3, a rendition 4 */
#define VERSION_MEDIA 6
#define VERSION_MASTER 4

/* The end of a range that means "all": servers cut it to the file's size
 * (RFC 9110, section 14.1.2) */
#define WHOLE_FILE (G_GUINT64_CONSTANT (1) << 40)

/* What hlsdemux does not drop, and nobody notices */
#define SHORTEST GST_USECOND

typedef struct
{
  const GstPinMediaPlaylist *list;
  GstPinPlaylistUriFunc func;
  gpointer user_data;
  GString *out;
  gint map;                     /* in force, as written; -1: none */
  gchar *key;                   /* likewise, the tag; NULL: none */
  gboolean range_leaks;         /* a ranged EXT-X-MAP was the last to set one */
} Writer;

/* The address of an item, and whether its range is to be written as well */
static gchar *
item_uri (const Writer *self, GstPinPlaylistItem item, guint index,
    const gchar *uri)
{
  return self->func ? self->func (item, index, self->user_data)
      : g_strdup (uri);
}

static gboolean
has_range (const Writer *self, const GstPinExtent *extent)
{
  return self->func == NULL && extent->length >= 0;
}

/* "0x" and 32 digits: hlsdemux passes over anything shorter */
static gchar *
make_key_tag (const GstPinKey *key, guint64 sequence)
{
  guint8 iv[GST_PIN_IV_SIZE];
  GString *tag = g_string_new (NULL);

  gst_pin_key_get_iv (key, sequence, iv);
  g_string_append_printf (tag, "#EXT-X-KEY:METHOD=AES-128,URI=\"%s\",IV=0x",
      key->uri);
  for (guint i = 0; i < GST_PIN_IV_SIZE; i++)
    g_string_append_printf (tag, "%02x", iv[i]);
  return g_string_free (tag, FALSE);
}

/* Of what follows: the key, and what its implicit IV is made of */
static void
write_key (Writer *self, gint key, guint64 sequence)
{
  g_autofree gchar *tag = NULL;

  if (self->func)
    return;
  if (key >= 0)
    tag = make_key_tag (self->list->keys->pdata[key], sequence);
  if (g_strcmp0 (tag, self->key) == 0)
    return;
  g_string_append (self->out, tag ? tag : "#EXT-X-KEY:METHOD=NONE");
  g_string_append_c (self->out, '\n');
  g_free (self->key);
  self->key = g_steal_pointer (&tag);
}

static void
write_map (Writer *self, const GstPinSegment *segment)
{
  const GstPinMap *map;
  g_autofree gchar *uri = NULL;

  if (segment->map < 0 || segment->map == self->map
      || (self->func && !gst_pin_media_playlist_has_one_map (self->list)))
    return;
  map = self->list->maps->pdata[segment->map];
  write_key (self, map->key, map->sequence);
  uri = item_uri (self, GST_PIN_PLAYLIST_MAP, segment->map, map->extent.uri);
  g_string_append_printf (self->out, "#EXT-X-MAP:URI=\"%s\"", uri);
  if (has_range (self, &map->extent)) {
    g_string_append_printf (self->out,
        ",BYTERANGE=\"%" G_GINT64_FORMAT "@%" G_GUINT64_FORMAT "\"",
        map->extent.length, map->extent.offset);
    self->range_leaks = TRUE;
  }
  g_string_append_c (self->out, '\n');
  self->map = segment->map;
}

/* Seconds with the digits that they need, and no others */
static void
write_inf (Writer *self, GstClockTime duration)
{
  GstClockTime time = MAX (duration, SHORTEST);
  gchar fraction[10];
  gsize digits = 9;

  g_snprintf (fraction, sizeof (fraction), "%09" G_GUINT64_FORMAT,
      time % GST_SECOND);
  while (digits > 0 && fraction[digits - 1] == '0')
    digits--;
  g_string_append_printf (self->out, "#EXTINF:%" G_GUINT64_FORMAT "%s%.*s,\n",
      time / GST_SECOND, digits > 0 ? "." : "", (int) digits, fraction);
}

static void
write_range (Writer *self, const GstPinExtent *extent)
{
  if (has_range (self, extent))
    g_string_append_printf (self->out,
        "#EXT-X-BYTERANGE:%" G_GINT64_FORMAT "@%" G_GUINT64_FORMAT "\n",
        extent->length, extent->offset);
  else if (self->range_leaks)
    g_string_append_printf (self->out,
        "#EXT-X-BYTERANGE:%" G_GUINT64_FORMAT "@0\n", WHOLE_FILE);
  self->range_leaks = FALSE;
}

static void
write_segment (Writer *self, guint index)
{
  const GstPinSegment *segment = self->list->segments->pdata[index];
  g_autofree gchar *uri = item_uri (self, GST_PIN_PLAYLIST_SEGMENT, index,
      segment->extent.uri);

  if (segment->discontinuity)
    g_string_append (self->out, "#EXT-X-DISCONTINUITY\n");
  write_map (self, segment);
  write_key (self, segment->key, segment->sequence);
  if (segment->program_date_time)
    g_string_append_printf (self->out, "#EXT-X-PROGRAM-DATE-TIME:%s\n",
        segment->program_date_time);
  write_inf (self, segment->duration);
  write_range (self, &segment->extent);
  g_string_append (self->out, uri);
  g_string_append_c (self->out, '\n');
}

/* In whole seconds, not below any segment */
static guint64
target_seconds (const GstPinMediaPlaylist *self)
{
  GstClockTime target = MAX (self->target_duration, GST_SECOND);
  guint i;

  for (i = 0; i < self->segments->len; i++) {
    const GstPinSegment *segment = self->segments->pdata[i];
    target = MAX (target, segment->duration);
  }
  return (target + GST_SECOND - 1) / GST_SECOND;
}

gchar *
gst_pin_media_playlist_write (const GstPinMediaPlaylist *self,
    GstPinPlaylistUriFunc func, gpointer user_data)
{
  Writer writer = { self, func, user_data, NULL, -1, NULL, FALSE };
  guint64 sequence;
  guint i;

  g_return_val_if_fail (self != NULL, NULL);

  sequence = self->media_sequence;
  if (sequence > G_MAXINT - self->segments->len)
    sequence = 0;

  writer.out = g_string_sized_new (256 + 64 * self->segments->len);
  g_string_append_printf (writer.out, "#EXTM3U\n#EXT-X-VERSION:%d\n"
      "#EXT-X-TARGETDURATION:%" G_GUINT64_FORMAT "\n"
      "#EXT-X-MEDIA-SEQUENCE:%" G_GUINT64_FORMAT "\n"
      "#EXT-X-PLAYLIST-TYPE:VOD\n",
      VERSION_MEDIA, target_seconds (self), sequence);
  for (i = 0; i < self->segments->len; i++)
    write_segment (&writer, i);
  g_string_append (writer.out, "#EXT-X-ENDLIST\n");
  g_free (writer.key);
  return g_string_free (writer.out, FALSE);
}

/* ,NAME="VALUE", or nothing. Parsed values hold no quotes and no newlines. */
static void
append_quoted (GString *out, const gchar *name, const gchar *value)
{
  if (value)
    g_string_append_printf (out, ",%s=\"%s\"", name, value);
}

static void
write_rendition (GString *out, const GstPinRendition *audio, const gchar *uri)
{
  g_string_append (out, "#EXT-X-MEDIA:TYPE=AUDIO");
  append_quoted (out, "GROUP-ID", audio->group_id);
  append_quoted (out, "NAME", audio->name ? audio->name : "audio");
  append_quoted (out, "LANGUAGE", audio->language);
  g_string_append (out, ",DEFAULT=YES,AUTOSELECT=YES");
  append_quoted (out, "CHANNELS", audio->channels);
  append_quoted (out, "URI", uri);
  g_string_append_c (out, '\n');
}

static void
write_stream_inf (GString *out, const GstPinStreamInf *variant)
{
  gchar rate[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, "#EXT-X-STREAM-INF:BANDWIDTH=%" G_GUINT64_FORMAT,
      CLAMP (variant->bandwidth, 1, G_MAXINT));
  append_quoted (out, "CODECS", variant->codecs);
  if (variant->width > 0 && variant->height > 0)
    g_string_append_printf (out, ",RESOLUTION=%ux%u", variant->width,
        variant->height);
  if (variant->frame_rate > 0)
    g_string_append_printf (out, ",FRAME-RATE=%s",
        g_ascii_formatd (rate, sizeof (rate), "%.3f", variant->frame_rate));
}

gchar *
gst_pin_master_playlist_write (const GstPinStreamInf *variant,
    const gchar *variant_uri, const GstPinRendition *audio,
    const gchar *audio_uri)
{
  GString *out;

  g_return_val_if_fail (variant != NULL, NULL);
  g_return_val_if_fail (variant_uri != NULL, NULL);
  g_return_val_if_fail (audio == NULL || audio_uri != NULL, NULL);

  out = g_string_new (NULL);
  g_string_append_printf (out, "#EXTM3U\n#EXT-X-VERSION:%d\n", VERSION_MASTER);
  if (audio)
    write_rendition (out, audio, audio_uri);
  write_stream_inf (out, variant);
  if (audio)
    append_quoted (out, "AUDIO", audio->group_id);
  g_string_append_printf (out, "\n%s\n", variant_uri);
  return g_string_free (out, FALSE);
}
