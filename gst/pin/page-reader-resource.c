/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads what the site's PinResource answers:
 *
 *   {"resource_response": {"status": "success", "data": {…}, "error": …}}
 *
 * and the widget's answer, {"status": …, "data": [{…}]}. It is called for what
 * was asked for, so what is refused or missing in it is the whole result.
 */
#include "page-reader-private.h"

#include "page-pick-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>

#define MAX_SHOWN 200
#define RETRY "try again later, or hand in cookies of a browser's session"

/* Codes as seen in answers: 2 and 3 ask for a login; the HTTP status inside is
 * that of the answer. */
static GstPinError
classify (JsonObject *error)
{
  guint64 status = gst_pin_page_pick_number (error, "http_status", 999);
  guint64 code = gst_pin_page_pick_number (error, "code", 99999);

  if (status == 404)
    return GST_PIN_ERROR_NOT_FOUND;
  if (status == 429)
    return GST_PIN_ERROR_RATE_LIMITED;
  if (status == 401 || status == 403 || code == 2 || code == 3)
    return GST_PIN_ERROR_BLOCKED;
  return GST_PIN_ERROR_NETWORK;
}

static const gchar *
advice (GstPinError code)
{
  switch (code) {
    case GST_PIN_ERROR_NOT_FOUND:
      return "check the link";
    case GST_PIN_ERROR_RATE_LIMITED:
      return "wait before asking again";
    case GST_PIN_ERROR_BLOCKED:
      return RETRY;
    default:
      return "try again later";
  }
}

static void
report_failure (const GstPinJsonText *text, const GstPinPageQuery *query,
    GError **error)
{
  g_autoptr (JsonNode) node = gst_pin_json_text_parse (text, NULL);
  g_autofree gchar *message = NULL;
  g_autofree gchar *shown = NULL;
  GstPinError code = GST_PIN_ERROR_SCHEMA;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    code = classify (json_node_get_object (node));
    message =
        gst_pin_page_pick_string (json_node_get_object (node), "message");
  }
  shown = gst_pin_shown (message ? message : "it gives no reason", MAX_SHOWN);
  g_set_error (error, GST_PIN_ERROR, code,
      "the site's answer for Pin %s is an error: %s; %s", query->pin_id, shown,
      advice (code));
}

static GstPinMedia *
read_widget (const GstPinJsonText *list, const GstPinPageQuery *query,
    GError **error)
{
  GstPinJsonText pin;
  GstPinJsonIter iter;

  if (!gst_pin_json_iter_init (&iter, list) || iter.is_object)
    return NULL;
  while (gst_pin_json_iter_next (&iter, NULL, &pin)) {
    if (gst_pin_page_is_wanted (&pin, query))
      return gst_pin_page_read_pin (&pin, query, "data", error);
  }
  return NULL;
}

/* TRUE where the member is there and is no null */
static gboolean
find_something (const GstPinJsonText *object, const gchar *name,
    GstPinJsonText *value)
{
  return gst_pin_json_text_find (object, value, name, NULL)
      && !gst_pin_json_text_equals (value, "null");
}

GstPinMedia *
gst_pin_page_reader_resource_read (const GstPinJsonText *answer,
    const GstPinPageQuery *query, GError **error)
{
  GstPinJsonText response, value;

  if (!gst_pin_json_text_find (answer, &response, "resource_response", NULL)) {
    if (gst_pin_json_text_find (answer, &value, "data", NULL))
      return read_widget (&value, query, error);
    return NULL;
  }
  if (gst_pin_json_text_find (&response, &value, "data", NULL)
      && gst_pin_page_is_wanted (&value, query))
    return gst_pin_page_read_pin (&value, query, "resource_response.data",
        error);
  if (find_something (&response, "error", &value))
    report_failure (&value, query, error);
  return NULL;
}
