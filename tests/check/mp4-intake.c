/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What pads get becomes samples: byte streams in one piece and in several,
 * ADTS across buffers, cues, and what nobody should send.
 */
#include "mp4-intake-private.h"
#include "mp4-sets.h"

#include <string.h>

static const guint8 code[] = { 0, 0, 0, 1 };
static const guint8 aud[] = { 9, 0xf0 };
static const guint8 idr[] = { 0x65, 0x88, 1, 2, 3 };
static const guint8 slice[] = { 0x41, 0x9a, 4, 5 };
static const guint8 second_slice[] = { 0x41, 0x12, 6, 7 };

typedef struct
{
  GstPinMp4Intake *intake;
  GstPinMp4Yield yield;
} Fixture;

static void
set_up (Fixture *f, gconstpointer text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  f->intake = gst_pin_mp4_intake_new ();
  gst_pin_mp4_yield_init (&f->yield);
  g_assert_true (gst_pin_mp4_intake_set_caps (f->intake, caps, NULL));
}

static void
tear_down (Fixture *f, gconstpointer text)
{
  gst_pin_mp4_yield_finish (&f->yield);
  gst_pin_mp4_intake_free (f->intake);
}

/* Units with start codes of four bytes before them, or of three */
static GstBuffer *
join (guint code_size, ...)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GBytes) joined = NULL;
  const guint8 *unit;
  va_list args;

  va_start (args, code_size);
  while ((unit = va_arg (args, const guint8 *))) {
    guint size = va_arg (args, guint);

    g_byte_array_append (bytes, code + 4 - code_size, code_size);
    g_byte_array_append (bytes, unit, size);
  }
  va_end (args);
  joined = g_byte_array_free_to_bytes (bytes);
  return gst_buffer_new_wrapped_bytes (joined);
}

#define UNIT(name) name, (guint) sizeof (name)

static gboolean
push (Fixture *f, GstBuffer *buffer, gint64 time)
{
  gst_pin_mp4_yield_clear (&f->yield);
  return gst_pin_mp4_intake_push (f->intake, buffer, time, time, &f->yield,
      NULL);
}

static GstPinMp4Sample *
sample (Fixture *f, guint i)
{
  g_assert_cmpuint (i, <, f->yield.samples->len);
  return &g_array_index (f->yield.samples, GstPinMp4Sample, i);
}

/* The data are the units with their lengths, and nothing else */
static void
assert_units (Fixture *f, ...)
{
  GstMapInfo map;
  const guint8 *unit;
  gsize at = 0;
  va_list args;

  g_assert_nonnull (f->yield.data);
  g_assert_true (gst_buffer_map (f->yield.data, &map, GST_MAP_READ));
  va_start (args, f);
  while ((unit = va_arg (args, const guint8 *))) {
    guint size = va_arg (args, guint);

    g_assert_cmpuint (at + 4 + size, <=, map.size);
    g_assert_cmpuint (GST_READ_UINT32_BE (map.data + at), ==, size);
    g_assert_cmpmem (map.data + at + 4, size, unit, size);
    at += 4 + size;
  }
  va_end (args);
  g_assert_cmpuint (at, ==, map.size);
  g_assert_cmpuint (sample (f, 0)->size, ==, map.size);
  gst_buffer_unmap (f->yield.data, &map);
}

static void
test_units (Fixture *f, gconstpointer text)
{
  guint codes;

  push (f, join (4, UNIT (aud), UNIT (slice), NULL), 0);
  g_assert_null (f->yield.data);        /* nobody could decode it */
  push (f, join (4, UNIT (h264_sps), UNIT (h264_pps), UNIT (slice), NULL), 0);
  g_assert_null (f->yield.data);        /* nor without what it refers to */
  for (codes = 3; codes <= 4; codes++) {
    push (f, join (codes, UNIT (aud), UNIT (h264_sps), UNIT (h264_pps),
            UNIT (idr), NULL), 40);
    assert_units (f, UNIT (aud), UNIT (h264_sps), UNIT (h264_pps), UNIT (idr),
        NULL);
    g_assert_true (sample (f, 0)->sync);
    g_assert_cmpint (f->yield.entry != NULL, ==, codes == 3);
  }
  push (f, join (4, UNIT (aud), UNIT (slice), NULL), 80);
  assert_units (f, UNIT (aud), UNIT (slice), NULL);
  g_assert_false (sample (f, 0)->sync);
  g_assert_true (gst_pin_mp4_intake_keeps_leading (f->intake));
}

/* A large unit is not copied: its bytes stay where they are */
static void
test_large_unit (Fixture *f, gconstpointer text)
{
  guint8 large[100000];
  GstBuffer *buffer;
  GstMapInfo map;
  gconstpointer before;

  memset (large, 0xaa, sizeof (large));
  memcpy (large, idr, sizeof (idr));
  buffer = join (3, UNIT (h264_sps), UNIT (h264_pps), UNIT (large), NULL);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  before = map.data + map.size - 1;
  gst_buffer_unmap (buffer, &map);
  push (f, buffer, 0);
  gst_memory_map (gst_buffer_peek_memory (f->yield.data,
          gst_buffer_n_memory (f->yield.data) - 1), &map, GST_MAP_READ);
  g_assert_true (map.data + map.size - 1 == before);
  gst_memory_unmap (map.memory, &map);
  assert_units (f, UNIT (h264_sps), UNIT (h264_pps), UNIT (large), NULL);
}

static void
test_changed_parameters (Fixture *f, gconstpointer text)
{
  gsize size;

  push (f, join (4, UNIT (h264_sps), UNIT (h264_pps), UNIT (idr), NULL), 0);
  g_assert_cmpmem ((const guint8 *) g_bytes_get_data (f->yield.entry->box,
          &size) + 4, 4, "avc1", 4);
  push (f, join (4, UNIT (h264_sps_444), UNIT (h264_pps), UNIT (idr), NULL),
      40);
  g_assert_nonnull (f->yield.entry);
  g_assert_true (f->yield.replaces);
  g_assert_cmpmem ((const guint8 *) g_bytes_get_data (f->yield.entry->box,
          &size) + 4, 4, "avc3", 4);
  push (f, join (4, UNIT (h264_sps), UNIT (h264_pps), UNIT (idr), NULL), 80);
  g_assert_null (f->yield.entry);
}

static void
test_unit_in_parts (Fixture *f, gconstpointer text)
{
  push (f, join (4, UNIT (h264_sps), UNIT (h264_pps), UNIT (idr), NULL), 0);
  g_assert_null (f->yield.data);
  push (f, join (4, UNIT (second_slice), NULL), 1);
  g_assert_null (f->yield.data);
  push (f, join (4, UNIT (slice), NULL), 40);
  assert_units (f, UNIT (h264_sps), UNIT (h264_pps), UNIT (idr),
      UNIT (second_slice), NULL);
  g_assert_cmpint (sample (f, 0)->pts, ==, 0);
  gst_pin_mp4_yield_clear (&f->yield);
  gst_pin_mp4_intake_drain (f->intake, &f->yield);
  assert_units (f, UNIT (slice), NULL);
  g_assert_cmpint (sample (f, 0)->pts, ==, 40);
}

/* Ten frames of 107 bytes, cut into buffers of any size: the same samples */
static void
test_adts (Fixture *f, gconstpointer text)
{
  static const guint8 head[] = { 0xff, 0xf1, 0x4c, 0x80, 0x0d, 0x7f, 0xfc };
  guint8 stream[1070];
  gsize cut, at, total;
  guint i, n;

  memset (stream, 0, sizeof (stream));
  for (i = 0; i < 10; i++)
    memcpy (stream + i * 107, head, sizeof (head));
  for (cut = 1; cut < 400; cut += 13) {
    gst_pin_mp4_intake_reset (f->intake);
    for (at = total = n = 0; at < sizeof (stream); at += cut) {
      gsize size = MIN (cut, sizeof (stream) - at);

      push (f, gst_buffer_new_memdup (stream + at, size), at * 1000);
      for (i = 0; i < f->yield.samples->len; i++, n++) {
        g_assert_cmpuint (sample (f, i)->size, ==, 100);
        if (n == 0)
          g_assert_cmpint (sample (f, i)->pts, ==, 0);
      }
      if (f->yield.data)
        total += gst_buffer_get_size (f->yield.data);
    }
    g_assert_cmpuint (n, ==, 10);
    g_assert_cmpuint (total, ==, 1000);
  }
}

/* A buffer's time is that of the first frame that begins in it */
static void
test_adts_times (Fixture *f, gconstpointer text)
{
  static const guint8 head[] = { 0xff, 0xf1, 0x4c, 0x80, 0x0d, 0x7f, 0xfc };
  guint8 stream[428];
  guint i;

  memset (stream, 0, sizeof (stream));
  for (i = 0; i < 4; i++)
    memcpy (stream + i * 107, head, sizeof (head));
  push (f, gst_buffer_new_memdup (stream, 150), 1000);
  g_assert_cmpuint (f->yield.samples->len, ==, 1);
  g_assert_cmpint (sample (f, 0)->pts, ==, 1000);
  push (f, gst_buffer_new_memdup (stream + 150, 278), 2000);
  g_assert_cmpuint (f->yield.samples->len, ==, 3);
  g_assert_cmpint (sample (f, 0)->pts, ==, GST_PIN_MP4_NO_TIME);
  g_assert_cmpint (sample (f, 1)->pts, ==, 2000);
  g_assert_cmpint (sample (f, 2)->pts, ==, GST_PIN_MP4_NO_TIME);
}

/* A frame of another kind does not share a yield */
static void
test_adts_change (Fixture *f, gconstpointer text)
{
  guint8 stream[] = { 0xff, 0xf1, 0x4c, 0x80, 0x01, 0x1f, 0xfc, 1,
    0xff, 0xf1, 0x50, 0x80, 0x01, 0x1f, 0xfc, 2
  };

  push (f, gst_buffer_new_memdup (stream, sizeof (stream)), 0);
  g_assert_cmpuint (f->yield.samples->len, ==, 1);
  g_assert_cmpuint (f->yield.entry->timescale, ==, 48000);
  gst_pin_mp4_yield_clear (&f->yield);
  gst_pin_mp4_intake_drain (f->intake, &f->yield);
  g_assert_cmpuint (f->yield.samples->len, ==, 1);
  g_assert_cmpuint (f->yield.entry->timescale, ==, 44100);
}

/* Frames of two blocks are twice as long */
static void
test_adts_blocks (Fixture *f, gconstpointer text)
{
  static const guint8 frame[] = { 0xff, 0xf1, 0x4c, 0x80, 0x01, 0x1f, 0xfd, 1 };

  push (f, gst_buffer_new_memdup (frame, sizeof (frame)), 0);
  g_assert_cmpuint (f->yield.samples->len, ==, 1);
  g_assert_cmpuint (f->yield.entry->frame_ticks, ==, 2048);
}

/* A sample of E-AC-3 is six blocks, here of a frame each; the last one ends
 * with the stream */
static void
test_eac3_blocks (Fixture *f, gconstpointer text)
{
  static const guint8 head[] = { 0x0b, 0x77, 0, 7, 4, 0x80 };
  guint8 stream[13 * 16] = { 0, };
  guint i;

  for (i = 0; i < 13; i++)
    memcpy (stream + i * 16, head, sizeof (head));
  push (f, gst_buffer_new_memdup (stream, sizeof (stream)), 0);
  g_assert_cmpuint (f->yield.samples->len, ==, 2);
  g_assert_cmpuint (sample (f, 0)->size, ==, 6 * 16);
  g_assert_cmpuint (sample (f, 1)->size, ==, 6 * 16);
  g_assert_cmpuint (f->yield.entry->frame_ticks, ==, 1536);
  gst_pin_mp4_yield_clear (&f->yield);
  gst_pin_mp4_intake_drain (f->intake, &f->yield);
  g_assert_cmpuint (f->yield.samples->len, ==, 1);
  g_assert_cmpuint (sample (f, 0)->size, ==, 16);
}

static void
test_adts_noise (Fixture *f, gconstpointer text)
{
  guint8 noise[20000];
  guint32 state = 1;
  guint i, round;

  for (round = 0; round < 200; round++) {
    for (i = 0; i < sizeof (noise); i++) {
      state = state * 1103515245 + 12345;
      noise[i] = state >> 16;
    }
    g_assert_true (push (f, gst_buffer_new_memdup (noise, sizeof (noise)),
            round));
  }
}

#define SEC ((gint64) GST_SECOND)

/* Yields the samples that a cue makes known; @seconds 0: has no duration */
static void
push_cue (Fixture *f, const gchar *text, gint64 from, guint seconds)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));

  if (seconds > 0)
    GST_BUFFER_DURATION (buffer) = seconds * GST_SECOND;
  g_assert_true (push (f, buffer, from * SEC));
}

static void
drain (Fixture *f)
{
  gst_pin_mp4_yield_clear (&f->yield);
  gst_pin_mp4_intake_drain (f->intake, &f->yield);
}

/* The yield's sample @i, of @seconds, says @text */
static void
assert_cue (Fixture *f, guint i, const gchar *text, gint64 from,
    guint seconds)
{
  gsize size = strlen (text), at = 0;
  guint8 head[2];
  guint j;

  for (j = 0; j < i; j++)
    at += sample (f, j)->size;
  gst_buffer_extract (f->yield.data, at, head, 2);
  g_assert_cmpuint (GST_READ_UINT16_BE (head), ==, size);
  g_assert_cmpuint (sample (f, i)->size, ==, size + 2);
  g_assert_cmpint (gst_buffer_memcmp (f->yield.data, at + 2, text, size), ==,
      0);
  g_assert_cmpint (sample (f, i)->pts, ==, from * SEC);
  g_assert_cmpuint (sample (f, i)->duration, ==, seconds * GST_SECOND);
}

static void
test_text (Fixture *f, gconstpointer text)
{
  push_cue (f, "One", 1, 2);
  g_assert_nonnull (f->yield.entry);
  g_assert_cmpuint (f->yield.samples->len, ==, 0);
  push_cue (f, "Two\n", 5, 3);
  g_assert_null (f->yield.entry);
  g_assert_cmpuint (f->yield.samples->len, ==, 2);
  assert_cue (f, 0, "One", 1, 2);
  assert_cue (f, 1, "", 3, 2);
  drain (f);
  g_assert_cmpuint (f->yield.samples->len, ==, 2);
  assert_cue (f, 0, "Two", 5, 3);
  g_assert_cmpuint (sample (f, 1)->size, ==, 2);
}

/* What stands together is one sample */
static void
test_text_overlap (Fixture *f, gconstpointer text)
{
  push_cue (f, "long", 0, 10);
  push_cue (f, "short", 2, 3);
  g_assert_cmpuint (f->yield.samples->len, ==, 1);
  assert_cue (f, 0, "long", 0, 2);
  push_cue (f, "next", 8, 4);
  g_assert_cmpuint (f->yield.samples->len, ==, 2);
  assert_cue (f, 0, "long\nshort", 2, 3);
  assert_cue (f, 1, "long", 5, 3);
  drain (f);
  g_assert_cmpuint (f->yield.samples->len, ==, 3);
  assert_cue (f, 0, "long\nnext", 8, 2);
  assert_cue (f, 1, "next", 10, 2);
}

/* Without durations: until the next one, and the last for a while */
static void
test_text_open (Fixture *f, gconstpointer text)
{
  push_cue (f, "a", 0, 0);
  push_cue (f, "b", 7, 0);
  assert_cue (f, 0, "a", 0, 7);
  drain (f);
  assert_cue (f, 0, "b", 7, 2);
}

/* Nothing to read, times that go back, far too many at once, far too long */
static void
test_text_hostile (Fixture *f, gconstpointer text)
{
  g_autofree gchar *endless = g_strnfill (300000, 'x');
  guint i;

  push_cue (f, "  \n ", 0, 1);
  g_assert_null (f->yield.entry);
  push_cue (f, "a", 5, 1);
  push_cue (f, "earlier", 1, 2);
  g_assert_cmpuint (f->yield.samples->len, ==, 0);
  push_cue (f, "\xff\xfe", 5, 1);
  for (i = 0; i < 1000; i++)
    push_cue (f, endless, 6, 60 * 60 * 24 * 365);
  drain (f);
  g_assert_cmpuint (f->yield.samples->len, ==, 2);
  g_assert_cmpuint (sample (f, 0)->size, <, 65538);
  g_assert_cmpuint (sample (f, 0)->duration, ==, 24 * 60 * 60 * GST_SECOND);
}

static void
test_text_markup (Fixture *f, gconstpointer text)
{
  push_cue (f, "<i>Tom</i> &amp; Jerry", 0, 1);
  push_cue (f, "1 < 2", 2, 1);
  assert_cue (f, 0, "Tom & Jerry", 0, 1);
  drain (f);
  assert_cue (f, 0, "1 < 2", 2, 1);
}

/* So many large units that a buffer could not name them: they are copied once,
 * and not again for each further one */
static void
test_many_large_units (Fixture *f, gconstpointer text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 large[3000];
  guint i;

  memset (large, 0xaa, sizeof (large));
  memcpy (large, second_slice, sizeof (second_slice));
  push (f, join (4, UNIT (h264_sps), UNIT (h264_pps), UNIT (idr), NULL), 0);
  for (i = 0; i < 100; i++) {
    g_byte_array_append (bytes, code + 1, 3);
    g_byte_array_append (bytes, large, sizeof (large));
  }
  push (f, gst_buffer_new_memdup (bytes->data, bytes->len), 40);
  g_assert_nonnull (f->yield.data);
  g_assert_cmpuint (gst_buffer_n_memory (f->yield.data), ==, 1);
  g_assert_cmpuint (sample (f, 0)->size, ==, 100 * (4 + sizeof (large)));
  g_assert_cmpuint (gst_buffer_get_size (f->yield.data), ==,
      sample (f, 0)->size);
}

/* What goes on for ever does not begin another unit, and is not kept for ever */
static void
test_endless_unit (Fixture *f, gconstpointer text)
{
  gsize size = 1024 * 1024;
  guint i;

  push (f, join (4, UNIT (h264_sps), UNIT (h264_pps), UNIT (idr), NULL), 0);
  push (f, join (4, UNIT (slice), NULL), 40);
  for (i = 0; i < 40; i++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

    gst_buffer_memset (buffer, 0, 0xaa, size);
    push (f, gst_buffer_append (join (4, UNIT (second_slice), NULL), buffer),
        80 + i);
  }
  gst_pin_mp4_intake_drain (f->intake, &f->yield);
  g_assert_cmpuint (f->yield.samples->len, ==, 1);
  g_assert_cmpuint (sample (f, 0)->size, <, 10 * size);
}

/* Frames of a substream without the one that would end the sample */
static void
test_eac3_without_end (Fixture *f, gconstpointer text)
{
  static const guint8 frame[] = { 0x0b, 0x77, 0x08, 0x03, 0x04, 0x80, 0, 0 };
  guint i;

  for (i = 0; i < 1000; i++) {
    push (f, gst_buffer_new_memdup (frame, sizeof (frame)), i);
    g_assert_cmpuint (f->yield.samples->len, ==, 0);
  }
  gst_pin_mp4_intake_drain (f->intake, &f->yield);
  g_assert_cmpuint (f->yield.samples->len, ==, 1);
  g_assert_cmpuint (sample (f, 0)->size, <=, 128 * sizeof (frame));
}

#define H264 "video/x-h264, stream-format=byte-stream"
#define TEXT "text/x-raw, format=utf8"
#define ADTS "audio/mpeg, mpegversion=4, stream-format=adts"
#define ADD(name, text, func) \
    g_test_add ("/mp4-intake/" name, Fixture, text, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("units", H264 ", alignment=au", test_units);
  ADD ("large-unit", H264 ", alignment=au", test_large_unit);
  ADD ("changed-parameters", H264 ", alignment=au", test_changed_parameters);
  ADD ("unit-in-parts", H264, test_unit_in_parts);
  ADD ("many-large-units", H264 ", alignment=au", test_many_large_units);
  ADD ("endless-unit", H264, test_endless_unit);
  ADD ("eac3-without-end", "audio/x-eac3", test_eac3_without_end);
  ADD ("adts", ADTS, test_adts);
  ADD ("adts-times", ADTS, test_adts_times);
  ADD ("adts-change", ADTS, test_adts_change);
  ADD ("adts-blocks", ADTS, test_adts_blocks);
  ADD ("eac3-blocks", "audio/x-eac3", test_eac3_blocks);
  ADD ("adts-noise", ADTS, test_adts_noise);
  ADD ("mpa-noise", "audio/mpeg, mpegversion=1", test_adts_noise);
  ADD ("ac3-noise", "audio/x-eac3", test_adts_noise);
  ADD ("h264-noise", H264, test_adts_noise);
  ADD ("text", TEXT, test_text);
  ADD ("text-overlap", TEXT, test_text_overlap);
  ADD ("text-open", TEXT, test_text_open);
  ADD ("text-hostile", TEXT, test_text_hostile);
  ADD ("text-markup", "text/x-raw, format=pango-markup", test_text_markup);
  return g_test_run ();
}
