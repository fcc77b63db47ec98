/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One elementary stream of an input. Until pinmp4bin knows all streams of all
 * inputs its data wait (on_blocked()); then its pad is linked to a pad of the
 * muxer, with nothing in between, or, where it cannot be muxed, its data are
 * dropped. On the way through the pad its samples are put on the timeline that
 * all streams share, in which nothing is clipped.
 *
 * Sticky events pass while data wait, and may pass again when the pad is
 * linked: what is done to them depends on nothing that passed before.
 *
 * pinmp4bin makes a stream when an input shows a pad, and frees it on the way
 * to READY, when no data flow. What is not marked otherwise belongs to the
 * thread of the input.
 */
#include "pin-mp4-stream.h"

#include "pin-bytes.h"
#include "pin-element-error.h"

#include <gst/pin/error.h>

GST_DEBUG_CATEGORY_EXTERN (gst_pin_mp4_bin_debug);
#define GST_CAT_DEFAULT gst_pin_mp4_bin_debug

/* Zero of the timeline, in what the muxer sees: samples before it (priming,
 * sound before the first picture) have a positive timestamp, too */
#define ORIGIN ((gint64) (1 * 60 * 60 * GST_SECOND))

/* Captions whose zero is further from the first picture have another clock */
#define CAPTIONS_CLOCK ((gint64) (60 * GST_SECOND))

struct _GstPinMp4Stream
{
  GstPinMp4Input *input;
  GstPad *pad;
  GstCaps *caps;
  gchar *name;
  gulong block, edit;           /* probes */

  GstPad *mux_pad;              /* NULL: not linked */
  GstPinMp4Pace *pace;          /* set before open, like … */
  GstPinMp4Lane *lane;          /* NULL: nothing to keep pace with */
  gint64 lead;
  GstPinMp4Captions *captions;  /* count from its first picture; may be NULL */
  gboolean captions_sent;
  gint open;                    /* atomic: data need not wait any more */
  gint failed;                  /* atomic: no end is the end of the file */

  GstPinMp4Timeline *timeline;
  GstPinMp4Clock *clock;
  GstPinMp4Hand hand;

  GstSegment segment;           /* as it came */
  gint64 stamp;                 /* of bare audio, for what comes next */
  gint ended;                   /* atomic: nobody waits for it, nor it */
};

/* --- The timeline --- */

/* A time of the input's clock: what stands in a transport stream; where an
 * MP4's edit list puts it in the presentation */
static gint64
read_time (GstPinMp4Stream *self, GstClockTime time)
{
  guint64 value;
  gint sign;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return GST_PIN_MP4_NO_RAW;
  if (gst_pin_mp4_input_get_kind (self->input) == GST_PIN_MP4_INPUT_TS)
    return time;
  sign = gst_segment_to_stream_time_full (&self->segment, GST_FORMAT_TIME,
      time, &value);
  return sign < 0 ? -(gint64) value : (gint64) value;
}

static GstClockTime
to_mux_time (GstPinMp4Stream *self, gint64 time)
{
  if (time == GST_PIN_MP4_NO_RAW)
    return GST_CLOCK_TIME_NONE;
  return MAX (time + self->lead + ORIGIN, 0);
}

/* How far the stream has come, for the pace: counted from where all begin,
 * which is the same for a stream that has no clock */
static GstClockTime
to_pace_time (GstPinMp4Stream *self, gint64 time)
{
  if (time == GST_PIN_MP4_NO_RAW)
    return GST_CLOCK_TIME_NONE;
  return MAX (time - gst_pin_mp4_timeline_begin (self->timeline) + ORIGIN, 0);
}

/* Packed audio says in a tag when what follows is to be heard (RFC 8216, 3.4):
 * eight bytes, of which 33 bits count. hlsdemux and id3demux take the tag off
 * and send it on. */
static void
take_stamp (GstPinMp4Stream *self, GstEvent *event)
{
  g_autoptr (GstSample) sample = NULL;
  const GstStructure *info;
  GstTagList *tags;
  guint8 data[8];

  gst_event_parse_tag (event, &tags);
  if (!gst_tag_list_get_sample (tags, GST_TAG_PRIVATE_DATA, &sample))
    return;
  info = gst_sample_get_info (sample);
  if (info == NULL || gst_sample_get_buffer (sample) == NULL
      || g_strcmp0 (gst_structure_get_string (info, "owner"),
          "com.apple.streaming.transportStreamTimestamp") != 0
      || gst_buffer_extract (gst_sample_get_buffer (sample), 0, data, 8) != 8)
    return;
  self->stamp = gst_util_uint64_scale (gst_pin_read64 (data)
      & G_GUINT64_CONSTANT (0x1ffffffff), GST_SECOND, 90000);
}

/* Bare audio begins where its tag says, else with the others, and the muxer
 * counts on until the next tag. Its own times are, from hlsdemux, rounded ones
 * for the beginning of a fragment, else none; they do for the pace. */
static GstClockTime
stamp_bare (GstPinMp4Stream *self, GstBuffer *buffer)
{
  GstPinMp4Times times = { self->stamp, GST_PIN_MP4_NO_RAW, 0 };
  GstClockTime pace = self->segment.format == GST_FORMAT_TIME ?
      gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME,
      GST_BUFFER_PTS (buffer)) : GST_CLOCK_TIME_NONE;

  if (times.pts != GST_PIN_MP4_NO_RAW)
    gst_pin_mp4_timeline_place (self->timeline, self->clock, &self->hand,
        GST_BUFFER_IS_DISCONT (buffer), &times);
  else if (!self->hand.begun)
    gst_pin_mp4_timeline_join (self->timeline, &self->hand, &times);
  self->stamp = GST_PIN_MP4_NO_RAW;
  GST_BUFFER_PTS (buffer) = to_mux_time (self, times.pts);
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  if (GST_CLOCK_TIME_IS_VALID (pace))
    return pace + ORIGIN;
  return to_pace_time (self, times.pts);
}

/* Captions count from the first picture, or say by its clock where from, unless
 * that is another one */
static void
send_captions (GstPinMp4Stream *self, gint64 first)
{
  gint64 zero = gst_pin_mp4_captions_get_clock_zero (self->captions);

  if (zero >= 0)
    zero = gst_pin_mp4_timeline_convert (self->timeline, self->clock,
        &self->hand, gst_util_uint64_scale (zero, GST_SECOND, 90000));
  if (zero < 0 || ABS (zero - first) > CAPTIONS_CLOCK)
    zero = first;
  gst_pin_mp4_captions_send (self->captions, MAX (zero + self->lead, 0));
  self->captions_sent = TRUE;
}

/* @time: (out): how far the stream has come */
static GstBuffer *
restamp_buffer (GstPinMp4Stream *self, GstBuffer *buffer, GstClockTime *time)
{
  GstPinMp4Times times;

  buffer = gst_buffer_make_writable (buffer);
  if (gst_pin_mp4_input_get_kind (self->input) == GST_PIN_MP4_INPUT_BARE) {
    *time = stamp_bare (self, buffer);
    return buffer;
  }
  times.pts = read_time (self, GST_BUFFER_PTS (buffer));
  times.dts = read_time (self, GST_BUFFER_DTS (buffer));
  times.duration = GST_BUFFER_DURATION_IS_VALID (buffer) ?
      GST_BUFFER_DURATION (buffer) : 0;
  gst_pin_mp4_timeline_place (self->timeline, self->clock, &self->hand,
      GST_BUFFER_IS_DISCONT (buffer), &times);
  if (self->captions != NULL && !self->captions_sent
      && times.pts != GST_PIN_MP4_NO_RAW)
    send_captions (self, times.pts);
  GST_BUFFER_PTS (buffer) = to_mux_time (self, times.pts);
  GST_BUFFER_DTS (buffer) = to_mux_time (self, times.dts);
  *time = to_pace_time (self, times.dts != GST_PIN_MP4_NO_RAW ? times.dts :
      times.pts);
  return buffer;
}

static void
say_impatience (GstPinMp4Stream *self)
{
  g_autoptr (GError) error = g_error_new (GST_PIN_ERROR,
      GST_PIN_ERROR_TIMEOUT, "The track %s goes on without another input that "
      "has brought nothing for too long.", self->name);

  gst_pin_element_post_warning (GST_ELEMENT (self->input), error, NULL);
}

/* Before its first sample is put on the timeline */
static void
begin_pace (GstPinMp4Stream *self)
{
  if (self->lane != NULL && !self->hand.begun
      && !gst_pin_mp4_pace_begin (self->pace, self->lane))
    say_impatience (self);
}

static void
keep_pace (GstPinMp4Stream *self, GstClockTime time)
{
  if (self->lane != NULL
      && !gst_pin_mp4_pace_pass (self->pace, self->lane, time))
    say_impatience (self);
}

static void
end_pace (GstPinMp4Stream *self)
{
  if (self->lane != NULL
      && g_atomic_int_compare_and_exchange (&self->ended, FALSE, TRUE))
    gst_pin_mp4_pace_leave (self->pace, self->lane);
}

static GstEvent *
replace_segment (GstPinMp4Stream *self, GstEvent *event)
{
  GstSegment open;
  GstEvent *replacement;

  gst_event_copy_segment (event, &self->segment);
  gst_segment_init (&open, GST_FORMAT_TIME);
  open.start = ORIGIN;
  replacement = gst_event_new_segment (&open);
  gst_event_set_seqnum (replacement, gst_event_get_seqnum (event));
  gst_event_unref (event);
  return replacement;
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Stream *self)
{
  GstClockTime time;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    if (self->mux_pad == NULL)
      return GST_PAD_PROBE_DROP;
    begin_pace (self);
    info->data = restamp_buffer (self, info->data, &time);
    keep_pace (self, time);
    return GST_PAD_PROBE_OK;
  }
  switch (GST_EVENT_TYPE (info->data)) {
    case GST_EVENT_SEGMENT:
      info->data = replace_segment (self, info->data);
      break;
    case GST_EVENT_TAG:
      if (gst_pin_mp4_input_get_kind (self->input) == GST_PIN_MP4_INPUT_BARE)
        take_stamp (self, info->data);
      break;
    case GST_EVENT_GAP:
      /* hlsdemux's, in times of its own */
      return GST_PAD_PROBE_DROP;
    case GST_EVENT_EOS:
      /* What ended by a failure must not become a whole file */
      if (g_atomic_int_get (&self->failed))
        return GST_PAD_PROBE_DROP;
      end_pace (self);
      if (self->captions != NULL)
        gst_pin_mp4_captions_end (self->captions);
      break;
    default:
      break;
  }
  return GST_PAD_PROBE_OK;
}

/* --- Waiting --- */

/* What the demuxer sends before it has shown its other pads passes; all of it
 * comes again when the pad is linked. An end and a gap are data: while those
 * wait, nobody waits for streams that the input has not shown yet. */
static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Stream *self)
{
  if (g_atomic_int_get (&self->open))
    return GST_PAD_PROBE_PASS;
  if ((info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
      && GST_EVENT_IS_STICKY (info->data)
      && GST_EVENT_TYPE (info->data) != GST_EVENT_EOS)
    return GST_PAD_PROBE_PASS;

  gst_pin_mp4_input_complete (self->input);
  return g_atomic_int_get (&self->open) ? GST_PAD_PROBE_PASS :
      GST_PAD_PROBE_OK;
}

static const gchar *
media_type (GstPinMp4Stream *self)
{
  if (gst_caps_is_empty (self->caps) || gst_caps_is_any (self->caps))
    return "unknown";
  return gst_structure_get_name (gst_caps_get_structure (self->caps, 0));
}

/*
 * gst_pin_mp4_stream_new:
 * @input: where it comes from
 * @pad: the input's pad, before its first data
 * @caps: of the data, that come or will come
 */
GstPinMp4Stream *
gst_pin_mp4_stream_new (GstPinMp4Input *input, GstPad *pad, GstCaps *caps)
{
  GstPinMp4Stream *self = g_new0 (GstPinMp4Stream, 1);

  self->input = gst_object_ref (input);
  self->pad = gst_object_ref (pad);
  self->caps = gst_caps_ref (caps);
  self->name = g_strdup_printf ("%s (%s)", media_type (self),
      GST_OBJECT_NAME (pad));
  self->stamp = GST_PIN_MP4_NO_RAW;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->block = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK |
      GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, (GstPadProbeCallback) on_blocked,
      self, NULL);
  self->edit = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, (GstPadProbeCallback) on_data,
      self, NULL);
  return self;
}

/* When its input sends no data any more */
void
gst_pin_mp4_stream_free (GstPinMp4Stream *self)
{
  if (!g_atomic_int_get (&self->open))
    gst_pad_remove_probe (self->pad, self->block);
  gst_pad_remove_probe (self->pad, self->edit);
  end_pace (self);
  if (self->mux_pad != NULL) {
    g_autoptr (GstElement) mux = gst_pad_get_parent_element (self->mux_pad);

    gst_pad_unlink (self->pad, self->mux_pad);
    gst_element_release_request_pad (mux, self->mux_pad);
    gst_object_unref (self->mux_pad);
  }
  gst_object_unref (self->input);
  gst_object_unref (self->pad);
  gst_caps_unref (self->caps);
  g_free (self->name);
  g_free (self);
}

GstPinMp4Input *
gst_pin_mp4_stream_get_input (GstPinMp4Stream *self)
{
  return self->input;
}

/* For a sentence: what it is and where it comes from */
const gchar *
gst_pin_mp4_stream_get_name (GstPinMp4Stream *self)
{
  return self->name;
}

gboolean
gst_pin_mp4_stream_is_picture (GstPinMp4Stream *self)
{
  return g_str_has_prefix (media_type (self), "video/");
}

/* Would its absence be noticed? Not that of timed metadata. */
gboolean
gst_pin_mp4_stream_is_media (GstPinMp4Stream *self)
{
  const gchar *type = media_type (self);

  return g_str_has_prefix (type, "video/") || g_str_has_prefix (type, "audio/")
      || g_str_has_prefix (type, "text/")
      || g_str_has_prefix (type, "subpicture/");
}

/* --- The muxer --- */

/* The template of @mux that takes all that @caps allow; NULL: none does */
static GstPadTemplate *
find_template (GstElement *mux, GstCaps *caps)
{
  GList *l = gst_element_class_get_pad_template_list
      (GST_ELEMENT_GET_CLASS (mux));

  if (gst_caps_is_empty (caps) || gst_caps_is_any (caps))
    return NULL;
  for (; l != NULL; l = l->next) {
    GstPadTemplate *template = l->data;
    g_autoptr (GstCaps) taken = gst_pad_template_get_caps (template);

    if (GST_PAD_TEMPLATE_DIRECTION (template) == GST_PAD_SINK
        && gst_caps_is_subset (caps, taken))
      return template;
  }
  return NULL;
}

/*
 * gst_pin_mp4_stream_link:
 * @self: a stream whose data wait
 * @mux: the muxer
 *
 * Returns: FALSE where @mux cannot hold it
 */
gboolean
gst_pin_mp4_stream_link (GstPinMp4Stream *self, GstElement *mux)
{
  GstPadTemplate *template = find_template (mux, self->caps);
  g_autoptr (GstPad) pad = NULL;

  if (template == NULL)
    return FALSE;
  pad = gst_element_request_pad (mux, template, NULL, NULL);
  if (gst_pad_link (self->pad, pad) != GST_PAD_LINK_OK) {
    gst_element_release_request_pad (mux, pad);
    return FALSE;
  }
  self->mux_pad = g_steal_pointer (&pad);
  return TRUE;
}

gboolean
gst_pin_mp4_stream_is_linked (GstPinMp4Stream *self)
{
  return self->mux_pad != NULL;
}

/* The stream will keep pace with other lanes. Before it is unblocked. */
void
gst_pin_mp4_stream_set_lane (GstPinMp4Stream *self, GstPinMp4Pace *pace,
    GstPinMp4Lane *lane)
{
  self->pace = pace;
  self->lane = lane;
  gst_pin_mp4_pace_enter (pace, lane);
}

/* Captions that count from the stream's first picture; they live longer than
 * its data flow. Before it is unblocked. */
void
gst_pin_mp4_stream_set_captions (GstPinMp4Stream *self,
    GstPinMp4Captions *captions)
{
  self->captions = captions;
}

/* Which clock its times are of. Before it is unblocked. */
void
gst_pin_mp4_stream_set_clock (GstPinMp4Stream *self,
    GstPinMp4Timeline *timeline, GstPinMp4Clock *clock)
{
  self->timeline = timeline;
  self->clock = clock;
}

/*
 * gst_pin_mp4_stream_unblock:
 * @self: a stream
 * @keep_leading: moves the whole run so far from zero that the muxer finds
 *   nothing before it, which it would leave out; the same for all streams
 *
 * Lets the data go: to the muxer, or, where the stream is not linked, away.
 */
void
gst_pin_mp4_stream_unblock (GstPinMp4Stream *self, gboolean keep_leading)
{
  self->lead = keep_leading ? ORIGIN : 0;
  g_atomic_int_set (&self->open, TRUE);
  gst_pad_remove_probe (self->pad, self->block);
}

/* Before its input is removed: its thread must not wait for others. Any
 * thread. */
void
gst_pin_mp4_stream_release (GstPinMp4Stream *self)
{
  end_pace (self);
  if (self->captions != NULL)
    gst_pin_mp4_captions_end (self->captions);
}

/* From now on no end of the stream ends the file. Any thread. */
void
gst_pin_mp4_stream_fail (GstPinMp4Stream *self)
{
  g_atomic_int_set (&self->failed, TRUE);
}
