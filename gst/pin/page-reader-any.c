/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads any JSON, for pages whose form nobody knows yet: the site renames
 * things twice a year. The page asks it when no other reader has shown a video.
 *
 * It looks for objects that are the wanted Pin, wherever they are, and in those
 * for addresses of playable files, whatever they are called. All files of one
 * clip have the same name but for a tail, so the name tells clips apart.
 *
 * The less is known of a form, the stricter is the rule whose data are taken:
 * what has an id of its own, or is called after something else than the Pin, is
 * passed over with all that is in it.
 */
#include "page-reader-private.h"

#include "json-search-private.h"
#include "page-pick-private.h"
#include "page-shape-private.h"

#include <string.h>

#define MAX_OBJECTS 16
#define MAX_CLIPS 50
#define MAX_DEPTH 32
/* Ids of Pins have 11 digits or more; those of a clip, a block or a page of a
 * story may have fewer. */
#define MIN_ID 9

typedef struct
{
  const gchar *pin_id;
  GPtrArray *names;             /* of the clips' files */
  GPtrArray *videos;
} Walk;

/* Parts of a Pin that are not about it, in any spelling */
static gboolean
is_of_others (const gchar *name)
{
  static const gchar *const words[] = {
    "related", "promot", "suggest", "recommend", "similar", "sponsor",
    "canonical", "pinner", "creator", "author", "profile", "avatar", "board",
    "comment", "product", "shop", "advert", "feed", "experience", "visual",
  };
  g_autofree gchar *lower = g_ascii_strdown (name, -1);

  if (g_str_has_suffix (lower, "user") || g_str_has_suffix (lower, "users"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strstr (lower, words[i]) != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_other_id (JsonNode *node, const gchar *pin_id)
{
  const gchar *text = gst_pin_page_node_get_text (node);
  g_autofree gchar *digits = NULL;

  if (text == NULL && node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_INT64)
    text = digits = g_strdup_printf ("%" G_GINT64_FORMAT,
        json_node_get_int (node));
  if (text == NULL || g_str_equal (text, pin_id))
    return FALSE;
  return strlen (text) >= MIN_ID
      && strspn (text, "0123456789") == strlen (text);
}

static gboolean
has_other_id (JsonObject *object, const gchar *pin_id)
{
  static const gchar *const names[] = {
    "id", "entity_id", "entityId", "pin_id", "pinId"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (is_other_id (json_object_get_member (object, names[i]), pin_id))
      return TRUE;
  }
  return FALSE;
}

/* HASH of …/aa/bb/cc/HASH_720w.mp4 */
static gchar *
dup_clip_name (const gchar *url)
{
  gsize n = strcspn (url, "?#");
  const gchar *file = url + n;

  while (file > url && file[-1] != '/')
    file--;
  return g_strndup (file, MIN (strcspn (file, "_."), (gsize) (url + n - file)));
}

static GstPinVideo *
find_clip (Walk *walk, const gchar *url)
{
  g_autofree gchar *name = dup_clip_name (url);
  guint at;

  if (g_ptr_array_find_with_equal_func (walk->names, name, g_str_equal, &at))
    return g_ptr_array_index (walk->videos, at);
  if (walk->videos->len == MAX_CLIPS)
    return NULL;
  g_ptr_array_add (walk->names, g_steal_pointer (&name));
  g_ptr_array_add (walk->videos, gst_pin_video_new ());
  return g_ptr_array_index (walk->videos, walk->videos->len - 1);
}

/* @name: the entry's own name; @entry: (nullable) what the address is in */
static void
take_text (Walk *walk, const gchar *name, JsonObject *entry, const gchar *text)
{
  GstPinVideo *video;

  if (text == NULL || !gst_pin_page_shape_is_playable (text)
      || (video = find_clip (walk, text)) == NULL)
    return;
  gst_pin_page_shape_take_url (video, name, text);
  if (entry != NULL)
    gst_pin_page_shape_read_entry (entry, video);
}

static void walk_node (Walk * walk, const gchar * name, JsonObject * holder,
    JsonNode * node, guint depth);

static void
walk_object (Walk *walk, const gchar *name, JsonObject *object, guint depth)
{
  JsonObjectIter iter;
  const gchar *member;
  JsonNode *node;

  if (has_other_id (object, walk->pin_id))
    return;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &member, &node)) {
    if (JSON_NODE_HOLDS_VALUE (node))
      take_text (walk, name, object, gst_pin_page_node_get_text (node));
    else if (!is_of_others (member))
      walk_node (walk, member, object, node, depth + 1);
  }
}

static void
walk_node (Walk *walk, const gchar *name, JsonObject *holder, JsonNode *node,
    guint depth)
{
  JsonArray *array;

  if (depth == MAX_DEPTH)
    return;
  if (JSON_NODE_HOLDS_OBJECT (node))
    walk_object (walk, name, json_node_get_object (node), depth);
  else if (JSON_NODE_HOLDS_ARRAY (node)) {
    array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++)
      walk_node (walk, NULL, NULL, json_array_get_element (array, i),
          depth + 1);
  } else
    take_text (walk, name, holder, gst_pin_page_node_get_text (node));
}

/* What the object says that is the wanted Pin */
static GstPinMedia *
read_object (JsonNode *node, const GstPinPageQuery *query)
{
  JsonObject *pin = json_node_get_object (node);
  GstPinMedia *media = gst_pin_page_shape_read (pin, query->pin_id);
  Walk walk = {.pin_id = query->pin_id };

  if (media->videos->len > 0)
    return media;
  walk.names = g_ptr_array_new_with_free_func (g_free);
  walk.videos = media->videos;
  walk_object (&walk, NULL, pin, 0);
  g_ptr_array_unref (walk.names);
  for (guint i = media->videos->len; i > 0; i--) {
    const GstPinVideo *video = g_ptr_array_index (media->videos, i - 1);

    if (video->variants->len == 0)
      g_ptr_array_remove_index (media->videos, i - 1);
  }
  if (media->videos->len > 0)
    gst_pin_page_shape_settle_found (media);
  return media;
}

static gboolean
is_called_pin (const GstPinJsonText *object)
{
  static const gchar *const names[] = { "__typename", "type" };
  GstPinJsonText type;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (gst_pin_json_text_find (object, &type, names[i], NULL)
        && *type.start == '"' && !gst_pin_json_text_equals (&type, "Pin")
        && !gst_pin_json_text_equals (&type, "pin"))
      return FALSE;
  }
  return TRUE;
}

/* Under the Pin's name, or with its id; an id that says otherwise decides. */
static gboolean
is_pin (const GstPinJsonText *object, const GstPinPageQuery *query)
{
  GstPinJsonText id;

  if (!is_called_pin (object))
    return FALSE;
  return gst_pin_page_is_wanted (object, query)
      || (!gst_pin_json_text_find (object, &id, "id", NULL)
      && !gst_pin_json_text_find (object, &id, "entityId", NULL)
      && !gst_pin_json_text_find (object, &id, "entity_id", NULL));
}

static gint
compare_starts (gconstpointer a, gconstpointer b)
{
  const GstPinJsonText *x = a, *y = b;

  return (x->start > y->start) - (x->start < y->start);
}

/* Outer objects come before those inside them, which are only read where the
 * outer one has shown no video. Objects may be nested in one another: reading
 * all of them may cost twice the block, and no more. */
static GstPinMedia *
read_objects (GArray *objects, const GstPinPageQuery *query, gsize budget)
{
  const gchar *done = NULL;
  GstPinMedia *media = NULL;

  g_array_sort (objects, compare_starts);
  for (guint i = 0; i < objects->len; i++) {
    const GstPinJsonText *object = &g_array_index (objects, GstPinJsonText, i);
    g_autoptr (JsonNode) node = NULL;
    GstPinMedia *more;
    gsize length;
    guint n_values;

    if ((done != NULL && object->start < done) || !is_pin (object, query)
        || !gst_pin_json_text_measure (object, &length, &n_values))
      continue;
    if (length > budget)
      break;
    budget -= length;
    node = gst_pin_json_text_parse (object, NULL);
    if (node == NULL)
      continue;
    more = read_object (node, query);
    if (more->videos->len > 0)
      done = object->start + length;
    media = gst_pin_page_join (media, more);
  }
  return media;
}

static GstPinMedia *
read_any (const GstPinPageBlock *block, const GstPinPageQuery *query,
    GError **error)
{
  static const gchar *const names[] = {
    "id", "entityId", "entity_id", NULL
  };
  g_autoptr (GArray) objects = NULL;
  GstPinJsonText root;

  gst_pin_json_text_init (&root, block->text, block->length);
  objects = gst_pin_json_search (&root, names, query->pin_id, MAX_OBJECTS);
  return read_objects (objects, query, 2 * block->length);
}

const GstPinPageReader gst_pin_page_reader_any = {
  .name = "any",
  .kinds = GST_PIN_PAGE_BLOCK_INITIAL_PROPS | GST_PIN_PAGE_BLOCK_PWS_DATA
      | GST_PIN_PAGE_BLOCK_INITIAL_STATE | GST_PIN_PAGE_BLOCK_STATE
      | GST_PIN_PAGE_BLOCK_RELAY_CALL | GST_PIN_PAGE_BLOCK_RELAY_RESPONSE
      | GST_PIN_PAGE_BLOCK_JSON,
  .read = read_any,
};
