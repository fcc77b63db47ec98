/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes pages that are too large for a file, for the tests of the page rooms.
 */
#pragma once

#include "page-private.h"

#define PIN "912345678901234567"
#define VIDEO_URL "https://v1.pinimg.com/videos/iht/hls/aa/bb/cc/" \
    "aabbcc00000000000000000000000001.m3u8"
#define HEAD "<script id=\"__PWS_INITIAL_PROPS__\" type=\"application/json\">"

static inline GString *
begin_state (void)
{
  return g_string_new ("<!DOCTYPE html><html><head>" HEAD
      "{\"initialReduxState\":{\"pins\":{");
}

static inline void
add_pin (GString *page, const gchar *id, const gchar *extra)
{
  g_string_append_printf (page, "\"%s\":{\"id\":\"%s\",%s\"videos\":"
      "{\"video_list\":{\"V_HLSV4\":{\"url\":\"" VIDEO_URL "\"}}}}", id, id,
      extra);
}

static inline GstPinMedia *
read_string (GString *page, GError **error)
{
  g_autoptr (GBytes) bytes =
      g_bytes_new_static (page->str, page->len);

  return gst_pin_page_read (bytes, PIN, error);
}
