/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What has been asked for and served. See origin-counters.c. */

#pragma once

#include <json-glib/json-glib.h>

#include "origin-request.h"

G_BEGIN_DECLS

typedef struct _OriginCounters OriginCounters;

OriginCounters * origin_counters_new            (void);
void             origin_counters_free           (OriginCounters      * self);
void             origin_counters_reset          (OriginCounters      * self);
void             origin_counters_write          (OriginCounters      * self,
                                                 JsonBuilder         * builder);

void             origin_counters_open           (OriginCounters      * self);
void             origin_counters_close          (OriginCounters      * self);
void             origin_counters_handshake      (OriginCounters      * self);
void             origin_counters_begin_request  (OriginCounters      * self,
                                                 const OriginRequest * request,
                                                 const gchar         * url);
void             origin_counters_end_request    (OriginCounters      * self);
void             origin_counters_add_bytes      (OriginCounters      * self,
                                                 const gchar         * url,
                                                 gsize                 bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OriginCounters, origin_counters_free)

G_END_DECLS
