/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Transport streams for tests, made packet by packet in memory. Included by one
 * test program each; no threads.
 */
#pragma once

#include <glib.h>
#include <string.h>

#define TS_PACKET 188
#define TS_MAP_PID 0x1000
#define TS_VIDEO_PID 0x100
#define TS_AUDIO_PID 0x101

/* Appends one packet; what @payload does not fill is stuffed in front */
static inline void
put_ts (GByteArray *out, guint pid, gboolean starts, guint counter,
    const guint8 *payload, gsize size)
{
  guint8 packet[TS_PACKET];
  gsize room = TS_PACKET - 4;

  g_assert_cmpuint (size, <=, room);
  memset (packet, 0xff, TS_PACKET);
  packet[0] = 0x47;
  packet[1] = (starts ? 0x40 : 0) | pid >> 8;
  packet[2] = pid;
  packet[3] = 0x10 | (counter & 0x0f);
  if (size < room) {
    packet[3] |= 0x20;
    packet[4] = room - size - 1;
    if (packet[4] > 0)
      packet[5] = 0;
  }
  if (size > 0)
    memcpy (packet + TS_PACKET - size, payload, size);
  g_byte_array_append (out, packet, TS_PACKET);
}

static inline guint32
ts_checksum (const guint8 *data, gsize size)
{
  guint32 crc = 0xffffffff;
  gsize i;
  guint bit;

  for (i = 0; i < size; i++) {
    crc ^= (guint32) data[i] << 24;
    for (bit = 0; bit < 8; bit++)
      crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
  }
  return crc;
}

/* A section of @size bytes, which get their length, and a checksum behind */
static inline GByteArray *
make_section (const guint8 *data, gsize size)
{
  GByteArray *section = g_byte_array_new ();
  guint32 crc;
  guint i;

  g_byte_array_append (section, data, size);
  section->data[1] = 0xb0 | (size + 4 - 3) >> 8;
  section->data[2] = size + 4 - 3;
  crc = ts_checksum (section->data, size);
  for (i = 0; i < 4; i++) {
    guint8 byte = crc >> (24 - 8 * i);

    g_byte_array_append (section, &byte, 1);
  }
  return section;
}

/* In as many packets as it takes */
static inline void
put_section (GByteArray *out, guint pid, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) section = make_section (data, size);
  guint8 zero = 0;
  gsize at, n;

  g_byte_array_prepend (section, &zero, 1);
  for (at = 0; at < section->len; at += n) {
    n = MIN (section->len - at, TS_PACKET - 4);
    put_ts (out, pid, at == 0, at / (TS_PACKET - 4), section->data + at, n);
  }
}

static inline void
put_association (GByteArray *out, guint map_pid)
{
  const guint8 data[] = { 0, 0, 0, 0, 1, 0xc1, 0, 0,
    0, 0, 0xe0, 0x10,           /* the network's, to be passed over */
    0, 1, 0xe0 | map_pid >> 8, map_pid & 0xff,
    0, 2, 0xf2, 0x22
  };

  put_section (out, 0, data, sizeof (data));
}

/* H.264 and AAC in English */
static inline void
put_map (GByteArray *out, guint map_pid, guint video_pid, guint audio_pid)
{
  const guint8 data[] = { 2, 0, 0, 0, 1, 0xc1, 0, 0, 0xe1, 0x00, 0xf0, 0,
    0x1b, 0xe0 | video_pid >> 8, video_pid & 0xff, 0xf0, 0,
    0x0f, 0xe0 | audio_pid >> 8, audio_pid & 0xff, 0xf0, 6,
    0x0a, 4, 'e', 'n', 'g', 0
  };

  put_section (out, map_pid, data, sizeof (data));
}

/* Appends a packet with a PES header; times of 90 kHz. @size: at most 170.
 * @whole: says how long it is */
static inline void
put_pes_data (GByteArray *out, guint pid, guint counter, guint64 pts,
    const guint8 *payload, gsize size, gboolean whole)
{
  guint8 data[TS_PACKET] = { 0, 0, 1, 0xe0, 0, whole ? size + 8 : 0, 0x80,
    0x80, 5, };

  g_assert_cmpuint (size, <=, 170);
  data[9] = 0x21 | (pts >> 29 & 0x0e);
  data[10] = pts >> 22;
  data[11] = 0x01 | (pts >> 14 & 0xfe);
  data[12] = pts >> 7;
  data[13] = 0x01 | pts << 1;
  memcpy (data + 14, payload, size);
  put_ts (out, pid, TRUE, counter, data, 14 + size);
}

static inline void
put_pes (GByteArray *out, guint pid, guint counter, guint64 pts,
    const gchar *payload, gboolean whole)
{
  put_pes_data (out, pid, counter, pts, (const guint8 *) payload,
      strlen (payload), whole);
}
