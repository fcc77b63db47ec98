/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The address a test controls the origin with. See origin-control.c. */

#pragma once

#include "origin-answer.h"
#include "origin-world.h"

G_BEGIN_DECLS

OriginAnswer * origin_control_answer (OriginWorld         * world,
                                      const OriginRequest * request,
                                      GBytes              * body);

G_END_DECLS
