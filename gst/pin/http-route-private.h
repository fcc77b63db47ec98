/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A way to the network: direct or through one proxy, with what is known of its
 * health and of each host reached through it. Client's thread only.
 */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A host's connections and how many requests it bears at a time */
typedef struct
{
  guint open;                   /* connections, as far as is known */
  guint ahead;                  /* of them, being made for nobody yet */
  guint busy;                   /* requests */
  gdouble limit;                /* requests at a time; 0: never refused any */
  gint64 cut_at;                /* monotonic µs when the limit was last halved */
} GstPinHostUse;

typedef struct
{
  gchar *proxy;                 /* NULL: direct */
  SoupSession *session;
  GHashTable *hosts;            /* "host:port" → GstPinHostUse */
  gdouble health;               /* 1: every recent use went well; 0: none did */
  guint failures;               /* in a row */
  gint64 open_until;            /* the circuit is open: monotonic µs; 0: closed */
} GstPinRoute;

GstPinRoute *gst_pin_route_new (const gchar * proxy, SoupSession * session);
void gst_pin_route_free (GstPinRoute * self);

GstPinHostUse *gst_pin_route_get_host (GstPinRoute * self, GUri * uri);

/* Whether the route itself worked, whatever the server behind it said */
void gst_pin_route_report (GstPinRoute * self, gboolean worked, gint64 now);

/* The best of @routes now: the healthiest whose circuit is closed; if none is,
 * the one that will be tried again first */
GstPinRoute *gst_pin_route_pick (GPtrArray * routes, gint64 now);

/* A request that counted on an idle connection has to make one: there are none */
void gst_pin_host_use_found_none_idle (GstPinHostUse * self);

/* Additive increase, multiplicative decrease of the requests at a time */
gboolean gst_pin_host_use_has_room (const GstPinHostUse * self);
void gst_pin_host_use_went_well (GstPinHostUse * self);
void gst_pin_host_use_was_too_much (GstPinHostUse * self, gint64 now);

G_END_DECLS
