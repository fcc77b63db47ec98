/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One GET at a time, against a small HTTP server in this process: what is asked,
 * what is told of the answer, and how it ends.
 */
#include "http-exchange-private.h"

#include "error-private.h"
#include "fetch-site.h"

#define PATIENCE 15             /* seconds until a test hangs */
#define SIZE (300 * KIB)

typedef struct
{
  Site site;
  GstPinHttpConfig config;
  GstPinHttpRequest request;
  const GstPinExchangeHandler *handler;
  gchar *url;
  GstPinHttpClient *client;
  gboolean refuses;             /* the body */
  gsize enough;                 /* bytes of it; 0: all */

  /* client's thread, or nobody's */
  GstPinExchange *exchange;
  guint8 block[8 * KIB];
  GstPinHostUse *host;

  GMutex lock;
  GCond cond;
  /* lock */
  gboolean no_space;
  gboolean paused;              /* was told that there is none */
  guint n_done;
  guint n_redirects;
  GstPinHttpResponse response;  /* its strings are the desk's */
  GByteArray *body;
  GError *error;
} Desk;

/* --- what the exchange calls --------------------------------------------- */

static gboolean
on_redirect (GstPinExchange *x, const gchar *url, gpointer data)
{
  Desk *desk = data;

  g_mutex_lock (&desk->lock);
  desk->n_redirects++;
  g_cond_broadcast (&desk->cond);
  g_mutex_unlock (&desk->lock);
  return TRUE;
}

static gboolean
on_response (GstPinExchange *x, const GstPinHttpResponse *response,
    gpointer data)
{
  Desk *desk = data;

  g_assert_cmpuint (desk->response.status, ==, 0);
  g_mutex_lock (&desk->lock);
  desk->response = *response;
  desk->response.url = g_strdup (response->url);
  desk->response.content_type = g_strdup (response->content_type);
  desk->response.etag = g_strdup (response->etag);
  desk->response.last_modified = g_strdup (response->last_modified);
  g_cond_broadcast (&desk->cond);
  g_mutex_unlock (&desk->lock);
  return !desk->refuses;
}

static guint8 *
on_space (GstPinExchange *x, gsize *size, gpointer data)
{
  Desk *desk = data;

  *size = sizeof desk->block;
  g_mutex_lock (&desk->lock);
  desk->paused = desk->no_space;
  g_cond_broadcast (&desk->cond);
  g_mutex_unlock (&desk->lock);
  return desk->paused ? NULL : desk->block;
}

static gboolean
on_filled (GstPinExchange *x, gsize size, gpointer data)
{
  Desk *desk = data;

  g_mutex_lock (&desk->lock);
  g_byte_array_append (desk->body, desk->block, size);
  g_cond_broadcast (&desk->cond);
  g_mutex_unlock (&desk->lock);
  return desk->enough == 0 || desk->body->len < desk->enough;
}

static void
on_done (GstPinExchange *x, const GError *error, gpointer data)
{
  Desk *desk = data;

  g_mutex_lock (&desk->lock);
  desk->n_done++;
  desk->exchange = NULL;
  g_clear_error (&desk->error);
  desk->error = error ? g_error_copy (error) : NULL;
  g_cond_broadcast (&desk->cond);
  g_mutex_unlock (&desk->lock);
}

static const GstPinExchangeHandler handler = {
  on_redirect, on_response, on_space, on_filled, on_done
};

/* --- doing it ------------------------------------------------------------ */

static void
set_up (Desk *desk, gconstpointer data)
{
  site_start (&desk->site);
  desk->site.files[0].size = SIZE;
  desk->handler = &handler;
  desk->config = (GstPinHttpConfig) {
    .timeout = PATIENCE,
    .allow_private = TRUE,
  };
  desk->url = g_strdup_printf ("http://127.0.0.1:%u/0", desk->site.port);
  desk->request = (GstPinHttpRequest) {
    .url = desk->url,
    .length = -1,
    .identity = TRUE,
  };
  desk->body = g_byte_array_new ();
  g_mutex_init (&desk->lock);
  g_cond_init (&desk->cond);
}

static void
obtain (Desk *desk)
{
  if (!desk->client)
    desk->client = gst_pin_http_client_obtain (&desk->config, NULL);
  g_assert_nonnull (desk->client);
}

static void
start_in_loop (gpointer data, gpointer unused)
{
  Desk *desk = data;

  desk->exchange = gst_pin_exchange_start (desk->client, &desk->request,
      desk->handler, desk);
  desk->host = gst_pin_exchange_get_host (desk->exchange);
}

static void
start (Desk *desk)
{
  obtain (desk);
  gst_pin_http_client_invoke_sync (desk->client, start_in_loop, desk);
}

static void
cancel_in_loop (gpointer data, gpointer unused)
{
  Desk *desk = data;

  g_assert_nonnull (desk->exchange);
  gst_pin_exchange_cancel (g_steal_pointer (&desk->exchange));
}

static void
resume_in_loop (gpointer data, gpointer unused)
{
  gst_pin_exchange_resume (((Desk *) data)->exchange);
}

/* The condition is looked at under the lock whenever something came */
#define AWAIT(desk, lock_, cond_, condition) \
  G_STMT_START { \
    gint64 end_ = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_SECOND; \
    g_mutex_lock (lock_); \
    while (!(condition)) \
      if (!g_cond_wait_until (cond_, lock_, end_)) \
        g_error ("%s hangs: %s", g_test_get_path (), #condition); \
    g_mutex_unlock (lock_); \
  } G_STMT_END
#define AWAIT_DESK(desk, condition) \
  AWAIT (desk, &(desk)->lock, &(desk)->cond, condition)
#define AWAIT_SITE(desk, condition) \
  AWAIT (desk, &(desk)->site.lock, &(desk)->site.cond, condition)

static void
forget_answer (Desk *desk)
{
  g_free ((gchar *) desk->response.url);
  g_free ((gchar *) desk->response.content_type);
  g_free ((gchar *) desk->response.etag);
  g_free ((gchar *) desk->response.last_modified);
  desk->response = (GstPinHttpResponse) { 0 };
  g_byte_array_set_size (desk->body, 0);
  g_clear_error (&desk->error);
}

/* From start to done */
static void
get (Desk *desk)
{
  guint done = desk->n_done;

  forget_answer (desk);
  start (desk);
  AWAIT_DESK (desk, desk->n_done > done);
}

static void
look_in_loop (gpointer data, gpointer unused)
{
  GstPinHostUse *use = data;

  g_assert_cmpuint (use->busy, ==, 0);
}

/* Nothing is left of it, neither in the books nor of its connections */
static void
tear_down (Desk *desk, gconstpointer data)
{
  gint64 began;

  if (desk->host)
    gst_pin_http_client_invoke_sync (desk->client, look_in_loop, desk->host);
  began = g_get_monotonic_time ();
  g_clear_pointer (&desk->client, gst_pin_http_client_unref);
  g_assert_cmpint (g_get_monotonic_time () - began, <, G_TIME_SPAN_SECOND);
  site_stop (&desk->site);
  forget_answer (desk);
  g_byte_array_unref (desk->body);
  g_free (desk->url);
  gst_pin_http_config_clear (&desk->config);
  g_mutex_clear (&desk->lock);
  g_cond_clear (&desk->cond);
}

static void
assert_body (Desk *desk, guint64 first, guint64 end)
{
  g_autofree guint8 *wanted = g_malloc (MAX (end - first, 1));

  fill (desk->site.files, 0, first, wanted, end - first);
  g_assert_cmpmem (desk->body->data, desk->body->len, wanted, end - first);
}

/* --- answers ------------------------------------------------------------- */

static void
test_whole (Desk *desk, gconstpointer unused)
{
  get (desk);
  g_assert_no_error (desk->error);
  g_assert_cmpuint (desk->response.status, ==, 200);
  g_assert_cmpstr (desk->response.url, ==, desk->url);
  g_assert_cmpint (desk->response.content_length, ==, SIZE);
  g_assert_cmpint (desk->response.total, ==, SIZE);
  g_assert_cmpstr (desk->response.etag, ==, "\"0-0\"");
  g_assert_null (desk->response.last_modified);
  g_assert_cmpint (desk->response.retry_after, ==, -1);
  g_assert_false (desk->response.encoded);
  assert_body (desk, 0, SIZE);
}

static void
test_range (Desk *desk, gconstpointer unused)
{
  desk->request.offset = 1000;
  desk->request.length = 5000;
  desk->request.if_range = "\"0-0\"";
  get (desk);
  g_assert_no_error (desk->error);
  g_assert_cmpuint (desk->response.status, ==, 206);
  g_assert_cmpuint (desk->response.range_start, ==, 1000);
  g_assert_cmpint (desk->response.content_length, ==, 5000);
  g_assert_cmpint (desk->response.total, ==, SIZE);
  g_assert_true (desk->site.saw_if_range);
  assert_body (desk, 1000, 6000);

  desk->request.offset = SIZE - 10;
  desk->request.length = -1;
  get (desk);
  g_assert_cmpuint (desk->response.status, ==, 206);
  assert_body (desk, SIZE - 10, SIZE);

  /* The length that a 416 tells */
  desk->request.offset = SIZE;
  get (desk);
  g_assert_no_error (desk->error);
  g_assert_cmpuint (desk->response.status, ==, 416);
  g_assert_cmpint (desk->response.total, ==, SIZE);
}

/* It means nothing without a range, and a server may take it amiss */
static void
test_if_range_alone (Desk *desk, gconstpointer unused)
{
  desk->request.if_range = "\"0-0\"";
  get (desk);
  g_assert_cmpuint (desk->response.status, ==, 200);
  g_assert_false (desk->site.saw_if_range);
}

static void
answer_busy (Visit *v)
{
  say_head (v, 503, 4, "Retry-After: 7\r\nContent-Type: text/html; "
      "charset=utf-8\r\nContent-Encoding: gzip\r\n"
      "Last-Modified: Fri, 20 Nov 2026 10:00:00 GMT\r\n");
  say (v, "busy");
}

static void
test_headers (Desk *desk, gconstpointer unused)
{
  desk->site.answer = answer_busy;
  get (desk);
  g_assert_no_error (desk->error);
  g_assert_cmpuint (desk->response.status, ==, 503);
  g_assert_cmpint (desk->response.retry_after, ==, 7);
  g_assert_cmpstr (desk->response.content_type, ==, "text/html");
  g_assert_cmpstr (desk->response.last_modified, ==,
      "Fri, 20 Nov 2026 10:00:00 GMT");
  g_assert_true (desk->response.encoded);
  g_assert_cmpint (desk->response.total, ==, -1);
  g_assert_cmpmem (desk->body->data, desk->body->len, "busy", 4);
}

static void
answer_weakly (Visit *v)
{
  say (v, "HTTP/1.1 200 OK\r\nETag: W/\"x\"\r\nContent-Length: 0\r\n"
      "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n");
}

/* A weak ETag says nothing of bytes; a date in the past is now */
static void
test_weak_etag (Desk *desk, gconstpointer unused)
{
  desk->site.answer = answer_weakly;
  get (desk);
  g_assert_no_error (desk->error);
  g_assert_null (desk->response.etag);
  g_assert_cmpint (desk->response.retry_after, ==, 0);
  g_assert_cmpint (desk->response.content_length, ==, 0);
  g_assert_cmpuint (desk->body->len, ==, 0);
}

/* A line break in what users hand in begins no header */
static void
test_headers_of_one_line (Desk *desk, gconstpointer unused)
{
  desk->config.extra_headers = gst_structure_new ("x", "A", G_TYPE_STRING,
      "b\r\nX-Evil: 1", NULL);
  get (desk);
  g_assert_cmpuint (desk->response.status, ==, 200);
  g_assert_false (desk->site.saw_evil);

  g_clear_pointer (&desk->client, gst_pin_http_client_unref);
  gst_structure_set (desk->config.extra_headers, "X-Evil", G_TYPE_STRING, "1",
      NULL);
  get (desk);
  g_assert_true (desk->site.saw_evil);
}

/* --- bodies -------------------------------------------------------------- */

/* What came of it came */
static void
test_cut (Desk *desk, gconstpointer answer)
{
  desk->site.answer = (void (*)(Visit *)) answer;
  get (desk);
  g_assert_error (desk->error, GST_PIN_ERROR, GST_PIN_ERROR_TRUNCATED);
  assert_body (desk, 0, 100001);
}

static void
answer_more_than_said (Visit *v)
{
  say_head (v, 200, 1000, "");
  say_body (v, 0, 1100);
  v->hang_up = TRUE;
}

static void
test_more_than_said (Desk *desk, gconstpointer unused)
{
  desk->site.answer = answer_more_than_said;
  get (desk);
  g_assert_no_error (desk->error);
  assert_body (desk, 0, 1000);
}

static void
test_refused (Desk *desk, gconstpointer unused)
{
  desk->refuses = TRUE;
  get (desk);
  g_assert_no_error (desk->error);
  g_assert_cmpuint (desk->response.status, ==, 200);
  g_assert_cmpuint (desk->body->len, ==, 0);
}

static void
test_enough (Desk *desk, gconstpointer unused)
{
  desk->enough = 10000;
  get (desk);
  g_assert_no_error (desk->error);
  g_assert_cmpuint (desk->body->len, >=, desk->enough);
  g_assert_cmpuint (desk->body->len, <, desk->enough + sizeof desk->block);
}

/* Without memory nothing is read, for longer than a server may stall */
static void
test_paused (Desk *desk, gconstpointer unused)
{
  desk->no_space = TRUE;
  desk->request.stall_ms = 100;
  start (desk);
  AWAIT_DESK (desk, desk->paused);
  g_usleep (3 * desk->request.stall_ms * 1000);
  g_assert_cmpuint (desk->n_done, ==, 0);
  g_assert_cmpuint (desk->body->len, ==, 0);
  g_mutex_lock (&desk->lock);
  desk->no_space = FALSE;
  g_mutex_unlock (&desk->lock);
  gst_pin_http_client_invoke_sync (desk->client, resume_in_loop, desk);
  AWAIT_DESK (desk, desk->n_done == 1);
  g_assert_no_error (desk->error);
  assert_body (desk, 0, SIZE);
}

/* --- stalls -------------------------------------------------------------- */

static void
answer_never (Visit *v)
{
  site_wait (v->site);
  v->hang_up = TRUE;
}

static void
answer_head_alone (Visit *v)
{
  say_right_head (v);
  answer_never (v);
}

static void
answer_half (Visit *v)
{
  say_right_head (v);
  say_body (v, 0, SIZE / 2);
  answer_never (v);
}

static void
answer_by_drops (Visit *v)
{
  say_right_head (v);
  for (guint64 at = 0; at < SIZE && !v->hang_up; at++) {
    say_body (v, at, at + 1);
    g_usleep (20000);
  }
}

static void
test_stall (Desk *desk, gconstpointer answer)
{
  gint64 began;

  desk->site.answer = (void (*)(Visit *)) answer;
  desk->request.stall_ms = 300;
  obtain (desk);
  began = g_get_monotonic_time ();
  get (desk);
  g_assert_error (desk->error, GST_PIN_ERROR, GST_PIN_ERROR_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 300000);
}

/* --- redirects ----------------------------------------------------------- */

static void
redirect (Visit *v, const gchar *to)
{
  g_autofree gchar *more = g_strdup_printf ("Location: %s\r\n", to);

  say_head (v, 302, 5, more);
  say (v, "moved");
}

static void
answer_moved_once (Visit *v)
{
  if (v->nth == 0)
    redirect (v, "/0?there");
  else
    answer_well (v);
}

/* As it was asked for, on the same connection */
static void
test_redirect (Desk *desk, gconstpointer unused)
{
  g_autofree gchar *there = g_strconcat (desk->url, "?there", NULL);

  desk->site.answer = answer_moved_once;
  desk->request.offset = 5000;
  get (desk);
  g_assert_no_error (desk->error);
  g_assert_cmpuint (desk->n_redirects, ==, 1);
  g_assert_cmpuint (desk->response.status, ==, 206);
  g_assert_cmpstr (desk->response.url, ==, there);
  assert_body (desk, 5000, SIZE);
  g_assert_cmpuint (desk->site.n_visits, ==, 2);
  g_assert_cmpuint (desk->site.connections, ==, 1);
}

static void
answer_moved_to (Visit *v)
{
  redirect (v, v->site->answer_data);
}

static void
test_redirect_to_forbidden (Desk *desk, gconstpointer to)
{
  desk->site.answer = answer_moved_to;
  desk->site.answer_data = to;
  get (desk);
  g_assert_error (desk->error, GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST);
  g_assert_cmpuint (desk->n_redirects, ==, 0);
  g_assert_cmpuint (desk->response.status, ==, 0);
  g_assert_cmpuint (desk->body->len, ==, 0);
}

static void
test_redirect_for_ever (Desk *desk, gconstpointer unused)
{
  desk->site.answer = answer_moved_to;
  desk->site.answer_data = "/0";
  get (desk);
  g_assert_error (desk->error, GST_PIN_ERROR, GST_PIN_ERROR_NETWORK);
  g_assert_cmpuint (desk->site.n_visits, <=, 20);
}

/* Not even asked */
static void
test_forbidden (Desk *desk, gconstpointer unused)
{
  desk->config.allow_private = FALSE;
  get (desk);
  g_assert_error (desk->error, GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST);
  g_assert_cmpuint (desk->site.n_visits, ==, 0);
}

static void
test_nobody_there (Desk *desk, gconstpointer unused)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  g_free (desk->url);
  desk->url = g_strdup_printf ("http://127.0.0.1:%u/0", port);
  desk->request.url = desk->url;
  get (desk);
  g_assert_error (desk->error, GST_PIN_ERROR, GST_PIN_ERROR_NETWORK);
}

/* --- cancelling ---------------------------------------------------------- */

static void
answer_moved_slowly (Visit *v)
{
  say_head (v, 302, 1000, "Location: /0?there\r\n");
  say_body (v, 0, 10);
  answer_never (v);
}

/* Nothing is called after it, and the client need not wait for it */
static void
cancel (Desk *desk)
{
  guint done = desk->n_done;

  gst_pin_http_client_invoke_sync (desk->client, cancel_in_loop, desk);
  site_open (&desk->site);
  gst_pin_http_client_invoke_sync (desk->client, look_in_loop, desk->host);
  desk->host = NULL;
  g_clear_pointer (&desk->client, gst_pin_http_client_unref);
  g_assert_cmpuint (desk->n_done, ==, done);
  AWAIT_SITE (desk, desk->site.connections == 0);
}

static void
start_and_cancel_in_loop (gpointer data, gpointer unused)
{
  start_in_loop (data, NULL);
  cancel_in_loop (data, NULL);
}

static void
test_cancel_unsent (Desk *desk, gconstpointer unused)
{
  obtain (desk);
  gst_pin_http_client_invoke_sync (desk->client, start_and_cancel_in_loop,
      desk);
  g_clear_pointer (&desk->client, gst_pin_http_client_unref);
  desk->host = NULL;
  g_assert_cmpuint (desk->site.n_visits, ==, 0);
  g_assert_cmpuint (desk->n_done, ==, 0);
}

static void
test_cancel_before_turn (Desk *desk, gconstpointer unused)
{
  desk->config.max_request_rate = 1;
  get (desk);
  start (desk);
  cancel (desk);
  g_assert_cmpuint (desk->site.n_visits, ==, 1);
}

/* The server says nothing to TLS */
static void
test_cancel_handshake (Desk *desk, gconstpointer unused)
{
  g_free (desk->url);
  desk->url = g_strdup_printf ("https://127.0.0.1:%u/0", desk->site.port);
  desk->request.url = desk->url;
  start (desk);
  AWAIT_SITE (desk, desk->site.connections == 1);
  cancel (desk);
}

static void
test_cancel_head (Desk *desk, gconstpointer unused)
{
  desk->site.answer = answer_never;
  start (desk);
  AWAIT_SITE (desk, desk->site.n_visits == 1);
  cancel (desk);
}

static void
test_cancel_body (Desk *desk, gconstpointer unused)
{
  desk->site.answer = answer_half;
  start (desk);
  AWAIT_DESK (desk, desk->body->len == SIZE / 2);
  cancel (desk);
}

static void
test_cancel_paused (Desk *desk, gconstpointer unused)
{
  desk->no_space = TRUE;
  start (desk);
  AWAIT_DESK (desk, desk->paused);
  cancel (desk);
}

static void
test_cancel_redirect (Desk *desk, gconstpointer unused)
{
  desk->site.answer = answer_moved_slowly;
  start (desk);
  AWAIT_DESK (desk, desk->n_redirects == 1);
  cancel (desk);
}

/* --- connections --------------------------------------------------------- */

static gboolean
take_response (GstPinExchange *x, const GstPinHttpResponse *response,
    gpointer data)
{
  return TRUE;
}

/* For several at once, of which only the end is told */
static const GstPinExchangeHandler many_handler = {
  NULL, take_response, on_space, on_filled, on_done
};

static void
start_many (Desk *desk, guint n)
{
  desk->handler = &many_handler;
  while (n-- > 0)
    start (desk);
}

typedef struct
{
  GstPinHostUse *use;
  GstPinHostUse seen;
} Look;

static void
copy_in_loop (gpointer data, gpointer unused)
{
  Look *look = data;

  look->seen = *look->use;
}

static void
assert_use (Desk *desk, guint open, guint busy)
{
  Look look = {.use = desk->host };

  gst_pin_http_client_invoke_sync (desk->client, copy_in_loop, &look);
  g_assert_cmpuint (look.seen.open, ==, open);
  g_assert_cmpuint (look.seen.busy, ==, busy);
}

/* Three together, each of which closes its connection when all seems well */
static void
answer_and_leave (Visit *v)
{
  Site *site = v->site;

  g_mutex_lock (&site->lock);
  while (site->n_visits < 3)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
  answer_well (v);
  v->hang_up = TRUE;
}

static void
answer_later (Visit *v)
{
  site_wait (v->site);
  answer_well (v);
}

/* What a server had closed was counted as open for ever: requests were sent as if
 * there were connections for them */
static void
test_idle_that_died (Desk *desk, gconstpointer unused)
{
  desk->site.answer = answer_and_leave;
  start_many (desk, 3);
  AWAIT_DESK (desk, desk->n_done == 3);
  AWAIT_SITE (desk, desk->site.connections == 0);
  assert_use (desk, 3, 0);

  desk->site.answer = answer_later;
  start_many (desk, 1);
  AWAIT_SITE (desk, desk->site.n_visits == 4);
  assert_use (desk, 1, 1);
  start_many (desk, 1);
  AWAIT_SITE (desk, desk->site.n_visits == 5);
  assert_use (desk, 2, 2);
  site_open (&desk->site);
  AWAIT_DESK (desk, desk->n_done == 5);
  assert_use (desk, 2, 0);
}

static void
test_used_again (Desk *desk, gconstpointer unused)
{
  for (guint i = 0; i < 3; i++)
    get (desk);
  assert_use (desk, 1, 0);
  g_assert_cmpuint (desk->site.connections, ==, 1);
}

static void
add_test (const gchar *name, gconstpointer data,
    void (*test) (Desk *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/http-exchange/", name, NULL);

  g_test_add (path, Desk, data, set_up, test, tear_down);
}

static void
add_answers (void)
{
  add_test ("whole", NULL, test_whole);
  add_test ("range", NULL, test_range);
  add_test ("if-range-alone", NULL, test_if_range_alone);
  add_test ("headers", NULL, test_headers);
  add_test ("weak-etag", NULL, test_weak_etag);
  add_test ("headers-of-one-line", NULL, test_headers_of_one_line);
  add_test ("cut", answer_cut, test_cut);
  add_test ("cut-in-pieces", answer_cut_pieces, test_cut);
  add_test ("more-than-said", NULL, test_more_than_said);
  add_test ("refused", NULL, test_refused);
  add_test ("enough", NULL, test_enough);
  add_test ("paused", NULL, test_paused);
  add_test ("stall/head", answer_never, test_stall);
  add_test ("stall/body", answer_head_alone, test_stall);
  add_test ("stall/half", answer_half, test_stall);
  add_test ("stall/drops", answer_by_drops, test_stall);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add_answers ();
  add_test ("redirect", NULL, test_redirect);
  add_test ("redirect-to-file", "file:///etc/passwd",
      test_redirect_to_forbidden);
  add_test ("redirect-to-other-host", "https://example.com/",
      test_redirect_to_forbidden);
  add_test ("redirect-for-ever", NULL, test_redirect_for_ever);
  add_test ("forbidden", NULL, test_forbidden);
  add_test ("nobody-there", NULL, test_nobody_there);
  add_test ("cancel/unsent", NULL, test_cancel_unsent);
  add_test ("cancel/before-turn", NULL, test_cancel_before_turn);
  add_test ("cancel/handshake", NULL, test_cancel_handshake);
  add_test ("cancel/head", NULL, test_cancel_head);
  add_test ("cancel/body", NULL, test_cancel_body);
  add_test ("cancel/paused", NULL, test_cancel_paused);
  add_test ("cancel/redirect", NULL, test_cancel_redirect);
  add_test ("idle-that-died", NULL, test_idle_that_died);
  add_test ("used-again", NULL, test_used_again);
  return g_test_run ();
}
