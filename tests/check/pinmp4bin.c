/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The element as an application meets it: its pads and properties, what goes
 * in through appsrc and comes out, errors, states. What the bytes of its files
 * mean is compared with ffmpeg in tests/e2e/test-mux.py.
 */
#include <gst/gst.h>

#include "mp4-maker.h"
#include "pull-pad.h"

#define N_SAMPLES 200
#define LIMIT (20 * GST_SECOND)

typedef struct
{
  GstElement *pipeline, *bin;
  GMutex lock;
  GByteArray *out;
} Fixture;

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, Fixture *f)
{
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_mutex_lock (&f->lock);
  g_byte_array_append (f->out, map.data, map.size);
  g_mutex_unlock (&f->lock);
  gst_buffer_unmap (buffer, &map);
}

/* @inputs appsrcs, called in0 and in1, on sink and sink_0 */
static void
set_up (Fixture *f, guint inputs, const gchar *format)
{
  g_autoptr (GString) line = g_string_new ("pinmp4bin name=m ");
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GError) error = NULL;

  g_string_append_printf (line, "format=%s ! fakesink name=out async=false "
      "signal-handoffs=true appsrc name=in0 ! m.sink ", format);
  if (inputs == 2)
    g_string_append (line, "appsrc name=in1 ! m.sink_0");
  f->pipeline = gst_parse_launch (line->str, &error);
  g_assert_no_error (error);
  f->bin = gst_bin_get_by_name (GST_BIN (f->pipeline), "m");
  f->out = g_byte_array_new ();
  g_mutex_init (&f->lock);
  sink = gst_bin_get_by_name (GST_BIN (f->pipeline), "out");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), f);
}

static void
tear_down (Fixture *f)
{
  GstElement *bin = f->bin;

  gst_element_set_state (f->pipeline, GST_STATE_NULL);
  g_object_add_weak_pointer (G_OBJECT (bin), (gpointer *) & f->bin);
  gst_object_unref (bin);
  gst_object_unref (f->pipeline);
  g_assert_null (f->bin);
  g_byte_array_unref (f->out);
  g_mutex_clear (&f->lock);
}

/* Takes @data. NULL: the end */
static void
push (Fixture *f, const gchar *name, GByteArray *data)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (f->pipeline), name);
  GstFlowReturn ret;

  if (data == NULL) {
    g_signal_emit_by_name (source, "end-of-stream", &ret);
  } else {
    g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (data);
    g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (bytes);

    g_signal_emit_by_name (source, "push-buffer", buffer, &ret);
  }
  g_assert_cmpint (ret, ==, GST_FLOW_OK);
}

static GstMessage *
wait_for_end (Fixture *f)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (f->pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, LIMIT,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  return message;
}

static void
assert_eos (Fixture *f)
{
  g_autoptr (GstMessage) message = wait_for_end (f);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_error ("%s", error->message);
  }
}

static void
assert_error (Fixture *f, const gchar *code)
{
  g_autoptr (GstMessage) message = wait_for_end (f);
  const GstStructure *details = NULL;

  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  gst_message_parse_error_details (message, &details);
  g_assert_nonnull (details);
  g_assert_cmpstr (gst_structure_get_string (details, "code"), ==, code);
}

static const guint8 *
find (GByteArray *bytes, gconstpointer what, gsize size)
{
  gsize i;

  for (i = 0; i + size <= bytes->len; i++) {
    if (memcmp (bytes->data + i, what, size) == 0)
      return bytes->data + i;
  }
  return NULL;
}

/* All samples, in order */
static void
assert_samples (Fixture *f, guint n)
{
  gsize at = 0;
  guint i;

  for (i = 0; i < n; i++) {
    g_autoptr (GByteArray) sample = g_byte_array_new ();
    GByteArray rest = { f->out->data + at, f->out->len - at };
    const guint8 *found;

    put_sample (sample, i);
    found = find (&rest, sample->data, SAMPLE_SIZE);
    g_assert_nonnull (found);
    at = found + SAMPLE_SIZE - f->out->data;
  }
}

static void
test_description (void)
{
  g_autoptr (GstElement) bin =
      gst_object_ref_sink (gst_element_factory_make ("pinmp4bin", NULL));
  g_autoptr (GstPad) sink = gst_element_get_static_pad (bin, "sink");
  g_autoptr (GstPad) src = gst_element_get_static_pad (bin, "src");
  guint fragment_duration;
  gint format;

  g_assert_nonnull (sink);
  g_assert_nonnull (src);
  g_object_get (bin, "format", &format, "fragment-duration",
      &fragment_duration, NULL);
  g_assert_cmpint (format, ==, 0);
  g_assert_cmpuint (fragment_duration, ==, 2000);
  g_assert_true (GST_IS_TAG_SETTER (bin));
}

static void
test_query (void)
{
  g_autoptr (GstElement) bin =
      gst_object_ref_sink (gst_element_factory_make ("pinmp4bin", NULL));
  g_autoptr (GstPad) sink = gst_element_get_static_pad (bin, "sink");
  g_autoptr (GstQuery) ours = gst_query_new_custom (GST_QUERY_CUSTOM,
      gst_structure_new_empty ("gst-pin-fragments"));
  g_autoptr (GstQuery) other = gst_query_new_custom (GST_QUERY_CUSTOM,
      gst_structure_new_empty ("something-else"));

  gst_element_set_state (bin, GST_STATE_PAUSED);
  g_assert_true (gst_pad_query (sink, ours));
  g_assert_false (gst_pad_query (sink, other));
  gst_element_set_state (bin, GST_STATE_NULL);
}

static void
test_request_pads (void)
{
  g_autoptr (GstElement) bin =
      gst_object_ref_sink (gst_element_factory_make ("pinmp4bin", NULL));
  g_autoptr (GstPad) first = gst_element_request_pad_simple (bin, "sink_%u");
  g_autoptr (GstPad) named = gst_element_request_pad_simple (bin, "sink_7");
  g_autoptr (GstPad) next = gst_element_request_pad_simple (bin, "sink_%u");

  g_assert_cmpstr (GST_OBJECT_NAME (first), ==, "sink_0");
  g_assert_cmpstr (GST_OBJECT_NAME (named), ==, "sink_7");
  g_assert_cmpstr (GST_OBJECT_NAME (next), ==, "sink_8");
  g_assert_cmpint (GST_BIN_NUMCHILDREN (bin), ==, 5);
  gst_element_release_request_pad (bin, named);
  g_assert_cmpint (GST_BIN_NUMCHILDREN (bin), ==, 4);
}

static void
test_fragments (void)
{
  GByteArray *data = g_byte_array_new ();
  Fixture f;
  guint i;

  set_up (&f, 1, "auto");
  gst_tag_setter_add_tags (GST_TAG_SETTER (f.bin), GST_TAG_MERGE_REPLACE,
      GST_TAG_TITLE, "A title that stands out", NULL);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  put_init (data);
  push (&f, "in0", data);
  for (i = 0; i < N_SAMPLES; i += 50) {
    data = g_byte_array_new ();
    put_fragment (data, i, 50);
    push (&f, "in0", data);
  }
  push (&f, "in0", NULL);
  assert_eos (&f);

  assert_samples (&f, N_SAMPLES);
  g_assert_nonnull (find (f.out, "moof", 4));
  g_assert_nonnull (find (f.out, "A title that stands out", 23));
  tear_down (&f);
}

static void
test_formats (void)
{
  static const gchar *const formats[] = { "faststart", "fragmented", "plain" };
  guint i, index_first;

  for (i = 0; i < G_N_ELEMENTS (formats); i++) {
    for (index_first = 0; index_first < 2; index_first++) {
      const guint8 *moov, *mdat;
      Fixture f;

      set_up (&f, 1, formats[i]);
      gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
      push (&f, "in0", make_progressive (N_SAMPLES, index_first, 0));
      push (&f, "in0", NULL);
      assert_eos (&f);
      assert_samples (&f, N_SAMPLES);
      moov = find (f.out, "moov", 4);
      mdat = find (f.out, "mdat", 4);
      g_assert_true (moov != NULL && mdat != NULL);
      g_assert_cmpint (moov < mdat, ==, i < 2);
      tear_down (&f);
    }
  }
}

/* The same element again, with other data, after READY and after NULL */
static void
test_reuse (void)
{
  Fixture f;
  guint i;

  set_up (&f, 1, "faststart");
  for (i = 1; i <= 4; i++) {
    g_byte_array_set_size (f.out, 0);
    gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
    push (&f, "in0", make_progressive (N_SAMPLES / i, i % 2, 1024));
    push (&f, "in0", NULL);
    assert_eos (&f);
    assert_samples (&f, N_SAMPLES / i);
    gst_element_set_state (f.pipeline, i % 2 ? GST_STATE_READY :
        GST_STATE_NULL);
    g_assert_cmpint (GST_BIN_NUMCHILDREN (f.bin), ==, 2);
  }
  tear_down (&f);
}

static guint
count (GByteArray *bytes, const gchar *type)
{
  GByteArray rest = *bytes;
  const guint8 *found;
  guint n = 0;

  while ((found = find (&rest, type, 4)) != NULL) {
    rest.len -= found + 4 - rest.data;
    rest.data = (guint8 *) found + 4;
    n++;
  }
  return n;
}

static void
test_two_inputs (void)
{
  Fixture f;

  set_up (&f, 2, "faststart");
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  push (&f, "in0", make_progressive (N_SAMPLES, TRUE, 0));
  push (&f, "in0", NULL);
  push (&f, "in1", make_progressive (N_SAMPLES, TRUE, 0));
  push (&f, "in1", NULL);
  assert_eos (&f);
  g_assert_cmpuint (count (f.out, "trak"), ==, 2);
  tear_down (&f);
}

static void
push_fragments (Fixture *f, const gchar *name, guint first, guint n)
{
  guint i;

  for (i = first; i < n; i += 50) {
    GByteArray *data = g_byte_array_new ();

    put_fragment (data, i, 50);
    push (f, name, data);
  }
}

static void
push_init (Fixture *f, const gchar *name)
{
  GByteArray *data = g_byte_array_new ();

  put_init (data);
  push (f, name, data);
}

/* Longer than the muxer keeps a header open */
#define MANY_SAMPLES 1000
/* What the faster thread gets for going wrong; what is right does not depend
 * on it */
#define CHANCE (200 * 1000)

/* A header written before the second input's first sample would lack it */
static void
test_slow_second_input (void)
{
  Fixture f;

  set_up (&f, 2, "fragmented");
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  push_init (&f, "in1");
  push_init (&f, "in0");
  push_fragments (&f, "in0", 0, MANY_SAMPLES);
  push (&f, "in0", NULL);
  g_usleep (CHANCE);
  push_fragments (&f, "in1", 0, MANY_SAMPLES);
  push (&f, "in1", NULL);
  assert_eos (&f);
  g_assert_cmpuint (count (f.out, "trak"), ==, 2);
  g_assert_cmpuint (count (f.out, "tfdt"), >, 2);
  tear_down (&f);
}

static GstPadProbeReturn
drop (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_DROP;
}

/* What a source still brings for a pad that goes is nobody's, and no error */
static void
shut_up (Fixture *f, const gchar *name)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (f->pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, drop, NULL, NULL);
}

/* One input waits for the other one, before it has shown its streams or
 * later: a sink pad can be given back at once, and the rest goes on */
static void
test_release_while_waiting (void)
{
  static const struct
  {
    guint first, second;        /* samples that the inputs have brought */
  } rows[] = {
    {MANY_SAMPLES, 0}, {MANY_SAMPLES, 50}, {50, MANY_SAMPLES}, {0, MANY_SAMPLES}
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstPad) sink = NULL;
    gint64 begin;
    Fixture f;

    set_up (&f, 2, "plain");
    gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
    push_init (&f, "in0");
    push_init (&f, "in1");
    push_fragments (&f, "in0", 0, rows[i].first);
    push_fragments (&f, "in1", 0, rows[i].second);
    g_usleep (CHANCE);
    sink = gst_element_get_static_pad (f.bin, "sink_0");
    shut_up (&f, "in1");
    begin = g_get_monotonic_time ();
    gst_element_release_request_pad (f.bin, sink);
    g_assert_cmpint (g_get_monotonic_time () - begin, <, 100 * 1000);
    push_fragments (&f, "in0", rows[i].first, MANY_SAMPLES);
    push (&f, "in0", NULL);
    assert_eos (&f);
    assert_samples (&f, MANY_SAMPLES);
    tear_down (&f);
  }
}

/* An input that ends before it began must not be waited for */
static void
test_empty_second_input (void)
{
  Fixture f;

  set_up (&f, 2, "faststart");
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  push (&f, "in0", make_progressive (N_SAMPLES, TRUE, 0));
  push (&f, "in0", NULL);
  push (&f, "in1", NULL);
  assert_eos (&f);
  assert_samples (&f, N_SAMPLES);
  tear_down (&f);
}

/* One input waits for the other one: NULL must not wait for either */
static void
test_null_while_waiting (void)
{
  Fixture f;
  gint64 begin;

  set_up (&f, 2, "faststart");
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  push (&f, "in0", make_progressive (N_SAMPLES, TRUE, 0));
  begin = g_get_monotonic_time ();
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 100 * 1000);
  tear_down (&f);
}

static void
test_garbage (void)
{
  GByteArray *data = g_byte_array_new ();
  Fixture f;

  set_up (&f, 1, "auto");
  put_zeros (data, 300 * 1000);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  push (&f, "in0", data);
  push (&f, "in0", NULL);
  assert_error (&f, "unsupported");
  tear_down (&f);
}

static void
test_cut (void)
{
  GByteArray *data = make_progressive (N_SAMPLES, TRUE, 0);
  Fixture f;

  set_up (&f, 1, "plain");
  g_byte_array_set_size (data, data->len - 10 * SAMPLE_SIZE);
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  push (&f, "in0", data);
  push (&f, "in0", NULL);
  assert_error (&f, "truncated");
  gst_element_set_state (f.pipeline, GST_STATE_NULL);
  g_assert_null (find (f.out, "moov", 4));
  tear_down (&f);
}

/* What is no media is left out, whatever comes of it, and is no error */
static void
test_useless_second_input (void)
{
  Fixture f;
  guint i;

  set_up (&f, 2, "plain");
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  for (i = 0; i < 20; i++) {
    GByteArray *text = g_byte_array_new ();

    while (text->len < 5000)
      g_byte_array_append (text, (const guint8 *) "<p>No media</p>\n", 16);
    push (&f, "in1", text);
  }
  push_init (&f, "in0");
  push_fragments (&f, "in0", 0, N_SAMPLES);
  push (&f, "in1", NULL);
  push (&f, "in0", NULL);
  assert_eos (&f);
  assert_samples (&f, N_SAMPLES);
  tear_down (&f);
}

/* The end that a source sends behind an error, when all samples that were named
 * have come, ends no file */
static void
test_end_behind_an_error (void)
{
  GByteArray *data = g_byte_array_new ();
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstPad) pad = NULL;
  Fixture f;
  guint at;

  set_up (&f, 1, "plain");
  gst_element_set_state (f.pipeline, GST_STATE_PLAYING);
  put_init (data);
  put_fragment (data, 0, 50);
  at = data->len;
  put_init (data);
  for (at += 4; memcmp (data->data + at, "soun", 4) != 0; at++);
  memcpy (data->data + at, "meta", 4);
  push (&f, "in0", data);
  assert_error (&f, "unsupported");
  push (&f, "in0", NULL);
  source = gst_bin_get_by_name (GST_BIN (f.pipeline), "in0");
  pad = gst_element_get_static_pad (source, "src");
  pull_pad_wait (pad);
  g_assert_null (find (f.out, "moov", 4));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pinmp4bin/description", test_description);
  g_test_add_func ("/pinmp4bin/query", test_query);
  g_test_add_func ("/pinmp4bin/request-pads", test_request_pads);
  g_test_add_func ("/pinmp4bin/fragments", test_fragments);
  g_test_add_func ("/pinmp4bin/formats", test_formats);
  g_test_add_func ("/pinmp4bin/reuse", test_reuse);
  g_test_add_func ("/pinmp4bin/two-inputs", test_two_inputs);
  g_test_add_func ("/pinmp4bin/slow-second-input", test_slow_second_input);
  g_test_add_func ("/pinmp4bin/release-while-waiting",
      test_release_while_waiting);
  g_test_add_func ("/pinmp4bin/empty-second-input", test_empty_second_input);
  g_test_add_func ("/pinmp4bin/null-while-waiting", test_null_while_waiting);
  g_test_add_func ("/pinmp4bin/garbage", test_garbage);
  g_test_add_func ("/pinmp4bin/cut", test_cut);
  g_test_add_func ("/pinmp4bin/useless-second-input",
      test_useless_second_input);
  g_test_add_func ("/pinmp4bin/end-behind-an-error", test_end_behind_an_error);
  return g_test_run ();
}
