/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of a Pin, as a few lines and a table for people, or as JSON:
 * asked of the site, or read from a page that was saved. Main thread; returns
 * when all is printed.
 */
#include "tool-info.h"

#include <gst/pin/pin.h>
#include <stdio.h>

#include "tool-error.h"
#include "tool-frame.h"
#include "tool-print.h"

#define MAX_PAGE (16 * 1024 * 1024)

static void
append_fact (GString *out, const gchar *name, const gchar *value)
{
  g_autofree gchar *shown = NULL;

  if (!value || !*value)
    return;
  shown = gst_pin_tool_text_fit (value, gst_pin_tool_text_width (value));
  g_string_append_printf (out, "%-12s %s\n", name, shown);
}

static void
append_media (GString *out, const GstPinMedia *media)
{
  GDateTime *created = gst_pin_media_get_created (media);
  g_autofree gchar *date = created ? g_date_time_format_iso8601 (created)
      : NULL;
  const gchar *author = gst_pin_media_get_author_name (media);

  append_fact (out, "Pin", gst_pin_media_get_url (media));
  append_fact (out, "Title", gst_pin_media_get_title (media));
  append_fact (out, "Description", gst_pin_media_get_description (media));
  append_fact (out, "Author", author ? author
      : gst_pin_media_get_author_username (media));
  append_fact (out, "Board", gst_pin_media_get_board (media));
  append_fact (out, "Date", date);
  append_fact (out, "Picture", gst_pin_media_get_thumbnail (media));
  append_fact (out, "Elsewhere", gst_pin_media_get_external_url (media));
  for (guint i = 0; i < gst_pin_media_get_n_images (media); i++)
    append_fact (out, "Image", gst_pin_media_get_image (media, i));
}

static const gchar *
name_codec (GstPinCodec codec)
{
  switch (codec) {
    case GST_PIN_CODEC_H264:
      return "h264";
    case GST_PIN_CODEC_H265:
      return "hevc";
    case GST_PIN_CODEC_AV1:
      return "av1";
    default:
      return "-";
  }
}

#define ROW "%c %-14s %-5s %-10s %5s %13s %10s  %s\n"

/* One line of the table; @variant's own name stands in its first */
static void
append_row (GString *out, const GstPinVariant *variant, gint stream,
    GstClockTime duration, gboolean chosen)
{
  gboolean hls = gst_pin_variant_get_stream_type (variant)
      == GST_PIN_STREAM_HLS;
  g_autofree gchar *key = gst_pin_tool_text_fit (stream > 0 ? ""
      : gst_pin_variant_get_key (variant), 14);
  g_autofree gchar *size = NULL, *fps = NULL, *bitrate = NULL, *bytes = NULL;
  guint64 known = gst_pin_variant_get_size (variant);
  g_autofree gchar *shown = NULL;
  const gchar *codecs = NULL;
  guint width = 0, height = 0;
  gdouble rate = 0;
  guint64 bits = 0;

  if (stream >= 0)
    gst_pin_variant_get_stream (variant, stream, &width, &height, &rate,
        &bits, &codecs);
  size = height ? g_strdup_printf ("%ux%u", width, height) : g_strdup ("-");
  fps = rate > 0 ? g_strdup_printf ("%.4g", rate) : g_strdup ("-");
  bitrate = bits ? g_strdup_printf ("%" G_GUINT64_FORMAT " kbit/s",
      (bits + 500) / 1000) : g_strdup ("-");
  if (known)
    bytes = gst_pin_tool_text_bytes (known);
  else if (bits && GST_CLOCK_TIME_IS_VALID (duration)) {
    g_autofree gchar *text = gst_pin_tool_text_bytes (gst_util_uint64_scale
        (bits, duration, 8 * GST_SECOND));

    bytes = g_strconcat ("~", text, NULL);
  }
  if (!codecs)
    codecs = name_codec (gst_pin_variant_get_codec (variant));
  shown = gst_pin_tool_text_fit (codecs, gst_pin_tool_text_width (codecs));
  g_string_append_printf (out, ROW, chosen ? '*' : ' ', key,
      stream > 0 ? "" : hls ? "hls" : "mp4", size, fps, bitrate,
      bytes ? bytes : "-", shown);
}

static void
append_variant (GString *out, const GstPinVariant *variant,
    GstClockTime duration, gint chosen)
{
  gint n = gst_pin_variant_get_n_streams (variant);

  if (n <= 0)
    append_row (out, variant, -1, duration, chosen == -1);
  for (gint i = 0; i < n; i++)
    append_row (out, variant, i, duration, chosen == i);
  if (n == 0)
    g_string_append (out, "    (its playlist could not be had)\n");
}

static void
append_variants (GString *out, const GstPinVideo *video,
    const GstPinToolOptions *options)
{
  GstClockTime duration = gst_pin_video_get_duration (video);
  g_autoptr (GError) why = NULL;
  gint stream;
  const GstPinVariant *chosen = gst_pin_video_choose (video,
      options->quality, &stream, &why);

  g_string_append_printf (out, ROW, ' ', "KEY", "TYPE", "SIZE", "FPS",
      "BITRATE", "FILE", "CODECS");
  for (guint i = 0; i < gst_pin_video_get_n_variants (video); i++) {
    const GstPinVariant *variant = gst_pin_video_get_variant (video, i);

    append_variant (out, variant, duration, variant == chosen ? stream : -2);
  }
  if (chosen)
    g_string_append_printf (out, "* is what -q %s takes\n",
        options->quality ? options->quality : "best");
  else
    g_string_append_printf (out, "-q %s takes none: %s\n",
        options->quality ? options->quality : "best", why->message);
}

static void
append_addresses (GString *out, const GstPinVideo *video)
{
  for (guint i = 0; i < gst_pin_video_get_n_variants (video); i++) {
    const GstPinVariant *variant = gst_pin_video_get_variant (video, i);

    append_fact (out, gst_pin_variant_get_key (variant),
        gst_pin_variant_get_url (variant));
  }
}

static void
append_videos (GString *out, const GstPinMedia *media,
    const GstPinToolOptions *options)
{
  for (guint i = 0; i < gst_pin_media_get_n_videos (media); i++) {
    GstPinVideo *video = gst_pin_media_get_video (media, i);
    GstClockTime duration = gst_pin_video_get_duration (video);
    g_auto (GStrv) captions = gst_pin_video_get_caption_languages (video);
    g_autofree gchar *languages = g_strjoinv (", ", captions);
    g_autofree gchar *time = GST_CLOCK_TIME_IS_VALID (duration) ?
        gst_pin_tool_text_time ((duration + GST_SECOND / 2) / GST_SECOND)
        : g_strdup ("unknown length");

    g_string_append_printf (out, "%sVideo %u: %s\n", out->len ? "\n" : "",
        i + 1, time);
    append_fact (out, "Captions", languages);
    append_variants (out, video, options);
    if (options->command == GST_PIN_TOOL_INFO)
      append_addresses (out, video);
  }
}

static void
print_report (const GstPinToolOptions *options, const GstPinReport *report)
{
  const GstPinMedia *media = gst_pin_report_get_media (report);
  g_autofree gchar *json = NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  if (options->json) {
    json = gst_pin_report_to_json (report, TRUE);
    printf ("%s\n", json);
    return;
  }
  if (media && options->command == GST_PIN_TOOL_INFO)
    append_media (out, media);
  if (media)
    append_videos (out, media, options);
  fputs (out->str, stdout);
}

static GstPinReport *
read_page (const gchar *path, GstPinLocation *location, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GBytes) page = NULL;
  g_autoptr (GError) why = NULL;

  stream = g_file_read (file, NULL, &why);
  if (stream)
    page = g_input_stream_read_bytes (G_INPUT_STREAM (stream), MAX_PAGE, NULL,
        &why);
  if (page)
    return gst_pin_report_new_from_page (page, location);
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "Could not read the page: %s. Give --page a page that a browser saved.",
      why->message);
  return NULL;
}

static GstPinReport *
ask_site (const GstPinToolOptions *options, GstPinLocation *location,
    GError **error)
{
  g_autoptr (GstPinResolver) resolver = gst_pin_resolver_new ();

  if (!gst_pin_tool_options_apply (options, G_OBJECT (resolver), error))
    return NULL;
  g_object_set (resolver, "playlists", TRUE, NULL);
  return gst_pin_resolver_resolve (resolver, location, NULL);
}

static GstPinReport *
make_report (const GstPinToolOptions *options, GError **error)
{
  g_autoptr (GstPinLocation) location =
      gst_pin_location_parse (options->operands[0], error);

  if (!location)
    return NULL;
  return options->page ? read_page (options->page, location, error)
      : ask_site (options, location, error);
}

static void
print_failure (const GstPinToolOptions *options, const GError *error)
{
  GstPinToolResult result = {
    .outcome = GST_PIN_TOOL_FAILED,
    .pin = options->operands[0],
    .item = 1,
    .error = error,
  };
  g_autofree gchar *line = options->json ?
      gst_pin_tool_print_result_json (&result)
      : gst_pin_tool_print_error (result.pin, error);

  fprintf (options->json ? stdout : stderr, "%s\n", line);
}

gint
gst_pin_tool_info_run (const GstPinToolOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinReport) report = make_report (options, &error);
  const GError *why = error;

  if (report) {
    print_report (options, report);
    why = gst_pin_report_get_error (report);
  }
  if (why && !(report && options->json))
    print_failure (options, why);
  return gst_pin_tool_error_get_exit (why);
}
