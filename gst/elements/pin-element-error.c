/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One way to put an error or a warning on the bus. The message carries the
 * library's own domain and sentence, and its details repeat the stable name of
 * what went wrong, so that an application need not read the sentence. Any
 * thread.
 */
#include "pin-element-error.h"

#include <gst/pin/error.h>

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

static gchar *
make_debug (GstElement *element, const GError *error)
{
  g_autofree gchar *path = gst_object_get_path_string (GST_OBJECT (element));

  return g_strdup_printf ("%s: %s (%s)", path, error->message,
      gst_pin_error_get_code (error));
}

/*
 * gst_pin_element_post_error:
 * @element: who failed
 * @error: what happened; of any domain
 * @extra: (transfer full) (nullable): further fields of the details
 *
 * Posts @error as it stands. Its details hold "code" and whatever
 * else the error carries (see gst_pin_error_get_details()), and the fields of
 * @extra.
 */
void
gst_pin_element_post_error (GstElement *element, const GError *error,
    GstStructure *extra)
{
  g_autofree gchar *debug = NULL;

  g_return_if_fail (GST_IS_ELEMENT (element));
  g_return_if_fail (error != NULL);

  debug = make_debug (element, error);
  GST_ERROR_OBJECT (element, "%s", debug);
  gst_element_post_message (element,
      gst_message_new_error_with_details (GST_OBJECT (element),
          (GError *) error, debug, fill_details (error, extra)));
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
  g_autofree gchar *debug = NULL;

  g_return_if_fail (GST_IS_ELEMENT (element));
  g_return_if_fail (error != NULL);

  debug = make_debug (element, error);
  GST_WARNING_OBJECT (element, "%s", debug);
  gst_element_post_message (element,
      gst_message_new_warning_with_details (GST_OBJECT (element),
          (GError *) error, debug, fill_details (error, extra)));
}
