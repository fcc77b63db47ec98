/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the site is reached: the properties that pinsrc and GstPinResolver have
 * in common, as one struct. The object that has one guards it with its lock.
 */
#pragma once

#include "http-client-private.h"
#include "resolve-options-private.h"
#include "settings-private.h"

G_BEGIN_DECLS

typedef struct
{
  gchar *proxy, *proxies;
  gchar *tls_ca_file;
  gchar *user_agent;
  gchar **cookies;
  gchar *cookies_file;
  GstStructure *extra_headers;
  guint timeout, retries;
  guint max_request_rate;
  gboolean allow_private;
  gchar *strategies;
  gchar *access_token, *access_token_file;
  guint cache_time;
} GstPinResolverSettings;

extern const GstPinSetting gst_pin_resolver_settings[];

/* What they and the environment ask of a client. (transfer full) strings */
void gst_pin_resolver_settings_to_http (const GstPinResolverSettings * self,
    GstPinHttpConfig * http);

/* What they ask of a resolve, not yet loaded. (transfer full) strings */
void gst_pin_resolver_settings_to_options (const GstPinResolverSettings * self,
    GstPinResolveOptions * options);

G_END_DECLS
