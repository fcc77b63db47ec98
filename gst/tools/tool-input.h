/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The Pins that a run is to get, one after the other.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GstPinToolInput GstPinToolInput;

/* Called when there is more to take, or no more will come; never from inside */
typedef void (*GstPinToolInputFunc) (gpointer data);

/* @operands first, then the lines of @file; "-": the standard input; NULL: no
 * such file. GST_PIN_ERROR_IO: it can't be read */
GstPinToolInput *gst_pin_tool_input_new (gchar ** operands,
    const gchar * file, GstPinToolInputFunc func, gpointer data,
    GError ** error);
void gst_pin_tool_input_free (GstPinToolInput * self);

/* (transfer full) (nullable) The next one, if it is known yet */
gchar *gst_pin_tool_input_take (GstPinToolInput * self);

/* (nullable) Why lines of the file could not be read; there are no more then */
const GError *gst_pin_tool_input_get_error (const GstPinToolInput * self);

/* Nothing is left, and nothing will come */
gboolean gst_pin_tool_input_is_over (const GstPinToolInput * self);

G_END_DECLS
