/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Media playlists: m3u8 text to the list of segments, each with its address,
 * its bytes, its time, its init section and its key (RFC 8216, sections
 * 4.3.2 and 4.3.3). Tags are read by a table, one small function each, into
 * what is known about the segment that comes next; the address line makes it.
 *
 * What cannot be played right is refused here rather than played wrong: keys
 * other than AES-128, variables, delta updates, key-frame-only lists, a byte
 * range that refers to nothing. Segments marked EXT-X-GAP are left out, and
 * counted, because fetching them fails by definition.
 *
 * pinsrc's resolver makes one per rendition, on any thread. The value belongs
 * to its maker and does not change once it is parsed.
 */
#include "playlist-text-private.h"
#include "playlist-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_SEGMENTS 200000
#define MAX_CHANGES 20000       /* of the init section, and of the key */
#define MAX_DURATION (1000 * 3600 * GST_SECOND)
#define MAX_DATE 64

typedef struct
{
  GstPinMediaPlaylist *list;
  GstPinM3u8Uris uris;
  guint64 sequence;             /* of the next segment */
  GstClockTime time;            /* start of the next segment */

  /* What tags said about the next segment */
  GstClockTime duration;        /* NONE: no EXTINF yet */
  GstPinM3u8Range range;        /* length 0: none */
  gboolean discontinuity, gap;
  gchar *program_date_time;

  /* What holds until another tag changes it */
  GstPinMap *new_map;           /* tagged, not yet used by a segment */
  GstPinKey *new_key;
  gint map, key;                /* indices of the used ones; -1: none */
  gchar *key_refusal;           /* why the key in force cannot be used */
  gboolean key_is_new;          /* no segment has come since its tag */

  /* Where a byte range without an offset goes on */
  gchar *previous_uri;          /* NULL: the previous was no byte range */
  guint64 previous_end;
} MediaParser;

static void
map_free (gpointer data)
{
  GstPinMap *self = data;

  if (self == NULL)
    return;
  g_free (self->extent.uri);
  g_free (self);
}

static void
key_free (gpointer data)
{
  GstPinKey *self = data;

  if (self == NULL)
    return;
  g_free (self->uri);
  g_free (self->iv);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMap, map_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinKey, key_free)

static void
segment_free (gpointer data)
{
  GstPinSegment *self = data;

  g_free (self->extent.uri);
  g_free (self->program_date_time);
  g_free (self);
}

static GstPinMediaPlaylist *
media_playlist_new (void)
{
  GstPinMediaPlaylist *self = g_new0 (GstPinMediaPlaylist, 1);

  self->version = 1;
  self->segments = g_ptr_array_new_with_free_func (segment_free);
  self->maps = g_ptr_array_new_with_free_func (map_free);
  self->keys = g_ptr_array_new_with_free_func (key_free);
  return self;
}

void
gst_pin_media_playlist_free (GstPinMediaPlaylist *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->segments);
  g_ptr_array_unref (self->maps);
  g_ptr_array_unref (self->keys);
  g_free (self);
}

static void
media_parser_clear (MediaParser *self)
{
  g_clear_pointer (&self->list, gst_pin_media_playlist_free);
  gst_pin_m3u8_uris_clear (&self->uris);
  map_free (self->new_map);
  key_free (self->new_key);
  g_free (self->program_date_time);
  g_free (self->key_refusal);
  g_free (self->previous_uri);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MediaParser, media_parser_clear)

static gboolean
fail (GError **error, GstPinError code, const gchar *reason)
{
  g_set_error_literal (error, GST_PIN_ERROR, code, reason);
  return FALSE;
}

static gboolean
malformed (GError **error, const gchar *reason)
{
  return fail (error, GST_PIN_ERROR_SCHEMA, reason);
}

static gboolean
unsupported (GError **error, const gchar *reason)
{
  return fail (error, GST_PIN_ERROR_UNSUPPORTED, reason);
}

static gboolean
read_version (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;
  guint64 number;

  if (gst_pin_m3u8_read_number (&value, &number) && number <= 1000)
    self->list->version = number;
  return TRUE;
}

static gboolean
read_target_duration (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;
  GstClockTime time;

  if (gst_pin_m3u8_read_seconds (value, &time) && time <= MAX_DURATION)
    self->list->target_duration = time;
  return TRUE;
}

static gboolean
read_media_sequence (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;
  guint64 number;

  if (!gst_pin_m3u8_read_number (&value, &number)
      || number > G_MAXINT64 - MAX_SEGMENTS)
    return malformed (error, "EXT-X-MEDIA-SEQUENCE has no usable number");
  if (self->list->segments->len > 0 || self->list->gaps > 0)
    return malformed (error, "EXT-X-MEDIA-SEQUENCE comes after a segment");
  self->list->media_sequence = self->sequence = number;
  return TRUE;
}

static gboolean
read_playlist_type (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;

  if (g_str_equal (value, "VOD"))
    self->list->ended = TRUE;
  return TRUE;
}

static gboolean
read_end (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;

  self->list->ended = TRUE;
  return TRUE;
}

static gboolean
read_inf (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;

  if (!gst_pin_m3u8_read_seconds (value, &self->duration)
      || self->duration > MAX_DURATION)
    return malformed (error, "an EXTINF has no usable duration");
  return TRUE;
}

static gboolean
read_byte_range (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;

  if (!gst_pin_m3u8_read_range (value, &self->range))
    return malformed (error, "an EXT-X-BYTERANGE has no usable range");
  return TRUE;
}

static gboolean
read_discontinuity (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;

  self->discontinuity = TRUE;
  return TRUE;
}

static gboolean
read_gap (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;

  self->gap = TRUE;
  return TRUE;
}

static gboolean
read_program_date_time (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;
  gsize length = strspn (value, "0123456789-:.+TZtz ");

  g_clear_pointer (&self->program_date_time, g_free);
  if (length > 0 && length <= MAX_DATE && value[length] == '\0')
    self->program_date_time = g_strdup (value);
  return TRUE;
}

/* Lists the key that is in force, once something uses it; equal neighbours
 * once */
static gboolean
use_key (MediaParser *self, GError **error)
{
  GPtrArray *keys = self->list->keys;
  g_autoptr (GstPinKey) key = g_steal_pointer (&self->new_key);
  const GstPinKey *last = keys->len > 0 ? keys->pdata[keys->len - 1] : NULL;

  if (key == NULL)
    return TRUE;
  if (keys->len >= MAX_CHANGES)
    return malformed (error, "its key changes too often");
  if (last == NULL || g_strcmp0 (last->uri, key->uri) != 0
      || g_strcmp0 (last->iv, key->iv) != 0)
    g_ptr_array_add (keys, g_steal_pointer (&key));
  self->key = keys->len - 1;
  return TRUE;
}

/* Without an offset the range begins at 0, as everybody takes it. The key is
 * that in force at the tag, not at the segment (RFC 8216, section 4.3.2.4). */
static gboolean
read_map (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;
  g_autofree gchar *uri = gst_pin_m3u8_attribute (value, "URI");
  g_autofree gchar *bytes = gst_pin_m3u8_attribute (value, "BYTERANGE");
  GstPinM3u8Range range = { 0, };
  g_autoptr (GstPinMap) map = NULL;

  if (uri == NULL || *uri == '\0')
    return malformed (error, "an EXT-X-MAP has no URI");
  if (bytes && !gst_pin_m3u8_read_range (bytes, &range))
    return malformed (error, "an EXT-X-MAP has no usable BYTERANGE");

  map = g_new0 (GstPinMap, 1);
  map->extent.uri = gst_pin_m3u8_uris_resolve (&self->uris, uri, error);
  map->extent.offset = range.offset;
  map->extent.length = bytes ? (gint64) range.length : -1;
  if (map->extent.uri == NULL || !use_key (self, error))
    return FALSE;
  map->key = self->key_refusal ? -1 : self->key;
  map->sequence = self->sequence;
  map_free (self->new_map);
  self->new_map = g_steal_pointer (&map);
  return TRUE;
}

static gboolean
is_iv (const gchar *iv)
{
  gsize digits;

  if (iv[0] != '0' || (iv[1] != 'x' && iv[1] != 'X'))
    return FALSE;
  digits = strspn (iv + 2, "0123456789abcdefABCDEF");
  return digits > 0 && digits <= 32 && iv[2 + digits] == '\0';
}

static gboolean
read_aes_key (MediaParser *self, const gchar *attributes, GError **error)
{
  g_autofree gchar *raw = gst_pin_m3u8_attribute (attributes, "URI");
  g_autofree gchar *iv = gst_pin_m3u8_attribute (attributes, "IV");
  g_autofree gchar *uri = NULL;

  if (raw == NULL || *raw == '\0')
    return malformed (error, "an EXT-X-KEY has no URI");
  if (iv && !is_iv (iv))
    return malformed (error, "an EXT-X-KEY has no usable IV");
  uri = gst_pin_m3u8_uris_resolve (&self->uris, raw, error);
  if (uri == NULL)
    return FALSE;

  key_free (self->new_key);
  self->new_key = g_new0 (GstPinKey, 1);
  self->new_key->uri = g_steal_pointer (&uri);
  self->new_key->iv = g_steal_pointer (&iv);
  self->key_is_new = TRUE;
  g_clear_pointer (&self->key_refusal, g_free);
  return TRUE;
}

/* The same key may be offered in several formats, one tag each, and one that
 * can be used is enough; so a refusal waits for the segment. */
static gboolean
read_key (gpointer parser, const gchar *value, GError **error)
{
  MediaParser *self = parser;
  g_autofree gchar *method = gst_pin_m3u8_attribute (value, "METHOD");
  g_autofree gchar *format = gst_pin_m3u8_attribute (value, "KEYFORMAT");

  if (method == NULL)
    return malformed (error, "an EXT-X-KEY has no METHOD");
  if (g_str_equal (method, "NONE")) {
    self->key = -1;
    self->key_is_new = FALSE;
    g_clear_pointer (&self->new_key, key_free);
    g_clear_pointer (&self->key_refusal, g_free);
    return TRUE;
  }
  if (g_str_equal (method, "AES-128")
      && (format == NULL || g_ascii_strcasecmp (format, "identity") == 0))
    return read_aes_key (self, value, error);

  if (!self->key_is_new) {
    g_autofree gchar *shown_method = gst_pin_shown (method, 40);
    g_autofree gchar *shown_format = gst_pin_shown (format ? format : "", 60);

    g_free (self->key_refusal);
    self->key_refusal = g_strdup_printf ("it is encrypted with %s%s%s, "
        "and only AES-128 with a plain key can be read", shown_method,
        format ? " for " : "", shown_format);
  }
  return TRUE;
}

static gboolean
read_define (gpointer parser, const gchar *value, GError **error)
{
  return unsupported (error, "it uses variables (EXT-X-DEFINE)");
}

static gboolean
read_skip (gpointer parser, const gchar *value, GError **error)
{
  return unsupported (error, "it is a delta update (EXT-X-SKIP)");
}

static gboolean
read_i_frames_only (gpointer parser, const gchar *value, GError **error)
{
  return unsupported (error, "it has key frames only (EXT-X-I-FRAMES-ONLY)");
}

static gboolean
read_stream_inf (gpointer parser, const gchar *value, GError **error)
{
  return malformed (error, "it is a master playlist and lists no segments");
}

static const GstPinM3u8Tag tags[] = {
  {"EXTINF", read_inf},
  {"EXT-X-BYTERANGE", read_byte_range},
  {"EXT-X-MAP", read_map},
  {"EXT-X-KEY", read_key},
  {"EXT-X-DISCONTINUITY", read_discontinuity},
  {"EXT-X-GAP", read_gap},
  {"EXT-X-PROGRAM-DATE-TIME", read_program_date_time},
  {"EXT-X-VERSION", read_version},
  {"EXT-X-TARGETDURATION", read_target_duration},
  {"EXT-X-MEDIA-SEQUENCE", read_media_sequence},
  {"EXT-X-PLAYLIST-TYPE", read_playlist_type},
  {"EXT-X-ENDLIST", read_end},
  {"EXT-X-DEFINE", read_define},
  {"EXT-X-SKIP", read_skip},
  {"EXT-X-I-FRAMES-ONLY", read_i_frames_only},
  {"EXT-X-STREAM-INF", read_stream_inf},
};

/* RFC 8216, section 4.3.2.2: without an offset a range goes on where the
 * previous segment's ended, if that was a range of the same resource */
static gboolean
place_range (MediaParser *self, GstPinExtent *extent, GError **error)
{
  guint64 end;

  if (self->range.length == 0) {
    extent->length = -1;
    g_clear_pointer (&self->previous_uri, g_free);
    return TRUE;
  }

  extent->length = self->range.length;
  extent->offset = self->range.offset;
  if (!self->range.has_offset) {
    if (g_strcmp0 (self->previous_uri, extent->uri) != 0)
      return malformed (error, "an EXT-X-BYTERANGE without an offset has no "
          "range of the same resource before it");
    extent->offset = self->previous_end;
  }
  if (!g_uint64_checked_add (&end, extent->offset, extent->length)
      || end > G_MAXINT64)
    return malformed (error, "an EXT-X-BYTERANGE ends beyond any file");

  if (g_strcmp0 (self->previous_uri, extent->uri) != 0) {
    g_free (self->previous_uri);
    self->previous_uri = g_strdup (extent->uri);
  }
  self->previous_end = end;
  return TRUE;
}

static gboolean
same_map (const GstPinMap *a, const GstPinMap *b)
{
  return a->extent.offset == b->extent.offset
      && a->extent.length == b->extent.length && a->key == b->key
      && g_str_equal (a->extent.uri, b->extent.uri);
}

/* Lists the init section that a segment uses first; equal neighbours once */
static gboolean
use_map (MediaParser *self, GError **error)
{
  GPtrArray *maps = self->list->maps;
  g_autoptr (GstPinMap) map = g_steal_pointer (&self->new_map);

  if (map == NULL)
    return TRUE;
  if (maps->len >= MAX_CHANGES)
    return malformed (error, "its init section changes too often");
  if (maps->len == 0 || !same_map (map, maps->pdata[maps->len - 1]))
    g_ptr_array_add (maps, g_steal_pointer (&map));
  self->map = maps->len - 1;
  return TRUE;
}

static gboolean
check_segment (MediaParser *self, GError **error)
{
  if (!GST_CLOCK_TIME_IS_VALID (self->duration))
    return malformed (error, "a segment has no EXTINF");
  if (self->list->segments->len + self->list->gaps >= MAX_SEGMENTS)
    return malformed (error, "it has too many segments");
  if (self->duration > MAX_DURATION - self->time)
    return malformed (error, "it is longer than 1000 hours");
  if (self->key_refusal && !self->gap)
    return unsupported (error, self->key_refusal);
  return self->gap || (use_map (self, error) && use_key (self, error));
}

/* Makes the segment, and forgets what held for it alone */
static gboolean
read_segment (gpointer parser, const gchar *line, GError **error)
{
  MediaParser *self = parser;
  GstPinSegment *segment;

  if (!check_segment (self, error))
    return FALSE;

  segment = g_new0 (GstPinSegment, 1);
  segment->extent.uri = gst_pin_m3u8_uris_resolve (&self->uris, line, error);
  segment->sequence = self->sequence++;
  segment->start = self->time;
  segment->duration = self->duration;
  segment->map = self->map;
  segment->key = self->key;
  segment->discontinuity = self->discontinuity;
  segment->program_date_time = g_steal_pointer (&self->program_date_time);
  if (segment->extent.uri == NULL
      || !place_range (self, &segment->extent, error)) {
    segment_free (segment);
    return FALSE;
  }

  self->time += self->duration;
  self->duration = GST_CLOCK_TIME_NONE;
  self->range.length = 0;
  self->key_is_new = FALSE;
  if (self->gap) {
    self->list->gaps++;
    self->gap = FALSE;
    segment_free (segment);
  } else {
    self->discontinuity = FALSE;
    g_ptr_array_add (self->list->segments, segment);
  }
  return TRUE;
}

/* RFC 8216, section 4.3.3.1: no segment is longer, when rounded */
static GstClockTime
longest_segment (const GstPinMediaPlaylist *self)
{
  GstClockTime longest = 0;
  guint i;

  for (i = 0; i < self->segments->len; i++) {
    const GstPinSegment *segment = self->segments->pdata[i];
    longest = MAX (longest, segment->duration);
  }
  return longest;
}

static gboolean
media_parser_finish (gpointer parser, GError **error)
{
  MediaParser *self = parser;
  GstPinMediaPlaylist *list = self->list;

  if (list->segments->len == 0)
    return malformed (error, list->gaps > 0 ? "it has nothing but gaps"
        : "it has no segments");
  list->duration = self->time;
  if (list->target_duration == 0)
    list->target_duration = longest_segment (list);
  return TRUE;
}

static const GstPinM3u8Kind kind = {
  tags, G_N_ELEMENTS (tags), read_segment, media_parser_finish
};

GstPinMediaPlaylist *
gst_pin_media_playlist_parse (GBytes *text, const gchar *base, GError **error)
{
  g_auto (MediaParser) parser = { NULL, };

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (base != NULL, NULL);

  parser.list = media_playlist_new ();
  parser.map = parser.key = -1;
  parser.duration = GST_CLOCK_TIME_NONE;
  return gst_pin_m3u8_read (text, base, &kind, &parser.uris, &parser, error)
      ? g_steal_pointer (&parser.list) : NULL;
}

gboolean
gst_pin_media_playlist_has_one_map (const GstPinMediaPlaylist *self)
{
  const GstPinSegment *first = self->segments->pdata[0];

  /* They are in order: who begins with the only one keeps it */
  return self->maps->len == 1 && first->map == 0;
}

void
gst_pin_key_get_iv (const GstPinKey *self, guint64 sequence, guint8 *iv)
{
  const gchar *digit;
  guint i = 2 * GST_PIN_IV_SIZE;

  memset (iv, 0, GST_PIN_IV_SIZE);
  if (self->iv == NULL) {
    GST_WRITE_UINT64_BE (iv + GST_PIN_IV_SIZE - 8, sequence);
    return;
  }
  /* From the last digit on: it may have fewer than 32 */
  for (digit = self->iv + strlen (self->iv); i > 0 && digit > self->iv + 2;) {
    guint value = g_ascii_xdigit_value (*--digit);

    i--;
    iv[i / 2] |= i % 2 ? value : value << 4;
  }
}
