/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads script#initial-state, in which pages before 2020 kept the answers that
 * they were made of:
 *
 *   {"resourceResponses": [{"response": {"data": {…}}}]}
 *   {"resourceDataCache": [{"data": {…}}]}
 *
 * Any of the answers may be the Pin's; the others are lists of other Pins.
 */
#include "page-reader-private.h"

/* @inner: the member that the answer is wrapped in, or NULL */
static GstPinMedia *
read_answers (const GstPinJsonText *root, const gchar *list,
    const gchar *inner, const GstPinPageQuery *query, GError **error)
{
  GstPinJsonText answers, answer, pin;
  GstPinJsonIter iter;

  if (!gst_pin_json_text_find (root, &answers, list, NULL)
      || !gst_pin_json_iter_init (&iter, &answers) || iter.is_object)
    return NULL;
  while (gst_pin_json_iter_next (&iter, NULL, &answer)) {
    if (inner != NULL
        && !gst_pin_json_text_find (&answer, &answer, inner, NULL))
      continue;
    if (gst_pin_json_text_find (&answer, &pin, "data", NULL)
        && gst_pin_page_is_wanted (&pin, query))
      return gst_pin_page_read_pin (&pin, query, list, error);
  }
  return NULL;
}

static GstPinMedia *
read_initial_state (const GstPinPageBlock *block,
    const GstPinPageQuery *query, GError **error)
{
  GstPinJsonText root;
  GstPinMedia *media;

  gst_pin_json_text_init (&root, block->text, block->length);
  media = read_answers (&root, "resourceResponses", "response", query, error);
  if (media == NULL && (error == NULL || *error == NULL))
    media = read_answers (&root, "resourceDataCache", NULL, query, error);
  return media;
}

const GstPinPageReader gst_pin_page_reader_initial_state = {
  .name = "initial-state",
  .kinds = GST_PIN_PAGE_BLOCK_INITIAL_STATE,
  .read = read_initial_state,
};
