/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Routes: which proxy to take, and how much to ask of a host at a time. The
 * client makes one per proxy (or one, direct) and frees them with itself. Pure
 * bookkeeping on the client's thread; the clock is an argument.
 */
#include "http-route-private.h"

/* A proxy that failed so often in a row is left alone for a while */
#define FAILURES_TO_OPEN 3
#define OPEN_FOR (30 * G_TIME_SPAN_SECOND)
/* How much the last use counts */
#define HEALTH_WEIGHT 0.3
/* Answers to one burst come together: they are one sign, not many */
#define CUT_PAUSE G_TIME_SPAN_SECOND
/* From here on there is no limit to keep */
#define LIMIT_FORGOTTEN 128

GstPinRoute *
gst_pin_route_new (const gchar *proxy, SoupSession *session)
{
  GstPinRoute *self = g_new0 (GstPinRoute, 1);

  self->proxy = g_strdup (proxy);
  self->session = session;
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      g_free);
  self->health = 1;
  return self;
}

void
gst_pin_route_free (GstPinRoute *self)
{
  g_clear_object (&self->session);
  g_hash_table_unref (self->hosts);
  g_free (self->proxy);
  g_free (self);
}

GstPinHostUse *
gst_pin_route_get_host (GstPinRoute *self, GUri *uri)
{
  gchar *key = g_strdup_printf ("%s:%d", g_uri_get_host (uri),
      g_uri_get_port (uri));
  GstPinHostUse *use = g_hash_table_lookup (self->hosts, key);

  if (use)
    g_free (key);
  else {
    use = g_new0 (GstPinHostUse, 1);
    g_hash_table_insert (self->hosts, key, use);
  }
  return use;
}

void
gst_pin_route_report (GstPinRoute *self, gboolean worked, gint64 now)
{
  self->health += HEALTH_WEIGHT * ((worked ? 1 : 0) - self->health);
  if (worked) {
    self->failures = 0;
    self->open_until = 0;
  } else if (++self->failures >= FAILURES_TO_OPEN)
    self->open_until = now + OPEN_FOR;
}

static gboolean
is_better (const GstPinRoute *a, const GstPinRoute *b, gint64 now)
{
  gboolean a_open = a->open_until > now, b_open = b->open_until > now;

  if (a_open != b_open)
    return b_open;
  return a_open ? a->open_until < b->open_until : a->health > b->health;
}

GstPinRoute *
gst_pin_route_pick (GPtrArray *routes, gint64 now)
{
  GstPinRoute *best = g_ptr_array_index (routes, 0);

  for (guint i = 1; i < routes->len; i++) {
    GstPinRoute *route = g_ptr_array_index (routes, i);

    if (is_better (route, best, now))
      best = route;
  }
  return best;
}

void
gst_pin_host_use_found_none_idle (GstPinHostUse *self)
{
  self->open = self->busy + self->ahead;
}

gboolean
gst_pin_host_use_has_room (const GstPinHostUse *self)
{
  return self->limit == 0 || self->busy < (guint) self->limit;
}

void
gst_pin_host_use_went_well (GstPinHostUse *self)
{
  if (self->limit == 0)
    return;
  self->limit += 1 / self->limit;
  if (self->limit > LIMIT_FORGOTTEN)
    self->limit = 0;
}

void
gst_pin_host_use_was_too_much (GstPinHostUse *self, gint64 now)
{
  if (self->cut_at && now - self->cut_at < CUT_PAUSE)
    return;
  self->cut_at = now;
  self->limit = MAX (1, (self->limit ? MIN (self->limit, self->busy)
          : self->busy) / 2);
}
