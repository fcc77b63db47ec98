/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sends an answer over HTTP/1.1. See origin-delivery.c. */

#pragma once

#include "origin-exchange.h"
#include "origin-stream.h"

G_BEGIN_DECLS

gboolean origin_deliver      (OriginWorld    * world,
                              OriginStream   * stream,
                              OriginExchange * exchange,
                              OriginEnding   * ending);
gboolean origin_deliver_head (OriginStream       * stream,
                              const OriginAnswer * answer,
                              guint64              length,
                              gboolean             chunked,
                              gboolean             keep_alive);

G_END_DECLS
