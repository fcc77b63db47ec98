/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plugin's front door: one table of what it registers. To add an element,
 * add its source to meson.build, and its declaration and a line here.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <gst/gst.h>

GST_ELEMENT_REGISTER_DECLARE (pinfetchsrc);
GST_ELEMENT_REGISTER_DECLARE (pinmp4bin);
GST_ELEMENT_REGISTER_DECLARE (pinmp4mux);
GST_ELEMENT_REGISTER_DECLARE (pinsrc);

static gboolean (*const registrations[]) (GstPlugin *) = {
  gst_element_register_pinfetchsrc,
  gst_element_register_pinmp4bin,
  gst_element_register_pinmp4mux,
  gst_element_register_pinsrc,
};

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean any = FALSE;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (registrations); i++)
    any |= registrations[i] (plugin);

  return any;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR,
    GST_VERSION_MINOR,
    pin,
    "Turns a Pin into its video",
    plugin_init, VERSION, "LGPL", PACKAGE, "https://gstreamer.freedesktop.org/")
