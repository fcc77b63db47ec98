/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads an MP4's moov, and the moof of each fragment, into a list of samples
 * in the order of their bytes. An index belongs to one demuxer and its thread.
 * All counts come from hostile bytes: tables are read only as far as their box
 * reaches, and a file may have MAX_TRACKS tracks and MAX_SAMPLES samples (20
 * hours of picture and sound) at a time.
 * ISO/IEC 14496-12: 8.3 to 8.8.
 */
#include "pin-mp4-index.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_TRACKS 64
#define MAX_SAMPLES (6 * 1024 * 1024)
/* Where no table stands for each of them: 9 hours of AC-3, whose frames are
 * all of one size */
#define MAX_UNLISTED (1024 * 1024)
/* Of earlier fragments, when another one comes: most put their media at once */
#define MAX_WAITING (16 * 1024)
/* Of a track, in its time scale: so far that no sum of two can overflow */
#define MAX_TIME (G_MAXINT64 >> 1)

/* tfhd and trun flags, 8.8.7 and 8.8.8 */
#define TFHD_BASE_OFFSET 0x1
#define TFHD_DESCRIPTION 0x2
#define TFHD_DURATION 0x8
#define TFHD_SIZE 0x10
#define TFHD_FLAGS 0x20
#define TRUN_DATA_OFFSET 0x1
#define TRUN_FIRST_FLAGS 0x4
#define TRUN_DURATION 0x100
#define TRUN_SIZE 0x200
#define TRUN_FLAGS 0x400
#define TRUN_CTTS 0x800
#define FLAG_NOT_SYNC 0x10000

static void
track_free (GstPinMp4IndexTrack *track)
{
  gst_clear_caps (&track->caps);
  gst_clear_tag_list (&track->tags);
  g_free (track);
}

GstPinMp4Index *
gst_pin_mp4_index_new (void)
{
  GstPinMp4Index *self = g_new0 (GstPinMp4Index, 1);

  self->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) track_free);
  self->samples = g_array_new (FALSE, FALSE, sizeof (GstPinMp4IndexSample));
  return self;
}

void
gst_pin_mp4_index_free (GstPinMp4Index *self)
{
  g_ptr_array_unref (self->tracks);
  g_array_unref (self->samples);
  g_free (self);
}

/* A time of @track, in nanoseconds */
gint64
gst_pin_mp4_index_scale (const GstPinMp4IndexTrack *track, gint64 time)
{
  guint64 value = gst_util_uint64_scale (time < 0 ? -(guint64) time :
      (guint64) time, GST_SECOND, track->timescale);

  value = MIN (value, G_MAXINT64 / 4);
  return time < 0 ? -(gint64) value : (gint64) value;
}

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "The MP4 cannot be read: %s.", what);
  return FALSE;
}

/* @n samples, each of that duration, have passed */
static void
advance (GstPinMp4IndexTrack *track, guint32 n, guint32 duration)
{
  track->next_dts = MIN (track->next_dts + (gint64) MIN (n, MAX_SAMPLES)
      * duration, MAX_TIME);
}

static gint
compare_offsets (gconstpointer a, gconstpointer b)
{
  const GstPinMp4IndexSample *one = a, *two = b;

  return one->offset < two->offset ? -1 : one->offset > two->offset;
}

/* @listed: each of the @n samples has bytes of its own in a table, so that
 * whoever names many has sent as much */
static gboolean
has_room (GstPinMp4Index *self, guint32 n, gboolean listed)
{
  guint max = listed ? MAX_SAMPLES : MAX_UNLISTED;

  return n <= max - MIN (self->samples->len, max);
}

/* By offset; most are in order as they are */
static void
sort_samples (GstPinMp4Index *self)
{
  const GstPinMp4IndexSample *samples = (gpointer) self->samples->data;
  guint i;

  for (i = 1; i < self->samples->len; i++) {
    if (samples[i].offset < samples[i - 1].offset) {
      g_array_sort (self->samples, compare_offsets);
      return;
    }
  }
}

/* The first samples of a track (all of a progressive file's, else a fragment's)
 * say how far composition offsets reach below zero: 8.6.1.3, version 1 */
static void
find_dts_shifts (GstPinMp4Index *self)
{
  guint i;

  for (i = 0; i < self->samples->len; i++) {
    const GstPinMp4IndexSample *sample =
        &g_array_index (self->samples, GstPinMp4IndexSample, i);
    GstPinMp4IndexTrack *track = g_ptr_array_index (self->tracks,
        sample->track);

    if (!track->has_samples)
      track->dts_shift = MAX (track->dts_shift, -(gint64) sample->ctts);
  }
  for (i = 0; i < self->samples->len; i++) {
    GstPinMp4IndexTrack *track = g_ptr_array_index (self->tracks,
        g_array_index (self->samples, GstPinMp4IndexSample, i).track);

    track->has_samples = TRUE;
  }
}

/* --- moov --- */

/* The first edit that shows media, and what lies empty before it. More edits
 * (cut and rearranged media) are not followed. 8.6.6 */
static void
read_edits (GstPinMp4Index *self, const GstPinMp4Atom *trak,
    GstPinMp4IndexTrack *track)
{
  GstPinMp4Atom edts, elst;
  gsize offset = GST_PIN_MP4_FULL_ATOM_HEADER + 4;
  gboolean large;
  guint64 empty = 0;

  if (!gst_pin_mp4_atom_find (trak, "edts", &edts)
      || !gst_pin_mp4_atom_find (&edts, "elst", &elst))
    return;
  large = gst_pin_mp4_atom_get8 (&elst, 8) == 1;
  for (; gst_pin_mp4_atom_has (&elst, offset, large ? 20 : 12);
      offset += large ? 20 : 12) {
    guint64 duration = large ? gst_pin_mp4_atom_get64 (&elst, offset)
        : gst_pin_mp4_atom_get32 (&elst, offset);
    gint64 start = large ? (gint64) gst_pin_mp4_atom_get64 (&elst, offset + 8)
        : (gint32) gst_pin_mp4_atom_get32 (&elst, offset + 4);

    if (start >= 0) {
      track->shift = (gint64) gst_util_uint64_scale (MIN (empty, G_MAXINT32),
          GST_SECOND, self->movie_timescale)
          - gst_pin_mp4_index_scale (track, start);
      return;
    }
    empty = MIN (empty + duration, G_MAXINT32);
  }
}

/* Telephones film upright by a turned matrix; 8.3.2 */
static void
read_matrix (const GstPinMp4Atom *tkhd, GstPinMp4IndexTrack *track)
{
  gsize offset = gst_pin_mp4_atom_get8 (tkhd, 8) == 1 ? 60 : 48;
  gint32 a = gst_pin_mp4_atom_get32 (tkhd, offset);
  gint32 b = gst_pin_mp4_atom_get32 (tkhd, offset + 4);
  gint32 c = gst_pin_mp4_atom_get32 (tkhd, offset + 12);
  gint32 d = gst_pin_mp4_atom_get32 (tkhd, offset + 16);
  const gchar *turn = NULL;

  if (a == 0 && d == 0 && b > 0 && c < 0)
    turn = "rotate-90";
  else if (a < 0 && d < 0 && b == 0 && c == 0)
    turn = "rotate-180";
  else if (a == 0 && d == 0 && b < 0 && c > 0)
    turn = "rotate-270";
  if (turn != NULL)
    track->tags = gst_tag_list_new (GST_TAG_IMAGE_ORIENTATION, turn, NULL);
}

/* One table of a track while its samples are counted out */
typedef struct
{
  GstPinMp4Atom box;
  guint32 left;                 /* entries behind the current one */
  gsize offset;
  guint32 run;                  /* samples that the current one still covers */
} Table;

static void
open_table (Table *table, const GstPinMp4Atom *stbl, const gchar *type)
{
  memset (table, 0, sizeof (Table));
  if (!gst_pin_mp4_atom_find (stbl, type, &table->box)) {
    table->box.data = NULL;
    table->box.size = 0;
    return;
  }
  table->left = gst_pin_mp4_atom_get32 (&table->box, 12);
  table->offset = GST_PIN_MP4_FULL_ATOM_HEADER + 4;
}

/* Of stts and ctts: the value of the next sample */
static guint32
next_value (Table *table)
{
  while (table->run == 0 && table->left > 0
      && gst_pin_mp4_atom_has (&table->box, table->offset, 8)) {
    table->run = gst_pin_mp4_atom_get32 (&table->box, table->offset);
    table->offset += 8;
    table->left--;
  }
  if (table->run == 0)
    return 0;
  table->run--;
  return gst_pin_mp4_atom_get32 (&table->box, table->offset - 4);
}

/* Of stss: is that sample, counted from 1, one to start at? */
static gboolean
is_sync (Table *table, guint32 number)
{
  if (table->box.data == NULL)
    return TRUE;
  while (table->left > 0 && gst_pin_mp4_atom_has (&table->box, table->offset, 4)
      && gst_pin_mp4_atom_get32 (&table->box, table->offset) < number) {
    table->offset += 4;
    table->left--;
  }
  return table->left > 0
      && gst_pin_mp4_atom_get32 (&table->box, table->offset) == number;
}

/* Of stsc: how many samples that chunk, counted from 1, holds */
static guint32
samples_of_chunk (Table *table, guint32 chunk)
{
  while (table->left > 1 && gst_pin_mp4_atom_has (&table->box,
          table->offset + 12, 12)
      && gst_pin_mp4_atom_get32 (&table->box, table->offset + 12) <= chunk) {
    table->offset += 12;
    table->left--;
  }
  return gst_pin_mp4_atom_get32 (&table->box, table->offset + 4);
}

typedef struct
{
  Table stts, ctts, stsc, stss;
  GstPinMp4Atom sizes, chunks;
  guint32 fixed_size, n_samples, n_chunks;
  gsize chunk_width;
} Tables;

static gboolean
open_tables (Tables *tables, const GstPinMp4Atom *stbl)
{
  open_table (&tables->stts, stbl, "stts");
  open_table (&tables->ctts, stbl, "ctts");
  open_table (&tables->stsc, stbl, "stsc");
  open_table (&tables->stss, stbl, "stss");
  tables->chunk_width = 4;
  if (!gst_pin_mp4_atom_find (stbl, "stsz", &tables->sizes))
    return FALSE;
  if (!gst_pin_mp4_atom_find (stbl, "stco", &tables->chunks)) {
    tables->chunk_width = 8;
    if (!gst_pin_mp4_atom_find (stbl, "co64", &tables->chunks))
      return FALSE;
  }
  tables->fixed_size = gst_pin_mp4_atom_get32 (&tables->sizes, 12);
  tables->n_samples = gst_pin_mp4_atom_get32 (&tables->sizes, 16);
  tables->n_chunks = gst_pin_mp4_atom_get32 (&tables->chunks, 12);
  return gst_pin_mp4_atom_has (&tables->chunks, 16,
      (gsize) tables->n_chunks * tables->chunk_width)
      && (tables->fixed_size != 0 || gst_pin_mp4_atom_has (&tables->sizes, 20,
          (gsize) tables->n_samples * 4));
}

static void
add_sample (GstPinMp4Index *self, Tables *tables, guint track, guint32 number,
    guint64 offset, gint64 *dts)
{
  GstPinMp4IndexSample sample = { 0, };

  sample.offset = offset;
  sample.track = track;
  sample.size = tables->fixed_size != 0 ? tables->fixed_size :
      gst_pin_mp4_atom_get32 (&tables->sizes, 20 + (gsize) number * 4);
  sample.dts = *dts;
  sample.duration = next_value (&tables->stts);
  sample.ctts = (gint32) next_value (&tables->ctts);
  sample.sync = is_sync (&tables->stss, number + 1);
  *dts += sample.duration;
  g_array_append_val (self->samples, sample);
}

static gboolean
is_unknown (GstPinMp4Index *self, guint number)
{
  const GstPinMp4IndexTrack *track =
      g_ptr_array_index (self->tracks, number);

  return track->caps == NULL || gst_structure_has_name (gst_caps_get_structure
      (track->caps, 0), "audio/x-unknown");
}

static gboolean
read_tables (GstPinMp4Index *self, const GstPinMp4Atom *stbl, guint track,
    GError **error)
{
  Tables tables;
  guint32 chunk, number = 0;
  gint64 dts = 0;

  if (!open_tables (&tables, stbl))
    return fail (error, "a table of its samples is missing or cut");
  if (!has_room (self, tables.n_samples, tables.fixed_size == 0)) {
    /* Sound that is not coded, with a sample for each tick: nobody takes it */
    return is_unknown (self, track) || fail (error, "it has too many samples");
  }

  for (chunk = 0; chunk < tables.n_chunks; chunk++) {
    gsize place = 16 + chunk * tables.chunk_width;
    guint64 offset = tables.chunk_width == 8 ?
        gst_pin_mp4_atom_get64 (&tables.chunks, place)
        : gst_pin_mp4_atom_get32 (&tables.chunks, place);
    guint32 n = samples_of_chunk (&tables.stsc, chunk + 1);

    for (; n > 0 && number < tables.n_samples; n--) {
      add_sample (self, &tables, track, number++, offset, &dts);
      offset += g_array_index (self->samples, GstPinMp4IndexSample,
          self->samples->len - 1).size;
    }
  }
  return TRUE;
}

static gboolean
read_trak (GstPinMp4Index *self, const GstPinMp4Atom *trak, GError **error)
{
  GstPinMp4IndexTrack *track;
  GstPinMp4Atom mdia, minf, stbl, box;

  if (self->tracks->len == MAX_TRACKS)
    return fail (error, "it has too many tracks");
  track = g_new0 (GstPinMp4IndexTrack, 1);
  g_ptr_array_add (self->tracks, track);
  if (!gst_pin_mp4_atom_find (trak, "mdia", &mdia)
      || !gst_pin_mp4_atom_find (&mdia, "mdhd", &box))
    return fail (error, "a track lacks its header");
  track->timescale = gst_pin_mp4_atom_get_timescale (&box);
  if (track->timescale == 0)
    return fail (error, "a track has no time scale");
  if (gst_pin_mp4_atom_find (&mdia, "hdlr", &box)
      && gst_pin_mp4_atom_has (&box, 16, 4))
    memcpy (track->handler, box.data + 16, 4);
  if (gst_pin_mp4_atom_find (trak, "tkhd", &box)) {
    track->id = gst_pin_mp4_atom_get32 (&box,
        gst_pin_mp4_atom_get8 (&box, 8) == 1 ? 28 : 20);
    read_matrix (&box, track);
  }
  read_edits (self, trak, track);
  if (!gst_pin_mp4_atom_find (&mdia, "minf", &minf)
      || !gst_pin_mp4_atom_find (&minf, "stbl", &stbl)
      || !gst_pin_mp4_atom_find (&stbl, "stsd", &box))
    return fail (error, "a track does not say what it holds");
  track->caps = gst_pin_mp4_entry_read (&box, track->handler);
  if (self->fragmented)
    return TRUE;
  return read_tables (self, &stbl, self->tracks->len - 1, error);
}

static GstPinMp4IndexTrack *
find_track (GstPinMp4Index *self, guint32 id, guint *position)
{
  guint i;

  for (i = 0; i < self->tracks->len; i++) {
    GstPinMp4IndexTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->id == id) {
      *position = i;
      return track;
    }
  }
  return NULL;
}

static void
read_trex (GstPinMp4Index *self, const GstPinMp4Atom *trex)
{
  guint position;
  GstPinMp4IndexTrack *track = find_track (self,
      gst_pin_mp4_atom_get32 (trex, 12), &position);

  if (track == NULL)
    return;
  track->default_duration = gst_pin_mp4_atom_get32 (trex, 20);
  track->default_size = gst_pin_mp4_atom_get32 (trex, 24);
  track->default_flags = gst_pin_mp4_atom_get32 (trex, 28);
}

/*
 * gst_pin_mp4_index_read_moov:
 * @self: a new index
 * @moov: the box
 * @error: why it cannot be read
 *
 * Reads the tracks and, unless the file is fragmented, all samples.
 */
gboolean
gst_pin_mp4_index_read_moov (GstPinMp4Index *self, const GstPinMp4Atom *moov,
    GError **error)
{
  GstPinMp4Atom box, mvex;
  gsize offset = GST_PIN_MP4_ATOM_HEADER;

  self->fragmented = gst_pin_mp4_atom_find (moov, "mvex", &mvex);
  if (gst_pin_mp4_atom_find (moov, "mvhd", &box))
    self->movie_timescale = gst_pin_mp4_atom_get_timescale (&box);
  if (self->movie_timescale == 0)
    return fail (error, "it has no time scale");

  while (gst_pin_mp4_atom_next (moov, &offset, &box)) {
    if (gst_pin_mp4_atom_is (&box, "trak") && !read_trak (self, &box, error))
      return FALSE;
  }
  sort_samples (self);
  find_dts_shifts (self);

  offset = GST_PIN_MP4_ATOM_HEADER;
  while (self->fragmented && gst_pin_mp4_atom_next (&mvex, &offset, &box)) {
    if (gst_pin_mp4_atom_is (&box, "trex"))
      read_trex (self, &box);
  }
  return TRUE;
}

/* How long the presentation is, where the moov names all samples */
GstClockTime
gst_pin_mp4_index_find_duration (const GstPinMp4Index *self)
{
  gint64 longest = 0;
  guint i;

  for (i = 0; i < self->samples->len; i++) {
    const GstPinMp4IndexSample *sample =
        &g_array_index (self->samples, GstPinMp4IndexSample, i);
    const GstPinMp4IndexTrack *track =
        g_ptr_array_index (self->tracks, sample->track);

    longest = MAX (longest, gst_pin_mp4_index_scale (track, sample->dts
            + sample->ctts + sample->duration) + track->shift);
  }
  return longest;
}

/* --- moof --- */

/* A track's part of a fragment while it is read */
typedef struct
{
  GstPinMp4IndexTrack *track;
  guint position;
  guint32 duration, size, flags;
  guint64 base;                 /* of data offsets */
  guint64 data;                 /* where the next run's bytes start */
} Run;

static void
read_sample (GstPinMp4Index *self, Run *run, const GstPinMp4Atom *trun,
    gsize offset, guint32 flags, guint32 sample_flags)
{
  GstPinMp4IndexSample sample = { 0, };

  sample.track = run->position;
  sample.offset = run->data;
  sample.dts = run->track->next_dts;
  sample.duration = run->duration;
  sample.size = run->size;
  if (flags & TRUN_DURATION) {
    sample.duration = gst_pin_mp4_atom_get32 (trun, offset);
    offset += 4;
  }
  if (flags & TRUN_SIZE) {
    sample.size = gst_pin_mp4_atom_get32 (trun, offset);
    offset += 4;
  }
  if (flags & TRUN_FLAGS) {
    sample_flags = gst_pin_mp4_atom_get32 (trun, offset);
    offset += 4;
  }
  if (flags & TRUN_CTTS)
    sample.ctts = (gint32) gst_pin_mp4_atom_get32 (trun, offset);
  sample.sync = !(sample_flags & FLAG_NOT_SYNC);
  run->data += sample.size;
  advance (run->track, 1, sample.duration);
  if (sample.size > 0)
    g_array_append_val (self->samples, sample);
}

static gboolean
read_trun (GstPinMp4Index *self, Run *run, const GstPinMp4Atom *trun,
    GError **error)
{
  guint32 flags = gst_pin_mp4_atom_get32 (trun, 8) & 0xffffff;
  guint32 count = gst_pin_mp4_atom_get32 (trun, 12), i;
  guint32 first_flags = run->flags;
  gsize offset = 16;
  gsize width = 4 * (!!(flags & TRUN_DURATION) + !!(flags & TRUN_SIZE)
      + !!(flags & TRUN_FLAGS) + !!(flags & TRUN_CTTS));

  if (flags & TRUN_DATA_OFFSET) {
    run->data = run->base + (gint32) gst_pin_mp4_atom_get32 (trun, offset);
    offset += 4;
  }
  if (flags & TRUN_FIRST_FLAGS) {
    first_flags = gst_pin_mp4_atom_get32 (trun, offset);
    offset += 4;
  }
  if (!has_room (self, count, width > 0)
      || !gst_pin_mp4_atom_has (trun, offset, (gsize) count * width))
    return fail (error, "a fragment's run of samples is cut or too long");
  /* Nothing but time, and no reason to count it out */
  if (width == 0 && run->size == 0) {
    advance (run->track, count, run->duration);
    return TRUE;
  }
  for (i = 0; i < count; i++, offset += width)
    read_sample (self, run, trun, offset, flags,
        i == 0 ? first_flags : run->flags);
  return TRUE;
}

static gboolean
read_traf (GstPinMp4Index *self, const GstPinMp4Atom *traf, Run *run,
    GError **error)
{
  GstPinMp4Atom tfhd, tfdt, box;
  gsize offset = GST_PIN_MP4_FULL_ATOM_HEADER + 4;
  guint32 flags;

  if (!gst_pin_mp4_atom_find (traf, "tfhd", &tfhd))
    return fail (error, "a fragment lacks its header");
  run->track = find_track (self, gst_pin_mp4_atom_get32 (&tfhd, 12),
      &run->position);
  if (run->track == NULL)
    return TRUE;
  flags = gst_pin_mp4_atom_get32 (&tfhd, 8) & 0xffffff;
  run->duration = run->track->default_duration;
  run->size = run->track->default_size;
  run->flags = run->track->default_flags;
  if (flags & TFHD_BASE_OFFSET)
    offset += 8;
  if (flags & TFHD_DESCRIPTION)
    offset += 4;
  if (flags & TFHD_DURATION) {
    run->duration = gst_pin_mp4_atom_get32 (&tfhd, offset);
    offset += 4;
  }
  if (flags & TFHD_SIZE) {
    run->size = gst_pin_mp4_atom_get32 (&tfhd, offset);
    offset += 4;
  }
  if (flags & TFHD_FLAGS)
    run->flags = gst_pin_mp4_atom_get32 (&tfhd, offset);
  if (gst_pin_mp4_atom_find (traf, "tfdt", &tfdt))
    run->track->next_dts = gst_pin_mp4_atom_get8 (&tfdt, 8) == 1 ?
        (gint64) (gst_pin_mp4_atom_get64 (&tfdt, 12) & MAX_TIME)
        : gst_pin_mp4_atom_get32 (&tfdt, 12);

  offset = GST_PIN_MP4_ATOM_HEADER;
  while (gst_pin_mp4_atom_next (traf, &offset, &box)) {
    if (gst_pin_mp4_atom_is (&box, "trun") && !read_trun (self, run, &box,
            error))
      return FALSE;
  }
  return TRUE;
}

/*
 * gst_pin_mp4_index_read_moof:
 * @self: an index that knows its tracks
 * @moof: the box
 * @position: where it stands in the bytes that came
 * @error: why it cannot be read
 *
 * Adds the fragment's samples. Data offsets count from the moof: as 14496-12
 * has it where default-base-is-moof is set, and as writers of absolute offsets
 * mean it, whose numbers are wrong in a stream that leaves bytes out.
 */
gboolean
gst_pin_mp4_index_read_moof (GstPinMp4Index *self, const GstPinMp4Atom *moof,
    guint64 position, GError **error)
{
  Run run = { 0, };
  GstPinMp4Atom box;
  gsize offset = GST_PIN_MP4_ATOM_HEADER;

  if (self->samples->len > MAX_WAITING)
    return fail (error, "the media of its fragments do not come");
  run.base = position;
  run.data = position;
  while (gst_pin_mp4_atom_next (moof, &offset, &box)) {
    if (gst_pin_mp4_atom_is (&box, "traf") && !read_traf (self, &box, &run,
            error))
      return FALSE;
  }
  sort_samples (self);
  find_dts_shifts (self);
  return TRUE;
}
