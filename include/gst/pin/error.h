/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one error domain of gst-pin. The same names appear on a pipeline's bus,
 * in the tool's output and in the JSON of a Pin.
 */
#pragma once

#include <gst/pin/prelude.h>

G_BEGIN_DECLS

/**
 * GST_PIN_ERROR:
 *
 * The error domain of everything that gst-pin reports. Codes are #GstPinError.
 */
#define GST_PIN_ERROR (gst_pin_error_quark ())
#define GST_TYPE_PIN_ERROR (gst_pin_error_get_type ())

/**
 * GstPinError:
 * @GST_PIN_ERROR_INVALID_LOCATION: what was typed is no Pin, and no link to one.
 * @GST_PIN_ERROR_NOT_FOUND: the site says that there is no such Pin.
 * @GST_PIN_ERROR_NOT_A_VIDEO: the Pin is a picture; the message names it.
 * @GST_PIN_ERROR_EXTERNAL: the Pin shows another site's player; the message names its address.
 * @GST_PIN_ERROR_BLOCKED: the site asks for a login, a captcha, or refuses.
 * @GST_PIN_ERROR_RATE_LIMITED: the site asks to slow down.
 * @GST_PIN_ERROR_SCHEMA: the page has data that cannot be read; the message names block and path.
 * @GST_PIN_ERROR_NO_VARIANT: nothing fits the wished quality; the message lists what there is.
 * @GST_PIN_ERROR_NETWORK: a connection failed or the server answered with an error.
 * @GST_PIN_ERROR_TIMEOUT: nothing came within the timeout.
 * @GST_PIN_ERROR_TLS: the server's certificate does not fit.
 * @GST_PIN_ERROR_FORBIDDEN_HOST: an address leads to a host that is not asked.
 * @GST_PIN_ERROR_TRUNCATED: data ended early, or changed on the way.
 * @GST_PIN_ERROR_UNSUPPORTED: the media need something that is not supported.
 * @GST_PIN_ERROR_CANCELLED: the caller cancelled.
 * @GST_PIN_ERROR_IO: writing failed, or a file that was named cannot be read.
 * @GST_PIN_ERROR_INTERNAL: a bug of gst-pin.
 *
 * What went wrong. The nick of each value is the stable name that scripts
 * match, such as "not-found"; see gst_pin_error_get_code().
 */
typedef enum
{
  GST_PIN_ERROR_INVALID_LOCATION,
  GST_PIN_ERROR_NOT_FOUND,
  GST_PIN_ERROR_NOT_A_VIDEO,
  GST_PIN_ERROR_EXTERNAL,
  GST_PIN_ERROR_BLOCKED,
  GST_PIN_ERROR_RATE_LIMITED,
  GST_PIN_ERROR_SCHEMA,
  GST_PIN_ERROR_NO_VARIANT,
  GST_PIN_ERROR_NETWORK,
  GST_PIN_ERROR_TIMEOUT,
  GST_PIN_ERROR_TLS,
  GST_PIN_ERROR_FORBIDDEN_HOST,
  GST_PIN_ERROR_TRUNCATED,
  GST_PIN_ERROR_UNSUPPORTED,
  GST_PIN_ERROR_CANCELLED,
  GST_PIN_ERROR_IO,
  GST_PIN_ERROR_INTERNAL
} GstPinError;

GST_PIN_API
GType gst_pin_error_get_type (void);

GST_PIN_API
GQuark gst_pin_error_quark (void);

GST_PIN_API
const gchar *gst_pin_error_get_code (const GError * error);

GST_PIN_API
GstStructure *gst_pin_error_get_details (const GError * error);

G_END_DECLS
