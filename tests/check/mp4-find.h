/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds a box in written bytes, for the tests of the muxer: a path such as
 * "moov/trak/edts/elst" leads to the first box of each name.
 */
#pragma once

#include <gst/gst.h>
#include <string.h>

/* What precedes the first child of a box that has fields of its own */
static inline gsize
mp4_find_fields (const guint8 * type)
{
  return memcmp (type, "meta", 4) == 0 ? 4 : memcmp (type, "stsd", 4) == 0 ? 8
      : 0;
}

/* The contents of the box, without size and type; NULL: not there */
static inline const guint8 *
mp4_find (const guint8 * data, gsize size, const gchar * path,
    gsize * found_size)
{
  gsize at = 0;

  while (at + 8 <= size) {
    gsize length = GST_READ_UINT32_BE (data + at);
    const guint8 *type = data + at + 4;

    if (length == 0)
      length = size - at;       /* to the end: a file that is being written */
    g_assert_cmpuint (length, >=, 8);
    g_assert_cmpuint (at + length, <=, size);
    if (memcmp (type, path, 4) == 0) {
      gsize fields = path[4] ? mp4_find_fields (type) : 0;
      const guint8 *inner = type + 4 + fields;

      if (path[4])
        return mp4_find (inner, length - 8 - fields, path + 5, found_size);
      if (found_size)
        *found_size = length - 8;
      return inner;
    }
    at += length;
  }
  return NULL;
}

static inline guint32
mp4_u32 (const guint8 * box, gsize offset)
{
  g_assert_nonnull (box);
  return GST_READ_UINT32_BE (box + offset);
}
