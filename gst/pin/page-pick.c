/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Picks single values out of a Pin's JSON. The site writes one and the same
 * Pin in two spellings, so the tables of the page's shape name each field
 * once, in snake_case, and the other spelling is derived here.
 *
 * Nothing is taken for granted: a member may be missing, null, or of another
 * type than last year.
 */
#include "page-pick-private.h"

#include "json-text-private.h"

#include <string.h>

#define MAX_NAME 64
/* Longer than any title or description that the site accepts */
#define MAX_STRING (16 * 1024)

/* video_list → videoList; @camel has MAX_NAME bytes. */
static void
to_camel (const gchar *snake, gchar *camel)
{
  gsize n = 0;

  for (; *snake != '\0' && n < MAX_NAME - 1; snake++) {
    if (*snake == '_' && snake[1] != '\0') {
      snake++;
      camel[n++] = g_ascii_toupper (*snake);
    } else
      camel[n++] = *snake;
  }
  camel[n] = '\0';
}

static JsonNode *
pick_member (JsonObject *object, const gchar *name)
{
  gchar camel[MAX_NAME];
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node)) {
    to_camel (name, camel);
    node = json_object_get_member (object, camel);
  }
  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

JsonNode *
gst_pin_page_pick (JsonObject *object, const gchar *path)
{
  gchar name[MAX_NAME];
  JsonNode *node = NULL;

  while (object != NULL) {
    gsize n = strcspn (path, ".");

    g_return_val_if_fail (n < MAX_NAME, NULL);
    memcpy (name, path, n);
    name[n] = '\0';
    node = pick_member (object, name);
    if (node == NULL || path[n] == '\0')
      return node;
    object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    path += n + 1;
  }
  return NULL;
}

JsonObject *
gst_pin_page_pick_object (JsonObject *object, const gchar *path)
{
  JsonNode *node = gst_pin_page_pick (object, path);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
      ? json_node_get_object (node) : NULL;
}

JsonArray *
gst_pin_page_pick_array (JsonObject *object, const gchar *path)
{
  JsonNode *node = gst_pin_page_pick (object, path);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node)
      ? json_node_get_array (node) : NULL;
}

const gchar *
gst_pin_page_node_get_text (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

gchar *
gst_pin_page_pick_string (JsonObject *object, const gchar *path)
{
  g_autofree gchar *text =
      gst_pin_json_dup_string (gst_pin_page_pick (object, path));

  if (text == NULL)
    return NULL;
  if (strlen (text) > MAX_STRING) {
    const gchar *valid;

    /* The last character may be cut through: that one is dropped. */
    g_utf8_validate_len (text, MAX_STRING, &valid);
    text[valid - text] = '\0';
  }
  g_strstrip (text);
  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

gchar *
gst_pin_page_pick_first_string (JsonObject *object, const gchar *const *paths)
{
  gchar *text = NULL;

  for (; *paths != NULL && text == NULL; paths++)
    text = gst_pin_page_pick_string (object, *paths);
  return text;
}

guint64
gst_pin_page_pick_number (JsonObject *object, const gchar *path, guint64 max)
{
  JsonNode *node = gst_pin_page_pick (object, path);
  gdouble value;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return 0;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    value = (gdouble) json_node_get_int (node);
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    value = json_node_get_double (node);
  else
    return 0;
  return value >= 0 && value <= (gdouble) max ? (guint64) value : 0;
}

gboolean
gst_pin_page_pick_boolean (JsonObject *object, const gchar *path)
{
  JsonNode *node = gst_pin_page_pick (object, path);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_BOOLEAN
      && json_node_get_boolean (node);
}
