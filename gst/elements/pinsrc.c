/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-pinsrc
 * @title: pinsrc
 * @short_description: turns a Pin's address into its video
 *
 * Reads a Pin's page, chooses the best variant of its video, and pushes one
 * HLS playlist for hlsdemux (or for pinmp4bin, which holds one), or the MP4
 * where the Pin has no HLS. The playlist's addresses lead to pinfetchsrc, so
 * that all fragments come through this element's own fetcher: several
 * connections, in order, within a byte budget.
 *
 * All errors of the network are reported by this element, with a `code` in
 * the message's details, such as "not-found" or "rate-limited".
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 pinsrc location=https://www.pinterest.com/pin/ID/ ! pinmp4bin ! filesink location=out.mp4
 * ]| The Pin's best video with its sound, as an MP4.
 * |[
 * gst-launch-1.0 pinsrc location=ID quality=480p ! hlsdemux ! pinmp4bin ! filesink location=out.mp4
 * ]| The same graph spelled out, at no more than 480 lines.
 */
/*
 * Thin glue between GstBaseSrc and a session of the library. The streaming
 * thread makes the session in the first create(), since only then is it known
 * what is linked downstream, waits for it to be ready, and reads from it. It
 * goes away in stop().
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "pinsrc.h"

#include <string.h>

#include "pin-captions.h"
#include "pin-element-error.h"
#include "pin-query.h"
#include "pin-src-settings.h"
#include "pin-walk.h"
#include "session-file-private.h"

GST_DEBUG_CATEGORY_STATIC (gst_pin_src_debug);
#define GST_CAT_DEFAULT gst_pin_src_debug

enum
{
  PROP_0,
  PROP_STATS,
  PROP_FIRST_SETTING
};

struct _GstPinSrc
{
  GstBaseSrc parent;

  GstPinSrcSettings settings;   /* object lock */

  GstPinLocation *parsed;       /* start() to stop() */
  GstPinSession *session;       /* create() to stop(); object lock */
  GstPinSessionFile *file;      /* what is pushed, once announced; object lock */
  GstPinReader reader;
  guint64 position;             /* streaming thread */
  gboolean announced;           /* caps and tags are out; streaming thread */
  GstEvent *captions;           /* to be pushed with the first bytes; streaming thread */
};

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("application/x-hls; video/quicktime"));

static void gst_pin_src_uri_handler_init (gpointer iface, gpointer data);

#define gst_pin_src_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstPinSrc, gst_pin_src, GST_TYPE_BASE_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER,
        gst_pin_src_uri_handler_init));
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (pinsrc, "pinsrc", GST_RANK_PRIMARY,
    GST_TYPE_PIN_SRC, GST_DEBUG_CATEGORY_INIT (gst_pin_src_debug, "pinsrc", 0,
        "Pin source"));

static GstPinSession *
get_session (GstPinSrc *self)
{
  GstPinSession *session = NULL;

  GST_OBJECT_LOCK (self);
  if (self->session)
    session = gst_pin_session_ref (self->session);
  GST_OBJECT_UNLOCK (self);
  return session;
}

/* --- what is downstream --------------------------------------------------- */

/* hlsdemux asks the registry for a source by scheme; hlsdemux2, which playbin3
 * and urisourcebin take, does not, and would send a scheme that it does not
 * know in clear over HTTP (observed in GStreamer 1.22). So ours are given only
 * to whom is known to resolve them. */
static gboolean
downstream_takes_fragments (GstPinSrc *self)
{
  g_autoptr (GstQuery) query = gst_query_new_custom (GST_QUERY_CUSTOM,
      gst_structure_new_empty (GST_PIN_QUERY_FRAGMENTS));
  g_autoptr (GstElement) reader = NULL;

  if (gst_pad_peer_query (GST_BASE_SRC_PAD (self), query))
    return TRUE;
  reader = gst_pin_walk_find (GST_BASE_SRC_PAD (self), "hlsdemux", NULL);
  return reader != NULL;
}

static gboolean
wants_native_uris (GstPinSrc *self)
{
  switch (self->settings.fragment_uris) {
    case GST_PIN_FRAGMENT_URIS_PIN:
      return FALSE;
    case GST_PIN_FRAGMENT_URIS_NATIVE:
      return TRUE;
    default:
      return !downstream_takes_fragments (self);
  }
}

/* --- streaming ------------------------------------------------------------ */

/* On the library's thread */
static void
on_failed (const GError *error, gpointer data)
{
  gst_pin_element_post_error (data, error, NULL);
}

static void
on_missing (const GError *error, gpointer data)
{
  gst_pin_element_post_warning (data, error, NULL);
}

static const GstPinFetcherOwner session_owner = {
  on_failed, on_missing, on_missing
};

static GstPinSession *
make_session (GstPinSrc *self, GError **error)
{
  GstPinSessionConfig config;
  GstPinSession *session;

  GST_OBJECT_LOCK (self);
  gst_pin_src_settings_to_config (&self->settings, &config);
  GST_OBJECT_UNLOCK (self);
  config.native_uris = wants_native_uris (self);
  GST_DEBUG_OBJECT (self, "playlists get %s URIs",
      config.native_uris ? "native" : "pinfrag");

  session = gst_pin_session_new (self->parsed, &config, &session_owner, self,
      error);
  gst_pin_session_config_clear (&config);
  return session;
}

static GstPinSession *
ensure_session (GstPinSrc *self, GError **error)
{
  GstPinSession *session = get_session (self);

  if (session)
    return session;
  session = make_session (self, error);
  if (!session)
    return NULL;
  GST_OBJECT_LOCK (self);
  self->session = gst_pin_session_ref (session);
  GST_OBJECT_UNLOCK (self);
  gst_pin_session_start (session);
  return session;
}

static GstBufferList *
make_cue_buffers (const GstPinWebvtt *webvtt)
{
  GstBufferList *list = gst_buffer_list_new_sized (webvtt->cues->len);

  for (guint i = 0; i < webvtt->cues->len; i++) {
    const GstPinCue *cue = g_ptr_array_index (webvtt->cues, i);
    GstBuffer *buffer = gst_buffer_new_memdup (cue->text, strlen (cue->text));

    GST_BUFFER_PTS (buffer) = cue->start;
    GST_BUFFER_DURATION (buffer) = cue->end - cue->start;
    gst_buffer_list_add (list, buffer);
  }
  return list;
}

/* Between the segment, which the base class pushes, and the first bytes: of
 * sticky events of our own the base class takes care of none (observed in
 * GStreamer 1.22) */
static GstPadProbeReturn
push_captions (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstPinSrc *self = data;

  if (self->captions)
    gst_pad_push_event (pad, g_steal_pointer (&self->captions));
  return GST_PAD_PROBE_OK;
}

static void
announce_captions (GstPinSrc *self, GstPinSession *session)
{
  const gchar *language;
  const GstPinWebvtt *webvtt = gst_pin_session_get_captions (session,
      &language);
  g_autoptr (GBytes) text = NULL;

  if (!webvtt)
    return;
  text = gst_pin_webvtt_write (webvtt);
  self->captions = gst_pin_captions_event_new (language, make_cue_buffers
      (webvtt), text, webvtt->clock_zero);
}

static void
announce (GstPinSrc *self, GstPinSession *session)
{
  gboolean playlist =
      gst_pin_session_get_output (session) == GST_PIN_OUTPUT_PLAYLIST;
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (playlist ?
      "application/x-hls" : "video/quicktime");
  GstTagList *tags = gst_pin_session_get_tags (session);

  gst_base_src_set_caps (GST_BASE_SRC (self), caps);
  /* The base class pushes it behind the segment. Not gst_element_send_event():
   * that takes the state lock, which who stops this thread holds. On the bus it
   * goes from here, since hlsdemux keeps tags of its playlist to itself. */
  GST_ELEMENT_CLASS (parent_class)->send_event (GST_ELEMENT (self),
      gst_event_new_tag (gst_tag_list_copy (tags)));
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_tag (GST_OBJECT (self), gst_tag_list_copy (tags)));
  announce_captions (self, session);
  GST_OBJECT_LOCK (self);
  self->file = gst_pin_session_file_open (session,
      playlist ? "index.m3u8" : "0");
  GST_OBJECT_UNLOCK (self);
  self->announced = TRUE;
}

static GstFlowReturn
gst_pin_src_create (GstBaseSrc *base, guint64 offset, guint size,
    GstBuffer **buffer)
{
  GstPinSrc *self = GST_PIN_SRC (base);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinSession) session = ensure_session (self, &error);
  GstFlowReturn flow;

  if (!session || !gst_pin_session_wait_ready (session, &self->reader, &error)) {
    /* FLUSHING in either case: for ERROR the base class would post a second
     * error that tells less, and end the stream downstream */
    if (error)
      gst_pin_element_post_error (GST_ELEMENT (self), error, NULL);
    return GST_FLOW_FLUSHING;
  }
  if (!self->announced)
    announce (self, session);

  flow = gst_pin_session_file_read (self->file, &self->reader, self->position,
      buffer);
  if (flow == GST_FLOW_OK) {
    GST_BUFFER_OFFSET (*buffer) = self->position;
    self->position += gst_buffer_get_size (*buffer);
    GST_BUFFER_OFFSET_END (*buffer) = self->position;
  }
  return flow;
}

/* The caps are known when the Pin is: the base class must not pick some */
static gboolean
gst_pin_src_negotiate (GstBaseSrc *base)
{
  return TRUE;
}

static gboolean
gst_pin_src_start (GstBaseSrc *base)
{
  GstPinSrc *self = GST_PIN_SRC (base);
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  self->parsed = gst_pin_location_parse (self->settings.location ?
      self->settings.location : "", &error);
  GST_OBJECT_UNLOCK (self);
  self->position = 0;
  self->announced = FALSE;
  if (self->parsed)
    return TRUE;
  gst_pin_element_post_error (GST_ELEMENT (self), error, NULL);
  return FALSE;
}

static gboolean
gst_pin_src_stop (GstBaseSrc *base)
{
  GstPinSrc *self = GST_PIN_SRC (base);
  GstPinSession *session;

  GST_OBJECT_LOCK (self);
  session = g_steal_pointer (&self->session);
  g_clear_pointer (&self->file, gst_pin_session_file_close);
  GST_OBJECT_UNLOCK (self);
  if (session) {
    gst_pin_session_stop (session);
    gst_pin_session_unref (session);
  }
  gst_clear_event (&self->captions);
  g_clear_pointer (&self->parsed, gst_pin_location_unref);
  return TRUE;
}

static void
set_flushing (GstPinSrc *self, gboolean flushing)
{
  g_autoptr (GstPinSession) session = get_session (self);

  g_atomic_int_set (&self->reader.flushing, flushing);
  if (session)
    gst_pin_session_set_flushing (session, &self->reader, flushing);
}

static gboolean
gst_pin_src_unlock (GstBaseSrc *base)
{
  set_flushing (GST_PIN_SRC (base), TRUE);
  return TRUE;
}

static gboolean
gst_pin_src_unlock_stop (GstBaseSrc *base)
{
  set_flushing (GST_PIN_SRC (base), FALSE);
  return TRUE;
}

static gboolean
is_progressive (GstPinSrc *self)
{
  g_autoptr (GstPinSession) session = get_session (self);

  return session && self->announced
      && gst_pin_session_get_output (session) == GST_PIN_OUTPUT_PROGRESSIVE;
}

/* A playlist is read once; a file anywhere */
static gboolean
gst_pin_src_is_seekable (GstBaseSrc *base)
{
  return is_progressive (GST_PIN_SRC (base));
}

static gboolean
gst_pin_src_do_seek (GstBaseSrc *base, GstSegment *segment)
{
  GstPinSrc *self = GST_PIN_SRC (base);

  if (segment->format != GST_FORMAT_BYTES)
    return FALSE;
  self->position = segment->start;
  return segment->start == 0 || is_progressive (self);
}

static gboolean
gst_pin_src_get_size (GstBaseSrc *base, guint64 *size)
{
  GstPinSrc *self = GST_PIN_SRC (base);
  gint64 length = -1;

  if (!is_progressive (self))
    return FALSE;
  GST_OBJECT_LOCK (self);
  if (self->file)
    length = gst_pin_session_file_get_length (self->file);
  GST_OBJECT_UNLOCK (self);
  *size = MAX (length, 0);
  return length >= 0;
}

static gboolean
gst_pin_src_query (GstBaseSrc *base, GstQuery *query)
{
  GstPinSrc *self = GST_PIN_SRC (base);
  g_autoptr (GstPinSession) session = NULL;
  g_autofree gchar *uri = NULL;
  g_autofree gchar *output = NULL;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_URI:
      uri = gst_uri_handler_get_uri (GST_URI_HANDLER (self));
      gst_query_set_uri (query, uri);
      session = get_session (self);
      if (session && self->announced) {
        output = gst_pin_session_get_output_uri (session);
        gst_query_set_uri_redirection (query, output);
        /* Permanent: hlsdemux then resolves and refreshes against it, and
         * nobody is sent a pin:// address as a referrer */
        gst_query_set_uri_redirection_permanent (query, TRUE);
      }
      return TRUE;
    case GST_QUERY_SCHEDULING:
      gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEQUENTIAL
          | GST_SCHEDULING_FLAG_BANDWIDTH_LIMITED, 1, -1, 0);
      gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
      return TRUE;
    default:
      return GST_BASE_SRC_CLASS (parent_class)->query (base, query);
  }
}

/* --- pin:// --------------------------------------------------------------- */

static GstURIType
gst_pin_src_uri_get_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
gst_pin_src_uri_get_protocols (GType type)
{
  static const gchar *const protocols[] = { "pin", NULL };

  return protocols;
}

/* A location as pin://ID where that is known without asking anybody */
static gchar *
gst_pin_src_uri_get_uri (GstURIHandler *handler)
{
  GstPinSrc *self = GST_PIN_SRC (handler);
  g_autoptr (GstPinLocation) location = NULL;
  g_autofree gchar *text = NULL;
  const gchar *id;

  GST_OBJECT_LOCK (self);
  text = g_strdup (self->settings.location);
  GST_OBJECT_UNLOCK (self);
  if (!text)
    return NULL;
  location = gst_pin_location_parse (text, NULL);
  id = location ? gst_pin_location_get_id (location) : NULL;
  return id ? g_strdup_printf ("pin://%s", id) : g_steal_pointer (&text);
}

static gboolean
gst_pin_src_uri_set_uri (GstURIHandler *handler, const gchar *uri,
    GError **error)
{
  GstPinSrc *self = GST_PIN_SRC (handler);
  g_autoptr (GError) why = NULL;
  g_autoptr (GstPinLocation) location = gst_pin_location_parse (uri, &why);

  if (!location) {
    g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
        why->message);
    return FALSE;
  }
  g_object_set (self, "location", uri, NULL);
  return TRUE;
}

static void
gst_pin_src_uri_handler_init (gpointer data, gpointer unused)
{
  GstURIHandlerInterface *iface = data;

  iface->get_type = gst_pin_src_uri_get_type;
  iface->get_protocols = gst_pin_src_uri_get_protocols;
  iface->get_uri = gst_pin_src_uri_get_uri;
  iface->set_uri = gst_pin_src_uri_set_uri;
}

/* --- properties ------------------------------------------------------------ */

static void
gst_pin_src_set_property (GObject *object, guint id, const GValue *value,
    GParamSpec *spec)
{
  GstPinSrc *self = GST_PIN_SRC (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = gst_pin_src_settings_set (&self->settings, spec, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static GstStructure *
get_stats (GstPinSrc *self)
{
  g_autoptr (GstPinSession) session = get_session (self);

  return session ? gst_pin_session_get_stats (session)
      : gst_structure_new_empty ("gst-pin-stats");
}

static void
gst_pin_src_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *spec)
{
  GstPinSrc *self = GST_PIN_SRC (object);
  gboolean known;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  known = gst_pin_src_settings_get (&self->settings, spec, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_pin_src_finalize (GObject *object)
{
  GstPinSrc *self = GST_PIN_SRC (object);

  gst_pin_src_settings_clear (&self->settings);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_pin_src_init (GstPinSrc *self)
{
  GstBaseSrc *base = GST_BASE_SRC (self);

  gst_pad_add_probe (GST_BASE_SRC_PAD (base), GST_PAD_PROBE_TYPE_BUFFER,
      push_captions, self, NULL);
  gst_pin_src_settings_init (&self->settings);
  gst_base_src_set_format (base, GST_FORMAT_BYTES);
  gst_base_src_set_automatic_eos (base, FALSE);
}

static void
gst_pin_src_class_init (GstPinSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = gst_pin_src_set_property;
  object_class->get_property = gst_pin_src_get_property;
  object_class->finalize = gst_pin_src_finalize;
  gst_pin_src_settings_install (object_class, PROP_FIRST_SETTING);
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "What was fetched so far: bytes, bytes-total, requests, retries, "
          "resumed, reused (connections), stalls, connections, "
          "connections-peak, connections-limit (what the media host bears, "
          "0: no sign of a limit), buffer-bytes, buffer-bytes-peak; "
          "time-to-plan, time-to-first-byte and elapsed in ns",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  base_class->negotiate = gst_pin_src_negotiate;
  base_class->start = gst_pin_src_start;
  base_class->stop = gst_pin_src_stop;
  base_class->unlock = gst_pin_src_unlock;
  base_class->unlock_stop = gst_pin_src_unlock_stop;
  base_class->is_seekable = gst_pin_src_is_seekable;
  base_class->do_seek = gst_pin_src_do_seek;
  base_class->get_size = gst_pin_src_get_size;
  base_class->query = gst_pin_src_query;
  base_class->create = gst_pin_src_create;

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Pin source",
      "Source/Network", "Turns a Pin's page into the best variant of its video",
      "The gst-pin authors");
}
