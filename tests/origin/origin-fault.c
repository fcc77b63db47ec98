/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The script of what goes wrong: a list of faults, each with the requests that
 * it is meant for and how often.
 *
 * A test hands the script in through the control address; the connection
 * threads ask it, once per CONNECT and once per request, which fault is due.
 * Everything is under one lock. Faults are reference counted, so that a script
 * can be replaced while one of its faults is being played.
 *
 * To add a fault: a line in OriginFaultKind, a line in fault_kinds[], and the
 * place in origin-connection.c, origin-exchange.c or origin-delivery.c where it
 * happens. */

#include "origin-fault.h"

#include <gio/gio.h>
#include <string.h>

struct _OriginFaults
{
  GMutex lock;
  GPtrArray *faults;            /* under the lock */
};

static const struct
{
  const gchar *name;
  gboolean connect;             /* it hits the tunnel, not a request in it */
} fault_kinds[] = {
  {"dns", TRUE},
  {"tls-mismatch", TRUE},
  {"tls-expired", TRUE},
  {"tls-self-signed", TRUE},
  {"tls-garbage", TRUE},
  {"close-before-response", FALSE},
  {"reset-before-response", FALSE},
  {"stall-headers", FALSE},
  {"status", FALSE},
  {"redirect", FALSE},
  {"html", FALSE},
  {"empty", FALSE},
  {"ignore-range", FALSE},
  {"other-bytes", FALSE},
  {"other-etag", FALSE},
  {"gzip", FALSE},
  {"cut", FALSE},
  {"reset", FALSE},
  {"stall-body", FALSE},
  {"trickle", FALSE},
  {"wrong-length", FALSE},
  {"chunked", FALSE},
  {"close-after-response", FALSE},
};

static const struct
{
  const gchar *name;
  gsize offset;
  gint64 initial;
} number_fields[] = {
  {"after", G_STRUCT_OFFSET (OriginFault, after), -1},
  {"at", G_STRUCT_OFFSET (OriginFault, at), -1},
  {"covers", G_STRUCT_OFFSET (OriginFault, covers), -1},
  {"rate", G_STRUCT_OFFSET (OriginFault, rate), 100},
  {"delta", G_STRUCT_OFFSET (OriginFault, delta), 1000},
  {"ms", G_STRUCT_OFFSET (OriginFault, ms), 0},
  {"skip", G_STRUCT_OFFSET (OriginFault, skip), 0},
  {"times", G_STRUCT_OFFSET (OriginFault, times), 1},
};

static const struct
{
  const gchar *name;
  gsize offset;
} string_fields[] = {
  {"match", G_STRUCT_OFFSET (OriginFault, match)},
  {"location", G_STRUCT_OFFSET (OriginFault, location)},
  {"body", G_STRUCT_OFFSET (OriginFault, body)},
  {"content_type", G_STRUCT_OFFSET (OriginFault, content_type)},
};

static void
fault_clear (gpointer data)
{
  OriginFault *fault = data;

  g_free (fault->retry_after);
  g_free (fault->location);
  g_free (fault->body);
  g_free (fault->content_type);
  g_free (fault->match);
  g_clear_pointer (&fault->url_pattern, g_pattern_spec_free);
  g_clear_pointer (&fault->host_pattern, g_pattern_spec_free);
}

void
origin_fault_unref (OriginFault * fault)
{
  g_atomic_rc_box_release_full (fault, fault_clear);
}

OriginFaults *
origin_faults_new (void)
{
  OriginFaults *self = g_new0 (OriginFaults, 1);

  g_mutex_init (&self->lock);
  self->faults =
      g_ptr_array_new_with_free_func ((GDestroyNotify) origin_fault_unref);

  return self;
}

void
origin_faults_free (OriginFaults * self)
{
  g_ptr_array_unref (self->faults);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
refuse (GError ** error, const gchar * what, const gchar * value)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "fault: %s '%s'", what, value);
  return FALSE;
}

static gboolean
set_kind (OriginFault * fault, const gchar * name, GError ** error)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (fault_kinds); i++) {
    if (g_strcmp0 (name, fault_kinds[i].name) == 0) {
      fault->kind = i;
      return TRUE;
    }
  }
  return refuse (error, "unknown kind", name ? name : "");
}

/* "5", an HTTP date, or {"seconds_from_now": 5} for a date made when the fault
 * is played. */
static void
set_retry_after (OriginFault * fault, JsonNode * value)
{
  if (JSON_NODE_HOLDS_OBJECT (value)) {
    fault->retry_after_seconds =
        json_object_get_int_member_with_default (json_node_get_object (value),
        "seconds_from_now", 1);
  } else if (json_node_get_value_type (value) == G_TYPE_STRING) {
    fault->retry_after = json_node_dup_string (value);
  } else {
    fault->retry_after =
        g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value));
  }
}

static gboolean
set_member (OriginFault * fault, const gchar * name, JsonNode * value,
    GError ** error)
{
  guint i;

  if (strcmp (name, "retry_after") == 0) {
    set_retry_after (fault, value);
    return TRUE;
  }
  if (!JSON_NODE_HOLDS_VALUE (value))
    return refuse (error, "no plain value for", name);
  if (strcmp (name, "kind") == 0)
    return set_kind (fault, json_node_get_string (value), error);
  if (strcmp (name, "status") == 0) {
    fault->status = json_node_get_int (value);
    return TRUE;
  }
  for (i = 0; i < G_N_ELEMENTS (number_fields); i++) {
    if (strcmp (name, number_fields[i].name) == 0) {
      G_STRUCT_MEMBER (gint64, fault, number_fields[i].offset) =
          json_node_get_int (value);
      return TRUE;
    }
  }
  for (i = 0; i < G_N_ELEMENTS (string_fields); i++) {
    if (strcmp (name, string_fields[i].name) == 0) {
      gchar **field =
          &G_STRUCT_MEMBER (gchar *, fault, string_fields[i].offset);

      g_free (*field);
      *field = json_node_dup_string (value);
      return TRUE;
    }
  }
  return refuse (error, "unknown member", name);
}

static void
compile_patterns (OriginFault * fault)
{
  const gchar *match = fault->match;
  g_autofree gchar *host = NULL;

  fault->url_pattern = g_pattern_spec_new (match);
  if (g_str_has_prefix (match, "https://"))
    match += strlen ("https://");
  host = g_strndup (match, strcspn (match, "/"));
  fault->host_pattern = g_pattern_spec_new (host);
}

static OriginFault *
fault_parse (JsonNode * node, GError ** error)
{
  g_autoptr (OriginFault) fault = g_atomic_rc_box_new0 (OriginFault);
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *value;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (number_fields); i++)
    G_STRUCT_MEMBER (gint64, fault, number_fields[i].offset) =
        number_fields[i].initial;
  if (!JSON_NODE_HOLDS_OBJECT (node)
      || !json_object_has_member (json_node_get_object (node), "kind")) {
    refuse (error, "not an object with a", "kind");
    return NULL;
  }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value))
    if (!set_member (fault, name, value, error))
      return NULL;
  if (!fault->match)
    fault->match = g_strdup ("*");
  compile_patterns (fault);

  return g_steal_pointer (&fault);
}

/**
 * origin_faults_load:
 * @self: the script
 * @script: an array of faults, or one fault
 * @error: where to put what is wrong with it
 *
 * Replaces the script.
 *
 * Returns: %FALSE where @script is not understood; then nothing has changed
 */
gboolean
origin_faults_load (OriginFaults * self, JsonNode * script, GError ** error)
{
  g_autoptr (GPtrArray) faults =
      g_ptr_array_new_with_free_func ((GDestroyNotify) origin_fault_unref);
  g_autoptr (GList) nodes = NULL;
  GList *l;

  nodes = JSON_NODE_HOLDS_ARRAY (script)
      ? json_array_get_elements (json_node_get_array (script))
      : g_list_append (NULL, script);
  for (l = nodes; l; l = l->next) {
    OriginFault *fault = fault_parse (l->data, error);

    if (!fault)
      return FALSE;
    g_ptr_array_add (faults, fault);
  }
  g_mutex_lock (&self->lock);
  g_ptr_array_unref (self->faults);
  self->faults = g_steal_pointer (&faults);
  g_mutex_unlock (&self->lock);

  return TRUE;
}

void
origin_faults_clear (OriginFaults * self)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->faults, 0);
  g_mutex_unlock (&self->lock);
}

/* Writes the array of faults with how often each was seen and has fired. */
void
origin_faults_write (OriginFaults * self, JsonBuilder * builder)
{
  guint i;

  g_mutex_lock (&self->lock);
  json_builder_begin_array (builder);
  for (i = 0; i < self->faults->len; i++) {
    OriginFault *fault = g_ptr_array_index (self->faults, i);

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "match");
    json_builder_add_string_value (builder, fault->match);
    json_builder_set_member_name (builder, "kind");
    json_builder_add_string_value (builder, fault_kinds[fault->kind].name);
    json_builder_set_member_name (builder, "seen");
    json_builder_add_int_value (builder, fault->seen);
    json_builder_set_member_name (builder, "fired");
    json_builder_add_int_value (builder, fault->fired);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  g_mutex_unlock (&self->lock);
}

/* The request's range may only be known against a size, and the script does not
 * know the file; an open or missing end counts as endless. */
static gboolean
covers (const OriginFault * fault, const OriginRequest * request)
{
  guint64 start = 0, end = G_MAXUINT64;

  if (fault->covers < 0)
    return TRUE;
  origin_request_get_range (request, G_MAXUINT64, &start, &end);

  return start <= (guint64) fault->covers && (guint64) fault->covers < end;
}

static gboolean
matches (const OriginFault * fault, const gchar * host,
    const OriginRequest * request)
{
  g_autofree gchar *url = NULL, *with_query = NULL;

  if (fault_kinds[fault->kind].connect)
    return request == NULL
        && g_pattern_spec_match_string (fault->host_pattern, host);
  if (!request || !covers (fault, request))
    return FALSE;
  url = origin_request_get_url (request);
  if (strcmp (url, fault->match) == 0
      || g_pattern_spec_match_string (fault->url_pattern, url))
    return TRUE;
  if (!request->query)
    return FALSE;
  with_query = g_strconcat (url, "?", request->query, NULL);

  return strcmp (with_query, fault->match) == 0
      || g_pattern_spec_match_string (fault->url_pattern, with_query);
}

static OriginFault *
take (OriginFaults * self, const gchar * host, const OriginRequest * request)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED =
      g_mutex_locker_new (&self->lock);
  OriginFault *taken = NULL;
  guint i;

  for (i = 0; i < self->faults->len; i++) {
    OriginFault *fault = g_ptr_array_index (self->faults, i);

    if (!matches (fault, host, request))
      continue;
    fault->seen++;
    if (!taken && fault->seen > fault->skip
        && (fault->times < 0 || fault->fired < fault->times)) {
      fault->fired++;
      taken = g_atomic_rc_box_acquire (fault);
    }
  }
  return taken;
}

/* The fault that is due for a new tunnel to @host, or NULL. */
OriginFault *
origin_faults_take_connect (OriginFaults * self, const gchar * host)
{
  return take (self, host, NULL);
}

/* The fault that is due for @request, or NULL. */
OriginFault *
origin_faults_take_request (OriginFaults * self, const OriginRequest * request)
{
  return take (self, request->host, request);
}
