/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tags reach their boxes; what has no box is left out.
 */
#include "mp4-tags-private.h"
#include "mp4-find.h"

static gchar *
get_text (const GstPinMp4Box *box, const gchar *type)
{
  g_autofree gchar *path = g_strdup_printf ("udta/meta/ilst/%s/data", type);
  gsize size;
  const guint8 *data = mp4_find (box->data, box->size, path, &size);

  return data ? g_strndup ((const gchar *) data + 8, size - 8) : NULL;
}

static void
test_texts (void)
{
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_TITLE, "Ein Tïtel",
      GST_TAG_ARTIST, "A", GST_TAG_COMMENT, "https://example.invalid/", NULL);
  g_autoptr (GstDateTime) date = gst_date_time_new_ymd (2026, 11, 20);
  g_auto (GstPinMp4Box) box = { 0, };
  g_autofree gchar *title = NULL, *day = NULL, *artist = NULL;

  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_DATE_TIME, date, NULL);
  gst_pin_mp4_tags_write (tags, &box);
  title = get_text (&box, "\251nam");
  artist = get_text (&box, "\251ART");
  day = get_text (&box, "\251day");
  g_assert_cmpstr (title, ==, "Ein Tïtel");
  g_assert_cmpstr (artist, ==, "A");
  g_assert_cmpstr (day, ==, "2026-11-20");
  g_assert_null (get_text (&box, "covr"));
}

static void
test_cover (void)
{
  g_autoptr (GstTagList) tags = gst_tag_list_new_empty ();
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup ("\x89PNG....", 8);
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("image/png");
  g_autoptr (GstSample) sample = gst_sample_new (buffer, caps, NULL, NULL);
  g_auto (GstPinMp4Box) box = { 0, };
  const guint8 *data;
  gsize size;

  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_IMAGE, sample, NULL);
  gst_pin_mp4_tags_write (tags, &box);
  data = mp4_find (box.data, box.size, "udta/meta/ilst/covr/data", &size);
  g_assert_cmpuint (mp4_u32 (data, 0), ==, 14);
  g_assert_cmpmem (data + 8, size - 8, "\x89PNG....", 8);
}

/* A header is no place for a large one, nor for one of another kind */
static void
test_cover_left_out (void)
{
  static const struct
  {
    const gchar *type;
    gsize size;
    gboolean taken;
  } rows[] = {
    {"image/jpeg", 8 * 1024 * 1024, TRUE},
    {"image/jpeg", 8 * 1024 * 1024 + 1, FALSE},
    {"image/gif", 8, FALSE},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstTagList) tags = gst_tag_list_new_empty ();
    g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped (g_malloc0
        (rows[i].size), rows[i].size);
    g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (rows[i].type);
    g_autoptr (GstSample) sample = gst_sample_new (buffer, caps, NULL, NULL);
    g_auto (GstPinMp4Box) box = { 0, };

    gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_IMAGE, sample, NULL);
    gst_pin_mp4_tags_write (tags, &box);
    g_assert_true ((box.size > 0) == rows[i].taken);
  }
}

static void
test_nothing (void)
{
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_BITRATE, 5, NULL);
  g_auto (GstPinMp4Box) box = { 0, };

  gst_pin_mp4_tags_write (tags, &box);
  gst_pin_mp4_tags_write (NULL, &box);
  g_assert_cmpuint (box.size, ==, 0);
}

/* A text is cut between two characters, never within one */
static void
test_long (void)
{
  GString *text = g_string_new ("x");
  g_autoptr (GstTagList) tags = gst_tag_list_new_empty ();
  g_auto (GstPinMp4Box) box = { 0, };
  g_autofree gchar *title = NULL;

  while (text->len < 200000)
    g_string_append (text, "ü");
  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_TITLE, text->str, NULL);
  gst_pin_mp4_tags_write (tags, &box);
  title = get_text (&box, "\251nam");
  g_assert_cmpuint (strlen (title), >, 60000);
  g_assert_cmpuint (strlen (title), <=, 65536);
  g_assert_true (g_utf8_validate (title, -1, NULL));
  g_string_free (text, TRUE);
}

/* Only what is new goes to a second place */
static void
test_fresh (void)
{
  g_autoptr (GstTagList) before = gst_tag_list_new (GST_TAG_TITLE, "same",
      GST_TAG_ARTIST, "old", NULL);
  g_autoptr (GstTagList) tags = gst_tag_list_new (GST_TAG_TITLE, "same",
      GST_TAG_ARTIST, "new", GST_TAG_COMMENT, "added", NULL);
  g_autoptr (GstTagList) fresh = gst_pin_mp4_tags_find_fresh (before, tags);
  g_auto (GstPinMp4Box) box = { 0, };
  gsize size;

  g_assert_cmpint (gst_tag_list_n_tags (fresh), ==, 2);
  gst_pin_mp4_tags_write_meta (fresh, &box);
  g_assert_cmpmem (mp4_find (box.data, box.size, "meta/ilst/\251ART/data",
          &size) + 8, 3, "new", 3);
  g_assert_cmpmem (mp4_find (box.data, box.size, "meta/ilst/\251cmt/data",
          &size) + 8, 5, "added", 5);
  g_assert_null (mp4_find (box.data, box.size, "meta/ilst/\251nam", &size));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-tags/texts", test_texts);
  g_test_add_func ("/mp4-tags/cover", test_cover);
  g_test_add_func ("/mp4-tags/cover-left-out", test_cover_left_out);
  g_test_add_func ("/mp4-tags/nothing", test_nothing);
  g_test_add_func ("/mp4-tags/long", test_long);
  g_test_add_func ("/mp4-tags/fresh", test_fresh);
  return g_test_run ();
}
