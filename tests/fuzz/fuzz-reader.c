/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes one page reader alone, past the scanner. It is built once for each
 * line of the table, whose name is READER. The input is a block, or an answer;
 * the first line of some blocks is what stands beside them. Whatever is read is
 * about the Pin that was asked for, names no other host than the site's, and
 * survives its own JSON.
 */
#include "page-reader-private.h"

#include "page-entities-private.h"
#include "page-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define PIN_ID "912345678901234567"
#define CANONICAL_ID "812345678901234567"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

typedef GstPinMedia *(*AnswerFunc) (GBytes * answer, const gchar * pin_id,
    GError ** error);

/* A reader of blocks of a kind, or one of answers */
typedef struct
{
  const gchar *name;
  const GstPinPageReader *reader;
  GstPinPageBlockKind kind;
  AnswerFunc answer;
  const gchar *head;            /* (nullable) stands before every input */
} Case;

static const Case cases[] = {
  {"redux", &gst_pin_page_reader_redux, GST_PIN_PAGE_BLOCK_INITIAL_PROPS},
  {"relay-call", &gst_pin_page_reader_relay, GST_PIN_PAGE_BLOCK_RELAY_CALL},
  {"relay-response", &gst_pin_page_reader_relay,
      GST_PIN_PAGE_BLOCK_RELAY_RESPONSE},
  {"initial-state", &gst_pin_page_reader_initial_state,
      GST_PIN_PAGE_BLOCK_INITIAL_STATE},
  {"json-ld", &gst_pin_page_reader_json_ld, GST_PIN_PAGE_BLOCK_JSON_LD},
  {"meta", &gst_pin_page_reader_meta, GST_PIN_PAGE_BLOCK_META},
  {"any", &gst_pin_page_reader_any, GST_PIN_PAGE_BLOCK_JSON},
  {"resource", .answer = gst_pin_page_read_resource},
  {"widget", .answer = gst_pin_page_read_resource, .head = "{\"data\":"},
  {"api", .answer = gst_pin_page_read_api},
  {"scripted", .answer = gst_pin_page_read_scripted},
};

static const Case *
find_case (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (g_str_equal (cases[i].name, READER))
      return &cases[i];
  }
  g_error ("no reader is called " READER);
}

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

/* A call's first line is its request. */
static void
split_call (GstPinPageBlock *block)
{
  const gchar *end = memchr (block->text, '\n', block->length);

  if (end == NULL)
    return;
  block->request = block->text;
  block->request_length = end - block->text;
  block->text = end + 1;
  block->length -= block->request_length + 1;
}

/* A tag's first line is its property; without one it is the canonical link. As
 * in the scanner, the value is text. */
static void
split_tag (GstPinPageBlock *block, gchar **name, gchar **value)
{
  const gchar *end = memchr (block->text, '\n', block->length);
  gsize n = end ? end - block->text + 1 : 0;

  *name = end ? g_strndup (block->text, n - 1) : NULL;
  *value = gst_pin_page_decode_entities (block->text + n, block->length - n);
  block->kind = end ? GST_PIN_PAGE_BLOCK_META : GST_PIN_PAGE_BLOCK_CANONICAL;
  block->name = *name;
  block->text = *value;
  block->length = strlen (*value);
}

static void
read_block (const Case *self, const gchar *text, gsize size)
{
  GstPinPageQuery query = { PIN_ID, CANONICAL_ID };
  GstPinPageBlock block = {.kind = self->kind,.text = text,.length = size };
  g_autofree gchar *name = NULL;
  g_autofree gchar *value = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = NULL;
  g_autoptr (GstPinMedia) early = NULL;

  if (self->kind == GST_PIN_PAGE_BLOCK_RELAY_CALL)
    split_call (&block);
  else if (self->kind == GST_PIN_PAGE_BLOCK_META)
    split_tag (&block, &name, &value);
  media = self->reader->read (&block, &query, &error);
  check_outcome (media, error);
  if (self->reader->peek != NULL)
    early = self->reader->peek (&block, &query);
  if (early != NULL)
    check_media (early);
}

static void
read_answer (const Case *self, const gchar *text, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = self->answer (bytes, PIN_ID, &error);

  g_assert_true ((media == NULL) == (error != NULL));
  check_outcome (media, error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const Case *self = find_case ();
  gsize n = self->head ? strlen (self->head) : 0;
  g_autofree gchar *text = NULL;

  if (size == 0)
    return 0;
  text = g_malloc (n + size);
  if (n > 0)
    memcpy (text, self->head, n);
  memcpy (text + n, data, size);
  if (self->reader != NULL)
    read_block (self, text, n + size);
  else
    read_answer (self, text, n + size);
  return 0;
}
