/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What resolving a Pin came to. The resolver makes one for each question, and
 * from then on nobody writes it: any thread reads it, and it lives as long as
 * somebody holds it. A report always has an answer: a media, or an error, or
 * both where the Pin is there and has no video.
 */
#include "report-private.h"

#include "error-private.h"
#include "json-text-private.h"
#include "media-private.h"
#include "page-private.h"

struct _GstPinReport
{
  gatomicrefcount refs;
  GstPinLocation *location;
  GstPinMedia *media;           /* NULL: nothing is known */
  GError *error;                /* NULL: there is a video */
  GArray *attempts;             /* of GstPinAttempt */
};

G_DEFINE_BOXED_TYPE (GstPinReport, gst_pin_report, gst_pin_report_ref,
    gst_pin_report_unref);

GArray *
gst_pin_attempts_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (GstPinAttempt));
}

void
gst_pin_attempts_add (GArray *attempts, const gchar *strategy,
    const GError *error, gint64 since)
{
  GstPinAttempt attempt = {
    strategy, error ? gst_pin_error_get_code (error) : "ok",
    (g_get_monotonic_time () - since) / 1000
  };

  g_array_append_val (attempts, attempt);
}

GError *
gst_pin_media_explain_no_video (const GstPinMedia *media, guint item)
{
  guint n = gst_pin_media_get_n_videos (media);
  const gchar *image = gst_pin_media_get_n_images (media) > 0 ?
      gst_pin_media_get_image (media, 0) : NULL;

  if (item <= n)
    return NULL;
  if (n > 0)
    return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT,
        "The Pin has %u video%s, so there is no number %u. Give the setting "
        "item %s%u.", n, n == 1 ? "" : "s", item, n == 1 ? "" :
        "a number from 1 to ", n);
  if (gst_pin_media_get_kind (media) == GST_PIN_KIND_EXTERNAL)
    return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_EXTERNAL,
        "The video of this Pin is on another site. Get it there: %s",
        gst_pin_media_get_external_url (media));
  return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_NOT_A_VIDEO,
      "This Pin is a picture and has no video.%s%s",
      image ? " The picture is at " : "", image ? image : "");
}

GError *
gst_pin_location_explain_no_pin (const GstPinLocation *location)
{
  return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
      "%s is no single Pin. Take the link of one Pin, such as "
      "https://www.pinterest.com/pin/ID/.",
      gst_pin_location_get_url (location));
}

GstPinReport *
gst_pin_report_new (GstPinLocation *location, GstPinMedia *media,
    GError *error, GArray *attempts)
{
  GstPinReport *self = g_new0 (GstPinReport, 1);

  g_atomic_ref_count_init (&self->refs);
  self->location = gst_pin_location_ref (location);
  self->media = media;
  self->error = media ? gst_pin_media_explain_no_video (media, 1) : error;
  self->attempts = g_array_ref (attempts);
  return self;
}

static GstPinMedia *
read_page (GBytes *page, const gchar *id, GError **error)
{
  gsize size;
  const gchar *text = g_bytes_get_data (page, &size);

  /* What a browser's network panel saves is the answer and no page */
  while (size > 0 && g_ascii_isspace (*text)) {
    text++;
    size--;
  }
  return size > 0 && *text == '{' ? gst_pin_page_read_resource (page, id, error)
      : gst_pin_page_read (page, id, error);
}

/**
 * gst_pin_report_new_from_page:
 * @page: a Pin's page as the site sent it, or the JSON of its data
 * @location: the Pin that it is the page of
 *
 * Reads a page that was saved, without any network. @location says which of the
 * Pins in the page is meant.
 *
 * Returns: (transfer full): what the page says, or why it says nothing
 */
GstPinReport *
gst_pin_report_new_from_page (GBytes *page, GstPinLocation *location)
{
  gint64 since = g_get_monotonic_time ();
  g_autoptr (GArray) attempts = gst_pin_attempts_new ();
  GstPinMedia *media = NULL;
  GError *error = NULL;
  const gchar *id;

  g_return_val_if_fail (page != NULL, NULL);
  g_return_val_if_fail (location != NULL, NULL);

  id = gst_pin_location_get_id (location);
  if (id) {
    media = read_page (page, id, &error);
    gst_pin_attempts_add (attempts, "page", error, since);
  } else
    error = gst_pin_location_explain_no_pin (location);
  return gst_pin_report_new (location, media, error, attempts);
}

/**
 * gst_pin_report_ref:
 * @self: a #GstPinReport
 *
 * Returns: (transfer full): @self
 */
GstPinReport *
gst_pin_report_ref (GstPinReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * gst_pin_report_unref:
 * @self: (transfer full): a #GstPinReport
 */
void
gst_pin_report_unref (GstPinReport *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  gst_pin_location_unref (self->location);
  g_clear_pointer (&self->media, gst_pin_media_unref);
  g_clear_error (&self->error);
  g_array_unref (self->attempts);
  g_free (self);
}

/**
 * gst_pin_report_get_location:
 * @self: a #GstPinReport
 *
 * Returns: (transfer none): what was asked for
 */
GstPinLocation *
gst_pin_report_get_location (const GstPinReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->location;
}

/**
 * gst_pin_report_get_media:
 * @self: a #GstPinReport
 *
 * Returns: (transfer none) (nullable): what is known about the Pin. It can be
 *     there beside an error: of a picture it names the pictures.
 */
GstPinMedia *
gst_pin_report_get_media (const GstPinReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->media;
}

/**
 * gst_pin_report_get_error:
 * @self: a #GstPinReport
 *
 * Returns: (transfer none) (nullable): why there is no video, of the domain
 *     %GST_PIN_ERROR; %NULL: there is one
 */
const GError *
gst_pin_report_get_error (const GstPinReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->error;
}

/**
 * gst_pin_report_get_n_attempts:
 * @self: a #GstPinReport
 *
 * Returns: how many strategies were tried
 */
guint
gst_pin_report_get_n_attempts (const GstPinReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->attempts->len;
}

/**
 * gst_pin_report_get_attempt:
 * @self: a #GstPinReport
 * @index: which one, in the order in which they were tried, counted from 0
 * @strategy: (out) (optional) (transfer none): its name, such as "page"
 * @result: (out) (optional) (transfer none): "ok", or an error's code
 * @milliseconds: (out) (optional): how long it took
 */
void
gst_pin_report_get_attempt (const GstPinReport *self, guint index,
    const gchar **strategy, const gchar **result, guint *milliseconds)
{
  const GstPinAttempt *attempt;

  g_return_if_fail (self != NULL);
  g_return_if_fail (index < self->attempts->len);

  attempt = &g_array_index (self->attempts, GstPinAttempt, index);
  if (strategy)
    *strategy = attempt->strategy;
  if (result)
    *result = attempt->result;
  if (milliseconds)
    *milliseconds = attempt->milliseconds;
}

/* ---- JSON ---- */

/* What the failure says about the Pin. NULL: nothing */
static const gchar *
kind_of_error (const GError *error)
{
  if (error->domain != GST_PIN_ERROR)
    return NULL;
  switch (error->code) {
    case GST_PIN_ERROR_NOT_FOUND:
      return "not_found";
    case GST_PIN_ERROR_BLOCKED:
    case GST_PIN_ERROR_RATE_LIMITED:
      return "blocked";
    case GST_PIN_ERROR_INVALID_LOCATION:
    case GST_PIN_ERROR_FORBIDDEN_HOST:
    case GST_PIN_ERROR_SCHEMA:
    case GST_PIN_ERROR_UNSUPPORTED:
      return "unsupported";
    default:
      return NULL;
  }
}

static void
set_string (JsonObject *object, const gchar *name, const gchar *text)
{
  if (text)
    json_object_set_string_member (object, name, text);
  else
    json_object_set_null_member (object, name);
}

/* The members of a media, as far as the error alone tells them */
static JsonNode *
make_empty (const GstPinReport *self)
{
  const gchar *id = gst_pin_location_get_id (self->location);
  g_autoptr (GstPinMedia) empty = gst_pin_media_new (id ? id : "");
  JsonNode *node = gst_pin_media_to_node (empty);
  JsonObject *object = json_node_get_object (node);

  set_string (object, "id", id);
  set_string (object, "url", gst_pin_location_get_url (self->location));
  set_string (object, "kind", kind_of_error (self->error));
  return node;
}

static void
add_attempts (const GstPinReport *self, JsonObject *object)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < self->attempts->len; i++) {
    const GstPinAttempt *attempt =
        &g_array_index (self->attempts, GstPinAttempt, i);
    JsonObject *item = json_object_new ();

    json_object_set_string_member (item, "strategy", attempt->strategy);
    json_object_set_string_member (item, "result", attempt->result);
    json_object_set_int_member (item, "ms", attempt->milliseconds);
    json_array_add_object_element (list, item);
  }
  json_object_set_array_member (object, "attempts", list);
}

static void
add_error (const GstPinReport *self, JsonObject *object)
{
  JsonObject *item;

  if (!self->error) {
    json_object_set_null_member (object, "error");
    return;
  }
  item = json_object_new ();
  json_object_set_string_member (item, "code",
      gst_pin_error_get_code (self->error));
  json_object_set_string_member (item, "message", self->error->message);
  json_object_set_object_member (object, "error", item);
}

/**
 * gst_pin_report_to_json:
 * @self: a #GstPinReport
 * @pretty: whether to write it in lines, for people
 *
 * Writes the report as JSON: the members of gst_pin_media_to_json() with
 * "attempts" and "error" besides. Where nothing is known, "kind" says why, and
 * the rest is null or empty.
 *
 * Returns: (transfer full): the text of one JSON object
 */
gchar *
gst_pin_report_to_json (const GstPinReport *self, gboolean pretty)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  g_return_val_if_fail (self != NULL, NULL);

  node = self->media ? gst_pin_media_to_node (self->media) : make_empty (self);
  object = json_node_get_object (node);
  add_attempts (self, object);
  add_error (self, object);
  return gst_pin_json_to_string (node, pretty);
}
