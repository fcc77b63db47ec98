/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One elementary stream of an input. Until pinmp4bin knows all streams of all
 * inputs its data wait (block); then it is linked:
 *
 *     input's pad ─ restamp ─ parser ─ queue ─ muxer's pad
 *
 * or, where it cannot be muxed, dropped. Restamping puts every stream of every
 * input on one timeline, in which nothing is clipped: edit lists, lead-ins and
 * clocks that began elsewhere become offsets on it. pinmp4bin makes a track
 * when an input shows a pad, and frees it on the way to READY, when no data
 * flow. What is not marked otherwise belongs to the thread of the input.
 */
#include "pin-mp4-track.h"

#include <string.h>

GST_DEBUG_CATEGORY_EXTERN (gst_pin_mp4_bin_debug);
#define GST_CAT_DEFAULT gst_pin_mp4_bin_debug

/* Zero of the timeline, in what the muxer sees: samples before a stream's zero
 * (priming, sound before the first picture) stay positive */
#define ORIGIN (1 * 60 * 60 * GST_SECOND)

/* A track that is this far ahead of another one of its input waits no longer
 * for it. The queue is bounded in bytes alone: with a bound in time or buffers
 * the input would stop before a late track's first byte. */
#define QUEUE_BYTES (64 * 1024 * 1024)

struct _GstPinMp4Track
{
  GstPinMp4Input *input;
  GstPad *pad;
  GstCaps *caps;
  gchar *name;
  gint parser;                  /* index into parsers; -1: none */

  GstPinMp4TrackFunc waiting, overrun;
  gpointer user_data;
  gulong block;

  GstElement *parser_element, *queue;
  GstPad *mux_pad;
  gint open;                    /* atomic: data need not wait any more */
  gint starved_out;             /* atomic: given up */

  GstSegment segment;
  gboolean flowing;             /* a buffer has passed */
  gboolean offset_known;
  gint64 offset;

  GMutex edit_lock;
  GstPinMp4Edit edit;           /* edit_lock: set by the queue's thread before
                                 * the muxer sees the sample */
};

/* What needs a parser before it can be muxed, and what comes out of that */
static const struct
{
  const gchar *in;
  const gchar *factory;
  const gchar *out;
} parsers[] = {
  {"video/x-h264", "h264parse",
      "video/x-h264, stream-format=avc, alignment=au"},
  {"video/x-h265", "h265parse",
      "video/x-h265, stream-format=hvc1, alignment=au"},
  {"audio/mpeg, mpegversion={2, 4}, stream-format=adts", "aacparse",
      "audio/mpeg, mpegversion=4, stream-format=raw"},
  {"audio/mpeg, mpegversion=1", "mpegaudioparse",
      "audio/mpeg, mpegversion=1, layer=3"},
  {"audio/x-ac3", "ac3parse", "audio/x-ac3"},
  {"audio/x-eac3", "ac3parse", "audio/x-eac3"},
};

static gint
find_parser (GstCaps *caps)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (parsers); i++) {
    g_autoptr (GstCaps) in = gst_caps_from_string (parsers[i].in);

    if (gst_caps_can_intersect (caps, in))
      return i;
  }
  return -1;
}

static const gchar *
media_type (GstPinMp4Track *self)
{
  if (gst_caps_is_empty (self->caps) || gst_caps_is_any (self->caps))
    return "unknown";
  return gst_structure_get_name (gst_caps_get_structure (self->caps, 0));
}

/* Waiting. Events pass: the demuxer sends them before it has shown its other
 * pads; all but EOS come again when the pad is linked. */
static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Track *self)
{
  if (g_atomic_int_get (&self->open))
    return GST_PAD_PROBE_REMOVE;
  if ((info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
      && GST_EVENT_TYPE (info->data) != GST_EVENT_EOS)
    return GST_PAD_PROBE_PASS;

  self->waiting (self, self->user_data);
  return g_atomic_int_get (&self->open) ? GST_PAD_PROBE_REMOVE :
      GST_PAD_PROBE_OK;
}

GstPinMp4Track *
gst_pin_mp4_track_new (GstPinMp4Input *input, GstPad *pad, GstCaps *caps,
    GstPinMp4TrackFunc waiting, GstPinMp4TrackFunc overrun, gpointer user_data)
{
  GstPinMp4Track *self = g_new0 (GstPinMp4Track, 1);

  self->input = gst_object_ref (input);
  self->pad = gst_object_ref (pad);
  self->caps = gst_caps_ref (caps);
  self->name = g_strdup_printf ("%s (%s)", media_type (self),
      GST_OBJECT_NAME (pad));
  self->parser = -1;
  self->waiting = waiting;
  self->overrun = overrun;
  self->user_data = user_data;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  g_mutex_init (&self->edit_lock);
  self->block = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK |
      GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, (GstPadProbeCallback) on_blocked,
      self, NULL);
  return self;
}

static void
remove_element (GstElement *element)
{
  g_autoptr (GstObject) bin = NULL;

  if (element == NULL)
    return;
  gst_element_set_state (element, GST_STATE_NULL);
  bin = gst_object_get_parent (GST_OBJECT (element));
  gst_bin_remove (GST_BIN (bin), element);
}

/* When no data flow */
void
gst_pin_mp4_track_free (GstPinMp4Track *self)
{
  remove_element (self->parser_element);
  remove_element (self->queue);
  gst_object_unref (self->input);
  gst_object_unref (self->pad);
  gst_caps_unref (self->caps);
  gst_clear_object (&self->mux_pad);
  g_mutex_clear (&self->edit_lock);
  g_free (self->name);
  g_free (self);
}

GstPinMp4Input *
gst_pin_mp4_track_get_input (GstPinMp4Track *self)
{
  return self->input;
}

/* For a sentence: what it is and where it comes from */
const gchar *
gst_pin_mp4_track_get_name (GstPinMp4Track *self)
{
  return self->name;
}

/* Would its absence be noticed? Not that of timed metadata. */
gboolean
gst_pin_mp4_track_is_media (GstPinMp4Track *self)
{
  const gchar *type = media_type (self);

  return g_str_has_prefix (type, "video/") || g_str_has_prefix (type, "audio/")
      || g_str_has_prefix (type, "text/")
      || g_str_has_prefix (type, "subpicture/");
}

/* A template of @mux that takes @caps: all of them where @subset, else some */
static const gchar *
match_template (GstElement *mux, GstCaps *caps, gboolean subset)
{
  GList *l = gst_element_class_get_pad_template_list
      (GST_ELEMENT_GET_CLASS (mux));

  for (; l != NULL; l = l->next) {
    GstPadTemplate *template = l->data;
    g_autoptr (GstCaps) taken = NULL;

    if (template->direction != GST_PAD_SINK)
      continue;
    taken = gst_pad_template_get_caps (template);
    if (subset ? gst_caps_is_subset (caps, taken)
        : gst_caps_can_intersect (caps, taken))
      return template->name_template;
  }
  return NULL;
}

/*
 * gst_pin_mp4_track_find_template:
 * @self: a track
 * @mux: the muxer
 *
 * Decides how the track gets to @mux: as it is, or through a parser.
 *
 * Returns: (nullable): the name of the template of @mux's pad for it; NULL: it
 *   cannot be muxed
 */
const gchar *
gst_pin_mp4_track_find_template (GstPinMp4Track *self, GstElement *mux)
{
  const gchar *name;
  g_autoptr (GstCaps) out = NULL;

  self->parser = -1;
  if (gst_caps_is_empty (self->caps) || gst_caps_is_any (self->caps))
    return NULL;
  /* Samples of an MP4 are what a muxer wants; what a transport stream gives
   * may only look like it */
  name = gst_pin_mp4_input_get_kind (self->input) == GST_PIN_MP4_INPUT_MP4 ?
      match_template (mux, self->caps, TRUE) : NULL;
  if (name != NULL)
    return name;

  self->parser = find_parser (self->caps);
  if (self->parser < 0)
    return NULL;
  out = gst_caps_from_string (parsers[self->parser].out);
  return match_template (mux, out, FALSE);
}

/* --- Restamping --- */

static gint64
signed_time (GstPinMp4Track *self, GstClockTime time)
{
  guint64 value;
  gint sign;

  /* An MP4's edit list says where its media stand in the presentation, a
   * transport stream's segments follow each other */
  if (gst_pin_mp4_input_get_kind (self->input) == GST_PIN_MP4_INPUT_TS)
    sign = gst_segment_to_running_time_full (&self->segment, GST_FORMAT_TIME,
        time, &value);
  else
    sign = gst_segment_to_stream_time_full (&self->segment, GST_FORMAT_TIME,
        time, &value);
  return sign < 0 ? -(gint64) value : (gint64) value;
}

/* tsdemux calls its pads video_0_0100: program and packet identifier */
static guint
read_pid (GstPinMp4Track *self)
{
  g_autoptr (GstPad) target =
      gst_ghost_pad_get_target (GST_GHOST_PAD (self->pad));
  g_autofree gchar *name = target ? gst_pad_get_name (target) : NULL;
  const gchar *last = name ? strrchr (name, '_') : NULL;

  return last != NULL ? g_ascii_strtoull (last + 1, NULL, 16) : 0;
}

/* Leads a transport stream's times back to its own clock, which all inputs of
 * a presentation share. The first track that knows tells the others of the
 * input, since tsdemux moved them all alike. */
static void
find_offset (GstPinMp4Track *self, gint64 time)
{
  GstPinTsClock *clock = gst_pin_mp4_input_get_ts_clock (self->input);
  GstClockTime first;

  self->offset_known = TRUE;
  self->offset = 0;
  if (gst_pin_mp4_input_get_kind (self->input) != GST_PIN_MP4_INPUT_TS)
    return;
  if (gst_pin_ts_clock_get_offset (clock, &self->offset))
    return;
  if (gst_pin_ts_clock_get_first (clock, read_pid (self), &first)) {
    self->offset = (gint64) first - time;
    gst_pin_ts_clock_set_offset (clock, self->offset);
    GST_DEBUG_OBJECT (self->pad, "moved by %" GST_STIME_FORMAT,
        GST_STIME_ARGS (self->offset));
  } else {
    GST_WARNING_OBJECT (self->pad, "begins without a clock");
  }
}

static GstClockTime
restamp (GstPinMp4Track *self, GstClockTime time)
{
  gint64 moved;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return time;
  moved = signed_time (self, time) + self->offset + (gint64) ORIGIN;
  return MAX (moved, 0);
}

static GstBuffer *
restamp_buffer (GstPinMp4Track *self, GstBuffer *buffer)
{
  GstClockTime first = GST_BUFFER_PTS (buffer);

  self->flowing = TRUE;
  if (!self->offset_known && GST_CLOCK_TIME_IS_VALID (first))
    find_offset (self, signed_time (self, first));
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = restamp (self, GST_BUFFER_PTS (buffer));
  GST_BUFFER_DTS (buffer) = restamp (self, GST_BUFFER_DTS (buffer));
  return buffer;
}

/* One segment for all that comes. Before the first buffer it may go nowhere,
 * and come again: the pad is being linked in another thread. */
static GstEvent *
replace_segment (GstPinMp4Track *self, GstEvent *event)
{
  GstSegment open;
  GstEvent *replacement = NULL;

  gst_event_copy_segment (event, &self->segment);
  if (!self->flowing) {
    gst_segment_init (&open, GST_FORMAT_TIME);
    replacement = gst_event_new_segment (&open);
    gst_event_set_seqnum (replacement, gst_event_get_seqnum (event));
  }
  gst_event_unref (event);
  return replacement;
}

/* tsdemux gives whole access units but does not say so. Without this, h265parse
 * of GStreamer 1.22 cuts one byte too early where a start code's first zero
 * ends a packet, and every picture gets its neighbour's time. */
static GstEvent *
complete_caps (GstPinMp4Track *self, GstEvent *event)
{
  GstCaps *caps;
  GstStructure *s;
  GstEvent *replacement;

  gst_event_parse_caps (event, &caps);
  s = gst_caps_get_structure (caps, 0);
  if (gst_pin_mp4_input_get_kind (self->input) != GST_PIN_MP4_INPUT_TS
      || gst_structure_has_field (s, "alignment")
      || !(gst_structure_has_name (s, "video/x-h264")
          || gst_structure_has_name (s, "video/x-h265")))
    return event;

  caps = gst_caps_copy (caps);
  gst_caps_set_simple (caps, "alignment", G_TYPE_STRING, "au", NULL);
  replacement = gst_event_new_caps (caps);
  gst_event_set_seqnum (replacement, gst_event_get_seqnum (event));
  gst_caps_unref (caps);
  gst_event_unref (event);
  return replacement;
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Track *self)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    info->data = restamp_buffer (self, info->data);
    return GST_PAD_PROBE_OK;
  }
  switch (GST_EVENT_TYPE (info->data)) {
    case GST_EVENT_SEGMENT:
      info->data = replace_segment (self, info->data);
      break;
    case GST_EVENT_CAPS:
      info->data = complete_caps (self, info->data);
      break;
    case GST_EVENT_GAP:
      /* Its times are those of before, and the muxer does not heed it */
      return GST_PAD_PROBE_DROP;
    default:
      break;
  }
  return info->data != NULL ? GST_PAD_PROBE_OK : GST_PAD_PROBE_HANDLED;
}

/* --- On the way to the muxer --- */

/* The muxer counts its track's time from the first sample */
static void
begin_edit (GstPinMp4Track *self, GstBuffer *buffer)
{
  self->edit.first_pts = GST_BUFFER_PTS (buffer);
  self->edit.first_dts = GST_BUFFER_DTS_IS_VALID (buffer) ?
      GST_BUFFER_DTS (buffer) : GST_BUFFER_PTS (buffer);
  self->edit.begin = 0;
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DECODE_ONLY))
    self->edit.begin = ORIGIN;
  self->edit.known = TRUE;
}

static GstPadProbeReturn
on_sample (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Track *self)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gint64 end;

  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_PAD_PROBE_OK;
  end = GST_BUFFER_PTS (buffer) + (GST_BUFFER_DURATION_IS_VALID (buffer) ?
      GST_BUFFER_DURATION (buffer) : 0);
  g_mutex_lock (&self->edit_lock);
  if (!self->edit.known)
    begin_edit (self, buffer);
  self->edit.end = MAX (self->edit.end, end);
  g_mutex_unlock (&self->edit_lock);
  return GST_PAD_PROBE_OK;
}

/* From the muxer's thread */
void
gst_pin_mp4_track_get_edit (GstPinMp4Track *self, GstPinMp4Edit *edit)
{
  g_mutex_lock (&self->edit_lock);
  *edit = self->edit;
  g_mutex_unlock (&self->edit_lock);
}

static void
on_overrun (GstElement *queue, GstPinMp4Track *self)
{
  self->overrun (self, self->user_data);
}

/* Has the muxer taken all that came, while more could come? Any thread. */
gboolean
gst_pin_mp4_track_is_starved (GstPinMp4Track *self)
{
  guint buffers = 1;

  if (self->queue == NULL || g_atomic_int_get (&self->starved_out))
    return FALSE;
  g_object_get (self->queue, "current-level-buffers", &buffers, NULL);
  return buffers == 0;
}

/* Ends the track, as far as the muxer knows. From the input's thread. */
void
gst_pin_mp4_track_give_up (GstPinMp4Track *self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->queue, "sink");

  g_atomic_int_set (&self->starved_out, TRUE);
  gst_pad_send_event (sink, gst_event_new_eos ());
}

static GstElement *
add_element (GstBin *bin, const gchar *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element != NULL)
    gst_bin_add (bin, element);
  return element;
}

static void
add_probes (GstPinMp4Track *self, GstPad *stamped, GstPad *last)
{
  gst_pad_add_probe (stamped, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, (GstPadProbeCallback) on_data,
      self, NULL);
  gst_pad_add_probe (last, GST_PAD_PROBE_TYPE_BUFFER,
      (GstPadProbeCallback) on_sample, self, NULL);
}

/*
 * gst_pin_mp4_track_link:
 * @self: a track that a template was found for
 * @bin: where its elements go
 * @mux_pad: (transfer full): the muxer's pad for it
 *
 * Returns: FALSE where an element is missing or does not link
 */
gboolean
gst_pin_mp4_track_link (GstPinMp4Track *self, GstBin *bin, GstPad *mux_pad)
{
  GstElement *parser;
  g_autoptr (GstPad) first = NULL;
  g_autoptr (GstPad) stamped = gst_object_ref (self->pad);
  g_autoptr (GstPad) last = NULL;

  self->mux_pad = mux_pad;
  self->queue = add_element (bin, "queue");
  if (self->queue == NULL)
    return FALSE;
  g_object_set (self->queue, "max-size-bytes", QUEUE_BYTES,
      "max-size-buffers", 0, "max-size-time", G_GUINT64_CONSTANT (0), NULL);
  g_signal_connect (self->queue, "overrun", G_CALLBACK (on_overrun), self);
  first = gst_element_get_static_pad (self->queue, "sink");
  last = gst_element_get_static_pad (self->queue, "src");

  if (self->parser >= 0) {
    self->parser_element = add_element (bin, parsers[self->parser].factory);
    if (self->parser_element == NULL
        || !gst_element_link (self->parser_element, self->queue))
      return FALSE;
    gst_object_unref (first);
    first = gst_element_get_static_pad (self->parser_element, "sink");
  }
  parser = self->parser_element;
  /* Bare audio has no times before its parser gives it some */
  if (parser != NULL && gst_pin_mp4_input_get_kind (self->input) ==
      GST_PIN_MP4_INPUT_BARE) {
    gst_object_unref (stamped);
    stamped = gst_element_get_static_pad (parser, "src");
  }
  add_probes (self, stamped, last);

  if (gst_pad_link (last, mux_pad) != GST_PAD_LINK_OK)
    return FALSE;
  gst_element_sync_state_with_parent (self->queue);
  if (parser != NULL)
    gst_element_sync_state_with_parent (parser);
  return gst_pad_link (self->pad, first) == GST_PAD_LINK_OK;
}

static GstPadProbeReturn
on_unwanted (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_DROP;
}

/* Lets the data go: to the muxer, or, where the track is not linked, away */
void
gst_pin_mp4_track_unblock (GstPinMp4Track *self)
{
  if (self->mux_pad == NULL)
    gst_pad_add_probe (self->pad, GST_PAD_PROBE_TYPE_BUFFER, on_unwanted, NULL,
        NULL);
  g_atomic_int_set (&self->open, TRUE);
  gst_pad_remove_probe (self->pad, self->block);
}
