/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parameter sets by content: a set that repeats is the usual case and costs a
 * comparison, one that is new means that the stream has changed. The number of
 * sets is capped; a stream that goes on inventing some stays playable, since
 * they also remain in the samples.
 */
#include "mp4-params-private.h"
#include "mp4-box-private.h"

#include <string.h>

#define MAX_SETS 16
#define MAX_SET_SIZE 4096

enum
{
  VPS, SPS, PPS, N_KINDS
};

struct _GstPinMp4Params
{
  GstPinMp4VideoCodec codec;
  GPtrArray *sets[N_KINDS];     /* of GBytes */
};

GstPinMp4Params *
gst_pin_mp4_params_new (GstPinMp4VideoCodec codec)
{
  GstPinMp4Params *self = g_new0 (GstPinMp4Params, 1);
  guint i;

  self->codec = codec;
  for (i = 0; i < N_KINDS; i++)
    self->sets[i] =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return self;
}

void
gst_pin_mp4_params_free (GstPinMp4Params *self)
{
  guint i;

  for (i = 0; i < N_KINDS; i++)
    g_ptr_array_unref (self->sets[i]);
  g_free (self);
}

static gboolean
is_known (const GPtrArray *sets, const guint8 *data, gsize size)
{
  guint i;

  for (i = 0; i < sets->len; i++) {
    gsize known_size;
    gconstpointer known = g_bytes_get_data (sets->pdata[i], &known_size);

    if (known_size == size && memcmp (known, data, size) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
gst_pin_mp4_params_add (GstPinMp4Params *self, GstPinMp4NalKind kind,
    const guint8 *data, gsize size)
{
  GPtrArray *sets;

  if (kind == GST_PIN_MP4_NAL_VPS)
    sets = self->sets[VPS];
  else if (kind == GST_PIN_MP4_NAL_SPS)
    sets = self->sets[SPS];
  else if (kind == GST_PIN_MP4_NAL_PPS)
    sets = self->sets[PPS];
  else
    return FALSE;

  if (size < 4 - (kind == GST_PIN_MP4_NAL_PPS) * 2 || size > MAX_SET_SIZE
      || is_known (sets, data, size) || sets->len == MAX_SETS)
    return FALSE;
  g_ptr_array_add (sets, g_bytes_new (data, size));
  return TRUE;
}

gboolean
gst_pin_mp4_params_ready (const GstPinMp4Params *self)
{
  return self->sets[SPS]->len > 0 && self->sets[PPS]->len > 0
      && (self->codec == GST_PIN_MP4_H264 || self->sets[VPS]->len > 0);
}

static void
put_sets (GstPinMp4Box *box, const GPtrArray *sets)
{
  guint i;

  for (i = 0; i < sets->len; i++) {
    gsize size;
    gconstpointer data = g_bytes_get_data (sets->pdata[i], &size);

    gst_pin_mp4_put16 (box, size);
    gst_pin_mp4_put_data (box, data, size);
  }
}

/* AVCDecoderConfigurationRecord, 14496-15 5.3.3.1 */
static void
put_avcc (const GstPinMp4Params *self, GstPinMp4Box *box,
    const GstPinMp4Sps *sps)
{
  const guint8 *first = g_bytes_get_data (self->sets[SPS]->pdata[0], NULL);

  gst_pin_mp4_put8 (box, 1);
  gst_pin_mp4_put_data (box, first + 1, 3);
  gst_pin_mp4_put8 (box, 0xfc | 3);     /* lengths of four bytes */
  gst_pin_mp4_put8 (box, 0xe0 | self->sets[SPS]->len);
  put_sets (box, self->sets[SPS]);
  gst_pin_mp4_put8 (box, self->sets[PPS]->len);
  put_sets (box, self->sets[PPS]);
  if (first[1] == 66 || first[1] == 77 || first[1] == 88)
    return;
  gst_pin_mp4_put8 (box, 0xfc | sps->chroma_format);
  gst_pin_mp4_put8 (box, 0xf8 | (sps->luma_depth - 8));
  gst_pin_mp4_put8 (box, 0xf8 | (sps->chroma_depth - 8));
  gst_pin_mp4_put8 (box, 0);
}

/* HEVCDecoderConfigurationRecord, 14496-15 8.3.3.1 */
static void
put_hvcc (const GstPinMp4Params *self, GstPinMp4Box *box,
    const GstPinMp4Sps *sps)
{
  guint i;

  gst_pin_mp4_put8 (box, 1);
  gst_pin_mp4_put_data (box, sps->profile, sizeof (sps->profile));
  gst_pin_mp4_put16 (box, 0xf000);
  gst_pin_mp4_put8 (box, 0xfc);
  gst_pin_mp4_put8 (box, 0xfc | sps->chroma_format);
  gst_pin_mp4_put8 (box, 0xf8 | (sps->luma_depth - 8));
  gst_pin_mp4_put8 (box, 0xf8 | (sps->chroma_depth - 8));
  gst_pin_mp4_put16 (box, 0);
  gst_pin_mp4_put8 (box, sps->temporal_layers << 3
      | sps->temporal_nesting << 2 | 3);
  gst_pin_mp4_put8 (box, N_KINDS);
  for (i = 0; i < N_KINDS; i++) {
    gst_pin_mp4_put8 (box, 0x80 | (32 + i));    /* complete; VPS, SPS, PPS */
    gst_pin_mp4_put16 (box, self->sets[i]->len);
    put_sets (box, self->sets[i]);
  }
}

GBytes *
gst_pin_mp4_params_make_record (const GstPinMp4Params *self, GstPinMp4Sps *sps)
{
  GstPinMp4Box box = { 0, };
  gsize size;
  const guint8 *data;

  if (!gst_pin_mp4_params_ready (self))
    return NULL;
  data = g_bytes_get_data (self->sets[SPS]->pdata[0], &size);
  if (!gst_pin_mp4_sps_parse (self->codec, data, size, sps))
    return NULL;
  if (self->codec == GST_PIN_MP4_H264)
    put_avcc (self, &box, sps);
  else
    put_hvcc (self, &box, sps);
  return gst_pin_mp4_box_steal (&box);
}

/* Steps over one length-prefixed set. NULL: past the end */
static const guint8 *
take_set (const guint8 **p, const guint8 *end, gsize *size)
{
  const guint8 *set;

  if (end - *p < 2)
    return NULL;
  *size = GST_READ_UINT16_BE (*p);
  set = *p + 2;
  if ((gsize) (end - set) < *size)
    return NULL;
  *p = set + *size;
  return set;
}

typedef gboolean (*SetFunc) (GstPinMp4NalKind kind, const guint8 * set,
    gsize size, gpointer data);

/* Calls @func with each of @n sets until it returns FALSE. FALSE: cut short, or
 * @func did not want to go on. */
static gboolean
take_sets (const guint8 **p, const guint8 *end, guint n, GstPinMp4NalKind kind,
    SetFunc func, gpointer data)
{
  const guint8 *set;
  gsize size;

  for (; n > 0; n--) {
    if (!(set = take_set (p, end, &size)) || !func (kind, set, size, data))
      return FALSE;
  }
  return TRUE;
}

static void
walk_avcc (const guint8 *record, gsize size, SetFunc func, gpointer data)
{
  const guint8 *end, *p;

  if (size < 8)
    return;
  end = record + size;
  p = record + 6;
  if (!take_sets (&p, end, record[5] & 0x1f, GST_PIN_MP4_NAL_SPS,
          func, data) || p == end)
    return;
  p++;
  take_sets (&p, end, p[-1], GST_PIN_MP4_NAL_PPS, func, data);
}

static void
walk_hvcc (const guint8 *record, gsize size, SetFunc func, gpointer data)
{
  const guint8 *end, *p;
  guint arrays;

  if (size < 23)
    return;
  end = record + size;
  p = record + 23;
  for (arrays = record[22]; arrays > 0 && end - p >= 3; arrays--) {
    guint type = p[0] & 0x3f, n = GST_READ_UINT16_BE (p + 1);

    p += 3;
    if (!take_sets (&p, end, n, type == 32 ? GST_PIN_MP4_NAL_VPS
            : type == 33 ? GST_PIN_MP4_NAL_SPS : type == 34
            ? GST_PIN_MP4_NAL_PPS : GST_PIN_MP4_NAL_OTHER, func, data))
      return;
  }
}

static void
walk_record (GstPinMp4VideoCodec codec, const guint8 *record, gsize size,
    SetFunc func, gpointer data)
{
  if (codec == GST_PIN_MP4_H264)
    walk_avcc (record, size, func, data);
  else
    walk_hvcc (record, size, func, data);
}

typedef struct
{
  GstPinMp4VideoCodec codec;
  GstPinMp4Sps *sps;
  gboolean found;
} SpsSearch;

static gboolean
read_first_sps (GstPinMp4NalKind kind, const guint8 *set, gsize size,
    gpointer data)
{
  SpsSearch *search = data;

  if (kind != GST_PIN_MP4_NAL_SPS)
    return TRUE;
  search->found = gst_pin_mp4_sps_parse (search->codec, set, size, search->sps);
  return FALSE;
}

gboolean
gst_pin_mp4_params_read_record (GstPinMp4VideoCodec codec,
    const guint8 *record, gsize size, GstPinMp4Sps *sps)
{
  SpsSearch search = { codec, sps, FALSE };

  walk_record (codec, record, size, read_first_sps, &search);
  return search.found;
}

typedef struct
{
  GstPinMp4Box box;
  guint length_size;
} SetList;

static gboolean
list_set (GstPinMp4NalKind kind, const guint8 *set, gsize size, gpointer data)
{
  SetList *list = data;
  guint i;

  if (kind == GST_PIN_MP4_NAL_OTHER)
    return TRUE;
  if (list->length_size < 2 && size > G_MAXUINT8)
    return FALSE;
  for (i = list->length_size; i > 0; i--)
    gst_pin_mp4_put8 (&list->box, size >> (i - 1) * 8);
  gst_pin_mp4_put_data (&list->box, set, size);
  return TRUE;
}

GBytes *
gst_pin_mp4_params_list_sets (GstPinMp4VideoCodec codec, const guint8 *record,
    gsize size, guint *length_size)
{
  guint place = codec == GST_PIN_MP4_H264 ? 4 : 21;
  SetList list = { {0,}, };

  *length_size = size > place ? (record[place] & 3) + 1 : 0;
  list.length_size = *length_size;
  walk_record (codec, record, size, list_set, &list);
  return list.box.size > 0 ? gst_pin_mp4_box_steal (&list.box) : NULL;
}
