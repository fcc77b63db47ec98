/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The element between pads of the test's own: who waits for whom, what ends a
 * file, and what a flush, a release or a change of state does to it.
 */
#define _GNU_SOURCE                     /* memmem () */
#include "pinmp4mux.h"

#include <string.h>

#define AAC "audio/mpeg, mpegversion=4, stream-format=raw, rate=48000, " \
    "channels=2, codec_data=(buffer)1190"

typedef struct
{
  GstElement *mux;
  GstPad *out;                  /* what the mux pushes to */
  GstBus *bus;

  GMutex lock;
  GCond cond;
  gboolean blocked;             /* the next list waits */
  gboolean waiting;             /* … and does so now */
  gboolean seekable;
  GstFlowReturn result;
  GByteArray *file;
  guint64 position;
  guint n_eos;
} Fixture;

static GstFlowReturn
take_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  Fixture *f = g_object_get_data (G_OBJECT (pad), "fixture");
  GstFlowReturn result;
  guint i;

  g_mutex_lock (&f->lock);
  f->waiting = f->blocked;
  g_cond_broadcast (&f->cond);
  while (f->blocked)
    g_cond_wait (&f->cond, &f->lock);
  f->waiting = FALSE;
  result = f->result;
  for (i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);
    gsize size = gst_buffer_get_size (buffer);

    if (f->file->len < f->position + size)
      g_byte_array_set_size (f->file, f->position + size);
    gst_buffer_extract (buffer, 0, f->file->data + f->position, size);
    f->position += size;
  }
  g_mutex_unlock (&f->lock);
  gst_buffer_list_unref (list);
  return result;
}

static gboolean
take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Fixture *f = g_object_get_data (G_OBJECT (pad), "fixture");
  const GstSegment *segment;

  g_mutex_lock (&f->lock);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    gst_event_parse_segment (event, &segment);
    f->position = segment->start;
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    f->n_eos++;
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START) {
    f->blocked = FALSE;
    g_cond_broadcast (&f->cond);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    g_byte_array_set_size (f->file, 0);
    f->position = 0;
  }
  g_mutex_unlock (&f->lock);
  gst_event_unref (event);
  return TRUE;
}

static gboolean
take_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  Fixture *f = g_object_get_data (G_OBJECT (pad), "fixture");

  if (GST_QUERY_TYPE (query) != GST_QUERY_SEEKING)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_seeking (query, GST_FORMAT_BYTES, f->seekable, 0, -1);
  return TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GstPad) src = NULL;

  memset (f, 0, sizeof (*f));
  g_mutex_init (&f->lock);
  g_cond_init (&f->cond);
  f->file = g_byte_array_new ();
  f->seekable = TRUE;
  f->mux = gst_object_ref_sink (gst_element_factory_make ("pinmp4mux", NULL));
  f->bus = gst_bus_new ();
  gst_element_set_bus (f->mux, f->bus);
  f->out = gst_pad_new ("out", GST_PAD_SINK);
  g_object_set_data (G_OBJECT (f->out), "fixture", f);
  gst_pad_set_chain_list_function (f->out, take_list);
  gst_pad_set_event_function (f->out, take_event);
  gst_pad_set_query_function (f->out, take_query);
  gst_pad_set_active (f->out, TRUE);
  src = gst_element_get_static_pad (f->mux, "src");
  g_assert_cmpint (gst_pad_link (src, f->out), ==, GST_PAD_LINK_OK);
  if (data)
    gst_util_set_object_arg (G_OBJECT (f->mux), "format", data);
  gst_element_set_state (f->mux, GST_STATE_PLAYING);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_element_set_state (f->mux, GST_STATE_NULL);
  gst_element_set_bus (f->mux, NULL);
  gst_object_unref (f->bus);
  g_assert_cmpint (GST_OBJECT_REFCOUNT_VALUE (f->mux), ==, 1);
  gst_object_unref (f->mux);
  gst_object_unref (f->out);
  g_byte_array_unref (f->file);
  g_mutex_clear (&f->lock);
  g_cond_clear (&f->cond);
}

/* (transfer full) A pad of the test, linked to a new one of the mux, with
 * everything that comes before data */
static GstPad *
add_input_of (Fixture *f, const gchar *templ, const gchar *text)
{
  g_autoptr (GstPad) sink = gst_element_request_pad_simple (f->mux, templ);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  GstPad *src = gst_pad_new (NULL, GST_PAD_SRC);
  GstSegment segment;

  g_assert_nonnull (sink);
  gst_pad_set_active (src, TRUE);
  g_assert_cmpint (gst_pad_link (src, sink), ==, GST_PAD_LINK_OK);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (src, gst_event_new_stream_start ("test"));
  gst_pad_push_event (src, gst_event_new_caps (caps));
  gst_pad_push_event (src, gst_event_new_segment (&segment));
  return src;
}

static GstPad *
add_input (Fixture *f, const gchar *templ)
{
  return add_input_of (f, templ, AAC);
}

/* Gives a pad back, as an application would */
static void
drop_input (Fixture *f, GstPad *src)
{
  GstPad *sink = gst_pad_get_peer (src);

  if (sink) {
    gst_pad_unlink (src, sink);
    gst_element_release_request_pad (f->mux, sink);
    gst_object_unref (sink);
  }
  gst_pad_set_active (src, FALSE);
  gst_object_unref (src);
}

static GstFlowReturn
push (GstPad *src, guint from, guint to, gsize size)
{
  GstFlowReturn result = GST_FLOW_OK;

  for (; from < to && result == GST_FLOW_OK; from++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

    gst_buffer_memset (buffer, 0, 0, size);
    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (from, 1024 * GST_SECOND,
        48000);
    result = gst_pad_push (src, buffer);
  }
  return result;
}

static gboolean
contains (Fixture *f, const gchar *text)
{
  return f->file->len > 0 && memmem (f->file->data, f->file->len, text,
      strlen (text)) != NULL;
}

static void
test_eos_of_all (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u"), *b = add_input (f, "audio_%u");

  g_assert_cmpint (push (a, 0, 100, 300), ==, GST_FLOW_OK);
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 0);
  g_assert_cmpint (push (b, 0, 50, 300), ==, GST_FLOW_OK);
  gst_pad_push_event (b, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 1);
  g_assert_true (contains (f, "moov"));
  g_assert_cmpint (push (b, 50, 51, 300), ==, GST_FLOW_EOS);
  drop_input (f, a);
  drop_input (f, b);
}

/* With the first sample of the last track, and with the tags that came before */
static void
test_header_is_early (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u"), *b = add_input (f, "audio_%u");
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, "in the header", NULL);

  push (a, 0, 10, 300);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  gst_pad_push_event (b, gst_event_new_tag (tags));
  g_assert_cmpuint (f->file->len, ==, 0);
  push (b, 0, 1, 300);
  g_assert_true (contains (f, "moov"));
  g_assert_true (contains (f, "in the header"));
  g_assert_false (contains (f, "moof"));
  push (a, 10, 30, 300);
  push (b, 1, 30, 300);
  g_assert_true (contains (f, "moof"));
  drop_input (f, a);
  drop_input (f, b);
}

static void
change_caps (GstPad *src, const gchar *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  g_assert_true (gst_pad_peer_query_accept_caps (src, caps));
  g_assert_true (gst_pad_push_event (src, gst_event_new_caps (caps)));
}

/* A second sample entry where the header comes last; a warning, once, where it
 * has gone */
static void
test_changed_sound (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");
  gboolean is_fragmented = g_strcmp0 (data, "fragmented") == 0;
  guint i, warnings = 0;
  GstMessage *message;

  for (i = 0; i < 3; i++) {
    change_caps (a, AAC);
    g_assert_cmpint (push (a, 200 * i, 200 * i + 100, 300), ==, GST_FLOW_OK);
    change_caps (a, "audio/mpeg, mpegversion=4, stream-format=raw, rate=48000, "
        "channels=1, codec_data=(buffer)1188");
    g_assert_cmpint (push (a, 200 * i + 100, 200 * i + 200, 300), ==,
        GST_FLOW_OK);
  }
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 1);
  while ((message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_WARNING))) {
    warnings++;
    gst_message_unref (message);
  }
  g_assert_cmpuint (warnings, ==, is_fragmented);
  if (is_fragmented)
    g_assert_cmpuint (f->file->len, <, 300 * 300 + 10000);
  else
    g_assert_cmpuint (f->file->len, >, 600 * 300);
  drop_input (f, a);
}

/* All cues at once before the sound, as pinmp4bin brings them */
static void
test_text (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");
  GstPad *text = add_input_of (f, "text_%u", "text/x-raw, format=utf8");
  GstTagList *tags = gst_tag_list_new (GST_TAG_LANGUAGE_CODE, "de-AT", NULL);
  guint i;

  gst_pad_push_event (text, gst_event_new_tag (tags));
  for (i = 0; i < 5; i++) {
    GstBuffer *cue = gst_buffer_new_memdup ("Wort", 4);

    GST_BUFFER_PTS (cue) = i * GST_SECOND;
    GST_BUFFER_DURATION (cue) = GST_SECOND / 2;
    g_assert_cmpint (gst_pad_push (text, cue), ==, GST_FLOW_OK);
  }
  gst_pad_push_event (text, gst_event_new_eos ());
  push (a, 0, 100, 300);
  g_assert_cmpuint (f->n_eos, ==, 0);
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 1);
  g_assert_true (contains (f, "tx3g"));
  g_assert_true (contains (f, "Wort"));
  g_assert_true (contains (f, "\x10\xb5"));     /* "deu" */
  drop_input (f, text);
  drop_input (f, a);
}

/* Nobody waits for a pad that brings nothing, however much the other brings */
static void
test_silent_pad (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u"), *silent = add_input (f, "audio_%u");

  g_assert_cmpint (push (a, 0, 20000, 1000), ==, GST_FLOW_OK);
  g_assert_cmpuint (f->file->len, >, 15000000);
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 0);
  drop_input (f, silent);
  g_assert_cmpuint (f->n_eos, ==, 1);
  drop_input (f, a);
}

/* A track that says that it has nothing to say is not waited for */
static void
test_gap (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u"), *b = add_input (f, "audio_%u");

  push (a, 0, 200, 300);
  push (b, 0, 1, 300);
  g_assert_false (contains (f, "moof"));
  gst_pad_push_event (b, gst_event_new_gap (0, GST_SECOND));
  g_assert_true (contains (f, "moof"));
  drop_input (f, a);
  drop_input (f, b);
}

static void
test_unlinked_pad (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");
  g_autoptr (GstPad) unlinked =
      gst_element_request_pad_simple (f->mux, "video_%u");

  push (a, 0, 100, 300);
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 1);
  gst_element_release_request_pad (f->mux, unlinked);
  drop_input (f, a);
}

static void
test_flush_begins_anew (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");
  GstSegment segment;

  push (a, 0, 2000, 1000);
  gst_pad_push_event (a, gst_event_new_flush_start ());
  gst_pad_push_event (a, gst_event_new_flush_stop (TRUE));
  g_assert_cmpuint (f->file->len, ==, 0);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (a, gst_event_new_segment (&segment));
  g_assert_cmpint (push (a, 0, 10, 1000), ==, GST_FLOW_OK);
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 1);
  g_assert_cmpmem (f->file->data + 4, 4, "ftyp", 4);
  g_assert_cmpuint (f->file->len, <, 20000);
  drop_input (f, a);
}

/* What failed downstream is not finished, and says so upstream */
static void
test_error_does_not_finish (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");

  push (a, 0, 1500, 1000);
  f->result = GST_FLOW_ERROR;
  g_assert_cmpint (push (a, 1500, 9000, 1000), ==, GST_FLOW_ERROR);
  f->result = GST_FLOW_OK;
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 0);
  g_assert_false (contains (f, "moov"));
  drop_input (f, a);
}

/* Nor is what failed here: upstream makes an EOS of every error */
static void
test_own_error_does_not_finish (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u"), *b = add_input (f, "audio_%u");
  GstMessage *message;

  push (a, 0, 100, 1000);
  g_assert_cmpint (gst_pad_push (b, gst_buffer_new_allocate (NULL, 10, NULL)),
      ==, GST_FLOW_ERROR);
  g_assert_cmpint (push (a, 100, 101, 1000), ==, GST_FLOW_ERROR);
  gst_pad_push_event (a, gst_event_new_eos ());
  gst_pad_push_event (b, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 0);
  g_assert_false (contains (f, "moov"));
  message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_unref (message);
  g_assert_null (gst_bus_pop_filtered (f->bus, GST_MESSAGE_ERROR));
  drop_input (f, a);
  drop_input (f, b);
}

static void
test_nothing_is_an_error (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");
  GstMessage *message;

  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 0);
  message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_unref (message);
  drop_input (f, a);
}

static void
test_tags (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");
  GstTagList *global = gst_tag_list_new (GST_TAG_TITLE, "from upstream", NULL);
  GstTagList *stream = gst_tag_list_new (GST_TAG_LANGUAGE_CODE, "de",
      GST_TAG_COMMENT, "of one stream only", NULL);

  gst_tag_list_set_scope (global, GST_TAG_SCOPE_GLOBAL);
  gst_tag_setter_add_tags (GST_TAG_SETTER (f->mux), GST_TAG_MERGE_APPEND,
      GST_TAG_ARTIST, "from the user", NULL);
  gst_pad_push_event (a, gst_event_new_tag (global));
  gst_pad_push_event (a, gst_event_new_tag (stream));
  push (a, 0, 100, 300);
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_true (contains (f, "from upstream"));
  g_assert_true (contains (f, "from the user"));
  g_assert_false (contains (f, "of one stream only"));
  g_assert_true (contains (f, "\x10\xb5"));     /* "deu" */
  drop_input (f, a);
}

static gboolean
answer_size (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstFormat format;

  if (GST_QUERY_TYPE (query) != GST_QUERY_DURATION)
    return gst_pad_query_default (pad, parent, query);
  gst_query_parse_duration (query, &format, NULL);
  if (format != GST_FORMAT_BYTES)
    return FALSE;
  gst_query_set_duration (query, format, 64 * 1024 * 1024);
  return TRUE;
}

/* The room that a file gets whose tracks come from @n pads of one element, which
 * knows its size, and no duration */
static guint
get_reserve (guint n)
{
  GstElement *element = gst_object_ref_sink (gst_bin_new (NULL));
  Fixture f = { 0, };
  GstPad *pads[2];
  guint i, size;

  set_up (&f, "faststart");
  for (i = 0; i < n; i++) {
    pads[i] = add_input (&f, "audio_%u");
    gst_pad_set_query_function (pads[i], answer_size);
    gst_element_add_pad (element, gst_object_ref (pads[i]));
  }
  for (i = 0; i < 3000; i++)
    g_assert_cmpint (push (pads[i % n], i / n, i / n + 1, 1000), ==,
        GST_FLOW_OK);
  g_assert_cmpuint (f.file->len, >, 1000000);
  g_assert_cmpmem (f.file->data + 32, 4, "free", 4);
  size = GST_READ_UINT32_BE (f.file->data + 28);
  for (i = 0; i < n; i++) {
    gst_element_remove_pad (element, pads[i]);
    drop_input (&f, pads[i]);
  }
  gst_object_unref (element);
  tear_down (&f, NULL);
  return size;
}

static gboolean
give_duration (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_DURATION)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_duration (query, GST_FORMAT_TIME, 60 * GST_SECOND);
  return TRUE;
}

/* How long it is going to be is asked for, and said in the header */
static void
test_duration (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");
  const guint8 *mehd;

  gst_pad_set_query_function (a, give_duration);
  push (a, 0, 100, 300);
  mehd = memmem (f->file->data, f->file->len, "mehd", 4);
  g_assert_nonnull (mehd);
  g_assert_cmpuint (GST_READ_UINT64_BE (mehd + 8), ==, 60 * 90000);
  drop_input (f, a);
}

/* A demuxer that says upstream's size on each of its pads has it once */
static void
test_size_counts_once (void)
{
  guint one = get_reserve (1), two = get_reserve (2);

  g_assert_cmpuint (one, >, 300000);
  g_assert_cmpuint (two, <, one * 3 / 2);
}

static gpointer
push_much (gpointer src)
{
  return GINT_TO_POINTER (push (src, 0, 100000, 1000));
}

#define PIECE 65536
static gint n_pieces;           /* atomic: that are alive */

static void
drop_piece (gpointer data)
{
  g_atomic_int_add (&n_pieces, -1);
}

/* More than what may wait */
static gpointer
push_pieces (gpointer src)
{
  static guint8 zeros[PIECE];
  GstFlowReturn result = GST_FLOW_OK;
  guint i;

  for (i = 0; i < 1000 && result == GST_FLOW_OK; i++) {
    GstBuffer *buffer = gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY,
        zeros, PIECE, 0, PIECE, NULL, drop_piece);

    g_atomic_int_inc (&n_pieces);
    GST_BUFFER_PTS (buffer) = i * GST_MSECOND;
    result = gst_pad_push (src, buffer);
  }
  return GINT_TO_POINTER (result);
}

/* Up to the bound for certain, and not a moment later beyond it */
static void
assert_bounded (void)
{
  const gint bound = 16 * 1024 * 1024 / PIECE;
  guint i;

  while (g_atomic_int_get (&n_pieces) < bound - 32)
    g_usleep (1000);
  for (i = 0; i < 100; i++) {
    g_assert_cmpint (g_atomic_int_get (&n_pieces), <, bound + 32);
    g_usleep (1000);
  }
}

static gpointer
push_without_end (gpointer src)
{
  return GINT_TO_POINTER (push (src, 0, G_MAXUINT, 1000));
}

static void
wait_until_waiting (Fixture *f)
{
  g_mutex_lock (&f->lock);
  while (!f->waiting)
    g_cond_wait (&f->cond, &f->lock);
  g_mutex_unlock (&f->lock);
}

/* While downstream blocks one thread, the other goes on to the bound and no
 * further; to READY, both leave at once */
static void
test_stop_while_blocked (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u"), *b = add_input (f, "audio_%u");
  GThread *one, *two;
  gint64 start;

  f->blocked = TRUE;
  one = g_thread_new ("one", push_much, a);
  wait_until_waiting (f);
  two = g_thread_new ("two", push_pieces, b);
  assert_bounded ();
  start = g_get_monotonic_time ();
  g_mutex_lock (&f->lock);
  f->blocked = FALSE;
  f->result = GST_FLOW_FLUSHING;
  g_cond_broadcast (&f->cond);
  g_mutex_unlock (&f->lock);
  gst_element_set_state (f->mux, GST_STATE_NULL);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (one)), ==,
      GST_FLOW_FLUSHING);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (two)), ==,
      GST_FLOW_FLUSHING);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (f->n_eos, ==, 0);
  drop_input (f, a);
  drop_input (f, b);
}

/* A pipeline around the mux, in @state, whose two inputs never end; stopped
 * after @wait µs. Returns how long that took, in µs. */
static gint64
run_and_stop (const gchar *format, GstState state, guint wait)
{
  g_autoptr (GstElement) pipeline = gst_parse_launch ("pinmp4mux name=mux ! "
      "queue max-size-buffers=1 ! fakesink async=false", NULL);
  Fixture f = { gst_bin_get_by_name (GST_BIN (pipeline), "mux"), };
  GThread *threads[2];
  GstPad *pads[2];
  gint64 start;
  guint i;

  gst_util_set_object_arg (G_OBJECT (f.mux), "format", format);
  gst_element_set_state (pipeline, state);
  for (i = 0; i < 2; i++)
    pads[i] = add_input (&f, "audio_%u");
  for (i = 0; i < 2; i++)
    threads[i] = g_thread_new ("input", push_without_end, pads[i]);
  g_usleep (wait);
  start = g_get_monotonic_time ();
  gst_element_set_state (pipeline, GST_STATE_NULL);
  start = g_get_monotonic_time () - start;
  for (i = 0; i < 2; i++) {
    g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (threads[i])), ==,
        GST_FLOW_FLUSHING);
    drop_input (&f, pads[i]);
  }
  gst_object_unref (f.mux);
  return start;
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 *one = a, *two = b;

  return *one < *two ? -1 : *one > *two;
}

/* While data flow, while downstream takes none (paused, it waits for the data
 * after the first), from the first moment on. A busy machine may be slow now
 * and then, not every time. */
static void
test_stop_at_any_moment (void)
{
  static const gchar *formats[] = { "faststart", "fragmented", "plain" };
  gint64 times[60];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (times); i++)
    times[i] = run_and_stop (formats[i % 3],
        i % 2 ? GST_STATE_PLAYING : GST_STATE_PAUSED, i * i * 10);
  qsort (times, G_N_ELEMENTS (times), sizeof (times[0]), compare_times);
  g_test_message ("median %d us, slowest %d us", (gint) times[30],
      (gint) times[59]);
  g_assert_cmpint (times[48], <, 100000);
}

static void
test_reused (Fixture *f, gconstpointer data)
{
  GstPad *a = add_input (f, "audio_%u");

  push (a, 0, 1500, 1000);
  drop_input (f, a);
  gst_element_set_state (f->mux, GST_STATE_READY);
  g_byte_array_set_size (f->file, 0);
  f->position = 0;
  f->n_eos = 0;
  gst_element_set_state (f->mux, GST_STATE_PLAYING);
  a = add_input (f, "audio_%u");
  g_assert_cmpint (push (a, 0, 100, 1000), ==, GST_FLOW_OK);
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_cmpuint (f->n_eos, ==, 1);
  g_assert_cmpuint (f->file->len, <, 110000);
  drop_input (f, a);
}

static void
test_no_way_back (Fixture *f, gconstpointer data)
{
  GstPad *a;
  GstMessage *message;

  f->seekable = FALSE;
  a = add_input (f, "audio_%u");
  push (a, 0, 3000, 1000);
  gst_pad_push_event (a, gst_event_new_eos ());
  g_assert_true (contains (f, "moof"));
  message = gst_bus_pop_filtered (f->bus, GST_MESSAGE_WARNING);
  g_assert_cmpint (message != NULL, ==, g_strcmp0 (data, "faststart") == 0);
  g_clear_pointer (&message, gst_message_unref);
  drop_input (f, a);
}

#define ADD(name, format, func) \
    g_test_add ("/pinmp4mux/" name, Fixture, format, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  GST_ELEMENT_REGISTER (pinmp4mux, NULL);
  ADD ("eos-of-all", NULL, test_eos_of_all);
  ADD ("eos-of-all/fragmented", "fragmented", test_eos_of_all);
  ADD ("header-is-early/fragmented", "fragmented", test_header_is_early);
  ADD ("changed-sound", "plain", test_changed_sound);
  ADD ("changed-sound/fragmented", "fragmented", test_changed_sound);
  ADD ("text", "faststart", test_text);
  ADD ("text/fragmented", "fragmented", test_text);
  ADD ("silent-pad", NULL, test_silent_pad);
  ADD ("silent-pad/fragmented", "fragmented", test_silent_pad);
  ADD ("gap", "fragmented", test_gap);
  ADD ("unlinked-pad", NULL, test_unlinked_pad);
  ADD ("flush-begins-anew", "plain", test_flush_begins_anew);
  ADD ("error-does-not-finish", "faststart", test_error_does_not_finish);
  ADD ("own-error-does-not-finish", NULL, test_own_error_does_not_finish);
  ADD ("nothing-is-an-error", NULL, test_nothing_is_an_error);
  ADD ("tags", "faststart", test_tags);
  ADD ("tags/fragmented", "fragmented", test_tags);
  ADD ("stop-while-blocked", NULL, test_stop_while_blocked);
  g_test_add_func ("/pinmp4mux/stop-at-any-moment", test_stop_at_any_moment);
  g_test_add_func ("/pinmp4mux/size-counts-once", test_size_counts_once);
  ADD ("duration", "fragmented", test_duration);
  ADD ("reused", NULL, test_reused);
  ADD ("no-way-back", "auto", test_no_way_back);
  ADD ("no-way-back/faststart", "faststart", test_no_way_back);
  return g_test_run ();
}
