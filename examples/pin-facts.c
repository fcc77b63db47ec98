/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the site says of Pins, by libgstpin-1.0 and without a pipeline: for each
 * Pin its title and the address of its best file or playlist, or why there is
 * none. Several are asked at once; the answers come in the order in which the
 * site gives them.
 *
 *   cc pin-facts.c -o pin-facts $(pkg-config --cflags --libs gstpin-1.0)
 *   ./pin-facts https://www.pinterest.com/pin/140806229581762/ …
 *
 * Exit status 0: all have a video.
 */
#include <gst/pin/pin.h>
#include <locale.h>

static guint missing;           /* answers */
static int status;

static void
print_video (GstPinMedia *media)
{
  GstPinVideo *video = gst_pin_media_get_video (media, 0);
  GstPinVariant *variant = gst_pin_video_get_variant (video, 0);
  const gchar *title = gst_pin_media_get_title (media);

  g_print ("%s: %s, %" G_GUINT64_FORMAT " s, %s\n",
      gst_pin_media_get_id (media), title ? title : "no title",
      gst_pin_video_get_duration (video) / GST_SECOND,
      gst_pin_variant_get_url (variant));
}

static void
on_report (GObject *resolver, GAsyncResult *result, gpointer loop)
{
  g_autoptr (GstPinReport) report =
      gst_pin_resolver_resolve_finish (GST_PIN_RESOLVER (resolver), result);
  const GError *error = gst_pin_report_get_error (report);

  if (error) {
    g_printerr ("%s: %s\n", gst_pin_error_get_code (error), error->message);
    status = 1;
  } else
    print_video (gst_pin_report_get_media (report));
  if (--missing == 0)
    g_main_loop_quit (loop);
}

static void
ask (GstPinResolver *resolver, const gchar *text, GMainLoop *loop)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinLocation) location = gst_pin_location_parse (text, &error);

  if (!location) {
    g_printerr ("%s: %s\n", gst_pin_error_get_code (error), error->message);
    status = 1;
    return;
  }
  missing++;
  gst_pin_resolver_resolve_async (resolver, location, NULL, on_report, loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (GstPinResolver) resolver = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  g_autofree gchar *authorities = NULL;
  const GOptionEntry options[] = {
    {"tls-ca-file", 0, 0, G_OPTION_ARG_FILENAME, &authorities,
        "Authorities to trust", "FILE"},
    {NULL}
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("PIN…");
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  resolver = gst_pin_resolver_new ();
  g_object_set (resolver, "tls-ca-file", authorities, NULL);
  loop = g_main_loop_new (NULL, FALSE);
  for (gint i = 1; i < argc; i++)
    ask (resolver, argv[i], loop);
  if (missing > 0)
    g_main_loop_run (loop);
  return status;
}
