/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GStreamer's mp4mux, set up for one run of pinmp4bin: the layout of the file,
 * the tags, a pad for each track, and its moov with the edit lists that belong
 * there (see pin-mp4-edits.c). pinmp4bin makes it when it knows all tracks and
 * frees it on the way to READY; everything about the stock muxer is in here,
 * so that another one can take its place.
 */
#include "pin-mp4-mux.h"

GST_DEBUG_CATEGORY_EXTERN (gst_pin_mp4_bin_debug);
#define GST_CAT_DEFAULT gst_pin_mp4_bin_debug

/* How much the muxer takes from a track before it needs the others. Without
 * it every sample is a hand-off between two threads: measured on a 200 MB
 * stream, a tenth of the context switches and 0.6 of the CPU time. */
#define MUX_LATENCY (1 * GST_SECOND)

/* Fine enough for every frame rate in use; 13 hours fit into 32 bits. Sound
 * counts in its sample rate, as mp4mux has it. */
#define MOVIE_TIMESCALE 90000
#define VIDEO_TIMESCALE 90000

struct _GstPinMp4Mux
{
  GstElement *element;
  GPtrArray *tracks;            /* of GstPinMp4Track, not owned, in the order
                                 * of the moov; constant once data flow */
  gint failed;                  /* atomic */
};

static GstBuffer *
edit_moov (GstPinMp4Mux *self, GstBuffer *moov)
{
  g_autofree GstPinMp4Edit *edits = g_new0 (GstPinMp4Edit, self->tracks->len);
  guint i;

  for (i = 0; i < self->tracks->len; i++)
    gst_pin_mp4_track_get_edit (g_ptr_array_index (self->tracks, i), &edits[i]);
  return gst_pin_mp4_edits_apply (moov, edits, self->tracks->len);
}

/* Timestamps mean nothing behind a muxer that counts bytes */
static GstPadProbeReturn
on_output (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Mux *self)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (gst_pin_mp4_is_moov (buffer))
    buffer = edit_moov (self, buffer);
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

GstPinMp4Mux *
gst_pin_mp4_mux_new (void)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("mp4mux", NULL);
  g_autoptr (GstPad) src = NULL;
  GstPinMp4Mux *self;

  if (element == NULL)
    return NULL;
  self = g_new0 (GstPinMp4Mux, 1);
  self->element = g_object_ref_sink (g_steal_pointer (&element));
  self->tracks = g_ptr_array_new ();
  g_object_set (self->element, "latency", (guint64) MUX_LATENCY,
      "movie-timescale", MOVIE_TIMESCALE, NULL);
  src = gst_element_get_static_pad (self->element, "src");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER,
      (GstPadProbeCallback) on_output, self, NULL);
  return self;
}

/* After the muxer's element has stopped */
void
gst_pin_mp4_mux_free (GstPinMp4Mux *self)
{
  gst_object_unref (self->element);
  g_ptr_array_unref (self->tracks);
  g_free (self);
}

GstElement *
gst_pin_mp4_mux_get_element (GstPinMp4Mux *self)
{
  return self->element;
}

/*
 * gst_pin_mp4_mux_choose_format:
 * @src: pinmp4bin's source pad, linked
 * @wish: the property
 *
 * Returns: what `auto` means here; never `auto` itself
 */
GstPinMp4Format
gst_pin_mp4_mux_choose_format (GstPad *src, GstPinMp4Format wish)
{
  g_autoptr (GstQuery) query = NULL;
  gboolean seekable = FALSE;

  if (wish != GST_PIN_MP4_FORMAT_AUTO)
    return wish;
  query = gst_query_new_seeking (GST_FORMAT_BYTES);
  if (gst_pad_peer_query (src, query))
    gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  return seekable ? GST_PIN_MP4_FORMAT_FASTSTART
      : GST_PIN_MP4_FORMAT_FRAGMENTED;
}

/* Where it can seek, mp4mux writes the moov of a fragmented file a second time
 * at the end, not always as long as the first (AC-3), and an index of the
 * fragments that does not count the edit lists put into the moov. What is
 * written must be final, in a file as in a pipe. */
static GstPadProbeReturn
on_fragmented_query (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstFormat format;

  if (GST_QUERY_TYPE (query) != GST_QUERY_SEEKING)
    return GST_PAD_PROBE_OK;
  gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
  gst_query_set_seeking (query, format, FALSE, 0, -1);
  return GST_PAD_PROBE_HANDLED;
}

/*
 * gst_pin_mp4_mux_set_format:
 * @self: the muxer, before its first track
 * @format: not `auto`
 * @fragment_duration: milliseconds, for `fragmented`
 */
void
gst_pin_mp4_mux_set_format (GstPinMp4Mux *self, GstPinMp4Format format,
    guint fragment_duration)
{
  g_return_if_fail (format != GST_PIN_MP4_FORMAT_AUTO);

  if (format == GST_PIN_MP4_FORMAT_FRAGMENTED) {
    g_autoptr (GstPad) src = gst_element_get_static_pad (self->element, "src");

    g_object_set (self->element, "fragment-duration", fragment_duration, NULL);
    gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM |
        GST_PAD_PROBE_TYPE_PUSH, on_fragmented_query, NULL, NULL);
  } else {
    g_object_set (self->element, "faststart",
        format == GST_PIN_MP4_FORMAT_FASTSTART, NULL);
  }
}

void
gst_pin_mp4_mux_set_tags (GstPinMp4Mux *self, const GstTagList *tags)
{
  gst_tag_setter_merge_tags (GST_TAG_SETTER (self->element), tags,
      GST_TAG_MERGE_REPLACE);
}

/* What ended by a failure must not become a whole file */
static GstPadProbeReturn
on_input_event (GstPad *pad, GstPadProbeInfo *info, GstPinMp4Mux *self)
{
  if (GST_EVENT_TYPE (info->data) == GST_EVENT_EOS
      && g_atomic_int_get (&self->failed))
    return GST_PAD_PROBE_DROP;
  return GST_PAD_PROBE_OK;
}

/*
 * gst_pin_mp4_mux_add_track:
 * @self: the muxer, in its bin
 * @bin: the bin
 * @track: (transfer none): stays alive as long as @self
 * @template_name: of the muxer's pad for it
 */
gboolean
gst_pin_mp4_mux_add_track (GstPinMp4Mux *self, GstBin *bin,
    GstPinMp4Track *track, const gchar *template_name)
{
  GstPad *pad = gst_element_request_pad_simple (self->element, template_name);

  if (pad == NULL)
    return FALSE;
  if (g_str_has_prefix (template_name, "video"))
    g_object_set (pad, "trak-timescale", VIDEO_TIMESCALE, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      (GstPadProbeCallback) on_input_event, self, NULL);
  g_ptr_array_add (self->tracks, track);
  return gst_pin_mp4_track_link (track, bin, pad);
}

/* From now on no end of the input ends the file. Any thread. */
void
gst_pin_mp4_mux_fail (GstPinMp4Mux *self)
{
  g_atomic_int_set (&self->failed, TRUE);
}
