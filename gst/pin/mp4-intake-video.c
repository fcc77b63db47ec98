/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * H.264 and HEVC as byte stream → samples with lengths, in one pass. The
 * parameter sets on the way make the sample entry; a change of them is noticed, and
 * the entry then says that they stand in the samples, where they are left.
 *
 * A buffer is a PES packet and mostly an access unit. Where the caps do not
 * promise that, a unit is held until the next buffer is seen to begin another.
 * What comes before the first picture that decoding can begin at is dropped.
 */
#include "mp4-intake-private.h"
#include "mp4-params-private.h"

#include <gst/base/base.h>
#include <string.h>

/* Units up to this size are copied next to the lengths around them; longer
 * ones are named where they are */
#define COPY_MAX 2048
/* So many of those that with the lengths between they are within the pieces of
 * memory that a buffer can have; where there are more it makes one of all, each
 * time anew */
#define MAX_NAMED 7
/* A picture is not larger */
#define MAX_UNIT (32 * 1024 * 1024)

typedef struct
{
  GstPinMp4VideoCodec codec;
  gboolean aligned;
  GstCaps *caps;
  GstPinMp4Params *params;
  GBytes *record;               /* of the first entry; NULL: none yet */
  GstPinMp4Sps sps;
  gboolean in_band;
  GArray *nals;                 /* of GstPinMp4Nal, of the unit at hand */
  GstAdapter *held;             /* the unit that is not known to be whole */
  gint64 held_pts, held_dts;
} Video;

static gpointer
video_create (const GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  Video *self = g_new0 (Video, 1);

  self->codec = gst_structure_has_name (s, "video/x-h264")
      ? GST_PIN_MP4_H264 : GST_PIN_MP4_H265;
  self->aligned = g_strcmp0 (gst_structure_get_string (s, "alignment"),
      "au") == 0;
  self->caps = gst_caps_copy (caps);
  self->params = gst_pin_mp4_params_new (self->codec);
  self->nals = g_array_new (FALSE, FALSE, sizeof (GstPinMp4Nal));
  self->held = gst_adapter_new ();
  return self;
}

static void
video_destroy (gpointer state)
{
  Video *self = state;

  gst_caps_unref (self->caps);
  gst_pin_mp4_params_free (self->params);
  g_clear_pointer (&self->record, g_bytes_unref);
  g_array_unref (self->nals);
  g_object_unref (self->held);
  g_free (self);
}

/* What a unit is, from its NAL units */
typedef struct
{
  gboolean has_picture, sync, new_params;
  gsize size;                   /* with lengths */
  guint n_large;                /* units that are not copied */
  gboolean in_place;            /* every start code has four bytes */
} Unit;

static Unit
examine (Video *self, const guint8 *data)
{
  Unit unit = { FALSE, FALSE, FALSE, 0, 0, TRUE };
  gsize end = 0;
  guint i;

  for (i = 0; i < self->nals->len; i++) {
    const GstPinMp4Nal *nal = &g_array_index (self->nals, GstPinMp4Nal, i);

    unit.has_picture |= nal->kind == GST_PIN_MP4_NAL_SLICE;
    unit.sync |= nal->sync;
    unit.new_params |= gst_pin_mp4_params_add (self->params, nal->kind,
        data + nal->offset, nal->size);
    unit.in_place &= nal->offset == end + 4;
    unit.size += 4 + nal->size;
    unit.n_large += nal->size > COPY_MAX;
    end = nal->offset + nal->size;
  }
  return unit;
}

/* Writes the lengths over the start codes */
static GstBuffer *
convert_in_place (Video *self, GstBuffer *buffer)
{
  GstMapInfo map;
  guint i;

  buffer = gst_buffer_make_writable (buffer);
  if (!gst_buffer_map (buffer, &map, GST_MAP_READWRITE)) {
    gst_buffer_unref (buffer);
    return NULL;
  }
  for (i = 0; i < self->nals->len; i++) {
    const GstPinMp4Nal *nal = &g_array_index (self->nals, GstPinMp4Nal, i);

    GST_WRITE_UINT32_BE (map.data + nal->offset - 4, nal->size);
  }
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

/* Puts lengths and small units into memory of their own, and names the large
 * ones where they are, unless they are many */
static GstBuffer *
convert_around (Video *self, const Unit *unit, GstBuffer *buffer,
    const guint8 *data)
{
  GstBuffer *made = gst_buffer_new ();
  gboolean copies = unit->n_large > MAX_NAMED;
  GstPinMp4Box glue = { 0, };
  guint i;

  for (i = 0; i < self->nals->len; i++) {
    const GstPinMp4Nal *nal = &g_array_index (self->nals, GstPinMp4Nal, i);

    gst_pin_mp4_put32 (&glue, nal->size);
    if (copies || nal->size <= COPY_MAX) {
      gst_pin_mp4_put_data (&glue, data + nal->offset, nal->size);
      continue;
    }
    made = gst_buffer_append (made, gst_pin_mp4_box_steal_buffer (&glue));
    gst_buffer_copy_into (made, buffer, GST_BUFFER_COPY_MEMORY, nal->offset,
        nal->size);
  }
  if (glue.size > 0)
    made = gst_buffer_append (made, gst_pin_mp4_box_steal_buffer (&glue));
  return made;
}

/* An entry where there is none yet, or where the one there was is no longer
 * right */
static gboolean
make_entry (Video *self, const Unit *unit, GstPinMp4Yield *yield,
    GError **error)
{
  if (!self->record) {
    if (!unit->sync || !gst_pin_mp4_params_ready (self->params))
      return TRUE;
    self->record = gst_pin_mp4_params_make_record (self->params, &self->sps);
    if (!self->record) {
      g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
          "The video's sequence parameter set makes no sense");
      return FALSE;
    }
  } else if (unit->new_params && !self->in_band) {
    self->in_band = TRUE;
    yield->replaces = TRUE;
  } else {
    return TRUE;
  }
  yield->entry = gst_pin_mp4_entry_new_video (self->codec, self->in_band,
      self->record, &self->sps, self->caps);
  return TRUE;
}

/* @buffer: (transfer full) a whole access unit */
static gboolean
yield_unit (Video *self, GstBuffer *buffer, gint64 pts, gint64 dts,
    GstPinMp4Yield *yield, GError **error)
{
  GstMapInfo map;
  Unit unit;
  gboolean ok;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    return TRUE;
  }
  g_array_set_size (self->nals, 0);
  gst_pin_mp4_nal_scan (self->codec, map.data, map.size, self->nals);
  unit = examine (self, map.data);
  ok = make_entry (self, &unit, yield, error);
  if (!ok || !self->record || !unit.has_picture) {
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
    return ok;
  }
  if (unit.in_place && unit.size == map.size) {
    gst_buffer_unmap (buffer, &map);
    yield->data = convert_in_place (self, buffer);
  } else {
    yield->data = convert_around (self, &unit, buffer, map.data);
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }
  if (yield->data)
    gst_pin_mp4_yield_add (yield, pts, dts, 0, unit.size, unit.sync);
  return TRUE;
}

/* Looks no further than the first NAL unit */
static gboolean
begins_unit (Video *self, GstBuffer *buffer)
{
  guint8 head[64];
  gsize size = gst_buffer_extract (buffer, 0, head, sizeof (head));

  g_array_set_size (self->nals, 0);
  return gst_pin_mp4_nal_scan (self->codec, head, size, self->nals) <= 4
      && gst_pin_mp4_nal_begins_unit (self->nals);
}

/* (transfer full) (nullable) */
static GstBuffer *
take_held (Video *self)
{
  gsize size = gst_adapter_available (self->held);

  return size > 0 ? gst_adapter_take_buffer (self->held, size) : NULL;
}

static gboolean
video_push (gpointer state, GstBuffer *buffer, gint64 pts, gint64 dts,
    GstPinMp4Yield *yield, GError **error)
{
  Video *self = state;
  GstBuffer *whole;
  gint64 whole_pts = self->held_pts, whole_dts = self->held_dts;

  if (self->aligned)
    return yield_unit (self, buffer, pts, dts, yield, error);
  if (gst_adapter_available (self->held) > 0 && !begins_unit (self, buffer)) {
    gst_adapter_push (self->held, buffer);
    if (gst_adapter_available (self->held) > MAX_UNIT)
      gst_adapter_clear (self->held);
    return TRUE;
  }
  whole = take_held (self);
  gst_adapter_push (self->held, buffer);
  self->held_pts = pts;
  self->held_dts = dts;
  return !whole || yield_unit (self, whole, whole_pts, whole_dts, yield, error);
}

static void
video_drain (gpointer state, GstPinMp4Yield *yield)
{
  Video *self = state;
  GstBuffer *whole = take_held (self);

  if (whole)
    yield_unit (self, whole, self->held_pts, self->held_dts, yield, NULL);
}

const GstPinMp4Form gst_pin_mp4_form_byte_stream = {
  TRUE, video_create, video_destroy, video_push, video_drain
};
