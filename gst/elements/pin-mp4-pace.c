/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The muxer never waits for a track: what comes is written. Of one input that
 * is right, since its tracks come interleaved. Two inputs come from two
 * threads, and the faster one would be written whole before the other one has
 * begun: the file would be laid out badly, and the header of a fragmented one
 * would lack a track. So each input has a lane here, and passes this gate with
 * every sample: it waits while it is more than AHEAD in front of the last one.
 * They begin one after the other, in the order of the lanes, since the first
 * one's clock is that of all, and must be the same one each time.
 *
 * It cannot stall: whoever is last never waits, nor does the first lane to
 * begin, who has ended is not waited for, and where nobody moves for as long as patience goes, the last ones are
 * left behind. pinmp4bin has one for its life, with lanes for each run; the
 * streaming threads pass, and the state change stops it.
 */
#include "pin-mp4-pace.h"

/* Less than what the muxer holds of one track before it writes it alone */
#define AHEAD (1 * GST_SECOND)
#define NOT_BEGUN (-1)
#define NOT_COUNTED G_MAXINT64

struct _GstPinMp4Lane
{
  gint64 time;                  /* how far it has come */
  guint n_open;                 /* streams that have not ended */
};

struct _GstPinMp4Pace
{
  GstClockTime patience;
  GMutex lock;                  /* guards the rest, and the lanes */
  GCond cond;                   /* some lane has moved */
  GPtrArray *lanes;
  gboolean stopped;
};

/*
 * gst_pin_mp4_pace_new:
 * @patience: how long nobody may move before the last ones are left behind
 */
GstPinMp4Pace *
gst_pin_mp4_pace_new (GstClockTime patience)
{
  GstPinMp4Pace *self = g_new0 (GstPinMp4Pace, 1);

  self->patience = patience;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->lanes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
gst_pin_mp4_pace_free (GstPinMp4Pace *self)
{
  g_ptr_array_unref (self->lanes);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* Forgets the lanes, which nobody uses any more */
void
gst_pin_mp4_pace_clear (GstPinMp4Pace *self)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->lanes, 0);
  g_mutex_unlock (&self->lock);
}

/* Stopped, everybody passes. Any thread. */
void
gst_pin_mp4_pace_set_stopped (GstPinMp4Pace *self, gboolean stopped)
{
  g_mutex_lock (&self->lock);
  self->stopped = stopped;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* Returns: (transfer none): a lane without streams, which counts for nothing */
GstPinMp4Lane *
gst_pin_mp4_pace_add_lane (GstPinMp4Pace *self)
{
  GstPinMp4Lane *lane = g_new0 (GstPinMp4Lane, 1);

  lane->time = NOT_BEGUN;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->lanes, lane);
  g_mutex_unlock (&self->lock);
  return lane;
}

/* A stream will come along the lane */
void
gst_pin_mp4_pace_enter (GstPinMp4Pace *self, GstPinMp4Lane *lane)
{
  g_mutex_lock (&self->lock);
  lane->n_open++;
  g_mutex_unlock (&self->lock);
}

/* One of the lane's streams has ended, or is about to be removed */
void
gst_pin_mp4_pace_leave (GstPinMp4Pace *self, GstPinMp4Lane *lane)
{
  g_mutex_lock (&self->lock);
  lane->n_open -= MIN (lane->n_open, 1);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* With lock: where the last lane is */
static gint64
find_last (GstPinMp4Pace *self)
{
  gint64 last = NOT_COUNTED;
  guint i;

  for (i = 0; i < self->lanes->len; i++) {
    const GstPinMp4Lane *lane = g_ptr_array_index (self->lanes, i);

    if (lane->n_open > 0)
      last = MIN (last, lane->time);
  }
  return last;
}

static gboolean
must_wait (GstPinMp4Pace *self, const GstPinMp4Lane *lane)
{
  gint64 last = find_last (self);

  if (self->stopped || lane->n_open == 0 || lane->time == NOT_COUNTED
      || last == lane->time)
    return FALSE;
  return last == NOT_BEGUN || lane->time - last > (gint64) AHEAD;
}

/* With lock: the last ones do not count any more */
static void
leave_behind (GstPinMp4Pace *self)
{
  gint64 last = find_last (self);
  guint i;

  for (i = 0; i < self->lanes->len; i++) {
    GstPinMp4Lane *lane = g_ptr_array_index (self->lanes, i);

    if (lane->time == last)
      lane->time = NOT_COUNTED;
  }
  g_cond_broadcast (&self->cond);
}

/* With lock: a lane in front of @lane that will begin and has not, if @lane has
 * not either */
static GstPinMp4Lane *
find_earlier (GstPinMp4Pace *self, const GstPinMp4Lane *lane)
{
  guint i;

  for (i = 0; i < self->lanes->len && lane->time == NOT_BEGUN; i++) {
    GstPinMp4Lane *other = g_ptr_array_index (self->lanes, i);

    if (other == lane)
      return NULL;
    if (other->n_open > 0 && other->time == NOT_BEGUN)
      return other;
  }
  return NULL;
}

/*
 * gst_pin_mp4_pace_begin:
 * @self: the gate
 * @lane: whose first sample has come
 *
 * Waits until those before it have begun. Whoever waits here would wait for them in
 * gst_pin_mp4_pace_pass(), too.
 *
 * Returns: FALSE where it has waited for too long and left them behind
 */
gboolean
gst_pin_mp4_pace_begin (GstPinMp4Pace *self, GstPinMp4Lane *lane)
{
  gint64 deadline = g_get_monotonic_time () + self->patience / 1000;
  gboolean patient = TRUE;
  GstPinMp4Lane *earlier;

  g_mutex_lock (&self->lock);
  while (!self->stopped && (earlier = find_earlier (self, lane)) != NULL) {
    if (patient
        && g_cond_wait_until (&self->cond, &self->lock, deadline))
      continue;
    if (find_earlier (self, lane) != earlier)
      continue;
    earlier->time = NOT_COUNTED;
    patient = FALSE;
    g_cond_broadcast (&self->cond);
  }
  g_mutex_unlock (&self->lock);
  return patient;
}

/*
 * gst_pin_mp4_pace_pass:
 * @self: the gate
 * @lane: who wants to pass
 * @time: how far it has come; GST_CLOCK_TIME_NONE: as far as before, and
 *   nobody knows how far that is where it has not said it yet
 *
 * Waits for the lanes that are behind.
 *
 * Returns: FALSE where it has waited for too long and left them behind
 */
gboolean
gst_pin_mp4_pace_pass (GstPinMp4Pace *self, GstPinMp4Lane *lane,
    GstClockTime time)
{
  gint64 last, deadline = 0;
  gboolean patient = TRUE;

  g_mutex_lock (&self->lock);
  if (lane->time == NOT_BEGUN && !GST_CLOCK_TIME_IS_VALID (time))
    lane->time = NOT_COUNTED;
  else if (GST_CLOCK_TIME_IS_VALID (time))
    lane->time = MAX (lane->time, (gint64) MIN (time, G_MAXINT64 / 2));
  g_cond_broadcast (&self->cond);
  last = NOT_COUNTED;
  while (patient && must_wait (self, lane)) {
    if (find_last (self) != last)
      deadline = g_get_monotonic_time () + self->patience / 1000;
    last = find_last (self);
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline)
        && must_wait (self, lane) && find_last (self) == last) {
      leave_behind (self);
      patient = FALSE;
    }
  }
  g_mutex_unlock (&self->lock);
  return patient;
}
