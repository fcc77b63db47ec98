/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes the page scanner and every page reader. The input is a page, which is
 * read whole and in pieces whose size its last byte tells, and then a resource
 * answer. Both ways of reading must say the same, and whatever is accepted must
 * survive its own JSON. Seeds: tests/data/pages.
 */
#include "page-private.h"

#include "media-private.h"

/* The Pin that the pages of tests/data/pages are about */
#define PIN_ID "912345678901234567"

/* What reading gave, as text: JSON, or the error's message */
static gchar *
outcome (GstPinMedia *media, const GError *error)
{
  g_autoptr (GstPinMedia) back = NULL;
  g_autofree gchar *again = NULL;
  gchar *json;

  g_assert ((media == NULL) == (error != NULL));
  if (media == NULL)
    return g_strdup (error->message);

  json = gst_pin_media_to_json (media, FALSE);
  back = gst_pin_media_new_from_json (json, -1, NULL);
  g_assert (back != NULL);
  again = gst_pin_media_to_json (back, FALSE);
  g_assert_cmpstr (json, ==, again);
  for (guint i = 0; i < gst_pin_media_get_n_videos (media); i++)
    g_assert (gst_pin_video_get_n_variants (gst_pin_media_get_video (media,
                i)) > 0);
  return json;
}

static gchar *
read_in_pieces (const guint8 *data, gsize size, gsize piece)
{
  g_autoptr (GstPinPage) self = gst_pin_page_new (PIN_ID);
  g_autoptr (GstPinMedia) media = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize at = 0; at < size; at += piece) {
    gsize n = MIN (piece, size - at);
    g_autofree gchar *copy = g_memdup2 (data + at, n);

    gst_pin_page_feed (self, copy, n);
  }
  media = gst_pin_page_finish (self, &error);
  return outcome (media, error);
}

static gchar *
read_whole (GBytes *page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = gst_pin_page_read (page, PIN_ID, &error);

  return outcome (media, error);
}

static gchar *
read_answer (GBytes *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media =
      gst_pin_page_read_resource (answer, PIN_ID, &error);

  return outcome (media, error);
}

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autofree gchar *whole = read_whole (bytes);
  g_autofree gchar *pieces =
      read_in_pieces (data, size, size ? 1 + data[size - 1] % 64 : 1);

  g_assert_cmpstr (whole, ==, pieces);
  g_free (read_answer (bytes));
  return 0;
}
