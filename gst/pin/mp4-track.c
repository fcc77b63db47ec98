/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A track turns times into ticks. Sound whose frames are all of one length
 * is counted, not rounded: as long as a frame comes within SLACK of where
 * the one before ends, it begins exactly there (the source's clock is 90 kHz or
 * milliseconds, so its times jitter by less than that); a greater step is a
 * gap or an overlap and is kept. Decoding times always rise.
 */
#include "mp4-track-private.h"

#define SLACK (1 * GST_MSECOND)

/* A stream that changes more often than that is broken */
#define MAX_ENTRIES 64

static void
clear_piece (gpointer data)
{
  gst_clear_buffer (&((GstPinMp4Piece *) data)->data);
}

GstPinMp4Track *
gst_pin_mp4_track_new (guint id, GstPinMp4Kind kind)
{
  GstPinMp4Track *self = g_new0 (GstPinMp4Track, 1);

  self->id = id;
  self->kind = kind;
  g_strlcpy (self->language, "und", sizeof (self->language));
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_pin_mp4_entry_free);
  self->pieces = g_array_new (FALSE, FALSE, sizeof (GstPinMp4Piece));
  g_array_set_clear_func (self->pieces, clear_piece);
  self->pending = g_array_new (FALSE, FALSE, sizeof (GstPinMp4Pending));
  self->reached = GST_PIN_MP4_NO_TIME;
  self->table = gst_pin_mp4_table_new ();
  return self;
}

void
gst_pin_mp4_track_free (GstPinMp4Track *self)
{
  g_ptr_array_unref (self->entries);
  g_clear_pointer (&self->in_band, g_bytes_unref);
  g_array_unref (self->pieces);
  g_array_unref (self->pending);
  gst_pin_mp4_table_free (self->table);
  g_free (self);
}

/* Where an entry with the same words is; otherwise where it would be added */
static guint
find_entry (const GstPinMp4Track *self, const GstPinMp4Entry *entry)
{
  guint i;

  for (i = 0; i < self->entries->len; i++) {
    const GstPinMp4Entry *known = self->entries->pdata[i];

    if (g_bytes_equal (entry->box, known->box))
      break;
  }
  return i;
}

/* Behind the header of a fragmented file there can be no further entry, but
 * video can bring along what it lacks */
static gboolean
change_in_band (GstPinMp4Track *self, const GstPinMp4Entry *entry)
{
  const GstPinMp4Entry *header = self->entries->pdata[self->current];

  if (self->kind != GST_PIN_MP4_VIDEO || !entry->sets
      || entry->codec != header->codec
      || entry->length_size != header->length_size)
    return FALSE;
  g_clear_pointer (&self->in_band, g_bytes_unref);
  self->in_band = g_bytes_ref (entry->sets);
  return TRUE;
}

static void
use_entry (GstPinMp4Track *self, guint index)
{
  const GstPinMp4Entry *entry = self->entries->pdata[index];
  guint64 ticks = entry->frame_ticks * (guint64) (self->timescale > 0
      ? self->timescale : entry->timescale);

  self->current = index;
  if (self->timescale == 0)
    self->timescale = entry->timescale;
  self->frame_ticks = ticks % entry->timescale == 0
      ? ticks / entry->timescale : 0;
}

/* TRUE: @entry (transfer full) holds from now on */
static gboolean
take_entry (GstPinMp4Track *self, GstPinMp4Entry *entry)
{
  guint index = find_entry (self, entry);
  gboolean ok = TRUE;

  if (index < self->entries->len) {
    if (self->in_band)
      ok = change_in_band (self, entry);
    use_entry (self, index);
  } else if (self->header_entries > 0) {
    ok = change_in_band (self, entry);
  } else if (index < MAX_ENTRIES) {
    g_ptr_array_add (self->entries, entry);
    use_entry (self, index);
    return TRUE;
  } else {
    ok = FALSE;
  }
  gst_pin_mp4_entry_free (entry);
  return ok;
}

gboolean
gst_pin_mp4_track_set_entry (GstPinMp4Track *self, GstPinMp4Entry *entry,
    gboolean replaces)
{
  /* Samples whose parameter sets are in them can do without another word */
  if (replaces && self->header_entries > 0) {
    gst_pin_mp4_entry_free (entry);
    return TRUE;
  }
  if (replaces && self->entries->len > 0) {
    gst_pin_mp4_entry_free (g_steal_pointer (&self->entries->pdata
            [self->current]));
    self->entries->pdata[self->current] = entry;
    use_entry (self, self->current);
    return TRUE;
  }
  self->refused = !take_entry (self, entry);
  return !self->refused;
}

static gint64
scale_signed (gint64 value, guint64 num, guint64 denom)
{
  return value < 0 ? -(gint64) gst_util_uint64_scale_round (-value, num, denom)
      : (gint64) gst_util_uint64_scale_round (value, num, denom);
}

gint64
gst_pin_mp4_track_to_ticks (const GstPinMp4Track *self, gint64 ns)
{
  return scale_signed (ns, self->timescale, GST_SECOND);
}

gint64
gst_pin_mp4_track_to_ns (const GstPinMp4Track *self, gint64 ticks)
{
  return scale_signed (ticks, GST_SECOND, self->timescale);
}

/* Where the sample after the last one begins, as far as is known */
static gint64
get_expected (const GstPinMp4Track *self)
{
  return self->n_samples > 0 ? self->last_dts + MAX (self->last_duration, 1) : 0;
}

static gint64
choose_dts (const GstPinMp4Track *self, const GstPinMp4Sample *sample)
{
  gint64 ns = sample->dts, dts;

  if (ns == GST_PIN_MP4_NO_TIME && self->kind != GST_PIN_MP4_VIDEO)
    ns = sample->pts;
  if (ns == GST_PIN_MP4_NO_TIME)
    return get_expected (self);
  dts = gst_pin_mp4_track_to_ticks (self, ns);
  /* Behind the header of a fragmented file, nothing can begin before it */
  if (self->kind == GST_PIN_MP4_TEXT && self->header_entries > 0)
    dts = MAX (dts, self->origin);
  if (self->n_samples == 0)
    return dts;
  if (self->frame_ticks > 0 && self->last_duration == self->frame_ticks) {
    gint64 step = gst_pin_mp4_track_to_ns (self, get_expected (self)) - ns;

    if (ABS (step) <= (gint64) SLACK)
      return get_expected (self);
  }
  return MAX (dts, self->last_dts + 1);
}

static gint64
sample_end (const GstPinMp4Track *self, const GstPinMp4Sample *sample)
{
  return gst_pin_mp4_track_to_ticks (self, sample->pts
      + (gint64) sample->duration);
}

static void
append_sample (GstPinMp4Track *self, const GstPinMp4Sample *sample)
{
  GstPinMp4Pending pending = { 0, };
  gint64 dts = choose_dts (self, sample), pts = dts;

  if (self->kind == GST_PIN_MP4_VIDEO && sample->pts != GST_PIN_MP4_NO_TIME)
    pts = gst_pin_mp4_track_to_ticks (self, sample->pts);
  pending.dts = dts;
  pending.offset = (gint32) CLAMP (pts - dts, G_MININT32 / 2, G_MAXINT32 / 2);
  pts = dts + pending.offset;
  pending.size = sample->size;
  pending.sync = sample->sync;
  pending.duration = self->frame_ticks;
  if (pending.duration == 0 && sample->duration > 0)
    pending.duration = MIN (gst_pin_mp4_track_to_ticks (self,
            MIN (sample->duration, G_MAXINT64)), G_MAXINT32);
  if (self->kind == GST_PIN_MP4_TEXT)
    pending.duration = CLAMP (sample_end (self, sample) - dts, 1, G_MAXINT32);
  if (pending.duration == 0 && self->n_samples > 0)
    pending.duration = MIN (dts - self->last_dts, G_MAXINT32);
  g_array_append_val (self->pending, pending);

  if (self->n_samples > 0 && self->kind == GST_PIN_MP4_VIDEO)
    self->known_end = MAX (self->known_end,
        self->last_pts + dts - self->last_dts);
  if (self->n_samples++ == 0) {
    self->first_dts = dts;
    self->min_pts = self->end_pts = self->known_end = pts;
  }
  self->min_pts = MIN (self->min_pts, pts);
  self->end_pts = MAX (self->kind == GST_PIN_MP4_VIDEO ? self->known_end :
      self->end_pts, pts + pending.duration);
  self->last_pts = pts;
  self->last_dts = dts;
  self->last_duration = pending.duration;
}

/* The sample with the parameter sets in front */
static GstBuffer *
add_in_band (GstPinMp4Track *self, GstBuffer *data, GstPinMp4Sample *sample)
{
  GstBuffer *sets = gst_buffer_new_wrapped_bytes (self->in_band);

  sample->size += gst_buffer_get_size (sets);
  return gst_buffer_append (sets, data);
}

void
gst_pin_mp4_track_push (GstPinMp4Track *self, GstBuffer *data,
    const GstPinMp4Sample *samples, guint n)
{
  GstPinMp4Piece piece = { 0, };
  guint first = self->pending->len, i;
  GstPinMp4Sample whole;

  g_return_if_fail (self->timescale > 0 && n > 0);

  if (self->refused) {
    self->reached = MAX (self->reached, samples->dts);
    gst_buffer_unref (data);
    return;
  }
  if (self->in_band && n == 1 && samples->sync) {
    whole = *samples;
    data = add_in_band (self, data, &whole);
    samples = &whole;
  }
  piece.data = data;
  piece.n_samples = n;
  piece.entry = self->current;
  for (i = 0; i < n; i++) {
    append_sample (self, &samples[i]);
    piece.size += samples[i].size;
  }
  piece.time = gst_pin_mp4_track_to_ns (self,
      g_array_index (self->pending, GstPinMp4Pending, first).dts);
  self->reached = MAX (self->reached,
      gst_pin_mp4_track_to_ns (self, self->last_dts));
  self->held += piece.size;
  g_array_append_val (self->pieces, piece);
}

gint64
gst_pin_mp4_track_get_start (const GstPinMp4Track *self)
{
  return self->keeps_leading ? self->min_pts : MAX (self->min_pts, 0);
}

/* What of the pieces that wait lies before some time */
typedef struct
{
  guint pieces;                 /* that begin before it */
  gsize bytes;                  /* of their samples before it */
  guint inside;                 /* how many of those are of the last piece */
  gsize inside_bytes;
} Before;

/* Pieces begin one behind the other, so only the last one has to be looked into */
static Before
look_before (const GstPinMp4Track *self, gint64 time)
{
  const GstPinMp4Piece *pieces = (const GstPinMp4Piece *) self->pieces->data;
  Before before = { 0, };
  guint sample = 0, i;

  for (; before.pieces < self->pieces->len
      && pieces[before.pieces].time < time; before.pieces++) {
    const GstPinMp4Piece *piece = &pieces[before.pieces];

    before.inside = piece->n_samples;
    before.inside_bytes = piece->size;
    before.bytes += piece->size;
    sample += piece->n_samples;
  }
  if (before.inside < 2)
    return before;
  for (i = before.inside - 1; i > 0; i--) {
    const GstPinMp4Pending *last =
        &g_array_index (self->pending, GstPinMp4Pending, --sample);

    if (gst_pin_mp4_track_to_ns (self, last->dts) < time)
      break;
    before.inside--;
    before.inside_bytes -= last->size;
    before.bytes -= last->size;
  }
  return before;
}

gsize
gst_pin_mp4_track_get_bytes_before (const GstPinMp4Track *self, gint64 time)
{
  return look_before (self, time).bytes;
}

/* The piece @index becomes its first @n samples, of @size bytes, and a piece of
 * the others; @sample is the first of those */
static void
split (GstPinMp4Track *self, guint index, guint n, gsize size, guint sample)
{
  GstPinMp4Piece *piece = &g_array_index (self->pieces, GstPinMp4Piece, index);
  GstPinMp4Piece rest = *piece;
  g_autoptr (GstBuffer) whole = g_steal_pointer (&piece->data);

  rest.n_samples -= n;
  rest.size -= size;
  rest.data = gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, size,
      rest.size);
  rest.time = gst_pin_mp4_track_to_ns (self,
      g_array_index (self->pending, GstPinMp4Pending, sample).dts);
  piece->n_samples = n;
  piece->size = size;
  piece->data = gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, 0, size);
  g_array_insert_val (self->pieces, index + 1, rest);
}

guint
gst_pin_mp4_track_split_before (GstPinMp4Track *self, gint64 time)
{
  Before before = look_before (self, time);
  const GstPinMp4Piece *pieces = (const GstPinMp4Piece *) self->pieces->data;
  guint sample = before.inside, i;

  if (before.pieces == 0
      || before.inside == pieces[before.pieces - 1].n_samples)
    return before.pieces;
  for (i = 0; i + 1 < before.pieces; i++)
    sample += pieces[i].n_samples;
  split (self, before.pieces - 1, before.inside, before.inside_bytes, sample);
  return before.pieces;
}

void
gst_pin_mp4_track_drop (GstPinMp4Track *self, guint n_pieces, guint n_samples)
{
  guint i;

  for (i = 0; i < n_pieces; i++)
    self->held -= g_array_index (self->pieces, GstPinMp4Piece, i).size;
  if (n_pieces > 0)
    g_array_remove_range (self->pieces, 0, n_pieces);
  if (n_samples > 0)
    g_array_remove_range (self->pending, 0, n_samples);
}

void
gst_pin_mp4_track_clear_pieces (GstPinMp4Track *self)
{
  g_array_set_size (self->pieces, 0);
  g_array_set_size (self->pending, 0);
  self->held = 0;
}
