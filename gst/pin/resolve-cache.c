/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers that hold for a while: several elements or jobs of one process ask
 * about the same Pin, or one asks again after a pause. One table under one
 * lock, for the life of the process. Only answers with a video are kept, and
 * few of them; the one that was not asked for the longest goes first.
 *
 * The clock is an argument, so that tests need not wait.
 */
#include "resolve-cache-private.h"

#include <string.h>

#include "strategy-private.h"

typedef struct
{
  gchar *key;
  GstPinMedia *media;
  gsize size;
  gint64 since;                 /* monotonic µs */
} GstPinAnswer;

static GMutex cache_lock;
/* Of GstPinAnswer, last used first; lock */
static GQueue answers = G_QUEUE_INIT;
static gsize total;             /* of the answers' sizes; lock */

static void
add_text (GChecksum *sum, const gchar *text)
{
  /* With the final NUL, so that where one text ends makes a difference */
  if (text)
    g_checksum_update (sum, (const guchar *) text, strlen (text) + 1);
  else
    g_checksum_update (sum, (const guchar *) "\1", 1);
}

static void
add_http (GChecksum *sum, const GstPinHttpConfig *http)
{
  g_autofree gchar *headers = http->extra_headers ?
      gst_structure_to_string (http->extra_headers) : NULL;

  add_text (sum, http->user_agent);
  for (gchar **proxy = http->proxies; proxy && *proxy; proxy++)
    add_text (sum, *proxy);
  add_text (sum, headers);
  add_text (sum, http->tls_ca_file);
  add_text (sum, http->allow_private ? "private" : NULL);
}

gchar *
gst_pin_resolve_cache_key (const gchar *id, const GstPinHttpConfig *http,
    const GstPinResolveOptions *options)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree gchar *cookies = options->cookies ?
      gst_pin_cookies_to_key (options->cookies) : NULL;

  add_text (sum, id);
  add_http (sum, http);
  for (guint i = 0; i < options->ranking->len; i++)
    add_text (sum, ((const GstPinStrategy *) g_ptr_array_index
            (options->ranking, i))->name);
  add_text (sum, cookies);
  add_text (sum, options->token);
  add_text (sum, options->complete ? "complete" : NULL);
  return g_strdup (g_checksum_get_string (sum));
}

static GList *
find (const gchar *key)
{
  GList *link = answers.head;

  while (link && strcmp (((GstPinAnswer *) link->data)->key, key) != 0)
    link = link->next;
  return link;
}

static void
drop (GList *link)
{
  GstPinAnswer *answer = link->data;

  total -= answer->size;
  g_queue_delete_link (&answers, link);
  gst_pin_media_unref (answer->media);
  g_free (answer->key);
  g_free (answer);
}

void
gst_pin_resolve_cache_forget (const gchar *id)
{
  g_mutex_lock (&cache_lock);
  for (GList * link = answers.head, *next; link; link = next) {
    next = link->next;
    if (g_str_equal (gst_pin_media_get_id (((GstPinAnswer *)
                    link->data)->media), id))
      drop (link);
  }
  g_mutex_unlock (&cache_lock);
}

GstPinMedia *
gst_pin_resolve_cache_get (const gchar *key, guint seconds, gint64 now)
{
  GstPinMedia *media = NULL;
  GList *link;

  g_mutex_lock (&cache_lock);
  link = find (key);
  if (link && now - ((GstPinAnswer *) link->data)->since
      < (gint64) seconds * G_USEC_PER_SEC) {
    media = gst_pin_media_ref (((GstPinAnswer *) link->data)->media);
    g_queue_unlink (&answers, link);
    g_queue_push_head_link (&answers, link);
  }
  g_mutex_unlock (&cache_lock);
  return media;
}

void
gst_pin_resolve_cache_put (const gchar *key, GstPinMedia *media, gint64 now)
{
  g_autofree gchar *json = gst_pin_media_to_json (media, FALSE);
  GstPinAnswer *answer = g_new (GstPinAnswer, 1);
  GList *old;

  answer->key = g_strdup (key);
  answer->media = gst_pin_media_ref (media);
  answer->size = strlen (json);
  answer->since = now;
  g_mutex_lock (&cache_lock);
  old = find (key);
  if (old)
    drop (old);
  g_queue_push_head (&answers, answer);
  total += answer->size;
  while (answers.length > GST_PIN_RESOLVE_CACHE_MAX
      || total > GST_PIN_RESOLVE_CACHE_MAX_BYTES)
    drop (answers.tail);
  g_mutex_unlock (&cache_lock);
}
