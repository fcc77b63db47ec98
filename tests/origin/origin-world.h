/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What all connections of one run share. main() makes it before the first
 * connection and frees it after the last; each member has its own lock, the
 * knobs are read and written atomically. */

#pragma once

#include "origin-authority.h"
#include "origin-counters.h"
#include "origin-fault.h"
#include "origin-site.h"

G_BEGIN_DECLS

/**
 * OriginKnobs:
 * @latency_ms: the pause before each answer
 * @connect_latency_ms: the pause before a tunnel is opened
 * @rate: bytes per second of each connection, 0 for no limit
 * @compress: whether pages go out with gzip where the client takes it
 * @http2: whether new tunnels offer h2
 */
typedef struct
{
  gint latency_ms;
  gint connect_latency_ms;
  gint rate;
  gint compress;
  gint http2;
} OriginKnobs;

/**
 * OriginWorld:
 * @verbose: whether requests are logged
 */
typedef struct
{
  OriginAuthority *authority;
  OriginSite *site;
  OriginFaults *faults;
  OriginCounters *counters;
  OriginKnobs knobs;
  gboolean verbose;
} OriginWorld;

G_END_DECLS
