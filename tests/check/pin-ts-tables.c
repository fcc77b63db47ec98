/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of transport streams: what is read, what is refused, what changes.
 */
#include "pin-ts-tables.h"

#include "ts-maker.h"

static guint
push (GstPinTsTables *tables, GByteArray *bytes)
{
  guint at, changes = 0;

  for (at = 0; at < bytes->len; at += TS_PACKET) {
    const guint8 *packet = bytes->data + at;
    guint pid = (packet[1] & 0x1f) << 8 | packet[2];
    guint head = 4 + (packet[3] & 0x20 ? 1 + packet[4] : 0);

    if (gst_pin_ts_tables_wants (tables, pid))
      changes += gst_pin_ts_tables_push (tables, pid, packet[1] & 0x40,
          packet + head, TS_PACKET - head);
  }
  return changes;
}

static void
assert_entry (GstPinTsTables *tables, guint i, guint pid, const gchar *type,
    const gchar *language)
{
  guint n;
  const GstPinTsEntry *entries = gst_pin_ts_tables_get_entries (tables, &n);

  g_assert_cmpuint (i, <, n);
  g_assert_cmpuint (entries[i].pid, ==, pid);
  g_assert_cmpstr (gst_structure_get_name (gst_caps_get_structure (entries
              [i].caps, 0)), ==, type);
  g_assert_cmpstr (entries[i].language, ==, language);
}

static void
test_tables (void)
{
  GstPinTsTables *tables = gst_pin_ts_tables_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint n;

  g_assert_false (gst_pin_ts_tables_wants (tables, TS_MAP_PID));
  put_map (bytes, TS_MAP_PID, TS_VIDEO_PID, TS_AUDIO_PID);
  g_assert_cmpuint (push (tables, bytes), ==, 0);
  put_association (bytes, TS_MAP_PID);
  put_map (bytes, TS_MAP_PID, TS_VIDEO_PID, TS_AUDIO_PID);
  put_map (bytes, TS_MAP_PID, TS_VIDEO_PID, TS_AUDIO_PID);
  g_assert_cmpuint (push (tables, bytes), ==, 1);
  gst_pin_ts_tables_get_entries (tables, &n);
  g_assert_cmpuint (n, ==, 2);
  assert_entry (tables, 0, TS_VIDEO_PID, "video/x-h264", "");
  assert_entry (tables, 1, TS_AUDIO_PID, "audio/mpeg", "eng");

  /* The same again changes nothing, another one does, and so may its place */
  g_byte_array_set_size (bytes, 0);
  put_map (bytes, TS_MAP_PID, 0x30, 0x31);
  put_association (bytes, 0x70);
  put_map (bytes, 0x70, 0x32, 0x33);
  g_assert_cmpuint (push (tables, bytes), ==, 2);
  assert_entry (tables, 0, 0x32, "video/x-h264", "");
  gst_pin_ts_tables_reset (tables);
  gst_pin_ts_tables_get_entries (tables, &n);
  g_assert_cmpuint (n, ==, 0);
  gst_pin_ts_tables_free (tables);
}

/* Longer than a packet; private data by their descriptors; more streams than
 * are taken */
static void
test_long_map (void)
{
  static const guint8 head[] = { 2, 0, 0, 0, 1, 0xc1, 0, 0, 0xe1, 0, 0xf0, 0 };
  static const guint8 private[] = { 0x06, 0xe2, 0x00, 0xf0, 6, 0x05, 4, 'O',
    'p', 'u', 's', 0x06, 0xe2, 0x01, 0xf0, 2, 0x7a, 0, 0x06, 0xe2, 0x02, 0xf0, 0
  };
  g_autoptr (GByteArray) map = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GstPinTsTables *tables = gst_pin_ts_tables_new ();
  guint i, n;

  g_byte_array_append (map, head, sizeof (head));
  g_byte_array_append (map, private, sizeof (private));
  for (i = 0; i < 60; i++) {
    const guint8 more[] = { 0x87, 0xe3, i, 0xf0, 0 };

    g_byte_array_append (map, more, sizeof (more));
  }
  put_association (bytes, TS_MAP_PID);
  put_section (bytes, TS_MAP_PID, map->data, map->len);
  g_assert_cmpuint (bytes->len, >=, 3 * TS_PACKET);
  g_assert_cmpuint (push (tables, bytes), ==, 1);
  gst_pin_ts_tables_get_entries (tables, &n);
  g_assert_cmpuint (n, ==, GST_PIN_TS_MAX_STREAMS);
  assert_entry (tables, 0, 0x200, "audio/x-opus", "");
  assert_entry (tables, 1, 0x201, "audio/x-eac3", "");
  assert_entry (tables, 2, 0x300, "audio/x-eac3", "");
  gst_pin_ts_tables_free (tables);
}

/* An identifier is one stream's, and neither the tables' */
static void
test_taken_identifier (void)
{
  static const guint8 map[] = { 2, 0, 0, 0, 1, 0xc1, 0, 0, 0xe1, 0, 0xf0, 0,
    0x1b, 0xe1, 0x00, 0xf0, 0, 0x0f, 0xe1, 0x00, 0xf0, 0,
    0x0f, 0xe0, 0x00, 0xf0, 0, 0x0f, 0xf0, 0x00, 0xf0, 0,
    0x0f, 0xe1, 0x01, 0xf0, 0
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GstPinTsTables *tables = gst_pin_ts_tables_new ();
  guint n;

  put_association (bytes, TS_MAP_PID);
  put_section (bytes, TS_MAP_PID, map, sizeof (map));
  g_assert_cmpuint (push (tables, bytes), ==, 1);
  gst_pin_ts_tables_get_entries (tables, &n);
  g_assert_cmpuint (n, ==, 2);
  assert_entry (tables, 0, 0x100, "video/x-h264", "");
  assert_entry (tables, 1, 0x101, "audio/mpeg", "");
  gst_pin_ts_tables_free (tables);
}

/* Every damage of a byte, and every length cut, leaves no map or the right
 * one; random bytes do no harm */
static void
test_damage (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint i, n;

  put_association (bytes, TS_MAP_PID);
  put_map (bytes, TS_MAP_PID, TS_VIDEO_PID, TS_AUDIO_PID);
  for (i = 4; i < bytes->len; i++) {
    GstPinTsTables *tables = gst_pin_ts_tables_new ();

    bytes->data[i] ^= 0x21;
    if (i % TS_PACKET >= 4)
      push (tables, bytes);
    bytes->data[i] ^= 0x21;
    gst_pin_ts_tables_get_entries (tables, &n);
    if (n > 0)
      assert_entry (tables, 1, TS_AUDIO_PID, "audio/mpeg", "eng");
    gst_pin_ts_tables_free (tables);
  }
}

static void
test_random (void)
{
  GstPinTsTables *tables = gst_pin_ts_tables_new ();
  guint8 data[184];
  guint i, j;

  for (i = 0; i < 20000; i++) {
    for (j = 0; j < sizeof (data); j++)
      data[j] = g_test_rand_int_range (0, i % 2 ? 256 : 4);
    gst_pin_ts_tables_push (tables, 0, i % 3 == 0, data,
        g_test_rand_int_range (0, sizeof (data) + 1));
  }
  gst_pin_ts_tables_free (tables);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pin-ts-tables/tables", test_tables);
  g_test_add_func ("/pin-ts-tables/long-map", test_long_map);
  g_test_add_func ("/pin-ts-tables/taken-identifier", test_taken_identifier);
  g_test_add_func ("/pin-ts-tables/damage", test_damage);
  g_test_add_func ("/pin-ts-tables/random", test_random);
  return g_test_run ();
}
