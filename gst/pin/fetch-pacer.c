/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A token bucket. It holds at most a tenth of a second's bytes, so that a
 * pause is not followed by a burst. The fetcher owns one for all its chunks.
 */
#include "fetch-pacer-private.h"

#define DEPTH 0.1
/* Less is not worth a read */
#define LEAST 4096

void
gst_pin_pacer_init (GstPinPacer *self, guint64 bytes_per_second, gint64 now)
{
  self->rate = bytes_per_second;
  self->level = 0;
  self->at = now;
}

static gdouble
depth (const GstPinPacer *self)
{
  return MAX (self->rate * DEPTH, 2 * LEAST);
}

gsize
gst_pin_pacer_take (GstPinPacer *self, gsize wanted, gint64 now)
{
  gsize taken;

  if (self->rate == 0)
    return wanted;
  self->level += (gdouble) (now - self->at) / G_USEC_PER_SEC * self->rate;
  self->level = MIN (self->level, depth (self));
  self->at = now;
  if (self->level < MIN (wanted, LEAST))
    return 0;
  taken = MIN (wanted, (gsize) self->level);
  self->level -= taken;
  return taken;
}

gint64
gst_pin_pacer_wait (const GstPinPacer *self)
{
  return (LEAST - self->level) / self->rate * G_USEC_PER_SEC + 1000;
}
