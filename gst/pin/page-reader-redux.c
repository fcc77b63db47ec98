/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the state of the site's Redux store, in which a page has all it knows:
 *
 *   {"initialReduxState": {
 *      "pins": {"ID": {…}, …},
 *      "resources": {"PinResource": {"OPTIONS": {"data": {…}}},
 *                    "CloseupPinResource": …}}}
 *
 * It stands in __PWS_INITIAL_PROPS__ (since 2024), in __PWS_DATA__ below
 * "props" (2020 to 2023; today that block has no Pins), or in a script without
 * a name. "pins" may be empty, and has some two hundred other Pins otherwise.
 */
/* for memmem */
#define _GNU_SOURCE 1

#include "page-reader-private.h"

#include <gst/pin/error.h>
#include <string.h>

/* The first of both places, so that a state that is still coming is found
 * where it will be found in the end. */
static gboolean
find_state (const GstPinJsonText *root, GstPinJsonText *state)
{
  static const gchar name[] = "initialReduxState";
  GstPinJsonText key, value;
  GstPinJsonIter iter;

  if (!gst_pin_json_iter_init (&iter, root) || !iter.is_object)
    return FALSE;
  while (gst_pin_json_iter_next (&iter, &key, &value)) {
    if (gst_pin_json_text_is_named (&key, name)) {
      *state = value;
      return TRUE;
    }
    if (gst_pin_json_text_is_named (&key, "props")
        && gst_pin_json_text_find (&value, state, name, NULL))
      return TRUE;
  }
  return FALSE;
}

/* The key says which Pin it is. An id inside that says otherwise is not
 * followed: such an object is nobody's. */
static GstPinMedia *
read_pins (const GstPinJsonText *pins, const GstPinPageQuery *query,
    GError **error)
{
  GstPinJsonText pin, id;

  if (!gst_pin_json_text_find (pins, &pin, query->pin_id, NULL))
    return NULL;
  if (gst_pin_json_text_find (&pin, &id, "id", NULL)
      && !gst_pin_page_is_wanted (&pin, query))
    return NULL;
  return gst_pin_page_read_pin (&pin, query, "initialReduxState.pins", error);
}

/* The options are the member's name: `field_set_key=\"…\",id=\"ID\"` */
static gboolean
options_name_pin (const GstPinJsonText *options, const gchar *pin_id)
{
  g_autofree gchar *wanted = g_strdup_printf ("id=\\\"%s\\\"", pin_id);
  const gchar *found = memmem (options->start,
      options->end - options->start, wanted, strlen (wanted));

  return found != NULL && (found == options->start
      || (!g_ascii_isalnum (found[-1]) && found[-1] != '_'));
}

static gboolean
is_gone (const GstPinJsonText *resource)
{
  GstPinJsonText status;

  return gst_pin_json_text_find (resource, &status, "error", "http_status",
      NULL) && gst_pin_json_text_equals (&status, "404");
}

/* The answers of one resource */
static GstPinMedia *
read_answers (const GstPinJsonText *answers, const GstPinPageQuery *query,
    GError **error)
{
  GstPinJsonText options, resource, pin;
  GstPinJsonIter iter;

  if (!gst_pin_json_iter_init (&iter, answers) || !iter.is_object)
    return NULL;
  while (gst_pin_json_iter_next (&iter, &options, &resource)) {
    if (gst_pin_json_text_find (&resource, &pin, "data", NULL)
        && gst_pin_page_is_wanted (&pin, query))
      return gst_pin_page_read_pin (&pin, query,
          "initialReduxState.resources.PinResource", error);
    if (is_gone (&resource) && options_name_pin (&options, query->pin_id)) {
      g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND,
          "the page's PinResource answer is 404 for Pin %s", query->pin_id);
      return NULL;
    }
  }
  return NULL;
}

static GstPinMedia *
read_resources (const GstPinJsonText *resources, const GstPinPageQuery *query,
    GError **error)
{
  static const gchar *const names[] = { "PinResource", "CloseupPinResource" };
  GstPinMedia *media = NULL;
  GstPinJsonText answers;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (gst_pin_json_text_find (resources, &answers, names[i], NULL))
      media = gst_pin_page_join (media, read_answers (&answers, query,
              error && *error ? NULL : error));
  }
  if (media != NULL)
    g_clear_error (error);
  return media;
}

static GstPinMedia *
peek_redux (const GstPinPageBlock *block, const GstPinPageQuery *query)
{
  GstPinJsonText root, state, pins;

  gst_pin_json_text_init (&root, block->text, block->length);
  if (!find_state (&root, &state)
      || !gst_pin_json_text_find (&state, &pins, "pins", NULL))
    return NULL;
  return read_pins (&pins, query, NULL);
}

static GstPinMedia *
read_redux (const GstPinPageBlock *block, const GstPinPageQuery *query,
    GError **error)
{
  g_autoptr (GError) pins_error = NULL;
  g_autoptr (GError) resources_error = NULL;
  GstPinJsonText root, state, place;
  GstPinMedia *media = NULL, *more = NULL;

  gst_pin_json_text_init (&root, block->text, block->length);
  if (!find_state (&root, &state))
    return NULL;
  if (gst_pin_json_text_find (&state, &place, "pins", NULL))
    media = read_pins (&place, query, &pins_error);
  if (!gst_pin_page_is_full (media)
      && gst_pin_json_text_find (&state, &place, "resources", NULL))
    more = read_resources (&place, query, &resources_error);
  media = gst_pin_page_join (media, more);
  if (media == NULL && resources_error != NULL)
    g_propagate_error (error, g_steal_pointer (&resources_error));
  else if (media == NULL && pins_error != NULL)
    g_propagate_error (error, g_steal_pointer (&pins_error));
  return media;
}

const GstPinPageReader gst_pin_page_reader_redux = {
  .name = "redux",
  .kinds = GST_PIN_PAGE_BLOCK_INITIAL_PROPS | GST_PIN_PAGE_BLOCK_PWS_DATA
      | GST_PIN_PAGE_BLOCK_STATE,
  .read = read_redux,
  .peek = peek_redux,
};
