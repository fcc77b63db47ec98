/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the site is reached: the properties that pinsrc and GstPinResolver have
 * in common, as one struct. The object that has one guards it with its lock.
 */
#pragma once

#include "http-client-private.h"
#include "resolve-options-private.h"

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

/* Installs the properties with ids from @first on; returns the id after them */
guint gst_pin_resolver_settings_install (GObjectClass * klass, guint first,
    GParamFlags flags);

void gst_pin_resolver_settings_init (GstPinResolverSettings * self);
void gst_pin_resolver_settings_clear (GstPinResolverSettings * self);

/* The field of the property @spec; NULL: it is none of these */
gpointer gst_pin_resolver_settings_find (const GstPinResolverSettings * self,
    const GParamSpec * spec);

/* What they and the environment ask of a client. (transfer full) strings */
void gst_pin_resolver_settings_to_http (const GstPinResolverSettings * self,
    GstPinHttpConfig * http);

/* What they ask of a resolve, not yet loaded. (transfer full) strings */
void gst_pin_resolver_settings_to_options (const GstPinResolverSettings * self,
    GstPinResolveOptions * options);

/* ---- fields of any settings ---- */

typedef struct
{
  const gchar *property;
  gsize offset;
} GstPinSettingsField;

gpointer gst_pin_settings_find (gconstpointer self,
    const GstPinSettingsField * fields, gsize n, const GParamSpec * spec);

/* A property's value into its field, and out of it, by the value's type */
void gst_pin_settings_set (gpointer field, const GValue * value);
void gst_pin_settings_get (gconstpointer field, GValue * value);

G_END_DECLS
