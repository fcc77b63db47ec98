/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a pad gets → samples as MP4 wants them. One per pad, used by its
 * streaming thread alone, without the muxer's lock.
 */
#pragma once

#include "mp4-track-private.h"

G_BEGIN_DECLS

typedef struct _GstPinMp4Intake GstPinMp4Intake;
typedef struct _GstPinMp4Form GstPinMp4Form;

/* What came of a buffer. Made once, emptied between buffers by
 * gst_pin_mp4_yield_clear(), whoever uses it takes out what it wants. */
typedef struct
{
  GstPinMp4Entry *entry;        /* holds from these samples on */
  gboolean replaces;            /* … and for those before */
  GstBuffer *data;              /* the samples, one behind the other */
  GArray *samples;              /* of GstPinMp4Sample */
} GstPinMp4Yield;

void gst_pin_mp4_yield_init (GstPinMp4Yield * self);
void gst_pin_mp4_yield_clear (GstPinMp4Yield * self);
void gst_pin_mp4_yield_finish (GstPinMp4Yield * self);

GstPinMp4Intake *gst_pin_mp4_intake_new (void);
void gst_pin_mp4_intake_free (GstPinMp4Intake * self);

gboolean gst_pin_mp4_intake_set_caps (GstPinMp4Intake * self,
    const GstCaps * caps, GError ** error);
/* TRUE: a transport stream's own form, which has no edits, so that what lies
 * before its segment is shown all the same */
gboolean gst_pin_mp4_intake_keeps_leading (const GstPinMp4Intake * self);

/* @buffer: (transfer full); @pts, @dts: running time in ns, signed, or
 * GST_PIN_MP4_NO_TIME. May yield nothing, or the unit before. */
gboolean gst_pin_mp4_intake_push (GstPinMp4Intake * self, GstBuffer * buffer,
    gint64 pts, gint64 dts, GstPinMp4Yield * yield, GError ** error);
/* Yields what was held back until it was known to be whole */
void gst_pin_mp4_intake_drain (GstPinMp4Intake * self, GstPinMp4Yield * yield);
/* Forgets everything but the caps: what was yielded has been thrown away */
void gst_pin_mp4_intake_reset (GstPinMp4Intake * self);

/* A form that samples come in: a table of functions on the intake's state of
 * that form. Each file of forms has one or more of these. */
struct _GstPinMp4Form
{
  gboolean keeps_leading;
  gpointer (*create) (const GstCaps * caps);
  void (*destroy) (gpointer state);
  gboolean (*push) (gpointer state, GstBuffer * buffer, gint64 pts,
      gint64 dts, GstPinMp4Yield * yield, GError ** error);
  void (*drain) (gpointer state, GstPinMp4Yield * yield);
};

extern const GstPinMp4Form gst_pin_mp4_form_byte_stream;
extern const GstPinMp4Form gst_pin_mp4_form_adts;
extern const GstPinMp4Form gst_pin_mp4_form_mpa;
extern const GstPinMp4Form gst_pin_mp4_form_ac3;
extern const GstPinMp4Form gst_pin_mp4_form_text;

void gst_pin_mp4_yield_add (GstPinMp4Yield * self, gint64 pts, gint64 dts,
    guint64 duration, guint32 size, gboolean sync);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMp4Intake, gst_pin_mp4_intake_free)

G_END_DECLS
