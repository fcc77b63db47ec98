/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One timeline for all that comes in, whatever clocks it was stamped by.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_PIN_MP4_NO_RAW G_MININT64

/* What the clocks of transport streams count before they begin anew: 33 bits
 * at 90 kHz, in ns (ISO/IEC 13818-1: 2.4.3.7) */
#define GST_PIN_MP4_TS_WRAP G_GINT64_CONSTANT (95443717688889)

typedef struct _GstPinMp4Timeline GstPinMp4Timeline;

/* Of an input: its streams were stamped by one clock */
typedef struct _GstPinMp4Clock GstPinMp4Clock;

/* Of a stream. Zeros before the first place(); owned by its thread. */
typedef struct
{
  gboolean begun;
  gint64 offset;                /* from the clock's times to the timeline */
  gint64 expected;              /* when the next sample is due */
  gint64 last;                  /* decoding time of the last one */
  gint64 shown;                 /* until when samples are shown */
} GstPinMp4Hand;

/* Of a sample, in ns; pts and dts may be GST_PIN_MP4_NO_RAW, duration 0 */
typedef struct
{
  gint64 pts, dts, duration;
} GstPinMp4Times;

GstPinMp4Timeline *gst_pin_mp4_timeline_new (void);
void gst_pin_mp4_timeline_free (GstPinMp4Timeline * self);
void gst_pin_mp4_timeline_reset (GstPinMp4Timeline * self);
GstPinMp4Clock *gst_pin_mp4_timeline_add_clock (GstPinMp4Timeline * self,
    gint64 wrap, gboolean steady);
void gst_pin_mp4_timeline_place (GstPinMp4Timeline * self,
    GstPinMp4Clock * clock, GstPinMp4Hand * hand, gboolean broken,
    GstPinMp4Times * times);
void gst_pin_mp4_timeline_join (GstPinMp4Timeline * self, GstPinMp4Hand * hand,
    GstPinMp4Times * times);
gint64 gst_pin_mp4_timeline_convert (GstPinMp4Timeline * self,
    GstPinMp4Clock * clock, const GstPinMp4Hand * hand, gint64 raw);
gint64 gst_pin_mp4_timeline_begin (GstPinMp4Timeline * self);

G_END_DECLS
