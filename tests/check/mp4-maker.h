/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small MP4s for tests, made of boxes in memory: one track of sound at 48 kHz
 * whose samples are SAMPLE_TICKS long and hold their own number, so that a test
 * finds them again. Included by one test program each; no threads.
 */
#pragma once

#include <glib.h>
#include <string.h>

#define MAKER_RATE 48000
#define SAMPLE_TICKS 1024
#define SAMPLE_SIZE 64

static inline void
put8 (GByteArray *out, guint8 value)
{
  g_byte_array_append (out, &value, 1);
}

static inline void
put16 (GByteArray *out, guint16 value)
{
  put8 (out, value >> 8);
  put8 (out, value);
}

static inline void
put32 (GByteArray *out, guint32 value)
{
  put16 (out, value >> 16);
  put16 (out, value);
}

static inline void
put_zeros (GByteArray *out, guint n)
{
  while (n-- > 0)
    put8 (out, 0);
}

/* Returns where the box starts, for end_box() */
static inline guint
begin_box (GByteArray *out, const gchar *type)
{
  put32 (out, 0);
  g_byte_array_append (out, (const guint8 *) type, 4);
  return out->len - 8;
}

static inline guint
begin_full_box (GByteArray *out, const gchar *type, guint32 version_and_flags)
{
  guint start = begin_box (out, type);

  put32 (out, version_and_flags);
  return start;
}

static inline void
patch32 (GByteArray *out, guint at, guint32 value)
{
  out->data[at] = value >> 24;
  out->data[at + 1] = value >> 16;
  out->data[at + 2] = value >> 8;
  out->data[at + 3] = value;
}

static inline void
end_box (GByteArray *out, guint start)
{
  patch32 (out, start, out->len - start);
}

static inline void
put_mvhd (GByteArray *out, guint32 duration)
{
  guint box = begin_full_box (out, "mvhd", 0);

  put_zeros (out, 8);
  put32 (out, 1000);
  put32 (out, duration);
  put_zeros (out, 80);
  end_box (out, box);
}

static inline void
put_tkhd (GByteArray *out, guint32 id, guint32 duration)
{
  guint box = begin_full_box (out, "tkhd", 7);

  put_zeros (out, 8);
  put32 (out, id);
  put32 (out, 0);
  put32 (out, duration);
  put_zeros (out, 60);
  end_box (out, box);
}

/* One edit from @media_time on, behind @empty of the movie's ticks */
static inline void
put_edts (GByteArray *out, guint32 empty, guint32 duration, guint32 media_time)
{
  guint edts = begin_box (out, "edts");
  guint elst = begin_full_box (out, "elst", 0);

  put32 (out, empty > 0 ? 2 : 1);
  if (empty > 0) {
    put32 (out, empty);
    put32 (out, 0xffffffff);
    put32 (out, 0x10000);
  }
  put32 (out, duration);
  put32 (out, media_time);
  put32 (out, 0x10000);
  end_box (out, elst);
  end_box (out, edts);
}

/* AAC LC, stereo, 48 kHz */
static inline void
put_stsd (GByteArray *out)
{
  static const guint8 esds[] = {
    0x03, 0x19, 0, 1, 0, 0x04, 0x11, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0x05, 0x02, 0x11, 0x90, 0x06, 0x01, 0x02
  };
  guint stsd = begin_full_box (out, "stsd", 0), mp4a, box;

  put32 (out, 1);
  mp4a = begin_box (out, "mp4a");
  put_zeros (out, 6);
  put16 (out, 1);
  put_zeros (out, 8);
  put16 (out, 2);
  put16 (out, 16);
  put32 (out, 0);
  put32 (out, (guint32) MAKER_RATE << 16);
  box = begin_full_box (out, "esds", 0);
  g_byte_array_append (out, esds, sizeof (esds));
  end_box (out, box);
  end_box (out, mp4a);
  end_box (out, stsd);
}

/* The tables of @n samples in one chunk; returns where its offset stands */
static inline guint
put_tables (GByteArray *out, guint n)
{
  guint box, place;

  box = begin_full_box (out, "stts", 0);
  put32 (out, 1);
  put32 (out, n);
  put32 (out, SAMPLE_TICKS);
  end_box (out, box);
  box = begin_full_box (out, "stsc", 0);
  put32 (out, 1);
  put32 (out, 1);
  put32 (out, n);
  put32 (out, 1);
  end_box (out, box);
  box = begin_full_box (out, "stsz", 0);
  put32 (out, SAMPLE_SIZE);
  put32 (out, n);
  end_box (out, box);
  box = begin_full_box (out, "stco", 0);
  put32 (out, 1);
  place = out->len;
  put32 (out, 0);
  end_box (out, box);
  return place;
}

/* One track; @n 0: fragmented. Returns where the chunk's offset stands. */
static inline guint
put_trak (GByteArray *out, guint n, guint32 media_time)
{
  guint32 duration = (guint64) n * SAMPLE_TICKS * 1000 / MAKER_RATE;
  guint trak = begin_box (out, "trak"), mdia, minf, stbl, box, place = 0;

  put_tkhd (out, 1, duration);
  if (media_time > 0)
    put_edts (out, 0, duration, media_time);
  mdia = begin_box (out, "mdia");
  box = begin_full_box (out, "mdhd", 0);
  put_zeros (out, 8);
  put32 (out, MAKER_RATE);
  put32 (out, n * SAMPLE_TICKS);
  put32 (out, 0);
  end_box (out, box);
  box = begin_full_box (out, "hdlr", 0);
  put32 (out, 0);
  g_byte_array_append (out, (const guint8 *) "soun", 4);
  put_zeros (out, 13);
  end_box (out, box);
  minf = begin_box (out, "minf");
  stbl = begin_box (out, "stbl");
  put_stsd (out);
  if (n > 0)
    place = put_tables (out, n);
  end_box (out, stbl);
  end_box (out, minf);
  end_box (out, mdia);
  end_box (out, trak);
  return place;
}

static inline void
put_sample (GByteArray *out, guint32 number)
{
  guint i;

  for (i = 0; i < SAMPLE_SIZE / 4; i++)
    put32 (out, 0x5a000000 | number);
}

static inline void
put_ftyp (GByteArray *out)
{
  guint box = begin_box (out, "ftyp");

  g_byte_array_append (out, (const guint8 *) "isom\0\0\2\0isom", 12);
  end_box (out, box);
}

static inline void
put_mdat (GByteArray *out, guint first, guint n)
{
  guint box = begin_box (out, "mdat"), i;

  for (i = first; i < first + n; i++)
    put_sample (out, i);
  end_box (out, box);
}

/* A progressive file; @media_time: ticks that its edit list hides */
static inline GByteArray *
make_progressive (guint n, gboolean index_first, guint32 media_time)
{
  GByteArray *out = g_byte_array_new ();
  guint moov, place, media = 0;

  put_ftyp (out);
  if (!index_first) {
    media = out->len + 8;
    put_mdat (out, 0, n);
  }
  moov = begin_box (out, "moov");
  put_mvhd (out, (guint64) n * SAMPLE_TICKS * 1000 / MAKER_RATE);
  place = put_trak (out, n, media_time);
  end_box (out, moov);
  if (index_first) {
    media = out->len + 8;
    put_mdat (out, 0, n);
  }
  patch32 (out, place, media);
  return out;
}

static inline void
put_init (GByteArray *out)
{
  guint moov, mvex, box;

  put_ftyp (out);
  moov = begin_box (out, "moov");
  put_mvhd (out, 0);
  put_trak (out, 0, 0);
  mvex = begin_box (out, "mvex");
  box = begin_full_box (out, "trex", 0);
  put32 (out, 1);
  put32 (out, 1);
  put32 (out, SAMPLE_TICKS);
  put32 (out, SAMPLE_SIZE);
  put32 (out, 0);
  end_box (out, box);
  end_box (out, mvex);
  end_box (out, moov);
}

/* A fragment of @n samples, numbered from @first, at their time */
static inline void
put_fragment (GByteArray *out, guint first, guint n)
{
  guint moof = begin_box (out, "moof"), traf, box, place;

  box = begin_full_box (out, "mfhd", 0);
  put32 (out, 1);
  end_box (out, box);
  traf = begin_box (out, "traf");
  box = begin_full_box (out, "tfhd", 0x020000);
  put32 (out, 1);
  end_box (out, box);
  box = begin_full_box (out, "tfdt", 0);
  put32 (out, first * SAMPLE_TICKS);
  end_box (out, box);
  box = begin_full_box (out, "trun", 1);
  put32 (out, n);
  place = out->len;
  put32 (out, 0);
  end_box (out, box);
  end_box (out, traf);
  end_box (out, moof);
  patch32 (out, place, out->len + 8 - moof);
  put_mdat (out, first, n);
}
