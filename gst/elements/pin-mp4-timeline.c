/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts every sample of every input on one timeline.
 *
 * The first sample stays where its clock has it. What comes from elsewhere
 * goes by the same clock if its first sample comes within COMMON of that, which
 * is how HLS wants its renditions (RFC 8216, 3); else it begins together with
 * the first. Clocks of 33 bits are taken as the turn that is nearest, so that
 * it is of no matter which input has wrapped already.
 *
 * Where a clock jumps, its stream goes on where it was, and what led there, an
 * offset, is kept: the other streams of the input jump by as much, as do those
 * of other inputs, and a damaged time that was followed once is left again. A
 * jump is what an upstream announces (EXT-X-DISCONTINUITY), unless the times go
 * on anyway, or what nobody would believe: back by more than BACK, or ahead by
 * more than AHEAD of all streams of the input. Between those, a gap is a gap.
 *
 * pinmp4bin has one for its life, and clocks for each run; the streaming
 * threads place their samples, one at a time.
 */
#include "pin-mp4-timeline.h"

/* Renditions begin within one segment of each other; 10 s is the longest that
 * authors are advised to make */
#define COMMON (10 * (gint64) GST_SECOND)
#define AHEAD (10 * (gint64) GST_SECOND)
#define BACK (500 * (gint64) GST_MSECOND)
/* An announced jump that is none */
#define SAME (100 * (gint64) GST_MSECOND)
/* How well an offset that others found has to fit */
#define FIT (1 * (gint64) GST_SECOND)
/* Of a picture that another one follows */
#define LONGEST_STEP (1 * (gint64) GST_SECOND)
#define MAX_OFFSETS 64
/* No clock says more than this: 200 years */
#define MAX_TIME (G_MAXINT64 / 2)

struct _GstPinMp4Clock
{
  gint64 wrap;                  /* 0: never */
  gboolean steady;              /* never jumps, in whatever order it comes */
  gboolean begun;
  gint64 begin, position;       /* how far its streams have come */
  gint64 offset;                /* that one of them found last */
};

struct _GstPinMp4Timeline
{
  GMutex lock;                  /* guards the rest, and the clocks */
  GPtrArray *clocks;
  gboolean begun;
  gint64 begin;                 /* when the first sample is shown */
  GArray *offsets;              /* of gint64, the newest last */
};

GstPinMp4Timeline *
gst_pin_mp4_timeline_new (void)
{
  GstPinMp4Timeline *self = g_new0 (GstPinMp4Timeline, 1);

  g_mutex_init (&self->lock);
  self->clocks = g_ptr_array_new_with_free_func (g_free);
  self->offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  return self;
}

void
gst_pin_mp4_timeline_free (GstPinMp4Timeline *self)
{
  g_ptr_array_unref (self->clocks);
  g_array_unref (self->offsets);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Forgets the clocks, which nobody uses any more */
void
gst_pin_mp4_timeline_reset (GstPinMp4Timeline *self)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->clocks, 0);
  g_array_set_size (self->offsets, 0);
  self->begun = FALSE;
  g_mutex_unlock (&self->lock);
}

/*
 * gst_pin_mp4_timeline_add_clock:
 * @self: a timeline
 * @wrap: what the clock counts before it begins anew; 0: it never does
 * @steady: its times are never doubted
 *
 * Returns: (transfer none): a clock, for an input
 */
GstPinMp4Clock *
gst_pin_mp4_timeline_add_clock (GstPinMp4Timeline *self, gint64 wrap,
    gboolean steady)
{
  GstPinMp4Clock *clock = g_new0 (GstPinMp4Clock, 1);

  clock->wrap = wrap;
  clock->steady = steady;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->clocks, clock);
  g_mutex_unlock (&self->lock);
  return clock;
}

/* When the first sample is shown; 0 while there is none */
gint64
gst_pin_mp4_timeline_begin (GstPinMp4Timeline *self)
{
  gint64 begin;

  g_mutex_lock (&self->lock);
  begin = self->begun ? self->begin : 0;
  g_mutex_unlock (&self->lock);
  return begin;
}

/* @time, in that turn of the clock which is nearest to @near */
static gint64
unwrap (const GstPinMp4Clock *clock, gint64 time, gint64 near)
{
  gint64 away = near - time, turns;

  if (clock->wrap == 0)
    return time;
  turns = (ABS (away) + clock->wrap / 2) / clock->wrap;
  return away < 0 ? time - turns * clock->wrap : time + turns * clock->wrap;
}

static void
add_offset (GstPinMp4Timeline *self, gint64 offset)
{
  if (self->offsets->len == MAX_OFFSETS)
    g_array_remove_index (self->offsets, 0);
  g_array_append_val (self->offsets, offset);
}

/* The newest offset that brings @raw to within @fit of @near, but for @wrong */
static gboolean
find_offset (GstPinMp4Timeline *self, const GstPinMp4Clock *clock, gint64 raw,
    gint64 near, gint64 fit, gint64 wrong, gint64 *offset)
{
  guint i;

  for (i = self->offsets->len; i > 0; i--) {
    gint64 known = g_array_index (self->offsets, gint64, i - 1);
    gint64 time = unwrap (clock, raw + known, near);

    if (known != wrong && ABS (time - near) <= fit) {
      *offset = known;
      return TRUE;
    }
  }
  return FALSE;
}

/* The first sample of an input */
static void
begin_clock (GstPinMp4Timeline *self, GstPinMp4Clock *clock, gint64 raw)
{
  if (!self->begun) {
    self->begin = raw;
    clock->offset = 0;
    add_offset (self, 0);
  } else if (self->offsets->len == 0) {
    clock->offset = self->begin - raw;
    add_offset (self, clock->offset);
  } else if (!find_offset (self, clock, raw, self->begin, COMMON,
          GST_PIN_MP4_NO_RAW, &clock->offset)) {
    clock->offset = self->begin - raw;
    add_offset (self, clock->offset);
    GST_INFO ("no common clock: moved by %" GST_STIME_FORMAT,
        GST_STIME_ARGS (clock->offset));
  }
  self->begun = clock->begun = TRUE;
  clock->begin = clock->position =
      unwrap (clock, raw + clock->offset, self->begin);
}

/* The first sample of a stream: by the clock of its input, unless that makes
 * no sense */
static void
begin_hand (GstPinMp4Timeline *self, GstPinMp4Clock *clock,
    GstPinMp4Hand *hand, gint64 raw)
{
  gint64 time;

  if (!clock->begun)
    begin_clock (self, clock, raw);
  hand->begun = TRUE;
  hand->offset = clock->offset;
  time = unwrap (clock, raw + hand->offset, clock->position);
  if (!clock->steady && (time < clock->begin - COMMON
          || time > clock->position + COMMON)
      && !find_offset (self, clock, raw, clock->position, COMMON,
          GST_PIN_MP4_NO_RAW, &hand->offset)) {
    hand->offset = clock->position - raw;
    add_offset (self, hand->offset);
    time = clock->position;
  }
  hand->expected = hand->last = unwrap (clock, raw + hand->offset, time);
}

static gboolean
is_believed (const GstPinMp4Clock *clock, const GstPinMp4Hand *hand,
    gint64 offset, gint64 raw, gint64 back)
{
  gint64 time = unwrap (clock, raw + offset, hand->expected);

  return time >= hand->expected - back
      && time - MAX (hand->expected, clock->position) <= AHEAD;
}

/* A later sample, decoded at @raw and shown @ahead of that: where its clock has
 * jumped, the offset is another one. It goes on in the order of decoding, and
 * behind all pictures: where those before were reordered by more than those
 * behind, the first condition alone would show some of them on top of others. */
static void
follow (GstPinMp4Timeline *self, GstPinMp4Clock *clock, GstPinMp4Hand *hand,
    gboolean broken, gint64 raw, gint64 ahead)
{
  gint64 time = unwrap (clock, raw + hand->offset, hand->expected);

  if (clock->steady || (broken ? ABS (time - hand->expected) <= SAME
          : is_believed (clock, hand, hand->offset, raw, BACK)))
    return;
  if (clock->offset != hand->offset
      && is_believed (clock, hand, clock->offset, raw, FIT)) {
    hand->offset = clock->offset;
  } else if (!find_offset (self, clock, raw, hand->expected, FIT,
          time < hand->last - BACK ? hand->offset : GST_PIN_MP4_NO_RAW,
          &hand->offset)) {
    hand->offset = MAX (hand->expected, MIN (hand->shown - ahead,
            hand->expected + LONGEST_STEP)) - raw;
    add_offset (self, hand->offset);
    GST_INFO ("the clock jumps by %" GST_STIME_FORMAT,
        GST_STIME_ARGS (time - hand->expected));
  }
  clock->offset = hand->offset;
}

/*
 * gst_pin_mp4_timeline_place:
 * @self: a timeline
 * @clock: the input's
 * @hand: the stream's
 * @broken: upstream says that the clock may be another one from here on
 * @times: (inout): of a sample, in the order of decoding
 *
 * Moves the times of a sample from its clock to the timeline.
 */
void
gst_pin_mp4_timeline_place (GstPinMp4Timeline *self, GstPinMp4Clock *clock,
    GstPinMp4Hand *hand, gboolean broken, GstPinMp4Times *times)
{
  gint64 raw = times->dts != GST_PIN_MP4_NO_RAW ? times->dts : times->pts;
  gint64 shown = times->pts != GST_PIN_MP4_NO_RAW ? times->pts : raw, time;

  if (raw == GST_PIN_MP4_NO_RAW || ABS (raw) > MAX_TIME
      || ABS (shown) > MAX_TIME)
    return;
  g_mutex_lock (&self->lock);
  if (!hand->begun)
    begin_hand (self, clock, hand, shown);
  else
    follow (self, clock, hand, broken, raw, shown - raw);
  time = unwrap (clock, raw + hand->offset, hand->expected);
  if (times->dts != GST_PIN_MP4_NO_RAW)
    times->dts = time;
  if (times->pts != GST_PIN_MP4_NO_RAW)
    times->pts = unwrap (clock, times->pts + hand->offset, time);
  hand->expected = time + (times->duration > 0 ? times->duration :
      CLAMP (time - hand->last, 0, LONGEST_STEP));
  hand->last = time;
  hand->shown = MAX (hand->shown, unwrap (clock, shown + hand->offset, time)
      + times->duration);
  clock->position = MAX (clock->position, time);
  g_mutex_unlock (&self->lock);
}

/*
 * gst_pin_mp4_timeline_join:
 * @self: a timeline
 * @hand: of a stream without a clock
 * @times: (out): of its first sample: when the others begin, or will
 */
void
gst_pin_mp4_timeline_join (GstPinMp4Timeline *self, GstPinMp4Hand *hand,
    GstPinMp4Times *times)
{
  g_mutex_lock (&self->lock);
  if (!self->begun)
    self->begin = 0;
  self->begun = hand->begun = TRUE;
  hand->expected = hand->last = times->pts = self->begin;
  g_mutex_unlock (&self->lock);
}

/*
 * gst_pin_mp4_timeline_convert:
 * @self: a timeline
 * @clock: the input's
 * @hand: of a stream that has begun
 * @raw: a time of that clock, near the stream's last sample
 *
 * Returns: the same time on the timeline
 */
gint64
gst_pin_mp4_timeline_convert (GstPinMp4Timeline *self, GstPinMp4Clock *clock,
    const GstPinMp4Hand *hand, gint64 raw)
{
  return unwrap (clock, raw + hand->offset, hand->last);
}
