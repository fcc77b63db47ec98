/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page's bytes and a Pin's id → what the page says about that Pin. The
 * resolver calls it with what it has loaded; nothing is kept between calls.
 *
 * The scanner finds the blocks, every reader of the table reads those it knows,
 * and what they say is joined: what one block lacks another may have. What is
 * left when none of them says enough is told apart here: the Pin does not
 * exist, the site refuses, or the page has changed.
 */
/* for memmem */
#define _GNU_SOURCE 1

#include "page-private.h"

#include "page-reader-private.h"
#include "page-url-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

/* How much the scanner is given at once: it holds no more of a page than the
 * blocks and one such piece. */
#define PIECE (64 * 1024)

/* Best first: the first that knows the Pin is the base, the others fill in.
 * meta comes before json-ld, which needs to know the canonical id. */
static const GstPinPageReader *const readers[] = {
  &gst_pin_page_reader_redux,
  &gst_pin_page_reader_relay,
  &gst_pin_page_reader_initial_state,
  &gst_pin_page_reader_meta,
  &gst_pin_page_reader_json_ld,
};

typedef struct
{
  const gchar *pin_id;
  GstPinMedia *media;
  GError *not_found;            /* a block says that there is no such Pin */
  GError *unreadable;           /* a block is about the Pin, and broken */
} Reading;

static void
reading_clear (Reading *self)
{
  g_clear_pointer (&self->media, gst_pin_media_unref);
  g_clear_error (&self->not_found);
  g_clear_error (&self->unreadable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear);

static void
reading_take_error (Reading *self, GError *error)
{
  GError **place = error->code == GST_PIN_ERROR_NOT_FOUND
      ? &self->not_found : &self->unreadable;

  if (*place == NULL)
    *place = error;
  else
    g_error_free (error);
}

static void
reading_take_media (Reading *self, GstPinMedia *media, const gchar *source)
{
  g_free (media->source);
  media->source = g_strdup (source);
  self->media = gst_pin_page_join (self->media, media);
}

static void
read_block (Reading *self, const GstPinPageReader *reader,
    const GstPinPageBlock *block)
{
  GstPinPageQuery query = { self->pin_id,
    self->media ? self->media->canonical_id : NULL
  };
  GError *error = NULL;
  GstPinMedia *media = reader->read (block, &query, &error);

  if (media != NULL)
    reading_take_media (self, media, reader->name);
  else if (error != NULL)
    reading_take_error (self, error);
}

static void
read_blocks (Reading *self, const GstPinPageReader *reader,
    const GstPinPageScanner *scanner)
{
  guint n = gst_pin_page_scanner_get_n_blocks (scanner);

  if (reader->supplement && self->media == NULL)
    return;
  for (guint i = 0; i < n; i++) {
    GstPinPageBlock block;

    gst_pin_page_scanner_get_block (scanner, i, &block);
    if (block.kind & reader->kinds)
      read_block (self, reader, &block);
  }
}

/* ---- what a page is that says nothing about the Pin ---- */

static gboolean
is_login_address (const GstPinPageBlock *block)
{
  gboolean is_address = block->kind == GST_PIN_PAGE_BLOCK_CANONICAL
      || (block->kind == GST_PIN_PAGE_BLOCK_META
      && g_str_equal (block->name, "og:url"));
  const gchar *path;

  if (!is_address)
    return FALSE;
  path = strstr (block->text, "://");
  path = strchr (path ? path + 3 : block->text, '/');
  return path != NULL && (g_str_has_prefix (path, "/login")
      || g_str_has_prefix (path, "/signup"));
}

static gboolean
is_login_title (const GstPinPageBlock *block)
{
  static const gchar *const beginnings[] = { "log in", "login", "sign in" };
  const gchar *text = block->text;

  if (block->kind != GST_PIN_PAGE_BLOCK_TITLE)
    return FALSE;
  while (g_ascii_isspace (*text))
    text++;
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++) {
    if (g_ascii_strncasecmp (text, beginnings[i], strlen (beginnings[i])) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_wall (const GstPinPageScanner *scanner)
{
  guint n = gst_pin_page_scanner_get_n_blocks (scanner);

  /* The site's words to a network that it refuses */
  if (strstr (gst_pin_page_scanner_get_words (scanner), "detected a bot"))
    return TRUE;
  for (guint i = 0; i < n; i++) {
    GstPinPageBlock block;

    gst_pin_page_scanner_get_block (scanner, i, &block);
    if (is_login_address (&block) || is_login_title (&block))
      return TRUE;
  }
  return FALSE;
}

/* "2 Relay call, 1 title": what a report of a changed page needs */
static gchar *
list_blocks (const GstPinPageScanner *scanner)
{
  guint n = gst_pin_page_scanner_get_n_blocks (scanner);
  guint counts[32] = { 0 };
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < n; i++) {
    GstPinPageBlock block;

    gst_pin_page_scanner_get_block (scanner, i, &block);
    counts[g_bit_nth_lsf (block.kind, -1)]++;
  }
  for (guint bit = 0; bit < G_N_ELEMENTS (counts); bit++) {
    if (counts[bit] == 0)
      continue;
    g_string_append_printf (list, "%s%u %s", list->len ? ", " : "",
        counts[bit], gst_pin_page_block_kind_get_name (1u << bit));
  }
  return g_string_free (list, FALSE);
}

static void
report_nothing (const GstPinPageScanner *scanner, const gchar *pin_id,
    GError **error)
{
  guint64 size = gst_pin_page_scanner_get_n_bytes (scanner);
  g_autofree gchar *blocks = list_blocks (scanner);

  if (is_wall (scanner)) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED,
        "the site answered with a wall instead of Pin %s (a login page, or a "
        "refusal of this network); try again later, from another network, or "
        "with cookies of a browser's session", pin_id);
    return;
  }
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
      "the page of %" G_GUINT64_FORMAT " bytes%s has no data of Pin %s "
      "(blocks: %s); try again, and if that does not help, look for a newer "
      "gst-pin: the site may have changed", size,
      size > GST_PIN_PAGE_MAX_BYTES ? ", more than is read," : "", pin_id,
      *blocks ? blocks : "none");
}

/* What the readers said, as long as it is enough to be an answer. */
static GstPinMedia *
reading_conclude (Reading *self, GError **error)
{
  const GstPinMedia *media = self->media;
  gboolean is_empty = media == NULL || media->kind == GST_PIN_KIND_UNSUPPORTED;

  if (!is_empty && (media->kind != GST_PIN_KIND_VIDEO
          || media->videos->len > 0))
    return g_steal_pointer (&self->media);
  if (is_empty && self->not_found != NULL) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND,
        "Pin %s does not exist, or no longer (%s); check the link",
        self->pin_id, self->not_found->message);
    return NULL;
  }
  if (media != NULL && media->kind == GST_PIN_KIND_VIDEO) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "Pin %s is a video, but its data (%s) have no address of one that can "
        "be played; try again, since the site's answers vary", self->pin_id,
        media->source);
  } else if (media != NULL) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the data of Pin %s (%s) have neither video nor picture nor embed; "
        "try again, since the site's answers vary", self->pin_id,
        media->source);
  } else if (self->unreadable != NULL) {
    g_set_error (error, GST_PIN_ERROR, self->unreadable->code,
        "%s", self->unreadable->message);
  }
  return NULL;
}

static gboolean
check_pin_id (const gchar *pin_id, GError **error)
{
  g_autofree gchar *shown = NULL;

  if (gst_pin_page_is_pin_id (pin_id))
    return TRUE;
  shown = gst_pin_shown (pin_id, 64);
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_INVALID_LOCATION,
      "\"%s\" is no Pin's id, which is a number such as 140806229581762",
      shown);
  return FALSE;
}

GstPinMedia *
gst_pin_page_read_scanned (const GstPinPageScanner *scanner,
    const gchar *pin_id, GError **error)
{
  g_auto (Reading) reading = {.pin_id = pin_id };
  g_autoptr (GError) reason = NULL;
  GstPinMedia *media;

  if (!check_pin_id (pin_id, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    read_blocks (&reading, readers[i], scanner);

  media = reading_conclude (&reading, &reason);
  if (media == NULL && reason == NULL)
    report_nothing (scanner, pin_id, error);
  else if (media == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return media;
}

GstPinMedia *
gst_pin_page_read (GBytes *page, const gchar *pin_id, GError **error)
{
  g_autoptr (GstPinPageScanner) scanner = gst_pin_page_scanner_new ();
  gsize size, at = 0;
  const gchar *data = g_bytes_get_data (page, &size);

  while (at < size && gst_pin_page_scanner_push (scanner, data + at,
          MIN (PIECE, size - at)))
    at += MIN (PIECE, size - at);
  gst_pin_page_scanner_finish (scanner);
  return gst_pin_page_read_scanned (scanner, pin_id, error);
}

/* ---- PinResource ---- */

static void
report_answer (const GstPinJsonText *answer, const gchar *pin_id,
    GError **error)
{
  static const gchar refusal[] = "Invalid Resource Request";
  gsize size = answer->end - answer->start;

  if (size > 0 && memmem (answer->start, MIN (size, 4096), refusal,
          strlen (refusal)) != NULL)
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED,
        "the site refuses to answer for Pin %s (\"%s\"); look for a newer "
        "gst-pin: the site may have changed", pin_id, refusal);
  else if (size == 0 || *answer->start != '{')
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the site's answer for Pin %s is no JSON; try again later", pin_id);
  else
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the site's answer of %" G_GSIZE_FORMAT " bytes has no data of Pin %s; "
        "try again, and if that does not help, look for a newer gst-pin: the "
        "site may have changed", size, pin_id);
}

GstPinMedia *
gst_pin_page_read_resource (GBytes *answer, const gchar *pin_id,
    GError **error)
{
  g_auto (Reading) reading = {.pin_id = pin_id };
  GstPinPageQuery query = { pin_id, NULL };
  g_autoptr (GError) reason = NULL;
  GstPinJsonText text;
  GstPinMedia *media;
  gsize size;
  const gchar *data = g_bytes_get_data (answer, &size);

  if (!check_pin_id (pin_id, error))
    return NULL;
  gst_pin_json_text_init (&text, data ? data : "",
      MIN (size, GST_PIN_PAGE_MAX_BYTES));
  media = gst_pin_page_reader_resource_read (&text, &query, &reason);
  if (media != NULL) {
    reading_take_media (&reading, media, "resource");
    media = reading_conclude (&reading, &reason);
  } else if (reason == NULL)
    report_answer (&text, pin_id, &reason);
  if (media == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return media;
}
