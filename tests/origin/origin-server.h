/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The listening ports. See origin-server.c. */

#pragma once

#include "origin-world.h"

G_BEGIN_DECLS

typedef struct _OriginServer OriginServer;

/**
 * OriginPort:
 * @ORIGIN_PORT_PROXY: a proxy, and the control address
 * @ORIGIN_PORT_DIRECT: TLS from the first byte
 *
 * What a port speaks.
 */
typedef enum
{
  ORIGIN_PORT_PROXY,
  ORIGIN_PORT_DIRECT,
} OriginPort;

OriginServer * origin_server_new      (OriginWorld  * world);
guint16        origin_server_listen   (OriginServer * self,
                                       OriginPort     kind,
                                       guint16        port,
                                       GError      ** error);
void           origin_server_stop     (OriginServer * self);

G_END_DECLS
