/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes what a pad of the muxer gets, on its whole way into a file. The first
 * byte says which form, the second which layout; what follows are pieces, each
 * behind three bytes: its size, and by how much time goes on, or that it has
 * none, or that it jumps. Samples cover
 * what is yielded, and what is written is as long as it says.
 */
#include "mp4-intake-private.h"
#include "mp4-writer-private.h"

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

/* Of those that are configured, the first piece is the configuration */
static const struct
{
  const gchar *caps;
  GstPinMp4Kind kind;
  gboolean is_configured;
} forms[] = {
  {"video/x-h264, stream-format=byte-stream, alignment=au", GST_PIN_MP4_VIDEO},
  {"video/x-h264, stream-format=byte-stream", GST_PIN_MP4_VIDEO},
  {"video/x-h265, stream-format=byte-stream, alignment=au", GST_PIN_MP4_VIDEO},
  {"audio/mpeg, mpegversion=4, stream-format=adts", GST_PIN_MP4_AUDIO},
  {"audio/mpeg, mpegversion=1", GST_PIN_MP4_AUDIO},
  {"audio/x-ac3", GST_PIN_MP4_AUDIO},
  {"audio/x-eac3", GST_PIN_MP4_AUDIO},
  {"text/x-raw, format=utf8", GST_PIN_MP4_TEXT},
  {"text/x-raw, format=pango-markup", GST_PIN_MP4_TEXT},
  {"video/x-h264, stream-format=avc, alignment=au", GST_PIN_MP4_VIDEO, TRUE},
  {"video/x-h265, stream-format=hvc1, alignment=au", GST_PIN_MP4_VIDEO, TRUE},
  {"audio/mpeg, mpegversion=4, stream-format=raw", GST_PIN_MP4_AUDIO, TRUE},
};

/* Cuts the next piece off; gives how many milliseconds lie before it */
static guint
take_piece (const guint8 **data, gsize *size, GstBuffer **piece)
{
  const guint8 *head = *data;
  gsize n = MIN ((gsize) (head[0] << 8 | head[1]) & 0xfff, *size - 3);

  *piece = gst_buffer_new_allocate (NULL, n, NULL);
  gst_buffer_fill (*piece, 0, head + 3, n);
  *data += 3 + n;
  *size -= 3 + n;
  return head[2];
}

/* After @time; a few steps have a meaning of their own */
static gint64
find_time (gint64 time, guint step)
{
  switch (step) {
    case 0xff:
      return GST_PIN_MP4_NO_TIME;
    case 0xfe:
      return time - 10 * GST_SECOND;
    case 0xfd:
      return time + 24 * 3600 * GST_SECOND;
    default:
      return time + step * (gint64) GST_MSECOND;
  }
}

static void
take_yield (GstPinMp4Track *track, GstPinMp4Yield *yield)
{
  gsize sum = 0;
  guint i;

  if (yield->entry)
    gst_pin_mp4_track_set_entry (track, g_steal_pointer (&yield->entry),
        yield->replaces);
  for (i = 0; i < yield->samples->len; i++)
    sum += g_array_index (yield->samples, GstPinMp4Sample, i).size;
  g_assert (sum == (yield->data ? gst_buffer_get_size (yield->data) : 0));
  if (yield->data && yield->samples->len > 0 && track->timescale > 0)
    gst_pin_mp4_track_push (track, g_steal_pointer (&yield->data),
        (GstPinMp4Sample *) yield->samples->data, yield->samples->len);
  gst_pin_mp4_yield_clear (yield);
}

static void
take_writes (GstPinMp4Writer *writer)
{
  GstPinMp4Write write;

  while (gst_pin_mp4_writer_take (writer, &write)) {
    g_assert (gst_buffer_list_calculate_size (write.list) == write.size);
    gst_buffer_list_unref (write.list);
  }
}

static gboolean
set_caps (GstPinMp4Intake *intake, guint form, GstBuffer *configuration)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (forms[form].caps);

  if (forms[form].is_configured)
    gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, configuration,
        NULL);
  return gst_pin_mp4_intake_set_caps (intake, caps, NULL);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GstPinMp4Intake) intake = gst_pin_mp4_intake_new ();
  g_autoptr (GstPinMp4Writer) writer = NULL;
  g_autoptr (GstBuffer) first = NULL;
  GstPinMp4Track *track;
  GstPinMp4Yield yield;
  gint64 time = 0;
  guint form;

  if (size < 5)
    return 0;
  form = data[0] % G_N_ELEMENTS (forms);
  writer = gst_pin_mp4_writer_new (data[1] % 3, data[1] & 4, 100 * GST_MSECOND);
  track = gst_pin_mp4_writer_add_track (writer, forms[form].kind);
  data += 2;
  size -= 2;
  if (forms[form].is_configured)
    take_piece (&data, &size, &first);
  if (!set_caps (intake, form, first))
    return 0;
  gst_pin_mp4_yield_init (&yield);
  while (size >= 3) {
    GstBuffer *piece;
    guint step = take_piece (&data, &size, &piece);
    gint64 now = find_time (time, step);

    if (step & 1)
      GST_BUFFER_DURATION (piece) = step * 3 * GST_MSECOND;
    gst_pin_mp4_intake_push (intake, piece, now, now, &yield, NULL);
    time = now == GST_PIN_MP4_NO_TIME ? time : now;
    take_yield (track, &yield);
    gst_pin_mp4_writer_update (writer);
    take_writes (writer);
  }
  gst_pin_mp4_intake_drain (intake, &yield);
  take_yield (track, &yield);
  gst_pin_mp4_writer_finish (writer);
  take_writes (writer);
  gst_pin_mp4_yield_finish (&yield);
  return 0;
}
