/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Media playlists → plan. Each segment becomes a piece with a number, and the
 * rewritten playlist names it by that number: hlsdemux sees whole files in
 * clear, and has no ranges and no keys to get wrong. Where the init section
 * changes, of which hlsdemux would fetch the first alone (observed in GStreamer
 * 1.22), every piece begins with its own: then a seek needs nothing that came
 * before. Pure, no I/O; the session calls it once.
 */
#include "session-plan-private.h"

#include <string.h>

#define NOT_PLANNED -1

/* What one rendition's playlist became */
typedef struct
{
  GstPinSessionPlan *plan;
  guint track;
  GstPinMediaPlaylist *playlist;        /* owned */
  GArray *maps, *keys;          /* of gint: the fragments that they became */
  gint map_piece;               /* the one init section's; -1: there is none */
  guint first_piece;            /* the first segment's */
} GstPinPlannedPlaylist;

static GArray *
not_planned (guint n)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (gint));
  gint none = NOT_PLANNED;

  for (guint i = 0; i < n; i++)
    g_array_append_val (array, none);
  return array;
}

/* A map or key is fetched where the first segment needs it */
static gint
plan_once (GstPinPlannedPlaylist *self, GArray *indices, guint i,
    GstPinFragmentKind kind, const GstPinExtent *extent, GstClockTime time)
{
  gint *index = &g_array_index (indices, gint, i);

  if (*index == NOT_PLANNED)
    *index = gst_pin_plan_add (self->plan->fragments, self->track, kind,
        extent->uri, extent->offset, extent->length, time);
  return *index;
}

static void
plan_key (GstPinPlannedPlaylist *self, GstPinPart *part, gint i,
    guint64 sequence, GstClockTime time)
{
  const GstPinKey *key;
  GstPinExtent extent = { NULL, 0, -1 };

  part->key = -1;
  if (i < 0)
    return;
  key = g_ptr_array_index (self->playlist->keys, i);
  extent.uri = key->uri;
  part->key = plan_once (self, self->keys, i, GST_PIN_FRAGMENT_KEY, &extent,
      time);
  gst_pin_key_get_iv (key, sequence, part->iv);
}

static GstPinPart
plan_map (GstPinPlannedPlaylist *self, gint i, GstClockTime time)
{
  GstPinPart part = { -1, FALSE, -1, {0} };
  const GstPinMap *map;

  if (i < 0)
    return part;
  map = g_ptr_array_index (self->playlist->maps, i);
  part.is_init = TRUE;
  plan_key (self, &part, map->key, map->sequence, time);
  part.fragment = plan_once (self, self->maps, i, map->key < 0 ?
      GST_PIN_FRAGMENT_INIT : GST_PIN_FRAGMENT_KEY, &map->extent, time);
  return part;
}

static GstPinPart
plan_segment (GstPinPlannedPlaylist *self, const GstPinSegment *segment)
{
  GstPinPart part = { -1, FALSE, -1, {0} };

  plan_key (self, &part, segment->key, segment->sequence, segment->start);
  part.fragment = gst_pin_plan_add (self->plan->fragments, self->track,
      segment->key < 0 ? GST_PIN_FRAGMENT_MEDIA : GST_PIN_FRAGMENT_ENCRYPTED,
      segment->extent.uri, segment->extent.offset, segment->extent.length,
      segment->start);
  return part;
}

static const GstPinPart no_part = { -1, FALSE, -1, {0} };

static gint
add_piece (GstPinSessionPlan *self, guint track, guint number, GstPinPart init,
    GstPinPart media)
{
  GstPinPiece piece = { track, number, init, media };

  g_array_append_val (self->pieces, piece);
  return self->pieces->len - 1;
}

/* Takes @playlist; adds its pieces to @plan as @track */
static GstPinPlannedPlaylist *
planned_playlist_new (GstPinSessionPlan *plan, guint track,
    GstPinMediaPlaylist *playlist)
{
  GstPinPlannedPlaylist *self = g_new0 (GstPinPlannedPlaylist, 1);
  gboolean one_map = gst_pin_media_playlist_has_one_map (playlist);

  self->plan = plan;
  self->track = track;
  self->playlist = playlist;
  self->maps = not_planned (playlist->maps->len);
  self->keys = not_planned (playlist->keys->len);
  self->map_piece = one_map ?
      add_piece (plan, track, 0, no_part, plan_map (self, 0, 0)) : -1;
  self->first_piece = plan->pieces->len;
  for (guint i = 0; i < playlist->segments->len; i++) {
    const GstPinSegment *segment = g_ptr_array_index (playlist->segments, i);
    GstPinPart init = one_map ? no_part
        : plan_map (self, segment->map, segment->start);

    add_piece (plan, track, i, init, plan_segment (self, segment));
  }
  return self;
}

static void
planned_playlist_free (GstPinPlannedPlaylist *self)
{
  gst_pin_media_playlist_free (self->playlist);
  g_array_unref (self->maps);
  g_array_unref (self->keys);
  g_free (self);
}

typedef struct
{
  GstPinPlannedPlaylist *planned;
  const gchar *base;
} GstPinNaming;

static gchar *
name_item (GstPinPlaylistItem item, guint index, gpointer data)
{
  GstPinNaming *naming = data;
  guint piece = item == GST_PIN_PLAYLIST_MAP ?
      (guint) naming->planned->map_piece : naming->planned->first_piece + index;

  return g_strdup_printf ("%s/%u", naming->base, piece);
}

/* (transfer full) Its text, with BASE/NUMBER for each piece */
static gchar *
planned_playlist_write (GstPinPlannedPlaylist *self, const gchar *base)
{
  GstPinNaming naming = { self, base };

  return gst_pin_media_playlist_write (self->playlist,
      base ? name_item : NULL, &naming);
}

static GstPinSessionPlan *
session_plan_new (void)
{
  GstPinSessionPlan *self = g_new0 (GstPinSessionPlan, 1);

  self->fragments = gst_pin_plan_new ();
  self->pieces = g_array_new (FALSE, FALSE, sizeof (GstPinPiece));
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
      (GDestroyNotify) g_bytes_unref);
  return self;
}

/* Takes @text */
static void
add_text (GstPinSessionPlan *self, const gchar *name, gchar *text)
{
  g_hash_table_insert (self->texts, (gpointer) name,
      g_bytes_new_take (text, strlen (text)));
}

static gchar *
playlist_uri (const gchar *base, const gchar *name, const gchar *real)
{
  return base ? g_strdup_printf ("%s/%s", base, name) : g_strdup (real);
}

/* One rendition: its media playlist alone, since a media playlist leaves
 * hlsdemux nothing to switch. Two: a master of exactly these. */
static void
write_playlists (GstPinSessionPlan *self, const GstPinPlaylistSet *set,
    GstPinPlannedPlaylist **planned, const gchar *base)
{
  static const gchar *const names[] = { "video.m3u8", "audio.m3u8" };
  g_autofree gchar *video_uri = NULL, *audio_uri = NULL;

  if (!planned[GST_PIN_SOUND]) {
    add_text (self, "index.m3u8",
        planned_playlist_write (planned[GST_PIN_PICTURE], base));
    return;
  }
  for (guint i = 0; i < GST_PIN_N_RENDITIONS; i++)
    add_text (self, names[i], planned_playlist_write (planned[i], base));
  video_uri = playlist_uri (base, names[GST_PIN_PICTURE], set->stream->uri);
  audio_uri = playlist_uri (base, names[GST_PIN_SOUND], set->audio->uri);
  add_text (self, "index.m3u8", gst_pin_master_playlist_write (set->stream,
          video_uri, set->audio, audio_uri));
}

GstPinSessionPlan *
gst_pin_session_plan_new (GstPinPlaylistSet *set, const gchar *base)
{
  GstPinSessionPlan *self = session_plan_new ();
  GstPinPlannedPlaylist *planned[GST_PIN_N_RENDITIONS] = { NULL, };

  for (guint i = 0; i < GST_PIN_N_RENDITIONS; i++)
    if (set->playlists[i])
      planned[i] = planned_playlist_new (self, i,
          g_steal_pointer (&set->playlists[i]));
  write_playlists (self, set, planned, base);
  for (guint i = 0; i < GST_PIN_N_RENDITIONS; i++)
    g_clear_pointer (&planned[i], planned_playlist_free);
  return self;
}

GstPinSessionPlan *
gst_pin_session_plan_new_for_file (const gchar *url)
{
  GstPinSessionPlan *self = session_plan_new ();
  GstPinPart file = no_part;

  file.fragment = gst_pin_plan_add (self->fragments, GST_PIN_PICTURE,
      GST_PIN_FRAGMENT_MEDIA, url, 0, -1, 0);
  add_piece (self, GST_PIN_PICTURE, 0, no_part, file);
  return self;
}

void
gst_pin_session_plan_free (GstPinSessionPlan *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->fragments, gst_pin_plan_free);
  g_array_unref (self->pieces);
  g_hash_table_unref (self->texts);
  g_free (self);
}

GBytes *
gst_pin_session_plan_get_text (const GstPinSessionPlan *self,
    const gchar *name)
{
  return g_hash_table_lookup (self->texts, name);
}

const GstPinPiece *
gst_pin_session_plan_get_piece (const GstPinSessionPlan *self,
    const gchar *number)
{
  guint64 index;

  if (self->pieces->len == 0 || !g_ascii_string_to_unsigned (number, 10, 0,
          self->pieces->len - 1, &index, NULL))
    return NULL;
  return &g_array_index (self->pieces, GstPinPiece, index);
}
