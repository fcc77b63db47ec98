/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* HTTP/2 inside a tunnel. See origin-http2.c. */

#pragma once

#include "origin-stream.h"
#include "origin-world.h"

G_BEGIN_DECLS

OriginEnding origin_http2_serve (OriginWorld  * world,
                                 OriginStream * stream,
                                 const gchar  * host);

G_END_DECLS
