/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An MP4's sample entry to caps: what a track holds, and the decoder's set-up
 * as it stands. An entry that is not known here gives caps that no muxer
 * takes, but that name it, so that a warning can. Pure, any thread.
 * ISO/IEC 14496-12: 8.5.2; 14496-15 (avcC, hvcC); 14496-1: 7.2.6 (esds);
 * ETSI TS 102 366 annex F (AC-3).
 */
#include "pin-mp4-index.h"

#include <gst/pbutils/pbutils.h>
#include <string.h>

/* Where the boxes inside an entry start, from the entry's start */
#define VIDEO_CHILDREN 86
#define AUDIO_CHILDREN 36

static GstCaps *
make_unknown (const GstPinMp4Atom *entry, const gchar *handler)
{
  g_autofree gchar *fourcc =
      g_strndup ((const gchar *) entry->data + 4, 4);
  const gchar *kind = "text/x-unknown";

  if (g_str_equal (handler, "vide"))
    kind = "video/x-unknown";
  else if (g_str_equal (handler, "soun"))
    kind = "audio/x-unknown";
  g_strcanon (fourcc, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-. ", '?');
  return gst_caps_new_simple (kind, "fourcc", G_TYPE_STRING, fourcc, NULL);
}

static gboolean
find_child (const GstPinMp4Atom *entry, gsize first, const gchar *type,
    GstPinMp4Atom *box)
{
  while (gst_pin_mp4_atom_next (entry, &first, box)) {
    if (gst_pin_mp4_atom_is (box, type))
      return TRUE;
  }
  return FALSE;
}

static void
set_codec_data (GstCaps *caps, const guint8 *data, gsize size)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (data, size);

  gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, buffer, NULL);
}

/* --- Pictures --- */

static const struct
{
  const gchar *fourcc;
  const gchar *config;
  const gchar *caps;
} video_entries[] = {
  {"avc1", "avcC", "video/x-h264, stream-format=avc, alignment=au"},
  {"avc3", "avcC", "video/x-h264, stream-format=avc3, alignment=au"},
  {"hvc1", "hvcC", "video/x-h265, stream-format=hvc1, alignment=au"},
  {"hev1", "hvcC", "video/x-h265, stream-format=hev1, alignment=au"},
  {"av01", "av1C", "video/x-av1, stream-format=obu-stream, alignment=tu"},
};

static GstCaps *
read_video (const GstPinMp4Atom *entry)
{
  GstPinMp4Atom config, pasp;
  GstCaps *caps;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (video_entries); i++) {
    if (gst_pin_mp4_atom_is (entry, video_entries[i].fourcc))
      break;
  }
  if (i == G_N_ELEMENTS (video_entries)
      || !find_child (entry, VIDEO_CHILDREN, video_entries[i].config, &config)
      || config.size == GST_PIN_MP4_ATOM_HEADER)
    return NULL;

  caps = gst_caps_from_string (video_entries[i].caps);
  gst_caps_set_simple (caps,
      "width", G_TYPE_INT, (gint) gst_pin_mp4_atom_get16 (entry, 32),
      "height", G_TYPE_INT, (gint) gst_pin_mp4_atom_get16 (entry, 34), NULL);
  set_codec_data (caps, config.data + GST_PIN_MP4_ATOM_HEADER,
      config.size - GST_PIN_MP4_ATOM_HEADER);
  if (find_child (entry, VIDEO_CHILDREN, "pasp", &pasp)) {
    guint32 h = gst_pin_mp4_atom_get32 (&pasp, 8);
    guint32 v = gst_pin_mp4_atom_get32 (&pasp, 12);

    if (h > 0 && h < G_MAXINT16 && v > 0 && v < G_MAXINT16)
      gst_caps_set_simple (caps, "pixel-aspect-ratio", GST_TYPE_FRACTION,
          (gint) h, (gint) v, NULL);
  }
  return caps;
}

/* --- Sound --- */

/* A descriptor's tag, and its contents: base-128 length, 14496-1: 8.3.3 */
static gboolean
next_descriptor (const guint8 **data, const guint8 *end, guint8 *tag,
    gsize *size)
{
  guint i;

  if (*data >= end)
    return FALSE;
  *tag = *(*data)++;
  *size = 0;
  for (i = 0; i < 4 && *data < end; i++) {
    guint8 byte = *(*data)++;

    *size = (*size << 7) | (byte & 0x7f);
    if (!(byte & 0x80))
      return *size <= (gsize) (end - *data);
  }
  return FALSE;
}

/* ES_Descriptor ▸ DecoderConfigDescriptor ▸ DecoderSpecificInfo */
static gboolean
read_esds (const GstPinMp4Atom *esds, guint8 *type, const guint8 **specific,
    gsize *specific_size)
{
  const guint8 *data = esds->data + GST_PIN_MP4_FULL_ATOM_HEADER;
  const guint8 *end = esds->data + esds->size;
  guint8 tag, flags;
  gsize size;

  *specific = NULL;
  *specific_size = 0;
  if (esds->size < GST_PIN_MP4_FULL_ATOM_HEADER
      || !next_descriptor (&data, end, &tag, &size) || tag != 3 || size < 3)
    return FALSE;
  end = data + size;
  flags = data[2];
  data += 3;
  if (flags != 0 || !next_descriptor (&data, end, &tag, &size) || tag != 4
      || size < 13)
    return FALSE;
  *type = data[0];
  end = data + size;
  data += 13;
  if (next_descriptor (&data, end, &tag, &size) && tag == 5) {
    *specific = data;
    *specific_size = size;
  }
  return TRUE;
}

static GstCaps *
read_mpeg_audio (const GstPinMp4Atom *esds)
{
  const guint8 *specific;
  gsize size;
  guint8 type;
  GstCaps *caps;

  if (!read_esds (esds, &type, &specific, &size))
    return NULL;
  if (type == 0x69 || type == 0x6b)
    return gst_caps_from_string
        ("audio/mpeg, mpegversion=1, layer=3, parsed=true");
  if ((type != 0x40 && (type < 0x66 || type > 0x68)) || size < 2)
    return NULL;

  caps = gst_caps_from_string
      ("audio/mpeg, mpegversion=4, framed=true, stream-format=raw");
  gst_codec_utils_aac_caps_set_level_and_profile (caps, specific, size);
  set_codec_data (caps, specific, size);
  gst_caps_set_simple (caps,
      "rate", G_TYPE_INT, gst_codec_utils_aac_get_sample_rate (specific, size),
      "channels", G_TYPE_INT, gst_codec_utils_aac_get_channels (specific,
          size), NULL);
  return caps;
}

static GstCaps *
read_audio (const GstPinMp4Atom *entry)
{
  GstPinMp4Atom box;
  GstCaps *caps = NULL;
  GstStructure *s;
  gint value;

  if (gst_pin_mp4_atom_is (entry, "mp4a")) {
    if (find_child (entry, AUDIO_CHILDREN, "esds", &box))
      caps = read_mpeg_audio (&box);
  } else if (gst_pin_mp4_atom_is (entry, ".mp3")) {
    caps = gst_caps_from_string
        ("audio/mpeg, mpegversion=1, layer=3, parsed=true");
  } else if (gst_pin_mp4_atom_is (entry, "ac-3")) {
    caps = gst_caps_from_string ("audio/x-ac3, framed=true, alignment=frame");
  } else if (gst_pin_mp4_atom_is (entry, "ec-3")) {
    caps = gst_caps_from_string ("audio/x-eac3, framed=true, alignment=frame");
  }
  if (caps == NULL)
    return NULL;

  s = gst_caps_get_structure (caps, 0);
  if (!gst_structure_get_int (s, "rate", &value) || value <= 0)
    gst_structure_set (s, "rate", G_TYPE_INT,
        (gint) gst_pin_mp4_atom_get16 (entry, 32), NULL);
  if (!gst_structure_get_int (s, "channels", &value) || value <= 0)
    gst_structure_set (s, "channels", G_TYPE_INT,
        (gint) gst_pin_mp4_atom_get16 (entry, 24), NULL);
  return caps;
}

/*
 * gst_pin_mp4_entry_read:
 * @stsd: a track's sample descriptions
 * @handler: the track's handler type
 *
 * Returns: (transfer full) (nullable): what the first of them describes; NULL
 *   where there is none
 */
GstCaps *
gst_pin_mp4_entry_read (const GstPinMp4Atom *stsd, const gchar *handler)
{
  GstPinMp4Atom entry;
  gsize offset = GST_PIN_MP4_FULL_ATOM_HEADER + 4;
  GstCaps *caps = NULL;

  if (!gst_pin_mp4_atom_next (stsd, &offset, &entry))
    return NULL;
  if (g_str_equal (handler, "vide"))
    caps = read_video (&entry);
  else if (g_str_equal (handler, "soun"))
    caps = read_audio (&entry);
  return caps != NULL ? caps : make_unknown (&entry, handler);
}
