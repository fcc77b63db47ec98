/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AAC in ADTS, MPEG audio, AC-3 and E-AC-3 → samples. Frames may lie across
 * buffers: what is incomplete waits for the next one. A buffer's time is that of
 * the first frame that begins in it; those after it follow without one.
 *
 * Frames of sound are small, so they are copied, one behind the other, into one
 * buffer per buffer that came.
 */
#include "mp4-intake-private.h"

#include <string.h>

/* Of E-AC-3: eight substreams with some that depend on them, of a block each,
 * six times. Without an end each piece that comes would have all of it looked
 * at again. */
#define MAX_FRAMES 128
/* A run of bytes longer than this without a frame is no sound */
#define MAX_REST (256 * 1024)

typedef enum
{
  FOUND, INCOMPLETE, LOST
} Result;

typedef struct _Audio Audio;

/* A frame (of E-AC-3: all frames of one sample) at the head of @data */
typedef struct
{
  gsize size, head;             /* head: bytes at its beginning not stored */
  GstPinMp4Adts adts;
  GstPinMp4Mpa mpa;
  GstPinMp4Ac3 ac3;
  guint dependents, channel_map;
} Frame;

struct _Audio
{
  Result (*find) (const guint8 * data, gsize size, gboolean last,
      Frame * frame);
  gboolean (*same) (const Frame * a, const Frame * b);
  GstPinMp4Entry *(*make_entry) (const Frame * frame);
  gboolean has_entry;
  Frame current;                /* of the entry */
  GByteArray *rest;
  gint64 rest_pts;              /* of what rest begins with */
};

static Result
find_adts (const guint8 *data, gsize size, gboolean last, Frame *frame)
{
  if (size < 7)
    return INCOMPLETE;
  if (!gst_pin_mp4_adts_parse (data, size, &frame->adts))
    return LOST;
  frame->size = frame->adts.frame_size;
  frame->head = frame->adts.header_size;
  if (frame->size > size)
    return INCOMPLETE;
  gst_pin_mp4_adts_read_layout (&frame->adts, data);
  return FOUND;
}

static gboolean
same_adts (const Frame *a, const Frame *b)
{
  return gst_pin_mp4_adts_same_config (&a->adts, &b->adts)
      && a->adts.n_blocks == b->adts.n_blocks;
}

static GstPinMp4Entry *
make_adts_entry (const Frame *frame)
{
  g_autoptr (GBytes) config = gst_pin_mp4_adts_make_config (&frame->adts);
  GstPinMp4Entry *entry = config
      ? gst_pin_mp4_entry_new_aac (g_bytes_get_data (config, NULL),
      g_bytes_get_size (config), 0, NULL) : NULL;

  if (entry)
    entry->frame_ticks *= frame->adts.n_blocks;
  return entry;
}

static Result
find_mpa (const guint8 *data, gsize size, gboolean last, Frame *frame)
{
  if (size < 4)
    return INCOMPLETE;
  if (!gst_pin_mp4_mpa_parse (data, size, &frame->mpa))
    return LOST;
  frame->size = frame->mpa.frame_size;
  return frame->size <= size ? FOUND : INCOMPLETE;
}

static gboolean
same_mpa (const Frame *a, const Frame *b)
{
  return a->mpa.rate == b->mpa.rate && a->mpa.layer == b->mpa.layer
      && a->mpa.channels == b->mpa.channels
      && a->mpa.samples == b->mpa.samples;
}

static GstPinMp4Entry *
make_mpa_entry (const Frame *frame)
{
  return gst_pin_mp4_entry_new_mpa (&frame->mpa);
}

/* A sample of E-AC-3 is six blocks of the first independent substream, with
 * every other frame that lies between; it ends where the next one begins */
static Result
find_ac3 (const guint8 *data, gsize size, gboolean last, Frame *frame)
{
  GstPinMp4Ac3 next;
  guint blocks, n_frames = 1;

  if (size < 8)
    return INCOMPLETE;
  if (!gst_pin_mp4_ac3_parse (data, size, &frame->ac3)
      || frame->ac3.dependent)
    return LOST;
  frame->size = frame->ac3.frame_size;
  blocks = frame->ac3.blocks;
  while (frame->ac3.enhanced && frame->size + 8 <= size) {
    if (!gst_pin_mp4_ac3_parse (data + frame->size, size - frame->size, &next))
      return FOUND;
    if (++n_frames > MAX_FRAMES)
      return LOST;
    if (next.dependent) {
      frame->dependents++;
      frame->channel_map |= next.channel_map;
    } else if (next.substream == 0) {
      if (blocks >= 6)
        return FOUND;
      blocks += next.blocks;
    }
    frame->size += next.frame_size;
  }
  if (frame->size > size)
    return INCOMPLETE;
  return !frame->ac3.enhanced || last ? FOUND : INCOMPLETE;
}

static gboolean
same_ac3 (const Frame *a, const Frame *b)
{
  return a->ac3.enhanced == b->ac3.enhanced && a->ac3.rate == b->ac3.rate
      && a->ac3.bsid == b->ac3.bsid && a->ac3.bsmod == b->ac3.bsmod
      && a->ac3.acmod == b->ac3.acmod && a->ac3.lfeon == b->ac3.lfeon
      && a->ac3.bit_rate_code == b->ac3.bit_rate_code
      && a->dependents == b->dependents && a->channel_map == b->channel_map;
}

static GstPinMp4Entry *
make_ac3_entry (const Frame *frame)
{
  guint rate = gst_util_uint64_scale (frame->size * 8, frame->ac3.rate,
      1536 * 1000);

  return gst_pin_mp4_entry_new_ac3 (&frame->ac3, frame->dependents,
      frame->channel_map, rate);
}

static Audio *
audio_new (void)
{
  Audio *self = g_new0 (Audio, 1);

  self->rest = g_byte_array_new ();
  self->rest_pts = GST_PIN_MP4_NO_TIME;
  return self;
}

static gpointer
adts_create (const GstCaps *caps)
{
  Audio *self = audio_new ();

  self->find = find_adts;
  self->same = same_adts;
  self->make_entry = make_adts_entry;
  return self;
}

static gpointer
mpa_create (const GstCaps *caps)
{
  Audio *self = audio_new ();

  self->find = find_mpa;
  self->same = same_mpa;
  self->make_entry = make_mpa_entry;
  return self;
}

static gpointer
ac3_create (const GstCaps *caps)
{
  Audio *self = audio_new ();

  self->find = find_ac3;
  self->same = same_ac3;
  self->make_entry = make_ac3_entry;
  return self;
}

static void
audio_destroy (gpointer state)
{
  Audio *self = state;

  g_byte_array_unref (self->rest);
  g_free (self);
}

/* Steps over bytes that are no frame */
static gsize
skip_to_sync (const guint8 *data, gsize size)
{
  gsize i = 1;

  while (i < size && data[i] != 0xff && data[i] != 0x0b)
    i++;
  return i;
}

/* TRUE: the frame is of another kind than those in @yield, or of none at all,
 * so that it has to wait for a yield of its own */
static gboolean
take_entry (Audio *self, const Frame *frame, GstPinMp4Yield *yield)
{
  if (self->has_entry && self->same (&self->current, frame))
    return FALSE;
  if (yield->samples->len > 0)
    return TRUE;
  g_clear_pointer (&yield->entry, gst_pin_mp4_entry_free);
  yield->entry = self->make_entry (frame);
  self->has_entry |= yield->entry != NULL;
  self->current = *frame;
  return FALSE;
}

/* Takes frames from @data; gives how many bytes are done with. @fresh: where
 * the buffer that @pts belongs to begins. */
static gsize
take_frames (Audio *self, const guint8 *data, gsize size, gsize fresh,
    gint64 pts, gboolean last, GstPinMp4Yield *yield)
{
  GstPinMp4Box box = { 0, };
  gsize at = 0;
  gint64 time = self->rest_pts;

  gst_pin_mp4_box_reserve (&box, size);
  if (fresh == 0)
    time = pts;
  while (at < size) {
    Frame frame = { 0, };
    Result result = self->find (data + at, size - at, last, &frame);

    if (at >= fresh && pts != GST_PIN_MP4_NO_TIME) {
      time = pts;
      pts = GST_PIN_MP4_NO_TIME;
    }
    if (result == INCOMPLETE)
      break;
    if (result == LOST) {
      at += skip_to_sync (data + at, size - at);
      continue;
    }
    if (take_entry (self, &frame, yield))
      break;
    if (self->has_entry) {
      gst_pin_mp4_put_data (&box, data + at + frame.head,
          frame.size - frame.head);
      gst_pin_mp4_yield_add (yield, time, time, 0, frame.size - frame.head,
          TRUE);
      time = GST_PIN_MP4_NO_TIME;
    }
    at += frame.size;
  }
  self->rest_pts = time;
  if (box.size > 0)
    yield->data = gst_pin_mp4_box_steal_buffer (&box);
  gst_pin_mp4_box_clear (&box);
  return at;
}

static gboolean
audio_push (gpointer state, GstBuffer *buffer, gint64 pts, gint64 dts,
    GstPinMp4Yield *yield, GError **error)
{
  Audio *self = state;
  gsize fresh = self->rest->len, done;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    return TRUE;
  }
  if (fresh == 0) {
    done = take_frames (self, map.data, map.size, 0, pts, FALSE, yield);
    g_byte_array_append (self->rest, map.data + done, map.size - done);
  } else {
    g_byte_array_append (self->rest, map.data, map.size);
    done = take_frames (self, self->rest->data, self->rest->len, fresh, pts,
        FALSE, yield);
    g_byte_array_remove_range (self->rest, 0, done);
  }
  if (self->rest->len > MAX_REST)
    g_byte_array_set_size (self->rest, 0);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  return TRUE;
}

static void
audio_drain (gpointer state, GstPinMp4Yield *yield)
{
  Audio *self = state;

  take_frames (self, self->rest->data, self->rest->len, self->rest->len,
      GST_PIN_MP4_NO_TIME, TRUE, yield);
  g_byte_array_set_size (self->rest, 0);
}

const GstPinMp4Form gst_pin_mp4_form_adts = {
  TRUE, adts_create, audio_destroy, audio_push, audio_drain
};

const GstPinMp4Form gst_pin_mp4_form_mpa = {
  TRUE, mpa_create, audio_destroy, audio_push, audio_drain
};

const GstPinMp4Form gst_pin_mp4_form_ac3 = {
  TRUE, ac3_create, audio_destroy, audio_push, audio_drain
};
