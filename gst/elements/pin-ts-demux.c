/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A transport stream demuxer for one purpose: every packet of the first program
 * (PES), with the times that stand in it. tsdemux of GStreamer 1.22 is made for
 * players, who follow the program's clock (PCR): what comes before the clock,
 * or without one, has no times; times are counted from each input's own zero;
 * a clock that wraps behind hlsdemux leaves samples without times; new packet
 * identifiers behind a discontinuity become new pads.
 *
 * Here the clock is not looked at. Bytes come in, pushed or pulled; what comes
 * before the tables is kept until they come. The map shows a source pad for
 * each stream, all at once. Buffers are PES packets' payloads; their PTS and
 * DTS are the 33 bits of the packet as nanoseconds, their DURATION is that of
 * the sound in them, and DISCONT says that upstream announced another clock.
 * GstPinMp4Timeline makes a timeline of that. Where a packet is missing, what is
 * there goes on, as ffmpeg has it.
 *
 * What is common to all demuxers is in GstPinDemux; all here but the reset runs
 * in the thread that brings the data.
 *
 * ISO/IEC 13818-1: 2.4.3.2 packets, 2.4.3.6 PES.
 */
#include "pin-ts-demux.h"

#include "pin-audio-span.h"
#include "pin-bytes.h"
#include "pin-mp4-timeline.h"
#include "pin-ts-room.h"
#include "pin-ts-tables.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (pin_ts_demux_debug);
#define GST_CAT_DEFAULT pin_ts_demux_debug

#define PACKET_SIZE 188
#define SYNC_BYTE 0x47
/* With times before it (192, Blu-ray), or check bytes behind (204, 208) */
#define MAX_STRIDE 208
#define NULL_PID 0x1fff
#define PES_HEAD 9
/* What may come before the tables; ffmpeg looks as far (probesize) */
#define MAX_EARLY (5 * 1024 * 1024)
/* A picture is not larger */
#define MAX_PES (8 * 1024 * 1024)
/* Of all streams together */
#define MAX_ALL_PES (2 * MAX_PES)
/* Looked at, at a file's beginning and end, to find how long it is */
#define LOOK (1024 * 1024)

typedef struct
{
  guint pid;
  const gchar *type;            /* as GstPinTsEntry's */
  GstPad *pad;
  GstPinAudioSpan span;

  GstPinTsRoom room;            /* of the PES packet at hand */
  gboolean in_packet;           /* there is one */
  gsize whole;                  /* 0: until the next one begins */
  GstClockTime pts, dts;
  gsize typical;                /* size, of late */
  gint continuity;              /* counter of the last packet; -1: none */
  gboolean broken;              /* the clock, before the next buffer */
} Stream;

struct _GstPinTsDemux
{
  GstPinDemux parent;

  /* All of the streaming thread, and of the state change when it is gone */
  GstPinTsTables *tables;
  guint8 partial[MAX_STRIDE];
  guint fill, stride;
  GByteArray *early;            /* packets from before the map */
  guint8 route[GST_PIN_TS_N_PIDS];      /* a stream's number, counted from 1;
                                         * 0: nowhere */
  GPtrArray *streams;           /* of Stream */
  GstPinMappedPool *pool;       /* for the streams' rooms */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/mpegts"));

G_DEFINE_TYPE_WITH_CODE (GstPinTsDemux, gst_pin_ts_demux, GST_TYPE_PIN_DEMUX,
    GST_DEBUG_CATEGORY_INIT (pin_ts_demux_debug, "pintsdemux", 0,
        "transport stream reader of pinmp4bin"));

static void
stream_free (Stream *stream)
{
  gst_pin_ts_room_clear (&stream->room);
  g_free (stream);
}

/* --- PES packets --- */

static GstClockTime
read_time (const guint8 *data)
{
  guint64 ticks = ((guint64) (data[0] & 0x0e)) << 29;

  ticks |= ((guint64) (gst_pin_read16 (data + 1) & 0xfffe)) << 14;
  ticks |= gst_pin_read16 (data + 3) >> 1;
  return gst_util_uint64_scale (ticks, GST_SECOND, 90000);
}

/* @pts, @dts: (out): NONE where it has none; a packet with one time is decoded
 * when it is shown.
 * Returns: where the payload begins; 0: this is no PES packet with a header */
static gsize
read_pes_header (const guint8 *data, gsize size, GstClockTime *pts,
    GstClockTime *dts)
{
  *pts = *dts = GST_CLOCK_TIME_NONE;
  if (size < PES_HEAD || data[0] != 0 || data[1] != 0 || data[2] != 1
      || (data[6] & 0xc0) != 0x80 || (gsize) PES_HEAD + data[8] > size)
    return 0;
  if ((data[7] & 0x80) && data[8] >= 5)
    *pts = *dts = read_time (data + PES_HEAD);
  if ((data[7] & 0xc0) == 0xc0 && data[8] >= 10)
    *dts = read_time (data + PES_HEAD + 5);
  return PES_HEAD + data[8];
}

/* Sends the packet at hand on */
static GstFlowReturn
finish_pes (GstPinTsDemux *self, Stream *stream)
{
  gsize size = stream->room.fill;
  GstBuffer *buffer;
  const guint8 *data;

  stream->in_packet = FALSE;
  if (size == 0)
    return GST_FLOW_OK;
  data = gst_pin_ts_room_get (&stream->room);
  buffer = gst_pin_ts_room_take (&stream->room);
  stream->typical = (3 * stream->typical + size) / 4;
  GST_BUFFER_PTS (buffer) = stream->pts;
  GST_BUFFER_DTS (buffer) = stream->dts;
  if (stream->span.kind != GST_PIN_AUDIO_NONE)
    GST_BUFFER_DURATION (buffer) =
        gst_pin_audio_span_push (&stream->span, data, size);
  if (stream->broken)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  stream->broken = FALSE;
  return gst_pin_demux_push (&self->parent, stream->pad, buffer);
}

static gsize
count_pending (GstPinTsDemux *self)
{
  gsize n = 0;
  guint i;

  for (i = 0; i < self->streams->len; i++) {
    const Stream *stream = g_ptr_array_index (self->streams, i);

    n += stream->room.fill;
  }
  return n;
}

static void
append (GstPinTsDemux *self, Stream *stream, const guint8 *data, gsize size)
{
  if (!stream->in_packet)
    return;
  if (stream->whole > 0)
    size = MIN (size, stream->whole - stream->room.fill);
  if (stream->room.fill + size > MAX_PES
      || (stream->room.fill + size > MAX_ALL_PES / self->streams->len
          && count_pending (self) + size > MAX_ALL_PES)) {
    GST_WARNING_OBJECT (stream->pad, "dropped a PES packet without an end");
    gst_pin_ts_room_drop (&stream->room);
    stream->in_packet = FALSE;
    return;
  }
  gst_pin_ts_room_add (&stream->room, data, size, stream->whole > 0 ?
      stream->whole : stream->typical);
}

static void
begin_pes (GstPinTsDemux *self, Stream *stream, const guint8 *data, gsize size)
{
  gsize head = read_pes_header (data, size, &stream->pts, &stream->dts);
  gsize length;

  if (head == 0)
    return;
  length = gst_pin_read16 (data + 4);
  stream->whole = length + 6 > head ? length + 6 - head : 0;
  stream->in_packet = TRUE;
  append (self, stream, data + head, size - head);
}

/* TRUE where the packet came before: each may come twice (2.4.3.3). The counter
 * alone does not tell: where segments were made apart, it begins anew with each
 * of them. */
static gboolean
is_repeated (Stream *stream, const guint8 *packet, const guint8 *data,
    gsize size)
{
  gint counter = packet[3] & 0x0f;
  gboolean same = counter == stream->continuity;
  GstClockTime pts, dts;

  if (stream->continuity >= 0 && !same
      && counter != ((stream->continuity + 1) & 0x0f))
    GST_DEBUG_OBJECT (stream->pad, "packets are missing");
  stream->continuity = counter;
  if (!same)
    return FALSE;
  if (packet[1] & 0x40)
    return read_pes_header (data, size, &pts, &dts) > 0
        && GST_CLOCK_TIME_IS_VALID (pts) && pts == stream->pts;
  return stream->in_packet && stream->room.fill >= size
      && memcmp (gst_pin_ts_room_get (&stream->room) + stream->room.fill - size,
      data, size) == 0;
}

static GstFlowReturn
push_payload (GstPinTsDemux *self, Stream *stream, gboolean starts,
    const guint8 *data, gsize size)
{
  GstFlowReturn ret = GST_FLOW_OK;

  if (starts) {
    ret = finish_pes (self, stream);
    if (ret == GST_FLOW_OK)
      begin_pes (self, stream, data, size);
  } else {
    append (self, stream, data, size);
  }
  if (ret == GST_FLOW_OK && stream->in_packet && stream->whole > 0
      && stream->room.fill >= stream->whole)
    ret = finish_pes (self, stream);
  return ret;
}

static GstFlowReturn
finish_all (GstPinTsDemux *self)
{
  GstFlowReturn ret = GST_FLOW_OK;
  guint i;

  for (i = 0; i < self->streams->len && ret == GST_FLOW_OK; i++)
    ret = finish_pes (self, g_ptr_array_index (self->streams, i));
  return ret;
}

/* --- Pads --- */

static void
add_stream (GstPinTsDemux *self, const GstPinTsEntry *entry)
{
  g_autoptr (GstTagList) tags = entry->language[0] == 0 ? NULL :
      gst_tag_list_new (GST_TAG_LANGUAGE_CODE, entry->language, NULL);
  Stream *stream = g_new0 (Stream, 1);

  stream->pid = entry->pid;
  stream->type = entry->type;
  stream->span.kind = gst_pin_audio_span_find_kind (entry->caps);
  stream->continuity = -1;
  stream->room.pool = self->pool;
  g_ptr_array_add (self->streams, stream);
  stream->pad = gst_pin_demux_add_pad (&self->parent, entry->pid, entry->caps,
      0, tags);
}

/* Whether a map goes on with a stream under the identifier that it has */
static gboolean
is_named (const GstPinTsEntry *entries, guint n, const Stream *stream)
{
  guint i;

  for (i = 0; i < n; i++) {
    if (entries[i].pid == stream->pid
        && entries[i].type == stream->type)
      return TRUE;
  }
  return FALSE;
}

/* The stream that an entry of a later map goes on with: that of its identifier,
 * else one of its kind whose identifier is gone. 0: none */
static guint
find_stream (GstPinTsDemux *self, const GstPinTsEntry *entries, guint n,
    const GstPinTsEntry *entry)
{
  guint i;

  for (i = 0; i < self->streams->len; i++) {
    Stream *stream = g_ptr_array_index (self->streams, i);

    if (stream->type == entry->type
        && (stream->pid == entry->pid || !is_named (entries, n, stream))) {
      stream->pid = entry->pid;
      return i + 1;
    }
  }
  return 0;
}

/* The first and the latest time within a piece of what is pulled; of packets
 * that another one follows, for there may be no packets at its beginning */
static void
scan_times (GstPinTsDemux *self, guint64 offset, GstClockTime *first,
    GstClockTime *last)
{
  g_autoptr (GstBuffer) buffer = NULL;
  GstClockTime pts, dts;
  GstMapInfo map;
  gsize at, head;

  *first = *last = GST_CLOCK_TIME_NONE;
  if (gst_pad_pull_range (gst_pin_demux_get_sink (&self->parent), offset, LOOK,
          &buffer) != GST_FLOW_OK
      || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  for (at = 0; at + PACKET_SIZE <= map.size; at++) {
    const guint8 *packet = map.data + at;

    if (packet[0] != SYNC_BYTE || (at + self->stride < map.size
            && packet[self->stride] != SYNC_BYTE))
      continue;
    at += PACKET_SIZE - 1;
    head = 4 + ((packet[3] & 0x20) ? 1 + packet[4] : 0);
    if (!(packet[1] & 0x40) || !(packet[3] & 0x10) || head >= PACKET_SIZE
        || self->route[gst_pin_read16 (packet + 1) & 0x1fff] == 0
        || read_pes_header (packet + head, PACKET_SIZE - head, &pts, &dts) == 0
        || !GST_CLOCK_TIME_IS_VALID (pts))
      continue;
    if (!GST_CLOCK_TIME_IS_VALID (*first))
      *first = *last = pts;
    /* The clock may begin anew within the piece */
    if (pts + GST_PIN_MP4_TS_WRAP / 2 < *first)
      pts += GST_PIN_MP4_TS_WRAP;
    if (pts < *first + GST_PIN_MP4_TS_WRAP / 2)
      *last = MAX (*last, pts);
  }
  gst_buffer_unmap (buffer, &map);
}

/* Where the whole can be looked at, before the pads are shown */
static void
find_duration (GstPinTsDemux *self)
{
  GstPad *sink = gst_pin_demux_get_sink (&self->parent);
  GstClockTime first, last, other;
  gint64 size;

  if (!gst_pin_demux_is_pulling (&self->parent)
      || !gst_pad_peer_query_duration (sink, GST_FORMAT_BYTES, &size)
      || size <= 0)
    return;
  scan_times (self, 0, &first, &other);
  scan_times (self, MAX (size - LOOK, 0), &other, &last);
  if (!GST_CLOCK_TIME_IS_VALID (first) || !GST_CLOCK_TIME_IS_VALID (last))
    return;
  if (last < first)
    last += GST_PIN_MP4_TS_WRAP;
  gst_pin_demux_set_duration (&self->parent, last - first);
}

/* --- Packets --- */

static GstFlowReturn push_packet (GstPinTsDemux * self, const guint8 * packet);

/* What came before the map, now that it is known whose it is */
static GstFlowReturn
release_early (GstPinTsDemux *self)
{
  g_autoptr (GByteArray) early = g_steal_pointer (&self->early);
  GstFlowReturn ret = GST_FLOW_OK;
  gsize at;

  for (at = 0; at < early->len && ret == GST_FLOW_OK; at += PACKET_SIZE)
    ret = push_packet (self, early->data + at);
  return ret;
}

/* A new map: the first one shows all pads; a later one says where their streams
 * go on */
static GstFlowReturn
take_map (GstPinTsDemux *self)
{
  gboolean is_first = self->early != NULL;
  const GstPinTsEntry *entries;
  GstFlowReturn ret = GST_FLOW_OK;
  guint n, i;

  entries = gst_pin_ts_tables_get_entries (self->tables, &n);
  ret = finish_all (self);
  memset (self->route, 0, sizeof (self->route));
  for (i = 0; i < n; i++) {
    if (is_first)
      self->route[entries[i].pid] = i + 1;
    else
      self->route[entries[i].pid] = find_stream (self, entries, n, &entries[i]);
  }
  if (!is_first)
    return ret;
  find_duration (self);
  for (i = 0; i < n; i++)
    add_stream (self, &entries[i]);
  gst_element_no_more_pads (GST_ELEMENT (self));
  return release_early (self);
}

static void
keep_early (GstPinTsDemux *self, const guint8 *packet)
{
  if (self->early->len + PACKET_SIZE > MAX_EARLY) {
    GST_WARNING_OBJECT (self, "no tables for too long: dropped what came");
    g_byte_array_set_size (self->early, 0);
  }
  g_byte_array_append (self->early, packet, PACKET_SIZE);
}

static GstFlowReturn
push_packet (GstPinTsDemux *self, const guint8 *packet)
{
  guint pid = gst_pin_read16 (packet + 1) & 0x1fff;
  gsize head = 4 + ((packet[3] & 0x20) ? 1 + packet[4] : 0);
  gboolean starts = (packet[1] & 0x40) != 0;
  guint to = self->route[pid];
  Stream *stream;

  /* Broken on the way, scrambled, or nothing but a clock */
  if ((packet[1] & 0x80) || (packet[3] & 0xc0) || !(packet[3] & 0x10)
      || head >= PACKET_SIZE || pid == NULL_PID)
    return GST_FLOW_OK;
  if (gst_pin_ts_tables_wants (self->tables, pid))
    return gst_pin_ts_tables_push (self->tables, pid, starts, packet + head,
        PACKET_SIZE - head) ? take_map (self) : GST_FLOW_OK;
  if (self->early != NULL) {
    keep_early (self, packet);
    return GST_FLOW_OK;
  }
  if (to == 0)
    return GST_FLOW_OK;
  stream = g_ptr_array_index (self->streams, to - 1);
  if (is_repeated (stream, packet, packet + head, PACKET_SIZE - head))
    return GST_FLOW_OK;
  return push_payload (self, stream, starts, packet + head,
      PACKET_SIZE - head);
}

/* Packets follow each other by the stride. Where the next one does not begin
 * where it should, what is there is left out up to the next sync byte.
 * Gives how many bytes are done with. */
static gsize
push_packets (GstPinTsDemux *self, const guint8 *data, gsize size,
    GstFlowReturn *ret)
{
  gsize at = 0;

  while (at + self->stride <= size && *ret == GST_FLOW_OK) {
    if (data[at] != SYNC_BYTE) {
      const guint8 *next = memchr (data + at, SYNC_BYTE, size - at);

      if (next == NULL)
        return size;
      at = next - data;
      continue;
    }
    *ret = push_packet (self, data + at);
    at += self->stride;
  }
  return at;
}

static GstFlowReturn
push_bytes (GstPinTsDemux *self, const guint8 *data, gsize size)
{
  GstFlowReturn ret = GST_FLOW_OK;
  gsize n = 0, done;

  while (self->fill > 0 && n < size && ret == GST_FLOW_OK) {
    gsize more = MIN (self->stride - self->fill, size - n);

    memcpy (self->partial + self->fill, data + n, more);
    self->fill += more;
    n += more;
    done = push_packets (self, self->partial, self->fill, &ret);
    self->fill -= done;
    memmove (self->partial, self->partial + done, self->fill);
  }
  n += push_packets (self, data + n, size - n, &ret);
  if (ret == GST_FLOW_OK && n < size) {
    self->fill = size - n;
    memcpy (self->partial, data + n, self->fill);
  }
  return ret;
}

/* Another clock may follow: what is at hand is whole */
static GstFlowReturn
take_break (GstPinTsDemux *self)
{
  guint i;

  self->fill = 0;
  for (i = 0; i < self->streams->len; i++) {
    Stream *stream = g_ptr_array_index (self->streams, i);

    stream->continuity = -1;
    stream->span.skip = 0;
  }
  return finish_all (self);
}

static void
set_broken (GstPinTsDemux *self)
{
  guint i;

  for (i = 0; i < self->streams->len; i++)
    ((Stream *) g_ptr_array_index (self->streams, i))->broken = TRUE;
}

static GstFlowReturn
gst_pin_ts_demux_take_bytes (GstPinDemux *demux, GstBuffer *buffer)
{
  GstPinTsDemux *self = GST_PIN_TS_DEMUX (demux);
  GstFlowReturn ret = GST_FLOW_OK;
  GstMapInfo map;

  if (GST_BUFFER_IS_DISCONT (buffer) && !gst_pin_demux_is_pulling (demux)) {
    ret = take_break (self);
    set_broken (self);
  }
  if (ret == GST_FLOW_OK && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    ret = push_bytes (self, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  gst_buffer_unref (buffer);
  return ret;
}

/* --- Events --- */

static void
gst_pin_ts_demux_take_event (GstPinDemux *demux, GstEvent *event)
{
  GstPinTsDemux *self = GST_PIN_TS_DEMUX (demux);
  GstCaps *caps;
  gint size;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return;
  gst_event_parse_caps (event, &caps);
  if (!gst_structure_get_int (gst_caps_get_structure (caps, 0), "packetsize",
          &size) || size < PACKET_SIZE || size > MAX_STRIDE
      || (guint) size == self->stride)
    return;
  /* What is at hand may be longer than a packet is now */
  self->fill = 0;
  self->stride = size;
}

static gboolean
gst_pin_ts_demux_take_end (GstPinDemux *demux)
{
  GstPinTsDemux *self = GST_PIN_TS_DEMUX (demux);

  finish_all (self);
  if (self->early != NULL)
    gst_element_no_more_pads (GST_ELEMENT (self));
  return TRUE;
}

/* --- Object --- */

static void
gst_pin_ts_demux_reset (GstPinDemux *demux)
{
  GstPinTsDemux *self = GST_PIN_TS_DEMUX (demux);

  g_ptr_array_set_size (self->streams, 0);
  gst_pin_ts_tables_reset (self->tables);
  memset (self->route, 0, sizeof (self->route));
  g_clear_pointer (&self->early, g_byte_array_unref);
  self->early = g_byte_array_new ();
  self->fill = 0;
  self->stride = PACKET_SIZE;
}

static void
gst_pin_ts_demux_finalize (GObject *object)
{
  GstPinTsDemux *self = GST_PIN_TS_DEMUX (object);

  gst_pin_ts_tables_free (self->tables);
  g_clear_pointer (&self->early, g_byte_array_unref);
  g_ptr_array_unref (self->streams);
  gst_pin_mapped_pool_unref (self->pool);
  G_OBJECT_CLASS (gst_pin_ts_demux_parent_class)->finalize (object);
}

static void
gst_pin_ts_demux_init (GstPinTsDemux *self)
{
  self->tables = gst_pin_ts_tables_new ();
  self->streams =
      g_ptr_array_new_with_free_func ((GDestroyNotify) stream_free);
  self->pool = gst_pin_mapped_pool_new ();
  gst_pin_ts_demux_reset (&self->parent);
}

static void
gst_pin_ts_demux_class_init (GstPinTsDemuxClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstPinDemuxClass *demux_class = GST_PIN_DEMUX_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_pin_ts_demux_finalize;
  demux_class->take_bytes = gst_pin_ts_demux_take_bytes;
  demux_class->take_event = gst_pin_ts_demux_take_event;
  demux_class->take_end = gst_pin_ts_demux_take_end;
  demux_class->reset = gst_pin_ts_demux_reset;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class,
      "Transport stream reader", "Codec/Demuxer",
      "Takes a transport stream apart, packet by packet",
      "the gst-pin developers");
}

GstElement *
gst_pin_ts_demux_new (void)
{
  return g_object_new (GST_TYPE_PIN_TS_DEMUX, NULL);
}
