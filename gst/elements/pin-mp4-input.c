/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One input of pinmp4bin. It is a bin with a sink pad and, once it knows what
 * it is fed, a source pad per stream:
 *
 *     typefind ─ hlsdemux | id3demux | our own for TS and MP4 | nothing
 *
 * typefind takes the caps that upstream sends, and looks at the bytes where
 * upstream sends none, so that filesrc needs no help. pinmp4bin makes one for
 * each of its sink pads, and one for each pad of an hlsdemux inside another
 * input; it lives as long as that pad, and forgets what it learnt whenever it
 * goes back to READY. All of it runs in the thread that brings the data.
 */
#include "pin-mp4-input.h"

#include "pin-element-error.h"
#include "pin-mp4-demux.h"
#include "pin-ts-demux.h"

#include <gst/pbutils/pbutils.h>
#include <gst/pin/error.h>

GST_DEBUG_CATEGORY_STATIC (pin_mp4_input_debug);
#define GST_CAT_DEFAULT pin_mp4_input_debug

struct _GstPinMp4Input
{
  GstBin parent;

  const GstPinMp4InputFuncs *funcs;
  gpointer user_data;
  GstElement *typefind;

  GRecMutex lock;               /* held while the bin is built; guards … */
  gboolean running;             /* between READY and READY again */
  GstPinMp4InputKind kind;
  GstCaps *caps;                /* what typefind found */
  GstElement *demux;
  gboolean complete;

  /* Only the streaming thread */
  gboolean any_data;
};

G_DEFINE_TYPE_WITH_CODE (GstPinMp4Input, gst_pin_mp4_input, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (pin_mp4_input_debug, "pinmp4input", 0,
        "input of pinmp4bin"));

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src_%u",
    GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);

/* What is fed, what that makes of the input, and who takes it apart */
static const struct
{
  const gchar *media_type;
  GstPinMp4InputKind kind;
  const gchar *demuxer;         /* NULL: our own, or nobody */
} handlers[] = {
  {"application/x-hls", GST_PIN_MP4_INPUT_NESTED, "hlsdemux"},
  {"application/x-id3", GST_PIN_MP4_INPUT_NESTED, "id3demux"},
  {"video/mpegts", GST_PIN_MP4_INPUT_TS, NULL},
  {"video/quicktime", GST_PIN_MP4_INPUT_MP4, NULL},
  {"video/mj2", GST_PIN_MP4_INPUT_MP4, NULL},
  {"audio/x-m4a", GST_PIN_MP4_INPUT_MP4, NULL},
  {"application/x-3gp", GST_PIN_MP4_INPUT_MP4, NULL},
  {"audio/mpeg", GST_PIN_MP4_INPUT_BARE, NULL},
  {"audio/x-ac3", GST_PIN_MP4_INPUT_BARE, NULL},
  {"audio/x-eac3", GST_PIN_MP4_INPUT_BARE, NULL},
};

/*
 * gst_pin_mp4_input_complete:
 * @self: an input
 *
 * No more pads will come. Says so to the owner, the first time only.
 */
void
gst_pin_mp4_input_complete (GstPinMp4Input *self)
{
  gboolean first;

  g_rec_mutex_lock (&self->lock);
  first = self->running && !self->complete;
  self->complete = TRUE;
  g_rec_mutex_unlock (&self->lock);

  if (first)
    self->funcs->complete (self, self->user_data);
}

static void
add_stream (GstPinMp4Input *self, GstPad *target, GstCaps *caps)
{
  g_autofree gchar *name = NULL;
  GstPad *pad;

  g_rec_mutex_lock (&self->lock);
  if (!self->running) {
    g_rec_mutex_unlock (&self->lock);
    return;
  }
  name = g_strdup_printf ("src_%u", GST_ELEMENT (self)->numsrcpads);
  pad = gst_ghost_pad_new (name, target);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  g_rec_mutex_unlock (&self->lock);

  self->funcs->stream (self, pad, caps, self->user_data);
}

static void
on_demux_pad_added (GstElement *demux, GstPad *pad, GstPinMp4Input *self)
{
  g_autoptr (GstCaps) caps = NULL;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  caps = gst_pad_get_current_caps (pad);
  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  GST_DEBUG_OBJECT (self, "%" GST_PTR_FORMAT " has %" GST_PTR_FORMAT, pad,
      caps);
  add_stream (self, pad, caps);
}

static void
on_demux_no_more_pads (GstElement *demux, GstPinMp4Input *self)
{
  gst_pin_mp4_input_complete (self);
}

static void
report_missing (GstPinMp4Input *self, const gchar *factory)
{
  g_autoptr (GError) error = g_error_new (GST_PIN_ERROR,
      GST_PIN_ERROR_UNSUPPORTED,
      "GStreamer's element “%s” is not installed; install GStreamer's good and "
      "bad plugins.", factory);

  gst_element_post_message (GST_ELEMENT (self),
      gst_missing_element_message_new (GST_ELEMENT (self), factory));
  gst_pin_element_post_error (GST_ELEMENT (self), error, NULL);
}

static GstElement *
make_demuxer (GstPinMp4Input *self, const gchar *factory)
{
  if (factory != NULL)
    return gst_element_factory_make (factory, NULL);
  return self->kind == GST_PIN_MP4_INPUT_TS ? gst_pin_ts_demux_new () :
      gst_pin_mp4_demux_new ();
}

static void
add_demuxer (GstPinMp4Input *self, const gchar *factory)
{
  g_autoptr (GstPad) src = NULL;

  g_rec_mutex_lock (&self->lock);
  if (!self->running) {
    g_rec_mutex_unlock (&self->lock);
    return;
  }
  self->demux = make_demuxer (self, factory);
  if (self->demux == NULL) {
    g_rec_mutex_unlock (&self->lock);
    report_missing (self, factory);
    return;
  }
  g_signal_connect_object (self->demux, "pad-added",
      G_CALLBACK (on_demux_pad_added), self, 0);
  g_signal_connect_object (self->demux, "no-more-pads",
      G_CALLBACK (on_demux_no_more_pads), self, 0);
  gst_bin_add (GST_BIN (self), self->demux);

  gst_element_link_pads (self->typefind, "src", self->demux, "sink");
  src = gst_element_get_static_pad (self->demux, "src");
  gst_element_sync_state_with_parent (self->demux);
  g_rec_mutex_unlock (&self->lock);

  /* A filter such as id3demux has its one pad from the start */
  if (src != NULL) {
    g_autoptr (GstCaps) caps = gst_pad_query_caps (src, NULL);

    add_stream (self, src, caps);
    gst_pin_mp4_input_complete (self);
  }
}

static guint
find_handler (GstCaps *caps)
{
  const gchar *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  guint i;

  for (i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (g_str_equal (name, handlers[i].media_type))
      break;
  }
  return i;
}

static void
on_have_type (GstElement *typefind, guint probability, GstCaps *caps,
    GstPinMp4Input *self)
{
  guint i = find_handler (caps);

  g_rec_mutex_lock (&self->lock);
  if (!self->running || self->kind != GST_PIN_MP4_INPUT_UNKNOWN) {
    g_rec_mutex_unlock (&self->lock);
    return;
  }
  GST_INFO_OBJECT (self, "fed %" GST_PTR_FORMAT, caps);
  self->caps = gst_caps_ref (caps);
  self->kind = i < G_N_ELEMENTS (handlers) ? handlers[i].kind :
      GST_PIN_MP4_INPUT_UNSUPPORTED;
  g_rec_mutex_unlock (&self->lock);

  self->funcs->begun (self, self->user_data);

  if (self->kind == GST_PIN_MP4_INPUT_BARE) {
    g_autoptr (GstPad) src = gst_element_get_static_pad (typefind, "src");

    add_stream (self, src, caps);
    gst_pin_mp4_input_complete (self);
  } else if (self->kind == GST_PIN_MP4_INPUT_UNSUPPORTED) {
    gst_pin_mp4_input_complete (self);
  } else {
    add_demuxer (self, handlers[i].demuxer);
  }
}

/* Between typefind and the demuxer */
static GstPadProbeReturn
on_fed (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Input *self)
{
  return self->kind == GST_PIN_MP4_INPUT_UNSUPPORTED ? GST_PAD_PROBE_DROP :
      GST_PAD_PROBE_OK;
}

/* Our own demuxers pull if they can. The others get their data pushed. */
static GstPadProbeReturn
on_query (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Input *self)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_SCHEDULING
      || self->kind == GST_PIN_MP4_INPUT_TS
      || self->kind == GST_PIN_MP4_INPUT_MP4)
    return GST_PAD_PROBE_OK;
  gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEQUENTIAL, 1, -1, 0);
  gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
  return GST_PAD_PROBE_HANDLED;
}

/* At the sink pad. An input that ends before its first byte is one without
 * streams, and no error of typefind's. */
static GstPadProbeReturn
on_arrival (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Input *self)
{
  if (info->type & (GST_PAD_PROBE_TYPE_BUFFER |
          GST_PAD_PROBE_TYPE_BUFFER_LIST)) {
    self->any_data = TRUE;
    return GST_PAD_PROBE_OK;
  }
  if (GST_EVENT_TYPE (info->data) == GST_EVENT_EOS && !self->any_data) {
    GST_WARNING_OBJECT (self, "ends before its first byte");
    gst_pin_mp4_input_complete (self);
    return GST_PAD_PROBE_DROP;
  }
  return GST_PAD_PROBE_OK;
}

static void
remove_src_pad (gpointer pad, gpointer element)
{
  gst_pad_set_active (pad, FALSE);
  gst_ghost_pad_set_target (pad, NULL);
  gst_element_remove_pad (element, pad);
}

static void
forget (GstPinMp4Input *self)
{
  GList *pads;

  GST_OBJECT_LOCK (self);
  pads = g_list_copy_deep (GST_ELEMENT (self)->srcpads,
      (GCopyFunc) (void (*) (void)) gst_object_ref, NULL);
  GST_OBJECT_UNLOCK (self);
  g_list_foreach (pads, remove_src_pad, self);
  g_list_free_full (pads, gst_object_unref);

  if (self->demux != NULL) {
    gst_element_set_state (self->demux, GST_STATE_NULL);
    gst_bin_remove (GST_BIN (self), self->demux);
    self->demux = NULL;
  }
  gst_clear_caps (&self->caps);
  self->kind = GST_PIN_MP4_INPUT_UNKNOWN;
  self->complete = self->any_data = FALSE;
}

static GstStateChangeReturn
gst_pin_mp4_input_change_state (GstElement *element, GstStateChange transition)
{
  GstPinMp4Input *self = GST_PIN_MP4_INPUT (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      || transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    g_rec_mutex_lock (&self->lock);
    self->running = transition == GST_STATE_CHANGE_READY_TO_PAUSED;
    g_rec_mutex_unlock (&self->lock);
  }
  ret = GST_ELEMENT_CLASS (gst_pin_mp4_input_parent_class)->change_state
      (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    forget (self);
  return ret;
}

static void
gst_pin_mp4_input_finalize (GObject *object)
{
  GstPinMp4Input *self = GST_PIN_MP4_INPUT (object);

  gst_clear_caps (&self->caps);
  g_rec_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_pin_mp4_input_parent_class)->finalize (object);
}

static void
gst_pin_mp4_input_init (GstPinMp4Input *self)
{
  g_rec_mutex_init (&self->lock);
}

static void
gst_pin_mp4_input_class_init (GstPinMp4InputClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_pin_mp4_input_finalize;
  element_class->change_state = gst_pin_mp4_input_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Input of pinmp4bin",
      "Generic/Bin/Demuxer", "Takes one input apart", "the gst-pin developers");
}

/* typefind is there from the start, so that the sink pad always has a target */
static void
add_typefind (GstPinMp4Input *self)
{
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;
  GstPad *ghost;

  self->typefind = gst_element_factory_make ("typefind", NULL);
  gst_bin_add (GST_BIN (self), self->typefind);
  g_signal_connect_object (self->typefind, "have-type",
      G_CALLBACK (on_have_type), self, 0);

  src = gst_element_get_static_pad (self->typefind, "src");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER,
      (GstPadProbeCallback) on_fed, self, NULL);
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM |
      GST_PAD_PROBE_TYPE_PUSH, (GstPadProbeCallback) on_query, self, NULL);

  sink = gst_element_get_static_pad (self->typefind, "sink");
  ghost = gst_ghost_pad_new ("sink", sink);
  gst_pad_add_probe (ghost, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM |
      GST_PAD_PROBE_TYPE_PUSH, (GstPadProbeCallback) on_arrival, self, NULL);
  gst_element_add_pad (GST_ELEMENT (self), ghost);
}

GstPinMp4Input *
gst_pin_mp4_input_new (const GstPinMp4InputFuncs *funcs, gpointer user_data)
{
  GstPinMp4Input *self = g_object_new (GST_TYPE_PIN_MP4_INPUT, NULL);

  self->funcs = funcs;
  self->user_data = user_data;
  add_typefind (self);
  return self;
}

/* From the input's thread, and after it said that it is complete */
GstPinMp4InputKind
gst_pin_mp4_input_get_kind (GstPinMp4Input *self)
{
  return self->kind;
}

/* What typefind found; NULL before that. Stays while the input runs. */
const GstCaps *
gst_pin_mp4_input_get_caps (GstPinMp4Input *self)
{
  return self->caps;
}

gboolean
gst_pin_mp4_input_is_complete (GstPinMp4Input *self)
{
  gboolean complete;

  g_rec_mutex_lock (&self->lock);
  complete = self->complete;
  g_rec_mutex_unlock (&self->lock);
  return complete;
}

/* Does what comes tell what is to be decoded and not shown? When complete. */
gboolean
gst_pin_mp4_input_hides_leading (GstPinMp4Input *self)
{
  return self->kind == GST_PIN_MP4_INPUT_MP4 && self->demux != NULL
      && !gst_pin_mp4_demux_is_fragmented (GST_PIN_MP4_DEMUX (self->demux));
}
