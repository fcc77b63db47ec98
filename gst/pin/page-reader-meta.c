/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the head's meta tags and canonical link. They tell of the page and not
 * of a Pin, and a page that has no such Pin has them as well; so they only add
 * words to what other readers found, and the id that the page calls canonical.
 * They give no picture and no video: no live page has og:video.
 */
#include "page-reader-private.h"

#include "page-url-private.h"

#include <string.h>

/* "TITLE [Video] | keyword, keyword" → TITLE */
static gchar *
clean_title (const gchar *text)
{
  gchar *title = g_strdup (text);
  gchar *bar = g_strrstr (title, " | ");

  if (bar != NULL)
    *bar = '\0';
  g_strstrip (title);
  if (g_str_has_suffix (title, "[Video]"))
    title[strlen (title) - strlen ("[Video]")] = '\0';
  g_strstrip (title);
  if (*title == '\0')
    g_clear_pointer (&title, g_free);
  return title;
}

static void
take_canonical (GstPinMedia *media, const gchar *url,
    const GstPinPageQuery *query)
{
  g_autofree gchar *id = gst_pin_page_take_pin_id (url);

  if (g_strcmp0 (id, query->pin_id) != 0)
    media->canonical_id = g_steal_pointer (&id);
}

static GstPinMedia *
read_meta (const GstPinPageBlock *block, const GstPinPageQuery *query,
    GError **error)
{
  GstPinMedia *media = gst_pin_media_new (query->pin_id);

  if (block->kind == GST_PIN_PAGE_BLOCK_CANONICAL
      || g_str_equal (block->name, "og:url"))
    take_canonical (media, block->text, query);
  else if (g_str_equal (block->name, "og:title"))
    media->title = clean_title (block->text);
  else if (g_str_equal (block->name, "og:description")
      && block->length > 0)
    media->description = g_strdup (block->text);
  return media;
}

const GstPinPageReader gst_pin_page_reader_meta = {
  .name = "meta",
  .kinds = GST_PIN_PAGE_BLOCK_META | GST_PIN_PAGE_BLOCK_CANONICAL,
  .late = TRUE,
  .supplement = TRUE,
  .read = read_meta,
};
