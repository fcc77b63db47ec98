/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pictures of a Pin's JSON object. A picture comes in several sizes, under
 * names such as "736x" and "orig"; the best one is taken, so that a list of
 * images is a list of pictures. Part of the page's shape, see page-shape.c.
 */
#include "page-shape-private.h"

#include "page-pick-private.h"
#include "page-url-private.h"

#include <string.h>

#define MAX_IMAGES 200

static gchar *
url_of (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    node = json_object_get_member (json_node_get_object (node), "url");
  return gst_pin_page_take_media_url (gst_pin_page_node_get_text (node));
}

/* "orig", "originals" > "736x" > "60x60"; zero for what names no size */
static guint
rank_size (const gchar *name)
{
  const gchar *digits = strpbrk (name, "0123456789");

  if (strstr (name, "orig") != NULL)
    return G_MAXUINT;
  if (digits == NULL)
    return 0;
  return (guint) MIN (g_ascii_strtoull (digits, NULL, 10), G_MAXUINT - 1);
}

/* The sizes are members of @sizes whose names start with @prefix. */
static void
find_best (JsonObject *sizes, const gchar *prefix, gchar **best, guint *rank)
{
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, sizes);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    guint own;
    gchar *url;

    if (!g_str_has_prefix (name, prefix))
      continue;
    own = rank_size (name + strlen (prefix));
    if (own <= *rank)
      continue;
    url = url_of (node);
    if (url == NULL)
      continue;
    g_free (*best);
    *best = url;
    *rank = own;
  }
}

/* (transfer full) (nullable) The best size of the picture of a Pin, a slot, or
 * a block: they stand in an object "images", or beside it as "images_736x". */
static gchar *
find_image (JsonObject *holder)
{
  JsonObject *sizes = gst_pin_page_pick_object (holder, "images");
  gchar *best = NULL;
  guint rank = 0;

  if (sizes != NULL)
    find_best (sizes, "", &best, &rank);
  find_best (holder, "images_", &best, &rank);
  find_best (holder, "imageSpec_", &best, &rank);
  return best;
}

/* What all sizes of a picture have in common: aa/bb/cc/HASH of
 * https://i.pinimg.com/736x/aa/bb/cc/HASH.jpg; the whole URL where it has
 * another form. */
static void
find_picture_name (const gchar *url, const gchar **name, gsize *length)
{
  gsize n = strcspn (url, "?#");
  const gchar *at = url + n;
  guint slashes = 0;

  while (at > url && slashes < 4) {
    at--;
    if (*at == '/')
      slashes++;
  }
  *name = slashes == 4 && at > url && at[-1] != '/' ? at : url;
  *length = url + n - *name;
  for (gsize i = *length; i > 0 && (*name)[i] != '/'; i--) {
    if ((*name)[i] == '.')
      *length = i;
  }
}

static gboolean
is_same_picture (gconstpointer a, gconstpointer b)
{
  const gchar *name_a, *name_b;
  gsize length_a, length_b;

  find_picture_name (a, &name_a, &length_a);
  find_picture_name (b, &name_b, &length_b);
  return length_a == length_b && memcmp (name_a, name_b, length_a) == 0;
}

static void
take_image (GstPinMedia *media, gchar *url)
{
  if (url == NULL)
    return;
  if (media->images->len == MAX_IMAGES
      || g_ptr_array_find_with_equal_func (media->images, url,
          is_same_picture, NULL))
    g_free (url);
  else
    g_ptr_array_add (media->images, url);
}

void
gst_pin_page_shape_read_image (JsonObject *holder, gpointer media)
{
  take_image (media, find_image (holder));
}

static void
read_block (JsonObject *block, gpointer media)
{
  static const gchar *const paths[] = { "image", "image_data" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    JsonObject *image = gst_pin_page_pick_object (block, paths[i]);

    if (image != NULL)
      take_image (media, find_image (image));
  }
}

/* An animated GIF is a picture, and better than its still. */
static void
read_gif (JsonObject *pin, GstPinMedia *media)
{
  g_autofree gchar *type = gst_pin_page_pick_string (pin, "embed.type");
  g_autofree gchar *gif = NULL;

  if (g_strcmp0 (type, "gif") == 0)
    gif = gst_pin_page_pick_string (pin, "embed.src");
  if (gif == NULL)
    gif = gst_pin_page_pick_string (pin, "gifs.real_original.url");
  take_image (media, gst_pin_page_take_media_url (gif));
}

void
gst_pin_page_shape_read_images (JsonObject *pin, GstPinMedia *media)
{
  guint before;

  read_gif (pin, media);
  gst_pin_page_shape_read_image (pin, media);
  gst_pin_page_shape_foreach_slot (pin, gst_pin_page_shape_read_image, media);
  before = media->images->len;
  gst_pin_page_shape_foreach_block (pin, read_block, media);
  if (media->images->len == before)
    gst_pin_page_shape_foreach_page (pin, read_block, media);
}
