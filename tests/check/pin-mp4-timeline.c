/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Clocks that agree, wrap, jump or lie, and when their samples come out.
 */
#include "pin-mp4-timeline.h"

#define S GST_SECOND
#define NONE GST_PIN_MP4_NO_RAW
#define STEP (S / 25)

typedef struct
{
  GstPinMp4Timeline *line;
  GstPinMp4Clock *clocks[2];
  GstPinMp4Hand hands[3];
} Fixture;

static void
set_up (Fixture *f, gint64 wrap)
{
  memset (f, 0, sizeof (Fixture));
  f->line = gst_pin_mp4_timeline_new ();
  f->clocks[0] = gst_pin_mp4_timeline_add_clock (f->line, wrap, FALSE);
  f->clocks[1] = gst_pin_mp4_timeline_add_clock (f->line, wrap, FALSE);
}

static gint64
place (Fixture *f, guint clock, guint hand, gint64 time, gboolean broken)
{
  GstPinMp4Times times = { time, time, STEP };

  gst_pin_mp4_timeline_place (f->line, f->clocks[clock], &f->hands[hand],
      broken, &times);
  g_assert_cmpint (times.pts, ==, times.dts);
  return times.pts;
}

/* From @time on, as long as @n steps */
static void
run (Fixture *f, guint clock, guint hand, gint64 time, guint n, gint64 wanted)
{
  guint i;

  for (i = 0; i < n; i++)
    g_assert_cmpint (place (f, clock, hand, time + i * STEP, FALSE), ==,
        wanted + i * STEP);
}

/* Two inputs begin: where the second one's first sample goes */
static void
test_begin (void)
{
  static const struct
  {
    gint64 first, second, wanted;
  } rows[] = {
    {0, 0, 0},
    {3600 * S, 3601 * S, 3601 * S},
    {2 * S, S, S},
    {0, 9 * S, 9 * S},
    {0, 11 * S, 0},             /* no common clock: together */
    {5000 * S, 7 * S, 5000 * S},
    {GST_PIN_MP4_TS_WRAP - S, S, GST_PIN_MP4_TS_WRAP + S},
    {S, GST_PIN_MP4_TS_WRAP - S, -S},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    Fixture f;

    set_up (&f, GST_PIN_MP4_TS_WRAP);
    g_assert_cmpint (gst_pin_mp4_timeline_begin (f.line), ==, 0);
    g_assert_cmpint (place (&f, 0, 0, rows[i].first, FALSE), ==,
        rows[i].first);
    g_assert_cmpint (gst_pin_mp4_timeline_begin (f.line), ==, rows[i].first);
    g_assert_cmpint (place (&f, 1, 1, rows[i].second, FALSE), ==,
        rows[i].wanted);
    gst_pin_mp4_timeline_free (f.line);
  }
}

/* The picture's composition time tells when it begins, not its decoding time */
static void
test_begin_with_reordering (void)
{
  GstPinMp4Times picture = { 100 * S, 100 * S - 3 * STEP, STEP };
  Fixture f;

  set_up (&f, 0);
  gst_pin_mp4_timeline_place (f.line, f.clocks[0], &f.hands[0], FALSE,
      &picture);
  g_assert_cmpint (picture.pts, ==, 100 * S);
  g_assert_cmpint (picture.dts, ==, 100 * S - 3 * STEP);
  g_assert_cmpint (place (&f, 1, 1, 7 * S, FALSE), ==, 100 * S);
  gst_pin_mp4_timeline_free (f.line);
}

static void
test_wrap (void)
{
  gint64 begin = GST_PIN_MP4_TS_WRAP - 10 * STEP;
  Fixture f;
  guint i;

  set_up (&f, GST_PIN_MP4_TS_WRAP);
  for (i = 0; i < 20; i++) {
    GstPinMp4Times times = { (begin + (i + 2) * STEP) % GST_PIN_MP4_TS_WRAP,
      (begin + i * STEP) % GST_PIN_MP4_TS_WRAP, STEP
    };

    gst_pin_mp4_timeline_place (f.line, f.clocks[0], &f.hands[0], FALSE,
        &times);
    g_assert_cmpint (times.dts, ==, begin + i * STEP);
    g_assert_cmpint (times.pts, ==, begin + (i + 2) * STEP);
  }
  gst_pin_mp4_timeline_free (f.line);
}

/* One stream jumps; the other of the input and that of another input jump by
 * as much, though theirs would have gone on a little earlier or later */
static void
test_jump (void)
{
  static const gint64 jumps[] = { 1000 * S, -3000 * S, -6 * S };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (jumps); i++) {
    gint64 begin = 5000 * S, end = begin + 100 * STEP, jump = jumps[i];
    Fixture f;

    set_up (&f, 0);
    run (&f, 0, 0, begin, 100, begin);
    run (&f, 0, 1, begin - STEP / 2, 99, begin - STEP / 2);
    run (&f, 1, 2, begin + STEP / 3, 99, begin + STEP / 3);
    run (&f, 0, 0, end + jump, 10, end);
    run (&f, 0, 1, end + jump - STEP / 2, 10, end - STEP / 2);
    run (&f, 1, 2, end + jump + STEP / 3, 10, end + STEP / 3);
    gst_pin_mp4_timeline_free (f.line);
  }
}

/* What is announced counts even if it is a small step ahead; what is announced
 * and does not jump goes on by the clock */
static void
test_announced (void)
{
  gint64 end = 100 * STEP;
  Fixture f;

  set_up (&f, 0);
  run (&f, 0, 0, 0, 100, 0);
  run (&f, 0, 1, 0, 99, 0);
  g_assert_cmpint (place (&f, 0, 0, end + STEP / 2, TRUE), ==, end + STEP / 2);
  end += STEP / 2 + STEP;
  g_assert_cmpint (place (&f, 0, 0, end + 4 * S, TRUE), ==, end);
  g_assert_cmpint (place (&f, 0, 1, end + 4 * S + 7, TRUE), ==, end + 7);
  gst_pin_mp4_timeline_free (f.line);
}

/* Parts shorter than a second whose clocks all begin at the same time, whether
 * it is said or not: the offset that they had would put one on top of the
 * other */
static void
test_short_parts (void)
{
  static const guint lengths[] = { 14, 20, 24 };
  gboolean announced;
  guint i, part;

  for (i = 0; i < G_N_ELEMENTS (lengths) * 2; i++) {
    guint n = lengths[i / 2];
    Fixture f;

    announced = i % 2;
    set_up (&f, GST_PIN_MP4_TS_WRAP);
    for (part = 0; part < 6; part++) {
      gint64 wanted = S + part * n * STEP;

      g_assert_cmpint (place (&f, 0, 0, S, announced), ==, wanted);
      run (&f, 0, 0, S + STEP, n - 1, wanted + STEP);
      g_assert_cmpint (place (&f, 0, 1, S - 7, announced), ==, wanted - 7);
      run (&f, 0, 1, S - 7 + STEP, n - 1, wanted - 7 + STEP);
    }
    gst_pin_mp4_timeline_free (f.line);
  }
}

/* A stream begins when the clock of its input has jumped already: by the clock
 * as it was, or with the others where that makes no sense either */
static void
test_late_stream (void)
{
  gint64 end = 100 * S + 50 * STEP;
  Fixture f;

  set_up (&f, 0);
  run (&f, 0, 0, 100 * S, 50, 100 * S);
  run (&f, 0, 0, 7000 * S, 50, end);
  g_assert_cmpint (place (&f, 0, 1, 101 * S, FALSE), ==, 101 * S);
  g_assert_cmpint (place (&f, 0, 2, 90000 * S, FALSE), ==, end + 49 * STEP);
  gst_pin_mp4_timeline_free (f.line);
}

/* Samples without a length: the step over a gap says nothing of the one that
 * follows, which has to stay where it is */
static void
test_gap_without_lengths (void)
{
  static const gint64 gaps[] = { 8 * S / 10, 2 * S, 9 * S };

  for (guint i = 0; i < G_N_ELEMENTS (gaps); i++) {
    Fixture f;

    set_up (&f, GST_PIN_MP4_TS_WRAP);
    for (guint n = 0; n < 50; n++) {
      gint64 time = S + n * STEP + (n < 25 ? 0 : gaps[i]);
      GstPinMp4Times times = { time, time, 0 };

      gst_pin_mp4_timeline_place (f.line, f.clocks[0], &f.hands[0], FALSE,
          &times);
      g_assert_cmpint (times.pts, ==, time);
    }
    gst_pin_mp4_timeline_free (f.line);
  }
}

/* A gap is none of the clock's business, nor is a sparse stream's */
static void
test_gap (void)
{
  Fixture f;

  set_up (&f, 0);
  run (&f, 0, 0, 0, 10, 0);
  run (&f, 0, 1, 0, 10, 0);
  g_assert_cmpint (place (&f, 0, 1, 9 * S, FALSE), ==, 9 * S);
  run (&f, 0, 0, 10 * STEP, 800, 10 * STEP);
  g_assert_cmpint (place (&f, 0, 1, 32 * S, FALSE), ==, 32 * S);
  gst_pin_mp4_timeline_free (f.line);
}

/* A damaged time is put where it was due, and forgotten */
static void
test_damage (void)
{
  Fixture f;

  set_up (&f, GST_PIN_MP4_TS_WRAP);
  run (&f, 0, 0, 0, 10, 0);
  g_assert_cmpint (place (&f, 0, 0, 40000 * S, FALSE), ==, 10 * STEP);
  run (&f, 0, 0, 11 * STEP, 10, 11 * STEP);
  gst_pin_mp4_timeline_free (f.line);
}

/* Of hostile clocks, as many as there are samples */
static void
test_many_jumps (void)
{
  Fixture f;
  guint i;

  set_up (&f, 0);
  for (i = 0; i < 1000; i++)
    g_assert_cmpint (place (&f, 0, 0, i * (i % 2 ? 7000 : 90000) * S, FALSE), ==,
        i * STEP);
  gst_pin_mp4_timeline_free (f.line);
}

/* A whole file's index is believed, in whatever order its samples come */
static void
test_steady (void)
{
  Fixture f;

  set_up (&f, 0);
  f.clocks[0] = gst_pin_mp4_timeline_add_clock (f.line, 0, TRUE);
  run (&f, 0, 0, 0, 2000, 0);
  run (&f, 0, 1, -STEP, 100, -STEP);
  g_assert_cmpint (place (&f, 0, 1, 500 * S, TRUE), ==, 500 * S);
  gst_pin_mp4_timeline_free (f.line);
}

static void
test_without_clock (void)
{
  GstPinMp4Times times = { NONE, NONE, 0 };
  Fixture f;

  set_up (&f, 0);
  gst_pin_mp4_timeline_place (f.line, f.clocks[0], &f.hands[0], FALSE, &times);
  g_assert_cmpint (times.pts, ==, NONE);
  gst_pin_mp4_timeline_join (f.line, &f.hands[0], &times);
  g_assert_cmpint (times.pts, ==, 0);
  g_assert_cmpint (place (&f, 1, 1, 3600 * S, FALSE), ==, 0);
  gst_pin_mp4_timeline_reset (f.line);

  f.clocks[1] = gst_pin_mp4_timeline_add_clock (f.line, 0, FALSE);
  memset (f.hands, 0, sizeof (f.hands));
  g_assert_cmpint (place (&f, 1, 1, 3600 * S, FALSE), ==, 3600 * S);
  gst_pin_mp4_timeline_join (f.line, &f.hands[0], &times);
  g_assert_cmpint (times.pts, ==, 3600 * S);
  gst_pin_mp4_timeline_free (f.line);
}

/* Pictures that were reordered, then a clock whose are not: none is shown on
 * top of another, and the sound goes along */
static void
test_a_jump_shows_nothing_twice (void)
{
  Fixture f;
  GstPinMp4Times times;
  guint i;

  set_up (&f, 0);
  for (i = 0; i < 50; i++) {
    times = (GstPinMp4Times) { (i + 2) * STEP, i * STEP, STEP };
    gst_pin_mp4_timeline_place (f.line, f.clocks[0], &f.hands[0], FALSE,
        &times);
    place (&f, 0, 1, (i + 2) * STEP, FALSE);
  }
  times = (GstPinMp4Times) { 0, 0, STEP };
  gst_pin_mp4_timeline_place (f.line, f.clocks[0], &f.hands[0], TRUE, &times);
  g_assert_cmpint (times.pts, ==, 52 * STEP);
  g_assert_cmpint (times.dts, ==, 52 * STEP);
  g_assert_cmpint (place (&f, 0, 1, 0, TRUE), ==, 52 * STEP);
  gst_pin_mp4_timeline_free (f.line);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-mp4-timeline/begin", test_begin);
  g_test_add_func ("/pin-mp4-timeline/begin-with-reordering",
      test_begin_with_reordering);
  g_test_add_func ("/pin-mp4-timeline/wrap", test_wrap);
  g_test_add_func ("/pin-mp4-timeline/jump", test_jump);
  g_test_add_func ("/pin-mp4-timeline/announced", test_announced);
  g_test_add_func ("/pin-mp4-timeline/a-jump-shows-nothing-twice",
      test_a_jump_shows_nothing_twice);
  g_test_add_func ("/pin-mp4-timeline/short-parts", test_short_parts);
  g_test_add_func ("/pin-mp4-timeline/late-stream", test_late_stream);
  g_test_add_func ("/pin-mp4-timeline/gap", test_gap);
  g_test_add_func ("/pin-mp4-timeline/gap-without-lengths",
      test_gap_without_lengths);
  g_test_add_func ("/pin-mp4-timeline/damage", test_damage);
  g_test_add_func ("/pin-mp4-timeline/many-jumps", test_many_jumps);
  g_test_add_func ("/pin-mp4-timeline/steady", test_steady);
  g_test_add_func ("/pin-mp4-timeline/without-clock", test_without_clock);
  return g_test_run ();
}
