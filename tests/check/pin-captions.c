/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The event of captions: what goes in comes out, other events are none, and it
 * is found on a pad among other sticky events.
 */
#include "pin-captions.h"

static GstEvent *
make (const gchar *language, gint64 zero)
{
  GstBufferList *cues = gst_buffer_list_new ();
  g_autoptr (GBytes) webvtt = g_bytes_new_static ("WEBVTT\n", 7);

  gst_buffer_list_add (cues, gst_buffer_new_memdup ("Hi", 2));
  return gst_pin_captions_event_new (language, cues, webvtt, zero);
}

static void
test_fields (void)
{
  g_autoptr (GstEvent) full = make ("en-us", 0);
  g_autoptr (GstEvent) bare = make (NULL, -1);
  const gchar *language;
  GstBufferList *cues;
  gint64 zero;

  g_assert_true (GST_EVENT_IS_STICKY (full));
  g_assert_true (gst_pin_captions_event_parse (full, &language, &cues, &zero));
  g_assert_cmpstr (language, ==, "en-us");
  g_assert_cmpuint (gst_buffer_list_length (cues), ==, 1);
  g_assert_cmpint (zero, ==, 0);
  g_assert_true (gst_pin_captions_event_parse (bare, &language, &cues, &zero));
  g_assert_null (language);
  g_assert_cmpint (zero, ==, -1);
  g_assert_true (gst_pin_captions_event_parse (full, NULL, NULL, NULL));
}

static void
test_others (void)
{
  g_autoptr (GstEvent) eos = gst_event_new_eos ();
  g_autoptr (GstEvent) other = gst_event_new_custom
      (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, gst_structure_new_empty ("other"));
  g_autoptr (GstEvent) empty = gst_event_new_custom
      (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
      gst_structure_new_empty (GST_PIN_EVENT_CAPTIONS));
  g_autoptr (GstEvent) wrong = gst_event_new_custom
      (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, gst_structure_new
      (GST_PIN_EVENT_CAPTIONS, "cues", G_TYPE_STRING, "Hi", NULL));

  g_assert_false (gst_pin_captions_event_parse (eos, NULL, NULL, NULL));
  g_assert_false (gst_pin_captions_event_parse (other, NULL, NULL, NULL));
  g_assert_false (gst_pin_captions_event_parse (empty, NULL, NULL, NULL));
  g_assert_false (gst_pin_captions_event_parse (wrong, NULL, NULL, NULL));
}

static void
test_find (void)
{
  GstPad *pad = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  GstSegment segment;
  GstEvent *event;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_set_active (pad, TRUE);
  gst_pad_push_event (pad, gst_event_new_stream_start ("x"));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_pad_push_event (pad, gst_event_new_custom
      (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, gst_structure_new_empty ("other")));
  g_assert_null (gst_pin_captions_find (pad));
  gst_pad_push_event (pad, make ("en", -1));
  event = gst_pin_captions_find (pad);
  g_assert_true (gst_pin_captions_event_parse (event, NULL, NULL, NULL));
  gst_event_unref (event);
  gst_object_unref (pad);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-captions/fields", test_fields);
  g_test_add_func ("/pin-captions/others", test_others);
  g_test_add_func ("/pin-captions/find", test_find);
  return g_test_run ();
}
