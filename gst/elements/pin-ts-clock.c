/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The first presentation time (PTS) of each stream of an MPEG transport
 * stream, as it stands in the stream. tsdemux puts the zero of each input at
 * the first time it meets, so that sound and picture that arrive as two inputs
 * lose their common clock; with these times it is found again. It looks only
 * at the stream's beginning (SCAN_LIMIT), after the first program map, as
 * tsdemux does. One for each input, used by that input's thread alone.
 *
 * ISO/IEC 13818-1: 2.4.3.2 packets, 2.4.3.6 PES, 2.4.4 program tables.
 */
#include "pin-ts-clock.h"

#include "pin-bytes.h"

#define PACKET_SIZE 188
#define SYNC_BYTE 0x47
#define MAX_PIDS 32
/* A stream whose first PES lies behind this has no time here */
#define SCAN_LIMIT (32 * 1024 * 1024)

struct _GstPinTsClock
{
  guint8 packet[PACKET_SIZE];
  guint fill;
  guint64 scanned;
  gint map_pid;                 /* PID of the first program's map; -1: not yet */
  gboolean map_seen;
  guint n_first;
  struct
  {
    guint pid;
    guint64 pts;
  } first[MAX_PIDS];
  gboolean has_offset;
  gint64 offset;                /* from the demuxer's times to this clock's */
};

GstPinTsClock *
gst_pin_ts_clock_new (void)
{
  GstPinTsClock *self = g_new0 (GstPinTsClock, 1);

  gst_pin_ts_clock_reset (self);
  return self;
}

void
gst_pin_ts_clock_free (GstPinTsClock *self)
{
  g_free (self);
}

void
gst_pin_ts_clock_reset (GstPinTsClock *self)
{
  self->fill = 0;
  self->scanned = 0;
  self->map_pid = -1;
  self->map_seen = FALSE;
  self->n_first = 0;
  self->has_offset = FALSE;
}

static gint
find_pid (GstPinTsClock *self, guint pid)
{
  guint i;

  for (i = 0; i < self->n_first; i++) {
    if (self->first[i].pid == pid)
      return i;
  }
  return -1;
}

/* The first program of a program association section */
static void
read_association (GstPinTsClock *self, const guint8 *data, guint size)
{
  guint offset = 1 + (size > 0 ? data[0] : 0) + 8;

  for (; offset + 4 <= size; offset += 4) {
    if (gst_pin_read16 (data + offset) != 0) {
      self->map_pid = gst_pin_read16 (data + offset + 2) & 0x1fff;
      return;
    }
  }
}

static void
read_pes (GstPinTsClock *self, guint pid, const guint8 *data, guint size)
{
  guint64 pts;

  if (size < 14 || data[0] != 0 || data[1] != 0 || data[2] != 1)
    return;
  if ((data[6] & 0xc0) != 0x80 || !(data[7] & 0x80))
    return;
  if (self->n_first == MAX_PIDS || find_pid (self, pid) >= 0)
    return;

  pts = ((guint64) (data[9] & 0x0e)) << 29;
  pts |= ((guint64) (gst_pin_read16 (data + 10) & 0xfffe)) << 14;
  pts |= gst_pin_read16 (data + 12) >> 1;
  self->first[self->n_first].pid = pid;
  self->first[self->n_first].pts = pts;
  self->n_first++;
}

static void
read_packet (GstPinTsClock *self, const guint8 *data)
{
  guint pid = gst_pin_read16 (data + 1) & 0x1fff;
  gboolean starts = (data[1] & 0x40) != 0;
  guint offset = 4;

  if (data[3] & 0x20)
    offset += 1 + data[4];
  if (!starts || !(data[3] & 0x10) || offset >= PACKET_SIZE)
    return;
  data += offset;

  if (pid == 0 && self->map_pid < 0)
    read_association (self, data, PACKET_SIZE - offset);
  else if ((gint) pid == self->map_pid)
    self->map_seen = TRUE;
  else if (self->map_seen)
    read_pes (self, pid, data, PACKET_SIZE - offset);
}

/*
 * gst_pin_ts_clock_push:
 * @self: a clock
 * @buffer: bytes, before tsdemux gets them
 * @offset: where they stand in the stream; G_MAXUINT64: behind the last ones.
 *   tsdemux, where it pulls, looks at the stream's end first and begins anew;
 *   what does not follow is left aside
 */
void
gst_pin_ts_clock_push (GstPinTsClock *self, GstBuffer *buffer, guint64 offset)
{
  GstMapInfo map;
  gsize i;

  if (offset == G_MAXUINT64)
    offset = self->scanned;
  if (self->scanned > SCAN_LIMIT || offset > self->scanned
      || offset + gst_buffer_get_size (buffer) <= self->scanned
      || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  i = self->scanned - offset;
  self->scanned = offset + map.size;
  while (i < map.size) {
    gsize n;

    if (self->fill == 0 && map.data[i] != SYNC_BYTE) {
      i++;
      continue;
    }
    n = MIN (PACKET_SIZE - self->fill, map.size - i);
    memcpy (self->packet + self->fill, map.data + i, n);
    self->fill += n;
    i += n;
    if (self->fill == PACKET_SIZE) {
      read_packet (self, self->packet);
      self->fill = 0;
    }
  }
  gst_buffer_unmap (buffer, &map);
}

/*
 * gst_pin_ts_clock_get_first:
 * @self: a clock
 * @pid: a stream's packet identifier
 * @pts: (out): the first presentation time
 *
 * Returns: FALSE where the stream has shown none yet
 */
gboolean
gst_pin_ts_clock_get_first (GstPinTsClock *self, guint pid, GstClockTime *pts)
{
  gint i = find_pid (self, pid);

  if (i < 0)
    return FALSE;
  *pts = gst_util_uint64_scale (self->first[i].pts, GST_SECOND, 90000);
  return TRUE;
}

/* What to add to the demuxer's times; kept here for all streams of the input */
void
gst_pin_ts_clock_set_offset (GstPinTsClock *self, gint64 offset)
{
  self->offset = offset;
  self->has_offset = TRUE;
}

gboolean
gst_pin_ts_clock_get_offset (GstPinTsClock *self, gint64 *offset)
{
  if (self->has_offset)
    *offset = self->offset;
  return self->has_offset;
}
