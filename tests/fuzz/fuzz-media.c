/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes the JSON of a Pin. What is accepted must be written, read and written
 * again to the same text. Seeds: the "media" of tests/data/pages.
 */
#include <gst/pin/media.h>

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = NULL;
  g_autoptr (GstPinMedia) back = NULL;
  g_autofree gchar *json = NULL;
  g_autofree gchar *again = NULL;

  media = gst_pin_media_new_from_json (size ? (const gchar *) data : "", size,
      &error);
  g_assert ((media == NULL) == (error != NULL));
  if (media == NULL)
    return 0;
  json = gst_pin_media_to_json (media, FALSE);
  back = gst_pin_media_new_from_json (json, -1, &error);
  g_assert_no_error (error);
  again = gst_pin_media_to_json (back, FALSE);
  g_assert_cmpstr (json, ==, again);
  return 0;
}
