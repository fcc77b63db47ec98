/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-pinfetchsrc
 * @title: pinfetchsrc
 * @short_description: the fragments of a pinsrc's plan
 *
 * Handler of the pinfrag:// URIs in the playlists that pinsrc pushes. hlsdemux
 * makes one per rendition; nobody needs to make one by hand. Each URI names one
 * fragment, playlist or key of a plan that a pinsrc of the same process has,
 * and that is fetched already or will be soon. Its bytes are final: broken
 * transfers are repaired before they get here. When one can't be, pinsrc posts
 * the error and this element waits, since the end of a stream would make a
 * short file look whole.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 pinsrc location=https://www.pinterest.com/pin/ID/ ! hlsdemux ! pinmp4bin ! filesink location=out.mp4
 * ]| hlsdemux uses a pinfetchsrc for each rendition here.
 */
/*
 * Thin glue: a URI in, the session's bytes out. Blocks in create() alone;
 * everything else answers at once.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "pinfetchsrc.h"

#include "session-file-private.h"

GST_DEBUG_CATEGORY_STATIC (gst_pin_fetch_src_debug);
#define GST_CAT_DEFAULT gst_pin_fetch_src_debug

enum
{
  PROP_0,
  PROP_URI
};

struct _GstPinFetchSrc
{
  GstBaseSrc parent;

  gchar *uri;                   /* object lock */
  GstPinSession *session;       /* start() to stop(); object lock */
  GstPinSessionFile *file;      /* likewise */
  GstPinReader reader;
  guint64 position, stop;       /* streaming thread, or while it does not run */
};

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void gst_pin_fetch_src_uri_handler_init (gpointer iface, gpointer data);

#define gst_pin_fetch_src_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstPinFetchSrc, gst_pin_fetch_src, GST_TYPE_BASE_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER,
        gst_pin_fetch_src_uri_handler_init));
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (pinfetchsrc, "pinfetchsrc",
    GST_RANK_NONE, GST_TYPE_PIN_FETCH_SRC,
    GST_DEBUG_CATEGORY_INIT (gst_pin_fetch_src_debug, "pinfetchsrc", 0,
        "Pin fragment source"));

static gboolean
gst_pin_fetch_src_stop (GstBaseSrc *base)
{
  GstPinFetchSrc *self = GST_PIN_FETCH_SRC (base);
  GstPinSession *session;

  GST_OBJECT_LOCK (self);
  session = g_steal_pointer (&self->session);
  g_clear_pointer (&self->file, gst_pin_session_file_close);
  GST_OBJECT_UNLOCK (self);
  if (session)
    gst_pin_session_unref (session);
  return TRUE;
}

static gboolean
gst_pin_fetch_src_start (GstBaseSrc *base)
{
  GstPinFetchSrc *self = GST_PIN_FETCH_SRC (base);
  g_autofree gchar *path = NULL;
  gboolean found;

  self->position = 0;
  self->stop = G_MAXUINT64;
  GST_OBJECT_LOCK (self);
  if (self->uri)
    self->session = gst_pin_session_find (self->uri, &path);
  if (self->session)
    self->file = gst_pin_session_file_open (self->session, path);
  found = self->file != NULL;
  GST_OBJECT_UNLOCK (self);
  if (!found) {
    gst_pin_fetch_src_stop (base);
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
        ("No running pinsrc has a plan with this file."),
        ("%s", self->uri ? self->uri : "no uri set"));
  }
  return found;
}

static GstFlowReturn
gst_pin_fetch_src_create (GstBaseSrc *base, guint64 offset, guint size,
    GstBuffer **buffer)
{
  GstPinFetchSrc *self = GST_PIN_FETCH_SRC (base);
  GstFlowReturn flow;

  if (self->position >= self->stop)
    return GST_FLOW_EOS;
  /* stop() can't come while this runs: the base class waits for it */
  flow = gst_pin_session_file_read (self->file, &self->reader,
      self->position, buffer);
  if (flow != GST_FLOW_OK)
    return flow;
  if (gst_buffer_get_size (*buffer) > self->stop - self->position)
    gst_buffer_set_size (*buffer, self->stop - self->position);
  GST_BUFFER_OFFSET (*buffer) = self->position;
  self->position += gst_buffer_get_size (*buffer);
  GST_BUFFER_OFFSET_END (*buffer) = self->position;
  return GST_FLOW_OK;
}

static void
set_flushing (GstPinFetchSrc *self, gboolean flushing)
{
  GstPinSession *session = NULL;

  g_atomic_int_set (&self->reader.flushing, flushing);
  GST_OBJECT_LOCK (self);
  if (self->session)
    session = gst_pin_session_ref (self->session);
  GST_OBJECT_UNLOCK (self);
  if (session) {
    gst_pin_session_set_flushing (session, &self->reader, flushing);
    gst_pin_session_unref (session);
  }
}

static gboolean
gst_pin_fetch_src_unlock (GstBaseSrc *base)
{
  set_flushing (GST_PIN_FETCH_SRC (base), TRUE);
  return TRUE;
}

static gboolean
gst_pin_fetch_src_unlock_stop (GstBaseSrc *base)
{
  set_flushing (GST_PIN_FETCH_SRC (base), FALSE);
  return TRUE;
}

static gboolean
gst_pin_fetch_src_is_seekable (GstBaseSrc *base)
{
  return TRUE;
}

static gboolean
gst_pin_fetch_src_do_seek (GstBaseSrc *base, GstSegment *segment)
{
  GstPinFetchSrc *self = GST_PIN_FETCH_SRC (base);

  if (segment->format != GST_FORMAT_BYTES || segment->rate <= 0)
    return FALSE;
  self->position = segment->start;
  self->stop = segment->stop == (guint64) -1 ? G_MAXUINT64 : segment->stop;
  return TRUE;
}

/* hlsdemux asks in the middle of streaming: never blocks */
static gboolean
gst_pin_fetch_src_get_size (GstBaseSrc *base, guint64 *size)
{
  GstPinFetchSrc *self = GST_PIN_FETCH_SRC (base);
  gint64 length = -1;

  GST_OBJECT_LOCK (self);
  if (self->file)
    length = gst_pin_session_file_get_length (self->file);
  GST_OBJECT_UNLOCK (self);
  *size = MAX (length, 0);
  return length >= 0;
}

static GstURIType
gst_pin_fetch_src_uri_get_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
gst_pin_fetch_src_uri_get_protocols (GType type)
{
  static const gchar *const protocols[] = { GST_PIN_FRAGMENT_SCHEME, NULL };

  return protocols;
}

static gchar *
gst_pin_fetch_src_uri_get_uri (GstURIHandler *handler)
{
  GstPinFetchSrc *self = GST_PIN_FETCH_SRC (handler);
  gchar *uri;

  GST_OBJECT_LOCK (self);
  uri = g_strdup (self->uri);
  GST_OBJECT_UNLOCK (self);
  return uri;
}

static gboolean
gst_pin_fetch_src_uri_set_uri (GstURIHandler *handler, const gchar *uri,
    GError **error)
{
  GstPinFetchSrc *self = GST_PIN_FETCH_SRC (handler);

  if (GST_STATE (self) > GST_STATE_READY) {
    g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE,
        "The URI of a running pinfetchsrc can't be changed");
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  g_free (self->uri);
  self->uri = g_strdup (uri);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
gst_pin_fetch_src_uri_handler_init (gpointer data, gpointer unused)
{
  GstURIHandlerInterface *iface = data;

  iface->get_type = gst_pin_fetch_src_uri_get_type;
  iface->get_protocols = gst_pin_fetch_src_uri_get_protocols;
  iface->get_uri = gst_pin_fetch_src_uri_get_uri;
  iface->set_uri = gst_pin_fetch_src_uri_set_uri;
}

static void
gst_pin_fetch_src_set_property (GObject *object, guint id, const GValue *value,
    GParamSpec *spec)
{
  if (id == PROP_URI)
    gst_uri_handler_set_uri (GST_URI_HANDLER (object),
        g_value_get_string (value), NULL);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_pin_fetch_src_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *spec)
{
  if (id == PROP_URI)
    g_value_take_string (value,
        gst_uri_handler_get_uri (GST_URI_HANDLER (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_pin_fetch_src_finalize (GObject *object)
{
  GstPinFetchSrc *self = GST_PIN_FETCH_SRC (object);

  g_free (self->uri);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_pin_fetch_src_init (GstPinFetchSrc *self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_BYTES);
}

static void
gst_pin_fetch_src_class_init (GstPinFetchSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = gst_pin_fetch_src_set_property;
  object_class->get_property = gst_pin_fetch_src_get_property;
  object_class->finalize = gst_pin_fetch_src_finalize;
  g_object_class_install_property (object_class, PROP_URI,
      g_param_spec_string ("uri", "URI",
          "The pinfrag:// URI of what to read", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_READY));

  base_class->start = gst_pin_fetch_src_start;
  base_class->stop = gst_pin_fetch_src_stop;
  base_class->unlock = gst_pin_fetch_src_unlock;
  base_class->unlock_stop = gst_pin_fetch_src_unlock_stop;
  base_class->is_seekable = gst_pin_fetch_src_is_seekable;
  base_class->do_seek = gst_pin_fetch_src_do_seek;
  base_class->get_size = gst_pin_fetch_src_get_size;
  base_class->create = gst_pin_fetch_src_create;

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Pin fragment source",
      "Source/Network",
      "Hands out the fragments that a pinsrc's playlist names",
      "The gst-pin authors");
}
