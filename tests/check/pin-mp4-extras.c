/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tags and captions as they come along sink pads, and who gets them.
 */
#include "pin-mp4-extras.h"

#include "pin-captions.h"

static GstEvent *
make_captions (const gchar *language)
{
  g_autoptr (GBytes) webvtt = g_bytes_new_static ("WEBVTT", 6);

  return gst_pin_captions_event_new (language, gst_buffer_list_new (), webvtt,
      -1);
}

static void
take (GstPinMp4Extras *extras, GstEvent *event)
{
  gst_pin_mp4_extras_take_event (extras, event);
  gst_event_unref (event);
}

/* The later tag counts, and the application's counts more */
static void
test_tags (void)
{
  g_autoptr (GstElement) setter =
      gst_object_ref_sink (gst_element_factory_make ("pinmp4bin", NULL));
  g_autoptr (GstElement) mux =
      gst_object_ref_sink (gst_element_factory_make ("pinmp4mux", NULL));
  GstPinMp4Extras *extras = gst_pin_mp4_extras_new ();
  g_autofree gchar *title = NULL;
  g_autofree gchar *artist = NULL;
  const GstTagList *tags;

  take (extras, gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "first",
              GST_TAG_ARTIST, "somebody", NULL)));
  take (extras, gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "second",
              NULL)));
  take (extras, gst_event_new_eos ());
  gst_tag_setter_add_tags (GST_TAG_SETTER (setter), GST_TAG_MERGE_REPLACE,
      GST_TAG_ARTIST, "the user", NULL);
  gst_tag_setter_set_tag_merge_mode (GST_TAG_SETTER (setter),
      GST_TAG_MERGE_KEEP);
  gst_pin_mp4_extras_hand_tags (extras, GST_TAG_SETTER (setter), mux);
  tags = gst_tag_setter_get_tag_list (GST_TAG_SETTER (mux));
  g_assert_nonnull (tags);
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title));
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_ARTIST, &artist));
  g_assert_cmpstr (title, ==, "second");
  g_assert_cmpstr (artist, ==, "the user");
  gst_pin_mp4_extras_free (extras);
}

static void
test_captions (void)
{
  GstPinMp4Extras *extras = gst_pin_mp4_extras_new ();
  g_autoptr (GstEvent) event = NULL;
  const gchar *language;

  g_assert_null (gst_pin_mp4_extras_steal_captions (extras));
  take (extras, make_captions ("de"));
  gst_pin_mp4_extras_reset (extras);
  g_assert_null (gst_pin_mp4_extras_steal_captions (extras));
  take (extras, make_captions ("de"));
  take (extras, make_captions ("fr"));
  event = gst_pin_mp4_extras_steal_captions (extras);
  g_assert_true (gst_pin_captions_event_parse (event, &language, NULL, NULL));
  g_assert_cmpstr (language, ==, "fr");
  g_assert_null (gst_pin_mp4_extras_steal_captions (extras));
  gst_pin_mp4_extras_free (extras);
}

/* Both stand on what feeds a demuxer */
static void
test_upstream (void)
{
  g_autoptr (GstElement) demux =
      gst_object_ref_sink (gst_element_factory_make ("identity", NULL));
  g_autoptr (GstPad) sink = gst_element_get_static_pad (demux, "sink");
  g_autoptr (GstPad) feed =
      gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  GstPinMp4Extras *extras = gst_pin_mp4_extras_new ();
  g_autoptr (GstEvent) event = NULL;

  gst_element_set_state (demux, GST_STATE_PAUSED);
  gst_pad_set_active (feed, TRUE);
  gst_pad_link (feed, sink);
  gst_pad_push_event (feed, gst_event_new_stream_start ("feed"));
  gst_pad_push_event (feed, make_captions ("en"));
  gst_pin_mp4_extras_take_upstream (extras, demux);
  event = gst_pin_mp4_extras_steal_captions (extras);
  g_assert_nonnull (event);
  gst_element_set_state (demux, GST_STATE_NULL);
  gst_pin_mp4_extras_free (extras);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-mp4-extras/tags", test_tags);
  g_test_add_func ("/pin-mp4-extras/captions", test_captions);
  g_test_add_func ("/pin-mp4-extras/upstream", test_upstream);
  return g_test_run ();
}
