/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a user sets about asking. An object's settings are copied here under
 * that object's lock; loading, which reads files, comes after it and without
 * any lock. From then on nobody writes it. Each session and each of a
 * resolver's questions has its own copy.
 */
#include "resolve-options-private.h"

#include <gst/pin/error.h>
#include <string.h>

#include "file-text-private.h"
#include "strategy-private.h"

/* Tokens seen have some 90 characters */
#define MAX_TOKEN 4096

void
gst_pin_resolve_options_clear (GstPinResolveOptions *self)
{
  g_clear_pointer (&self->strategies, g_free);
  g_clear_pointer (&self->cookie_pairs, g_strfreev);
  g_clear_pointer (&self->cookies_file, g_free);
  g_clear_pointer (&self->access_token, g_free);
  g_clear_pointer (&self->access_token_file, g_free);
  g_clear_pointer (&self->ranking, g_ptr_array_unref);
  g_clear_pointer (&self->cookies, gst_pin_cookies_unref);
  g_clear_pointer (&self->token, g_free);
}

void
gst_pin_resolve_options_copy (const GstPinResolveOptions *from,
    GstPinResolveOptions *to)
{
  *to = *from;
  to->strategies = g_strdup (from->strategies);
  to->cookie_pairs = g_strdupv (from->cookie_pairs);
  to->cookies_file = g_strdup (from->cookies_file);
  to->access_token = g_strdup (from->access_token);
  to->access_token_file = g_strdup (from->access_token_file);
  to->ranking = from->ranking ? g_ptr_array_ref (from->ranking) : NULL;
  to->cookies = from->cookies ? gst_pin_cookies_ref (from->cookies) : NULL;
  to->token = g_strdup (from->token);
}

/* RFC 6750, section 2.1. A token goes into a header, so nothing else may. */
static gboolean
is_token (const gchar *text)
{
  gsize length = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
      "abcdefghijklmnopqrstuvwxyz0123456789-._~+/");

  return length > 0 && text[length + strspn (text + length, "=")] == '\0';
}

static gboolean
load_token (GstPinResolveOptions *self, GError **error)
{
  g_autofree gchar *text = NULL;

  if (self->access_token)
    text = g_strdup (self->access_token);
  else if (self->access_token_file)
    text = gst_pin_file_text_read (self->access_token_file, MAX_TOKEN,
        "access token", error);
  else
    return TRUE;
  if (!text)
    return FALSE;
  if (!is_token (g_strstrip (text))) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED,
        "The access token%s%s has characters that no token has. Copy it again "
        "from the site's page for developers.", self->access_token ? "" :
        " in ", self->access_token ? "" : self->access_token_file);
    return FALSE;
  }
  self->token = g_steal_pointer (&text);
  return TRUE;
}

gboolean
gst_pin_resolve_options_load (GstPinResolveOptions *self, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (self->ranking)
    return TRUE;
  self->ranking = gst_pin_strategies_parse (self->strategies, &problem);
  if (!problem)
    self->cookies = gst_pin_cookies_new (self->cookie_pairs,
        self->cookies_file, g_get_real_time () / G_USEC_PER_SEC, &problem);
  if (!problem)
    load_token (self, &problem);
  if (!problem)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
