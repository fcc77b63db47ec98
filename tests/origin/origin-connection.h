/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One client's connection. See origin-connection.c. */

#pragma once

#include "origin-stream.h"
#include "origin-world.h"

G_BEGIN_DECLS

OriginEnding origin_connection_run        (OriginWorld  * world,
                                           OriginStream * stream);
OriginEnding origin_connection_run_direct (OriginWorld  * world,
                                           OriginStream * stream);

G_END_DECLS
