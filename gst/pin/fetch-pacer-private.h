/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A bucket of bytes that fills at a rate: max-bitrate. A value; the clock is
 * an argument.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 rate;                 /* bytes per second; 0: no limit */
  gdouble level;                /* bytes that may be taken now */
  gint64 at;                    /* monotonic µs of the level */
} GstPinPacer;

void gst_pin_pacer_init (GstPinPacer * self, guint64 bytes_per_second,
    gint64 now);

/* At most @wanted; 0: wait for gst_pin_pacer_wait() */
gsize gst_pin_pacer_take (GstPinPacer * self, gsize wanted, gint64 now);

/* µs until it is worth asking again */
gint64 gst_pin_pacer_wait (const GstPinPacer * self);

G_END_DECLS
