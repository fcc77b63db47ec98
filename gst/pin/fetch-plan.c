/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan: the fragments of all renditions in reading order, and the runs in
 * which they can be asked for. Pure, no I/O; the session makes it.
 */
#include "fetch-plan-private.h"

#include <string.h>

/* A hole this small between two fragments (a sidx after the init part, say) is
 * read over rather than asked around: a request costs a round trip, in which a
 * connection moves more than that. */
#define MAX_GAP (32 * 1024)

static void
fragment_free (gpointer data)
{
  GstPinFragment *fragment = data;

  g_free (fragment->url);
  g_free (fragment);
}

GstPinPlan *
gst_pin_plan_new (void)
{
  GstPinPlan *self = g_new0 (GstPinPlan, 1);

  self->fragments = g_ptr_array_new_with_free_func (fragment_free);
  for (guint i = 0; i < GST_PIN_PLAN_MAX_TRACKS; i++) {
    self->tracks[i].order = g_array_new (FALSE, FALSE, sizeof (guint));
    self->tracks[i].runs = g_array_new (FALSE, FALSE, sizeof (GstPinRun));
  }
  return self;
}

void
gst_pin_plan_free (GstPinPlan *self)
{
  for (guint i = 0; i < GST_PIN_PLAN_MAX_TRACKS; i++) {
    g_array_unref (self->tracks[i].order);
    g_array_unref (self->tracks[i].runs);
  }
  g_ptr_array_unref (self->fragments);
  g_free (self);
}

guint
gst_pin_plan_add (GstPinPlan *self, guint track, GstPinFragmentKind kind,
    const gchar *url, guint64 offset, gint64 length, GstClockTime time)
{
  GstPinFragment *fragment = g_new0 (GstPinFragment, 1);
  guint index = self->fragments->len;

  g_assert (track < GST_PIN_PLAN_MAX_TRACKS);
  fragment->track = track;
  fragment->kind = kind;
  fragment->url = g_strdup (url);
  fragment->offset = offset;
  fragment->length = length;
  fragment->time = time;
  g_ptr_array_add (self->fragments, fragment);
  g_array_append_val (self->tracks[track].order, index);
  self->n_tracks = MAX (self->n_tracks, track + 1);
  return index;
}

static gboolean
joins (const GstPinRun *run, const GstPinFragment *fragment)
{
  return run->end != G_MAXUINT64 && fragment->length >= 0
      && strcmp (run->url, fragment->url) == 0
      && fragment->offset >= run->end && fragment->offset - run->end <= MAX_GAP;
}

void
gst_pin_plan_seal (GstPinPlan *self, gboolean join)
{
  for (guint t = 0; t < self->n_tracks; t++) {
    GstPinPlanTrack *track = &self->tracks[t];
    GstPinRun *run = NULL;

    for (guint i = 0; i < track->order->len; i++) {
      GstPinFragment *fragment = g_ptr_array_index (self->fragments,
          g_array_index (track->order, guint, i));
      guint64 end = fragment->length < 0 ? G_MAXUINT64
          : fragment->offset + fragment->length;

      if (join && run && joins (run, fragment)) {
        run->last = i;
        run->end = end;
      } else {
        GstPinRun next = { i, i, fragment->url, fragment->offset, end };

        g_array_append_val (track->runs, next);
        run = &g_array_index (track->runs, GstPinRun, track->runs->len - 1);
      }
      fragment->run = track->runs->len - 1;
    }
  }
}

const GstPinFragment *
gst_pin_plan_get (const GstPinPlan *self, guint index)
{
  return g_ptr_array_index (self->fragments, index);
}
