/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cues of captions → samples of `tx3g` (3GPP TS 26.245). A buffer is a cue, with
 * its time and how long it stands; cues may overlap and leave gaps. A track
 * of MP4 has one sample at any time, so what stands together becomes one
 * sample of several lines, and where nothing stands there is an empty one
 * (5.17), behind the last cue too, for readers that look at when samples begin
 * and not at how long they are (ffmpeg 5.1 in fragmented files). A sample is
 * known only when the next cue begins, or with the end.
 *
 * Texts come from the network: how long a cue is, how long it stands and how
 * many stand together are capped.
 */
#include "mp4-intake-private.h"

#include <string.h>

/* Lines that nobody could read in time any more */
#define MAX_TOGETHER 16
#define MAX_CUE_SIZE (16 * 1024)
#define MAX_CUE_TIME (24 * 60 * 60 * GST_SECOND)
/* Of the last cue, where nobody has said how long it stands */
#define LAST_CUE_TIME (2 * (gint64) GST_SECOND)
#define UNTIL_NEXT G_MAXINT64

typedef struct
{
  gint64 end;
  gchar *text;
} Cue;

typedef struct
{
  gboolean is_markup, has_entry;
  gint64 cursor;                /* samples reach up to here; NO_TIME: none yet */
  GArray *cues;                 /* of Cue: what stands at the cursor */
} Text;

static void
clear_cue (gpointer data)
{
  g_free (((Cue *) data)->text);
}

static gpointer
text_create (const GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  Text *self = g_new0 (Text, 1);

  self->is_markup = g_strcmp0 (gst_structure_get_string (s, "format"),
      "pango-markup") == 0;
  self->cursor = GST_PIN_MP4_NO_TIME;
  self->cues = g_array_new (FALSE, FALSE, sizeof (Cue));
  g_array_set_clear_func (self->cues, clear_cue);
  return self;
}

static void
text_destroy (gpointer state)
{
  Text *self = state;

  g_array_unref (self->cues);
  g_free (self);
}

static void
take_text (GMarkupParseContext *context, const gchar *text, gsize size,
    gpointer plain, GError **error)
{
  g_string_append_len (plain, text, size);
}

/* What is no markup is what it looks like */
static gchar *
strip_markup (const gchar *markup)
{
  static const GMarkupParser parser = { NULL, NULL, take_text, NULL, NULL };
  g_autofree gchar *whole = g_strdup_printf ("<x>%s</x>", markup);
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, 0, plain, NULL);

  if (!g_markup_parse_context_parse (context, whole, -1, NULL)
      || !g_markup_parse_context_end_parse (context, NULL))
    return g_strdup (markup);
  return g_strndup (plain->str, plain->len);
}

/* (transfer full) (nullable) What is to be read, in valid UTF-8 */
static gchar *
read_text (const Text *self, GstBuffer *buffer)
{
  g_autofree gchar *valid = NULL;
  GstMapInfo map;
  gsize size;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return NULL;
  size = strnlen ((const gchar *) map.data, MIN (map.size, MAX_CUE_SIZE));
  valid = g_utf8_make_valid ((const gchar *) map.data, size);
  gst_buffer_unmap (buffer, &map);
  if (self->is_markup) {
    g_autofree gchar *markup = g_steal_pointer (&valid);

    valid = strip_markup (markup);
  }
  g_strstrip (valid);
  return valid[0] ? g_steal_pointer (&valid) : NULL;
}

/* What stands from the cursor on, up to @until */
static void
add_sample (Text *self, gint64 until, GstPinMp4Box *box,
    GstPinMp4Yield *yield)
{
  gsize start = box->size;
  guint i;

  if (until <= self->cursor)
    return;
  gst_pin_mp4_put16 (box, 0);
  for (i = 0; i < self->cues->len; i++) {
    const gchar *text = g_array_index (self->cues, Cue, i).text;
    gsize size = strlen (text);

    if (box->size - start + size > G_MAXUINT16)
      break;
    if (i > 0)
      gst_pin_mp4_put8 (box, '\n');
    gst_pin_mp4_put_data (box, text, size);
  }
  GST_WRITE_UINT16_BE (box->data + start, box->size - start - 2);
  gst_pin_mp4_yield_add (yield, self->cursor, self->cursor,
      until - self->cursor, box->size - start, TRUE);
  self->cursor = until;
}

static gint64
find_first_end (const Text *self)
{
  gint64 end = UNTIL_NEXT;
  guint i;

  for (i = 0; i < self->cues->len; i++)
    end = MIN (end, g_array_index (self->cues, Cue, i).end);
  return end;
}

static void
drop_ended (Text *self)
{
  guint i = 0;

  while (i < self->cues->len) {
    if (g_array_index (self->cues, Cue, i).end <= self->cursor)
      g_array_remove_index (self->cues, i);
    else
      i++;
  }
}

/* Samples up to @time, one for each change of what stands */
static void
advance (Text *self, gint64 time, GstPinMp4Box *box, GstPinMp4Yield *yield)
{
  gint64 end;

  while ((end = find_first_end (self)) <= time && end != UNTIL_NEXT) {
    add_sample (self, end, box, yield);
    drop_ended (self);
  }
  add_sample (self, time, box, yield);
}

/* Cues without an end of their own end here */
static void
end_open_cues (Text *self, gint64 time)
{
  guint i;

  for (i = 0; i < self->cues->len; i++) {
    Cue *cue = &g_array_index (self->cues, Cue, i);

    if (cue->end == UNTIL_NEXT)
      cue->end = time;
  }
}

static gboolean
text_push (gpointer state, GstBuffer *buffer, gint64 pts, gint64 dts,
    GstPinMp4Yield *yield, GError **error)
{
  Text *self = state;
  GstPinMp4Box box = { 0, };
  Cue cue = { UNTIL_NEXT, read_text (self, buffer) };

  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    cue.end = pts + (gint64) MIN (GST_BUFFER_DURATION (buffer), MAX_CUE_TIME);
  gst_buffer_unref (buffer);
  if (pts == GST_PIN_MP4_NO_TIME || !cue.text || cue.end <= pts
      || cue.end <= self->cursor) {
    g_free (cue.text);
    return TRUE;
  }
  if (!self->has_entry)
    yield->entry = gst_pin_mp4_entry_new_text ();
  self->has_entry = TRUE;
  if (self->cursor == GST_PIN_MP4_NO_TIME)
    self->cursor = pts;
  end_open_cues (self, pts);
  advance (self, pts, &box, yield);
  if (self->cues->len < MAX_TOGETHER)
    g_array_append_val (self->cues, cue);
  else
    g_free (cue.text);
  if (box.size > 0)
    yield->data = gst_pin_mp4_box_steal_buffer (&box);
  return TRUE;
}

static void
text_drain (gpointer state, GstPinMp4Yield *yield)
{
  Text *self = state;
  GstPinMp4Box box = { 0, };

  end_open_cues (self, self->cursor + LAST_CUE_TIME);
  while (self->cues->len > 0)
    advance (self, find_first_end (self), &box, yield);
  if (self->has_entry)
    add_sample (self, self->cursor + (gint64) GST_MSECOND, &box, yield);
  if (box.size > 0)
    yield->data = gst_pin_mp4_box_steal_buffer (&box);
}

const GstPinMp4Form gst_pin_mp4_form_text = {
  TRUE, text_create, text_destroy, text_push, text_drain
};
