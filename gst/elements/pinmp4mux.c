/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-pinmp4mux
 * @title: pinmp4mux
 *
 * Writes MP4 without waiting for anything: each pad's samples are taken as they
 * come and are written side by side as far as they have come, within
 * bounds. A track that comes late, pauses, ends early or never begins cannot
 * stall the others. It takes H.264, HEVC and AAC as a transport stream carries
 * them, too, so that no parser is needed behind tsdemux.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=in.ts ! tsdemux name=d d. ! video/x-h264 ! pinmp4mux name=m ! filesink location=out.mp4 d. ! audio/mpeg ! m.
 * ]| Transport stream to MP4, in one thread.
 * |[
 * gst-launch-1.0 -q videotestsrc num-buffers=300 ! x264enc ! h264parse ! pinmp4mux format=fragmented ! fdsink > out.mp4
 * ]| Fragmented MP4 into a pipe.
 * |[
 * gst-launch-1.0 filesrc location=in.aac ! aacparse ! pinmp4mux name=m ! filesink location=out.mp4 filesrc location=in.vtt ! subparse ! m.text_0
 * ]| Sound with captions.
 *
 * Since: 0.1
 */
#include "pinmp4mux-private.h"

GST_DEBUG_CATEGORY (gst_pin_mp4_mux_debug);
#define GST_CAT_DEFAULT gst_pin_mp4_mux_debug

#define DEFAULT_FORMAT GST_PIN_MP4_FORMAT_AUTO
#define DEFAULT_FRAGMENT_DURATION 2000
#define PROPERTY_FLAGS \
    (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

enum
{
  PROP_0,
  PROP_FORMAT,
  PROP_FRAGMENT_DURATION,
  PROP_RESERVED_DURATION
};

G_DEFINE_TYPE (GstPinMp4MuxPad, gst_pin_mp4_mux_pad, GST_TYPE_PAD);

static void gst_pin_mp4_mux_tag_setter_init (gpointer iface, gpointer data);

G_DEFINE_TYPE_WITH_CODE (GstPinMp4Mux, gst_pin_mp4_mux, GST_TYPE_ELEMENT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_TAG_SETTER,
        gst_pin_mp4_mux_tag_setter_init));
GST_ELEMENT_REGISTER_DEFINE (pinmp4mux, "pinmp4mux", GST_RANK_NONE,
    GST_TYPE_PIN_MP4_MUX);

#define VIDEO_CAPS \
    "video/x-h264, stream-format = (string) { avc, avc3 }, " \
    "alignment = (string) au; " \
    "video/x-h264, stream-format = (string) byte-stream; " \
    "video/x-h265, stream-format = (string) { hvc1, hev1 }, " \
    "alignment = (string) au; " \
    "video/x-h265, stream-format = (string) byte-stream"
#define AUDIO_CAPS \
    "audio/mpeg, mpegversion = (int) 4, stream-format = (string) raw; " \
    "audio/mpeg, mpegversion = (int) { 2, 4 }, " \
    "stream-format = (string) adts; " \
    "audio/mpeg, mpegversion = (int) 1; " \
    "audio/x-ac3; audio/x-eac3"
#define TEXT_CAPS "text/x-raw, format = (string) { utf8, pango-markup }"
#define SRC_CAPS \
    "video/quicktime, variant = (string) { iso, iso-fragmented }"

static GstStaticPadTemplate video_template =
GST_STATIC_PAD_TEMPLATE ("video_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (VIDEO_CAPS));
static GstStaticPadTemplate audio_template =
GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (AUDIO_CAPS));
static GstStaticPadTemplate text_template =
GST_STATIC_PAD_TEMPLATE ("text_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (TEXT_CAPS));
static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (SRC_CAPS));

GType
gst_pin_mp4_format_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_PIN_MP4_FORMAT_AUTO,
        "faststart where downstream can seek, else fragmented", "auto"},
    {GST_PIN_MP4_FORMAT_FASTSTART, "Header in front", "faststart"},
    {GST_PIN_MP4_FORMAT_FRAGMENTED, "Fragments", "fragmented"},
    {GST_PIN_MP4_FORMAT_PLAIN, "Header at the end", "plain"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstPinMp4Format", values);
    g_once_init_leave (&type, made);
  }
  return type;
}

static void
gst_pin_mp4_mux_tag_setter_init (gpointer iface, gpointer data)
{
  /* GstTagSetter has no methods of its own */
}

static void
gst_pin_mp4_mux_pad_init (GstPinMp4MuxPad *pad)
{
  pad->intake = gst_pin_mp4_intake_new ();
  gst_pin_mp4_yield_init (&pad->yield);
  gst_segment_init (&pad->segment, GST_FORMAT_TIME);
}

static void
gst_pin_mp4_mux_pad_finalize (GObject *object)
{
  GstPinMp4MuxPad *pad = GST_PIN_MP4_MUX_PAD (object);

  gst_pin_mp4_intake_free (pad->intake);
  gst_pin_mp4_yield_finish (&pad->yield);
  G_OBJECT_CLASS (gst_pin_mp4_mux_pad_parent_class)->finalize (object);
}

static void
gst_pin_mp4_mux_pad_class_init (GstPinMp4MuxPadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_pin_mp4_mux_pad_finalize;
}

/* A muxer's output has no times to seek to */
static gboolean
src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK) {
    gst_event_unref (event);
    return FALSE;
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstFormat format;

  if (GST_QUERY_TYPE (query) != GST_QUERY_SEEKING)
    return gst_pad_query_default (pad, parent, query);
  gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
  gst_query_set_seeking (query, format, FALSE, 0, -1);
  return TRUE;
}

static gchar *
make_pad_name (GstElement *element, GstPadTemplate *templ)
{
  guint i;

  for (i = 0;; i++) {
    gchar *name = g_strdup_printf (GST_PAD_TEMPLATE_NAME_TEMPLATE (templ), i);
    g_autoptr (GstPad) taken = gst_element_get_static_pad (element, name);

    if (!taken)
      return name;
    g_free (name);
  }
}

static GstPad *
request_new_pad (GstElement *element, GstPadTemplate *templ,
    const gchar *wanted, const GstCaps *caps)
{
  GstPinMp4Mux *self = GST_PIN_MP4_MUX (element);
  g_autofree gchar *name = g_strdup (wanted);
  GstPinMp4MuxPad *pad;

  if (!name)
    name = make_pad_name (element, templ);
  pad = g_object_new (GST_TYPE_PIN_MP4_MUX_PAD, "name", name, "direction",
      templ->direction, "template", templ, NULL);
  pad->kind = g_str_has_prefix (name, "video") ? GST_PIN_MP4_VIDEO
      : g_str_has_prefix (name, "audio") ? GST_PIN_MP4_AUDIO
      : GST_PIN_MP4_TEXT;
  gst_pad_set_chain_function (GST_PAD (pad), gst_pin_mp4_mux_chain);
  gst_pad_set_event_function (GST_PAD (pad), gst_pin_mp4_mux_sink_event);

  gst_pin_mp4_mux_join (self, pad);
  gst_element_add_pad (element, GST_PAD (pad));
  return GST_PAD (pad);
}

/* What it has brought stays; it may have been the one that all waited for */
static void
release_pad (GstElement *element, GstPad *gstpad)
{
  GstPinMp4Mux *self = GST_PIN_MP4_MUX (element);
  GstPinMp4MuxPad *pad = GST_PIN_MP4_MUX_PAD (gstpad);

  gst_pin_mp4_mux_part (self, pad);
  gst_pad_set_active (gstpad, FALSE);
  gst_element_remove_pad (element, gstpad);
}

static void
forget_streams (GstPinMp4Mux *self)
{
  guint i;

  g_mutex_lock (&self->lock);
  gst_pin_mp4_mux_reset (self);
  for (i = 0; i < self->pads->len; i++) {
    GstPinMp4MuxPad *pad = self->pads->pdata[i];

    gst_pin_mp4_intake_free (pad->intake);
    pad->intake = gst_pin_mp4_intake_new ();
    gst_pin_mp4_yield_clear (&pad->yield);
    gst_segment_init (&pad->segment, GST_FORMAT_TIME);
    pad->language[0] = 0;
  }
  gst_tag_list_unref (self->tags);
  self->tags = gst_tag_list_new_empty ();
  g_mutex_unlock (&self->lock);
  gst_tag_setter_reset_tags (GST_TAG_SETTER (self));
}

static void
set_stopping (GstPinMp4Mux *self, gboolean stopping)
{
  g_mutex_lock (&self->lock);
  self->stopping = stopping;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstPinMp4Mux *self = GST_PIN_MP4_MUX (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    set_stopping (self, FALSE);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    set_stopping (self, TRUE);
  result = GST_ELEMENT_CLASS (gst_pin_mp4_mux_parent_class)->change_state
      (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    forget_streams (self);
  return result;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstPinMp4Mux *self = GST_PIN_MP4_MUX (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_FORMAT:
      self->format = g_value_get_enum (value);
      break;
    case PROP_FRAGMENT_DURATION:
      self->fragment_duration = g_value_get_uint (value);
      break;
    case PROP_RESERVED_DURATION:
      self->reserved_duration = g_value_get_uint64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstPinMp4Mux *self = GST_PIN_MP4_MUX (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_FORMAT:
      g_value_set_enum (value, self->format);
      break;
    case PROP_FRAGMENT_DURATION:
      g_value_set_uint (value, self->fragment_duration);
      break;
    case PROP_RESERVED_DURATION:
      g_value_set_uint64 (value, self->reserved_duration);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstPinMp4Mux *self = GST_PIN_MP4_MUX (object);

  g_clear_pointer (&self->writer, gst_pin_mp4_writer_free);
  g_ptr_array_unref (self->pads);
  gst_tag_list_unref (self->tags);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_pin_mp4_mux_parent_class)->finalize (object);
}

static void
gst_pin_mp4_mux_init (GstPinMp4Mux *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->pads = g_ptr_array_new_with_free_func (gst_object_unref);
  self->tags = gst_tag_list_new_empty ();
  self->format = DEFAULT_FORMAT;
  self->fragment_duration = DEFAULT_FRAGMENT_DURATION;
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (self->srcpad, src_event);
  gst_pad_set_query_function (self->srcpad, src_query);
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}

/*
 * gst_pin_mp4_mux_install_layout:
 * @klass: the muxer's, or that of a bin that hands them on to it
 * @format_id: of the property `format`
 * @fragment_duration_id: of the property `fragment-duration`
 */
void
gst_pin_mp4_mux_install_layout (GObjectClass *klass, guint format_id,
    guint fragment_duration_id)
{
  g_object_class_install_property (klass, format_id,
      g_param_spec_enum ("format", "Format",
          "How the file is laid out; decided when the first data come",
          GST_TYPE_PIN_MP4_FORMAT, DEFAULT_FORMAT, PROPERTY_FLAGS));
  g_object_class_install_property (klass, fragment_duration_id,
      g_param_spec_uint ("fragment-duration", "Fragment duration",
          "Shortest length of a fragment, in milliseconds; the first one is "
          "half a second or less", 1, 600000, DEFAULT_FRAGMENT_DURATION,
          PROPERTY_FLAGS));
}

static void
gst_pin_mp4_mux_class_init (GstPinMp4MuxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
  element_class->change_state = change_state;
  gst_pin_mp4_mux_install_layout (object_class, PROP_FORMAT,
      PROP_FRAGMENT_DURATION);
  g_object_class_install_property (object_class, PROP_RESERVED_DURATION,
      g_param_spec_uint64 ("reserved-duration", "Reserved duration",
          "How long the video is going to be, in nanoseconds, as far as room "
          "for the header in front has to be reserved (0: ask upstream)", 0,
          G_MAXUINT64 - 1, 0, PROPERTY_FLAGS));

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_add_static_pad_template_with_gtype (element_class,
      &video_template, GST_TYPE_PIN_MP4_MUX_PAD);
  gst_element_class_add_static_pad_template_with_gtype (element_class,
      &audio_template, GST_TYPE_PIN_MP4_MUX_PAD);
  gst_element_class_add_static_pad_template_with_gtype (element_class,
      &text_template, GST_TYPE_PIN_MP4_MUX_PAD);
  gst_element_class_set_static_metadata (element_class, "MP4 muxer",
      "Codec/Muxer", "Writes MP4 without waiting for one track or another",
      "The gst-pin authors");
  gst_type_mark_as_plugin_api (GST_TYPE_PIN_MP4_FORMAT, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_PIN_MP4_MUX_PAD, 0);
  GST_DEBUG_CATEGORY_INIT (gst_pin_mp4_mux_debug, "pinmp4mux", 0,
      "Muxer for MP4");
}
