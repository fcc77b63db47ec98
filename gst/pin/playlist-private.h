/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * m3u8 text ⇄ values (RFC 8216). Pure functions on counted values; no I/O, any thread.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstPinMasterPlaylist GstPinMasterPlaylist;
typedef struct _GstPinMediaPlaylist GstPinMediaPlaylist;

/* One EXT-X-STREAM-INF and its URI line */
typedef struct
{
  gchar *uri;                   /* absolute */
  guint64 bandwidth;            /* bits per second; 0: not given */
  guint64 average_bandwidth;
  guint width, height;          /* RESOLUTION; 0: not given */
  gdouble frame_rate;           /* 0: not given */
  gchar *codecs;                /* CODECS, as it stands; NULL: not given */
  gchar *audio;                 /* AUDIO group; NULL: none */
  gchar *subtitles;             /* SUBTITLES group; NULL: none */
} GstPinStreamInf;

/* One EXT-X-MEDIA */
typedef struct
{
  gchar *type;                  /* "AUDIO", "SUBTITLES", … */
  gchar *group_id, *name, *language, *channels;
  gchar *uri;                   /* absolute; NULL: the variant itself carries it */
  gboolean is_default, autoselect;
} GstPinRendition;

struct _GstPinMasterPlaylist
{
  GPtrArray *variants;          /* of GstPinStreamInf, as listed; without I-frame ones */
  GPtrArray *renditions;        /* of GstPinRendition, as listed */
};

/* Bytes of a resource. length -1: to its end (then offset is 0) */
typedef struct
{
  gchar *uri;                   /* absolute */
  guint64 offset;
  gint64 length;
} GstPinExtent;

typedef struct
{
  gchar *uri;                   /* absolute; of a 16-byte AES-128 key */
  gchar *iv;                    /* as written ("0x…"); NULL: the media sequence number */
} GstPinKey;

/* One EXT-X-MAP: an init section */
typedef struct
{
  GstPinExtent extent;
  gint key;                     /* index into keys; -1: clear */
  guint64 sequence;             /* of the segment behind it; a key's implicit IV */
} GstPinMap;

typedef struct
{
  GstPinExtent extent;
  guint64 sequence;             /* media sequence number; a key's implicit IV */
  GstClockTime start;           /* since the playlist's beginning */
  GstClockTime duration;
  gint map;                     /* index into maps; -1: none */
  gint key;                     /* index into keys; -1: clear */
  gboolean discontinuity;       /* EXT-X-DISCONTINUITY stands before it */
  gchar *program_date_time;     /* as written; or NULL */
} GstPinSegment;

struct _GstPinMediaPlaylist
{
  guint version;
  GstClockTime target_duration;
  guint64 media_sequence;
  gboolean ended;               /* EXT-X-ENDLIST or PLAYLIST-TYPE:VOD */
  GPtrArray *segments;          /* of GstPinSegment; without EXT-X-GAP ones */
  guint gaps;                   /* how many EXT-X-GAP ones there are */
  GPtrArray *maps;              /* of GstPinMap: each EXT-X-MAP, in order, equal neighbours once */
  GPtrArray *keys;              /* of GstPinKey */
  GstClockTime duration;        /* sum of the segments' and gaps' */
};

/* TRUE: a master playlist; FALSE: a media playlist, or no playlist at all */
gboolean gst_pin_playlist_is_master (GBytes * text);

/* (transfer full) (element-type GstPinStreamInf) An empty list that owns what is
 * put in */
GPtrArray *gst_pin_stream_infs_new (void);

/* The average where it is given, else the peak; 0: neither */
guint64 gst_pin_stream_inf_get_bitrate (const GstPinStreamInf * self);

/* @base: the playlist's own absolute URL, after redirects. Errors:
 * SCHEMA (no playlist, nothing in it, past the caps), UNSUPPORTED (SAMPLE-AES and other
 * methods or key formats). Tolerates BOM, CRLF, stray blanks, non-UTF-8 titles. */
GstPinMasterPlaylist *gst_pin_master_playlist_parse (GBytes * text,
    const gchar * base, GError ** error);
GstPinMediaPlaylist *gst_pin_media_playlist_parse (GBytes * text,
    const gchar * base, GError ** error);
void gst_pin_master_playlist_free (GstPinMasterPlaylist * self);
void gst_pin_media_playlist_free (GstPinMediaPlaylist * self);

/* Whether one init section serves all segments */
gboolean gst_pin_media_playlist_has_one_map (const GstPinMediaPlaylist * self);

#define GST_PIN_IV_SIZE 16

/* RFC 8216, section 4.3.2.4: as given, or else the media sequence number */
void gst_pin_key_get_iv (const GstPinKey * self, guint64 sequence,
    guint8 * iv);

/* What a URI of the written playlist stands for */
typedef enum
{
  GST_PIN_PLAYLIST_SEGMENT,
  GST_PIN_PLAYLIST_MAP
} GstPinPlaylistItem;

/* Gives the (transfer full) URI that replaces item @index of its kind */
typedef gchar *(*GstPinPlaylistUriFunc) (GstPinPlaylistItem item, guint index,
    gpointer user_data);

/* Writes a VOD media playlist that stock hlsdemux reads right. With @func each
 * extent becomes a resource of its own (no BYTERANGE), which is not encrypted
 * (no KEY) and, unless one init section serves all segments, has its own in
 * front (no MAP). Without, URIs stay absolute and each BYTERANGE has its offset,
 * MAP before BYTERANGE. */
gchar *gst_pin_media_playlist_write (const GstPinMediaPlaylist * self,
    GstPinPlaylistUriFunc func, gpointer user_data);

/* Writes a master of exactly that variant and that audio rendition */
gchar *gst_pin_master_playlist_write (const GstPinStreamInf * variant,
    const gchar * variant_uri, const GstPinRendition * audio,
    const gchar * audio_uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMasterPlaylist,
    gst_pin_master_playlist_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinMediaPlaylist,
    gst_pin_media_playlist_free)

G_END_DECLS
