/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the program association and the map of the first program: which
 * packets belong to which stream, and what the stream is, as caps. One for each
 * transport stream that is taken apart, used by its thread.
 *
 * ISO/IEC 13818-1: 2.4.4 (sections, PAT, PMT), 2.6 (descriptors); ETSI TS 101
 * 154 and ATSC A/53 for what AC-3 is called; RFC 8216 for what HLS allows.
 */
#include "pin-ts-tables.h"

#include "pin-bytes.h"

#include <string.h>

#define MAX_SECTION 1024
#define SECTION_HEAD 8
#define CRC_SIZE 4
#define NO_PID GST_PIN_TS_N_PIDS

/* A section that may come in pieces */
typedef struct
{
  guint8 data[MAX_SECTION];
  guint fill;                   /* 0: waits for one to begin */
} Section;

struct _GstPinTsTables
{
  guint map_pid;                /* NO_PID: not known yet */
  Section association, map;
  guint8 last_map[MAX_SECTION]; /* as it was read, to see that it changes */
  guint last_size;
  GstPinTsEntry entries[GST_PIN_TS_MAX_STREAMS];
  guint n_entries;
};

GstPinTsTables *
gst_pin_ts_tables_new (void)
{
  GstPinTsTables *self = g_new0 (GstPinTsTables, 1);

  self->map_pid = NO_PID;
  return self;
}

static void
clear_entries (GstPinTsTables *self)
{
  guint i;

  for (i = 0; i < self->n_entries; i++)
    gst_caps_unref (self->entries[i].caps);
  self->n_entries = 0;
}

void
gst_pin_ts_tables_reset (GstPinTsTables *self)
{
  clear_entries (self);
  self->map_pid = NO_PID;
  self->association.fill = self->map.fill = 0;
  self->last_size = 0;
}

void
gst_pin_ts_tables_free (GstPinTsTables *self)
{
  clear_entries (self);
  g_free (self);
}

gboolean
gst_pin_ts_tables_wants (GstPinTsTables *self, guint pid)
{
  return pid == 0 || pid == self->map_pid;
}

/* --- What a stream is --- */

static const struct
{
  guint type;                   /* ISO/IEC 13818-1: table 2-34 */
  const gchar *caps;
} types[] = {
  {0x01, "video/mpeg, mpegversion=1"},
  {0x02, "video/mpeg, mpegversion=2"},
  {0x03, "audio/mpeg, mpegversion=1"},
  {0x04, "audio/mpeg, mpegversion=1"},
  {0x0f, "audio/mpeg, mpegversion=4, stream-format=adts"},
  {0x10, "video/mpeg, mpegversion=4"},
  {0x11, "audio/mpeg, mpegversion=4, stream-format=loas"},
  {0x15, "meta/x-id3"},
  {0x1b, "video/x-h264, stream-format=byte-stream"},
  {0x21, "image/x-jpc"},
  {0x24, "video/x-h265, stream-format=byte-stream"},
  {0x33, "video/x-h266"},
  {0x81, "audio/x-ac3"},
  {0x82, "audio/x-dts"},
  {0x87, "audio/x-eac3"},
  {0xc1, "audio/x-ac3-sample-aes"},
  {0xc2, "audio/x-eac3-sample-aes"},
  {0xcf, "audio/x-aac-sample-aes"},
  {0xdb, "video/x-h264-sample-aes"},
  {0xea, "video/x-wmv"},
};

/* What private data are, by a descriptor's tag, or by the four letters of a
 * registration descriptor */
static const struct
{
  guint tag;
  const gchar *letters;
  const gchar *caps;
} private_types[] = {
  {0x05, "AC-3", "audio/x-ac3"},
  {0x05, "EAC3", "audio/x-eac3"},
  {0x05, "HEVC", "video/x-h265, stream-format=byte-stream"},
  {0x05, "Opus", "audio/x-opus"},
  {0x05, "AV01", "video/x-av1"},
  {0x05, "DTS1", "audio/x-dts"},
  {0x05, "DTS2", "audio/x-dts"},
  {0x05, "DTS3", "audio/x-dts"},
  {0x05, "ID3 ", "meta/x-id3"},
  {0x6a, NULL, "audio/x-ac3"},
  {0x7a, NULL, "audio/x-eac3"},
  {0x7b, NULL, "audio/x-dts"},
  {0x59, NULL, "subpicture/x-dvb"},
};

static const gchar *
find_private (guint tag, const guint8 *data, gsize size)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (private_types); i++) {
    if (private_types[i].tag == tag && (private_types[i].letters == NULL
            || (size >= 4 && memcmp (data, private_types[i].letters, 4) == 0)))
      return private_types[i].caps;
  }
  return NULL;
}

/* Its packets belong to another stream, or are of no stream at all */
static gboolean
is_taken (GstPinTsTables *self, guint pid)
{
  guint i;

  for (i = 0; i < self->n_entries; i++) {
    if (self->entries[i].pid == pid)
      return TRUE;
  }
  return gst_pin_ts_tables_wants (self, pid);
}

/* One stream of the map, with its descriptors */
static void
add_entry (GstPinTsTables *self, guint type, guint pid, const guint8 *data,
    gsize size)
{
  GstPinTsEntry *entry = &self->entries[self->n_entries];
  const gchar *caps = NULL;
  gsize at;
  guint i;

  if (self->n_entries == GST_PIN_TS_MAX_STREAMS || is_taken (self, pid))
    return;
  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    if (types[i].type == type)
      caps = types[i].caps;
  }
  entry->language[0] = 0;
  for (at = 0; at + 2 <= size && at + 2 + data[at + 1] <= size;
      at += 2 + data[at + 1]) {
    if (caps == NULL)
      caps = find_private (data[at], data + at + 2, data[at + 1]);
    if (data[at] == 0x0a && data[at + 1] >= 3 && g_ascii_isalpha (data[at + 2])
        && g_ascii_isalpha (data[at + 3]) && g_ascii_isalpha (data[at + 4]))
      g_strlcpy (entry->language, (const gchar *) data + at + 2, 4);
  }
  if (caps == NULL)
    return;
  entry->pid = pid;
  entry->type = g_intern_static_string (caps);
  entry->caps = gst_caps_from_string (caps);
  self->n_entries++;
}

/* --- Sections --- */

/* ISO/IEC 13818-1: annex A; 0 over a section with its checksum */
static guint32
checksum (const guint8 *data, gsize size)
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

static void
read_association (GstPinTsTables *self, const guint8 *data, gsize size)
{
  gsize at;

  for (at = SECTION_HEAD; at + 4 <= size - CRC_SIZE; at += 4) {
    guint pid = gst_pin_read16 (data + at + 2) & 0x1fff;

    if (gst_pin_read16 (data + at) == 0)
      continue;
    if (pid != self->map_pid)
      self->map.fill = self->last_size = 0;
    self->map_pid = pid;
    return;
  }
}

static gboolean
read_map (GstPinTsTables *self, const guint8 *data, gsize size)
{
  gsize at, end = size - CRC_SIZE;

  if (size == self->last_size && memcmp (data, self->last_map, size) == 0)
    return FALSE;
  if (size < SECTION_HEAD + 4 + CRC_SIZE || checksum (data, size) != 0)
    return FALSE;
  memcpy (self->last_map, data, size);
  self->last_size = size;
  clear_entries (self);
  at = SECTION_HEAD + 4 + (gst_pin_read16 (data + SECTION_HEAD + 2) & 0xfff);
  while (at + 5 <= end) {
    gsize more = gst_pin_read16 (data + at + 3) & 0xfff;

    if (at + 5 + more > end)
      break;
    add_entry (self, data[at], gst_pin_read16 (data + at + 1) & 0x1fff,
        data + at + 5, more);
    at += 5 + more;
  }
  return TRUE;
}

/* A whole section; TRUE where it is a map that has changed */
static gboolean
read_section (GstPinTsTables *self, guint pid, const guint8 *data, gsize size)
{
  /* Of what will be valid later nothing is true now */
  if (size < SECTION_HEAD + CRC_SIZE || !(data[5] & 1))
    return FALSE;
  if (pid == 0 && data[0] == 0 && checksum (data, size) == 0)
    read_association (self, data, size);
  return pid != 0 && data[0] == 2 && read_map (self, data, size);
}

/* Appends; gives how many bytes belong to the section. @changed: (inout) */
static gsize
fill_section (GstPinTsTables *self, Section *section, guint pid,
    const guint8 *data, gsize size, gboolean *changed)
{
  gsize taken = 0, whole = 3, n;

  while (taken < size) {
    if (section->fill >= 3)
      whole = 3 + (gst_pin_read16 (section->data + 1) & 0xfff);
    if (whole > MAX_SECTION || (section->fill >= 3 && whole == 3)) {
      section->fill = 0;
      return size;
    }
    n = MIN (whole - section->fill, size - taken);
    memcpy (section->data + section->fill, data + taken, n);
    section->fill += n;
    taken += n;
    if (section->fill == whole && whole > 3) {
      *changed |= read_section (self, pid, section->data, whole);
      section->fill = 0;
      break;
    }
  }
  return taken;
}

/*
 * gst_pin_ts_tables_push:
 * @self: tables
 * @pid: a packet's identifier, one that gst_pin_ts_tables_wants()
 * @starts: a section begins in the packet
 * @data: its payload
 * @size: of @data
 *
 * Returns: TRUE where the entries are others from here on
 */
gboolean
gst_pin_ts_tables_push (GstPinTsTables *self, guint pid, gboolean starts,
    const guint8 *data, gsize size)
{
  Section *section = pid == 0 ? &self->association : &self->map;
  gboolean changed = FALSE;

  if (!starts) {
    if (section->fill > 0)
      fill_section (self, section, pid, data, size, &changed);
    return changed;
  }
  if (size == 0 || data[0] >= size)
    return FALSE;
  if (section->fill > 0)
    fill_section (self, section, pid, data + 1, data[0], &changed);
  section->fill = 0;
  size -= 1 + data[0];
  data += 1 + data[0];
  /* Stuffing follows the last section: 0xff, which no table is called */
  while (size > 0 && data[0] != 0xff) {
    gsize taken = fill_section (self, section, pid, data, size, &changed);

    data += taken;
    size -= taken;
  }
  return changed;
}

/* Returns: (transfer none): of the first program; @n 0 before its map */
const GstPinTsEntry *
gst_pin_ts_tables_get_entries (GstPinTsTables *self, guint *n)
{
  *n = self->n_entries;
  return self->entries;
}
