/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An MP4 demuxer for one purpose: every sample, with its exact time. qtdemux
 * of GStreamer 1.22 is made for players: behind hlsdemux it leaves edit lists
 * and tfdt aside, it drops what an edit list does not show, and shifts times by
 * fragment where composition offsets are negative.
 *
 * Bytes come in; the moov gives the tracks, it or each moof the samples, and
 * these are cut out of the mdat in the order in which they lie there. A source
 * pad for each track carries a TIME segment whose start is the presentation's
 * zero: what an edit list hides comes before it. In a fragmented file it is
 * shown all the same, as ffmpeg has it, and everything then starts that much
 * later, in the same sync; that is pinmp4bin's to know. What is common to all
 * demuxers is in GstPinDemux; all here but the reset runs in the thread that
 * brings the data.
 *
 * Where the index comes behind the media, it seeks to it and back, if upstream
 * can, and else keeps the media in memory, up to MAX_HELD.
 */
#include "pin-mp4-demux.h"

#include "pin-bytes.h"
#include "pin-element-error.h"
#include "pin-mp4-index.h"

#include <gst/pin/error.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (pin_mp4_demux_debug);
#define GST_CAT_DEFAULT pin_mp4_demux_debug

/* An index of 6 million samples is smaller */
#define MAX_INDEX (256 * 1024 * 1024)
#define MAX_HELD (256 * 1024 * 1024)
/* No picture is larger; a sample is kept until it is whole */
#define MAX_SAMPLE (32 * 1024 * 1024)
#define LONG_HEADER 16
#define MIN_REFERENCE 4096
/* Zero of the presentation on the pads */
#define PAD_ORIGIN (1 * 60 * 60 * GST_SECOND)

typedef enum
{
  STATE_HEADER,                 /* before a top-level box */
  STATE_INDEX,                  /* in a moov or moof, which is needed whole */
  STATE_MEDIA,                  /* in an mdat whose samples are known */
  STATE_SKIP,                   /* in a box of no interest */
  STATE_HOLD                    /* in an mdat before the moov: kept */
} State;

struct _GstPinMp4Demux
{
  GstPinDemux parent;

  /* All of the streaming thread, and of the state change when it is gone */
  GstAdapter *adapter;
  guint64 position;             /* of the adapter's first byte */
  State state;
  guint64 box_end;
  guint32 box_type;
  GstPinMp4Index *index;        /* NULL: before the moov */
  GBytes *moov;                 /* that made it, if fragmented; likewise */
  guint next_sample;
  GPtrArray *pads;              /* of GstPad, by track; NULL: not shown */
  GstAdapter *held;             /* media that came before the moov */
  guint64 held_position;
  guint64 resume_at;            /* where to seek back to; 0: nowhere */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/quicktime; video/mj2;"
        "audio/x-m4a; application/x-3gp"));

G_DEFINE_TYPE_WITH_CODE (GstPinMp4Demux, gst_pin_mp4_demux, GST_TYPE_PIN_DEMUX,
    GST_DEBUG_CATEGORY_INIT (pin_mp4_demux_debug, "pinmp4demux", 0,
        "MP4 reader of pinmp4bin"));

static GstFlowReturn
fail (GstPinMp4Demux *self, GError *error)
{
  gst_pin_element_post_error (GST_ELEMENT (self), error, NULL);
  g_error_free (error);
  return GST_FLOW_ERROR;
}

static GstFlowReturn
refuse (GstPinMp4Demux *self, const gchar *why)
{
  return fail (self, g_error_new_literal (GST_PIN_ERROR,
          GST_PIN_ERROR_UNSUPPORTED, why));
}

/* --- Pads --- */

/* A track that somebody would miss; not time codes and other hidden ones */
static gboolean
is_shown (GstPinMp4IndexTrack *track)
{
  static const gchar *const handlers[] =
      { "vide", "soun", "text", "sbtl", "subt", "subp", NULL };

  return track->caps != NULL
      && g_strv_contains (handlers, track->handler);
}

static void
add_pads (GstPinMp4Demux *self)
{
  guint i;

  for (i = 0; i < self->index->tracks->len; i++) {
    GstPinMp4IndexTrack *track = g_ptr_array_index (self->index->tracks, i);

    g_ptr_array_add (self->pads, !is_shown (track) ? NULL :
        gst_pin_demux_add_pad (&self->parent, i, track->caps, PAD_ORIGIN,
            track->tags));
  }
  gst_element_no_more_pads (GST_ELEMENT (self));
}

/* --- Samples --- */

static GstClockTime
to_pad_time (gint64 time)
{
  return MAX (time + (gint64) PAD_ORIGIN, 0);
}

static GstFlowReturn
push_sample (GstPinMp4Demux *self, const GstPinMp4IndexSample *sample,
    GstBuffer *buffer)
{
  GstPinMp4IndexTrack *track =
      g_ptr_array_index (self->index->tracks, sample->track);
  GstPad *pad = g_ptr_array_index (self->pads, sample->track);
  gint64 dts, pts, end;

  if (pad == NULL) {
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  dts = gst_pin_mp4_index_scale (track, sample->dts);
  end = gst_pin_mp4_index_scale (track, sample->dts + sample->duration);
  pts = gst_pin_mp4_index_scale (track, sample->dts + sample->ctts);
  GST_BUFFER_DURATION (buffer) = end - dts;
  dts = gst_pin_mp4_index_scale (track, sample->dts - track->dts_shift);
  GST_BUFFER_PTS (buffer) = to_pad_time (pts + track->shift);
  GST_BUFFER_DTS (buffer) = to_pad_time (MIN (dts, pts) + track->shift);
  if (!sample->sync)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (track->broken)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  track->broken = FALSE;
  return gst_pin_demux_push (&self->parent, pad, buffer);
}

static void
drop_bytes (GstPinMp4Demux *self, guint64 up_to)
{
  gsize n = MIN (gst_adapter_available (self->adapter),
      up_to - self->position);

  gst_adapter_flush (self->adapter, n);
  self->position += n;
}

/* A large sample is a reference to what was pulled, which is ours. What was
 * pushed is not: the muxer keeps samples until they make a batch, and would keep
 * all of the piece of memory that the source handed out, whose bytes count
 * against pinsrc's max-buffer-bytes as long as it lives. So that is copied, as
 * is what is so small that it costs less to copy than to name. */
static GstBuffer *
take_sample (GstPinMp4Demux *self, gsize size)
{
  GstBuffer *buffer;
  GstMapInfo map;

  if (size >= MIN_REFERENCE && gst_pin_demux_is_pulling (&self->parent))
    return gst_adapter_take_buffer_fast (self->adapter, size);
  buffer = gst_buffer_new_allocate (NULL, size, NULL);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  gst_adapter_copy (self->adapter, map.data, 0, size);
  gst_buffer_unmap (buffer, &map);
  gst_adapter_flush (self->adapter, size);
  return buffer;
}

/* As many of the mdat's samples as are there */
static GstFlowReturn
process_media (GstPinMp4Demux *self)
{
  GArray *samples = self->index->samples;

  while (self->next_sample < samples->len) {
    GstPinMp4IndexSample sample =
        g_array_index (samples, GstPinMp4IndexSample, self->next_sample);
    GstFlowReturn ret;

    if (sample.offset >= self->box_end)
      break;
    if (sample.offset < self->position
        || sample.size > self->box_end - sample.offset)
      return refuse (self, "The MP4 cannot be read: its samples lie where its "
          "index does not say, or overlap.");
    if (sample.size > MAX_SAMPLE)
      return refuse (self, "The MP4 cannot be read: one of its samples is too "
          "large.");
    drop_bytes (self, sample.offset);
    if (self->position < sample.offset
        || gst_adapter_available (self->adapter) < sample.size)
      return GST_FLOW_OK;
    self->next_sample++;
    if (sample.size == 0)
      continue;
    self->position += sample.size;
    ret = push_sample (self, &sample,
        take_sample (self, sample.size));
    if (ret != GST_FLOW_OK)
      return ret;
  }
  drop_bytes (self, self->box_end);
  if (self->position == self->box_end)
    self->state = STATE_HEADER;
  return GST_FLOW_OK;
}

/* --- Boxes --- */

/* Jumps over media that come before their index. The jump back is made when
 * the index has been read. */
static gboolean
seek_to (GstPinMp4Demux *self, guint64 position)
{
  GstEvent *seek;

  if (gst_pin_demux_is_pulling (&self->parent)) {
    gst_pin_demux_pull_from (&self->parent, position);
  } else {
    seek = gst_event_new_seek (1.0, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH,
        GST_SEEK_TYPE_SET, position, GST_SEEK_TYPE_NONE, -1);
    if (!gst_pad_push_event (gst_pin_demux_get_sink (&self->parent), seek))
      return FALSE;
  }
  gst_adapter_clear (self->adapter);
  self->position = position;
  self->state = STATE_HEADER;
  return TRUE;
}

static gboolean
is_seekable (GstPinMp4Demux *self)
{
  g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_BYTES);
  gboolean seekable = FALSE;

  if (gst_pin_demux_is_pulling (&self->parent))
    return TRUE;
  if (gst_pad_peer_query (gst_pin_demux_get_sink (&self->parent), query))
    gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  return seekable;
}

static GstFlowReturn
enter_early_media (GstPinMp4Demux *self, guint64 start)
{
  guint64 resume_at = self->resume_at > 0 ? self->resume_at : start;

  if (gst_adapter_available (self->held) == 0 && self->box_end != G_MAXUINT64
      && is_seekable (self) && seek_to (self, self->box_end)) {
    self->resume_at = resume_at;
    return GST_FLOW_OK;
  }
  if (self->box_end == G_MAXUINT64 || gst_adapter_available (self->held) > 0
      || self->box_end - self->position > MAX_HELD)
    return refuse (self, "The MP4 has its index behind its media and comes "
        "from a source that cannot seek; it is too long to be kept in memory "
        "until the index comes.");
  self->held_position = self->position;
  self->state = STATE_HOLD;
  return GST_FLOW_OK;
}

static GstFlowReturn
enter_box (GstPinMp4Demux *self, guint64 start)
{
  switch (self->box_type) {
    case GST_MAKE_FOURCC ('m', 'o', 'o', 'v'):
    case GST_MAKE_FOURCC ('m', 'o', 'o', 'f'):
      if (self->box_end - start > MAX_INDEX)
        return refuse (self, "The MP4 cannot be read: its index is too large.");
      self->state = STATE_INDEX;
      return GST_FLOW_OK;
    case GST_MAKE_FOURCC ('m', 'd', 'a', 't'):
      if (self->index == NULL)
        return enter_early_media (self, start);
      self->state = STATE_MEDIA;
      return GST_FLOW_OK;
    default:
      self->state = STATE_SKIP;
      return GST_FLOW_OK;
  }
}

/* moov and moof keep their header, for they are read as boxes */
static GstFlowReturn
process_header (GstPinMp4Demux *self, gboolean *more)
{
  guint8 head[LONG_HEADER];
  guint64 start = self->position, size;
  gsize header = GST_PIN_MP4_ATOM_HEADER;

  *more = gst_adapter_available (self->adapter) >= header;
  if (!*more)
    return GST_FLOW_OK;
  gst_adapter_copy (self->adapter, head, 0, header);
  size = gst_pin_read32 (head);
  self->box_type = GUINT32_SWAP_LE_BE (gst_pin_read32 (head + 4));
  if (size == 1) {
    header = LONG_HEADER;
    *more = gst_adapter_available (self->adapter) >= header;
    if (!*more)
      return GST_FLOW_OK;
    gst_adapter_copy (self->adapter, head, 0, header);
    size = gst_pin_read64 (head + 8);
  }
  if (size > 0 && (size < header || size > G_MAXINT64 - start))
    return refuse (self, "The MP4 cannot be read: one of its boxes has an "
        "impossible size.");
  self->box_end = size > 0 ? start + size : G_MAXUINT64;
  if (self->box_type == GST_MAKE_FOURCC ('m', 'd', 'a', 't'))
    drop_bytes (self, start + header);
  return enter_box (self, start);
}

/* The media that were kept, now that their samples are known */
static GstFlowReturn
release_held (GstPinMp4Demux *self)
{
  GstAdapter *rest = self->adapter;
  guint64 rest_position = self->position;
  GstFlowReturn ret;

  self->adapter = self->held;
  self->position = self->held_position;
  self->box_end = self->position + gst_adapter_available (self->adapter);
  self->state = STATE_MEDIA;
  ret = process_media (self);
  gst_adapter_clear (self->adapter);
  self->held = self->adapter;
  self->adapter = rest;
  self->position = rest_position;
  self->state = STATE_HEADER;
  return ret;
}

/* The track of @index that is the same as that number among those of its kind
 * in the init section before; NULL: there is none, or nobody shows it */
static GstPad *
find_pad (GstPinMp4Demux *self, const GstPinMp4Index *index, guint number)
{
  const GstPinMp4IndexTrack *track =
      g_ptr_array_index (index->tracks, number), *other;
  guint same = 0, i;

  for (i = 0; i < number; i++) {
    other = g_ptr_array_index (index->tracks, i);
    same += g_str_equal (other->handler, track->handler);
  }
  for (i = 0; i < self->index->tracks->len; i++) {
    other = g_ptr_array_index (self->index->tracks, i);
    if (g_str_equal (other->handler, track->handler) && same-- == 0)
      return g_ptr_array_index (self->pads, i);
  }
  return NULL;
}

/* Whether each track that is shown has its pad among @pads */
static gboolean
all_go_on (GstPinMp4Demux *self, GPtrArray *pads)
{
  guint i;

  for (i = 0; i < self->pads->len; i++) {
    GstPad *pad = g_ptr_array_index (self->pads, i);

    if (pad != NULL && !g_ptr_array_find (pads, pad, NULL))
      return FALSE;
  }
  return TRUE;
}

/* Another init section: its tracks go on where those of its kind were. Most are
 * the one that was there before, said again: that changes nothing, not even
 * where a track without tfdt goes on. */
static GstFlowReturn
read_next_moov (GstPinMp4Demux *self, const GstPinMp4Atom *box, GError **error)
{
  g_autoptr (GstPinMp4Index) index = NULL;
  g_autoptr (GPtrArray) pads = NULL;
  guint i;

  if (!self->index->fragmented || (g_bytes_get_size (self->moov) == box->size
          && memcmp (g_bytes_get_data (self->moov, NULL), box->data,
              box->size) == 0))
    return GST_FLOW_OK;
  index = gst_pin_mp4_index_new ();
  if (!gst_pin_mp4_index_read_moov (index, box, error))
    return GST_FLOW_ERROR;
  pads = g_ptr_array_new ();
  for (i = 0; i < index->tracks->len; i++)
    g_ptr_array_add (pads, find_pad (self, index, i));
  if (!all_go_on (self, pads)) {
    g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "The MP4 cannot be read: its init section changes, and tracks that were "
        "there do not go on.");
    return GST_FLOW_ERROR;
  }
  for (i = 0; i < index->tracks->len; i++) {
    GstPinMp4IndexTrack *track = g_ptr_array_index (index->tracks, i);
    GstPad *pad = g_ptr_array_index (pads, i);

    if (pad != NULL && track->caps != NULL)
      gst_pad_push_event (pad, gst_event_new_caps (track->caps));
  }
  g_ptr_array_unref (self->pads);
  self->pads = g_steal_pointer (&pads);
  gst_pin_mp4_index_free (self->index);
  self->index = g_steal_pointer (&index);
  self->next_sample = 0;
  g_bytes_unref (self->moov);
  self->moov = g_bytes_new (box->data, box->size);
  return GST_FLOW_OK;
}

static GstFlowReturn
read_moov (GstPinMp4Demux *self, const GstPinMp4Atom *box, GError **error)
{
  g_autoptr (GstPinMp4Index) index = NULL;
  GstClockTime duration;

  if (self->index != NULL)
    return read_next_moov (self, box, error);
  index = gst_pin_mp4_index_new ();
  if (!gst_pin_mp4_index_read_moov (index, box, error))
    return GST_FLOW_ERROR;
  self->index = g_steal_pointer (&index);
  GST_INFO_OBJECT (self, "%u tracks, %u samples%s", self->index->tracks->len,
      self->index->samples->len, self->index->fragmented ? ", fragmented" : "");
  duration = self->index->fragmented ? 0
      : gst_pin_mp4_index_find_duration (self->index);
  if (duration > 0)
    gst_pin_demux_set_duration (&self->parent, duration);
  /* To compare the next one with; of a progressive file there is none */
  self->moov = g_bytes_new (box->data,
      self->index->fragmented ? box->size : 0);
  add_pads (self);
  return GST_FLOW_OK;
}

static GstFlowReturn
read_moof (GstPinMp4Demux *self, const GstPinMp4Atom *box, guint64 start,
    GError **error)
{
  if (self->index == NULL) {
    g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "The MP4 cannot be read: its fragments come without the init section.");
    return GST_FLOW_ERROR;
  }
  g_array_remove_range (self->index->samples, 0, self->next_sample);
  self->next_sample = 0;
  return gst_pin_mp4_index_read_moof (self->index, box, start, error) ?
      GST_FLOW_OK : GST_FLOW_ERROR;
}

static GstFlowReturn
process_index (GstPinMp4Demux *self, gboolean *more)
{
  gsize size = self->box_end - self->position;
  guint64 start = self->position;
  GError *error = NULL;
  GstPinMp4Atom box;
  GstFlowReturn ret;
  gboolean is_moov = self->box_type == GST_MAKE_FOURCC ('m', 'o', 'o', 'v');

  *more = gst_adapter_available (self->adapter) >= size;
  if (!*more)
    return GST_FLOW_OK;
  box.data = gst_adapter_map (self->adapter, size);
  box.size = size;
  ret = is_moov ? read_moov (self, &box, &error)
      : read_moof (self, &box, start, &error);
  gst_adapter_unmap (self->adapter);
  drop_bytes (self, self->box_end);
  self->state = STATE_HEADER;

  if (error != NULL)
    return fail (self, error);
  if (ret == GST_FLOW_OK && is_moov && gst_adapter_available (self->held) > 0)
    ret = release_held (self);
  if (ret == GST_FLOW_OK && is_moov && self->resume_at != 0) {
    guint64 target = self->resume_at;

    self->resume_at = 0;
    *more = FALSE;
    if (!seek_to (self, target))
      return refuse (self, "The MP4 has its index behind its media, and its "
          "source does not go back to them.");
  }
  return ret;
}

static void
process_hold (GstPinMp4Demux *self)
{
  gsize n = MIN (gst_adapter_available (self->adapter),
      self->box_end - self->position);

  if (n > 0)
    gst_adapter_push (self->held, gst_adapter_take_buffer (self->adapter, n));
  self->position += n;
  if (self->position == self->box_end)
    self->state = STATE_HEADER;
}

/* Upstream says that the clock may be another one. In our own seeks it says so,
 * too, but a whole file's index is believed anyway. */
static void
set_broken (GstPinMp4Demux *self)
{
  guint i;

  for (i = 0; self->index != NULL && i < self->index->tracks->len; i++)
    ((GstPinMp4IndexTrack *) g_ptr_array_index (self->index->tracks,
            i))->broken = TRUE;
}

static GstFlowReturn
gst_pin_mp4_demux_take_bytes (GstPinDemux *demux, GstBuffer *buffer)
{
  GstPinMp4Demux *self = GST_PIN_MP4_DEMUX (demux);
  GstFlowReturn ret = GST_FLOW_OK;
  gboolean more = TRUE;

  if (GST_BUFFER_IS_DISCONT (buffer))
    set_broken (self);
  gst_adapter_push (self->adapter, buffer);
  while (ret == GST_FLOW_OK && more) {
    switch (self->state) {
      case STATE_HEADER:
        ret = process_header (self, &more);
        break;
      case STATE_INDEX:
        ret = process_index (self, &more);
        break;
      case STATE_MEDIA:
        ret = process_media (self);
        more = self->state == STATE_HEADER;
        break;
      case STATE_SKIP:
        drop_bytes (self, self->box_end);
        more = self->position == self->box_end;
        if (more)
          self->state = STATE_HEADER;
        break;
      case STATE_HOLD:
        process_hold (self);
        more = self->state == STATE_HEADER;
        break;
    }
    if (gst_adapter_available (self->adapter) == 0)
      more = FALSE;
  }
  return ret;
}

/* --- Events --- */

/* The end, in the right place? A file that was cut must not pass for whole. */
static gboolean
gst_pin_mp4_demux_take_end (GstPinDemux *demux)
{
  GstPinMp4Demux *self = GST_PIN_MP4_DEMUX (demux);
  gboolean whole;

  if (self->index == NULL) {
    fail (self, g_error_new_literal (GST_PIN_ERROR, GST_PIN_ERROR_TRUNCATED,
            "The MP4 ends before its index."));
    return FALSE;
  }
  whole = self->next_sample == self->index->samples->len
      && (self->state == STATE_HEADER || self->box_end == G_MAXUINT64
      || self->state == STATE_SKIP);
  if (!whole)
    fail (self, g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_TRUNCATED,
            "The MP4 ends early: %u samples that its index names are missing.",
            self->index->samples->len - self->next_sample));
  return whole;
}

/* Flushes are those of our own seeks */
static void
gst_pin_mp4_demux_take_event (GstPinDemux *demux, GstEvent *event)
{
  GstPinMp4Demux *self = GST_PIN_MP4_DEMUX (demux);
  const GstSegment *segment;

  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return;
  gst_event_parse_segment (event, &segment);
  if (segment->format == GST_FORMAT_BYTES
      && gst_adapter_available (self->adapter) == 0)
    self->position = segment->start;
}

/* --- Object --- */

static void
gst_pin_mp4_demux_reset (GstPinDemux *demux)
{
  GstPinMp4Demux *self = GST_PIN_MP4_DEMUX (demux);

  g_ptr_array_set_size (self->pads, 0);
  g_clear_pointer (&self->index, gst_pin_mp4_index_free);
  g_clear_pointer (&self->moov, g_bytes_unref);
  gst_adapter_clear (self->adapter);
  gst_adapter_clear (self->held);
  self->position = self->resume_at = 0;
  self->next_sample = 0;
  self->state = STATE_HEADER;
}

static void
gst_pin_mp4_demux_finalize (GObject *object)
{
  GstPinMp4Demux *self = GST_PIN_MP4_DEMUX (object);

  g_clear_pointer (&self->index, gst_pin_mp4_index_free);
  g_clear_pointer (&self->moov, g_bytes_unref);
  g_object_unref (self->adapter);
  g_object_unref (self->held);
  g_ptr_array_unref (self->pads);
  G_OBJECT_CLASS (gst_pin_mp4_demux_parent_class)->finalize (object);
}

static void
gst_pin_mp4_demux_init (GstPinMp4Demux *self)
{
  self->adapter = gst_adapter_new ();
  self->held = gst_adapter_new ();
  self->pads = g_ptr_array_new ();
}

static void
gst_pin_mp4_demux_class_init (GstPinMp4DemuxClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstPinDemuxClass *demux_class = GST_PIN_DEMUX_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_pin_mp4_demux_finalize;
  demux_class->take_bytes = gst_pin_mp4_demux_take_bytes;
  demux_class->take_event = gst_pin_mp4_demux_take_event;
  demux_class->take_end = gst_pin_mp4_demux_take_end;
  demux_class->reset = gst_pin_mp4_demux_reset;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "MP4 reader",
      "Codec/Demuxer", "Takes an MP4 apart, sample by sample",
      "the gst-pin developers");
}

GstElement *
gst_pin_mp4_demux_new (void)
{
  return g_object_new (GST_TYPE_PIN_MP4_DEMUX, NULL);
}

/* Once it has shown its pads */
gboolean
gst_pin_mp4_demux_is_fragmented (GstPinMp4Demux *self)
{
  return self->index != NULL && self->index->fragmented;
}
