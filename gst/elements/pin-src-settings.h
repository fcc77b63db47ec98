/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a user can set on pinsrc: its properties but for `stats`.
 */
#pragma once

#include <gst/gst.h>

#include "resolver-settings-private.h"
#include "session-private.h"

G_BEGIN_DECLS

typedef enum
{
  GST_PIN_FRAGMENT_URIS_AUTO,
  GST_PIN_FRAGMENT_URIS_PIN,
  GST_PIN_FRAGMENT_URIS_NATIVE
} GstPinFragmentUris;

typedef enum
{
  GST_PIN_MISSING_SEGMENT_ERROR,
  GST_PIN_MISSING_SEGMENT_SKIP
} GstPinMissingSegment;

typedef struct
{
  gchar *location;
  gchar *quality;
  guint item;
  GstPinResolverSettings resolver;
  guint max_connections;
  guint64 max_buffer_bytes;
  guint64 max_bitrate;
  gint missing_segment;
  gint fragment_uris;
  gboolean cover;
  gchar *captions;
  gchar *store;
} GstPinSrcSettings;

/* Installs the properties with ids from @first on; returns the id after them */
guint gst_pin_src_settings_install (GObjectClass * klass, guint first);

void gst_pin_src_settings_init (GstPinSrcSettings * self);
void gst_pin_src_settings_clear (GstPinSrcSettings * self);

/* FALSE: @spec is not one of them */
gboolean gst_pin_src_settings_set (GstPinSrcSettings * self,
    const GParamSpec * spec, const GValue * value);
gboolean gst_pin_src_settings_get (const GstPinSrcSettings * self,
    const GParamSpec * spec, GValue * value);

/* What they and the environment ask of a session. (transfer full) strings */
void gst_pin_src_settings_to_config (const GstPinSrcSettings * self,
    GstPinSessionConfig * config);

G_END_DECLS
