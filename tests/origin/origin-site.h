/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The hosts that the origin stands in for. See origin-site.c. */

#pragma once

#include "origin-answer.h"

G_BEGIN_DECLS

typedef struct _OriginSite OriginSite;

OriginSite *   origin_site_new       (const gchar         * root,
                                      GError             ** error);
void           origin_site_free      (OriginSite          * self);

gboolean       origin_site_has_host  (const gchar         * host);
OriginAnswer * origin_site_answer    (OriginSite          * self,
                                      const OriginRequest * request,
                                      gboolean              compress);

G_END_DECLS
