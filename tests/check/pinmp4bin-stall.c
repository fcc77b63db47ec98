/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pinmp4bin does not stall: sound or picture that comes late, ends early or
 * never comes, from one input or two, in pieces of any size, from threads that
 * pause at random, into a sink that does. Each run has to end within LIMIT of its
 * last byte, with every sample in the file. A run is made of its seed alone;
 * PIN_STALL_RUNS says how many there are, PIN_STALL_SEED where they begin.
 * And whatever the threads do, the file has the same bytes.
 */
#define _GNU_SOURCE             /* memmem */
#include <gst/gst.h>

#include "mp4-sets.h"
#include "ts-maker.h"

#define DEFAULT_RUNS 100
/* Of each shape, from one input and two, in each format */
#define SAME_RUNS 5
#define LIMIT (5 * GST_SECOND)
/* What the sanitizers make slower, and a machine that is busy elsewhere */
#define PATIENCE 6
#define FRAME 40

/* When sound and picture come, in tenths of seconds */
static const struct
{
  const gchar *name;
  guint picture_from, picture_to, sound_from, sound_to;
} shapes[] = {
  {"late sound", 0, 90, 60, 90},
  {"short sound", 0, 90, 0, 20},
  {"late picture", 40, 70, 0, 70},
  {"short picture", 0, 20, 0, 90},
  {"no sound", 0, 40, 0, 0},
  {"no picture", 0, 0, 0, 40},
  {"a pause between", 0, 20, 50, 70},
};

typedef struct
{
  GstElement *pipeline;
  GRand *rand;                  /* of its own thread */
  const gchar *name;
  GByteArray *bytes;
} Feeder;

typedef struct
{
  GByteArray *out;
  GRand *rand;
} Drain;

static const gchar *const formats[] = { "faststart", "fragmented", "plain" };

/* What is muxed, and into what */
typedef struct
{
  guint shape, n_inputs, format;
} Job;

static void
put_picture (GByteArray *out, guint number, guint64 pts)
{
  g_autoptr (GByteArray) unit = g_byte_array_new ();
  static const guint8 code[] = { 0, 0, 0, 1 };
  guint8 slice = number % 10 == 0 ? 0x65 : 0x41;
  g_autofree gchar *text = g_strdup_printf ("picture %05u.", number);

  if (number % 10 == 0) {
    g_byte_array_append (unit, code, 4);
    g_byte_array_append (unit, h264_sps, sizeof (h264_sps));
    g_byte_array_append (unit, code, 4);
    g_byte_array_append (unit, h264_pps, sizeof (h264_pps));
  }
  g_byte_array_append (unit, code, 4);
  g_byte_array_append (unit, &slice, 1);
  g_byte_array_append (unit, (guint8 *) text, strlen (text));
  put_pes_data (out, TS_VIDEO_PID, number, pts, unit->data, unit->len, FALSE);
}

static void
put_sound (GByteArray *out, guint number, guint64 pts)
{
  guint8 frame[FRAME] = { 0xff, 0xf1, 0x4c, 0x80, FRAME >> 3,
    (FRAME & 7) << 5 | 0x1f, 0xfc
  };
  g_autofree gchar *text = g_strdup_printf ("sound %05u.", number);

  memcpy (frame + 7, text, strlen (text));
  put_pes_data (out, TS_AUDIO_PID, number, pts, frame, FRAME, TRUE);
}

/* @picture, @sound: whether they are in it; ten and 46 a second */
static GByteArray *
make_stream (guint shape, gboolean picture, gboolean sound)
{
  GByteArray *out = g_byte_array_new ();
  guint64 time, end = MAX (shapes[shape].picture_to, shapes[shape].sound_to)
      * 9000;
  guint n_pictures = 0, n_sounds = 0, i;

  put_association (out, TS_MAP_PID);
  put_map (out, TS_MAP_PID, TS_VIDEO_PID, TS_AUDIO_PID);
  /* Enough for typefind to see what it is, even if nothing follows */
  for (i = 0; i < 20; i++)
    put_ts (out, 0x1fff, FALSE, i, NULL, 0);
  for (time = 0; time < end; time += 960) {
    guint64 due = shapes[shape].picture_from * 9000 + n_pictures * 9000;

    if (picture && time >= due && due < shapes[shape].picture_to * 9000)
      put_picture (out, n_pictures++, 90000 + due);
    due = shapes[shape].sound_from * 9000 + n_sounds * 1920;
    if (sound && time >= due && due < shapes[shape].sound_to * 9000)
      put_sound (out, n_sounds++, 90000 + due);
  }
  return out;
}

/* Nothing, a hand-over, or a pause */
static void
dawdle (GRand *rand)
{
  switch (g_rand_int_range (rand, 0, 8)) {
    case 0:
      g_thread_yield ();
      break;
    case 1:
      g_usleep (g_rand_int_range (rand, 1, 300));
      break;
    default:
      break;
  }
}

static gpointer
feed (gpointer data)
{
  Feeder *self = data;
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (self->pipeline), self->name);
  guint most = 1 << g_rand_int_range (self->rand, 8, 17);
  GstFlowReturn ret;
  gsize at = 0;

  while (at < self->bytes->len) {
    gsize wish = g_rand_int_range (self->rand, 1, most);
    gsize n = MIN (wish, self->bytes->len - at);
    g_autoptr (GstBuffer) buffer =
        gst_buffer_new_memdup (self->bytes->data + at, n);

    g_signal_emit_by_name (source, "push-buffer", buffer, &ret);
    g_assert_cmpint (ret, ==, GST_FLOW_OK);
    dawdle (self->rand);
    at += n;
  }
  g_signal_emit_by_name (source, "end-of-stream", &ret);
  return NULL;
}

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, Drain *drain)
{
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_byte_array_append (drain->out, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  dawdle (drain->rand);
}

static void
assert_all (GByteArray *out, const gchar *form, guint n)
{
  gsize at = 0;
  guint i;

  for (i = 0; i < n; i++) {
    g_autofree gchar *text = g_strdup_printf (form, i);
    const guint8 *found = memmem (out->data + at, out->len - at, text,
        strlen (text));

    if (found == NULL)
      g_error ("“%s” is missing", text);
    at = found - out->data;
  }
}

static GstElement *
make_pipeline (GRand *rand, const Job *job)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline;
  guint i;

  g_string_printf (line, "pinmp4bin name=m format=%s ! fakesink name=out "
      "async=false signal-handoffs=true ",
      formats[job->format]);
  for (i = 0; i < job->n_inputs; i++)
    g_string_append_printf (line, "appsrc name=in%u block=true max-bytes=%d "
        "! %s m.%s ", i, 1 << g_rand_int_range (rand, 8, 20),
        g_rand_boolean (rand) ? "queue max-size-buffers=2 !" : "",
        i == 0 ? "sink" : "sink_0");
  pipeline = gst_parse_launch (line->str, &error);
  g_assert_no_error (error);
  return pipeline;
}

/* Into a sink that cannot seek; what it cannot do about the header is said */
static void
wait_for_end (GstElement *pipeline, const gchar *name, guint32 seed)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus,
      PATIENCE * LIMIT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  if (message == NULL)
    g_error ("%s hangs, seed %u", name, seed);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_error ("%s, seed %u: %s", name, seed, error->message);
  }
}

/* Returns: (transfer full): the file */
static GByteArray *
mux (const Job *job, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GstElement) pipeline = make_pipeline (rand, job);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  Drain drain = { g_byte_array_new (), g_rand_new_with_seed (seed + 1) };
  Feeder feeders[2];
  GThread *threads[2];
  guint i;

  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), &drain);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (i = 0; i < job->n_inputs; i++) {
    feeders[i].pipeline = pipeline;
    feeders[i].rand = g_rand_new_with_seed (seed + 2 + i);
    feeders[i].name = i == 0 ? "in0" : "in1";
    feeders[i].bytes = make_stream (job->shape, i == 0,
        job->n_inputs == 1 || i == 1);
    threads[i] = g_thread_new ("feeder", feed, &feeders[i]);
  }
  for (i = 0; i < job->n_inputs; i++)
    g_thread_join (threads[i]);
  wait_for_end (pipeline, shapes[job->shape].name, seed);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  for (i = 0; i < job->n_inputs; i++) {
    g_rand_free (feeders[i].rand);
    g_byte_array_unref (feeders[i].bytes);
  }
  g_rand_free (drain.rand);
  return drain.out;
}

static void
run (guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Job job = {
    .shape = g_rand_int_range (rand, 0, G_N_ELEMENTS (shapes)),
    .n_inputs = g_rand_int_range (rand, 1, 3),
    .format = g_rand_int_range (rand, 0, G_N_ELEMENTS (formats))
  };
  g_autoptr (GByteArray) out = mux (&job, seed);

  assert_all (out, "picture %05u.", shapes[job.shape].picture_to
      - shapes[job.shape].picture_from);
  assert_all (out, "sound %05u.", ((shapes[job.shape].sound_to
              - shapes[job.shape].sound_from) * 9000 + 1919) / 1920);
}

static guint
get_number (const gchar *name, guint otherwise)
{
  const gchar *text = g_getenv (name);

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
test_schedules (void)
{
  guint n = get_number ("PIN_STALL_RUNS", DEFAULT_RUNS), i;
  guint seed = get_number ("PIN_STALL_SEED", 1);

  for (i = 0; i < n; i++)
    run (seed + 10 * i);
  g_test_message ("%u runs from seed %u", n, seed);
}

/* Whichever thread was faster */
static void
test_same_bytes (void)
{
  guint seed = get_number ("PIN_STALL_SEED", 1);
  Job job;
  guint i;

  for (job.shape = 0; job.shape < G_N_ELEMENTS (shapes); job.shape++)
    for (job.n_inputs = 1; job.n_inputs <= 2; job.n_inputs++)
      for (job.format = 0; job.format < G_N_ELEMENTS (formats); job.format++) {
        g_autoptr (GByteArray) first = mux (&job, seed);

        for (i = 1; i < SAME_RUNS; i++) {
          g_autoptr (GByteArray) again = mux (&job, seed + 10 * i);

          if (again->len != first->len
              || memcmp (again->data, first->data, first->len) != 0)
            g_error ("%s, %u inputs, %s: seeds %u and %u differ",
                shapes[job.shape].name, job.n_inputs, formats[job.format],
                seed, seed + 10 * i);
        }
      }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pinmp4bin-stall/schedules", test_schedules);
  g_test_add_func ("/pinmp4bin-stall/same-bytes", test_same_bytes);
  return g_test_run ();
}
