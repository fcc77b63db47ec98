/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * First times of a transport stream's streams, from packets made in memory.
 */
#include "pin-ts-clock.h"

#include <string.h>

#define PACKET 188
#define MAP_PID 0x1000
#define VIDEO_PID 0x100

/* Appends a packet that starts a unit, with @payload at its front */
static void
put_packet (GByteArray *out, guint pid, const guint8 *payload, guint size)
{
  guint8 packet[PACKET];

  memset (packet, 0xff, PACKET);
  packet[0] = 0x47;
  packet[1] = 0x40 | pid >> 8;
  packet[2] = pid;
  packet[3] = 0x10;
  memcpy (packet + 4, payload, size);
  g_byte_array_append (out, packet, PACKET);
}

static void
put_tables (GByteArray *out)
{
  static const guint8 association[] = { 0, 0, 0xb0, 13, 0, 1, 0xc1, 0, 0,
    0, 1, 0xe0 | MAP_PID >> 8, MAP_PID & 0xff
  };
  static const guint8 map[] = { 0, 2, 0xb0, 18 };

  put_packet (out, 0, association, sizeof (association));
  put_packet (out, MAP_PID, map, sizeof (map));
}

/* 90 kHz */
static void
put_pes (GByteArray *out, guint64 pts)
{
  guint8 pes[14] = { 0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, };

  pes[9] = 0x21 | (pts >> 29 & 0x0e);
  pes[10] = pts >> 22;
  pes[11] = 0x01 | (pts >> 14 & 0xfe);
  pes[12] = pts >> 7;
  pes[13] = 0x01 | (pts << 1 & 0xfe);
  put_packet (out, VIDEO_PID, pes, sizeof (pes));
}

/* Feeds @data in pieces of @step bytes */
static void
feed (GstPinTsClock *clock, GByteArray *data, guint step)
{
  guint i;

  for (i = 0; i < data->len; i += step) {
    g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (data->data + i,
        MIN (step, data->len - i));

    gst_pin_ts_clock_push (clock, buffer, G_MAXUINT64);
  }
}

static void
test_first (void)
{
  static const guint steps[] = { 1, 7, PACKET, 4096 };
  const guint64 pts = G_GUINT64_CONSTANT (0x1abcdef01);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  guint i;

  g_byte_array_append (data, (const guint8 *) "junk", 4);
  put_pes (data, 1);            /* before the tables: tsdemux drops it too */
  put_tables (data);
  put_pes (data, pts);
  put_pes (data, pts + 3600);
  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (GstPinTsClock) clock = gst_pin_ts_clock_new ();
    GstClockTime time;

    feed (clock, data, steps[i]);
    g_assert_true (gst_pin_ts_clock_get_first (clock, VIDEO_PID, &time));
    g_assert_cmpuint (time, ==, gst_util_uint64_scale (pts, GST_SECOND, 90000));
    g_assert_false (gst_pin_ts_clock_get_first (clock, VIDEO_PID + 1, &time));
  }
}

/* What is pulled: the beginning, the end, and all from the beginning on */
static void
test_pulled (void)
{
  static const guint order[] = { 0, 1, 4, 0, 1, 2, 3, 4 };
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GstPinTsClock) clock = gst_pin_ts_clock_new ();
  GstClockTime time;
  guint i;

  put_tables (data);
  put_tables (data);
  put_pes (data, 900000);
  g_assert_cmpuint (data->len, ==, 5 * PACKET);
  put_pes (data, 90000);
  memmove (data->data + 3 * PACKET, data->data + 5 * PACKET, PACKET);
  for (i = 0; i < G_N_ELEMENTS (order); i++) {
    g_autoptr (GstBuffer) buffer =
        gst_buffer_new_memdup (data->data + order[i] * PACKET, PACKET);

    gst_pin_ts_clock_push (clock, buffer, order[i] * PACKET);
  }
  g_assert_true (gst_pin_ts_clock_get_first (clock, VIDEO_PID, &time));
  g_assert_cmpuint (time, ==, GST_SECOND);
}

static void
test_reset (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GstPinTsClock) clock = gst_pin_ts_clock_new ();
  GstClockTime time;
  gint64 offset = 0;

  put_tables (data);
  put_pes (data, 90000);
  feed (clock, data, PACKET);
  g_assert_false (gst_pin_ts_clock_get_offset (clock, &offset));
  gst_pin_ts_clock_set_offset (clock, -5);
  g_assert_true (gst_pin_ts_clock_get_offset (clock, &offset));
  g_assert_cmpint (offset, ==, -5);
  gst_pin_ts_clock_reset (clock);
  g_assert_false (gst_pin_ts_clock_get_first (clock, VIDEO_PID, &time));
  g_assert_false (gst_pin_ts_clock_get_offset (clock, &offset));
}

/* Every byte of adaptation length and headers wrong, one after the other */
static void
test_damage (void)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  guint at;

  put_tables (whole);
  put_pes (whole, 90000);
  for (at = 0; at < whole->len; at++) {
    g_autoptr (GByteArray) data = g_byte_array_new ();
    g_autoptr (GstPinTsClock) clock = gst_pin_ts_clock_new ();

    g_byte_array_append (data, whole->data, whole->len);
    data->data[at] ^= 0xff;
    feed (clock, data, PACKET);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ts-clock/first", test_first);
  g_test_add_func ("/ts-clock/pulled", test_pulled);
  g_test_add_func ("/ts-clock/reset", test_reset);
  g_test_add_func ("/ts-clock/damage", test_damage);
  return g_test_run ();
}
