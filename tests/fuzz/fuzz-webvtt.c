/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes captions. What is accepted is in order and plain UTF-8, and what is
 * written of it reads the same; two files that are added to one stay so.
 */
#include <string.h>

#include "webvtt-private.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static void
check_cues (const GstPinWebvtt *self)
{
  for (guint i = 0; i < self->cues->len; i++) {
    const GstPinCue *cue = g_ptr_array_index (self->cues, i);

    g_assert (cue->end > cue->start && *cue->text);
    g_assert (g_utf8_validate (cue->text, -1, NULL));
    g_assert (!strstr (cue->text, "\n\n"));
    if (i > 0)
      g_assert (cue->start >= ((GstPinCue *) self->cues->pdata[i - 1])->start);
  }
}

static void
check_same (const GstPinWebvtt *one, const GstPinWebvtt *two)
{
  g_assert (one->cues->len == two->cues->len);
  for (guint i = 0; i < one->cues->len; i++) {
    const GstPinCue *a = g_ptr_array_index (one->cues, i);
    const GstPinCue *b = g_ptr_array_index (two->cues, i);

    g_assert (a->start == b->start && a->end == b->end);
    g_assert_cmpstr (a->text, ==, b->text);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) text = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinWebvtt) self = gst_pin_webvtt_parse (text, &error);
  g_autoptr (GstPinWebvtt) again = NULL;
  g_autoptr (GBytes) written = NULL;

  g_assert ((self == NULL) == (error != NULL));
  if (!self)
    return 0;
  check_cues (self);
  written = gst_pin_webvtt_write (self);
  again = gst_pin_webvtt_parse (written, &error);
  g_assert_no_error (error);
  check_same (self, again);
  again->clock_zero = size * 12345;
  gst_pin_webvtt_append (self, again);
  gst_pin_webvtt_tidy (self);
  check_cues (self);
  return 0;
}
