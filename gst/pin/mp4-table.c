/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sample tables, packed as the samples come: durations and composition offsets
 * in runs, sizes four bytes each (none while all are equal), sync samples only
 * once there is one that is not, chunks one record per chunk. A video sample
 * costs 12 bytes at worst at a constant frame rate, a sound sample 4.
 */
#include "mp4-table-private.h"

typedef struct
{
  guint32 count;
  gint32 value;
} Run;

typedef struct
{
  guint64 offset;
  guint32 n_samples;
  guint32 entry;
} Chunk;

struct _GstPinMp4Table
{
  guint32 n_samples;
  guint32 first_size;
  gboolean some_not_sync;
  GArray *sizes;                /* of guint32; empty until they differ */
  GArray *syncs;                /* of guint32, sample numbers; empty until some
                                 * sample is not one */
  GArray *durations;            /* of Run; lacks the last sample's */
  GArray *offsets;              /* of Run */
  GArray *chunks;               /* of Chunk */
  gint64 last_dts;
  gint32 min_offset;
};

GstPinMp4Table *
gst_pin_mp4_table_new (void)
{
  GstPinMp4Table *self = g_new0 (GstPinMp4Table, 1);

  self->sizes = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->syncs = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->durations = g_array_new (FALSE, FALSE, sizeof (Run));
  self->offsets = g_array_new (FALSE, FALSE, sizeof (Run));
  self->chunks = g_array_new (FALSE, FALSE, sizeof (Chunk));
  return self;
}

void
gst_pin_mp4_table_free (GstPinMp4Table *self)
{
  g_array_unref (self->sizes);
  g_array_unref (self->syncs);
  g_array_unref (self->durations);
  g_array_unref (self->offsets);
  g_array_unref (self->chunks);
  g_free (self);
}

static void
add_to_run (GArray *runs, gint32 value)
{
  Run *last = runs->len > 0 ? &g_array_index (runs, Run, runs->len - 1) : NULL;
  Run fresh = { 1, value };

  if (last && last->value == value)
    last->count++;
  else
    g_array_append_val (runs, fresh);
}

void
gst_pin_mp4_table_begin_chunk (GstPinMp4Table *self, guint64 offset,
    guint entry)
{
  Chunk chunk = { offset, 0, entry };

  g_array_append_val (self->chunks, chunk);
}

static void
add_size (GstPinMp4Table *self, guint32 size)
{
  if (self->n_samples == 0)
    self->first_size = size;
  if (self->sizes->len == 0 && size == self->first_size)
    return;
  while (self->sizes->len < self->n_samples)
    g_array_append_val (self->sizes, self->first_size);
  g_array_append_val (self->sizes, size);
}

static void
add_sync (GstPinMp4Table *self, gboolean sync)
{
  guint32 number;

  if (!sync && !self->some_not_sync) {
    self->some_not_sync = TRUE;
    for (number = 1; number <= self->n_samples; number++)
      g_array_append_val (self->syncs, number);
  }
  number = self->n_samples + 1;
  if (sync && self->some_not_sync)
    g_array_append_val (self->syncs, number);
}

void
gst_pin_mp4_table_add (GstPinMp4Table *self, gint64 dts, gint32 offset,
    guint32 size, gboolean sync)
{
  g_return_if_fail (self->chunks->len > 0);

  if (self->n_samples > 0)
    add_to_run (self->durations,
        (gint32) MIN (dts - self->last_dts, G_MAXINT32));
  self->last_dts = dts;
  add_to_run (self->offsets, offset);
  self->min_offset = MIN (self->min_offset, offset);
  add_size (self, size);
  add_sync (self, sync);
  self->n_samples++;
  g_array_index (self->chunks, Chunk, self->chunks->len - 1).n_samples++;
}

guint32
gst_pin_mp4_table_get_n_samples (const GstPinMp4Table *self)
{
  return self->n_samples;
}

gint64
gst_pin_mp4_table_get_last_dts (const GstPinMp4Table *self)
{
  return self->last_dts;
}

static void
write_runs (const GArray *runs, GstPinMp4Box *box, gint32 shift)
{
  guint i;

  gst_pin_mp4_box_reserve (box, runs->len * 8);
  for (i = 0; i < runs->len; i++) {
    const Run *run = &g_array_index (runs, Run, i);

    gst_pin_mp4_put32 (box, run->count);
    gst_pin_mp4_put32 (box, run->value + shift);
  }
}

static void
write_stts (const GstPinMp4Table *self, GstPinMp4Box *box,
    guint32 last_duration)
{
  gsize start = gst_pin_mp4_box_begin_full (box, "stts", 0, 0);
  const GArray *runs = self->durations;
  gboolean joins = runs->len > 0 && (guint32) g_array_index (runs, Run,
      runs->len - 1).value == last_duration;
  guint extra = self->n_samples > 0 && !joins;

  gst_pin_mp4_put32 (box, runs->len + extra);
  write_runs (runs, box, 0);
  if (joins) {
    guint8 *count = box->data + box->size - 8;

    GST_WRITE_UINT32_BE (count, GST_READ_UINT32_BE (count) + 1);
  } else if (extra) {
    gst_pin_mp4_put32 (box, 1);
    gst_pin_mp4_put32 (box, last_duration);
  }
  gst_pin_mp4_box_end (box, start);
}

static void
write_ctts (const GstPinMp4Table *self, GstPinMp4Box *box, gint32 shift)
{
  const GArray *runs = self->offsets;
  gsize start;

  if (runs->len < 2 && (runs->len == 0
          || g_array_index (runs, Run, 0).value + shift == 0))
    return;
  start = gst_pin_mp4_box_begin_full (box, "ctts",
      self->min_offset + shift < 0, 0);
  gst_pin_mp4_put32 (box, runs->len);
  write_runs (runs, box, shift);
  gst_pin_mp4_box_end (box, start);
}

static void
write_stss (const GstPinMp4Table *self, GstPinMp4Box *box)
{
  gsize start;
  guint i;

  if (!self->some_not_sync)
    return;
  start = gst_pin_mp4_box_begin_full (box, "stss", 0, 0);
  gst_pin_mp4_put32 (box, self->syncs->len);
  for (i = 0; i < self->syncs->len; i++)
    gst_pin_mp4_put32 (box, g_array_index (self->syncs, guint32, i));
  gst_pin_mp4_box_end (box, start);
}

static void
write_stsz (const GstPinMp4Table *self, GstPinMp4Box *box)
{
  gsize start = gst_pin_mp4_box_begin_full (box, "stsz", 0, 0);
  guint i;

  gst_pin_mp4_put32 (box, self->sizes->len > 0 ? 0 : self->first_size);
  gst_pin_mp4_put32 (box, self->n_samples);
  gst_pin_mp4_box_reserve (box, self->sizes->len * 4);
  for (i = 0; i < self->sizes->len; i++)
    gst_pin_mp4_put32 (box, g_array_index (self->sizes, guint32, i));
  gst_pin_mp4_box_end (box, start);
}

static void
write_stsc (const GstPinMp4Table *self, GstPinMp4Box *box)
{
  gsize start = gst_pin_mp4_box_begin_full (box, "stsc", 0, 0), count;
  const Chunk *last = NULL;
  guint32 i, n = 0;

  count = box->size;
  gst_pin_mp4_put32 (box, 0);
  for (i = 0; i < self->chunks->len; i++) {
    const Chunk *chunk = &g_array_index (self->chunks, Chunk, i);

    if (last && last->n_samples == chunk->n_samples
        && last->entry == chunk->entry)
      continue;
    gst_pin_mp4_put32 (box, i + 1);
    gst_pin_mp4_put32 (box, chunk->n_samples);
    gst_pin_mp4_put32 (box, chunk->entry + 1);
    last = chunk;
    n++;
  }
  GST_WRITE_UINT32_BE (box->data + count, n);
  gst_pin_mp4_box_end (box, start);
}

static void
write_offsets (const GstPinMp4Table *self, GstPinMp4Box *box, guint64 base,
    gboolean wide)
{
  gsize start = gst_pin_mp4_box_begin_full (box, wide ? "co64" : "stco", 0, 0);
  guint i;

  gst_pin_mp4_put32 (box, self->chunks->len);
  for (i = 0; i < self->chunks->len; i++) {
    guint64 offset = g_array_index (self->chunks, Chunk, i).offset + base;

    if (wide)
      gst_pin_mp4_put64 (box, offset);
    else
      gst_pin_mp4_put32 (box, (guint32) offset);
  }
  gst_pin_mp4_box_end (box, start);
}

void
gst_pin_mp4_table_write (const GstPinMp4Table *self, GstPinMp4Box *box,
    guint32 last_duration, gint32 shift, guint64 base, gboolean wide)
{
  write_stts (self, box, last_duration);
  write_ctts (self, box, shift);
  write_stss (self, box);
  write_stsc (self, box);
  write_stsz (self, box);
  write_offsets (self, box, base, wide);
}
