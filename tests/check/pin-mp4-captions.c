/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A captions event made in memory, and what reaches the muxer's pad of it.
 */
#include "pin-mp4-captions.h"

#include "pin-captions.h"

typedef struct
{
  GstElement *mux;
  GstPinMp4Captions *captions;
  GString *log;
} Fixture;

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, Fixture *f)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    g_string_append_printf (f->log, "%" G_GUINT64_FORMAT "ms ",
        GST_BUFFER_PTS (info->data) / GST_MSECOND);
  else if (GST_EVENT_TYPE (info->data) == GST_EVENT_EOS)
    g_string_append (f->log, "end");
  return GST_PAD_PROBE_OK;
}

static GstBuffer *
make_cue (const gchar *text, GstClockTime pts)
{
  GstBuffer *cue = gst_buffer_new_memdup (text, strlen (text));

  GST_BUFFER_PTS (cue) = pts;
  GST_BUFFER_DURATION (cue) = GST_SECOND;
  return cue;
}

static void
set_up (Fixture *f, gint64 clock_zero)
{
  g_autoptr (GBytes) webvtt = g_bytes_new_static ("WEBVTT", 6);
  GstBufferList *cues = gst_buffer_list_new ();
  g_autoptr (GstPad) pad = NULL;

  gst_buffer_list_add (cues, make_cue ("one", 500 * GST_MSECOND));
  gst_buffer_list_add (cues, make_cue ("two", 1500 * GST_MSECOND));
  f->mux = gst_object_ref_sink (gst_element_factory_make ("pinmp4mux", NULL));
  gst_element_set_state (f->mux, GST_STATE_PAUSED);
  f->captions = gst_pin_mp4_captions_new (f->mux,
      gst_pin_captions_event_new ("en-us", cues, webvtt, clock_zero));
  g_assert_nonnull (f->captions);
  f->log = g_string_new (NULL);
  pad = gst_element_get_static_pad (f->mux, "text_0");
  g_assert_true (gst_pad_is_linked (pad));
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, (GstPadProbeCallback) on_data, f,
      NULL);
}

static void
finish (Fixture *f, const gchar *log)
{
  g_assert_cmpstr (f->log->str, ==, log);
  gst_element_set_state (f->mux, GST_STATE_NULL);
  gst_pin_mp4_captions_free (f->captions);
  g_assert_cmpuint (f->mux->numsinkpads, ==, 0);
  gst_object_unref (f->mux);
  g_string_free (f->log, TRUE);
}

/* The track is named at once, in its language; the cues come once */
static void
test_send (void)
{
  g_autoptr (GstEvent) tags = NULL;
  g_autofree gchar *language = NULL;
  g_autoptr (GstPad) pad = NULL;
  GstTagList *list;
  Fixture f;

  set_up (&f, -1);
  g_assert_cmpint (gst_pin_mp4_captions_get_clock_zero (f.captions), ==, -1);
  pad = gst_element_get_static_pad (f.mux, "text_0");
  tags = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, 0);
  g_assert_nonnull (tags);
  gst_event_parse_tag (tags, &list);
  g_assert_true (gst_tag_list_get_string (list, GST_TAG_LANGUAGE_CODE,
          &language));
  g_assert_cmpstr (language, ==, "en-us");
  gst_pin_mp4_captions_send (f.captions, 10 * GST_SECOND);
  gst_pin_mp4_captions_send (f.captions, 20 * GST_SECOND);
  gst_pin_mp4_captions_end (f.captions);
  finish (&f, "10500ms 11500ms end");
}

/* Without a picture there is nothing to count from, but an end */
static void
test_end (void)
{
  Fixture f;

  set_up (&f, 900000);
  g_assert_cmpint (gst_pin_mp4_captions_get_clock_zero (f.captions), ==,
      900000);
  gst_pin_mp4_captions_end (f.captions);
  gst_pin_mp4_captions_send (f.captions, GST_SECOND);
  finish (&f, "end");
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-mp4-captions/send", test_send);
  g_test_add_func ("/pin-mp4-captions/end", test_end);
  return g_test_run ();
}
