/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the site's own services answer for one Pin, JSON and no page. The
 * resolver calls it with what it has loaded; nothing is kept between calls.
 */
/* for memmem */
#define _GNU_SOURCE 1

#include "page-private.h"

#include "page-reader-private.h"
#include "page-verdict-private.h"

#include <gst/pin/error.h>
#include <string.h>

static void
report_answer (const GstPinJsonText *answer, const gchar *pin_id,
    GError **error)
{
  static const gchar refusal[] = "Invalid Resource Request";
  gsize size = answer->end - answer->start;

  if (size > 0 && memmem (answer->start, MIN (size, 4096), refusal,
          strlen (refusal)) != NULL)
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED,
        "the site refuses to answer for Pin %s (\"%s\"); look for a newer "
        "gst-pin: the site may have changed", pin_id, refusal);
  else if (size == 0 || *answer->start != '{')
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the site's answer for Pin %s is no JSON; try again later", pin_id);
  else
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA,
        "the site's answer of %" G_GSIZE_FORMAT " bytes has no data of Pin %s; "
        "try again, and if that does not help, look for a newer gst-pin: the "
        "site may have changed", size, pin_id);
}

typedef GstPinMedia *(*ReadFunc) (const GstPinJsonText * answer,
    const GstPinPageQuery * query, GError ** error);

static GstPinMedia *
read_answer (GBytes *answer, const gchar *pin_id, const gchar *source,
    ReadFunc read, GError **error)
{
  GstPinPageQuery query = { pin_id, NULL };
  g_autoptr (GstPinMedia) media = NULL;
  g_autoptr (GError) reason = NULL;
  GstPinJsonText text;
  gsize size;
  const gchar *data = g_bytes_get_data (answer, &size);

  if (!gst_pin_page_check_pin_id (pin_id, error))
    return NULL;
  gst_pin_json_text_init (&text, data ? data : "",
      MIN (size, GST_PIN_PAGE_MAX_BYTES));
  media = read (&text, &query, &reason);
  if (media != NULL) {
    media->source = g_strdup (source);
    if (gst_pin_page_is_answer (media))
      return g_steal_pointer (&media);
    gst_pin_page_report_poor (media, error);
  } else if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    report_answer (&text, pin_id, error);
  return NULL;
}

GstPinMedia *
gst_pin_page_read_resource (GBytes *answer, const gchar *pin_id,
    GError **error)
{
  return read_answer (answer, pin_id, "resource",
      gst_pin_page_reader_resource_read, error);
}

GstPinMedia *
gst_pin_page_read_api (GBytes *answer, const gchar *pin_id, GError **error)
{
  return read_answer (answer, pin_id, "api", gst_pin_page_reader_api_read,
      error);
}

/* Nobody has asked for this answer: it may be about anything, in any of the
 * forms that a page has, and what it refuses may be something else. */
static GstPinMedia *
read_scripted (const GstPinJsonText *answer, const GstPinPageQuery *query,
    GError **error)
{
  const GstPinPageBlock block = {
    .kind = GST_PIN_PAGE_BLOCK_RELAY_CALL,
    .text = answer->start,
    .length = answer->end - answer->start,
  };
  GstPinMedia *media = gst_pin_page_reader_resource_read (answer, query, NULL);

  if (media == NULL)
    media = gst_pin_page_reader_relay.read (&block, query, NULL);
  if (media == NULL)
    media = gst_pin_page_reader_any.read (&block, query, NULL);
  return media;
}

GstPinMedia *
gst_pin_page_read_scripted (GBytes *answer, const gchar *pin_id,
    GError **error)
{
  return read_answer (answer, pin_id, "scripted", read_scripted, error);
}
