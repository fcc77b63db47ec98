/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One input of pinmp4bin: finds out what it is and takes it apart.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_PIN_MP4_INPUT (gst_pin_mp4_input_get_type ())
G_DECLARE_FINAL_TYPE (GstPinMp4Input, gst_pin_mp4_input, GST, PIN_MP4_INPUT,
    GstBin)

typedef enum
{
  GST_PIN_MP4_INPUT_UNKNOWN,
  GST_PIN_MP4_INPUT_NESTED,     /* its pads carry containers: new inputs */
  GST_PIN_MP4_INPUT_TS,         /* its pads carry elementary streams … */
  GST_PIN_MP4_INPUT_MP4,        /* … with decode times and edit lists */
  GST_PIN_MP4_INPUT_BARE,       /* one elementary stream without timestamps */
  GST_PIN_MP4_INPUT_UNSUPPORTED
} GstPinMp4InputKind;

/* What an input tells its owner, from the thread that brought the data, with
 * no lock held. begun: the kind is known. stream: a pad of its own, with the
 * caps that it has or will have. complete: there will be no more pads; comes
 * once. */
typedef struct
{
  void (*begun) (GstPinMp4Input * input, gpointer user_data);
  void (*stream) (GstPinMp4Input * input, GstPad * pad, GstCaps * caps,
      gpointer user_data);
  void (*complete) (GstPinMp4Input * input, gpointer user_data);
} GstPinMp4InputFuncs;

GstPinMp4Input *gst_pin_mp4_input_new (const GstPinMp4InputFuncs * funcs,
    gpointer user_data);
GstPinMp4InputKind gst_pin_mp4_input_get_kind (GstPinMp4Input * self);
const GstCaps *gst_pin_mp4_input_get_caps (GstPinMp4Input * self);
gboolean gst_pin_mp4_input_is_complete (GstPinMp4Input * self);
void gst_pin_mp4_input_complete (GstPinMp4Input * self);
gboolean gst_pin_mp4_input_hides_leading (GstPinMp4Input * self);

G_END_DECLS
