/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lays the file out. Samples that the interleaver releases become a chunk of
 * each track, chunks gather to a batch, and a batch is one write.
 *
 *   plain        ftyp, free, mdat of unknown size, …, moov; then the size of mdat
 *   … in a pipe  ftyp, mdat, mdat, …, moov
 *   faststart    ftyp, free (the reserve), free, mdat, …; then the size of mdat
 *                and the moov over the reserve, or behind the mdat where the
 *                reserve is too small
 *   fragmented   ftyp, moov as soon as all tracks are known, then moof and mdat
 *                again and again
 *
 * A file that ends before its first batch is full (1 MiB) is laid out in one
 * go, exactly, with no reserve. A file that is given up has no moov, so it
 * never looks finished.
 */
#include "mp4-writer-private.h"
#include "mp4-fragment-private.h"
#include "mp4-interleave-private.h"
#include "mp4-movie-private.h"
#include "mp4-reserve-private.h"
#include "mp4-tags-private.h"

#include <string.h>

/* Payloads smaller than this are copied together instead of being written
 * each for itself: an audio frame is no larger than what it costs to name it */
#define SMALL 4096

struct _GstPinMp4Writer
{
  GstPinMp4Layout layout;
  gboolean seekable;
  guint64 source_size;
  GstPinMp4Movie movie;
  GstPinMp4FragmentPlan plan;
  guint32 sequence;
  GstTagList *header_tags;      /* fragmented: those of the moov, as long as there
                                 * may be others elsewhere */

  gboolean begun;               /* something of the file has been written */
  guint64 position;             /* where the next write goes */
  guint64 reserve_at, mdat_at;  /* of the reserve and of the mdat's head */
  gsize reserve;
  guint64 base;                 /* what chunk offsets count from */
  guint64 payload;              /* bytes of all chunks so far, and of the mdat
                                 * heads between them */

  GstBufferList *batch;
  gsize batch_size;
  GQueue writes;                /* of GstPinMp4Write */
  gsize queued;                 /* bytes of writes */
  gchar *warning;
};

static void
write_free (GstPinMp4Write *write)
{
  gst_clear_buffer_list (&write->list);
  g_free (write);
}

GstPinMp4Writer *
gst_pin_mp4_writer_new (GstPinMp4Layout layout, gboolean seekable,
    GstClockTime fragment_duration)
{
  GstPinMp4Writer *self = g_new0 (GstPinMp4Writer, 1);

  self->layout = layout == GST_PIN_MP4_LAYOUT_FASTSTART && !seekable
      ? GST_PIN_MP4_LAYOUT_PLAIN : layout;
  self->seekable = seekable;
  self->movie.fragmented = layout == GST_PIN_MP4_LAYOUT_FRAGMENTED;
  self->movie.duration = GST_CLOCK_TIME_NONE;
  self->movie.tracks = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_pin_mp4_track_free);
  self->plan.duration = fragment_duration;
  self->plan.first = TRUE;
  self->batch = gst_buffer_list_new ();
  g_queue_init (&self->writes);
  return self;
}

void
gst_pin_mp4_writer_free (GstPinMp4Writer *self)
{
  g_ptr_array_unref (self->movie.tracks);
  gst_clear_tag_list (&self->movie.tags);
  gst_clear_tag_list (&self->header_tags);
  gst_buffer_list_unref (self->batch);
  g_queue_clear_full (&self->writes, (GDestroyNotify) write_free);
  g_free (self->warning);
  g_free (self);
}

void
gst_pin_mp4_writer_set_duration (GstPinMp4Writer *self, GstClockTime duration)
{
  self->movie.duration = duration;
}

void
gst_pin_mp4_writer_set_source_size (GstPinMp4Writer *self, guint64 bytes)
{
  self->source_size = bytes;
}

void
gst_pin_mp4_writer_set_tags (GstPinMp4Writer *self, const GstTagList *tags)
{
  gst_clear_tag_list (&self->movie.tags);
  if (tags)
    self->movie.tags = gst_tag_list_copy (tags);
}

GstPinMp4Track *
gst_pin_mp4_writer_add_track (GstPinMp4Writer *self, GstPinMp4Kind kind)
{
  GstPinMp4Track *track =
      gst_pin_mp4_track_new (self->movie.tracks->len + 1, kind);

  g_ptr_array_add (self->movie.tracks, track);
  return track;
}

static void
warn (GstPinMp4Writer *self, const gchar *text)
{
  gchar *joined = self->warning ? g_strjoin ("; ", self->warning, text, NULL)
      : g_strdup (text);

  g_free (self->warning);
  self->warning = joined;
}

gchar *
gst_pin_mp4_writer_take_warning (GstPinMp4Writer *self)
{
  return g_steal_pointer (&self->warning);
}

gsize
gst_pin_mp4_writer_get_held (const GstPinMp4Writer *self)
{
  gsize held = self->batch_size + self->queued;
  guint i;

  for (i = 0; i < self->movie.tracks->len; i++)
    held += ((GstPinMp4Track *) self->movie.tracks->pdata[i])->held;
  return held;
}

/* @list: (transfer full) */
static void
queue_write (GstPinMp4Writer *self, guint64 offset, GstBufferList *list,
    gsize size)
{
  GstPinMp4Write *write = g_new0 (GstPinMp4Write, 1);

  write->offset = offset;
  write->size = size;
  write->list = list;
  self->queued += size;
  g_queue_push_tail (&self->writes, write);
  self->position = offset + size;
}

static void
queue_box (GstPinMp4Writer *self, guint64 offset, GstPinMp4Box *box)
{
  GstBufferList *list = gst_buffer_list_new_sized (1);
  gsize size = box->size;

  gst_buffer_list_add (list, gst_pin_mp4_box_steal_buffer (box));
  queue_write (self, offset, list, size);
}

/* The batch with @head (emptied) in front, where the last write ended */
static void
queue_batch (GstPinMp4Writer *self, GstPinMp4Box *head)
{
  gsize size = head->size + self->batch_size;

  if (head->size > 0)
    gst_buffer_list_insert (self->batch, 0,
        gst_pin_mp4_box_steal_buffer (head));
  queue_write (self, self->position, self->batch, size);
  self->batch = gst_buffer_list_new_sized (64);
  self->batch_size = 0;
}

gboolean
gst_pin_mp4_writer_take (GstPinMp4Writer *self, GstPinMp4Write *write)
{
  GstPinMp4Write *first = g_queue_pop_head (&self->writes);

  if (!first)
    return FALSE;
  *write = *first;
  self->queued -= first->size;
  g_free (first);
  return TRUE;
}

/* Joins the data of small pieces; large ones go as they are */
static void
add_data (GstPinMp4Writer *self, GstPinMp4Track *track, guint from, guint to)
{
  GstPinMp4Piece *pieces = (GstPinMp4Piece *) track->pieces->data;

  while (from < to) {
    gsize joined = 0, place = 0;
    guint i = from;
    GstBuffer *buffer;
    GstMapInfo map;

    while (i < to && pieces[i].size < SMALL)
      joined += pieces[i++].size;
    if (i - from < 2) {
      gst_buffer_list_add (self->batch, g_steal_pointer (&pieces[from].data));
      self->batch_size += pieces[from++].size;
      continue;
    }
    buffer = gst_buffer_new_allocate (NULL, joined, NULL);
    gst_buffer_map (buffer, &map, GST_MAP_WRITE);
    for (; from < i; from++) {
      gst_buffer_extract (pieces[from].data, 0, map.data + place,
          pieces[from].size);
      place += pieces[from].size;
    }
    gst_buffer_unmap (buffer, &map);
    gst_buffer_list_add (self->batch, buffer);
    self->batch_size += joined;
  }
}

/* The first @n pieces as chunks, one per sample entry */
static void
write_chunks (GstPinMp4Writer *self, GstPinMp4Track *track, guint n)
{
  const GstPinMp4Piece *pieces = (const GstPinMp4Piece *) track->pieces->data;
  guint i, j, sample = 0;

  if (self->batch_size == 0 && !self->seekable)
    self->payload += 8;         /* the head of the batch's own mdat */
  for (i = 0; i < n; i++) {
    if (i == 0 || pieces[i].entry != pieces[i - 1].entry)
      gst_pin_mp4_table_begin_chunk (track->table, self->payload,
          pieces[i].entry);
    for (j = 0; j < pieces[i].n_samples; j++, sample++) {
      const GstPinMp4Pending *pending =
          &g_array_index (track->pending, GstPinMp4Pending, sample);

      gst_pin_mp4_table_add (track->table, pending->dts, pending->offset,
          pending->size, pending->sync);
    }
    self->payload += pieces[i].size;
  }
  add_data (self, track, 0, n);
  gst_pin_mp4_track_drop (track, n, sample);
}

/* The movie begins where the first of its tracks does, text aside */
static void
find_start (GstPinMp4Writer *self)
{
  GPtrArray *tracks = self->movie.tracks;
  gint64 start = G_MAXINT64, text_start = G_MAXINT64;
  guint i;

  for (i = 0; i < tracks->len; i++) {
    const GstPinMp4Track *track = tracks->pdata[i];
    gint64 time;

    if (track->n_samples == 0)
      continue;
    time = gst_pin_mp4_track_to_ns (track,
        gst_pin_mp4_track_get_start (track));
    if (track->kind == GST_PIN_MP4_TEXT)
      text_start = MIN (text_start, time);
    else
      start = MIN (start, time);
  }
  self->movie.start = start < G_MAXINT64 ? start : text_start;
}

/* The reserve is one block of zeros, named again and again */
static void
add_zeros (GstBufferList *list, gsize n)
{
  const gsize block = MIN (n, 64 * 1024);
  g_autoptr (GstBuffer) zeros = gst_buffer_new_wrapped (g_malloc0 (block),
      block);

  for (; n >= block && n > 0; n -= block)
    gst_buffer_list_add (list, gst_buffer_ref (zeros));
  if (n > 0)
    gst_buffer_list_add (list, gst_buffer_copy_region (zeros,
            GST_BUFFER_COPY_MEMORY, 0, n));
}

/* What stands in front of the first batch of a file that goes on */
static void
begin (GstPinMp4Writer *self)
{
  GstBufferList *list = gst_buffer_list_new ();
  GstPinMp4Box box = { 0, };
  gsize size;

  self->begun = TRUE;
  gst_pin_mp4_movie_write_ftyp (&self->movie, &box);
  size = self->reserve_at = box.size;
  if (self->layout == GST_PIN_MP4_LAYOUT_FASTSTART) {
    self->reserve = gst_pin_mp4_reserve_choose (&self->movie,
        self->source_size, self->payload);
    gst_pin_mp4_put32 (&box, self->reserve);
    gst_pin_mp4_put_data (&box, "free", 4);
    gst_buffer_list_add (list, gst_pin_mp4_box_steal_buffer (&box));
    add_zeros (list, self->reserve - 8);
    size += self->reserve;
  }
  if (self->seekable) {
    self->mdat_at = size;
    gst_pin_mp4_put32 (&box, 8);
    gst_pin_mp4_put_data (&box, "free\0\0\0\0mdat", 12);
    size += 16;
  }
  if (box.size > 0)
    gst_buffer_list_add (list, gst_pin_mp4_box_steal_buffer (&box));
  self->base = size;
  queue_write (self, 0, list, size);
}

/* Without a way back, each batch is an mdat of its own */
static void
write_batch (GstPinMp4Writer *self)
{
  GstPinMp4Box head = { 0, };

  if (!self->begun)
    begin (self);
  if (!self->seekable) {
    gst_pin_mp4_put32 (&head, self->batch_size + 8);
    gst_pin_mp4_put_data (&head, "mdat", 4);
  }
  queue_batch (self, &head);
}

static void
flush_chunks (GstPinMp4Writer *self, const GstPinMp4Cut *cut)
{
  guint i;

  for (i = 0; i < self->movie.tracks->len; i++) {
    GstPinMp4Track *track = self->movie.tracks->pdata[i];
    guint n = gst_pin_mp4_track_split_before (track,
        gst_pin_mp4_cut_get_time (cut, track->kind));

    if (n > 0)
      write_chunks (self, track, n);
  }
  if (self->batch_size >= GST_PIN_MP4_BATCH_BYTES)
    write_batch (self);
}

/* TRUE once the header can say all of the track that it ever will: what its
 * samples are, and when the first of them is shown. Decoding times rise and no
 * sample is shown before it is decoded, so nothing earlier can come any more when
 * decoding has reached the earliest so far. */
static gboolean
is_described (const GstPinMp4Track *track)
{
  if (track->ended || track->timescale == 0)
    return track->ended;
  if (track->kind == GST_PIN_MP4_TEXT)
    return track->announced || track->reached != GST_PIN_MP4_NO_TIME;
  return track->n_samples > 0 && (track->kind != GST_PIN_MP4_VIDEO
      || track->last_dts >= track->min_pts);
}

static gboolean
all_described (const GstPinMp4Writer *self)
{
  const GPtrArray *tracks = self->movie.tracks;
  gboolean some = FALSE;
  guint i;

  for (i = 0; i < tracks->len; i++) {
    const GstPinMp4Track *track = tracks->pdata[i];

    if (!is_described (track))
      return FALSE;
    some |= track->n_samples > 0;
  }
  return some;
}

/* Which tracks the header of a fragmented file has is decided once */
static void
begin_fragments (GstPinMp4Writer *self)
{
  GPtrArray *tracks = self->movie.tracks;
  GstPinMp4Box head = { 0, };
  guint i;

  self->begun = TRUE;
  find_start (self);
  for (i = 0; i < tracks->len; i++) {
    GstPinMp4Track *track = tracks->pdata[i];
    gint64 skipped = 0;

    track->header_entries = track->entries->len;
    if (track->n_samples > 0)
      skipped = gst_pin_mp4_movie_get_start (&self->movie, track)
          - track->first_dts;
    if (track->header_entries > 0)
      track->origin = gst_pin_mp4_track_to_ticks (track, self->movie.start)
          - MAX (skipped, 0);
    else if (!track->ended)
      warn (self, "a track that came too late for the header of a fragmented "
          "file is left out");
  }
  gst_pin_mp4_movie_write_ftyp (&self->movie, &head);
  gst_pin_mp4_movie_write_moov (&self->movie, &head, 0, FALSE);
  queue_box (self, 0, &head);
  self->header_tags = self->movie.tags ? gst_tag_list_ref (self->movie.tags)
      : gst_tag_list_new_empty ();
}

/* Adds the runs of a track; gives their size */
static gsize
plan_runs (GArray *runs, GstPinMp4Track *track, const GstPinMp4Cut *cut)
{
  GstPinMp4Run run = { track, 0, };
  guint n = gst_pin_mp4_track_split_before (track,
      gst_pin_mp4_cut_get_time (cut, track->kind));
  gsize size = 0;

  while (run.piece + run.n_pieces < n) {
    const GstPinMp4Piece *piece = &g_array_index (track->pieces,
        GstPinMp4Piece, run.piece + run.n_pieces++);

    run.n_samples += piece->n_samples;
    run.size += piece->size;
    if (run.piece + run.n_pieces < n && piece[1].entry == piece->entry)
      continue;
    g_array_append_val (runs, run);
    size += run.size;
    run.piece += run.n_pieces;
    run.sample += run.n_samples;
    run.n_pieces = run.n_samples = run.size = 0;
  }
  return size;
}

/* The header could not wait for them. A file has room for one `meta` of its own
 * (14496-12, 8.11.1), so what comes after that is lost. */
static void
put_late_tags (GstPinMp4Writer *self, GstPinMp4Box *box)
{
  g_autoptr (GstTagList) fresh = NULL;
  gsize size = box->size;

  if (!self->header_tags || !self->movie.tags)
    return;
  fresh = gst_pin_mp4_tags_find_fresh (self->header_tags, self->movie.tags);
  gst_pin_mp4_tags_write_meta (fresh, box);
  if (box->size > size)
    gst_clear_tag_list (&self->header_tags);
}

/* The second fragment makes up for what the first one is too short */
static void
plan_next (GstPinMp4Writer *self, gint64 end)
{
  GstPinMp4FragmentPlan *plan = &self->plan;

  if (!plan->first || end >= plan->start + (gint64) plan->duration)
    plan->start = end;
  plan->first = FALSE;
}

static void
flush_fragment (GstPinMp4Writer *self, const GstPinMp4Cut *cut)
{
  GPtrArray *tracks = self->movie.tracks;
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (GstPinMp4Run));
  GstPinMp4Box head = { 0, };
  gint64 last = G_MININT64;
  gsize size = 0;
  guint i;

  if (!self->begun)
    begin_fragments (self);
  for (i = 0; i < tracks->len; i++) {
    GstPinMp4Track *track = tracks->pdata[i];

    if (track->header_entries == 0) {
      gst_pin_mp4_track_clear_pieces (track);
      continue;
    }
    if (track->kind != GST_PIN_MP4_TEXT)
      last = MAX (last, track->reached);
    size += plan_runs (runs, track, cut);
  }
  if (size > 0) {
    put_late_tags (self, &head);
    gst_pin_mp4_fragment_write (&head, ++self->sequence,
        (const GstPinMp4Run *) runs->data, runs->len);
    for (i = 0; i < runs->len; i++) {
      const GstPinMp4Run *run = &g_array_index (runs, GstPinMp4Run, i);

      /* Those before have been dropped */
      add_data (self, run->track, 0, run->n_pieces);
      gst_pin_mp4_track_drop (run->track, run->n_pieces, run->n_samples);
    }
    gst_pin_mp4_put32 (&head, size + 8);
    gst_pin_mp4_put_data (&head, "mdat", 4);
    queue_batch (self, &head);
  }
  if (cut->video_time > G_MININT64)
    plan_next (self, cut->video_time < G_MAXINT64 ? cut->video_time : last);
}

void
gst_pin_mp4_writer_update (GstPinMp4Writer *self)
{
  gboolean fragmented = self->movie.fragmented;
  GstPinMp4Cut cut;

  if (fragmented && !self->begun && all_described (self))
    begin_fragments (self);

  while (gst_pin_mp4_interleave_choose (self->movie.tracks,
          fragmented ? &self->plan : NULL, &cut)) {
    if (fragmented)
      flush_fragment (self, &cut);
    else
      flush_chunks (self, &cut);
  }
}

/* Writes the moov for a payload that begins at @base */
static void
write_moov (GstPinMp4Writer *self, GstPinMp4Box *box, guint64 base)
{
  gst_pin_mp4_movie_write_moov (&self->movie, box, base,
      base + self->payload > G_MAXUINT32);
}

static void
put_mdat_head (GstPinMp4Box *box, guint64 payload)
{
  if (payload + 8 <= G_MAXUINT32) {
    gst_pin_mp4_put32 (box, payload + 8);
    gst_pin_mp4_put_data (box, "mdat", 4);
  } else {
    gst_pin_mp4_put32 (box, 1);
    gst_pin_mp4_put_data (box, "mdat", 4);
    gst_pin_mp4_put64 (box, payload + 16);
  }
}

/* The whole file in one write. The moov in front says where the payload is,
 * and its size does not depend on where that is. */
static void
write_whole (GstPinMp4Writer *self)
{
  GstPinMp4Box head = { 0, };

  self->begun = TRUE;
  gst_pin_mp4_movie_write_ftyp (&self->movie, &head);
  if (self->layout == GST_PIN_MP4_LAYOUT_FASTSTART) {
    gsize start = head.size;

    write_moov (self, &head, 0);
    self->base = head.size + 8;
    head.size = start;
    write_moov (self, &head, self->base);
    put_mdat_head (&head, self->payload);
    queue_batch (self, &head);
    return;
  }
  self->base = head.size + 8;
  put_mdat_head (&head, self->payload);
  queue_batch (self, &head);
  write_moov (self, &head, self->base);
  queue_box (self, self->position, &head);
}

/* The moov goes last, so that a file without one is a file that failed */
static void
close_file (GstPinMp4Writer *self)
{
  guint64 end;
  GstPinMp4Box box = { 0, };

  if (self->batch_size > 0)
    write_batch (self);
  end = self->position;
  if (self->seekable) {
    put_mdat_head (&box, self->payload);
    queue_box (self, self->mdat_at + 16 - box.size, &box);
  }
  write_moov (self, &box, self->base);
  if (self->reserve > 0 && (box.size == self->reserve
          || box.size + 8 <= self->reserve)) {
    gsize rest = self->reserve - box.size;

    if (rest > 0) {
      gst_pin_mp4_put32 (&box, rest);
      gst_pin_mp4_put_data (&box, "free", 4);
    }
    queue_box (self, self->reserve_at, &box);
    return;
  }
  if (self->layout == GST_PIN_MP4_LAYOUT_FASTSTART)
    warn (self, "the room reserved for the header did not suffice, since the "
        "duration was not known or was wrong: the header stands at the end of "
        "the file; pinmp4mux has a property reserved-duration for such cases");
  queue_box (self, end, &box);
}

gboolean
gst_pin_mp4_writer_finish (GstPinMp4Writer *self)
{
  static const GstPinMp4Cut all = { G_MAXINT64, G_MAXINT64, G_MAXINT64 };
  gboolean some = FALSE;
  guint i;

  for (i = 0; i < self->movie.tracks->len; i++) {
    GstPinMp4Track *track = self->movie.tracks->pdata[i];

    track->ended = TRUE;
    some |= track->n_samples > 0;
  }
  if (!some)
    return FALSE;
  gst_pin_mp4_writer_update (self);
  if (self->movie.fragmented) {
    if (gst_pin_mp4_writer_get_held (self) > self->queued)
      flush_fragment (self, &all);
    return TRUE;
  }
  flush_chunks (self, &all);
  find_start (self);
  if (self->begun || !self->seekable)
    close_file (self);
  else
    write_whole (self);
  return TRUE;
}
