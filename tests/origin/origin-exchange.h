/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One request and what becomes of it. See origin-exchange.c. */

#pragma once

#include "origin-world.h"

G_BEGIN_DECLS

/* What goes out at a limited rate goes in pieces of 10 ms: 100 wake-ups a
 * second. */
#define ORIGIN_PIECES_PER_SECOND 100
/* A client that did not read for so long does not get the missed bytes at
 * once. */
#define ORIGIN_MAX_CATCH_UP_US (50 * G_TIME_SPAN_MILLISECOND)

/**
 * OriginExchange:
 * @request: what is asked for
 * @url: its URL without query
 * @fault: (nullable): what goes wrong
 * @answer: (nullable): what is answered, after origin_exchange_answer()
 * @limit: how many body bytes pass before the fault cuts in
 * @declared: the Content-Length to declare
 * @rate: bytes per second, 0 for no limit
 */
typedef struct
{
  OriginRequest *request;
  gchar *url;
  OriginFault *fault;
  OriginAnswer *answer;
  guint64 limit;
  guint64 declared;
  guint64 rate;

  /*< private > */
  OriginWorld *world;
} OriginExchange;

OriginExchange * origin_exchange_begin  (OriginWorld   * world,
                                         OriginRequest * request);
void             origin_exchange_answer (OriginExchange * self);
void             origin_exchange_end    (OriginExchange * self);

gboolean         origin_exchange_has    (const OriginExchange * self,
                                         OriginFaultKind        kind);
const guint8 *   origin_exchange_body   (const OriginExchange * self,
                                         guint64              * size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OriginExchange, origin_exchange_end)

G_END_DECLS
