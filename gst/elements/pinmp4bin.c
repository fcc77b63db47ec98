/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pinmp4bin glues three parts together and decides nothing that they can:
 *
 *     sink, sink_%u ─ GstPinMp4Input ─ GstPinMp4Stream ─ pinmp4mux ─ src
 *
 * Each sink pad has an input, which shows elementary streams. Their data wait
 * until every input has shown all that it has; then they are linked to the
 * muxer, once for the run, by the thread that brought the last piece. From
 * there on nothing waits: there is no queue, and the muxer takes what comes. An
 * application makes the bin; everything that a run needed is gone when it is
 * back in READY.
 *
 * Locking: `lock` guards the run's lists and is held while streams are linked.
 * A state change to READY first takes it to clear `running`, so that nothing is
 * linked afterwards; it is never held while messages are posted or data flow.
 */

/**
 * SECTION:element-pinmp4bin
 * @title: pinmp4bin
 * @short_description: HLS, MPEG-TS, MP4 or bare audio to one MP4
 *
 * Muxes what hlsdemux, a file or an application gives into one MP4, without
 * re-encoding. What comes in is recognised by its caps, or by its first bytes.
 * A playlist is taken as well as what is behind it. Behind a hlsdemux whose
 * sound comes on a pad of its own, that pad is linked too, so that
 * `hlsdemux ! pinmp4bin` loses nothing.
 *
 * A track that an MP4 cannot hold is left out with a warning on the bus; where
 * nothing is left, an error with the code `unsupported` says so.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 pinsrc location=https://www.pinterest.com/pin/ID/ ! pinmp4bin ! filesink location=out.mp4
 * ]| A Pin's best video, as a file with its index in front.
 * |[
 * gst-launch-1.0 filesrc location=in.ts ! pinmp4bin ! filesink location=out.mp4
 * ]| A transport stream, repacked.
 * |[
 * gst-launch-1.0 -q filesrc location=in.ts ! pinmp4bin ! fdsink fd=1 | ffprobe -
 * ]| Into a pipe, as a fragmented MP4.
 *
 * Since: 0.1
 */
#include "pinmp4bin.h"

#include "pin-element-error.h"
#include "pin-mp4-captions.h"
#include "pin-mp4-extras.h"
#include "pin-mp4-pace.h"
#include "pin-mp4-pipe.h"
#include "pin-mp4-stream.h"
#include "pin-mp4-timeline.h"
#include "pin-mp4-upstream.h"
#include "pin-query.h"
#include "pin-walk.h"
#include "pinmp4mux.h"

#include <gst/pin/error.h>
#include <stdio.h>

GST_DEBUG_CATEGORY (gst_pin_mp4_bin_debug);
#define GST_CAT_DEFAULT gst_pin_mp4_bin_debug

/* An input that brings nothing for so long has not said either that it failed;
 * longer than what pinsrc waits for the network */
#define PATIENCE (60 * GST_SECOND)

enum
{
  PROP_0,
  PROP_FORMAT,
  PROP_FRAGMENT_DURATION
};

struct _GstPinMp4Bin
{
  GstBin parent;

  GstElement *mux;              /* owned by the bin, as long as that lives */
  GstPinMp4Pace *pace;
  GstPinMp4Timeline *timeline;
  GstPinMp4Extras *extras;
  guint n_requested;            /* GST_OBJECT_LOCK */

  GRecMutex lock;               /* guards all below */
  gboolean running;             /* between READY and READY again */
  gboolean linked;
  gboolean failed;
  GPtrArray *inputs;            /* of GstPinMp4Input; one per sink pad, then
                                 * one per pad of a nested demuxer */
  GPtrArray *streams;           /* of GstPinMp4Stream */
  GPtrArray *adopted;           /* of GstPad: sinks made for free pads */
  GstPinMp4Captions *captions;  /* NULL: none are muxed */
};

#define SINK_CAPS \
  "application/x-hls; video/mpegts; video/quicktime; video/mj2; " \
  "audio/x-m4a; application/x-3gp; audio/mpeg; audio/x-ac3; audio/x-eac3; " \
  "application/x-id3"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (SINK_CAPS));
static GstStaticPadTemplate request_template =
GST_STATIC_PAD_TEMPLATE ("sink_%u",
    GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (SINK_CAPS));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/quicktime, "
        "variant = (string) { iso, iso-fragmented }"));

#define gst_pin_mp4_bin_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstPinMp4Bin, gst_pin_mp4_bin, GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_TAG_SETTER, NULL);
    GST_DEBUG_CATEGORY_INIT (gst_pin_mp4_bin_debug, "pinmp4bin", 0,
        "HLS, MPEG-TS or MP4 to one MP4"));
GST_ELEMENT_REGISTER_DEFINE (pinmp4bin, "pinmp4bin", GST_RANK_NONE,
    GST_TYPE_PIN_MP4_BIN);

/* --- Linking --- */

static void
take_error (GPtrArray *errors, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (errors, g_error_new_valist (GST_PIN_ERROR,
          GST_PIN_ERROR_UNSUPPORTED, format, args));
  va_end (args);
}

/* A sink pad that nobody linked is not waited for */
static gboolean
is_awaited (GstPinMp4Input *input)
{
  GstPad *outer = g_object_get_data (G_OBJECT (input), "outer-pad");

  if (gst_pin_mp4_input_is_complete (input))
    return FALSE;
  return outer == NULL || gst_pad_is_linked (outer);
}

/* With lock */
static gboolean
is_all_known (GstPinMp4Bin *self)
{
  guint i;

  for (i = 0; i < self->inputs->len; i++) {
    if (is_awaited (g_ptr_array_index (self->inputs, i)))
      return FALSE;
  }
  return TRUE;
}

static guint
find_rank (GstPinMp4Bin *self, GstPinMp4Stream *stream)
{
  guint rank = 0;

  g_ptr_array_find (self->inputs, gst_pin_mp4_stream_get_input (stream),
      &rank);
  return rank;
}

/* In the order of the inputs, whichever was faster */
static gint
compare_streams (gconstpointer a, gconstpointer b, gpointer self)
{
  guint one = find_rank (self, *(GstPinMp4Stream * const *) a);
  guint two = find_rank (self, *(GstPinMp4Stream * const *) b);

  return one < two ? -1 : one > two;
}

/* With lock. Links what the muxer takes; returns how many streams that are. */
static guint
link_streams (GstPinMp4Bin *self, GPtrArray *warnings)
{
  guint i, n = 0;

  g_ptr_array_sort_with_data (self->streams, compare_streams, self);
  for (i = 0; i < self->streams->len; i++) {
    GstPinMp4Stream *stream = g_ptr_array_index (self->streams, i);

    if (gst_pin_mp4_stream_link (stream, self->mux))
      n++;
    else if (gst_pin_mp4_stream_is_media (stream))
      take_error (warnings, "The track %s is left out: it cannot be put into "
          "an MP4 here.", gst_pin_mp4_stream_get_name (stream));
  }
  return n;
}

/* With lock. The streams of an input go by one clock; inputs from several
 * threads keep pace with each other. */
static void
set_clocks (GstPinMp4Bin *self)
{
  guint i, j;

  for (i = 0; i < self->inputs->len; i++) {
    GstPinMp4Input *input = g_ptr_array_index (self->inputs, i);
    GstPinMp4Lane *lane = self->inputs->len > 1 ?
        gst_pin_mp4_pace_add_lane (self->pace) : NULL;
    GstPinMp4Clock *clock = gst_pin_mp4_timeline_add_clock (self->timeline,
        gst_pin_mp4_input_get_kind (input) == GST_PIN_MP4_INPUT_MP4 ? 0 :
        GST_PIN_MP4_TS_WRAP, gst_pin_mp4_input_hides_leading (input));

    for (j = 0; j < self->streams->len; j++) {
      GstPinMp4Stream *stream = g_ptr_array_index (self->streams, j);

      if (!gst_pin_mp4_stream_is_linked (stream)
          || gst_pin_mp4_stream_get_input (stream) != input)
        continue;
      gst_pin_mp4_stream_set_clock (stream, self->timeline, clock);
      if (lane != NULL)
        gst_pin_mp4_stream_set_lane (stream, self->pace, lane);
    }
  }
}

/* With lock. Captions become a track beside the picture that they count from. */
static void
link_captions (GstPinMp4Bin *self)
{
  guint i;

  for (i = 0; i < self->streams->len; i++) {
    GstPinMp4Stream *stream = g_ptr_array_index (self->streams, i);
    GstEvent *event;

    if (!gst_pin_mp4_stream_is_linked (stream)
        || !gst_pin_mp4_stream_is_picture (stream))
      continue;
    event = gst_pin_mp4_extras_steal_captions (self->extras);
    if (event != NULL)
      self->captions = gst_pin_mp4_captions_new (self->mux, event);
    gst_pin_mp4_stream_set_captions (stream, self->captions);
    break;
  }
}

/* With lock. What an MP4 hides before its beginning stays hidden, where any
 * input says so; else all that comes is shown. */
static void
unblock_streams (GstPinMp4Bin *self)
{
  gboolean keep_leading = TRUE;
  guint i;

  link_captions (self);
  set_clocks (self);
  for (i = 0; i < self->inputs->len; i++)
    keep_leading &= !gst_pin_mp4_input_hides_leading (g_ptr_array_index
        (self->inputs, i));
  for (i = 0; i < self->streams->len; i++)
    gst_pin_mp4_stream_unblock (g_ptr_array_index (self->streams, i),
        keep_leading);
}

static void
post_warnings (GstPinMp4Bin *self, GPtrArray *warnings)
{
  guint i;

  for (i = 0; i < warnings->len; i++)
    gst_pin_element_post_warning (GST_ELEMENT (self),
        g_ptr_array_index (warnings, i), NULL);
}

static void
link_when_known (GstPinMp4Bin *self)
{
  g_autoptr (GPtrArray) warnings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  g_autoptr (GError) error = NULL;

  g_rec_mutex_lock (&self->lock);
  if (self->running && !self->linked && is_all_known (self)) {
    self->linked = TRUE;
    gst_pin_mp4_extras_hand_tags (self->extras, GST_TAG_SETTER (self),
        self->mux);
    if (link_streams (self, warnings) > 0)
      unblock_streams (self);
    else
      error = g_error_new_literal (GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
          "There is no track that can be muxed. H.264 and HEVC, AAC, MP3, AC-3 "
          "and E-AC-3 can be.");
  }
  g_rec_mutex_unlock (&self->lock);

  post_warnings (self, warnings);
  if (error != NULL)
    gst_pin_element_post_error (GST_ELEMENT (self), error, NULL);
}

/* --- Inputs --- */

static void adopt_free_pads (GstPinMp4Bin * self, GstElement * demux);
static GstPinMp4Input *add_input (GstPinMp4Bin * self);

/* First data. A hlsdemux in front may have linked before it had all its pads,
 * or through a queue that was linked later; and it keeps the tags of what
 * feeds it. */
static void
on_input_begun (GstPinMp4Input *input, gpointer user_data)
{
  GstPinMp4Bin *self = user_data;
  GstPad *outer = g_object_get_data (G_OBJECT (input), "outer-pad");
  g_autoptr (GstElement) demux = NULL;

  if (outer != NULL)
    demux = gst_pin_walk_find (outer, "hlsdemux", NULL);
  if (demux != NULL) {
    gst_pin_mp4_extras_take_upstream (self->extras, demux);
    adopt_free_pads (self, demux);
  }
  if (gst_pin_mp4_input_get_kind (input) == GST_PIN_MP4_INPUT_UNSUPPORTED) {
    g_autofree gchar *caps =
        gst_caps_to_string (gst_pin_mp4_input_get_caps (input));
    g_autoptr (GError) error = g_error_new (GST_PIN_ERROR,
        GST_PIN_ERROR_UNSUPPORTED, "An input is left out: it is “%s”, which is "
        "neither HLS, nor MPEG-TS, nor MP4, nor audio that can be muxed.", caps);

    gst_pin_element_post_warning (GST_ELEMENT (self), error, NULL);
  }
}

/* With lock: a pad of a nested demuxer becomes an input of its own */
static void
add_nested_input (GstPinMp4Bin *self, GstPad *pad)
{
  GstPinMp4Input *input = add_input (self);
  g_autoptr (GstPad) sink =
      gst_element_get_static_pad (GST_ELEMENT (input), "sink");

  gst_element_sync_state_with_parent (GST_ELEMENT (input));
  gst_pad_link (pad, sink);
}

/* With lock */
static void
add_stream (GstPinMp4Bin *self, GstPinMp4Input *input, GstPad *pad,
    GstCaps *caps)
{
  GstPinMp4Stream *stream = gst_pin_mp4_stream_new (input, pad, caps);

  if (self->failed)
    gst_pin_mp4_stream_fail (stream);
  g_ptr_array_add (self->streams, stream);
}

static void
report_late (GstPinMp4Bin *self, GstPad *pad, GstCaps *caps)
{
  g_autofree gchar *description = gst_caps_to_string (caps);
  g_autoptr (GError) error = g_error_new (GST_PIN_ERROR,
      GST_PIN_ERROR_UNSUPPORTED, "The track %s (%s) is left out: it came after "
      "the others had begun.", description, GST_OBJECT_NAME (pad));

  gst_pin_element_post_warning (GST_ELEMENT (self), error, NULL);
}

static void
on_input_stream (GstPinMp4Input *input, GstPad *pad, GstCaps *caps,
    gpointer user_data)
{
  GstPinMp4Bin *self = user_data;
  gboolean late = FALSE;

  g_rec_mutex_lock (&self->lock);
  if (self->running) {
    if (gst_pin_mp4_input_get_kind (input) == GST_PIN_MP4_INPUT_NESTED)
      add_nested_input (self, pad);
    else if (!self->linked)
      add_stream (self, input, pad, caps);
    else
      late = TRUE;
  }
  g_rec_mutex_unlock (&self->lock);

  if (late)
    report_late (self, pad, caps);
}

static void
on_input_complete (GstPinMp4Input *input, gpointer user_data)
{
  link_when_known (user_data);
}

static const GstPinMp4InputFuncs input_funcs = {
  on_input_begun, on_input_stream, on_input_complete
};

/* With lock. Returns: (transfer none) */
static GstPinMp4Input *
add_input (GstPinMp4Bin *self)
{
  GstPinMp4Input *input = gst_pin_mp4_input_new (&input_funcs, self);

  gst_bin_add (GST_BIN (self), GST_ELEMENT (input));
  g_ptr_array_add (self->inputs, input);
  return input;
}

/* --- A hlsdemux in front --- */

static GstPad *
add_adopted_sink (GstPinMp4Bin *self)
{
  GstPad *sink = NULL;

  g_rec_mutex_lock (&self->lock);
  if (self->running) {
    sink = gst_element_request_pad_simple (GST_ELEMENT (self), "sink_%u");
    g_ptr_array_add (self->adopted, sink);
  }
  g_rec_mutex_unlock (&self->lock);
  return sink;
}

static void
adopt_free_pads (GstPinMp4Bin *self, GstElement *demux)
{
  GList *pads = gst_pin_mp4_upstream_free_pads (demux), *l;

  for (l = pads; l != NULL; l = l->next) {
    GstPad *sink = add_adopted_sink (self);

    if (sink == NULL)
      break;
    if (gst_pad_link (l->data, sink) == GST_PAD_LINK_OK)
      GST_INFO_OBJECT (self, "%" GST_PTR_FORMAT " was free: taken", l->data);
    else
      GST_INFO_OBJECT (self, "%" GST_PTR_FORMAT " got linked", l->data);
  }
  g_list_free_full (pads, gst_object_unref);
}

/* hlsdemux adds all its pads, says this, and only then sends data */
static void
on_upstream_no_more_pads (GstElement *demux, GstPinMp4Bin *self)
{
  GList *pads, *l;
  gboolean ours = FALSE;

  GST_OBJECT_LOCK (self);
  pads = g_list_copy_deep (GST_ELEMENT (self)->sinkpads,
      (GCopyFunc) (void (*)(void)) gst_object_ref, NULL);
  GST_OBJECT_UNLOCK (self);
  for (l = pads; l != NULL && !ours; l = l->next) {
    g_autoptr (GstElement) found =
        gst_pin_walk_find (l->data, "hlsdemux", NULL);

    ours = found == demux;
  }
  g_list_free_full (pads, gst_object_unref);
  if (ours)
    adopt_free_pads (self, demux);
}

static void
on_sink_linked (GstPad *sink, GstPad *peer, GstPinMp4Bin *self)
{
  g_autoptr (GstElement) demux = gst_pin_walk_find (sink, "hlsdemux", NULL);
  g_autoptr (GstPad) open_end = NULL;

  if (demux == NULL) {
    /* `hlsdemux ! queue ! pinmp4bin`: the queue is linked before its source */
    open_end = gst_pin_walk_open_end (sink);
    if (open_end != NULL)
      g_signal_connect_object (open_end, "linked",
          G_CALLBACK (on_sink_linked), self, 0);
    return;
  }
  if (g_signal_handler_find (demux, G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA,
          0, 0, NULL, on_upstream_no_more_pads, self) == 0)
    g_signal_connect_object (demux, "no-more-pads",
        G_CALLBACK (on_upstream_no_more_pads), self, 0);
}

/* --- Pads --- */

static GstPadProbeReturn
on_sink_event (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Bin *self)
{
  gst_pin_mp4_extras_take_event (self->extras, info->data);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_sink_query (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Bin *self)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) == GST_QUERY_CUSTOM
      && gst_structure_has_name (gst_query_get_structure (query),
          GST_PIN_QUERY_FRAGMENTS))
    return GST_PAD_PROBE_HANDLED;
  return GST_PAD_PROBE_OK;
}

static GstPad *
add_sink (GstPinMp4Bin *self, const gchar *name, GstPadTemplate *template)
{
  g_autoptr (GstPad) inner = NULL;
  GstPinMp4Input *input;
  GstPad *sink;

  g_rec_mutex_lock (&self->lock);
  input = add_input (self);
  inner = gst_element_get_static_pad (GST_ELEMENT (input), "sink");
  sink = gst_ghost_pad_new_from_template (name, inner, template);
  g_object_set_data (G_OBJECT (input), "outer-pad", sink);
  g_object_set_data_full (G_OBJECT (sink), "input", gst_object_ref (input),
      gst_object_unref);
  g_rec_mutex_unlock (&self->lock);

  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      (GstPadProbeCallback) on_sink_event, self, NULL);
  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM |
      GST_PAD_PROBE_TYPE_PUSH, (GstPadProbeCallback) on_sink_query, self, NULL);
  g_signal_connect (sink, "linked", G_CALLBACK (on_sink_linked), self);

  gst_element_sync_state_with_parent (GST_ELEMENT (input));
  gst_pad_set_active (sink, GST_STATE (self) > GST_STATE_READY);
  gst_element_add_pad (GST_ELEMENT (self), sink);
  return sink;
}

static GstPad *
gst_pin_mp4_bin_request_new_pad (GstElement *element, GstPadTemplate *template,
    const gchar *name, const GstCaps *caps)
{
  GstPinMp4Bin *self = GST_PIN_MP4_BIN (element);
  g_autofree gchar *own_name = NULL;
  guint number;

  GST_OBJECT_LOCK (self);
  if (name != NULL && sscanf (name, "sink_%u", &number) == 1)
    self->n_requested = MAX (self->n_requested, number + 1);
  else
    own_name = g_strdup_printf ("sink_%u", self->n_requested++);
  GST_OBJECT_UNLOCK (self);
  return add_sink (self, own_name != NULL ? own_name : name, template);
}

/* While the bin is disposed of, its children go before its pads */
static void
remove_input (GstPinMp4Bin *self, GstPinMp4Input *input)
{
  guint i;

  g_rec_mutex_lock (&self->lock);
  for (i = 0; i < self->streams->len; i++) {
    GstPinMp4Stream *stream = g_ptr_array_index (self->streams, i);

    if (gst_pin_mp4_stream_get_input (stream) == input)
      gst_pin_mp4_stream_release (stream);
  }
  g_rec_mutex_unlock (&self->lock);

  gst_element_set_state (GST_ELEMENT (input), GST_STATE_NULL);
  g_rec_mutex_lock (&self->lock);
  for (i = self->streams->len; i > 0; i--) {
    GstPinMp4Stream *stream = g_ptr_array_index (self->streams, i - 1);

    if (gst_pin_mp4_stream_get_input (stream) == input)
      g_ptr_array_remove_index (self->streams, i - 1);
  }
  g_ptr_array_remove (self->inputs, input);
  g_rec_mutex_unlock (&self->lock);
  if (gst_object_has_as_parent (GST_OBJECT (input), GST_OBJECT (self)))
    gst_bin_remove (GST_BIN (self), GST_ELEMENT (input));
}

static void
gst_pin_mp4_bin_release_pad (GstElement *element, GstPad *pad)
{
  GstPinMp4Bin *self = GST_PIN_MP4_BIN (element);
  GstPinMp4Input *input = g_object_get_data (G_OBJECT (pad), "input");

  /* First, for its thread may wait inside, and hold the pad meanwhile */
  remove_input (self, input);
  gst_pad_set_active (pad, FALSE);
  gst_ghost_pad_set_target (GST_GHOST_PAD (pad), NULL);
  g_rec_mutex_lock (&self->lock);
  g_ptr_array_remove (self->adopted, pad);
  g_object_set_data (G_OBJECT (input), "outer-pad", NULL);
  g_rec_mutex_unlock (&self->lock);
  gst_element_remove_pad (element, pad);
  /* All others may have waited for it */
  link_when_known (self);
}

/* --- State --- */

/* No data flow any more. The inputs forgot by themselves. */
static void
forget_run (GstPinMp4Bin *self)
{
  guint i;

  g_ptr_array_set_size (self->streams, 0);
  g_clear_pointer (&self->captions, gst_pin_mp4_captions_free);
  gst_pin_mp4_pace_clear (self->pace);
  gst_pin_mp4_timeline_reset (self->timeline);
  for (i = self->inputs->len; i > 0; i--) {
    GstPinMp4Input *input = g_ptr_array_index (self->inputs, i - 1);

    if (g_object_get_data (G_OBJECT (input), "outer-pad") == NULL)
      remove_input (self, input);
  }
  while (self->adopted->len > 0) {
    g_autoptr (GstPad) sink =
        gst_object_ref (g_ptr_array_index (self->adopted, 0));
    g_autoptr (GstPad) peer = gst_pad_get_peer (sink);

    if (peer != NULL)
      gst_pad_unlink (peer, sink);
    gst_element_release_request_pad (GST_ELEMENT (self), sink);
  }
  gst_pin_mp4_extras_reset (self->extras);
  self->linked = self->failed = FALSE;
}

static GstStateChangeReturn
gst_pin_mp4_bin_change_state (GstElement *element, GstStateChange transition)
{
  GstPinMp4Bin *self = GST_PIN_MP4_BIN (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      || transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    g_rec_mutex_lock (&self->lock);
    self->running = transition == GST_STATE_CHANGE_READY_TO_PAUSED;
    g_rec_mutex_unlock (&self->lock);
    gst_pin_mp4_pace_set_stopped (self->pace, !self->running);
  }
  ret = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    forget_run (self);
  return ret;
}

/* --- Errors from inside --- */

static void
fail_stream (gpointer stream, gpointer user_data)
{
  gst_pin_mp4_stream_fail (stream);
}

static void
gst_pin_mp4_bin_handle_message (GstBin *bin, GstMessage *message)
{
  GstPinMp4Bin *self = GST_PIN_MP4_BIN (bin);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_rec_mutex_lock (&self->lock);
    self->failed = TRUE;
    g_ptr_array_foreach (self->streams, fail_stream, NULL);
    g_rec_mutex_unlock (&self->lock);
    gst_pin_mp4_pace_set_stopped (self->pace, TRUE);
    message = gst_pin_element_translate_error (message);
  }
  GST_BIN_CLASS (parent_class)->handle_message (bin, message);
}

/* --- Object --- */

/* The muxer's properties of the same name */
static void
gst_pin_mp4_bin_set_property (GObject *object, guint id, const GValue *value,
    GParamSpec *pspec)
{
  g_object_set_property (G_OBJECT (GST_PIN_MP4_BIN (object)->mux), pspec->name,
      value);
}

static void
gst_pin_mp4_bin_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *pspec)
{
  g_object_get_property (G_OBJECT (GST_PIN_MP4_BIN (object)->mux), pspec->name,
      value);
}

static void
gst_pin_mp4_bin_finalize (GObject *object)
{
  GstPinMp4Bin *self = GST_PIN_MP4_BIN (object);

  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->adopted);
  gst_pin_mp4_pace_free (self->pace);
  gst_pin_mp4_timeline_free (self->timeline);
  gst_pin_mp4_extras_free (self->extras);
  g_rec_mutex_clear (&self->lock);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_pin_mp4_bin_init (GstPinMp4Bin *self)
{
  g_autoptr (GstPadTemplate) sink =
      gst_static_pad_template_get (&sink_template);
  g_autoptr (GstPadTemplate) src = gst_static_pad_template_get (&src_template);
  g_autoptr (GstPad) target = NULL;
  GstPad *ghost;

  g_rec_mutex_init (&self->lock);
  self->pace = gst_pin_mp4_pace_new (PATIENCE);
  self->timeline = gst_pin_mp4_timeline_new ();
  self->inputs = g_ptr_array_new ();
  self->streams =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_pin_mp4_stream_free);
  self->adopted = g_ptr_array_new_with_free_func (gst_object_unref);
  self->extras = gst_pin_mp4_extras_new ();

  add_sink (self, "sink", sink);
  self->mux = g_object_new (GST_TYPE_PIN_MP4_MUX, "name", "mux", NULL);
  gst_bin_add (GST_BIN (self), self->mux);
  target = gst_element_get_static_pad (self->mux, "src");
  ghost = gst_ghost_pad_new_from_template ("src", target, src);
  gst_pin_mp4_pipe_watch (ghost);
  gst_element_add_pad (GST_ELEMENT (self), ghost);
}

static void
gst_pin_mp4_bin_class_init (GstPinMp4BinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_pin_mp4_bin_set_property;
  object_class->get_property = gst_pin_mp4_bin_get_property;
  object_class->finalize = gst_pin_mp4_bin_finalize;
  gst_pin_mp4_mux_install_layout (object_class, PROP_FORMAT,
      PROP_FRAGMENT_DURATION);

  element_class->change_state = gst_pin_mp4_bin_change_state;
  element_class->request_new_pad = gst_pin_mp4_bin_request_new_pad;
  element_class->release_pad = gst_pin_mp4_bin_release_pad;
  GST_BIN_CLASS (klass)->handle_message = gst_pin_mp4_bin_handle_message;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &request_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "MP4 from HLS",
      "Codec/Muxer/Bin", "Muxes HLS, MPEG-TS, MP4 or bare audio into one MP4, "
      "without re-encoding", "the gst-pin developers");
  gst_type_mark_as_plugin_api (GST_TYPE_PIN_MP4_FORMAT, 0);
}
