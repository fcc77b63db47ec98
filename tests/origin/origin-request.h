/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a client asks for. See origin-request.c. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * OriginRequest:
 * @method: the method
 * @target: the target as sent: a path, an absolute URL or HOST:PORT
 * @headers: values by lower-case name
 * @keep_alive: whether the client wants to go on with the connection
 * @host: the host that the tunnel leads to, %NULL before a CONNECT
 * @path: the path, decoded; %NULL where it is unacceptable
 * @query: (nullable): the query as sent
 */
typedef struct
{
  gchar *method;
  gchar *target;
  GHashTable *headers;
  gboolean keep_alive;
  gchar *host;
  gchar *path;
  gchar *query;
} OriginRequest;

OriginRequest * origin_request_new        (const gchar   * method,
                                           const gchar   * target,
                                           const gchar   * host);
OriginRequest * origin_request_parse      (const gchar   * head,
                                           const gchar   * host);
void            origin_request_free       (OriginRequest * self);

const gchar *   origin_request_get_header (const OriginRequest * self,
                                           const gchar         * name);
gchar *         origin_request_get_url    (const OriginRequest * self);
gchar *         origin_request_get_param  (const OriginRequest * self,
                                           const gchar         * name);
gboolean        origin_request_get_range  (const OriginRequest * self,
                                           guint64               size,
                                           guint64             * start,
                                           guint64             * end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OriginRequest, origin_request_free)

G_END_DECLS
