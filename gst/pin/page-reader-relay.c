/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads Relay's answers, of which a page has several, about several Pins:
 *
 *   register ("<url-encoded {"variables":{"pinId":"ID"}}>",
 *             {"data": {"v3GetPinQueryv2": {"data": {…}}}})      since 2024
 *   {"requestParameters": {…}, "response": {"data": …}}        2023 to 2024
 *
 * The query's name has changed before, so every member of "data" is looked at.
 * The answer's entityId decides whose it is. Where it has none, as in the answer
 * PinNotFound, the request's pinId does; but a request about the wanted Pin may
 * ask for other things, such as related Pins, so the answer must say what it is.
 */
#include "page-reader-private.h"

#include "page-entities-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_REQUEST (64 * 1024)

/* @variables_of has a member "variables" with the id of the Pin asked for. */
static gboolean
asks_for_pin (const GstPinJsonText *variables_of, const GstPinPageQuery *query)
{
  static const gchar *const names[] = { "pinId", "pin_id", "id" };
  GstPinJsonText id;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (gst_pin_json_text_find (variables_of, &id, "variables", names[i], NULL))
      return gst_pin_json_text_equals (&id, query->pin_id);
  }
  return FALSE;
}

/* (transfer full) The text without the backslashes of its escapes. None of
 * those that stand for another character occurs in what is percent-encoded. */
static gchar *
unquote (const gchar *text, gsize length)
{
  GString *out = g_string_sized_new (length);

  for (gsize i = 0; i < length && text[i] != '\0'; i++) {
    if (text[i] == '\\' && (++i == length || text[i] == '\0'))
      break;
    g_string_append_c (out, text[i]);
  }
  return g_string_free (out, FALSE);
}

/* The request is a name for the cache, mostly JSON: percent-encoded, inside a
 * JavaScript string. In older pages it was opaque: then it asks for nothing
 * that is known. */
static gboolean
request_asks_for_pin (const GstPinPageBlock *block,
    const GstPinPageQuery *query)
{
  g_autofree gchar *unquoted = NULL;
  g_autofree gchar *decoded = NULL;
  GstPinJsonText text;

  if (block->request == NULL || block->request_length > MAX_REQUEST)
    return FALSE;
  unquoted = unquote (block->request, block->request_length);
  decoded = g_uri_unescape_string (unquoted, NULL);
  if (decoded == NULL)
    decoded = g_steal_pointer (&unquoted);
  gst_pin_json_text_init (&text, decoded, strlen (decoded));
  return asks_for_pin (&text, query);
}

static gboolean
has_type (const GstPinJsonText *object, const gchar *member,
    const gchar *type)
{
  GstPinJsonText value;

  return gst_pin_json_text_find (object, &value, member, NULL)
      && gst_pin_json_text_equals (&value, type);
}

static gboolean
is_not_found (const GstPinJsonText *member)
{
  return has_type (member, "__typename", "PinNotFound")
      || has_type (member, "__isError", "PinNotFound");
}

/* TRUE where the object names another Pin by a plain number. */
static gboolean
has_other_id (const GstPinJsonText *pin)
{
  GstPinJsonText id;

  if (gst_pin_json_text_find (pin, &id, "entityId", NULL))
    return TRUE;
  return gst_pin_json_text_find (pin, &id, "id", NULL)
      && id.end - id.start > 1 && *id.start == '"'
      && g_ascii_isdigit (id.start[1]);
}

/* A member of the answer's data: a response with "data" in it, or the Pin
 * itself. */
static gboolean
find_pin (const GstPinJsonText *member, const GstPinPageQuery *query,
    gboolean asked, GstPinJsonText *pin)
{
  gboolean wrapped = gst_pin_json_text_find (member, pin, "data", NULL);

  if (!wrapped)
    *pin = *member;
  if (gst_pin_page_is_wanted (pin, query))
    return TRUE;
  return asked && wrapped && !has_other_id (pin)
      && (has_type (member, "__typename", "PinResponse")
      || has_type (pin, "__typename", "Pin"));
}

static GstPinMedia *
read_data (const GstPinJsonText *data, const GstPinPageQuery *query,
    gboolean asked, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GstPinMedia *media = NULL;
  GstPinJsonText key, member, pin;
  GstPinJsonIter iter;

  if (!gst_pin_json_iter_init (&iter, data) || !iter.is_object)
    return NULL;
  while (gst_pin_json_iter_next (&iter, &key, &member)) {
    if (find_pin (&member, query, asked, &pin))
      media = gst_pin_page_join (media, gst_pin_page_read_pin (&pin, query,
              "the Relay answer", reason ? NULL : &reason));
    else if (asked && reason == NULL && is_not_found (&member))
      g_set_error (&reason, GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND,
          "the page answers PinNotFound for Pin %s", query->pin_id);
  }
  if (media == NULL && reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return media;
}

static GstPinMedia *
read_response (const GstPinJsonText *root, const GstPinPageQuery *query,
    GError **error)
{
  GstPinJsonText request, data;
  gboolean asked;

  asked = gst_pin_json_text_find (root, &request, "requestParameters", NULL)
      && asks_for_pin (&request, query);
  if (!gst_pin_json_text_find (root, &data, "response", "data", NULL))
    return NULL;
  return read_data (&data, query, asked, error);
}

/* Some pages wrote the JSON of response scripts with character references. */
static gboolean
is_escaped (const GstPinJsonText *root)
{
  static const gchar mark[] = "{&quot;";
  gsize n = sizeof (mark) - 1;

  return (gsize) (root->end - root->start) > n
      && memcmp (root->start, mark, n) == 0;
}

static GstPinMedia *
read_relay (const GstPinPageBlock *block, const GstPinPageQuery *query,
    GError **error)
{
  g_autofree gchar *decoded = NULL;
  GstPinJsonText root, data;

  gst_pin_json_text_init (&root, block->text, block->length);
  if (block->kind == GST_PIN_PAGE_BLOCK_RELAY_CALL) {
    if (!gst_pin_json_text_find (&root, &data, "data", NULL))
      return NULL;
    return read_data (&data, query, request_asks_for_pin (block, query), error);
  }
  if (is_escaped (&root)) {
    decoded = gst_pin_page_decode_entities (root.start, root.end - root.start);
    gst_pin_json_text_init (&root, decoded, strlen (decoded));
  }
  return read_response (&root, query, error);
}

const GstPinPageReader gst_pin_page_reader_relay = {
  .name = "relay",
  .kinds = GST_PIN_PAGE_BLOCK_RELAY_CALL | GST_PIN_PAGE_BLOCK_RELAY_RESPONSE,
  .read = read_relay,
};
