/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The address a test controls the origin with: plain HTTP on the proxy's own
 * port, JSON in and out. It runs on the asking connection's thread and keeps
 * nothing.
 *
 *   GET  /_control/stats    the counters, the script of faults, the knobs
 *   POST /_control/reset    counters to zero, script empty
 *   POST /_control/faults   a new script: an array of faults
 *   POST /_control/knobs    {"latency_ms": …, "rate": …, …} */

#include "origin-control.h"

#include <gio/gio.h>
#include <string.h>

static const struct
{
  const gchar *name;
  gsize offset;
} knobs[] = {
  {"latency_ms", G_STRUCT_OFFSET (OriginKnobs, latency_ms)},
  {"connect_latency_ms", G_STRUCT_OFFSET (OriginKnobs, connect_latency_ms)},
  {"rate", G_STRUCT_OFFSET (OriginKnobs, rate)},
  {"compress", G_STRUCT_OFFSET (OriginKnobs, compress)},
  {"http2", G_STRUCT_OFFSET (OriginKnobs, http2)},
};

static gint *
knob (OriginWorld * world, guint i)
{
  return &G_STRUCT_MEMBER (gint, &world->knobs, knobs[i].offset);
}

static OriginAnswer *
answer_json (guint status, JsonBuilder * builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree gchar *text = json_to_string (root, FALSE);

  return origin_answer_new_text (status, "application/json", text);
}

static OriginAnswer *
answer_error (guint status, const gchar * message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_add_string_value (builder, message);
  json_builder_end_object (builder);

  return answer_json (status, builder);
}

static OriginAnswer *
answer_done (void)
{
  return origin_answer_new_text (200, "application/json", "{}");
}

static OriginAnswer *
get_stats (OriginWorld * world, JsonNode * node, GError ** error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint i;

  json_builder_begin_object (builder);
  origin_counters_write (world->counters, builder);
  json_builder_set_member_name (builder, "faults");
  origin_faults_write (world->faults, builder);
  json_builder_set_member_name (builder, "knobs");
  json_builder_begin_object (builder);
  for (i = 0; i < G_N_ELEMENTS (knobs); i++) {
    json_builder_set_member_name (builder, knobs[i].name);
    json_builder_add_int_value (builder, g_atomic_int_get (knob (world, i)));
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  return answer_json (200, builder);
}

static OriginAnswer *
post_reset (OriginWorld * world, JsonNode * node, GError ** error)
{
  origin_faults_clear (world->faults);
  origin_counters_reset (world->counters);

  return answer_done ();
}

static OriginAnswer *
post_faults (OriginWorld * world, JsonNode * node, GError ** error)
{
  if (!origin_faults_load (world->faults, node, error))
    return NULL;
  return answer_done ();
}

static gboolean
set_knob (OriginWorld * world, const gchar * name, JsonNode * value)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (knobs); i++) {
    if (strcmp (name, knobs[i].name) == 0 && JSON_NODE_HOLDS_VALUE (value)) {
      g_atomic_int_set (knob (world, i),
          json_node_get_value_type (value) == G_TYPE_BOOLEAN ?
          json_node_get_boolean (value) : (gint) json_node_get_int (value));
      return TRUE;
    }
  }
  return FALSE;
}

static OriginAnswer *
post_knobs (OriginWorld * world, JsonNode * node, GError ** error)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return answer_error (400, "knobs: an object is wanted");
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value)) {
    if (!set_knob (world, name, value)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
          "knobs: '%s' is not known or has no plain value", name);
      return NULL;
    }
  }
  return answer_done ();
}

static const struct
{
  const gchar *method;
  const gchar *path;
  gboolean has_body;
  OriginAnswer *(*answer) (OriginWorld *, JsonNode *, GError **);
} actions[] = {
  {"GET", "/_control/stats", FALSE, get_stats},
  {"POST", "/_control/reset", FALSE, post_reset},
  {"POST", "/_control/faults", TRUE, post_faults},
  {"POST", "/_control/knobs", TRUE, post_knobs},
};

/**
 * origin_control_answer:
 * @world: what all connections share
 * @request: a request that is not for the site
 * @body: its body
 *
 * Returns: (transfer full): the answer
 */
OriginAnswer *
origin_control_answer (OriginWorld * world, const OriginRequest * request,
    GBytes * body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  OriginAnswer *answer;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (strcmp (actions[i].method, request->method) != 0
        || g_strcmp0 (actions[i].path, request->path) != 0)
      continue;
    if (actions[i].has_body) {
      if (!json_parser_load_from_data (parser, g_bytes_get_data (body, NULL),
              g_bytes_get_size (body), &error))
        return answer_error (400, error->message);
      if (!json_parser_get_root (parser))
        return answer_error (400, "JSON is wanted");
    }
    answer = actions[i].answer (world, json_parser_get_root (parser), &error);
    return answer ? answer : answer_error (400, error->message);
  }
  return answer_error (404, "no such control address");
}
