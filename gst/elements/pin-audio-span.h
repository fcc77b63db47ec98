/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long the sound in a run of bytes lasts.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  GST_PIN_AUDIO_NONE,
  GST_PIN_AUDIO_ADTS,
  GST_PIN_AUDIO_MPA,
  GST_PIN_AUDIO_AC3
} GstPinAudioKind;

typedef struct
{
  GstPinAudioKind kind;
  gsize skip;                   /* of the next bytes, which end a frame */
} GstPinAudioSpan;

GstPinAudioKind gst_pin_audio_span_find_kind (const GstCaps * caps);
guint64 gst_pin_audio_span_push (GstPinAudioSpan * self, const guint8 * data,
    gsize size);

G_END_DECLS
