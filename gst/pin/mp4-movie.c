/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The movie header. Each track's media begin with its first sample's decoding
 * time; an edit list then says when that is, and how much is cut off in front:
 * an empty edit for a track that begins late, and a media time that skips the
 * reordering delay of B-frames and what lies before time 0. The movie counts
 * 90000 a second, so that times of a transport stream need no rounding. Text
 * does not make a movie longer than sound and picture do.
 *
 * All times are 0 in the date fields: the same input gives the same file.
 */
#include "mp4-movie-private.h"
#include "mp4-tags-private.h"

#include <string.h>

#define MOVIE_TIMESCALE 90000

/* Moves things down by @down pixels */
static void
put_matrix (GstPinMp4Box *box, guint down)
{
  const guint32 matrix[] = { 0x10000, 0, 0, 0, 0x10000, 0, 0, down << 16,
    0x40000000
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (matrix); i++)
    gst_pin_mp4_put32 (box, matrix[i]);
}

/* Creation, modification, [timescale | track id], duration: the part of
 * mvhd, tkhd and mdhd that has two widths */
static gsize
begin_header (GstPinMp4Box *box, const gchar *type, guint32 flags,
    guint32 number, gboolean is_track, guint64 duration)
{
  gboolean wide = duration >= G_MAXUINT32;
  gsize start = gst_pin_mp4_box_begin_full (box, type, wide, flags);

  gst_pin_mp4_put_zeros (box, wide ? 16 : 8);
  gst_pin_mp4_put32 (box, number);
  if (is_track)
    gst_pin_mp4_put32 (box, 0);
  if (wide)
    gst_pin_mp4_put64 (box, duration);
  else
    gst_pin_mp4_put32 (box, duration);
  return start;
}

/* Tracks that stand in the header: those with samples; in a fragmented file,
 * those with header_entries */
static gboolean
has_track (const GstPinMp4Movie *self, const GstPinMp4Track *track)
{
  return self->fragmented ? track->header_entries > 0
      : gst_pin_mp4_table_get_n_samples (track->table) > 0;
}

void
gst_pin_mp4_movie_write_ftyp (const GstPinMp4Movie *self, GstPinMp4Box *box)
{
  gsize start = gst_pin_mp4_box_begin (box, "ftyp");

  if (self->fragmented)
    gst_pin_mp4_put_data (box, "iso6\0\0\2\0iso6isommp41", 20);
  else
    gst_pin_mp4_put_data (box, "isom\0\0\2\0isomiso2mp41", 20);
  gst_pin_mp4_box_end (box, start);
}

gint64
gst_pin_mp4_movie_get_start (const GstPinMp4Movie *self,
    const GstPinMp4Track *track)
{
  gint64 start = gst_pin_mp4_track_get_start (track);

  return track->kind == GST_PIN_MP4_TEXT
      ? MAX (start, gst_pin_mp4_track_to_ticks (track, self->start)) : start;
}

/* When the last sound or picture ends, ns */
static gint64
find_end (const GstPinMp4Movie *self)
{
  gint64 end = G_MININT64;
  guint i;

  for (i = 0; i < self->tracks->len; i++) {
    const GstPinMp4Track *track = self->tracks->pdata[i];

    if (track->kind != GST_PIN_MP4_TEXT && track->n_samples > 0)
      end = MAX (end, gst_pin_mp4_track_to_ns (track, track->end_pts));
  }
  return end > G_MININT64 ? end : G_MAXINT64;
}

static gint64
get_end (const GstPinMp4Movie *self, const GstPinMp4Track *track)
{
  gint64 end = track->kind == GST_PIN_MP4_TEXT ? find_end (self) : G_MAXINT64;

  return end < G_MAXINT64 ? MIN (track->end_pts,
      gst_pin_mp4_track_to_ticks (track, end)) : track->end_pts;
}

/* Lengths of a track's edits, in the movie's timescale */
typedef struct
{
  guint64 delay;                /* nothing yet */
  guint64 length;               /* of what is shown */
  gint64 media_time;            /* where that begins */
  gint32 shift;                 /* added to composition offsets */
} Edit;

static Edit
get_edit (const GstPinMp4Movie *self, const GstPinMp4Track *track)
{
  gint64 start = gst_pin_mp4_movie_get_start (self, track);
  gint64 delay = gst_pin_mp4_track_to_ns (track, start) - self->start;
  Edit edit = { 0, };

  if (self->fragmented) {
    edit.media_time = track->n_samples > 0 ? start - track->first_dts : 0;
    edit.media_time = MAX (edit.media_time, 0);
    return edit;
  }
  edit.delay = gst_util_uint64_scale_round (MAX (delay, 0), MOVIE_TIMESCALE,
      GST_SECOND);
  edit.length = gst_util_uint64_scale_ceil (MAX (get_end (self, track) - start,
          0), MOVIE_TIMESCALE, track->timescale);
  edit.media_time = start - track->first_dts;
  if (track->min_pts < track->first_dts) {
    /* No sample may be composed before the media's time 0 */
    edit.shift = track->first_dts - track->min_pts;
    edit.media_time += edit.shift;
  }
  return edit;
}

static void
put_edit (GstPinMp4Box *box, gboolean wide, guint64 length, gint64 media_time)
{
  if (wide) {
    gst_pin_mp4_put64 (box, length);
    gst_pin_mp4_put64 (box, media_time);
  } else {
    gst_pin_mp4_put32 (box, length);
    gst_pin_mp4_put32 (box, media_time);
  }
  gst_pin_mp4_put32 (box, 0x10000);     /* media_rate */
}

static void
write_edts (const GstPinMp4Movie *self, GstPinMp4Box *box, const Edit *edit)
{
  gboolean wide = edit->delay > G_MAXUINT32 || edit->length > G_MAXUINT32
      || edit->media_time > G_MAXINT32;
  gsize edts, elst;

  if (self->fragmented && edit->media_time == 0)
    return;
  edts = gst_pin_mp4_box_begin (box, "edts");
  elst = gst_pin_mp4_box_begin_full (box, "elst", wide, 0);
  gst_pin_mp4_put32 (box, edit->delay > 0 ? 2 : 1);
  if (edit->delay > 0)
    put_edit (box, wide, edit->delay, -1);
  put_edit (box, wide, edit->length, edit->media_time);
  gst_pin_mp4_box_end (box, elst);
  gst_pin_mp4_box_end (box, edts);
}

/* The first track of @kind in the header, if there is one */
static const GstPinMp4Track *
find_first (const GstPinMp4Movie *self, GstPinMp4Kind kind)
{
  guint i;

  for (i = 0; i < self->tracks->len; i++) {
    const GstPinMp4Track *track = self->tracks->pdata[i];

    if (track->kind == kind && has_track (self, track))
      return track;
  }
  return NULL;
}

/* Text has the lowest part of the picture, in front of it. Of several
 * texts the first is switched on, and the others are there to choose. */
static void
write_tkhd (const GstPinMp4Movie *self, GstPinMp4Box *box,
    const GstPinMp4Track *track, guint64 duration)
{
  gboolean is_text = track->kind == GST_PIN_MP4_TEXT;
  const GstPinMp4Track *video = find_first (self, GST_PIN_MP4_VIDEO);
  const GstPinMp4Track *shape = is_text && video ? video : track;
  const GstPinMp4Entry *entry = shape->entries->pdata[0];
  guint height = is_text ? entry->height / 6 : entry->height;
  gboolean enabled = !is_text || find_first (self, track->kind) == track;
  gsize start = begin_header (box, "tkhd", enabled ? 3 : 2, track->id, TRUE,
      duration);

  gst_pin_mp4_put_zeros (box, 8);
  gst_pin_mp4_put16 (box, is_text ? 0xffff : 0);        /* layer: -1, in front */
  gst_pin_mp4_put16 (box, track->kind); /* alternate_group: one per kind */
  gst_pin_mp4_put16 (box, track->kind == GST_PIN_MP4_AUDIO ? 0x100 : 0);
  gst_pin_mp4_put16 (box, 0);
  put_matrix (box, entry->height - height);
  gst_pin_mp4_put32 (box, entry->width << 16);
  gst_pin_mp4_put32 (box, height << 16);
  gst_pin_mp4_box_end (box, start);
}

static void
write_mdhd (GstPinMp4Box *box, const GstPinMp4Track *track, guint64 duration)
{
  gsize start = begin_header (box, "mdhd", 0, track->timescale, FALSE,
      duration);
  const gchar *l = track->language;

  gst_pin_mp4_put16 (box, (l[0] - 0x60) << 10 | (l[1] - 0x60) << 5
      | (l[2] - 0x60));
  gst_pin_mp4_put16 (box, 0);
  gst_pin_mp4_box_end (box, start);
}

static void
write_hdlr (GstPinMp4Box *box, GstPinMp4Kind kind)
{
  static const gchar *handlers[] = { "vide", "soun", "sbtl" };
  static const gchar *names[] = { "VideoHandler", "SoundHandler",
    "SubtitleHandler"
  };
  gsize start = gst_pin_mp4_box_begin_full (box, "hdlr", 0, 0);

  gst_pin_mp4_put32 (box, 0);
  gst_pin_mp4_put_data (box, handlers[kind], 4);
  gst_pin_mp4_put_zeros (box, 12);
  gst_pin_mp4_put_data (box, names[kind], strlen (names[kind]) + 1);
  gst_pin_mp4_box_end (box, start);
}

/* `vmhd`, `smhd` or `nmhd`, and a `dinf` that says: in this file */
static void
write_media_header (GstPinMp4Box *box, GstPinMp4Kind kind)
{
  static const gchar *types[] = { "vmhd", "smhd", "nmhd" };
  static const guint sizes[] = { 8, 4, 0 };
  gsize start = gst_pin_mp4_box_begin_full (box, types[kind], 0,
      kind == GST_PIN_MP4_VIDEO), dref;

  gst_pin_mp4_put_zeros (box, sizes[kind]);
  gst_pin_mp4_box_end (box, start);
  start = gst_pin_mp4_box_begin (box, "dinf");
  dref = gst_pin_mp4_box_begin_full (box, "dref", 0, 0);
  gst_pin_mp4_put32 (box, 1);
  gst_pin_mp4_box_end (box, gst_pin_mp4_box_begin_full (box, "url ", 0, 1));
  gst_pin_mp4_box_end (box, dref);
  gst_pin_mp4_box_end (box, start);
}

static void
write_stsd (GstPinMp4Box *box, const GstPinMp4Track *track)
{
  gsize start = gst_pin_mp4_box_begin_full (box, "stsd", 0, 0), size;
  guint i;

  gst_pin_mp4_put32 (box, track->entries->len);
  for (i = 0; i < track->entries->len; i++) {
    const GstPinMp4Entry *entry = track->entries->pdata[i];
    gconstpointer data = g_bytes_get_data (entry->box, &size);

    gst_pin_mp4_put_data (box, data, size);
  }
  gst_pin_mp4_box_end (box, start);
}

static void
write_no_samples (GstPinMp4Box *box)
{
  static const gchar *types[] = { "stts", "stsc", "stsz", "stco" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    gsize start = gst_pin_mp4_box_begin_full (box, types[i], 0, 0);

    gst_pin_mp4_put_zeros (box, i == 2 ? 8 : 4);
    gst_pin_mp4_box_end (box, start);
  }
}

static void
write_trak (const GstPinMp4Movie *self, GstPinMp4Box *box,
    const GstPinMp4Track *track, guint64 base, gboolean wide)
{
  Edit edit = get_edit (self, track);
  guint64 media = self->fragmented ? 0 : track->last_dts - track->first_dts
      + track->last_duration;
  gsize trak, mdia, minf, stbl;

  trak = gst_pin_mp4_box_begin (box, "trak");
  write_tkhd (self, box, track, edit.delay + edit.length);
  write_edts (self, box, &edit);
  mdia = gst_pin_mp4_box_begin (box, "mdia");
  write_mdhd (box, track, media);
  write_hdlr (box, track->kind);
  minf = gst_pin_mp4_box_begin (box, "minf");
  write_media_header (box, track->kind);
  stbl = gst_pin_mp4_box_begin (box, "stbl");
  write_stsd (box, track);
  if (self->fragmented)
    write_no_samples (box);
  else
    gst_pin_mp4_table_write (track->table, box, track->last_duration,
        edit.shift, base, wide);
  gst_pin_mp4_box_end (box, stbl);
  gst_pin_mp4_box_end (box, minf);
  gst_pin_mp4_box_end (box, mdia);
  gst_pin_mp4_box_end (box, trak);
}

static void
write_mvhd (const GstPinMp4Movie *self, GstPinMp4Box *box)
{
  guint64 duration = 0;
  guint next = 1, i;
  gsize start;

  for (i = 0; i < self->tracks->len; i++) {
    const GstPinMp4Track *track = self->tracks->pdata[i];

    next = MAX (next, track->id + 1);
    if (!self->fragmented && has_track (self, track)) {
      Edit edit = get_edit (self, track);

      duration = MAX (duration, edit.delay + edit.length);
    }
  }
  start = begin_header (box, "mvhd", 0, MOVIE_TIMESCALE, FALSE, duration);
  gst_pin_mp4_put32 (box, 0x10000);     /* rate */
  gst_pin_mp4_put16 (box, 0x100);       /* volume */
  gst_pin_mp4_put_zeros (box, 10);
  put_matrix (box, 0);
  gst_pin_mp4_put_zeros (box, 24);
  gst_pin_mp4_put32 (box, next);
  gst_pin_mp4_box_end (box, start);
}

static void
write_mvex (const GstPinMp4Movie *self, GstPinMp4Box *box)
{
  gsize mvex = gst_pin_mp4_box_begin (box, "mvex"), start;
  guint i;

  if (GST_CLOCK_TIME_IS_VALID (self->duration)) {
    start = gst_pin_mp4_box_begin_full (box, "mehd", 1, 0);
    gst_pin_mp4_put64 (box, gst_util_uint64_scale_round (self->duration,
            MOVIE_TIMESCALE, GST_SECOND));
    gst_pin_mp4_box_end (box, start);
  }
  for (i = 0; i < self->tracks->len; i++) {
    const GstPinMp4Track *track = self->tracks->pdata[i];

    if (!has_track (self, track))
      continue;
    start = gst_pin_mp4_box_begin_full (box, "trex", 0, 0);
    gst_pin_mp4_put32 (box, track->id);
    gst_pin_mp4_put32 (box, 1);
    gst_pin_mp4_put_zeros (box, 12);
    gst_pin_mp4_box_end (box, start);
  }
  gst_pin_mp4_box_end (box, mvex);
}

void
gst_pin_mp4_movie_write_moov (const GstPinMp4Movie *self, GstPinMp4Box *box,
    guint64 base, gboolean wide)
{
  gsize start = gst_pin_mp4_box_begin (box, "moov");
  guint i;

  write_mvhd (self, box);
  for (i = 0; i < self->tracks->len; i++)
    if (has_track (self, self->tracks->pdata[i]))
      write_trak (self, box, self->tracks->pdata[i], base, wide);
  if (self->fragmented)
    write_mvex (self, box);
  gst_pin_mp4_tags_write (self->tags, box);
  gst_pin_mp4_box_end (box, start);
}
