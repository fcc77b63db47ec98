/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Pin's page, fetched and read while it comes. The client's thread receives
 * the pieces and only puts them into a list; a worker reads them from there, so
 * that other Pins' connections never wait for a reader, and nothing is copied
 * between the two. When the reader has enough, the rest of the page is not
 * awaited: most of a page is about other Pins, and comes last.
 *
 * The worker runs in turns: it reads what is there and goes, and its callback
 * on the client's thread starts the next turn where more came. A fetch is the
 * data of a GTask and of the turn's; who cancels does not wait for a turn, which
 * then ends for itself.
 */
#include "page-fetch-private.h"

#include "http-document-private.h"
#include "page-private.h"
#include "strategy-private.h"

/* A page is about 1 MB; the cap is what a hostile one may cost */
#define MAX_PAGE (16 * 1024 * 1024)

typedef struct
{
  gatomicrefcount refs;
  gchar *id;                    /* const */
  GCancellable *stop;           /* ends document and turns; any thread */

  GMutex lock;
  GQueue pieces;                /* of GBytes, an empty one: begin anew; lock */

  /* the worker's; there is one at a time */
  GstPinPage *page;
  gboolean last;                /* the page is whole with those in the list */

  /* client's thread */
  gulong cancel_id;
  gboolean over;                /* no more pieces will come */
  gboolean working;             /* a turn's callback is to come */
  gboolean done;                /* media or refusal is set, nothing is read */
  GstPinMedia *media;
  GError *refusal;              /* the page's */
  GError *error;                /* the document's */
} GstPinPageFetch;

static void work (GTask * task);

static void
page_fetch_unref (gpointer data)
{
  GstPinPageFetch *self = data;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_queue_clear_full (&self->pieces, (GDestroyNotify) g_bytes_unref);
  gst_pin_page_free (self->page);
  g_clear_pointer (&self->media, gst_pin_media_unref);
  g_clear_error (&self->error);
  g_clear_error (&self->refusal);
  g_mutex_clear (&self->lock);
  g_object_unref (self->stop);
  g_free (self->id);
  g_free (self);
}

static GBytes *
pop_piece (GstPinPageFetch *self)
{
  GBytes *piece;

  g_mutex_lock (&self->lock);
  piece = g_queue_pop_head (&self->pieces);
  g_mutex_unlock (&self->lock);
  return piece;
}

static gboolean
has_pieces (GstPinPageFetch *self)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = !g_queue_is_empty (&self->pieces);
  g_mutex_unlock (&self->lock);
  return has;
}

/* TRUE: the page need not be awaited any more */
static gboolean
read_piece (GstPinPageFetch *self, GBytes *piece)
{
  gsize size;
  const gchar *data = g_bytes_get_data (piece, &size);

  if (size > 0)
    return gst_pin_page_feed (self->page, data, size);
  gst_pin_page_free (self->page);
  self->page = gst_pin_page_new (self->id);
  return FALSE;
}

/* Returns the media, or why there is none, or NULL without an error: more of
 * the page is needed */
static void
work_in_thread (GTask *turn, gpointer source, gpointer data,
    GCancellable *stop)
{
  GstPinPageFetch *self = data;
  GstPinMedia *media = NULL;
  GError *error = NULL;
  gboolean enough = FALSE;
  GBytes *piece;

  while (!enough && !g_cancellable_is_cancelled (stop)
      && (piece = pop_piece (self)) != NULL) {
    enough = read_piece (self, piece);
    g_bytes_unref (piece);
  }
  if ((enough || self->last) && !g_cancellable_is_cancelled (stop))
    media = gst_pin_page_finish (self->page, &error);
  if (error)
    g_task_return_error (turn, error);
  else
    g_task_return_pointer (turn, media, (GDestroyNotify) gst_pin_media_unref);
}

/* Takes @task */
static void
conclude (GTask *task)
{
  GstPinPageFetch *self = g_task_get_task_data (task);

  g_cancellable_disconnect (g_task_get_cancellable (task), self->cancel_id);
  if (self->media)
    g_task_return_pointer (task, g_steal_pointer (&self->media),
        (GDestroyNotify) gst_pin_media_unref);
  else if (self->refusal)
    g_task_return_error (task, g_steal_pointer (&self->refusal));
  else if (self->error)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

/* Something ended: the document, or the worker's turn. What came of a page that
 * broke may be enough. */
static void
go_on (GTask *task)
{
  GstPinPageFetch *self = g_task_get_task_data (task);

  if (self->working)
    return;
  if (self->done && !self->over)
    g_cancellable_cancel (self->stop);
  else if (self->done || (self->error && !has_pieces (self))
      || (self->over && g_cancellable_is_cancelled (self->stop)))
    conclude (task);
  else
    work (task);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GstPinPageFetch *self = g_task_get_task_data (task);

  self->working = FALSE;
  self->media = g_task_propagate_pointer (G_TASK (result), &self->refusal);
  /* Who stopped it has another reason */
  if (g_error_matches (self->refusal, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_error (&self->refusal);
  self->done = self->media || self->refusal;
  go_on (task);
}

/* Gives the worker a turn, if there is something for it */
static void
work (GTask *task)
{
  GstPinPageFetch *self = g_task_get_task_data (task);
  g_autoptr (GTask) turn = NULL;
  gboolean whole = self->over && !self->error;

  /* Once stopped, a turn that was given up may still be running */
  if (self->working || self->done || !(whole || has_pieces (self))
      || g_cancellable_is_cancelled (self->stop))
    return;
  self->working = TRUE;
  self->last = whole;
  turn = g_task_new (NULL, self->stop, on_worked, g_object_ref (task));
  g_atomic_ref_count_inc (&self->refs);
  g_task_set_task_data (turn, self, page_fetch_unref);
  g_task_set_return_on_cancel (turn, TRUE);
  g_task_run_in_thread (turn, work_in_thread);
}

static void
on_piece (GBytes *piece, gpointer data)
{
  GTask *task = data;
  GstPinPageFetch *self = g_task_get_task_data (task);

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->pieces, piece ? g_bytes_ref (piece)
      : g_bytes_new_static ("", 0));
  g_mutex_unlock (&self->lock);
  work (task);
}

static void
on_document (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GstPinPageFetch *self = g_task_get_task_data (task);
  g_autoptr (GstPinDocument) document =
      gst_pin_document_fetch_finish (result, &self->error);

  self->over = TRUE;
  if (document && !document->body)
    self->error = gst_pin_strategy_redirect_error (document->url);
  go_on (task);
}

static void
on_cancelled (GCancellable *cancellable, gpointer stop)
{
  g_cancellable_cancel (stop);
}

void
gst_pin_page_fetch_async (GstPinHttpClient *client, const gchar *url,
    const gchar *id, GstPinCookies *cookies, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  GstPinPageFetch *self = g_new0 (GstPinPageFetch, 1);
  GstPinDocumentRequest request = {
    .url = url,
    .what = "load the page",
    .accept = "text/html",
    .cookies = cookies,
    .max_size = MAX_PAGE,
    .take = on_piece,
    .take_data = task,
    .redirect = gst_pin_strategy_stop_at_login,
  };

  g_atomic_ref_count_init (&self->refs);
  self->id = g_strdup (id);
  self->page = gst_pin_page_new (id);
  self->stop = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_queue_init (&self->pieces);
  g_task_set_task_data (task, self, page_fetch_unref);
  if (cancellable)
    self->cancel_id = g_cancellable_connect (cancellable,
        G_CALLBACK (on_cancelled), g_object_ref (self->stop), g_object_unref);
  gst_pin_document_fetch_async (client, &request, self->stop, on_document,
      task);
}
