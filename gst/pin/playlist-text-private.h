/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of m3u8 text: lines, tags, attribute lists, numbers and URIs, with
 * their caps. For the playlist parsers alone. No I/O, any thread.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *at, *end;        /* what is left of the text; borrowed */
  GString *line;                /* the current one, trimmed */
  guint number;                 /* of the current line, from 1 */
} GstPinM3u8Lines;

/* Takes what follows the colon of a tag ("" without one) */
typedef gboolean (*GstPinM3u8TagFunc) (gpointer parser, const gchar * value,
    GError ** error);

typedef struct
{
  const gchar *name;            /* such as "EXTINF" */
  GstPinM3u8TagFunc read;
} GstPinM3u8Tag;

/* What one kind of playlist has */
typedef struct
{
  const GstPinM3u8Tag *tags;
  guint n_tags;
  /* A line that is no tag */
  gboolean (*read_address) (gpointer parser, const gchar * line,
      GError ** error);
  /* All lines are read */
  gboolean (*finish) (gpointer parser, GError ** error);
} GstPinM3u8Kind;

/* Makes absolute addresses; remembers the last, which is mostly the next */
typedef struct
{
  GUri *base;
  gchar *raw, *resolved;
  gsize budget;                 /* bytes of addresses that may still be made */
} GstPinM3u8Uris;

typedef struct
{
  guint64 length;
  guint64 offset;
  gboolean has_offset;
} GstPinM3u8Range;

/* Fails unless @text, which must outlive @self, begins as a playlist does */
gboolean gst_pin_m3u8_lines_init (GstPinM3u8Lines * self, GBytes * text,
    GError ** error);
/* FALSE at the end, or with @error */
gboolean gst_pin_m3u8_lines_next (GstPinM3u8Lines * self, GError ** error);
void gst_pin_m3u8_lines_clear (GstPinM3u8Lines * self);

/* The value of an attribute without its quotes, valid UTF-8 on one line;
 * NULL: not in the list */
gchar *gst_pin_m3u8_attribute (const gchar * list, const gchar * name);
gboolean gst_pin_m3u8_attribute_is_yes (const gchar * list,
    const gchar * name);

/* Decimal digits at *@text, which moves past them */
gboolean gst_pin_m3u8_read_number (const gchar ** text, guint64 * number);
/* Decimal seconds to nanoseconds, without a detour over floating point */
gboolean gst_pin_m3u8_read_seconds (const gchar * text, GstClockTime * time);
/* LENGTH[@OFFSET] */
gboolean gst_pin_m3u8_read_range (const gchar * text, GstPinM3u8Range * range);

gchar *gst_pin_m3u8_uris_resolve (GstPinM3u8Uris * self, const gchar * raw,
    GError ** error);
void gst_pin_m3u8_uris_clear (GstPinM3u8Uris * self);

/* Reads the text of a playlist whose address is @base. A tag that is not in the
 * table is passed over. @uris: of the parser, all 0. The error tells which
 * playlist it is about, and what to do. */
gboolean gst_pin_m3u8_read (GBytes * text, const gchar * base,
    const GstPinM3u8Kind * kind, GstPinM3u8Uris * uris, gpointer parser,
    GError ** error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstPinM3u8Lines, gst_pin_m3u8_lines_clear)

G_END_DECLS
