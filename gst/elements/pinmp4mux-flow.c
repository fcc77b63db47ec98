/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What goes through the muxer element. A pad's thread turns its buffer into
 * samples without the lock, takes the lock to hand them to the writer, and pushes
 * what the writer then has to write, unless another thread is doing that: then
 * it leaves its samples and goes. Nobody waits for another pad's data.
 */
#include "pinmp4mux-private.h"

#include <gst/tag/tag.h>
#include <string.h>

#define GST_CAT_DEFAULT gst_pin_mp4_mux_debug

/* While one thread pushes downstream, others may add this much before they
 * wait for it */
#define MAX_HELD (16 * 1024 * 1024)

/* How many elements may stand between here and who knows its size */
#define MAX_UPSTREAM_DEPTH 16

/* --- downstream --- */

static gboolean
downstream_can_seek (GstPinMp4Mux *self)
{
  g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_BYTES);
  gboolean seekable = FALSE;

  if (gst_pad_peer_query (self->srcpad, query))
    gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  return seekable;
}

/* How long it is going to be: what the user says, else the longest that an
 * upstream knows of */
static GstClockTime
find_duration (GstPinMp4Mux *self)
{
  GstClockTime longest = GST_CLOCK_TIME_NONE;
  guint i;

  GST_OBJECT_LOCK (self);
  if (self->reserved_duration > 0)
    longest = self->reserved_duration;
  GST_OBJECT_UNLOCK (self);
  for (i = 0; i < self->pads->len && !GST_CLOCK_TIME_IS_VALID (longest); i++) {
    gint64 duration;

    if (gst_pad_peer_query_duration (self->pads->pdata[i], GST_FORMAT_TIME,
            &duration) && duration > 0)
      longest = duration;
  }
  return longest;
}

typedef struct
{
  GPtrArray *asked;             /* elements whose size is counted already,
                                 * through whichever of their pads */
  guint depth;
  guint64 size;
} SizeSearch;

/* Demuxers know nothing of bytes, so who stands before them is asked */
static gboolean
add_size (GstElement *element, GstPad *sink, gpointer data)
{
  SizeSearch *search = data;
  g_autoptr (GstPad) peer = gst_pad_get_peer (sink);
  g_autoptr (GstElement) upstream =
      peer ? gst_pad_get_parent_element (peer) : NULL;
  gpointer who = upstream ? (gpointer) upstream : peer;
  gint64 size;

  if (!peer || search->depth > MAX_UPSTREAM_DEPTH
      || g_ptr_array_find (search->asked, who, NULL))
    return TRUE;
  g_ptr_array_add (search->asked, gst_object_ref (who));
  if (gst_pad_query_duration (peer, GST_FORMAT_BYTES, &size) && size > 0) {
    search->size += size;
  } else if (upstream) {
    search->depth++;
    gst_element_foreach_sink_pad (upstream, add_size, search);
    search->depth--;
  }
  return TRUE;
}

/* What all inputs together have to bring, in bytes; 0: nobody knows */
static guint64
find_source_size (GstPinMp4Mux *self)
{
  SizeSearch search = { g_ptr_array_new_with_free_func (gst_object_unref), };
  guint i;

  for (i = 0; i < self->pads->len; i++)
    add_size (GST_ELEMENT (self), self->pads->pdata[i], &search);
  g_ptr_array_unref (search.asked);
  return search.size;
}

static GstPinMp4Layout
choose_layout (GstPinMp4Mux *self, gboolean seekable)
{
  GstPinMp4Format format;

  GST_OBJECT_LOCK (self);
  format = self->format;
  GST_OBJECT_UNLOCK (self);
  if (format == GST_PIN_MP4_FORMAT_FASTSTART && !seekable) {
    self->no_seek_warning = TRUE;
    format = GST_PIN_MP4_FORMAT_FRAGMENTED;
  }
  if (format == GST_PIN_MP4_FORMAT_AUTO)
    format = seekable ? GST_PIN_MP4_FORMAT_FASTSTART
        : GST_PIN_MP4_FORMAT_FRAGMENTED;
  self->layout_format = format;
  if (format == GST_PIN_MP4_FORMAT_PLAIN)
    return GST_PIN_MP4_LAYOUT_PLAIN;
  return format == GST_PIN_MP4_FORMAT_FASTSTART
      ? GST_PIN_MP4_LAYOUT_FASTSTART : GST_PIN_MP4_LAYOUT_FRAGMENTED;
}

static void
set_language (GstPinMp4MuxPad *pad)
{
  g_strlcpy (pad->track->language, pad->language,
      sizeof (pad->track->language));
  pad->track->announced = TRUE;
}

static void
add_track (GstPinMp4Mux *self, GstPinMp4MuxPad *pad)
{
  pad->track = gst_pin_mp4_writer_add_track (self->writer, pad->kind);
  /* Sparse: the header of a fragmented file must not wait for the first */
  if (pad->kind == GST_PIN_MP4_TEXT)
    gst_pin_mp4_track_set_entry (pad->track, gst_pin_mp4_entry_new_text (),
        FALSE);
  if (pad->language[0])
    set_language (pad);
  pad->track->ended = pad->eos || !gst_pad_is_linked (GST_PAD (pad));
}

/* With the first data or gap; the lock is held */
static void
ensure_writer (GstPinMp4Mux *self)
{
  GstClockTime duration;
  gboolean seekable;
  guint fragment_duration, i;

  if (self->writer)
    return;
  seekable = downstream_can_seek (self);
  GST_OBJECT_LOCK (self);
  fragment_duration = self->fragment_duration;
  GST_OBJECT_UNLOCK (self);
  self->writer = gst_pin_mp4_writer_new (choose_layout (self, seekable),
      seekable, fragment_duration * GST_MSECOND);
  duration = find_duration (self);
  gst_pin_mp4_writer_set_duration (self->writer, duration);
  if (!GST_CLOCK_TIME_IS_VALID (duration))
    gst_pin_mp4_writer_set_source_size (self->writer, find_source_size (self));
  GST_DEBUG_OBJECT (self, "format %d, downstream %s seek, duration %"
      GST_TIME_FORMAT, self->layout_format, seekable ? "can" : "cannot",
      GST_TIME_ARGS (duration));
  for (i = 0; i < self->pads->len; i++)
    add_track (self, self->pads->pdata[i]);
}

static void
update_tags (GstPinMp4Mux *self)
{
  GstTagSetter *setter = GST_TAG_SETTER (self);
  const GstTagList *user = gst_tag_setter_get_tag_list (setter);
  g_autoptr (GstTagList) merged = gst_tag_list_merge (user, self->tags,
      gst_tag_setter_get_tag_merge_mode (setter));

  gst_pin_mp4_writer_set_tags (self->writer, merged);
}

static void
send_segment (GstPinMp4Mux *self, guint64 offset)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  segment.start = segment.time = offset;
  gst_pad_push_event (self->srcpad, gst_event_new_segment (&segment));
}

static void
send_start (GstPinMp4Mux *self)
{
  g_autofree gchar *id = g_strdup_printf ("mp4-%08x%08x", g_random_int (),
      g_random_int ());
  GstCaps *caps = gst_caps_new_simple ("video/quicktime", "variant",
      G_TYPE_STRING, self->layout_format == GST_PIN_MP4_FORMAT_FRAGMENTED
      ? "iso-fragmented" : "iso", NULL);

  gst_pad_push_event (self->srcpad, gst_event_new_stream_start (id));
  gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  send_segment (self, 0);
}

/* Pushes what there is to write, without the lock in between. One thread does
 * that at a time; what comes meanwhile is pushed by it too. The lock is held on
 * entry and on return. */
static void
push_writes (GstPinMp4Mux *self)
{
  GstPinMp4Write write;

  if (self->pushing)
    return;
  self->pushing = TRUE;
  while (self->flow == GST_FLOW_OK && !self->stopping
      && gst_pin_mp4_writer_take (self->writer, &write)) {
    gboolean start = !self->started, move = write.offset != self->position;
    GstFlowReturn flow;

    self->started = TRUE;
    self->position = write.offset + write.size;
    g_mutex_unlock (&self->lock);
    if (start)
      send_start (self);
    if (move)
      send_segment (self, write.offset);
    flow = gst_pad_push_list (self->srcpad, write.list);
    g_mutex_lock (&self->lock);
    self->flow = flow;
    g_cond_broadcast (&self->cond);
  }
  self->pushing = FALSE;
  g_cond_broadcast (&self->cond);
}

/* Gives the lock back, and says what is to be said */
static void
leave (GstPinMp4Mux *self)
{
  g_autofree gchar *text =
      self->writer ? gst_pin_mp4_writer_take_warning (self->writer) : NULL;
  gboolean no_seek = self->no_seek_warning;

  self->no_seek_warning = FALSE;
  g_mutex_unlock (&self->lock);
  if (no_seek)
    GST_ELEMENT_WARNING (self, STREAM, MUX, (NULL),
        ("Downstream cannot seek, so the header cannot be put in front "
            "afterwards: fragmented instead"));
  if (text)
    GST_ELEMENT_WARNING (self, STREAM, MUX, (NULL), ("%s", text));
}

static void
update (GstPinMp4Mux *self)
{
  update_tags (self);
  gst_pin_mp4_writer_update (self->writer);
  push_writes (self);
}

/* The lock is held. Waits for downstream only, never for another pad: the
 * thread that pushes does not need this one. */
static GstFlowReturn
wait_for_room (GstPinMp4Mux *self)
{
  while (self->pushing && !self->stopping && self->flow == GST_FLOW_OK
      && gst_pin_mp4_writer_get_held (self->writer) > MAX_HELD)
    g_cond_wait (&self->cond, &self->lock);
  return self->stopping ? GST_FLOW_FLUSHING : self->flow;
}

/* TRUE once nobody is going to bring anything; the lock is held */
static gboolean
all_ended (GstPinMp4Mux *self)
{
  guint i;

  for (i = 0; i < self->pads->len; i++) {
    GstPinMp4MuxPad *pad = self->pads->pdata[i];

    if (!pad->eos && gst_pad_is_linked (GST_PAD (pad)))
      return FALSE;
  }
  return TRUE;
}

/* The lock is held */
static void
finish (GstPinMp4Mux *self)
{
  gboolean some;

  while (self->pushing && !self->stopping)
    g_cond_wait (&self->cond, &self->lock);
  if (self->finished || self->stopping || self->flow != GST_FLOW_OK)
    return;
  self->finished = TRUE;
  ensure_writer (self);
  update_tags (self);
  GST_DEBUG_OBJECT (self, "all pads have ended");
  some = gst_pin_mp4_writer_finish (self->writer);
  push_writes (self);
  if (self->flow != GST_FLOW_OK)
    return;
  g_mutex_unlock (&self->lock);
  if (!some)
    GST_ELEMENT_ERROR (self, STREAM, MUX, ("There was nothing to mux."),
        ("All pads ended without a sample"));
  else
    gst_pad_push_event (self->srcpad, gst_event_new_eos ());
  g_mutex_lock (&self->lock);
}

/* --- upstream --- */

static gint64
to_running_time (GstPinMp4MuxPad *pad, GstClockTime time)
{
  guint64 running;
  gint sign;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return GST_PIN_MP4_NO_TIME;
  sign = gst_segment_to_running_time_full (&pad->segment, GST_FORMAT_TIME, time,
      &running);
  if (sign == 0 || running > G_MAXINT64 / 4)
    return GST_PIN_MP4_NO_TIME;
  return sign < 0 ? -(gint64) running : (gint64) running;
}

/* Later samples may lack one: they follow the one before */
static gboolean
lacks_time (GstPinMp4MuxPad *pad)
{
  const GstPinMp4Sample *first;

  if (pad->yield.samples->len == 0 || pad->track->n_samples > 0)
    return FALSE;
  first = &g_array_index (pad->yield.samples, GstPinMp4Sample, 0);
  return first->pts == GST_PIN_MP4_NO_TIME
      && first->dts == GST_PIN_MP4_NO_TIME;
}

/* After an error of our own, the EOS that upstream makes of it must not finish
 * the file */
static GstFlowReturn
fail (GstPinMp4Mux *self, GstPinMp4MuxPad *pad, const gchar *text)
{
  gboolean first;

  g_mutex_lock (&self->lock);
  first = self->flow == GST_FLOW_OK;
  self->flow = GST_FLOW_ERROR;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (first)
    GST_ELEMENT_ERROR (self, STREAM, MUX, (NULL), ("%s: %s",
            GST_PAD_NAME (pad), text));
  return GST_FLOW_ERROR;
}

/* FALSE: for the first time, the track cannot hold what comes from now on */
static gboolean
take_entry (GstPinMp4MuxPad *pad, GstPinMp4Yield *yield)
{
  gboolean ok;

  pad->track->announced = TRUE;
  ok = gst_pin_mp4_track_set_entry (pad->track, g_steal_pointer
      (&yield->entry), yield->replaces) || pad->refused;
  pad->refused |= !ok;
  return ok;
}

/* Hands what the intake has yielded to the writer */
static GstFlowReturn
take_yield (GstPinMp4Mux *self, GstPinMp4MuxPad *pad)
{
  GstPinMp4Yield *yield = &pad->yield;
  GstFlowReturn flow = GST_FLOW_OK;
  gboolean refused = FALSE;

  if (!yield->data && !yield->entry)
    return flow;

  g_mutex_lock (&self->lock);
  ensure_writer (self);
  if (self->finished || pad->released)
    flow = GST_FLOW_EOS;
  else if (self->flow != GST_FLOW_OK)
    flow = self->flow;
  else if (pad->track && yield->entry)
    refused = !take_entry (pad, yield);
  if (flow == GST_FLOW_OK && lacks_time (pad)) {
    leave (self);
    gst_pin_mp4_yield_clear (yield);
    return fail (self, pad, "the first sample has no time, so nobody can say "
        "when it is to be shown");
  }
  /* Without an entry, it belongs to what a flush has thrown away meanwhile */
  if (flow == GST_FLOW_OK && yield->data && yield->samples->len > 0
      && pad->track->timescale > 0) {
    pad->track->ended = FALSE;
    pad->track->keeps_leading =
        gst_pin_mp4_intake_keeps_leading (pad->intake);
    gst_pin_mp4_track_push (pad->track, g_steal_pointer (&yield->data),
        (GstPinMp4Sample *) yield->samples->data, yield->samples->len);
    update (self);
    flow = wait_for_room (self);
  }
  leave (self);
  gst_pin_mp4_yield_clear (yield);
  if (refused)
    GST_ELEMENT_WARNING (self, STREAM, MUX, (NULL), ("%s: its format has "
            "changed on the way, which a header that is written already cannot "
            "say: what is of the new format is left out; a file that is not "
            "fragmented could hold it", GST_PAD_NAME (pad)));
  return flow;
}

GstFlowReturn
gst_pin_mp4_mux_chain (GstPad *gstpad, GstObject *parent, GstBuffer *buffer)
{
  GstPinMp4Mux *self = GST_PIN_MP4_MUX (parent);
  GstPinMp4MuxPad *pad = GST_PIN_MP4_MUX_PAD (gstpad);
  gint generation = g_atomic_int_get (&self->generation);
  g_autoptr (GError) error = NULL;

  if (pad->generation != generation) {
    gst_pin_mp4_intake_reset (pad->intake);
    pad->generation = generation;
  }
  if (!gst_pin_mp4_intake_push (pad->intake, buffer,
          to_running_time (pad, GST_BUFFER_PTS (buffer)),
          to_running_time (pad, GST_BUFFER_DTS (buffer)), &pad->yield, &error)) {
    gst_pin_mp4_yield_clear (&pad->yield);
    return fail (self, pad, error->message);
  }
  return take_yield (self, pad);
}

static void
reach (GstPinMp4Mux *self, GstPinMp4MuxPad *pad, gint64 time)
{
  if (time == GST_PIN_MP4_NO_TIME)
    return;
  g_mutex_lock (&self->lock);
  ensure_writer (self);
  if (!self->finished && pad->track) {
    pad->track->reached = MAX (pad->track->reached, time);
    update (self);
  }
  leave (self);
}

static void
take_gap (GstPinMp4Mux *self, GstPinMp4MuxPad *pad, GstEvent *event)
{
  GstClockTime time, duration;

  gst_event_parse_gap (event, &time, &duration);
  if (GST_CLOCK_TIME_IS_VALID (time) && GST_CLOCK_TIME_IS_VALID (duration))
    time += duration;
  reach (self, pad, to_running_time (pad, time));
}

static void
take_tags (GstPinMp4Mux *self, GstPinMp4MuxPad *pad, GstEvent *event)
{
  g_autofree gchar *language = NULL;
  const gchar *code = NULL;
  GstTagList *list;

  gst_event_parse_tag (event, &list);
  if (gst_tag_list_get_string (list, GST_TAG_LANGUAGE_CODE, &language)) {
    /* The header has room for the language alone, not for a region */
    language[strcspn (language, "-_")] = 0;
    code = gst_tag_get_language_code_iso_639_2T (language);
  }
  g_mutex_lock (&self->lock);
  if (gst_tag_list_get_scope (list) == GST_TAG_SCOPE_GLOBAL)
    gst_tag_list_insert (self->tags, list, GST_TAG_MERGE_REPLACE);
  if (code && strlen (code) == 3) {
    g_strlcpy (pad->language, code, sizeof (pad->language));
    if (pad->track)
      set_language (pad);
  }
  g_mutex_unlock (&self->lock);
}

static void
take_eos (GstPinMp4Mux *self, GstPinMp4MuxPad *pad)
{
  gst_pin_mp4_intake_drain (pad->intake, &pad->yield);
  take_yield (self, pad);
  g_mutex_lock (&self->lock);
  pad->eos = TRUE;
  if (pad->track)
    pad->track->ended = TRUE;
  if (all_ended (self))
    finish (self);
  else if (self->writer && self->flow == GST_FLOW_OK && !self->finished)
    update (self);
  leave (self);
}

/* Everything begins anew; the lock is held */
void
gst_pin_mp4_mux_reset (GstPinMp4Mux *self)
{
  guint i;

  g_atomic_int_inc (&self->generation);
  g_clear_pointer (&self->writer, gst_pin_mp4_writer_free);
  self->flow = GST_FLOW_OK;
  self->position = 0;
  self->started = self->finished = FALSE;
  for (i = 0; i < self->pads->len; i++) {
    GstPinMp4MuxPad *pad = self->pads->pdata[i];

    pad->track = NULL;
    pad->eos = pad->refused = FALSE;
  }
}

/* A flush throws away what has been muxed: a file sink truncates, too */
static gboolean
take_flush (GstPinMp4Mux *self, GstPinMp4MuxPad *pad, GstEvent *event)
{
  gboolean start = GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START;
  gboolean done = gst_pad_push_event (self->srcpad, event);

  g_mutex_lock (&self->lock);
  while (self->pushing && !self->stopping)
    g_cond_wait (&self->cond, &self->lock);
  gst_pin_mp4_mux_reset (self);
  g_mutex_unlock (&self->lock);
  if (!start)
    gst_segment_init (&pad->segment, GST_FORMAT_TIME);
  return done;
}

static gboolean
take_caps (GstPinMp4Mux *self, GstPinMp4MuxPad *pad, GstEvent *event)
{
  g_autoptr (GError) error = NULL;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  if (gst_pin_mp4_intake_set_caps (pad->intake, caps, &error))
    return TRUE;
  fail (self, pad, error->message);
  return FALSE;
}

static gboolean
take_segment (GstPinMp4Mux *self, GstPinMp4MuxPad *pad, GstEvent *event)
{
  GstSegment segment;

  gst_event_copy_segment (event, &segment);
  if (segment.format != GST_FORMAT_TIME) {
    fail (self, pad, "its segment is not in time");
    return FALSE;
  }
  pad->segment = segment;
  return TRUE;
}

gboolean
gst_pin_mp4_mux_sink_event (GstPad *gstpad, GstObject *parent, GstEvent *event)
{
  GstPinMp4Mux *self = GST_PIN_MP4_MUX (parent);
  GstPinMp4MuxPad *pad = GST_PIN_MP4_MUX_PAD (gstpad);
  gboolean done = TRUE;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
      return take_flush (self, pad, event);
    case GST_EVENT_CAPS:
      done = take_caps (self, pad, event);
      break;
    case GST_EVENT_SEGMENT:
      done = take_segment (self, pad, event);
      break;
    case GST_EVENT_GAP:
      take_gap (self, pad, event);
      break;
    case GST_EVENT_TAG:
      take_tags (self, pad, event);
      break;
    case GST_EVENT_EOS:
      take_eos (self, pad);
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return done;
}

void
gst_pin_mp4_mux_join (GstPinMp4Mux *self, GstPinMp4MuxPad *pad)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->pads, gst_object_ref (pad));
  if (self->writer) {
    add_track (self, pad);
    pad->track->ended = FALSE;
  }
  g_mutex_unlock (&self->lock);
}

void
gst_pin_mp4_mux_part (GstPinMp4Mux *self, GstPinMp4MuxPad *pad)
{
  gboolean some;

  g_mutex_lock (&self->lock);
  pad->released = TRUE;
  if (pad->track)
    pad->track->ended = TRUE;
  pad->track = NULL;
  g_ptr_array_remove (self->pads, pad);
  some = self->writer && self->pads->len > 0 && !pad->eos;
  if (some && all_ended (self))
    finish (self);
  leave (self);
}
