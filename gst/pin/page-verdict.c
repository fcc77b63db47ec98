/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a page is that has no answer: the Pin does not exist, the site refuses,
 * or the page has changed. The page asks for it once all readers have spoken.
 * Pure functions, any thread.
 */
#include "page-verdict-private.h"

#include "page-url-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

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

/* The site's words to a network that it refuses, and those of a captcha */
static gboolean
has_words_of_wall (const gchar *words)
{
  static const gchar *const signs[] = {
    "detected a bot", "not a robot", "are human", "are a human", "captcha",
  };
  g_autofree gchar *lower = g_ascii_strdown (words, -1);

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++) {
    if (strstr (lower, signs[i]) != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_wall (const GstPinPageScanner *scanner)
{
  guint n = gst_pin_page_scanner_get_n_blocks (scanner);

  if (has_words_of_wall (gst_pin_page_scanner_get_words (scanner)))
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

void
gst_pin_page_report_nothing (const GstPinPageScanner *scanner,
    const gchar *pin_id, GError **error)
{
  guint64 size = gst_pin_page_scanner_get_n_bytes (scanner);
  g_autofree gchar *blocks = list_blocks (scanner);

  if (is_wall (scanner)) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED,
        "the site answered with a wall instead of Pin %s (a login page, a "
        "captcha, or a refusal of this network); try again later, from another "
        "network, or with your own cookies (the setting cookies-file)", pin_id);
    return;
  }
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
      "the page of %" G_GUINT64_FORMAT " bytes%s has no data of Pin %s "
      "(blocks: %s); try again, and if that does not help, look for a newer "
      "gst-pin: the site may have changed", size,
      size > GST_PIN_PAGE_MAX_BYTES ? ", more than is read," : "", pin_id,
      *blocks ? blocks : "none");
}

gboolean
gst_pin_page_is_answer (const GstPinMedia *media)
{
  if (media == NULL || media->kind == GST_PIN_KIND_UNSUPPORTED)
    return FALSE;
  return media->kind != GST_PIN_KIND_VIDEO || media->videos->len > 0;
}

void
gst_pin_page_report_poor (const GstPinMedia *media, GError **error)
{
  g_return_if_fail (!gst_pin_page_is_answer (media));

  if (media->kind == GST_PIN_KIND_VIDEO)
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "Pin %s is a video, but its data (%s) have no address of one that can "
        "be played; try again, since the site's answers vary", media->id,
        media->source);
  else if (media->has_sound)
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "Pin %s is sound alone, without a video or a picture; there is nothing "
        "to make an MP4 of", media->id);
  else
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the data of Pin %s (%s) have neither video nor picture nor embed; "
        "try again, since the site's answers vary", media->id, media->source);
}

gboolean
gst_pin_page_check_pin_id (const gchar *pin_id, GError **error)
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
