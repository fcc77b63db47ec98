/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Prints what the library reads in a page, in the form of a test case's JSON.
 * make-page-case.py runs it to write the expectation of a new case, which a
 * person then looks over.
 *
 *     read-page FILE PIN-ID      FILE ends in .html, .answer, .api or
 *                                .scripted
 */
#include "page-private.h"

#include "media-private.h"

#include <gst/pin/error.h>

static GstPinMedia *
read_file (const gchar *path, const gchar *pin_id, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gchar *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, error))
    return NULL;
  bytes = g_bytes_new_take (data, size);
  if (g_str_has_suffix (path, ".answer"))
    return gst_pin_page_read_resource (bytes, pin_id, error);
  if (g_str_has_suffix (path, ".api"))
    return gst_pin_page_read_api (bytes, pin_id, error);
  if (g_str_has_suffix (path, ".scripted"))
    return gst_pin_page_read_scripted (bytes, pin_id, error);
  return gst_pin_page_read (bytes, pin_id, error);
}

static void
add_error (JsonBuilder *builder, const GError *error)
{
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "code");
  json_builder_add_string_value (builder, gst_pin_error_get_code (error));
  json_builder_set_member_name (builder, "message");
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, error->message);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

int
main (int argc, char **argv)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GstPinMedia) media = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *text = NULL;

  if (argc != 3) {
    g_printerr ("usage: %s FILE PIN-ID\n", argv[0]);
    return 1;
  }
  media = read_file (argv[1], argv[2], &error);
  if (error != NULL && error->domain != GST_PIN_ERROR) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "pin");
  json_builder_add_string_value (builder, argv[2]);
  if (media != NULL) {
    json_builder_set_member_name (builder, "media");
    json_builder_add_value (builder, gst_pin_media_to_node (media));
  } else
    add_error (builder, error);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
  return 0;
}
