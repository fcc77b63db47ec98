/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the two halves of the muxer element share: pinmp4mux.c, which is its face
 * (pads, properties, states), and pinmp4mux-flow.c, through which data and
 * events go.
 */
#pragma once

#include "pinmp4mux.h"
#include "mp4-intake-private.h"
#include "mp4-writer-private.h"

G_BEGIN_DECLS

GST_DEBUG_CATEGORY_EXTERN (gst_pin_mp4_mux_debug);

struct _GstPinMp4MuxPad
{
  GstPad parent;

  /* streaming thread of the pad */
  GstPinMp4Intake *intake;
  GstPinMp4Yield yield;
  GstSegment segment;
  gint generation;              /* the mux's that the intake yields to */

  /* lock of the mux */
  GstPinMp4Kind kind;
  GstPinMp4Track *track;        /* owned by the writer; NULL: no caps yet and
                                 * no writer either */
  gchar language[4];
  gboolean eos, released;
  gboolean refused;             /* some of its samples, which has been said */
};

struct _GstPinMp4Mux
{
  GstElement parent;
  GstPad *srcpad;

  gint generation;              /* atomic; rises when all is thrown away */
  GMutex lock;                  /* guards what follows */
  GCond cond;                   /* pushing has ended, or held is less */
  GPtrArray *pads;              /* of GstPinMp4MuxPad, not released ones */
  GstPinMp4Writer *writer;      /* NULL: nothing has come yet */
  GstPinMp4Format layout_format;        /* what format came to */
  gboolean pushing;             /* one thread does, without the lock */
  gboolean stopping;            /* to READY: nobody waits any longer */
  gboolean finished;            /* EOS has been sent, or is no longer to be */
  GstFlowReturn flow;           /* of downstream */
  guint64 position;             /* where downstream is */
  gboolean started;             /* stream-start, caps and segment sent */
  gboolean no_seek_warning;     /* is to be posted */
  GstTagList *tags;

  /* properties; object lock */
  GstPinMp4Format format;
  guint fragment_duration;
  guint64 reserved_duration;
};

/* Functions of the pads */
GstFlowReturn gst_pin_mp4_mux_chain (GstPad * pad, GstObject * parent,
    GstBuffer * buffer);
gboolean gst_pin_mp4_mux_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event);

/* A pad has come or goes, with the streams running or not */
void gst_pin_mp4_mux_join (GstPinMp4Mux * self, GstPinMp4MuxPad * pad);
void gst_pin_mp4_mux_part (GstPinMp4Mux * self, GstPinMp4MuxPad * pad);

/* Everything begins anew; the lock is held */
void gst_pin_mp4_mux_reset (GstPinMp4Mux * self);

G_END_DECLS
