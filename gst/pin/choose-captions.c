/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A wish for captions and the languages that there are → one of them. Language
 * tags are compared as RFC 4647 does it ("lookup", section 3.4), a little wider:
 * who asks for "en" is glad of "en-us", and who asks for "en-gb" rather has that
 * than nothing. Pure functions; the session asks, on the client's thread.
 */
#include "choose-private.h"

#include <string.h>

/* How well a tag fits, the best first */
enum
{
  SAME, MORE_EXACT, LESS_EXACT, SAME_LANGUAGE, N_LEVELS
};

static gboolean
begins_with_tag (const gchar *tag, const gchar *prefix)
{
  gsize length = strlen (prefix);

  return strncmp (tag, prefix, length) == 0 && tag[length] == '-';
}

static gboolean
fits (const gchar *tag, const gchar *wish, guint level)
{
  gsize primary = strcspn (wish, "-");

  switch (level) {
    case SAME:
      return strcmp (tag, wish) == 0;
    case MORE_EXACT:
      return begins_with_tag (tag, wish);
    case LESS_EXACT:
      return begins_with_tag (wish, tag);
    default:
      return primary > 0 && strcspn (tag, "-") == primary
          && strncmp (tag, wish, primary) == 0;
  }
}

/* As tags are compared: lower case, and no "en_US.UTF-8" */
static gchar *
normalize (const gchar *tag)
{
  g_autofree gchar *bare = g_strndup (tag ? tag : "",
      strcspn (tag ? tag : "", ".@"));
  gchar *lower = g_ascii_strdown (g_strstrip (bare), -1);

  return g_strdelimit (lower, "_", '-');
}

static gint
find_language (const gchar *wish, gchar **tags)
{
  for (guint level = 0; level < N_LEVELS; level++)
    for (guint i = 0; tags[i]; i++)
      if (*tags[i] && fits (tags[i], wish, level))
        return i;
  return -1;
}

/* The user's languages, then English, then any */
static gint
find_automatic (const gchar *const *locales, gchar **tags)
{
  gint found = -1;

  for (; found < 0 && locales && *locales; locales++) {
    g_autofree gchar *locale = normalize (*locales);

    if (strcmp (locale, "c") != 0 && strcmp (locale, "posix") != 0)
      found = find_language (locale, tags);
  }
  if (found < 0)
    found = find_language ("en", tags);
  return found < 0 && tags[0] ? 0 : found;
}

gint
gst_pin_choose_language (const gchar *wish, const gchar *const *locales,
    const gchar *const *languages)
{
  g_auto (GStrv) alternatives = g_strsplit (wish, ",", -1);
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  gint found = -1;

  for (; *languages; languages++)
    g_ptr_array_add (tags, normalize (*languages));
  g_ptr_array_add (tags, NULL);
  for (gchar **one = alternatives; found < 0 && *one; one++) {
    g_autofree gchar *tag = normalize (*one);

    if (strcmp (tag, "auto") == 0)
      found = find_automatic (locales, (gchar **) tags->pdata);
    else if (*tag)
      found = find_language (tag, (gchar **) tags->pdata);
  }
  return found;
}

gboolean
gst_pin_wants_captions (const gchar *wish)
{
  return wish && *wish && g_ascii_strcasecmp (wish, "none") != 0;
}

GPtrArray *
gst_pin_list_subtitles (const GstPinMasterPlaylist *master,
    const GstPinStreamInf *variant)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; variant->subtitles && i < master->renditions->len; i++) {
    GstPinRendition *rendition = g_ptr_array_index (master->renditions, i);

    if (!rendition->uri || strcmp (rendition->type, "SUBTITLES") != 0
        || g_strcmp0 (rendition->group_id, variant->subtitles) != 0)
      continue;
    /* Who has no wish takes the first */
    if (rendition->is_default)
      g_ptr_array_insert (list, 0, rendition);
    else
      g_ptr_array_add (list, rendition);
  }
  return list;
}
