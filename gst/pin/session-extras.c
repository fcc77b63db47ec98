/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What goes with the video: its cover, which is nice to have, and captions,
 * which somebody asked for. Both are fetched beside the playlists, and hold back
 * a video that is ready for a while only: a file without them is better than
 * none. Captions that are asked for and not there are told of; a cover is not.
 *
 * The session makes one, drives it on the client's thread, and closes it before
 * streaming threads read.
 */
#include "session-extras-private.h"

#include <gst/pin/error.h>

#include "captions-private.h"
#include "choose-private.h"
#include "http-document-private.h"
#include "session-tags-private.h"

#define MAX_COVER (8 * 1024 * 1024)
#define COVER_GRACE_MS 500
#define CAPTIONS_GRACE_MS 10000

typedef struct
{
  gboolean waiting;
  guint grace_ms;               /* how long it may hold back a ready video */
  GSource *grace;
} GstPinExtra;

struct _GstPinExtras
{
  GstPinHttpClient *client;
  GCancellable *cancellable;
  gchar *wish;
  const GstPinExtrasOwner *owner;
  gpointer owner_data;

  gboolean closed;
  GstPinExtra cover, captions;
  GstTagList *tags;             /* the owner's */
  GPtrArray *languages;         /* of gchar *: all that there are */
  gboolean chosen;              /* some captions are, or were, fetched */
  gchar *language;              /* theirs; NULL: not said */
  GError *failure;              /* the page's: the master may have others */
  gchar *spare_url, *spare_language;    /* the master's that fit, or NULL */
  GstPinWebvtt *webvtt;
};

GstPinExtras *
gst_pin_extras_new (GstPinHttpClient *client, GCancellable *cancellable,
    const gchar *wish, const GstPinExtrasOwner *owner, gpointer data)
{
  GstPinExtras *self = g_new0 (GstPinExtras, 1);

  self->client = client;
  self->cancellable = cancellable;
  self->wish = gst_pin_wants_captions (wish) ? g_strdup (wish) : NULL;
  self->owner = owner;
  self->owner_data = data;
  self->cover.grace_ms = COVER_GRACE_MS;
  self->captions.grace_ms = CAPTIONS_GRACE_MS;
  self->languages = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static void
stop_waiting (GstPinExtra *extra)
{
  extra->waiting = FALSE;
  if (extra->grace) {
    g_source_destroy (extra->grace);
    g_clear_pointer (&extra->grace, g_source_unref);
  }
}

void
gst_pin_extras_close (GstPinExtras *self)
{
  self->closed = TRUE;
  stop_waiting (&self->cover);
  stop_waiting (&self->captions);
}

void
gst_pin_extras_free (GstPinExtras *self)
{
  if (!self)
    return;
  gst_pin_extras_close (self);
  g_ptr_array_unref (self->languages);
  gst_pin_webvtt_free (self->webvtt);
  g_clear_error (&self->failure);
  g_free (self->spare_language);
  g_free (self->spare_url);
  g_free (self->language);
  g_free (self->wish);
  g_free (self);
}

gboolean
gst_pin_extras_is_waiting (const GstPinExtras *self)
{
  return self->cover.waiting || self->captions.waiting;
}

const GstPinWebvtt *
gst_pin_extras_get_captions (const GstPinExtras *self, const gchar **language)
{
  *language = self->language;
  return self->webvtt;
}

static void
settle (GstPinExtras *self, GstPinExtra *extra)
{
  stop_waiting (extra);
  if (!self->closed)
    self->owner->changed (self->owner_data);
}

/* --- cover ---------------------------------------------------------------- */

static void
on_cover (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinExtras *self = data;
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, NULL);

  if (document && !self->closed)
    gst_pin_session_tags_add_cover (self->tags, document->body);
  settle (self, &self->cover);
  self->owner->end (self->owner_data);
}

void
gst_pin_extras_fetch_cover (GstPinExtras *self, const gchar *url,
    GstTagList *tags)
{
  GstPinDocumentRequest request = {
    .url = url,
    .what = "load the cover picture",
    .accept = "image/jpeg, image/png",
    .max_size = MAX_COVER,
  };

  self->tags = tags;
  self->cover.waiting = TRUE;
  self->owner->begin (self->owner_data);
  gst_pin_document_fetch_async (self->client, &request, self->cancellable,
      on_cover, self);
}

/* --- captions ------------------------------------------------------------- */

static void on_captions (GObject * source, GAsyncResult * result,
    gpointer data);

static void
fetch_captions (GstPinExtras *self, const gchar *url, const gchar *language)
{
  self->chosen = TRUE;
  g_free (self->language);
  self->language = *language ? g_ascii_strdown (language, -1) : NULL;
  self->captions.waiting = TRUE;
  self->owner->begin (self->owner_data);
  gst_pin_captions_fetch_async (self->client, url, self->cancellable,
      on_captions, self);
}

static void
fetch_spare (GstPinExtras *self)
{
  g_autofree gchar *url = g_steal_pointer (&self->spare_url);

  fetch_captions (self, url, self->spare_language);
}

/* Takes @error */
static void
captions_failed (GstPinExtras *self, GError *error)
{
  const gchar *in = self->language ? " in " : "";
  const gchar *language = self->language ? self->language : "";

  g_prefix_error (&error, self->spare_url ? "The page's captions%s%s cannot be "
      "had, and those of the playlist are tried instead: "
      : "The result is without captions%s%s: ", in, language);
  self->owner->missing (error, self->owner_data);
  g_error_free (error);
  if (self->spare_url)
    fetch_spare (self);
}

static void
on_captions (GObject *source, GAsyncResult *result, gpointer data)
{
  GstPinExtras *self = data;
  GError *error = NULL;
  GstPinWebvtt *webvtt = gst_pin_captions_fetch_finish (result, &error);
  /* Closed, or late and told of */
  gboolean wanted = self->captions.waiting;
  /* Until everything else is there the master's are not known */
  gboolean early = self->captions.grace == NULL;

  self->captions.waiting = FALSE;
  if (wanted && webvtt)
    self->webvtt = g_steal_pointer (&webvtt);
  else if (wanted && early)
    self->failure = g_steal_pointer (&error);
  else if (wanted)
    captions_failed (self, g_steal_pointer (&error));
  gst_pin_webvtt_free (webvtt);
  g_clear_error (&error);
  if (!self->captions.waiting)
    settle (self, &self->captions);
  self->owner->end (self->owner_data);
}

/* Index of those that fit, from @first on; -1: none do */
static gint
choose (GstPinExtras *self, guint first)
{
  gint found;

  g_ptr_array_add (self->languages, NULL);
  found = gst_pin_choose_language (self->wish, g_get_language_names (),
      (const gchar *const *) self->languages->pdata + first);
  g_ptr_array_set_size (self->languages, self->languages->len - 1);
  return found;
}

void
gst_pin_extras_look_for_captions (GstPinExtras *self, const GstPinVideo *video)
{
  g_auto (GStrv) languages = NULL;
  gint found;

  if (!self->wish)
    return;
  languages = gst_pin_video_get_caption_languages (video);
  for (gchar **one = languages; *one; one++)
    g_ptr_array_add (self->languages, g_strdup (*one));
  found = choose (self, 0);
  if (found >= 0)
    fetch_captions (self, gst_pin_video_get_caption (video, languages[found]),
        languages[found]);
}

static void
look_in_master (GstPinExtras *self, const GstPinPlaylistSet *set)
{
  g_autoptr (GPtrArray) list = gst_pin_list_subtitles (set->master,
      set->stream);
  guint first = self->languages->len;
  const GstPinRendition *rendition;
  gint found;

  for (guint i = 0; i < list->len; i++) {
    rendition = g_ptr_array_index (list, i);
    g_ptr_array_add (self->languages, g_strdup (rendition->language ?
            rendition->language : ""));
  }
  found = choose (self, first);
  if (found < 0)
    return;
  rendition = g_ptr_array_index (list, found);
  self->spare_url = g_strdup (rendition->uri);
  self->spare_language = g_strdup (rendition->language ?
      rendition->language : "");
}

/* "auto" takes what there is, also nothing */
static void
tell_if_none_fits (GstPinExtras *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *all = NULL;

  if (g_ascii_strcasecmp (self->wish, "auto") == 0)
    return;
  g_ptr_array_add (self->languages, NULL);
  all = g_strjoinv (", ", (gchar **) self->languages->pdata);
  error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_NO_VARIANT,
      "There are no captions for “%s”, so the result is without. %s%s",
      self->wish, *all ? "Name one of these with the setting "
      "captions: " : "This Pin has none; leave out the setting captions.", all);
  g_ptr_array_set_size (self->languages, self->languages->len - 1);
  self->owner->missing (error, self->owner_data);
}

/* --- the end of waiting --------------------------------------------------- */

static gboolean
on_cover_late (gpointer data)
{
  GstPinExtras *self = data;

  settle (self, &self->cover);
  return G_SOURCE_REMOVE;
}

static gboolean
on_captions_late (gpointer data)
{
  GstPinExtras *self = data;

  /* The time is up for the master's as well */
  g_clear_pointer (&self->spare_url, g_free);
  captions_failed (self, g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_TIMEOUT,
          "the server does not answer in time."));
  settle (self, &self->captions);
  return G_SOURCE_REMOVE;
}

static void
begin_grace (GstPinExtras *self, GstPinExtra *extra, GSourceFunc late)
{
  if (!extra->waiting)
    return;
  extra->grace = g_timeout_source_new (extra->grace_ms);
  g_source_set_callback (extra->grace, late, self, NULL);
  g_source_attach (extra->grace, gst_pin_http_client_get_context
      (self->client));
}

void
gst_pin_extras_hurry (GstPinExtras *self, const GstPinPlaylistSet *set)
{
  if (self->wish && set && set->stream)
    look_in_master (self, set);
  if (self->failure)
    captions_failed (self, g_steal_pointer (&self->failure));
  else if (self->wish && !self->chosen && self->spare_url)
    fetch_spare (self);
  else if (self->wish && !self->chosen)
    tell_if_none_fits (self);
  begin_grace (self, &self->cover, on_cover_late);
  begin_grace (self, &self->captions, on_captions_late);
}
