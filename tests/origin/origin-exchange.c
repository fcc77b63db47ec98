/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One request and what becomes of it: counted, given its fault and its answer,
 * with the fault worked into the answer as far as values can show it. What
 * cannot be put into a value (a cut, a stall, a reset) is left to the one who
 * sends it, here only prepared as numbers.
 *
 * A connection's thread begins one per request and ends it after the answer. It
 * does no I/O, and is the same for HTTP/1.1 and HTTP/2. */

#include "origin-exchange.h"

/**
 * origin_exchange_begin:
 * @world: what all connections share
 * @request: (transfer full): what is asked for
 *
 * Counts the request and takes its fault.
 *
 * Returns: the exchange
 */
OriginExchange *
origin_exchange_begin (OriginWorld * world, OriginRequest * request)
{
  OriginExchange *self = g_new0 (OriginExchange, 1);

  self->world = world;
  self->request = request;
  self->url = origin_request_get_url (request);
  self->fault = origin_faults_take_request (world->faults, request);
  origin_counters_begin_request (world->counters, request, self->url);

  return self;
}

void
origin_exchange_end (OriginExchange * self)
{
  if (self->world->verbose)
    g_printerr ("%s %s %s%s-> %u\n", self->request->method, self->url,
        self->fault ? "(fault) " : "",
        origin_request_get_header (self->request, "range") ?
        origin_request_get_header (self->request, "range") : "",
        self->answer ? self->answer->status : 0);
  origin_counters_end_request (self->world->counters);
  g_clear_pointer (&self->fault, origin_fault_unref);
  g_clear_pointer (&self->answer, origin_answer_free);
  origin_request_free (self->request);
  g_free (self->url);
  g_free (self);
}

gboolean
origin_exchange_has (const OriginExchange * self, OriginFaultKind kind)
{
  return self->fault && self->fault->kind == kind;
}

static OriginAnswer *
make_status (const OriginFault * fault, guint default_status,
    const gchar * default_body)
{
  OriginAnswer *answer =
      origin_answer_new_text (fault->status ? fault->status : default_status,
      fault->content_type ? fault->content_type : "text/html; charset=utf-8",
      fault->body ? fault->body : default_body);
  g_autofree gchar *date = NULL;

  if (fault->retry_after_seconds > 0)
    date = origin_answer_format_date (g_get_real_time () / G_USEC_PER_SEC +
        fault->retry_after_seconds);
  if (fault->retry_after || date)
    origin_answer_add_header (answer, "Retry-After",
        fault->retry_after ? fault->retry_after : date);
  if (fault->location)
    origin_answer_add_header (answer, "Location", fault->location);

  return answer;
}

/* The answer that a fault gives instead of the site's, or NULL. */
static OriginAnswer *
replacement (const OriginFault * fault)
{
  switch (fault->kind) {
    case ORIGIN_FAULT_STATUS:
      return make_status (fault, 503, "The origin was told to fail.\n");
    case ORIGIN_FAULT_REDIRECT:
      return make_status (fault, 302, "");
    case ORIGIN_FAULT_HTML:
      return make_status (fault, 200, "<!DOCTYPE html><html><head><title>"
          "Just a moment</title></head><body>Not what you asked for.</body>"
          "</html>");
    case ORIGIN_FAULT_EMPTY:
      return make_status (fault, 200, "");
    default:
      return NULL;
  }
}

/* The offset in the whole body from which the fault holds. */
static guint64
fault_offset (const OriginExchange * self)
{
  const OriginAnswer *answer = self->answer;
  const OriginFault *fault = self->fault;

  if (fault->at >= 0)
    return CLAMP ((guint64) fault->at, answer->start, answer->end);
  if (fault->after >= 0)
    return MIN (answer->start + fault->after, answer->end);
  return answer->start + (answer->end - answer->start) / 2;
}

static void
prepare_numbers (OriginExchange * self)
{
  const OriginFault *fault = self->fault;

  self->limit = G_MAXUINT64;
  self->declared = self->answer->end - self->answer->start;
  self->rate = g_atomic_int_get (&self->world->knobs.rate);
  if (!fault)
    return;
  switch (fault->kind) {
    case ORIGIN_FAULT_CUT:
    case ORIGIN_FAULT_RESET:
    case ORIGIN_FAULT_STALL_BODY:
      self->limit = fault_offset (self) - self->answer->start;
      break;
    case ORIGIN_FAULT_TRICKLE:
      self->rate = MAX (fault->rate, 1);
      break;
    case ORIGIN_FAULT_WRONG_LENGTH:
      self->declared = MAX ((gint64) self->declared + fault->delta, 0);
      break;
    default:
      break;
  }
}

/* Finds the answer and works the fault into it. */
void
origin_exchange_answer (OriginExchange * self)
{
  gboolean compress = g_atomic_int_get (&self->world->knobs.compress);

  if (self->fault)
    self->answer = replacement (self->fault);
  if (!self->answer) {
    self->answer = origin_site_answer (self->world->site, self->request,
        compress);
    if (origin_exchange_has (self, ORIGIN_FAULT_OTHER_ETAG)) {
      g_free (self->answer->etag);
      self->answer->etag = g_strdup ("\"changed\"");
      g_clear_pointer (&self->answer->last_modified, g_free);
    }
    if (origin_exchange_has (self, ORIGIN_FAULT_GZIP))
      origin_answer_compress (self->answer);
    if (!origin_exchange_has (self, ORIGIN_FAULT_IGNORE_RANGE))
      origin_answer_take_range (self->answer, self->request);
    if (origin_exchange_has (self, ORIGIN_FAULT_OTHER_BYTES))
      origin_answer_spoil (self->answer, self->fault->after < 0
          && self->fault->at < 0 ? 0 : fault_offset (self));
  }
  prepare_numbers (self);
}

/* The bytes that the answer sends. */
const guint8 *
origin_exchange_body (const OriginExchange * self, guint64 * size)
{
  const guint8 *data = g_bytes_get_data (self->answer->body, NULL);

  *size = self->answer->end - self->answer->start;
  if (*size == 0)
    return NULL;
  return data + self->answer->start;
}
