/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page scanner: HTML bytes in, the blocks that carry a page's data out.
 * Whoever receives a page makes one, pushes bytes as they come, and drops it
 * with the page; it belongs to one thread at a time.
 *
 * It is a tokenizer that keeps its place between pushes, so that each byte is
 * looked at a fixed number of times however small the pieces are. It holds the
 * blocks found and the token that it is in, nothing else of the page: both lie
 * in one buffer, the blocks in front (up to `kept`), the open token behind.
 *
 * Pages are taken as they are. Comments, style, text areas and the like hide
 * what looks like a script in them; a page that ends inside a script gives
 * that script as far as it came.
 */
/* for memmem */
#define _GNU_SOURCE 1

#include "page-scanner-private.h"

#include "page-entities-private.h"
#include "page-script-private.h"
#include "page-tag-private.h"

#include <string.h>

#define MAX_WORDS 4096
#define MAX_TITLE_BYTES (16 * 1024)
#define MAX_METAS 32

typedef enum
{
  STATE_TEXT,                   /* between tags */
  STATE_MARKUP,                 /* at a <, what follows is not known */
  STATE_TAG,                    /* inside a start or end tag */
  STATE_COMMENT,                /* inside a comment */
  STATE_BOGUS,                  /* inside <!… or <?…, up to the next > */
  STATE_RAW                     /* inside an element that has no tags in it */
} State;

/* Kinds of raw elements that are no block kind of their own */
enum
{
  RAW_UNWANTED = 0,
  RAW_PLAIN_SCRIPT = 1 << 30
};

typedef struct
{
  GstPinPageBlockKind kind;
  gsize offset, length;
  gsize request_offset, request_length;
  gchar *name;
  gchar *value;                 /* decoded text in place of an offset */
  gboolean truncated;
} Record;

struct _GstPinPageScanner
{
  GByteArray *buffer;
  gsize kept;                   /* the buffer's front that blocks lie in */
  gsize token;                  /* where the open token starts */
  gsize at;                     /* how far it was looked at */
  gboolean finished;

  State state;
  GstPinPageTagState tag;
  gchar raw_name[12];           /* STATE_RAW: the element, lower case */
  guint raw_kind;

  GArray *records;
  guint n_metas;
  gboolean has_title;
  GString *words;
  guint64 n_bytes;
};

static void
record_clear (Record *record)
{
  g_free (record->name);
  g_free (record->value);
}

GstPinPageScanner *
gst_pin_page_scanner_new (void)
{
  GstPinPageScanner *self = g_new0 (GstPinPageScanner, 1);

  /* Never empty, so that its address is never NULL. */
  self->buffer = g_byte_array_sized_new (4096);
  self->records = g_array_new (FALSE, FALSE, sizeof (Record));
  g_array_set_clear_func (self->records, (GDestroyNotify) record_clear);
  self->words = g_string_new (NULL);
  return self;
}

void
gst_pin_page_scanner_free (GstPinPageScanner *self)
{
  g_byte_array_unref (self->buffer);
  g_array_unref (self->records);
  g_string_free (self->words, TRUE);
  g_free (self);
}

static const gchar *
bytes (const GstPinPageScanner *self, gsize offset)
{
  return (const gchar *) self->buffer->data + offset;
}

/* ---- blocks ---- */

/* Moves bytes of the token that is being ended to the other blocks, over what
 * is read and done with. */
static gsize
keep (GstPinPageScanner *self, const gchar *text, gsize length)
{
  gsize offset = self->kept;

  memmove (self->buffer->data + offset, text, length);
  self->kept += length;
  return offset;
}

static gboolean
has_room (const GstPinPageScanner *self)
{
  return self->records->len < GST_PIN_PAGE_MAX_BLOCKS;
}

static void
add_block (GstPinPageScanner *self, GstPinPageBlockKind kind,
    const GstPinPageScriptPart *request, const GstPinPageScriptPart *body)
{
  Record record = {.kind = kind,.length = body->length,
    .truncated = body->truncated
  };

  if (!has_room (self))
    return;
  if (request != NULL) {
    record.request_length = request->length;
    record.request_offset = keep (self, request->text, request->length);
  }
  record.offset = keep (self, body->text, body->length);
  g_array_append_val (self->records, record);
}

static void
add_value (GstPinPageScanner *self, GstPinPageBlockKind kind, gchar *name,
    gchar *value)
{
  Record record = {.kind = kind,.name = name,.value = value };

  if (value != NULL && has_room (self))
    g_array_append_val (self->records, record);
  else
    record_clear (&record);
}

/* ---- start tags ---- */

static guint
script_kind (const gchar *tag, gsize length)
{
  static const struct
  {
    const gchar *id;
    GstPinPageBlockKind kind;
  } ids[] = {
    {"__PWS_INITIAL_PROPS__", GST_PIN_PAGE_BLOCK_INITIAL_PROPS},
    {"__PWS_DATA__", GST_PIN_PAGE_BLOCK_PWS_DATA},
    {"initial-state", GST_PIN_PAGE_BLOCK_INITIAL_STATE},
  };
  g_autofree gchar *id = gst_pin_page_tag_get (tag, length, "id");
  g_autofree gchar *type = gst_pin_page_tag_get (tag, length, "type");
  g_autofree gchar *relay =
      gst_pin_page_tag_get (tag, length, "data-relay-response");

  for (guint i = 0; id != NULL && i < G_N_ELEMENTS (ids); i++) {
    if (g_str_equal (id, ids[i].id))
      return ids[i].kind;
  }
  if (relay != NULL)
    return GST_PIN_PAGE_BLOCK_RELAY_RESPONSE;
  if (type != NULL && g_ascii_strcasecmp (type, "application/ld+json") == 0)
    return GST_PIN_PAGE_BLOCK_JSON_LD;
  if (type != NULL && g_ascii_strcasecmp (type, "application/json") == 0)
    return GST_PIN_PAGE_BLOCK_JSON;
  return RAW_PLAIN_SCRIPT;
}

static void
take_meta (GstPinPageScanner *self, const gchar *tag, gsize length)
{
  g_autofree gchar *property = gst_pin_page_tag_get (tag, length, "property");
  g_autofree gchar *name = gst_pin_page_tag_get (tag, length, "name");
  const gchar *either = property ? property : name;

  if (either == NULL || self->n_metas == MAX_METAS)
    return;
  if (g_ascii_strncasecmp (either, "og:", 3) != 0
      && g_ascii_strcasecmp (either, "description") != 0)
    return;
  self->n_metas++;
  add_value (self, GST_PIN_PAGE_BLOCK_META, g_ascii_strdown (either, -1),
      gst_pin_page_tag_get (tag, length, "content"));
}

static void
take_link (GstPinPageScanner *self, const gchar *tag, gsize length)
{
  g_autofree gchar *rel = gst_pin_page_tag_get (tag, length, "rel");

  if (rel != NULL && g_ascii_strcasecmp (rel, "canonical") == 0)
    add_value (self, GST_PIN_PAGE_BLOCK_CANONICAL, NULL,
        gst_pin_page_tag_get (tag, length, "href"));
}

/* Elements whose text has no tags: what looks like a script in them is none.
 * A visitor's browser runs scripts, so noscript is one of them. */
static gboolean
is_raw (const gchar *name)
{
  static const gchar *const raw[] = {
    "script", "style", "title", "textarea", "noscript", "iframe", "xmp",
    "noembed", "noframes", NULL
  };

  return g_strv_contains (raw, name);
}

static void
enter_raw (GstPinPageScanner *self, const gchar *name, const gchar *tag,
    gsize length)
{
  self->state = STATE_RAW;
  self->raw_kind = RAW_UNWANTED;
  g_strlcpy (self->raw_name, name, sizeof (self->raw_name));
  if (g_str_equal (name, "script"))
    self->raw_kind = script_kind (tag, length);
  else if (g_str_equal (name, "title") && !self->has_title)
    self->raw_kind = GST_PIN_PAGE_BLOCK_TITLE;
}

/* @tag is what stands between < and > */
static void
take_tag (GstPinPageScanner *self, const gchar *tag, gsize length)
{
  gchar name[12];
  gsize n = 0;

  while (n < length && n < sizeof (name) - 1
      && (g_ascii_isalnum (tag[n]) || tag[n] == '-')) {
    name[n] = g_ascii_tolower (tag[n]);
    n++;
  }
  name[n] = '\0';

  self->state = STATE_TEXT;
  if (g_str_equal (name, "meta"))
    take_meta (self, tag, length);
  else if (g_str_equal (name, "link"))
    take_link (self, tag, length);
  else if (is_raw (name))
    enter_raw (self, name, tag, length);
}

/* ---- raw elements ---- */

static void
take_plain_script (GstPinPageScanner *self, const gchar *text, gsize length)
{
  const gchar *at = text, *end = text + length;
  GstPinPageScriptPart request, body;

  if (gst_pin_page_script_find_state (text, length, &body)) {
    add_block (self, GST_PIN_PAGE_BLOCK_STATE, NULL, &body);
    return;
  }
  while (has_room (self)
      && gst_pin_page_script_next_call (&at, end, &request, &body))
    add_block (self, GST_PIN_PAGE_BLOCK_RELAY_CALL, &request, &body);
}

/* Of a block that is too large the beginning is taken. */
static void
take_raw (GstPinPageScanner *self, gsize length, gboolean truncated)
{
  const gchar *text = bytes (self, self->token);
  GstPinPageScriptPart body = { text, length, truncated };

  if (length > GST_PIN_PAGE_MAX_BLOCK_BYTES) {
    length = body.length = GST_PIN_PAGE_MAX_BLOCK_BYTES;
    body.truncated = TRUE;
  }
  if (self->raw_kind == RAW_UNWANTED || length == 0)
    return;
  if (self->raw_kind == RAW_PLAIN_SCRIPT)
    take_plain_script (self, text, length);
  else if (self->raw_kind == GST_PIN_PAGE_BLOCK_TITLE) {
    self->has_title = TRUE;
    add_value (self, GST_PIN_PAGE_BLOCK_TITLE, NULL,
        gst_pin_page_decode_entities (text, MIN (length, MAX_TITLE_BYTES)));
  } else
    add_block (self, self->raw_kind, NULL, &body);
}

/* ---- the tokenizer: each function gives FALSE to get more bytes ---- */

static void
add_words (GstPinPageScanner *self, gsize from, gsize to)
{
  const gchar *text = bytes (self, from);
  GString *words = self->words;

  for (gsize i = 0; i < to - from && words->len < MAX_WORDS; i++) {
    if (text[i] != '\0' && !g_ascii_isspace (text[i]))
      g_string_append_c (words, text[i]);
    else if (words->len > 0 && words->str[words->len - 1] != ' ')
      g_string_append_c (words, ' ');
  }
}

static gboolean
scan_text (GstPinPageScanner *self)
{
  gsize rest = self->buffer->len - self->at;
  const gchar *angle = rest ? memchr (bytes (self, self->at), '<', rest) : NULL;
  gsize stop = angle ? (gsize) (angle - bytes (self, 0)) : self->buffer->len;

  add_words (self, self->at, stop);
  self->at = self->token = stop;
  if (angle == NULL)
    return FALSE;
  self->state = STATE_MARKUP;
  return TRUE;
}

static gboolean
scan_markup (GstPinPageScanner *self)
{
  gsize n = self->buffer->len - self->token;
  const gchar *p = bytes (self, self->token);

  if (n < 2)
    return FALSE;
  if (g_ascii_isalpha (p[1]) || (p[1] == '/' && n > 2
          && g_ascii_isalpha (p[2]))) {
    self->state = STATE_TAG;
    memset (&self->tag, 0, sizeof (self->tag));
    self->at = self->token + 2;
    return TRUE;
  }
  if (n < 4 && strncmp (p, "<!--", n) == 0)
    return FALSE;
  if (p[1] == '/' && n < 3)
    return FALSE;
  if (n >= 4 && memcmp (p, "<!--", 4) == 0) {
    /* <!--> is a whole comment, so its end may share its dashes. */
    self->state = STATE_COMMENT;
    self->at = self->token + 2;
  } else if (p[1] == '!' || p[1] == '?' || p[1] == '/') {
    self->state = STATE_BOGUS;
    self->at = self->token + 2;
  } else {
    add_words (self, self->token, self->token + 1);
    self->state = STATE_TEXT;
    self->at = self->token + 1;
  }
  return TRUE;
}

static gboolean
scan_tag (GstPinPageScanner *self)
{
  const gchar *start = bytes (self, self->token) + 1;
  const gchar *stop = gst_pin_page_tag_find_end (&self->tag,
      bytes (self, self->at), bytes (self, self->buffer->len));

  if (stop == NULL) {
    self->at = self->buffer->len;
    return FALSE;
  }
  self->at = stop + 1 - bytes (self, 0);
  if (*start == '/')
    self->state = STATE_TEXT;
  else
    take_tag (self, start, stop - start);
  self->token = self->at;
  return TRUE;
}

/* Passes over everything up to and with @mark. */
static gboolean
scan_until (GstPinPageScanner *self, const gchar *mark)
{
  gsize n = strlen (mark);
  gsize rest = self->buffer->len - self->at;
  const gchar *found = memmem (bytes (self, self->at), rest, mark, n);

  if (found == NULL) {
    if (rest >= n)
      self->at = self->buffer->len - (n - 1);
    self->token = self->at;
    return FALSE;
  }
  self->at = self->token = found + n - bytes (self, 0);
  self->state = STATE_TEXT;
  return TRUE;
}

/* TRUE where `</name` stands at @p and is followed by what ends a name. With
 * fewer bytes than that, @more tells whether it may still come. */
static gboolean
is_end_tag (const GstPinPageScanner *self, const gchar *p, gsize n,
    gboolean *more)
{
  gsize length = strlen (self->raw_name);

  *more = FALSE;
  if (n >= 2 && p[1] != '/')
    return FALSE;
  if (n > 2 && g_ascii_strncasecmp (p + 2, self->raw_name,
          MIN (n - 2, length)) != 0)
    return FALSE;
  if (n < length + 3) {
    *more = TRUE;
    return FALSE;
  }
  return strchr (" \t\n\r\f/>", p[length + 2]) != NULL
      && p[length + 2] != '\0';
}

static gboolean
scan_raw (GstPinPageScanner *self)
{
  gsize length = self->buffer->len;

  while (self->at < length) {
    const gchar *angle =
        memchr (bytes (self, self->at), '<', length - self->at);
    gboolean more;

    self->at = angle ? (gsize) (angle - bytes (self, 0)) : length;
    if (angle == NULL)
      break;
    if (is_end_tag (self, angle, length - self->at, &more)) {
      take_raw (self, self->at - self->token, FALSE);
      self->token = self->at;
      self->state = STATE_MARKUP;
      return TRUE;
    }
    if (more)
      break;
    self->at++;
  }
  if (self->at - self->token > GST_PIN_PAGE_MAX_BLOCK_BYTES) {
    take_raw (self, self->at - self->token, TRUE);
    self->raw_kind = RAW_UNWANTED;
  }
  if (self->raw_kind == RAW_UNWANTED)
    self->token = self->at;
  return FALSE;
}

static gboolean
scan (GstPinPageScanner *self)
{
  switch (self->state) {
    case STATE_TEXT:
      return scan_text (self);
    case STATE_MARKUP:
      return scan_markup (self);
    case STATE_TAG:
      return scan_tag (self);
    case STATE_COMMENT:
      return scan_until (self, "-->");
    case STATE_BOGUS:
      return scan_until (self, ">");
    case STATE_RAW:
      return scan_raw (self);
  }
  return FALSE;
}

/* Drops what lies between the blocks and the open token. */
static void
compact (GstPinPageScanner *self)
{
  gsize gap = self->token - self->kept;

  if (gap == 0)
    return;
  g_byte_array_remove_range (self->buffer, self->kept, gap);
  self->token -= gap;
  self->at -= gap;
}

gboolean
gst_pin_page_scanner_push (GstPinPageScanner *self, const gchar *data,
    gsize length)
{
  gsize room;

  g_return_val_if_fail (!self->finished, FALSE);

  room = GST_PIN_PAGE_MAX_BYTES - MIN (self->n_bytes, GST_PIN_PAGE_MAX_BYTES);
  self->n_bytes += length;
  g_byte_array_append (self->buffer, (const guint8 *) data,
      MIN (length, room));
  while (scan (self));
  compact (self);
  return length <= room;
}

void
gst_pin_page_scanner_finish (GstPinPageScanner *self)
{
  g_return_if_fail (!self->finished);

  self->finished = TRUE;
  if (self->state == STATE_RAW)
    take_raw (self, self->buffer->len - self->token, TRUE);
  self->token = self->at = self->buffer->len;
  compact (self);
}

/* ---- what was found ---- */

guint
gst_pin_page_scanner_get_n_blocks (const GstPinPageScanner *self)
{
  return self->records->len;
}

void
gst_pin_page_scanner_get_block (const GstPinPageScanner *self, guint index,
    GstPinPageBlock *block)
{
  const Record *record;

  g_return_if_fail (index < self->records->len);

  record = &g_array_index (self->records, Record, index);
  memset (block, 0, sizeof (*block));
  block->kind = record->kind;
  block->name = record->name;
  block->truncated = record->truncated;
  if (record->value != NULL) {
    block->text = record->value;
    block->length = strlen (record->value);
    return;
  }
  block->text = bytes (self, record->offset);
  block->length = record->length;
  if (record->kind == GST_PIN_PAGE_BLOCK_RELAY_CALL) {
    block->request = bytes (self, record->request_offset);
    block->request_length = record->request_length;
  }
}

guint64
gst_pin_page_scanner_get_open_block (const GstPinPageScanner *self,
    GstPinPageBlock *block)
{
  if (self->state != STATE_RAW || self->raw_kind == RAW_UNWANTED
      || self->raw_kind == RAW_PLAIN_SCRIPT || !has_room (self))
    return 0;
  memset (block, 0, sizeof (*block));
  block->kind = self->raw_kind;
  block->text = bytes (self, self->token);
  block->length = self->buffer->len - self->token;
  block->truncated = TRUE;
  return self->n_bytes - block->length;
}

const gchar *
gst_pin_page_scanner_get_words (const GstPinPageScanner *self)
{
  return self->words->str;
}

guint64
gst_pin_page_scanner_get_n_bytes (const GstPinPageScanner *self)
{
  return self->n_bytes;
}

const gchar *
gst_pin_page_block_kind_get_name (GstPinPageBlockKind kind)
{
  static const gchar *const names[] = {
    "__PWS_INITIAL_PROPS__", "__PWS_DATA__", "initial-state", "state script",
    "Relay call", "Relay response", "JSON-LD", "meta tag", "canonical link",
    "title", "other JSON"
  };
  gint bit = g_bit_nth_lsf (kind, -1);

  return bit >= 0 && bit < (gint) G_N_ELEMENTS (names) ? names[bit] : "unknown";
}
