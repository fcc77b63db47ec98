/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page's bytes and a Pin's id → what the page says about that Pin. Whoever
 * receives a page makes one, feeds it, asks it at the end, and drops it; it
 * belongs to one thread at a time.
 *
 * The scanner finds the blocks. Each is read as soon as it is whole by the
 * reader of the table that knows it, and what they say is joined at the end:
 * what one block lacks another may have.
 *
 * Most of a page is about other Pins, and comes behind the wanted one. So a
 * telling that leaves nothing to ask ends the reading, and what comes later is
 * as if it were not there, even if it came in the same piece: the answer does
 * not depend on how the network cut the page. The state is larger than all
 * other blocks, so it is looked into while it is still coming.
 */
/* for memmem */
#define _GNU_SOURCE 1

#include "page-private.h"

#include "page-reader-private.h"
#include "page-verdict-private.h"

#include <gst/pin/error.h>
#include <string.h>

/* How much the scanner is given at once: it holds no more of a page than the
 * blocks and one such piece. */
#define PIECE (64 * 1024)

/* How often an open state is looked into, and how far behind the Pin's key for
 * the first time; each time is twice as far. A Pin has 5 to 50 KB. */
#define MAX_PEEKS 16
#define FIRST_PEEK 4096

/* Best first: the first that knows the Pin is the base, the others fill in.
 * meta comes before json-ld, which needs to know the canonical id. */
static const GstPinPageReader *const readers[] = {
  &gst_pin_page_reader_redux,
  &gst_pin_page_reader_relay,
  &gst_pin_page_reader_initial_state,
  &gst_pin_page_reader_meta,
  &gst_pin_page_reader_json_ld,
};

/* What a block said, with the same index as the block */
typedef struct
{
  const GstPinPageReader *reader;       /* NULL: is read at the end, or never */
  GstPinMedia *media;
  GError *error;
} Telling;

struct _GstPinPage
{
  gchar *pin_id;
  GstPinPageScanner *scanner;
  GArray *tellings;             /* of Telling: the blocks that were looked at */
  gboolean has_canonical;       /* the page has told its canonical address */
  gboolean is_enough;

  gchar *key;                   /* what the Pin's data follow in a state */
  guint64 open_at;              /* where in the page the open state starts */
  gsize searched;               /* how far it was searched for the key */
  gsize next_peek;              /* its length for the next look; 0: none */
  gsize peek_step;
  guint n_peeks;

  GstPinMedia *media;
  GError *not_found;            /* a block says that there is no such Pin */
  GError *unreadable;           /* a block is about the Pin, and broken */
};

static void
telling_clear (Telling *self)
{
  g_clear_pointer (&self->media, gst_pin_media_unref);
  g_clear_error (&self->error);
}

GstPinPage *
gst_pin_page_new (const gchar *pin_id)
{
  GstPinPage *self = g_new0 (GstPinPage, 1);

  self->pin_id = g_strdup (pin_id);
  self->key = g_strdup_printf ("\"%s\":", pin_id);
  self->scanner = gst_pin_page_scanner_new ();
  self->tellings = g_array_new (FALSE, TRUE, sizeof (Telling));
  g_array_set_clear_func (self->tellings, (GDestroyNotify) telling_clear);
  return self;
}

void
gst_pin_page_free (GstPinPage *self)
{
  g_free (self->pin_id);
  g_free (self->key);
  gst_pin_page_scanner_free (self->scanner);
  g_array_unref (self->tellings);
  g_clear_pointer (&self->media, gst_pin_media_unref);
  g_clear_error (&self->not_found);
  g_clear_error (&self->unreadable);
  g_free (self);
}

/* ---- while the page comes ---- */

/* The canonical address stands in the head with the page's words: once it is
 * there the words are. */
static gboolean
is_enough (const GstPinPage *self, const GstPinMedia *media)
{
  return self->has_canonical && gst_pin_page_is_full (media);
}

static const GstPinPageReader *
find_reader (const GstPinPageBlock *block)
{
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++) {
    if (block->kind & readers[i]->kinds)
      return readers[i];
  }
  return NULL;
}

/* Most of Relay's answers are about others and do not so much as name the Pin:
 * they need not be walked. */
static gboolean
names_pin (const GstPinPage *self, const GstPinPageBlock *block)
{
  gsize n = strlen (self->pin_id);

  return memmem (block->text, block->length, self->pin_id, n) != NULL
      || (block->request != NULL && memmem (block->request,
          block->request_length, self->pin_id, n) != NULL);
}

static void
read_whole_block (GstPinPage *self, const GstPinPageBlock *block)
{
  GstPinPageQuery query = { self->pin_id, NULL };
  const GstPinPageReader *reader = find_reader (block);
  Telling telling = { NULL };

  if (block->kind == GST_PIN_PAGE_BLOCK_CANONICAL
      || (block->kind == GST_PIN_PAGE_BLOCK_META
          && g_str_equal (block->name, "og:url")))
    self->has_canonical = TRUE;
  if (reader != NULL && !reader->late) {
    telling.reader = reader;
    if (names_pin (self, block))
      telling.media = reader->read (block, &query, &telling.error);
    self->is_enough = is_enough (self, telling.media);
  }
  g_array_append_val (self->tellings, telling);
}

static void
read_whole_blocks (GstPinPage *self)
{
  while (!self->is_enough && self->tellings->len
      < gst_pin_page_scanner_get_n_blocks (self->scanner)) {
    GstPinPageBlock block;

    gst_pin_page_scanner_get_block (self->scanner, self->tellings->len, &block);
    read_whole_block (self, &block);
  }
}

/* Looks for the Pin's key in what is new of the open state. Gives what is
 * behind the last one, 0 where there is none. */
static gsize
find_key (GstPinPage *self, const GstPinPageBlock *block)
{
  gsize n = strlen (self->key), last = 0;
  const gchar *end = block->text + block->length;
  const gchar *at = block->text + self->searched, *found;

  while ((found = memmem (at, end - at, self->key, n)) != NULL) {
    at = found + n;
    last = at - block->text;
  }
  if (block->length >= n)
    self->searched = MAX (last, block->length - (n - 1));
  return last;
}

/* Reads the open state as if it ended here. */
static void
peek (GstPinPage *self, const GstPinPageBlock *block)
{
  GstPinPageQuery query = { self->pin_id, NULL };
  Telling telling = {.reader = find_reader (block) };

  self->n_peeks++;
  telling.media = telling.reader->peek (block, &query);
  self->is_enough = is_enough (self, telling.media);
  if (self->is_enough)
    g_array_append_val (self->tellings, telling);
  else
    telling_clear (&telling);
}

static void
look_into_open_block (GstPinPage *self)
{
  GstPinPageBlock block;
  guint64 at = gst_pin_page_scanner_get_open_block (self->scanner, &block);
  const GstPinPageReader *reader = at ? find_reader (&block) : NULL;
  gsize key;

  if (reader == NULL || reader->peek == NULL || !self->has_canonical
      || self->n_peeks == MAX_PEEKS)
    return;
  if (at != self->open_at) {
    self->open_at = at;
    self->searched = self->next_peek = 0;
  }
  key = find_key (self, &block);
  if (key > 0 && (self->next_peek == 0
          || self->next_peek > key + FIRST_PEEK)) {
    self->peek_step = FIRST_PEEK;
    self->next_peek = key + FIRST_PEEK;
  }
  if (self->next_peek == 0 || block.length < self->next_peek)
    return;
  while (self->next_peek <= block.length) {
    self->peek_step *= 2;
    self->next_peek += self->peek_step;
  }
  peek (self, &block);
}

gboolean
gst_pin_page_feed (GstPinPage *self, const gchar *data, gsize length)
{
  for (gsize at = 0; at < length && !self->is_enough; at += PIECE) {
    gboolean has_room = gst_pin_page_scanner_push (self->scanner, data + at,
        MIN (PIECE, length - at));

    read_whole_blocks (self);
    if (!has_room)
      return TRUE;
    if (!self->is_enough)
      look_into_open_block (self);
  }
  return self->is_enough;
}

/* ---- at the end ---- */

static void
take_error (GstPinPage *self, GError *error)
{
  GError **place = error->code == GST_PIN_ERROR_NOT_FOUND
      ? &self->not_found : &self->unreadable;

  if (*place == NULL)
    *place = error;
  else
    g_error_free (error);
}

static void
take_media (GstPinPage *self, GstPinMedia *media, const gchar *source)
{
  g_free (media->source);
  media->source = g_strdup (source);
  self->media = gst_pin_page_join (self->media, media);
}

static void
read_late (GstPinPage *self, const GstPinPageReader *reader, guint index,
    Telling *telling)
{
  GstPinPageQuery query = { self->pin_id,
    self->media ? self->media->canonical_id : NULL
  };
  GstPinPageBlock block;

  if (!reader->late || (reader->supplement && self->media == NULL))
    return;
  gst_pin_page_scanner_get_block (self->scanner, index, &block);
  if (!(block.kind & reader->kinds))
    return;
  telling->reader = reader;
  telling->media = reader->read (&block, &query, &telling->error);
}

/* What the blocks said to this reader, in their order */
static void
join_tellings (GstPinPage *self, const GstPinPageReader *reader)
{
  for (guint i = 0; i < self->tellings->len; i++) {
    Telling *telling = &g_array_index (self->tellings, Telling, i);

    if (telling->reader == NULL)
      read_late (self, reader, i, telling);
    if (telling->reader != reader)
      continue;
    if (telling->media != NULL)
      take_media (self, g_steal_pointer (&telling->media), reader->name);
    else if (telling->error != NULL)
      take_error (self, g_steal_pointer (&telling->error));
  }
}

/* Without a video the page may have one in a form that no reader knows. */
static void
read_any (GstPinPage *self)
{
  const GstPinPageReader *reader = &gst_pin_page_reader_any;
  GstPinPageQuery query = { self->pin_id, NULL };

  if (self->not_found != NULL || (self->media != NULL
          && (self->media->videos->len > 0
              || self->media->kind == GST_PIN_KIND_EXTERNAL)))
    return;
  for (guint i = 0; i < self->tellings->len; i++) {
    GstPinPageBlock block;
    GstPinMedia *media = NULL;

    gst_pin_page_scanner_get_block (self->scanner, i, &block);
    if ((block.kind & reader->kinds) && names_pin (self, &block))
      media = reader->read (&block, &query, NULL);
    if (media != NULL)
      take_media (self, media, reader->name);
  }
}

static void
report (const GstPinPage *self, GError **error)
{
  gboolean is_empty = self->media == NULL
      || self->media->kind == GST_PIN_KIND_UNSUPPORTED;

  if (is_empty && self->not_found != NULL)
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND,
        "Pin %s does not exist, or no longer (%s); check the link",
        self->pin_id, self->not_found->message);
  else if (self->media != NULL)
    gst_pin_page_report_poor (self->media, error);
  else if (self->unreadable != NULL)
    g_set_error (error, GST_PIN_ERROR, self->unreadable->code,
        "%s", self->unreadable->message);
  else
    gst_pin_page_report_nothing (self->scanner, self->pin_id, error);
}

GstPinMedia *
gst_pin_page_finish (GstPinPage *self, GError **error)
{
  if (!gst_pin_page_check_pin_id (self->pin_id, error))
    return NULL;
  gst_pin_page_scanner_finish (self->scanner);
  read_whole_blocks (self);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    join_tellings (self, readers[i]);
  read_any (self);
  if (gst_pin_page_is_answer (self->media))
    return g_steal_pointer (&self->media);
  report (self, error);
  return NULL;
}

GstPinMedia *
gst_pin_page_read (GBytes *page, const gchar *pin_id, GError **error)
{
  g_autoptr (GstPinPage) self = gst_pin_page_new (pin_id);
  gsize size;
  const gchar *data = g_bytes_get_data (page, &size);

  gst_pin_page_feed (self, data, size);
  return gst_pin_page_finish (self, error);
}
