/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader of moov and moof on boxes made in memory, whole and damaged.
 */
#include "pin-mp4-index.h"

#include <gst/gst.h>

#include "mp4-maker.h"

/* The first box of that type */
static GstPinMp4Atom
find_top (GByteArray *data, const gchar *type)
{
  GstPinMp4Atom all = { data->data, data->len }, box;
  gsize offset = 0;

  while (gst_pin_mp4_atom_next (&all, &offset, &box)) {
    if (gst_pin_mp4_atom_is (&box, type))
      return box;
  }
  g_assert_not_reached ();
}

static void
test_progressive (void)
{
  g_autoptr (GByteArray) data = make_progressive (100, TRUE, 1024);
  GstPinMp4Atom moov = find_top (data, "moov");
  GstPinMp4Atom mdat = find_top (data, "mdat");
  g_autoptr (GstPinMp4Index) index = gst_pin_mp4_index_new ();
  g_autoptr (GError) error = NULL;
  GstPinMp4IndexTrack *track;
  GstPinMp4IndexSample *sample;
  const GstStructure *s;

  gst_pin_mp4_index_read_moov (index, &moov, &error);
  g_assert_no_error (error);
  g_assert_false (index->fragmented);
  g_assert_cmpuint (index->tracks->len, ==, 1);
  g_assert_cmpuint (index->samples->len, ==, 100);

  track = g_ptr_array_index (index->tracks, 0);
  g_assert_cmpint (track->shift, ==, -21333333);
  s = gst_caps_get_structure (track->caps, 0);
  g_assert_cmpstr (gst_structure_get_name (s), ==, "audio/mpeg");
  g_assert_cmpstr (gst_structure_get_string (s, "stream-format"), ==, "raw");
  g_assert_true (gst_structure_has_field (s, "codec_data"));

  sample = &g_array_index (index->samples, GstPinMp4IndexSample, 99);
  g_assert_cmpuint (sample->offset, ==, mdat.data - data->data + 8
      + 99 * SAMPLE_SIZE);
  g_assert_cmpint (sample->dts, ==, 99 * SAMPLE_TICKS);
  g_assert_true (sample->sync);
}

static void
test_fragments (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GstPinMp4Index) index = gst_pin_mp4_index_new ();
  g_autoptr (GError) error = NULL;
  GstPinMp4Atom moov, moof, mdat;
  GstPinMp4IndexSample *sample;

  put_init (data);
  put_fragment (data, 50, 10);
  moov = find_top (data, "moov");
  moof = find_top (data, "moof");
  mdat = find_top (data, "mdat");
  gst_pin_mp4_index_read_moov (index, &moov, &error);
  g_assert_no_error (error);
  g_assert_true (index->fragmented);
  gst_pin_mp4_index_read_moof (index, &moof, 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (index->samples->len, ==, 10);
  sample = &g_array_index (index->samples, GstPinMp4IndexSample, 0);
  g_assert_cmpint (sample->dts, ==, 50 * SAMPLE_TICKS);
  g_assert_cmpuint (sample->offset, ==, 1000 + (mdat.data - moof.data) + 8);
}

/* Damaged in one place after the other: an error or nonsense, but no byte is
 * read that is not there (the sanitizers see to that) */
static void
test_damage (void)
{
  g_autoptr (GByteArray) data = make_progressive (20, TRUE, 1024);
  GstPinMp4Atom whole = find_top (data, "moov");
  guint at, value;
  static const guint8 values[] = { 0, 1, 0x7f, 0xff };

  for (at = 8; at < whole.size; at++) {
    for (value = 0; value < G_N_ELEMENTS (values); value++) {
      g_autoptr (GstPinMp4Index) index = gst_pin_mp4_index_new ();
      g_autofree guint8 *copy = g_memdup2 (whole.data, whole.size);
      GstPinMp4Atom box = { copy, whole.size };

      copy[at] = values[value];
      gst_pin_mp4_index_read_moov (index, &box, NULL);
    }
  }
}

static void
test_damaged_fragment (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  GstPinMp4Atom moov, whole;
  guint at;

  put_init (data);
  put_fragment (data, 0, 10);
  moov = find_top (data, "moov");
  whole = find_top (data, "moof");
  for (at = 8; at < whole.size; at++) {
    g_autoptr (GstPinMp4Index) index = gst_pin_mp4_index_new ();
    g_autofree guint8 *copy = g_memdup2 (whole.data, whole.size);
    GstPinMp4Atom box = { copy, whole.size };

    copy[at] ^= 0xff;
    g_assert_true (gst_pin_mp4_index_read_moov (index, &moov, NULL));
    gst_pin_mp4_index_read_moof (index, &box, 0, NULL);
  }
}

/* A run without tables needs no bytes, but must not be endless */
static void
test_absurd_count (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GstPinMp4Index) index = gst_pin_mp4_index_new ();
  g_autoptr (GError) error = NULL;
  GstPinMp4Atom moov, moof;

  put_init (data);
  put_fragment (data, 0, G_MAXINT16);
  moov = find_top (data, "moov");
  moof = find_top (data, "moof");
  patch32 (data, moof.data + moof.size - 8 - data->data, G_MAXUINT32);
  g_assert_true (gst_pin_mp4_index_read_moov (index, &moov, NULL));
  g_assert_false (gst_pin_mp4_index_read_moof (index, &moof, 0, &error));
  g_assert_nonnull (error);
}

static guint
find_type (const GByteArray *data, const gchar *type)
{
  guint at = 4;

  while (memcmp (data->data + at, type, 4) != 0)
    at++;
  return at;
}

/* Samples of nothing are only time, and that does not run over */
static void
test_empty_samples (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GstPinMp4Index) index = gst_pin_mp4_index_new ();
  const GstPinMp4IndexTrack *track;
  GstPinMp4Atom moov, moof;
  guint i;

  put_init (data);
  patch32 (data, find_type (data, "trex") + 16, G_MAXUINT32);
  patch32 (data, find_type (data, "trex") + 20, 0);
  put_fragment (data, 0, 10);
  memcpy (data->data + find_type (data, "tfdt"), "free", 4);
  moov = find_top (data, "moov");
  moof = find_top (data, "moof");
  patch32 (data, moof.data + moof.size - 8 - data->data, 1024 * 1024);
  g_assert_true (gst_pin_mp4_index_read_moov (index, &moov, NULL));
  track = g_ptr_array_index (index->tracks, 0);
  for (i = 0; i < 5000; i++)
    g_assert_true (gst_pin_mp4_index_read_moof (index, &moof, 0, NULL));
  g_assert_cmpuint (index->samples->len, ==, 0);
  g_assert_cmpint (track->next_dts, >, G_MAXINT32);
  g_assert_cmpint (track->next_dts, <=, G_MAXINT64 / 2);
}

/* A header of a few bytes does not make a list of a hundred megabytes, and
 * fragments whose media never come do not make one together */
static void
test_many_unlisted (void)
{
  g_autoptr (GByteArray) file = make_progressive (100, TRUE, 0);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GstPinMp4Index) index = gst_pin_mp4_index_new ();
  g_autoptr (GstPinMp4Index) other = gst_pin_mp4_index_new ();
  GstPinMp4Atom moov = find_top (file, "moov"), moof;
  guint i;

  patch32 (file, find_type (file, "stsz") + 12, 2 * 1024 * 1024);
  g_assert_false (gst_pin_mp4_index_read_moov (index, &moov, NULL));

  put_init (data);
  put_fragment (data, 0, 5000);
  moov = find_top (data, "moov");
  moof = find_top (data, "moof");
  g_assert_true (gst_pin_mp4_index_read_moov (other, &moov, NULL));
  for (i = 0; i < 100; i++) {
    if (!gst_pin_mp4_index_read_moof (other, &moof, 0, NULL))
      break;
  }
  g_assert_cmpuint (i, <, 10);
}

/* An "avcC" with nothing in it sets no decoder up */
static void
test_empty_configuration (void)
{
  g_autoptr (GByteArray) stsd = g_byte_array_new ();
  guint start = begin_full_box (stsd, "stsd", 0), entry, config;
  g_autoptr (GstCaps) caps = NULL;
  GstPinMp4Atom box;

  put32 (stsd, 1);
  entry = begin_box (stsd, "avc1");
  put_zeros (stsd, 78);
  config = begin_box (stsd, "avcC");
  end_box (stsd, config);
  end_box (stsd, entry);
  end_box (stsd, start);
  box.data = stsd->data;
  box.size = stsd->len;
  caps = gst_pin_mp4_entry_read (&box, "vide");
  g_assert_true (gst_structure_has_name (gst_caps_get_structure (caps, 0),
          "video/x-unknown"));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-index/progressive", test_progressive);
  g_test_add_func ("/mp4-index/fragments", test_fragments);
  g_test_add_func ("/mp4-index/damage", test_damage);
  g_test_add_func ("/mp4-index/damaged-fragment", test_damaged_fragment);
  g_test_add_func ("/mp4-index/absurd-count", test_absurd_count);
  g_test_add_func ("/mp4-index/empty-samples", test_empty_samples);
  g_test_add_func ("/mp4-index/many-unlisted", test_many_unlisted);
  g_test_add_func ("/mp4-index/empty-configuration",
      test_empty_configuration);
  return g_test_run ();
}
