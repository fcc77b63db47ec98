/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Media playlists → plan. Each byte range becomes a fragment with a number, and
 * the rewritten playlist names it by that number: hlsdemux sees whole files and
 * has no ranges to get wrong. Pure, no I/O; the session calls it once.
 */
#include "session-plan-private.h"

#define NOT_PLANNED G_MAXUINT

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

GstPinPlannedPlaylist *
gst_pin_planned_playlist_new (GstPinPlan *plan, guint track,
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

void
gst_pin_planned_playlist_free (GstPinPlannedPlaylist *self)
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

gchar *
gst_pin_planned_playlist_write (GstPinPlannedPlaylist *self, const gchar *base)
{
  GstPinNaming naming = { self, base };

  return gst_pin_media_playlist_write (self->playlist,
      base ? name_item : NULL, &naming);
}
