/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes what walks JSON without parsing it. What can be measured ends where
 * passing over it ends; what can be parsed becomes text again; and whatever
 * walking or searching gives lies in the text.
 */
#include "json-search-private.h"
#include "json-skip-private.h"
#include "json-text-private.h"

#include <gst/pin/error.h>

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static void
check_inside (const GstPinJsonText *part, const GstPinJsonText *whole)
{
  g_assert_true (part->start >= whole->start && part->start < whole->end);
  g_assert_true (part->end >= part->start && part->end <= whole->end);
}

static void
walk (const GstPinJsonText *text, guint depth)
{
  GstPinJsonText key, value;
  GstPinJsonIter iter;

  if (depth == 6 || !gst_pin_json_iter_init (&iter, text))
    return;
  for (guint i = 0; i < 8; i++) {
    if (!gst_pin_json_iter_next (&iter, &key, &value))
      break;
    check_inside (&value, text);
    if (iter.is_object)
      check_inside (&key, text);
    gst_pin_json_text_equals (&value, "1");
    walk (&value, depth + 1);
  }
}

static void
check_measure (const GstPinJsonText *text)
{
  gsize length;
  guint n_values;

  if (!gst_pin_json_text_measure (text, &length, &n_values))
    return;
  g_assert_cmpuint (length, <=, (gsize) (text->end - text->start));
  g_assert_cmpuint (n_values, <=, length + 1);
  if (*text->start == '{' || *text->start == '[')
    g_assert_true (gst_pin_json_skip_container (text->start, text->end)
        == text->start + length);
}

static void
check_parse (const GstPinJsonText *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = gst_pin_json_text_parse (text, &error);
  g_autofree gchar *again = NULL;

  g_assert_true ((node == NULL) == (error != NULL));
  if (node == NULL) {
    g_assert_true (error->domain == GST_PIN_ERROR);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return;
  }
  again = json_to_string (node, FALSE);
  g_assert_nonnull (again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const gchar *const names[] = { "id", "entityId", NULL };
  g_autofree gchar *copy = g_malloc (MAX (size, 1));
  g_autoptr (GArray) found = NULL;
  GstPinJsonText text, value;

  if (size > 0)
    memcpy (copy, data, size);
  gst_pin_json_text_init (&text, copy, size);
  if (text.start == text.end)
    return 0;
  walk (&text, 0);
  if (gst_pin_json_text_find (&text, &value, "a", "id", NULL))
    check_inside (&value, &text);
  found = gst_pin_json_search (&text, names, "1", 8);
  g_assert_cmpuint (found->len, <=, 8);
  for (guint i = 0; i < found->len; i++)
    check_inside (&g_array_index (found, GstPinJsonText, i), &text);
  check_measure (&text);
  check_parse (&text);
  return 0;
}
