/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The `moof` in front of a fragment's samples: one `traf` per track that has
 * any, with its own decode time, so that a track may join, pause and stop
 * freely; a further one where the sample entry changes. What all samples of a
 * run share is said once.
 */
#include "mp4-fragment-private.h"

#define FLAGS_SYNC 0x02000000
#define FLAGS_DELTA 0x01010000

/* What the samples of a run have in common */
typedef struct
{
  gboolean same_duration, no_offset, negative_offset;
  gboolean same_flags;          /* … of all but the first */
  guint32 duration, flags, first_flags;
} Common;

static guint32
sample_flags (const GstPinMp4Pending *sample)
{
  return sample->sync ? FLAGS_SYNC : FLAGS_DELTA;
}

/* Up to the next sample, where that is known */
static guint32
sample_duration (const GArray *pending, guint i)
{
  const GstPinMp4Pending *sample = &g_array_index (pending, GstPinMp4Pending,
      i);

  if (i + 1 < pending->len)
    return MIN (sample[1].dts - sample->dts, G_MAXINT32);
  return sample->duration;
}

static Common
find_common (const GstPinMp4Run *run)
{
  const GArray *pending = run->track->pending;
  const GstPinMp4Pending *samples =
      &g_array_index (pending, GstPinMp4Pending, run->sample);
  Common common = { TRUE, TRUE, FALSE, TRUE, 0, };
  guint i;

  common.duration = sample_duration (pending, run->sample);
  common.first_flags = sample_flags (&samples[0]);
  common.flags = run->n_samples > 1 ? sample_flags (&samples[1])
      : common.first_flags;
  for (i = 0; i < run->n_samples; i++) {
    common.same_duration &=
        sample_duration (pending, run->sample + i) == common.duration;
    common.no_offset &= samples[i].offset == 0;
    common.negative_offset |= samples[i].offset < 0;
    if (i > 0)
      common.same_flags &= sample_flags (&samples[i]) == common.flags;
  }
  return common;
}

static void
write_trun (GstPinMp4Box *box, const GstPinMp4Run *run, const Common *common,
    gsize *offset_place)
{
  const GArray *pending = run->track->pending;
  gboolean first = common->same_flags && common->first_flags != common->flags;
  guint32 flags = 0x201 | (first ? 4 : 0)
      | (common->same_duration ? 0 : 0x100) | (common->same_flags ? 0 : 0x400)
      | (common->no_offset ? 0 : 0x800);
  gsize start = gst_pin_mp4_box_begin_full (box, "trun",
      common->negative_offset, flags);
  guint i;

  gst_pin_mp4_put32 (box, run->n_samples);
  *offset_place = box->size;
  gst_pin_mp4_put32 (box, 0);
  if (first)
    gst_pin_mp4_put32 (box, common->first_flags);
  for (i = run->sample; i < run->sample + run->n_samples; i++) {
    const GstPinMp4Pending *sample =
        &g_array_index (pending, GstPinMp4Pending, i);

    if (!common->same_duration)
      gst_pin_mp4_put32 (box, sample_duration (pending, i));
    gst_pin_mp4_put32 (box, sample->size);
    if (!common->same_flags)
      gst_pin_mp4_put32 (box, sample_flags (sample));
    if (!common->no_offset)
      gst_pin_mp4_put32 (box, sample->offset);
  }
  gst_pin_mp4_box_end (box, start);
}

static void
write_traf (GstPinMp4Box *box, const GstPinMp4Run *run, gsize *offset_place)
{
  const GstPinMp4Track *track = run->track;
  const GArray *pieces = track->pieces;
  Common common = find_common (run);
  gint64 time = g_array_index (track->pending, GstPinMp4Pending,
      run->sample).dts - track->origin;
  guint entry = g_array_index (pieces, GstPinMp4Piece, run->piece).entry;
  gsize traf = gst_pin_mp4_box_begin (box, "traf"), start;

  start = gst_pin_mp4_box_begin_full (box, "tfhd", 0, 0x2002a);
  gst_pin_mp4_put32 (box, track->id);
  gst_pin_mp4_put32 (box, MIN (entry, track->header_entries - 1) + 1);
  gst_pin_mp4_put32 (box, common.duration);
  gst_pin_mp4_put32 (box, common.flags);
  gst_pin_mp4_box_end (box, start);
  start = gst_pin_mp4_box_begin_full (box, "tfdt", 1, 0);
  gst_pin_mp4_put64 (box, MAX (time, 0));
  gst_pin_mp4_box_end (box, start);
  write_trun (box, run, &common, offset_place);
  gst_pin_mp4_box_end (box, traf);
}

void
gst_pin_mp4_fragment_write (GstPinMp4Box *box, guint32 sequence,
    const GstPinMp4Run *runs, guint n)
{
  gsize moof = gst_pin_mp4_box_begin (box, "moof"), start;
  g_autofree gsize *places = g_new0 (gsize, n);
  guint64 offset;
  guint i;

  start = gst_pin_mp4_box_begin_full (box, "mfhd", 0, 0);
  gst_pin_mp4_put32 (box, sequence);
  gst_pin_mp4_box_end (box, start);
  for (i = 0; i < n; i++)
    if (runs[i].n_samples > 0)
      write_traf (box, &runs[i], &places[i]);
  gst_pin_mp4_box_end (box, moof);

  offset = box->size - moof + 8;
  for (i = 0; i < n; i++) {
    if (places[i])
      GST_WRITE_UINT32_BE (box->data + places[i], (guint32) offset);
    offset += runs[i].size;
  }
}
