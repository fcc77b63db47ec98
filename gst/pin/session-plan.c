/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Media playlists → plan. Each byte range becomes a fragment with a number, and
 * the rewritten playlist names it by that number: hlsdemux sees whole files and
 * has no ranges to get wrong. Pure, no I/O; the session calls it once.
 */
#include "session-plan-private.h"

#include <string.h>

#define NOT_PLANNED G_MAXUINT

/* What one rendition's playlist became */
typedef struct
{
  GstPinMediaPlaylist *playlist;        /* owned */
  GArray *segments, *maps, *keys;       /* of guint: plan indices */
} GstPinPlannedPlaylist;

static void
fill_not_planned (GArray *array, guint n)
{
  guint none = NOT_PLANNED;

  for (guint i = 0; i < n; i++)
    g_array_append_val (array, none);
}

/* A map or key is fetched where the first segment needs it */
static void
plan_once (GstPinPlan *plan, GArray *indices, gint i, guint track,
    GstPinFragmentKind kind, const GstPinExtent *extent, GstClockTime time)
{
  guint *index;

  if (i < 0)
    return;
  index = &g_array_index (indices, guint, i);
  if (*index == NOT_PLANNED)
    *index = gst_pin_plan_add (plan, track, kind, extent->uri, extent->offset,
        extent->length, time);
}

/* Takes @playlist; adds its fragments to the plan as @track */
static GstPinPlannedPlaylist *
planned_playlist_new (GstPinPlan *plan, guint track,
    GstPinMediaPlaylist *playlist)
{
  GstPinPlannedPlaylist *self = g_new0 (GstPinPlannedPlaylist, 1);

  self->playlist = playlist;
  self->segments = g_array_new (FALSE, FALSE, sizeof (guint));
  self->maps = g_array_new (FALSE, FALSE, sizeof (guint));
  self->keys = g_array_new (FALSE, FALSE, sizeof (guint));
  fill_not_planned (self->maps, playlist->maps->len);
  fill_not_planned (self->keys, playlist->keys->len);

  for (guint i = 0; i < playlist->segments->len; i++) {
    const GstPinSegment *segment = g_ptr_array_index (playlist->segments, i);
    gboolean encrypted = segment->key >= 0;
    guint index;

    if (encrypted) {
      const GstPinKey *key = g_ptr_array_index (playlist->keys, segment->key);
      GstPinExtent extent = { key->uri, 0, -1 };

      plan_once (plan, self->keys, segment->key, track, GST_PIN_FRAGMENT_KEY,
          &extent, segment->start);
    }
    if (segment->map >= 0)
      plan_once (plan, self->maps, segment->map, track,
          encrypted ? GST_PIN_FRAGMENT_ENCRYPTED : GST_PIN_FRAGMENT_INIT,
          g_ptr_array_index (playlist->maps, segment->map), segment->start);
    index = gst_pin_plan_add (plan, track, encrypted ?
        GST_PIN_FRAGMENT_ENCRYPTED : GST_PIN_FRAGMENT_MEDIA,
        segment->extent.uri, segment->extent.offset, segment->extent.length,
        segment->start);
    g_array_append_val (self->segments, index);
  }
  return self;
}

static void
planned_playlist_free (GstPinPlannedPlaylist *self)
{
  gst_pin_media_playlist_free (self->playlist);
  g_array_unref (self->segments);
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
  GArray *indices = item == GST_PIN_PLAYLIST_SEGMENT ?
      naming->planned->segments : item == GST_PIN_PLAYLIST_MAP ?
      naming->planned->maps : naming->planned->keys;

  return g_strdup_printf ("%s/%u", naming->base,
      g_array_index (indices, guint, index));
}

/* (transfer full) Its text, with BASE/NUMBER for each fragment */
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
      planned[i] = planned_playlist_new (self->fragments, i,
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

  gst_pin_plan_add (self->fragments, GST_PIN_PICTURE, GST_PIN_FRAGMENT_MEDIA,
      url, 0, -1, 0);
  return self;
}

void
gst_pin_session_plan_free (GstPinSessionPlan *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->fragments, gst_pin_plan_free);
  g_hash_table_unref (self->texts);
  g_free (self);
}

GBytes *
gst_pin_session_plan_get_text (const GstPinSessionPlan *self,
    const gchar *name)
{
  return g_hash_table_lookup (self->texts, name);
}
