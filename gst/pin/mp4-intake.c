/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Chooses by the caps how a pad's buffers become samples, and does it for those
 * that are samples already: coded video with lengths, raw AAC, parsed MP3.
 * What comes as a transport stream carries it has a form of its own in
 * mp4-intake-video.c and mp4-intake-audio.c, and cues in mp4-intake-text.c.
 */
#include "mp4-intake-private.h"

#include <string.h>

struct _GstPinMp4Intake
{
  const GstPinMp4Form *form;
  gpointer state;
  GstCaps *caps;
  GstPinMp4Entry *entry;        /* to be yielded with the next sample */
  gboolean is_framed;           /* by a parser or a container: not as a
                                 * transport stream carries it */
};

void
gst_pin_mp4_yield_init (GstPinMp4Yield *self)
{
  memset (self, 0, sizeof (*self));
  self->samples = g_array_new (FALSE, FALSE, sizeof (GstPinMp4Sample));
}

void
gst_pin_mp4_yield_clear (GstPinMp4Yield *self)
{
  g_clear_pointer (&self->entry, gst_pin_mp4_entry_free);
  gst_clear_buffer (&self->data);
  self->replaces = FALSE;
  g_array_set_size (self->samples, 0);
}

void
gst_pin_mp4_yield_finish (GstPinMp4Yield *self)
{
  gst_pin_mp4_yield_clear (self);
  g_clear_pointer (&self->samples, g_array_unref);
}

void
gst_pin_mp4_yield_add (GstPinMp4Yield *self, gint64 pts, gint64 dts,
    guint64 duration, guint32 size, gboolean sync)
{
  GstPinMp4Sample sample = { pts, dts, duration, size, sync };

  g_array_append_val (self->samples, sample);
}

GstPinMp4Intake *
gst_pin_mp4_intake_new (void)
{
  return g_new0 (GstPinMp4Intake, 1);
}

static void
drop_form (GstPinMp4Intake *self)
{
  if (self->form)
    self->form->destroy (self->state);
  self->form = NULL;
  self->state = NULL;
}

void
gst_pin_mp4_intake_free (GstPinMp4Intake *self)
{
  drop_form (self);
  gst_clear_caps (&self->caps);
  g_clear_pointer (&self->entry, gst_pin_mp4_entry_free);
  g_free (self);
}

static const GstPinMp4Form *
find_form (const GstStructure *s)
{
  const gchar *format = gst_structure_get_string (s, "stream-format");
  gboolean parsed = FALSE;
  gint version = 0;

  gst_structure_get_int (s, "mpegversion", &version);
  gst_structure_get_boolean (s, "parsed", &parsed);
  if (g_strcmp0 (format, "byte-stream") == 0)
    return &gst_pin_mp4_form_byte_stream;
  if (g_strcmp0 (format, "adts") == 0)
    return &gst_pin_mp4_form_adts;
  if (gst_structure_has_name (s, "audio/mpeg") && version == 1 && !parsed)
    return &gst_pin_mp4_form_mpa;
  if (gst_structure_has_name (s, "audio/x-ac3")
      || gst_structure_has_name (s, "audio/x-eac3"))
    return &gst_pin_mp4_form_ac3;
  if (gst_structure_has_name (s, "text/x-raw"))
    return &gst_pin_mp4_form_text;
  return NULL;
}

gboolean
gst_pin_mp4_intake_set_caps (GstPinMp4Intake *self, const GstCaps *caps,
    GError **error)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  const GstPinMp4Form *form = find_form (s);

  if (form != self->form || !form) {
    drop_form (self);
    g_clear_pointer (&self->entry, gst_pin_mp4_entry_free);
    if (!form && !(self->entry = gst_pin_mp4_entry_new_from_caps (caps, error)))
      return FALSE;
    self->form = form;
    self->state = form ? form->create (caps) : NULL;
  }
  self->is_framed = FALSE;
  gst_structure_get_boolean (s, "framed", &self->is_framed);
  gst_caps_replace (&self->caps, (GstCaps *) caps);
  return TRUE;
}

gboolean
gst_pin_mp4_intake_keeps_leading (const GstPinMp4Intake *self)
{
  return self->form && self->form->keeps_leading && !self->is_framed;
}

static void
push_sample (GstBuffer *buffer, gint64 pts, gint64 dts, GstPinMp4Yield *yield)
{
  gst_pin_mp4_yield_add (yield, pts, dts, GST_BUFFER_DURATION_IS_VALID (buffer)
      ? GST_BUFFER_DURATION (buffer) : 0, gst_buffer_get_size (buffer),
      !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT));
  yield->data = buffer;
}

gboolean
gst_pin_mp4_intake_push (GstPinMp4Intake *self, GstBuffer *buffer, gint64 pts,
    gint64 dts, GstPinMp4Yield *yield, GError **error)
{
  if (!self->caps) {
    gst_buffer_unref (buffer);
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
        "Data came before caps");
    return FALSE;
  }
  if (gst_buffer_get_size (buffer) == 0) {
    gst_buffer_unref (buffer);
    return TRUE;
  }
  if (self->form)
    return self->form->push (self->state, buffer, pts, dts, yield, error);
  yield->entry = g_steal_pointer (&self->entry);
  push_sample (buffer, pts, dts, yield);
  return TRUE;
}

void
gst_pin_mp4_intake_drain (GstPinMp4Intake *self, GstPinMp4Yield *yield)
{
  if (self->form)
    self->form->drain (self->state, yield);
}

void
gst_pin_mp4_intake_reset (GstPinMp4Intake *self)
{
  g_autoptr (GstCaps) caps = g_steal_pointer (&self->caps);

  drop_form (self);
  if (caps)
    gst_pin_mp4_intake_set_caps (self, caps, NULL);
}
