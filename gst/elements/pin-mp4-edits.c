/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rewrites the edit lists of a moov box on its way from mp4mux to the sink.
 * mp4mux of GStreamer 1.22 writes none in fragmented files, so that sound and
 * picture drift apart by the delay of the B-frames, and knows no samples that
 * are decoded but not shown, such as the priming of AAC, so that these shift
 * the picture. Where the moov had an edit list, its size stays the same: the
 * chunk offsets in it count from the file's beginning. Pure functions on
 * bytes, any thread. ISO/IEC 14496-12: 8.6.6 elst, 8.1.2 free.
 */
#include "pin-mp4-edits.h"

#include "pin-bytes.h"
#include "pin-mp4-box.h"

#include <string.h>

#define ELST_HEADER 16          /* size, type, version and flags, count */
#define ELST_ENTRY 12           /* of version 0 */
#define BOX_HEADER GST_PIN_MP4_BOX_HEADER
#define NOTHING_SHOWN 0xffffffff

gboolean
gst_pin_mp4_is_moov (GstBuffer *buffer)
{
  guint8 head[BOX_HEADER];

  return gst_buffer_extract (buffer, 0, head, BOX_HEADER) == BOX_HEADER
      && memcmp (head + 4, "moov", 4) == 0
      && gst_pin_read32 (head) == gst_buffer_get_size (buffer);
}

/* Length, in the movie's time scale, of the edit that shows the media; 0 in a
 * fragmented file: all that comes */
static guint32
read_shown_duration (const GstPinMp4Box *edts)
{
  GstPinMp4Box elst;
  guint32 count;

  if (!gst_pin_mp4_box_find (edts, "elst", &elst) || elst.size < ELST_HEADER)
    return 0;
  count = gst_pin_read32 (elst.data + 12);
  if (elst.data[8] != 0 || count == 0
      || count != (elst.size - ELST_HEADER) / ELST_ENTRY)
    return 0;
  return gst_pin_read32 (elst.data + ELST_HEADER
      + (count - 1) * ELST_ENTRY);
}

static void
put32 (GByteArray *out, guint32 value)
{
  guint8 bytes[4];

  gst_pin_write32 (bytes, value);
  g_byte_array_append (out, bytes, 4);
}

static void
put_type (GByteArray *out, const gchar *type)
{
  g_byte_array_append (out, (const guint8 *) type, 4);
}

static void
put_entry (GByteArray *out, guint32 duration, guint32 media_time)
{
  put32 (out, duration);
  put32 (out, media_time);
  put32 (out, 0x00010000);      /* rate 1 */
}

static gint64
scale (gint64 time, guint32 timescale)
{
  return time <= 0 ? 0 : gst_util_uint64_scale_round (time, timescale,
      GST_SECOND);
}

static gint64
shown_from (const GstPinMp4Edit *edit)
{
  return MAX (edit->first_pts, edit->begin);
}

/* Writes the edts box that @edit asks for, @room bytes long unless 0, and tells
 * how long the track is with it. Returns FALSE, with nothing written, where it
 * does not fit. */
static gboolean
write_edts (GByteArray *out, const GstPinMp4Edit *edit, gint64 movie_start,
    guint32 movie_scale, guint32 media_scale, guint32 duration, gsize room,
    guint32 *total)
{
  gint64 skip = shown_from (edit) - edit->first_dts;
  gint64 hidden = shown_from (edit) - edit->first_pts;
  guint32 empty = scale (shown_from (edit) - movie_start, movie_scale);
  guint n = empty > 0 ? 2 : 1;
  gsize size = BOX_HEADER + ELST_HEADER + n * ELST_ENTRY;

  if (room != 0 && room != size && room < size + BOX_HEADER)
    return FALSE;
  /* The muxer takes the sum of the samples' durations, which is too short
   * where the last ones are not shown in the order of decoding at one rate */
  if (duration > 0) {
    duration -= MIN (duration - 1, scale (hidden, movie_scale));
    duration = MAX (duration, scale (edit->end - shown_from (edit),
            movie_scale));
  }

  *total = duration > 0 ? empty + duration : 0;

  put32 (out, room != 0 ? room : size);
  put_type (out, "edts");
  put32 (out, size - BOX_HEADER);
  put_type (out, "elst");
  put32 (out, 0);
  put32 (out, n);
  if (empty > 0)
    put_entry (out, empty, NOTHING_SHOWN);
  put_entry (out, duration, scale (skip, media_scale));
  if (room > size) {
    put32 (out, room - size);
    put_type (out, "free");
    g_byte_array_set_size (out, out->len + room - size - BOX_HEADER);
    memset (out->data + out->len - (room - size - BOX_HEADER), 0,
        room - size - BOX_HEADER);
  }
  return TRUE;
}

/* Only of version 0 can the size be kept: others need durations of 64 bits */
static gboolean
is_editable (const GstPinMp4Box *edts)
{
  GstPinMp4Box elst;

  return gst_pin_mp4_box_find (edts, "elst", &elst)
      && gst_pin_mp4_box_get8 (&elst, 8) == 0;
}

/* Of a tkhd or mvhd of version 0, the box that starts at @start */
static void
write_duration (GByteArray *out, guint start, gsize offset, guint32 duration)
{
  if (out->data[start + 8] == 0 && duration > 0)
    gst_pin_write32 (out->data + start + offset, duration);
}

/* A track's box again, with the new edit list behind its header. Returns how
 * long the track is; 0: unknown, or fragmented. */
static guint32
write_trak (GByteArray *out, const GstPinMp4Box *trak,
    const GstPinMp4Edit *edit, gint64 movie_start, guint32 movie_scale)
{
  gsize offset = BOX_HEADER;
  guint start = out->len;
  guint32 media_scale = 0, total = 0;
  GstPinMp4Box box, edts, header;
  gboolean had, done = FALSE;

  if (gst_pin_mp4_box_find (trak, "mdia", &box)
      && gst_pin_mp4_box_find (&box, "mdhd", &header))
    media_scale = gst_pin_mp4_box_get_timescale (&header);
  had = gst_pin_mp4_box_find (trak, "edts", &edts);
  if (media_scale == 0 || !gst_pin_mp4_box_find (trak, "tkhd", &header)
      || (had && !is_editable (&edts))) {
    g_byte_array_append (out, trak->data, trak->size);
    return 0;
  }

  g_byte_array_append (out, trak->data, BOX_HEADER);
  while (gst_pin_mp4_box_next (trak, &offset, &box)) {
    guint at = out->len;

    if (gst_pin_mp4_box_is (&box, "edts") && done)
      continue;
    g_byte_array_append (out, box.data, box.size);
    if (!gst_pin_mp4_box_is (&box, "tkhd"))
      continue;
    done = write_edts (out, edit, movie_start, movie_scale, media_scale,
        had ? read_shown_duration (&edts) : 0, had ? edts.size : 0, &total);
    if (gst_pin_mp4_box_has (&box, 28, 4))
      write_duration (out, at, 28, total);
  }
  gst_pin_write32 (out->data + start, out->len - start);
  return total;
}

static gint64
find_movie_start (const GstPinMp4Edit *edits, guint n_edits)
{
  gint64 start = G_MAXINT64;
  guint i;

  for (i = 0; i < n_edits; i++) {
    if (edits[i].known)
      start = MIN (start, shown_from (&edits[i]));
  }
  return start;
}

static void
rewrite (GByteArray *out, const GstPinMp4Box *moov, const GstPinMp4Edit *edits,
    guint n_edits, guint32 movie_scale)
{
  gint64 start = find_movie_start (edits, n_edits);
  gsize offset = BOX_HEADER;
  guint track = 0, mvhd = 0;
  guint32 longest = 0;
  gboolean all = TRUE;
  GstPinMp4Box box;

  g_byte_array_append (out, moov->data, BOX_HEADER);
  while (gst_pin_mp4_box_next (moov, &offset, &box)) {
    guint32 total;

    if (!gst_pin_mp4_box_is (&box, "trak") || track >= n_edits
        || !edits[track].known) {
      all &= !gst_pin_mp4_box_is (&box, "trak");
      if (gst_pin_mp4_box_is (&box, "mvhd"))
        mvhd = out->len;
      g_byte_array_append (out, box.data, box.size);
    } else {
      total = write_trak (out, &box, &edits[track], start, movie_scale);
      all &= total > 0;
      longest = MAX (longest, total);
    }
    if (gst_pin_mp4_box_is (&box, "trak"))
      track++;
  }
  if (all && gst_pin_mp4_box_find (moov, "mvhd", &box)
      && gst_pin_mp4_box_has (&box, 24, 4))
    write_duration (out, mvhd, 24, longest);
  gst_pin_write32 (out->data, out->len);
}

/*
 * gst_pin_mp4_edits_apply:
 * @moov: (transfer full): one whole moov box
 * @edits: (array length=n_edits): an entry for each track, in the moov's order
 *
 * Gives each track the edit list that presents it as @edits say: what lies
 * before `begin` is skipped, and the earliest track's first moment is the
 * movie's beginning.
 *
 * Returns: (transfer full): the box with its new edit lists; @moov itself
 *   where it cannot be read
 */
GstBuffer *
gst_pin_mp4_edits_apply (GstBuffer *moov, const GstPinMp4Edit *edits,
    guint n_edits)
{
  GstMapInfo map;
  GByteArray *out;
  g_autoptr (GBytes) bytes = NULL;
  GstBuffer *result;
  GstPinMp4Box box, header;
  guint32 movie_scale = 0;

  if (!gst_pin_mp4_is_moov (moov) || !gst_buffer_map (moov, &map,
          GST_MAP_READ))
    return moov;
  box.data = map.data;
  box.size = map.size;
  if (gst_pin_mp4_box_find (&box, "mvhd", &header))
    movie_scale = gst_pin_mp4_box_get_timescale (&header);
  if (movie_scale == 0) {
    gst_buffer_unmap (moov, &map);
    return moov;
  }

  out = g_byte_array_sized_new (map.size + n_edits * 64);
  rewrite (out, &box, edits, n_edits, movie_scale);
  gst_buffer_unmap (moov, &map);

  bytes = g_byte_array_free_to_bytes (out);
  result = gst_buffer_new_wrapped_bytes (bytes);
  gst_buffer_copy_into (result, moov, GST_BUFFER_COPY_METADATA, 0, -1);
  gst_buffer_unref (moov);
  return result;
}
