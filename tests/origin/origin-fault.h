/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The script of what goes wrong. See origin-fault.c. */

#pragma once

#include <json-glib/json-glib.h>

#include "origin-request.h"

G_BEGIN_DECLS

/* In the order of fault_kinds[] in origin-fault.c. */
typedef enum
{
  ORIGIN_FAULT_DNS,
  ORIGIN_FAULT_TLS_MISMATCH,
  ORIGIN_FAULT_TLS_EXPIRED,
  ORIGIN_FAULT_TLS_SELF_SIGNED,
  ORIGIN_FAULT_TLS_GARBAGE,
  ORIGIN_FAULT_CLOSE_BEFORE_RESPONSE,
  ORIGIN_FAULT_RESET_BEFORE_RESPONSE,
  ORIGIN_FAULT_STALL_HEADERS,
  ORIGIN_FAULT_STATUS,
  ORIGIN_FAULT_REDIRECT,
  ORIGIN_FAULT_HTML,
  ORIGIN_FAULT_EMPTY,
  ORIGIN_FAULT_IGNORE_RANGE,
  ORIGIN_FAULT_OTHER_BYTES,
  ORIGIN_FAULT_OTHER_ETAG,
  ORIGIN_FAULT_GZIP,
  ORIGIN_FAULT_CUT,
  ORIGIN_FAULT_RESET,
  ORIGIN_FAULT_STALL_BODY,
  ORIGIN_FAULT_TRICKLE,
  ORIGIN_FAULT_WRONG_LENGTH,
  ORIGIN_FAULT_CHUNKED,
  ORIGIN_FAULT_CLOSE_AFTER_RESPONSE,
} OriginFaultKind;

/**
 * OriginFault:
 * @kind: what goes wrong
 * @status: an HTTP status, 0 for the kind's own
 * @retry_after: (nullable): the value of Retry-After
 * @retry_after_seconds: the same as a date so far from now, 0 for none
 * @location: (nullable): where a redirect leads
 * @body: (nullable): the body to answer
 * @content_type: (nullable): its type
 * @after: bytes of this answer's body that still pass, -1 for half of it
 * @at: as @after, as an offset in the whole file, -1 for none
 * @rate: bytes per second of a trickle
 * @delta: what a wrong length is wrong by
 * @ms: how long a stall takes, 0 for as long as the client waits
 *
 * One fault that has been taken from the script; read-only.
 */
typedef struct
{
  OriginFaultKind kind;
  guint status;
  gchar *retry_after;
  gint64 retry_after_seconds;
  gchar *location;
  gchar *body;
  gchar *content_type;
  gint64 after;
  gint64 at;
  gint64 rate;
  gint64 delta;
  gint64 ms;

  /*< private > */
  gchar *match;
  GPatternSpec *url_pattern;
  GPatternSpec *host_pattern;
  gint64 covers;
  gint64 skip;
  gint64 times;
  gint64 seen;                  /* under the script's lock */
  gint64 fired;                 /* under the script's lock */
} OriginFault;

typedef struct _OriginFaults OriginFaults;

OriginFaults * origin_faults_new          (void);
void           origin_faults_free         (OriginFaults        * self);

gboolean       origin_faults_load         (OriginFaults        * self,
                                           JsonNode            * script,
                                           GError             ** error);
void           origin_faults_clear        (OriginFaults        * self);
void           origin_faults_write        (OriginFaults        * self,
                                           JsonBuilder         * builder);

OriginFault *  origin_faults_take_connect (OriginFaults        * self,
                                           const gchar         * host);
OriginFault *  origin_faults_take_request (OriginFaults        * self,
                                           const OriginRequest * request);

void           origin_fault_unref         (OriginFault         * fault);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OriginFault, origin_fault_unref)

G_END_DECLS
