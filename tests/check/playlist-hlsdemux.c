/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is written for hlsdemux, read by hlsdemux: a source of its own scheme
 * stands in for the network and notes which address, and which bytes of it,
 * the demuxer asks for. Each must be asked for once, in order.
 */
#include <gst/base/gstbasesrc.h>
#include <string.h>

#include "playlist-private.h"

#define SCHEME "pinnote"
#define BASE "https://list.example/list.m3u8"
#define TIMEOUT (30 * GST_SECOND)

/* What was asked for, a line each; written by the demuxer's threads */
static GMutex notes_lock;
static GString *notes;

/* ---- the source ---- */

typedef struct
{
  GstBaseSrc parent;
  gchar *uri;
  gint64 start, stop;           /* of the seek before the start; -1: none */
  gboolean done;
} NoteSrc;

typedef struct
{
  GstBaseSrcClass parent_class;
} NoteSrcClass;

static void note_src_handler_init (gpointer iface, gpointer data);
GType note_src_get_type (void);

G_DEFINE_TYPE_WITH_CODE (NoteSrc, note_src, GST_TYPE_BASE_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, note_src_handler_init));

static GstStaticPadTemplate note_src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS_ANY);

static gboolean
note_src_start (GstBaseSrc *base)
{
  NoteSrc *self = (NoteSrc *) base;

  g_mutex_lock (&notes_lock);
  g_string_append (notes, strrchr (self->uri, '/') + 1);
  if (self->stop >= 0)
    g_string_append_printf (notes, " %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
        self->start, self->stop);
  g_string_append_c (notes, '\n');
  g_mutex_unlock (&notes_lock);
  self->stop = -1;
  self->done = FALSE;
  return TRUE;
}

/* Empty packets of a transport stream, so that the demuxer knows a type */
static GstFlowReturn
note_src_create (GstBaseSrc *base, guint64 offset, guint size,
    GstBuffer **buffer)
{
  NoteSrc *self = (NoteSrc *) base;
  GstMapInfo map;
  guint i;

  if (self->done)
    return GST_FLOW_EOS;
  *buffer = gst_buffer_new_allocate (NULL, 188 * 20, NULL);
  gst_buffer_map (*buffer, &map, GST_MAP_WRITE);
  memset (map.data, 0xff, map.size);
  for (i = 0; i < 20; i++)
    memcpy (map.data + 188 * i, "\x47\x1f\xff\x10", 4);
  gst_buffer_unmap (*buffer, &map);
  self->done = TRUE;
  return GST_FLOW_OK;
}

static gboolean
note_src_is_seekable (GstBaseSrc *base)
{
  return TRUE;
}

static gboolean
note_src_do_seek (GstBaseSrc *base, GstSegment *segment)
{
  return TRUE;
}

/* The demuxer seeks before it starts the source */
static gboolean
note_src_send_event (GstElement *element, GstEvent *event)
{
  NoteSrc *self = (NoteSrc *) element;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK) {
    gst_event_parse_seek (event, NULL, NULL, NULL, NULL, &self->start, NULL,
        &self->stop);
    gst_event_unref (event);
    return TRUE;
  }
  return GST_ELEMENT_CLASS (note_src_parent_class)->send_event (element,
      event);
}

static void
note_src_finalize (GObject *object)
{
  g_free (((NoteSrc *) object)->uri);
  G_OBJECT_CLASS (note_src_parent_class)->finalize (object);
}

static void
note_src_class_init (NoteSrcClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = note_src_finalize;
  element_class->send_event = note_src_send_event;
  gst_element_class_add_static_pad_template (element_class,
      &note_src_template);
  gst_element_class_set_static_metadata (element_class, "Note source",
      "Source", "Notes what is asked for", "gst-pin");
  base_class->start = note_src_start;
  base_class->create = note_src_create;
  base_class->is_seekable = note_src_is_seekable;
  base_class->do_seek = note_src_do_seek;
}

static void
note_src_init (NoteSrc *self)
{
  self->stop = -1;
}

static GstURIType
note_src_get_uri_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
note_src_get_protocols (GType type)
{
  static const gchar *const protocols[] = { SCHEME, NULL };

  return protocols;
}

static gchar *
note_src_get_uri (GstURIHandler *handler)
{
  return g_strdup (((NoteSrc *) handler)->uri);
}

static gboolean
note_src_set_uri (GstURIHandler *handler, const gchar *uri, GError **error)
{
  NoteSrc *self = (NoteSrc *) handler;

  g_free (self->uri);
  self->uri = g_strdup (uri);
  return TRUE;
}

static void
note_src_handler_init (gpointer iface, gpointer data)
{
  GstURIHandlerInterface *handler = iface;

  handler->get_type = note_src_get_uri_type;
  handler->get_protocols = note_src_get_protocols;
  handler->get_uri = note_src_get_uri;
  handler->set_uri = note_src_set_uri;
}

/* ---- the pipeline ---- */

static void
on_pad_added (GstElement *demuxer, GstPad *pad, gpointer user_data)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstPad *sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (user_data), sink);
  gst_element_sync_state_with_parent (sink);
  g_assert_cmpint (gst_pad_link (pad, sink_pad), ==, GST_PAD_LINK_OK);
  gst_object_unref (sink_pad);
}

/* hlsdemux wants to know where the playlist came from */
static GstPadProbeReturn
answer_uri_query (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_URI)
    return GST_PAD_PROBE_OK;
  gst_query_set_uri (query, SCHEME "://list.invalid/list.m3u8");
  return GST_PAD_PROBE_HANDLED;
}

static GstElement *
make_pipeline (const gchar *playlist)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  GstElement *demuxer = gst_element_factory_make ("hlsdemux", NULL);
  GstCaps *caps = gst_caps_new_empty_simple ("application/x-hls");
  GstPad *pad = gst_element_get_static_pad (source, "src");
  GstBuffer *buffer = gst_buffer_new_memdup (playlist, strlen (playlist));
  GstFlowReturn flow;

  g_object_set (source, "caps", caps, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM, answer_uri_query,
      NULL, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, demuxer, NULL);
  g_assert_true (gst_element_link (source, demuxer));
  g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_pad_added), pipeline);
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_signal_emit_by_name (source, "end-of-stream", &flow);

  gst_buffer_unref (buffer);
  gst_object_unref (pad);
  gst_caps_unref (caps);
  return pipeline;
}

static void
run (const gchar *playlist)
{
  GstElement *pipeline = make_pipeline (playlist);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TIMEOUT,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    g_assert_no_error (error);
  }
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

static void
assert_asks_for (const gchar *text, GstPinPlaylistUriFunc func,
    const gchar *expected)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GstPinMediaPlaylist) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *written = NULL;
  g_autoptr (GString) noted = NULL;

  list = gst_pin_media_playlist_parse (bytes, BASE, &error);
  g_assert_no_error (error);
  written = gst_pin_media_playlist_write (list, func, NULL);
  notes = g_string_new (written);
  g_string_replace (notes, "https://", SCHEME "://", 0);
  g_free (written);
  written = g_strdup (notes->str);
  g_string_truncate (notes, 0);

  run (written);
  noted = g_steal_pointer (&notes);
  g_assert_cmpstr (noted->str, ==, expected);
}

static gchar *
name_item (GstPinPlaylistItem item, guint index, gpointer user_data)
{
  static const gchar *const kinds[] = { "segment", "map", "key" };

  return g_strdup_printf (SCHEME "://token.invalid/%s%u", kinds[item], index);
}

static const gchar ranges[] = "#EXTM3U\n"
    "#EXT-X-MAP:URI=\"v.cmfv\",BYTERANGE=\"974@0\"\n"
    "#EXTINF:0.2,\n#EXT-X-BYTERANGE:69034@1098\nv.cmfv\n"
    "#EXTINF:0.2,\n#EXT-X-BYTERANGE:71022\nv.cmfv\n" "#EXT-X-ENDLIST\n";

static void
test_ranges (void)
{
  assert_asks_for (ranges, NULL,
      "v.cmfv 0-974\nv.cmfv 1098-70132\nv.cmfv 70132-141154\n");
}

static void
test_fragments (void)
{
  assert_asks_for (ranges, name_item, "map0\nsegment0\nsegment1\n");
}

/* Without the range that is written for it, the file would be cut to 974 */
static void
test_whole_file_after_ranged_map (void)
{
  assert_asks_for ("#EXTM3U\n"
      "#EXT-X-MAP:URI=\"v.mp4\",BYTERANGE=\"974@0\"\n"
      "#EXTINF:0.2,\na.m4s\n#EXTINF:0.2,\nb.m4s\n#EXT-X-ENDLIST\n", NULL,
      "v.mp4 0-974\na.m4s 0-1099511627776\nb.m4s\n");
}

/* Neither the list without an end is live, nor is the empty segment dropped */
static void
test_all_segments (void)
{
  assert_asks_for ("\xef\xbb\xbf#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:5000000000\n"
      "#EXTINF:0.2,caf\xe9\na.ts\n#EXTINF:0,\nb.ts\n#EXTINF:0.2,\nc.ts\n"
      "#EXTINF:0.2,\nd.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:0.2,\n../e.ts\n",
      NULL, "a.ts\nb.ts\nc.ts\nd.ts\ne.ts\n");
}

static gboolean
has_element (const gchar *name)
{
  GstElementFactory *factory = gst_element_factory_find (name);

  if (factory)
    gst_object_unref (factory);
  return factory != NULL;
}

static void
skip_all (void)
{
  g_test_skip ("hlsdemux and appsrc are needed (gst-plugins-bad and base)");
}

int
main (int argc, char **argv)
{
  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  if (!has_element ("hlsdemux") || !has_element ("appsrc")) {
    g_test_add_func ("/playlist-hlsdemux/all", skip_all);
    return g_test_run ();
  }
  gst_element_register (NULL, "pinnotesrc", GST_RANK_PRIMARY,
      note_src_get_type ());
  g_test_add_func ("/playlist-hlsdemux/ranges", test_ranges);
  g_test_add_func ("/playlist-hlsdemux/fragments", test_fragments);
  g_test_add_func ("/playlist-hlsdemux/whole-file-after-ranged-map",
      test_whole_file_after_ranged_map);
  g_test_add_func ("/playlist-hlsdemux/all-segments", test_all_segments);
  return g_test_run ();
}
