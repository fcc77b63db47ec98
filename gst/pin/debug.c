/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The library's debug category, made when first used. Any thread.
 */
#include "debug-private.h"

GstDebugCategory *
gst_pin_debug_category (void)
{
  static gsize category = 0;

  if (g_once_init_enter (&category)) {
    gsize made = (gsize) _gst_debug_category_new ("pin", 0, "Pin library");

    g_once_init_leave (&category, made);
  }
  return (GstDebugCategory *) category;
}
