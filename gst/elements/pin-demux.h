/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the two demuxers of pinmp4bin have in common: bytes in, however they
 * come, and source pads that begin, flow and end alike.
 */
#pragma once

#include <gst/base/base.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_DEMUX (gst_pin_demux_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstPinDemux, gst_pin_demux, GST, PIN_DEMUX,
    GstElement)

/* take_bytes: (transfer full) the next ones, pushed or pulled. take_event: of
 * the container's, all but its end. take_end: gives what is left; FALSE: this
 * is no end to pass on. reset: no data flow any more, and the pads are gone.
 * All but the last in the streaming thread. */
struct _GstPinDemuxClass
{
  GstElementClass parent_class;

  GstFlowReturn (*take_bytes) (GstPinDemux * self, GstBuffer * buffer);
  void (*take_event) (GstPinDemux * self, GstEvent * event);
  gboolean (*take_end) (GstPinDemux * self);
  void (*reset) (GstPinDemux * self);
};

GstPad *gst_pin_demux_add_pad (GstPinDemux * self, guint number,
    GstCaps * caps, GstClockTime start, GstTagList * tags);
GstFlowReturn gst_pin_demux_push (GstPinDemux * self, GstPad * pad,
    GstBuffer * buffer);
void gst_pin_demux_set_duration (GstPinDemux * self, GstClockTime duration);

GstPad *gst_pin_demux_get_sink (GstPinDemux * self);
gboolean gst_pin_demux_is_pulling (GstPinDemux * self);
void gst_pin_demux_pull_from (GstPinDemux * self, guint64 offset);

G_END_DECLS
