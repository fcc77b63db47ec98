/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One way to put an error or a warning on the bus. The message carries the
 * library's own domain and sentence, and its details repeat the stable name of
 * what went wrong, so that an application need not read the sentence. Any
 * thread.
 */
#include "pin-element-error.h"

#include <gst/pin/error.h>
#include <string.h>

static gboolean
add_field (GQuark field, const GValue *value, gpointer details)
{
  gst_structure_id_set_value (details, field, value);
  return TRUE;
}

/* Takes @extra */
static GstStructure *
fill_details (const GError *error, GstStructure *extra)
{
  GstStructure *details = gst_pin_error_get_details (error);

  if (extra) {
    gst_structure_foreach (extra, add_field, details);
    gst_structure_free (extra);
  }
  return details;
}

/* The library writes its errors as GLib does, to be put behind a colon; on the
 * bus they stand alone. A first word that is no plain word (a host's name) is
 * left as it is. */
static GError *
make_sentence (const GError *error)
{
  GError *sentence = g_error_copy (error);
  gsize length = strlen (error->message);
  gsize word = strspn (error->message, "abcdefghijklmnopqrstuvwxyz");
  gboolean ended = length > 0 && strchr (".!?", error->message[length - 1]);

  g_free (sentence->message);
  sentence->message = g_strconcat (error->message, ended ? NULL : ".", NULL);
  if (word > 0 && error->message[word] == ' ')
    sentence->message[0] = g_ascii_toupper (sentence->message[0]);
  return sentence;
}

static gchar *
make_debug (GstElement *element, const GError *error)
{
  g_autofree gchar *path = gst_object_get_path_string (GST_OBJECT (element));

  return g_strdup_printf ("%s: %s (%s)", path, error->message,
      gst_pin_error_get_code (error));
}

typedef GstMessage *(*MakeMessage) (GstObject * source, GError * error,
    const gchar * debug, GstStructure * details);

/* Takes @extra */
static void
post (GstElement *element, const GError *error, GstStructure *extra,
    MakeMessage make, GstDebugLevel level)
{
  g_autoptr (GError) sentence = make_sentence (error);
  g_autofree gchar *debug = make_debug (element, sentence);

  GST_CAT_LEVEL_LOG (GST_CAT_DEFAULT, level, element, "%s", debug);
  gst_element_post_message (element, make (GST_OBJECT (element), sentence,
          debug, fill_details (error, extra)));
}

/*
 * gst_pin_element_post_error:
 * @element: who failed
 * @error: what happened; of any domain
 * @extra: (transfer full) (nullable): further fields of the details
 *
 * Posts @error as a sentence. Its details hold "code" and whatever else the
 * error carries (see gst_pin_error_get_details()), and the fields of @extra.
 */
void
gst_pin_element_post_error (GstElement *element, const GError *error,
    GstStructure *extra)
{
  g_return_if_fail (GST_IS_ELEMENT (element));
  g_return_if_fail (error != NULL);

  post (element, error, extra, gst_message_new_error_with_details,
      GST_LEVEL_ERROR);
}

/*
 * gst_pin_element_post_warning:
 * @element: who has something to say
 * @error: what was lost, although the rest goes on
 * @extra: (transfer full) (nullable): further fields of the details
 *
 * As gst_pin_element_post_error(), for what does not end the run.
 */
void
gst_pin_element_post_warning (GstElement *element, const GError *error,
    GstStructure *extra)
{
  g_return_if_fail (GST_IS_ELEMENT (element));
  g_return_if_fail (error != NULL);

  post (element, error, extra, gst_message_new_warning_with_details,
      GST_LEVEL_WARNING);
}

static GstPinError
find_code (const GError *error)
{
  if (error->domain == GST_STREAM_ERROR)
    return GST_PIN_ERROR_UNSUPPORTED;
  if (g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN))
    return GST_PIN_ERROR_UNSUPPORTED;
  if (error->domain != GST_RESOURCE_ERROR)
    return GST_PIN_ERROR_INTERNAL;
  switch (error->code) {
    case GST_RESOURCE_ERROR_NO_SPACE_LEFT:
    case GST_RESOURCE_ERROR_WRITE:
    case GST_RESOURCE_ERROR_OPEN_WRITE:
      return GST_PIN_ERROR_IO;
    default:
      return GST_PIN_ERROR_NETWORK;
  }
}

/*
 * gst_pin_element_translate_error:
 * @message: (transfer full): an error that an element inside a bin posted
 *
 * Returns: (transfer full): the same in this project's domain, with its code
 *   and the details it had; @message itself where that is its domain
 */
GstMessage *
gst_pin_element_translate_error (GstMessage *message)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  const GstStructure *given = NULL;
  GstMessage *result;

  gst_message_parse_error (message, &inner, &debug);
  if (inner->domain == GST_PIN_ERROR)
    return message;
  gst_message_parse_error_details (message, &given);
  error = g_error_new (GST_PIN_ERROR, find_code (inner), "%s failed: %s",
      GST_OBJECT_NAME (GST_MESSAGE_SRC (message)), inner->message);
  result = gst_message_new_error_with_details (GST_MESSAGE_SRC (message),
      error, debug, fill_details (error,
          given != NULL ? gst_structure_copy (given) : NULL));
  gst_message_unref (message);
  return result;
}
