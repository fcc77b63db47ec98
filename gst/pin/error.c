/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The error domain: its quark, its GType (so that bindings and `gst-inspect`
 * see the names), the details that an error carries, and the translation of
 * what GIO and libsoup report. Pure functions, any thread.
 */
#include "error-private.h"

#include <libsoup/soup.h>
#include <string.h>

typedef struct
{
  GstStructure *details;        /* NULL: none */
} GstPinErrorPrivate;

static void
gst_pin_error_private_init (GstPinErrorPrivate *priv)
{
  priv->details = NULL;
}

static void
gst_pin_error_private_copy (const GstPinErrorPrivate *src,
    GstPinErrorPrivate *dest)
{
  dest->details = src->details ? gst_structure_copy (src->details) : NULL;
}

static void
gst_pin_error_private_clear (GstPinErrorPrivate *priv)
{
  g_clear_pointer (&priv->details, gst_structure_free);
}

G_DEFINE_EXTENDED_ERROR (GstPinError, gst_pin_error);

GType
gst_pin_error_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
#define VALUE(name, nick) { GST_PIN_ERROR_##name, "GST_PIN_ERROR_" #name, nick }
    VALUE (INVALID_LOCATION, "invalid-location"),
    VALUE (NOT_FOUND, "not-found"),
    VALUE (NOT_A_VIDEO, "not-a-video"),
    VALUE (EXTERNAL, "external"),
    VALUE (BLOCKED, "blocked"),
    VALUE (RATE_LIMITED, "rate-limited"),
    VALUE (SCHEMA, "schema"),
    VALUE (NO_VARIANT, "no-variant"),
    VALUE (NETWORK, "network"),
    VALUE (TIMEOUT, "timeout"),
    VALUE (TLS, "tls"),
    VALUE (FORBIDDEN_HOST, "forbidden-host"),
    VALUE (TRUNCATED, "truncated"),
    VALUE (UNSUPPORTED, "unsupported"),
    VALUE (CANCELLED, "cancelled"),
    VALUE (IO, "io"),
    VALUE (INTERNAL, "internal"),
#undef VALUE
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstPinError", values);
    g_once_init_leave (&type, made);
  }
  return type;
}

/**
 * gst_pin_error_get_code:
 * @error: an error of any domain
 *
 * Gives the stable name of what went wrong, as it stands in the `code` field
 * of a bus message's details and in the JSON of a Pin. An error of another
 * domain counts as "cancelled" when an operation was cancelled, and as
 * "internal" otherwise: whoever meets a foreign error translates it first.
 *
 * Returns: (transfer none): a static string such as "not-found"
 */
const gchar *
gst_pin_error_get_code (const GError *error)
{
  GEnumClass *klass;
  const GEnumValue *value;
  const gchar *nick;
  gint code = GST_PIN_ERROR_INTERNAL;

  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == GST_PIN_ERROR)
    code = error->code;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = GST_PIN_ERROR_CANCELLED;

  klass = g_type_class_ref (GST_TYPE_PIN_ERROR);
  value = g_enum_get_value (klass, code);
  nick = value ? value->value_nick : "internal";
  g_type_class_unref (klass);
  return nick;
}

/**
 * gst_pin_error_get_details:
 * @error: an error of any domain
 *
 * Gives what a program may want to know of the error, as it stands in the
 * details of a bus message: always `code` (string); where they are known
 * `http-status-code` (uint), `url` (string, without query), `fragment` (uint,
 * counted from 0), `rendition` (uint, 0: picture or all, 1: sound), `attempts`
 * (uint), `retry-after` (uint, seconds) and `bad-certificate` (boolean).
 *
 * Returns: (transfer full): a structure named "gst-pin-error"
 */
GstStructure *
gst_pin_error_get_details (const GError *error)
{
  GstPinErrorPrivate *priv;
  GstStructure *details = NULL;

  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == GST_PIN_ERROR) {
    priv = gst_pin_error_get_private (error);
    if (priv->details)
      details = gst_structure_copy (priv->details);
  }
  if (!details)
    details = gst_structure_new_empty ("gst-pin-error");
  gst_structure_set (details, "code", G_TYPE_STRING,
      gst_pin_error_get_code (error), NULL);
  return details;
}

void
gst_pin_error_set_details (GError *error, const gchar *first, ...)
{
  GstPinErrorPrivate *priv;
  va_list args;

  g_return_if_fail (error != NULL && error->domain == GST_PIN_ERROR);

  priv = gst_pin_error_get_private (error);
  if (!priv->details)
    priv->details = gst_structure_new_empty ("gst-pin-error");
  va_start (args, first);
  gst_structure_set_valist (priv->details, first, args);
  va_end (args);
}

gchar *
gst_pin_url_for_display (const gchar *url)
{
  return g_strndup (url, strcspn (url, "?#"));
}

void
gst_pin_error_set_url (GError *error, const gchar *url)
{
  g_autofree gchar *shown = gst_pin_url_for_display (url);

  gst_pin_error_set_details (error, "url", G_TYPE_STRING, shown, NULL);
}

gboolean
gst_pin_error_is_bad_certificate (const GError *error)
{
  GstPinErrorPrivate *priv;

  if (error->domain != GST_PIN_ERROR)
    return FALSE;
  priv = gst_pin_error_get_private (error);
  return priv->details
      && gst_structure_has_field (priv->details, "bad-certificate");
}

guint
gst_pin_error_get_http_status (const GError *error)
{
  GstPinErrorPrivate *priv;
  guint status = 0;

  if (error->domain != GST_PIN_ERROR)
    return 0;
  priv = gst_pin_error_get_private (error);
  if (priv->details)
    gst_structure_get_uint (priv->details, "http-status-code", &status);
  return status;
}

static GstPinError
code_of_io_error (const GError *io)
{
  if (io->domain == G_TLS_ERROR)
    return io->code == G_TLS_ERROR_EOF ? GST_PIN_ERROR_NETWORK :
        GST_PIN_ERROR_TLS;
  if (g_error_matches (io, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return GST_PIN_ERROR_CANCELLED;
  if (g_error_matches (io, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return GST_PIN_ERROR_TIMEOUT;
  if (g_error_matches (io, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    return GST_PIN_ERROR_TRUNCATED;
  return GST_PIN_ERROR_NETWORK;
}

static const gchar *
advice_for (GstPinError code, const GError *io)
{
  if (code == GST_PIN_ERROR_TLS)
    return "Check the clock and the network, or name the right authority "
        "with the setting tls-ca-file.";
  if (io->domain == G_RESOLVER_ERROR)
    return "Check the name and the network's DNS.";
  if (g_error_matches (io, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED)
      || g_error_matches (io, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED)
      || g_error_matches (io, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH))
    return "Check the proxy's address and password.";
  return "Check the network and try again.";
}

GError *
gst_pin_error_from_io (const GError *io, const gchar *what, const gchar *url)
{
  g_autofree gchar *shown = gst_pin_url_for_display (url);
  GstPinError code;
  GError *error;

  if (io->domain == GST_PIN_ERROR)
    return g_error_copy (io);

  code = code_of_io_error (io);
  if (code == GST_PIN_ERROR_CANCELLED)
    error = g_error_new (GST_PIN_ERROR, code, "Cancelled.");
  else
    error = g_error_new (GST_PIN_ERROR, code, "Could not %s (%s): %s. %s",
        what, shown, io->message, advice_for (code, io));
  gst_pin_error_set_url (error, url);
  if (g_error_matches (io, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    gst_pin_error_set_details (error, "bad-certificate", G_TYPE_BOOLEAN, TRUE,
        NULL);
  return error;
}
