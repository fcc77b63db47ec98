/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes each page reader alone, past the scanner: the first byte says which
 * one, the rest is a block, or an answer. Up to the first line's end it is a
 * Relay call's request. Whatever is read is about the Pin that was asked for,
 * names no other host than the site's, and survives its own JSON.
 */
#include "page-reader-private.h"

#include "page-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define PIN_ID "912345678901234567"
#define CANONICAL_ID "812345678901234567"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static const struct
{
  const GstPinPageReader *reader;
  GstPinPageBlockKind kind;
} blocks[] = {
  {&gst_pin_page_reader_redux, GST_PIN_PAGE_BLOCK_INITIAL_PROPS},
  {&gst_pin_page_reader_relay, GST_PIN_PAGE_BLOCK_RELAY_CALL},
  {&gst_pin_page_reader_relay, GST_PIN_PAGE_BLOCK_RELAY_RESPONSE},
  {&gst_pin_page_reader_initial_state, GST_PIN_PAGE_BLOCK_INITIAL_STATE},
  {&gst_pin_page_reader_json_ld, GST_PIN_PAGE_BLOCK_JSON_LD},
  {&gst_pin_page_reader_any, GST_PIN_PAGE_BLOCK_JSON},
};

static void
check_url (const gchar *url)
{
  const gchar *host = url + strlen ("https://");
  gsize n = strcspn (host, "/?#");

  g_assert_true (g_ascii_strncasecmp (url, "https://", 8) == 0);
  g_assert_true (n >= 10
      && g_ascii_strncasecmp (host + n - 10, "pinimg.com", 10) == 0
      && (n == 10 || host[n - 11] == '.'));
}

static void
check_media (GstPinMedia *media)
{
  g_autofree gchar *json = NULL;
  g_autofree gchar *again = NULL;
  g_autoptr (GstPinMedia) back = NULL;

  g_assert_cmpstr (gst_pin_media_get_id (media), ==, PIN_ID);
  for (guint i = 0; i < gst_pin_media_get_n_images (media); i++)
    check_url (gst_pin_media_get_image (media, i));
  for (guint i = 0; i < gst_pin_media_get_n_videos (media); i++) {
    GstPinVideo *video = gst_pin_media_get_video (media, i);

    g_assert_cmpuint (gst_pin_video_get_n_variants (video), >, 0);
    for (guint j = 0; j < gst_pin_video_get_n_variants (video); j++)
      check_url (gst_pin_variant_get_url (gst_pin_video_get_variant (video,
                  j)));
  }
  json = gst_pin_media_to_json (media, FALSE);
  back = gst_pin_media_new_from_json (json, -1, NULL);
  g_assert_nonnull (back);
  again = gst_pin_media_to_json (back, FALSE);
  g_assert_cmpstr (json, ==, again);
}

static void
check_outcome (GstPinMedia *media, const GError *error)
{
  if (media != NULL)
    check_media (media);
  g_assert_true (media == NULL || error == NULL);
  if (error == NULL)
    return;
  g_assert_true (error->domain == GST_PIN_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
read_block (guint index, const gchar *text, gsize size)
{
  GstPinPageQuery query = { PIN_ID, CANONICAL_ID };
  GstPinPageBlock block = {.kind = blocks[index].kind };
  const GstPinPageReader *reader = blocks[index].reader;
  const gchar *line = memchr (text, '\n', size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = NULL;
  g_autoptr (GstPinMedia) early = NULL;

  block.text = text;
  block.length = size;
  if (block.kind == GST_PIN_PAGE_BLOCK_RELAY_CALL && line != NULL) {
    block.request = text;
    block.request_length = line - text;
    block.text = line + 1;
    block.length = text + size - block.text;
  }
  media = reader->read (&block, &query, &error);
  check_outcome (media, error);
  if (reader->peek != NULL)
    early = reader->peek (&block, &query);
  if (early != NULL)
    check_media (early);
}

static GstPinMedia *(*const answers[]) (GBytes * answer, const gchar * pin_id,
    GError ** error) = {
  gst_pin_page_read_api,
  gst_pin_page_read_resource,
  gst_pin_page_read_scripted,
};

static void
read_answer (guint index, const gchar *text, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = answers[index] (bytes, PIN_ID, &error);

  g_assert_true ((media == NULL) == (error != NULL));
  check_outcome (media, error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = NULL;
  guint index;

  if (size < 2)
    return 0;
  text = g_memdup2 (data + 1, size - 1);
  index = data[0] % (G_N_ELEMENTS (blocks) + G_N_ELEMENTS (answers));
  if (index < G_N_ELEMENTS (blocks))
    read_block (index, text, size - 1);
  else
    read_answer (index - G_N_ELEMENTS (blocks), text, size - 1);
  return 0;
}
