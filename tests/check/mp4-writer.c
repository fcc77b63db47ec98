/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whole files without an element: what is written, at which offset, in every
 * layout. The writes go to memory as a file sink would put them on a disk.
 */
#include "mp4-writer-private.h"
#include "mp4-find.h"
#include "mp4-make.h"

#define MS ((gint64) GST_MSECOND)

typedef struct
{
  GstPinMp4Writer *writer;
  GstPinMp4Track *video, *audio;
  GByteArray *file;
  guint64 position;
  gboolean went_back;
  gint64 sound;                 /* when the next of it begins */
} Fixture;

static void
begin (Fixture *f, GstPinMp4Layout layout, gboolean seekable)
{
  f->writer = gst_pin_mp4_writer_new (layout, seekable, 2000 * MS);
  f->video = gst_pin_mp4_writer_add_track (f->writer, GST_PIN_MP4_VIDEO);
  f->audio = gst_pin_mp4_writer_add_track (f->writer, GST_PIN_MP4_AUDIO);
  gst_pin_mp4_track_set_entry (f->video, mp4_make_entry (GST_PIN_MP4_VIDEO,
          90000, 0, "vide"), FALSE);
  gst_pin_mp4_track_set_entry (f->audio, mp4_make_entry (GST_PIN_MP4_AUDIO,
          48000, 1024, "soun"), FALSE);
  f->file = g_byte_array_new ();
  f->sound = 80 * MS;
}

static void
end (Fixture *f)
{
  gst_pin_mp4_writer_free (f->writer);
  g_byte_array_unref (f->file);
}

static void
take (Fixture *f)
{
  GstPinMp4Write write;
  guint i;

  while (gst_pin_mp4_writer_take (f->writer, &write)) {
    guint64 at = write.offset;

    f->went_back |= at != f->position;
    for (i = 0; i < gst_buffer_list_length (write.list); i++) {
      GstMapInfo map;

      gst_buffer_map (gst_buffer_list_get (write.list, i), &map, GST_MAP_READ);
      if (f->file->len < at + map.size)
        g_byte_array_set_size (f->file, at + map.size);
      memcpy (f->file->data + at, map.data, map.size);
      at += map.size;
      gst_buffer_unmap (gst_buffer_list_get (write.list, i), &map);
    }
    g_assert_cmpuint (at, ==, write.offset + write.size);
    f->position = at;
    gst_buffer_list_unref (write.list);
  }
}

/* Video at 25 a second that is shown 80 ms after it is decoded and begins at
 * 100 ms; sound that begins at 80 ms */
static void
push_seconds_from (Fixture *f, guint from, guint to, guint size)
{
  guint i;

  for (i = from * 25; i < to * 25; i++) {
    gint64 dts = 20 * MS + i * 40 * MS;

    mp4_push (f->video, dts + 80 * MS, dts, size + i % 7, i % 50 == 0);
    for (; f->sound < dts; f->sound += 1024 * (gint64) GST_SECOND / 48000)
      mp4_push (f->audio, f->sound, f->sound, 300, TRUE);
    gst_pin_mp4_writer_update (f->writer);
    take (f);
  }
}

static void
push_seconds (Fixture *f, guint seconds, guint size)
{
  push_seconds_from (f, 0, seconds, size);
}

static const guint8 *
find (Fixture *f, const gchar *path)
{
  gsize size;

  return mp4_find (f->file->data, f->file->len, path, &size);
}

static void
assert_order (Fixture *f, const gchar *expected)
{
  g_autoptr (GString) kinds = g_string_new (NULL);
  gsize at = 0;

  while (at < f->file->len) {
    g_assert_cmpuint (at + 8, <=, f->file->len);
    g_assert_cmpuint (mp4_u32 (f->file->data, at), >=, 8);
    g_string_append_len (kinds, (const gchar *) f->file->data + at + 4, 4);
    g_string_append_c (kinds, ' ');
    at += mp4_u32 (f->file->data, at);
  }
  g_assert_cmpuint (at, ==, f->file->len);
  g_assert_cmpstr (kinds->str, ==, expected);
}

/* The first sample of the first track lies where its chunk says */
static void
assert_samples (Fixture *f)
{
  guint32 offset = mp4_u32 (find (f, "moov/trak/mdia/minf/stbl/stco"), 8);

  g_assert_cmpuint (f->file->data[offset], ==, 0x55);
  g_assert_cmpuint (offset, ==, find (f, "mdat") - f->file->data);
}

static void
assert_edits (Fixture *f)
{
  const guint8 *elst = find (f, "moov/trak/edts/elst");

  g_assert_cmpuint (mp4_u32 (elst, 4), ==, 2);
  g_assert_cmpuint (mp4_u32 (elst, 8), ==, 1800);       /* 20 ms of 90 kHz */
  g_assert_cmpint ((gint32) mp4_u32 (elst, 12), ==, -1);
  g_assert_cmpuint (mp4_u32 (elst, 24), ==, 7200);
}

static void
test_short (void)
{
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_FASTSTART, TRUE);
  push_seconds (&f, 4, 1000);
  g_assert_true (gst_pin_mp4_writer_finish (f.writer));
  take (&f);
  g_assert_false (f.went_back);
  assert_order (&f, "ftyp moov mdat ");
  assert_samples (&f);
  assert_edits (&f);
  end (&f);
}

static void
test_faststart (void)
{
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_FASTSTART, TRUE);
  gst_pin_mp4_writer_set_duration (f.writer, 60 * GST_SECOND);
  push_seconds (&f, 60, 10000);
  g_assert_null (find (&f, "moov"));
  g_assert_true (gst_pin_mp4_writer_finish (f.writer));
  take (&f);
  assert_order (&f, "ftyp moov free free mdat ");
  assert_samples (&f);
  assert_edits (&f);
  g_assert_null (gst_pin_mp4_writer_take_warning (f.writer));
  end (&f);
}

/* Nobody knows the duration, but the size is known; or nothing is */
static void
test_faststart_by_size (void)
{
  guint by_size;

  for (by_size = 0; by_size < 2; by_size++) {
    Fixture f = { 0, };

    begin (&f, GST_PIN_MP4_LAYOUT_FASTSTART, TRUE);
    gst_pin_mp4_writer_set_source_size (f.writer, by_size * 16000000);
    push_seconds (&f, 60, 10000);
    g_assert_true (gst_pin_mp4_writer_finish (f.writer));
    take (&f);
    assert_order (&f, "ftyp moov free free mdat ");
    assert_samples (&f);
    g_assert_null (gst_pin_mp4_writer_take_warning (f.writer));
    end (&f);
  }
}

/* Longer than was said: still a good file, with a word about it */
static void
test_reserve_too_small (void)
{
  g_autofree gchar *warning = NULL;
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_FASTSTART, TRUE);
  gst_pin_mp4_writer_set_duration (f.writer, GST_SECOND);
  push_seconds (&f, 300, 10000);
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  assert_order (&f, "ftyp free free mdat moov ");
  assert_samples (&f);
  warning = gst_pin_mp4_writer_take_warning (f.writer);
  g_assert_nonnull (warning);
  end (&f);
}

/* Writes four seconds with a title of @length letters, which comes when room
 * has been set aside. Returns how much of that is left; negative: too little */
static gint
try_title (guint length, const gchar *order, gboolean warns)
{
  g_autofree gchar *title = g_strnfill (length, 'x'), *warning = NULL;
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_TITLE, title, NULL);
  Fixture f = { 0, };
  gsize header;
  gint left;

  begin (&f, GST_PIN_MP4_LAYOUT_FASTSTART, TRUE);
  gst_pin_mp4_writer_set_duration (f.writer, 4 * GST_SECOND);
  push_seconds (&f, 4, 20000);
  left = mp4_u32 (find (&f, "free") - 8, 0);
  gst_pin_mp4_writer_set_tags (f.writer, tags);
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  mp4_find (f.file->data, f.file->len, "moov", &header);
  warning = gst_pin_mp4_writer_take_warning (f.writer);
  g_assert_true ((warning != NULL) == warns);
  assert_order (&f, order);
  assert_samples (&f);
  end (&f);
  return left - (gint) header - 8;
}

/* To the byte: what is left is nothing, or enough for a box */
static void
test_reserve_edges (void)
{
  const gchar *in_front = "ftyp moov free free mdat ";
  const gchar *behind = "ftyp free free mdat moov ";
  gint all = 1 + try_title (1, in_front, FALSE), left;

  for (left = -1; left <= 9; left++) {
    gboolean fits = left == 0 || left >= 8;

    g_assert_cmpint (try_title (all - left, left == 0 ? "ftyp moov free mdat "
            : fits ? in_front : behind, !fits), ==, left);
  }
}

/* What is written, but for the samples */
static void
take_small (Fixture *f, guint64 *position)
{
  GstPinMp4Write write;

  while (gst_pin_mp4_writer_take (f->writer, &write)) {
    guint n = gst_buffer_list_length (write.list);

    if (n == 1 && write.size < 65536) {
      GstBuffer *buffer = gst_buffer_list_get (write.list, 0);
      guint at = f->file->len;

      g_byte_array_set_size (f->file, at + write.size);
      gst_buffer_extract (buffer, 0, f->file->data + at, write.size);
      *position = write.offset;
    }
    gst_buffer_list_unref (write.list);
  }
}

/* More than 32 bits can count; the samples are all the same piece of memory */
static void
test_large (void)
{
  const guint n = 140, size = 32 * 1024 * 1024;
  const guint64 payload = (guint64) n * size;
  g_autofree guint8 *zeros = g_malloc0 (size);
  gboolean pipe;
  guint i;

  for (pipe = FALSE; pipe <= TRUE; pipe++) {
    guint64 position = 0;
    const guint8 *co64;
    Fixture f = { 0, };

    begin (&f, GST_PIN_MP4_LAYOUT_PLAIN, !pipe);
    f.audio->ended = TRUE;
    for (i = 0; i < n; i++) {
      GstPinMp4Sample sample = { i * 2000 * MS, i * 2000 * MS, 0, size, TRUE };

      gst_pin_mp4_track_push (f.video, gst_buffer_new_wrapped_full
          (GST_MEMORY_FLAG_READONLY, zeros, size, 0, size, NULL, NULL),
          &sample, 1);
      gst_pin_mp4_writer_update (f.writer);
      take_small (&f, &position);
    }
    g_byte_array_set_size (f.file, 0);
    gst_pin_mp4_writer_finish (f.writer);
    take_small (&f, &position);
    if (!pipe) {
      g_assert_cmpuint (mp4_u32 (f.file->data, 0), ==, 1);
      g_assert_cmpmem (f.file->data + 4, 4, "mdat", 4);
      g_assert_cmpuint (GST_READ_UINT64_BE (f.file->data + 8), ==,
          payload + 16);
      g_byte_array_remove_range (f.file, 0, 16);
    }
    g_assert_cmpuint (position, >, payload);
    co64 = find (&f, "moov/trak/mdia/minf/stbl/co64");
    g_assert_cmpuint (mp4_u32 (co64, 4), ==, n);
    g_assert_cmpuint (GST_READ_UINT64_BE (co64 + 8 * n), ==, position - size);
    end (&f);
  }
}

static void
test_plain (void)
{
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_PLAIN, TRUE);
  push_seconds (&f, 10, 10000);
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  assert_order (&f, "ftyp free mdat moov ");
  assert_samples (&f);
  assert_edits (&f);
  end (&f);
}

static void
test_plain_in_a_pipe (void)
{
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_PLAIN, FALSE);
  push_seconds (&f, 10, 10000);
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  g_assert_false (f.went_back);
  assert_order (&f, "ftyp mdat mdat mdat moov ");
  assert_samples (&f);
  end (&f);
}

static void
test_fragmented (void)
{
  const guint8 *tfdt;
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  gst_pin_mp4_writer_set_duration (f.writer, 10 * GST_SECOND);
  push_seconds (&f, 1, 1000);
  assert_order (&f, "ftyp moov moof mdat ");
  push_seconds_from (&f, 1, 3, 1000);
  assert_order (&f, "ftyp moov moof mdat moof mdat ");
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  g_assert_false (f.went_back);
  assert_order (&f, "ftyp moov moof mdat moof mdat moof mdat ");
  g_assert_nonnull (find (&f, "moov/mvex/mehd"));
  /* the picture comes 20 ms after the sound: decoding 0 + 20 ms, and an edit that
   * skips the 80 ms between decoding and showing */
  tfdt = find (&f, "moof/traf/tfdt");
  g_assert_cmpuint (GST_READ_UINT64_BE (tfdt + 4), ==, 1800);
  g_assert_cmpuint (mp4_u32 (find (&f, "moov/trak/edts/elst"), 12), ==, 7200);
  end (&f);
}

/* The first `traf` of a track from a place in the file on, which becomes where
 * its fragment begins */
static const guint8 *
find_run (Fixture *f, guint32 track, gsize *place, gsize *size)
{
  const guint8 *box = f->file->data;
  gsize at, end;

  for (; *place < f->file->len; *place += mp4_u32 (box, *place)) {
    if (memcmp (box + *place + 4, "moof", 4) != 0)
      continue;
    end = *place + mp4_u32 (box, *place);
    for (at = *place + 8; at < end; at += mp4_u32 (box, at)) {
      *size = mp4_u32 (box, at) - 8;
      if (memcmp (box + at + 4, "traf", 4) == 0
          && mp4_u32 (mp4_find (box + at + 8, *size, "tfhd", NULL), 4)
          == track)
        return box + at + 8;
    }
  }
  return NULL;
}

static GstPinMp4Track *
add_text (Fixture *f)
{
  GstPinMp4Track *text =
      gst_pin_mp4_writer_add_track (f->writer, GST_PIN_MP4_TEXT);

  gst_pin_mp4_track_set_entry (text, gst_pin_mp4_entry_new_text (), FALSE);
  return text;
}

static void
push_text (GstPinMp4Track *text, guint from, guint to)
{
  GstPinMp4Sample sample = { from * MS, from * MS, (to - from) * MS, 4, TRUE };

  gst_pin_mp4_track_push (text, gst_buffer_new_memdup ("\0\2Hi", 4), &sample,
      1);
}

static void
push_video (Fixture *f, gint64 pts, gint64 dts, gboolean sync)
{
  mp4_push (f->video, pts, dts, 100, sync);
  gst_pin_mp4_writer_update (f->writer);
  take (f);
}

/* The header goes as soon as it can be right: with the first sound, and when no
 * picture can come any more that is shown before those that have come. Here two
 * come that were before the first in an open group of pictures. */
static void
test_header_is_early (void)
{
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  mp4_push (f.audio, 80 * MS, 80 * MS, 300, TRUE);
  push_video (&f, 220 * MS, 20 * MS, TRUE);
  push_video (&f, 140 * MS, 60 * MS, FALSE);
  push_video (&f, 100 * MS, 80 * MS, FALSE);
  g_assert_cmpuint (f.file->len, ==, 0);
  push_video (&f, 180 * MS, 100 * MS, FALSE);
  assert_order (&f, "ftyp moov ");
  g_assert_cmpuint (mp4_u32 (find (&f, "moov/trak/edts/elst"), 12), ==,
      80 * 90);
  end (&f);
}

/* Pictures that are shown before they are decoded, as some packagers have it:
 * 40 ms before, 80 ms behind, then with it */
static void
push_negative_offsets (Fixture *f)
{
  static const gint offsets[] = { -40, 80, 0, 0 };
  guint i;

  f->audio->ended = TRUE;
  for (i = 0; i < 20; i++)
    push_video (f, (200 + (gint) i * 40 + offsets[i % 4]) * MS,
        (200 + i * 40) * MS, i == 0);
  gst_pin_mp4_writer_finish (f->writer);
  take (f);
}

/* None is shown before the media's time 0 where the header says all; a fragment
 * says that its offsets have a sign */
static void
test_negative_offsets (void)
{
  const guint8 *ctts, *trun;
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_PLAIN, TRUE);
  push_negative_offsets (&f);
  ctts = find (&f, "moov/trak/mdia/minf/stbl/ctts");
  g_assert_cmpuint (mp4_u32 (ctts, 0), ==, 0);
  g_assert_cmpuint (mp4_u32 (ctts, 12), ==, 0);
  g_assert_cmpuint (mp4_u32 (ctts, 20), ==, 120 * 90);
  g_assert_cmpuint (mp4_u32 (find (&f, "moov/trak/edts/elst"), 12), ==, 0);
  end (&f);

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, TRUE);
  push_negative_offsets (&f);
  g_assert_null (find (&f, "moov/trak/edts/elst"));
  g_assert_cmpuint (mp4_u32 (find (&f, "moof/traf/tfdt"), 8), ==, 40 * 90);
  trun = find (&f, "moof/traf/trun");
  g_assert_cmpuint (trun[0], ==, 1);
  g_assert_cmpint ((gint32) mp4_u32 (trun, 20), ==, -40 * 90);
  end (&f);
}

/* Sound of before the header, which has gone without it */
static void
test_late_and_before_the_header (void)
{
  const guint8 *traf, *tfdt;
  gsize place = 0, size;
  Fixture f = { 0, };
  guint i;

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  for (i = 0; i < 300; i++)
    push_video (&f, (5000 + i * 40) * MS, (5000 + i * 40) * MS, i == 0);
  g_assert_nonnull (find (&f, "moof"));
  for (i = 0; i < 400; i++)
    mp4_push (f.audio, (i + 1) * 20 * MS, (i + 1) * 20 * MS, 300, TRUE);
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  traf = find_run (&f, 2, &place, &size);
  tfdt = mp4_find (traf, size, "tfdt", NULL);
  g_assert_cmpuint (GST_READ_UINT64_BE (tfdt + 4), ==, 0);
  end (&f);
}

/* A track that nothing was known of when the header went is left out, which
 * is said */
static void
test_too_late_for_the_header (void)
{
  g_autofree gchar *warning = NULL;
  GstPinMp4Track *late;
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  late = gst_pin_mp4_writer_add_track (f.writer, GST_PIN_MP4_AUDIO);
  push_seconds (&f, 9, 1000);
  g_assert_cmpuint (f.file->len, ==, 0);
  g_assert_null (gst_pin_mp4_writer_take_warning (f.writer));
  push_seconds_from (&f, 9, 11, 1000);
  g_assert_nonnull (find (&f, "moof"));
  warning = gst_pin_mp4_writer_take_warning (f.writer);
  g_assert_nonnull (warning);
  gst_pin_mp4_track_set_entry (late, mp4_make_entry (GST_PIN_MP4_AUDIO, 48000,
          1024, "soun"), FALSE);
  mp4_push (late, 11000 * MS, 11000 * MS, 300, TRUE);
  push_seconds_from (&f, 11, 20, 1000);
  g_assert_cmpuint (late->held, ==, 0);
  end (&f);
}

/* A track without a sample yet might say anything still; its end says enough */
static void
test_header_waits_for_all (void)
{
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  push_video (&f, 0, 0, TRUE);
  push_video (&f, 40 * MS, 40 * MS, FALSE);
  g_assert_cmpuint (f.file->len, ==, 0);
  f.audio->ended = TRUE;
  gst_pin_mp4_writer_update (f.writer);
  take (&f);
  assert_order (&f, "ftyp moov ");
  end (&f);
}

/* Text may stay silent for long, but at first it has a moment to say its
 * language */
static void
test_header_waits_for_language (void)
{
  Fixture f = { 0, };
  GstPinMp4Track *text;

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  text = add_text (&f);
  f.audio->ended = TRUE;
  push_video (&f, 0, 0, TRUE);
  push_video (&f, 480 * MS, 480 * MS, FALSE);
  g_assert_cmpuint (f.file->len, ==, 0);
  text->announced = TRUE;
  gst_pin_mp4_writer_update (f.writer);
  take (&f);
  assert_order (&f, "ftyp moov ");
  end (&f);

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  add_text (&f);
  f.audio->ended = TRUE;
  f.position = 0;
  push_video (&f, 0, 0, TRUE);
  push_video (&f, 520 * MS, 520 * MS, FALSE);
  assert_order (&f, "ftyp moov moof mdat ");
  end (&f);
}

/* Two entries before the header goes, in one fragment: each has its own run */
static void
test_entries_in_a_fragment (void)
{
  const guint8 *moof, *trun;
  Fixture f = { 0, };
  gsize size, at;
  guint i, n = 0, data_offset = 0;

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  for (i = 0; i < 4; i++)
    mp4_push (f.video, i * 40 * MS, i * 40 * MS, 100, i == 0);
  gst_pin_mp4_track_set_entry (f.video, mp4_make_entry (GST_PIN_MP4_VIDEO,
          90000, 0, "next"), FALSE);
  for (; i < 10; i++)
    mp4_push (f.video, i * 40 * MS, i * 40 * MS, 100, i == 0);
  f.audio->ended = TRUE;
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  moof = mp4_find (f.file->data, f.file->len, "moof", &size);
  for (at = 0; at < size; at += mp4_u32 (moof, at)) {
    gsize inner = mp4_u32 (moof, at) - 8;
    const guint8 *tfdt = mp4_find (moof + at + 8, inner, "tfdt", NULL);

    if (memcmp (moof + at + 4, "traf", 4) != 0)
      continue;
    g_assert_cmpuint (mp4_u32 (mp4_find (moof + at + 8, inner, "tfhd", NULL),
            8), ==, ++n);
    g_assert_cmpuint (mp4_u32 (tfdt, 8), ==, n == 1 ? 0 : 4 * 3600);
    trun = mp4_find (moof + at + 8, inner, "trun", NULL);
    g_assert_cmpuint (mp4_u32 (trun, 4), ==, n == 1 ? 4 : 6);
    if (n == 2)
      g_assert_cmpuint (mp4_u32 (trun, 8) - data_offset, ==, 400);
    data_offset = mp4_u32 (trun, 8);
  }
  g_assert_cmpuint (n, ==, 2);
  end (&f);
}

/* What comes behind the header stands in front of the next fragment, once, and
 * without what the header has */
static void
test_late_tags (void)
{
  g_autoptr (GstTagList) early = gst_tag_list_new (GST_TAG_TITLE, "T", NULL);
  g_autoptr (GstTagList) late = gst_tag_list_new (GST_TAG_TITLE, "T",
      GST_TAG_COMMENT, "C", NULL);
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  gst_pin_mp4_writer_set_tags (f.writer, early);
  push_video (&f, 0, 0, TRUE);
  mp4_push (f.audio, 0, 0, 300, TRUE);
  gst_pin_mp4_writer_update (f.writer);
  take (&f);
  assert_order (&f, "ftyp moov ");
  gst_pin_mp4_writer_set_tags (f.writer, late);
  push_seconds (&f, 5, 1000);
  assert_order (&f, "ftyp moov meta moof mdat moof mdat moof mdat ");
  g_assert_nonnull (find (&f, "moov/udta/meta/ilst/\251nam"));
  g_assert_null (find (&f, "meta/ilst/\251nam"));
  g_assert_nonnull (find (&f, "meta/ilst/\251cmt"));
  end (&f);
}

static const guint8 *
find_in_track (Fixture *f, guint n, const gchar *path, gsize *size)
{
  gsize moov_size, at;
  const guint8 *moov = mp4_find (f->file->data, f->file->len, "moov",
      &moov_size);

  for (at = 0;; at += mp4_u32 (moov, at)) {
    g_assert_cmpuint (at, <, moov_size);
    if (memcmp (moov + at + 4, "trak", 4) == 0 && n-- == 0)
      return mp4_find (moov + at, mp4_u32 (moov, at), path, size);
  }
}

/* Text begins with the movie at the earliest and ends with it at the latest;
 * all its cues were there before the first picture */
static void
test_text (void)
{
  GstPinMp4Track *text;
  const guint8 *elst, *tkhd;
  Fixture f = { 0, };
  gsize size;

  begin (&f, GST_PIN_MP4_LAYOUT_FASTSTART, TRUE);
  text = add_text (&f);
  push_text (text, 0, 1000);
  push_text (text, 1000, 9000);
  push_seconds (&f, 4, 1000);
  g_assert_true (gst_pin_mp4_writer_finish (f.writer));
  take (&f);
  elst = find_in_track (&f, 2, "trak/edts/elst", &size);
  g_assert_cmpuint (mp4_u32 (elst, 4), ==, 1);
  /* 80 ms … 4100 ms, from 80 ms of its own media */
  g_assert_cmpuint (mp4_u32 (elst, 8), ==, 4020 * 90);
  g_assert_cmpuint (mp4_u32 (elst, 12), ==, 80);
  tkhd = find_in_track (&f, 2, "trak/tkhd", &size);
  g_assert_cmpuint (mp4_u32 (tkhd, 0), ==, 3);
  g_assert_cmpuint (mp4_u32 (find (&f, "moov/mvhd"), 16), ==, 4020 * 90);
  end (&f);
}

/* A cue that began before the movie, and one behind it; the second text is
 * switched off */
static void
test_text_fragmented (void)
{
  GstPinMp4Track *text;
  const guint8 *traf, *tfdt, *trun;
  Fixture f = { 0, };
  gsize size, place = 0;

  begin (&f, GST_PIN_MP4_LAYOUT_FRAGMENTED, FALSE);
  text = add_text (&f);
  add_text (&f)->announced = TRUE;
  text->announced = TRUE;
  push_seconds (&f, 1, 1000);
  assert_order (&f, "ftyp moov moof mdat ");
  g_assert_cmpuint (mp4_u32 (find_in_track (&f, 2, "trak/tkhd", &size), 0), ==,
      3);
  g_assert_cmpuint (mp4_u32 (find_in_track (&f, 3, "trak/tkhd", &size), 0), ==,
      2);
  text->keeps_leading = TRUE;
  push_text (text, 0, 700);
  push_text (text, 700, 3000);
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  traf = find_run (&f, 3, &place, &size);
  /* from the movie's beginning, 80 ms: 0 … 620, 620 … 2920 */
  tfdt = mp4_find (traf, size, "tfdt", NULL);
  g_assert_cmpuint (GST_READ_UINT64_BE (tfdt + 4), ==, 0);
  trun = mp4_find (traf, size, "trun", NULL);
  g_assert_cmpuint (mp4_u32 (trun, 4), ==, 2);
  g_assert_cmpuint (mp4_u32 (trun, 12), ==, 620);
  g_assert_cmpuint (mp4_u32 (trun, 20), ==, 2300);
  end (&f);
}

/* What lies before time 0 is decoded, not heard: as ffmpeg keeps the priming
 * of AAC */
static void
test_priming (void)
{
  const guint8 *elst;
  Fixture f = { 0, };
  gint64 i;

  begin (&f, GST_PIN_MP4_LAYOUT_PLAIN, TRUE);
  f.video->ended = TRUE;
  for (i = -1; i < 100; i++)
    mp4_push (f.audio, i * 1024 * (gint64) GST_SECOND / 48000,
        GST_PIN_MP4_NO_TIME, 300, TRUE);
  gst_pin_mp4_writer_finish (f.writer);
  take (&f);
  elst = find (&f, "moov/trak/edts/elst");
  g_assert_cmpuint (mp4_u32 (elst, 4), ==, 1);
  g_assert_cmpuint (mp4_u32 (elst, 8), ==, 100 * 1920);
  g_assert_cmpuint (mp4_u32 (elst, 12), ==, 1024);
  end (&f);
}

static void
test_nothing (void)
{
  Fixture f = { 0, };

  begin (&f, GST_PIN_MP4_LAYOUT_PLAIN, TRUE);
  g_assert_false (gst_pin_mp4_writer_finish (f.writer));
  take (&f);
  g_assert_cmpuint (f.file->len, ==, 0);
  end (&f);
}

/* One track alone runs for an hour, the other never begins: what is held stays
 * bounded all the time */
static void
test_bounded (void)
{
  static const GstPinMp4Layout layouts[] = { GST_PIN_MP4_LAYOUT_PLAIN,
    GST_PIN_MP4_LAYOUT_FASTSTART, GST_PIN_MP4_LAYOUT_FRAGMENTED
  };
  guint i, j;

  for (i = 0; i < G_N_ELEMENTS (layouts); i++) {
    Fixture f = { 0, };
    gsize most = 0;

    begin (&f, layouts[i], TRUE);
    for (j = 0; j < 3600 * 25; j++) {
      GstPinMp4Write write;

      mp4_push (f.video, j * 40 * MS, j * 40 * MS, 8000, j % 5000 == 0);
      gst_pin_mp4_writer_update (f.writer);
      most = MAX (most, gst_pin_mp4_writer_get_held (f.writer));
      while (gst_pin_mp4_writer_take (f.writer, &write))
        gst_buffer_list_unref (write.list);
    }
    g_assert_cmpuint (most, <, 10 * 1024 * 1024);
    end (&f);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-writer/short", test_short);
  g_test_add_func ("/mp4-writer/faststart", test_faststart);
  g_test_add_func ("/mp4-writer/faststart-by-size", test_faststart_by_size);
  g_test_add_func ("/mp4-writer/reserve-too-small", test_reserve_too_small);
  g_test_add_func ("/mp4-writer/reserve-edges", test_reserve_edges);
  g_test_add_func ("/mp4-writer/large", test_large);
  g_test_add_func ("/mp4-writer/plain", test_plain);
  g_test_add_func ("/mp4-writer/plain-in-a-pipe", test_plain_in_a_pipe);
  g_test_add_func ("/mp4-writer/fragmented", test_fragmented);
  g_test_add_func ("/mp4-writer/header-is-early", test_header_is_early);
  g_test_add_func ("/mp4-writer/negative-offsets", test_negative_offsets);
  g_test_add_func ("/mp4-writer/late-and-before-the-header",
      test_late_and_before_the_header);
  g_test_add_func ("/mp4-writer/too-late-for-the-header",
      test_too_late_for_the_header);
  g_test_add_func ("/mp4-writer/header-waits-for-all",
      test_header_waits_for_all);
  g_test_add_func ("/mp4-writer/header-waits-for-language",
      test_header_waits_for_language);
  g_test_add_func ("/mp4-writer/entries-in-a-fragment",
      test_entries_in_a_fragment);
  g_test_add_func ("/mp4-writer/late-tags", test_late_tags);
  g_test_add_func ("/mp4-writer/text", test_text);
  g_test_add_func ("/mp4-writer/text-fragmented", test_text_fragmented);
  g_test_add_func ("/mp4-writer/priming", test_priming);
  g_test_add_func ("/mp4-writer/nothing", test_nothing);
  g_test_add_func ("/mp4-writer/bounded", test_bounded);
  return g_test_run ();
}
