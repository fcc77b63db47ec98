/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One page in a browser; the test is the browser, at the other end of the
 * socket, and says what a script of it would.
 */
#include "browser-page-private.h"

#include <gst/pin/error.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAGE "https://www.pinterest.com/pin/1/"
#define ANSWER "https://www.pinterest.com/resource/PinResource/get/?data=1"

typedef struct
{
  GstPinBrowserPage *page;
  gint fd;                      /* the browser's end */
  GByteArray *heard;
  GPtrArray *captures;
  GError *error;
  guint ended;
  gint navigation;              /* the id of that call */
} Test;

static void
on_captured (GstPinBrowserCapture *capture, gpointer data)
{
  g_ptr_array_add (((Test *) data)->captures, capture);
}

static void
on_ended (GError *error, gpointer data)
{
  Test *test = data;

  test->error = error;
  test->ended++;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE));
}

/* The next call, with its "id"; NULL where there is none */
static JsonNode *
hear (Test *test)
{
  guint8 piece[4096], *zero;
  JsonNode *node;
  gssize n;

  settle ();
  while ((n = recv (test->fd, piece, sizeof (piece), MSG_DONTWAIT)) > 0)
    g_byte_array_append (test->heard, piece, n);
  zero = test->heard->len ? memchr (test->heard->data, '\0',
      test->heard->len) : NULL;
  if (!zero)
    return NULL;
  node = json_from_string ((const gchar *) test->heard->data, NULL);
  g_byte_array_remove_range (test->heard, 0, zero - test->heard->data + 1);
  return node;
}

/* The next call has to be this one; returns its id. @param: a member of its
 * parameters, and what that is */
static gint64
expect (Test *test, const gchar *method, const gchar *param,
    const gchar *value)
{
  g_autoptr (JsonNode) node = hear (test);
  JsonObject *call;

  g_assert_nonnull (node);
  call = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (call, "method"), ==, method);
  if (param)
    g_assert_cmpstr (json_object_get_string_member
        (json_object_get_object_member (call, "params"), param), ==, value);
  return json_object_get_int_member (call, "id");
}

static void
expect_nothing (Test *test)
{
  g_assert_null (hear (test));
}

static void G_GNUC_PRINTF (2, 3)
say (Test *test, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  const gchar *at;
  va_list args;
  gsize left;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  for (at = text, left = strlen (text) + 1; left > 0; settle ()) {
    gssize n = send (test->fd, at, left, MSG_DONTWAIT | MSG_NOSIGNAL);

    at += MAX (n, 0);
    left -= MAX (n, 0);
    if (test->ended)
      break;
  }
}

static void
tell (Test *test, const gchar *method, const gchar *params)
{
  say (test, "{\"method\":\"%s\",\"params\":%s,\"sessionId\":\"S\"}", method,
      params);
}

static const gchar *const preparations[] = { "Page.enable",
  "Inspector.enable", "Network.enable", "Network.setBypassServiceWorker",
  "Target.setAutoAttach", "Fetch.enable"
};

/* Up to where the browser has been told how to prepare its page; returns the
 * id of the first of these calls */
static gint
set_up_unprepared (Test *test)
{
  static const GstPinBrowserPageHandler handler = { on_captured, on_ended };
  gchar *proxies[] = { (gchar *) "http://me:secret@proxy.example", NULL };
  GstPinHttpConfig http = {.proxies = proxies };
  gint ends[2], first = 0;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  test->fd = ends[1];
  test->heard = g_byte_array_new ();
  test->captures = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_pin_browser_capture_free);
  test->page = gst_pin_browser_page_new (ends[0], PAGE, &http, &handler, test);
  say (test, "{\"id\":%d,\"result\":{\"targetId\":\"T\"}}",
      (gint) expect (test, "Target.createTarget", "url", "about:blank"));
  say (test, "{\"id\":%d,\"result\":{\"sessionId\":\"S\"}}",
      (gint) expect (test, "Target.attachToTarget", "targetId", "T"));
  for (guint i = 0; i < G_N_ELEMENTS (preparations); i++) {
    gint id = expect (test, preparations[i], NULL, NULL);

    first = i == 0 ? id : first;
  }
  return first;
}

/* Up to where the browser is told to go to the page */
static void
set_up (Test *test, gconstpointer data)
{
  gint first = set_up_unprepared (test);

  for (guint i = 0; i < G_N_ELEMENTS (preparations); i++)
    say (test, "{\"id\":%u,\"result\":{}}", first + i);
  test->navigation = expect (test, "Page.navigate", "url", PAGE);
  g_assert_cmpuint (test->ended, ==, 0);
}

static void
tear_down (Test *test, gconstpointer data)
{
  gst_pin_browser_page_free (test->page);
  if (test->fd >= 0)
    close (test->fd);
  g_byte_array_unref (test->heard);
  g_ptr_array_unref (test->captures);
  g_clear_error (&test->error);
}

static void
pause_request (Test *test, const gchar *url, const gchar *type,
    const gchar *frame)
{
  g_autofree gchar *params = g_strdup_printf ("{\"requestId\":\"P\","
      "\"request\":{\"url\":\"%s\"},\"resourceType\":\"%s\","
      "\"frameId\":\"%s\"}", url, type, frame);

  tell (test, "Fetch.requestPaused", params);
}

static void
begin_answer (Test *test, const gchar *url, const gchar *type,
    const gchar *mime, guint status)
{
  g_autofree gchar *params = g_strdup_printf ("{\"requestId\":\"R\","
      "\"type\":\"%s\",\"frameId\":\"T\",\"response\":{\"url\":\"%s\","
      "\"status\":%u,\"mimeType\":\"%s\"}}", type, url, status, mime);

  tell (test, "Network.requestWillBeSent", "{\"requestId\":\"R\"}");
  tell (test, "Network.responseReceived", params);
}

static void
finish_answer (Test *test)
{
  tell (test, "Network.loadingFinished", "{\"requestId\":\"R\"}");
}

static void
give_body (Test *test, const gchar *body, gboolean coded)
{
  say (test, "{\"id\":%d,\"result\":{\"body\":\"%s\",\"base64Encoded\":%s},"
      "\"sessionId\":\"S\"}", (gint) expect (test, "Network.getResponseBody",
          "requestId", "R"), body, coded ? "true" : "false");
}

static const GstPinBrowserCapture *
assert_captured (Test *test, const gchar *body)
{
  const GstPinBrowserCapture *capture;

  g_assert_cmpuint (test->captures->len, >, 0);
  capture = g_ptr_array_index (test->captures, test->captures->len - 1);
  g_assert_cmpmem (g_bytes_get_data (capture->body, NULL),
      g_bytes_get_size (capture->body), body, strlen (body));
  return capture;
}

static void
test_requests (Test *test, gconstpointer data)
{
  static const gchar *const good[][2] = {
    {PAGE, "Document"}, {ANSWER, "Fetch"},
    {"https://s.pinimg.com/webapp/a.js", "Script"},
    {"https://www.pinterest.co.uk/_/graphql/", "XHR"},
  };
  static const gchar *const bad[][2] = {
    {"https://example.com/", "Fetch"}, {"http://www.pinterest.com/", "Fetch"},
    {"https://www.pinterest.com:8443/", "Fetch"},
    {"https://127.0.0.1/", "Script"}, {"https://i.pinimg.com/a.jpg", "Image"},
    {"https://v1.pinimg.com/a.mp4", "Media"}, {"file:///etc/passwd", "Fetch"},
    {"https://s.pinimg.com/a.woff2", "Font"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    pause_request (test, good[i][0], good[i][1], "T");
    expect (test, "Fetch.continueRequest", "requestId", "P");
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    pause_request (test, bad[i][0], bad[i][1], "T");
    expect (test, "Fetch.failRequest", "errorReason", "BlockedByClient");
  }
  /* A frame in the page, not the page */
  pause_request (test, "https://example.com/", "Document", "F");
  expect (test, "Fetch.failRequest", "requestId", "P");
  g_assert_cmpuint (test->ended, ==, 0);
}

static void
test_the_page_leads_elsewhere (Test *test, gconstpointer data)
{
  pause_request (test, "https://example.com/", "Document", "T");
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST);
}

static void
test_the_page_leads_to_a_login (Test *test, gconstpointer data)
{
  pause_request (test, "https://www.pinterest.com/login/?next=%2Fpin%2F1%2F",
      "Document", "T");
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED);
}

static void
test_captures (Test *test, gconstpointer data)
{
  const GstPinBrowserCapture *capture;

  begin_answer (test, PAGE, "Document", "text/html", 200);
  expect_nothing (test);
  finish_answer (test);
  give_body (test, "<p>\\u00e4\\\"</p>", FALSE);
  capture = assert_captured (test, "<p>ä\"</p>");
  g_assert_cmpint (capture->kind, ==, GST_PIN_BROWSER_PAGE);
  g_assert_cmpstr (capture->url, ==, PAGE);

  begin_answer (test, ANSWER, "XHR", "application/json", 200);
  finish_answer (test);
  give_body (test, "e30=", TRUE);
  capture = assert_captured (test, "{}");
  g_assert_cmpint (capture->kind, ==, GST_PIN_BROWSER_ANSWER);
  g_assert_cmpstr (capture->content_type, ==, "application/json");
}

static void
test_what_is_not_captured (Test *test, gconstpointer data)
{
  static const struct
  {
    const gchar *type, *mime;
    guint status;
  } cases[] = {
    {"Script", "text/javascript", 200}, {"XHR", "text/html", 200},
    {"XHR", "application/json", 403}, {"Fetch", "image/jpeg", 200},
    {"Document", "application/pdf", 200}, {"XHR", "application/json", 204},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    begin_answer (test, ANSWER, cases[i].type, cases[i].mime,
        cases[i].status);
    finish_answer (test);
    expect_nothing (test);
  }
  /* What nobody saw going out */
  tell (test, "Network.loadingFinished", "{\"requestId\":\"X\"}");
  expect_nothing (test);
}

static void
test_a_body_beyond_the_cap (Test *test, gconstpointer data)
{
  g_autofree gchar *body = g_strnfill (3 * 1024 * 1024 + 1, 'x');

  begin_answer (test, ANSWER, "XHR", "application/json", 200);
  finish_answer (test);
  give_body (test, body, FALSE);
  g_assert_cmpuint (test->captures->len, ==, 0);
  body[strlen (body) - 1] = '\0';
  begin_answer (test, ANSWER, "XHR", "application/json", 200);
  finish_answer (test);
  give_body (test, body, FALSE);
  g_assert_cmpuint (test->captures->len, ==, 1);
}

static void
test_a_body_that_is_gone (Test *test, gconstpointer data)
{
  begin_answer (test, ANSWER, "XHR", "application/json", 200);
  finish_answer (test);
  say (test, "{\"id\":%d,\"error\":{\"message\":\"No data found\"}}",
      (gint) expect (test, "Network.getResponseBody", "requestId", "R"));
  g_assert_cmpuint (test->captures->len, ==, 0);
  g_assert_cmpuint (test->ended, ==, 0);
}

static void
test_no_more_captures_than_the_cap (Test *test, gconstpointer data)
{
  for (guint i = 0; i < 64; i++) {
    begin_answer (test, ANSWER, "XHR", "application/json", 200);
    finish_answer (test);
    give_body (test, "{}", FALSE);
  }
  begin_answer (test, ANSWER, "XHR", "application/json", 200);
  finish_answer (test);
  expect_nothing (test);
  g_assert_cmpuint (test->captures->len, ==, 64);
}

static void
test_statuses (Test *test, gconstpointer data)
{
  begin_answer (test, PAGE, "Document", "text/html", 403);
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED);
  g_assert_cmpuint (test->ended, ==, 1);
}

static void
test_quiet (Test *test, gconstpointer data)
{
  gint64 since = g_get_monotonic_time ();

  begin_answer (test, ANSWER, "XHR", "application/json", 200);
  tell (test, "Page.loadEventFired", "{\"timestamp\":1}");
  g_assert_cmpuint (test->ended, ==, 0);
  finish_answer (test);
  give_body (test, "{}", FALSE);
  while (!test->ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (test->error);
  g_assert_cmpint (g_get_monotonic_time () - since, >=,
      1900 * G_TIME_SPAN_MILLISECOND);
}

/* The proxy's name and password are given to the proxy, once, and to nobody
 * else */
static void
test_logins (Test *test, gconstpointer data)
{
  static const struct
  {
    const gchar *request, *source, *response;
  } cases[] = {
    {"1", "Server", "CancelAuth"}, {"1", "Proxy", "ProvideCredentials"},
    {"1", "Proxy", "CancelAuth"}, {"2", "Proxy", "ProvideCredentials"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *params = g_strdup_printf ("{\"requestId\":\"%s\","
        "\"authChallenge\":{\"source\":\"%s\"}}", cases[i].request,
        cases[i].source);
    g_autoptr (JsonNode) node = NULL;
    JsonObject *answer;

    tell (test, "Fetch.authRequired", params);
    node = hear (test);
    answer = json_object_get_object_member (json_object_get_object_member
        (json_node_get_object (node), "params"), "authChallengeResponse");
    g_assert_cmpstr (json_object_get_string_member (answer, "response"), ==,
        cases[i].response);
    g_assert_cmpint (json_object_has_member (answer, "password"), ==,
        strcmp (cases[i].response, "ProvideCredentials") == 0);
  }
}

static void
test_dialogs (Test *test, gconstpointer data)
{
  tell (test, "Page.javascriptDialogOpening", "{\"message\":\"Hello\"}");
  expect (test, "Page.handleJavaScriptDialog", NULL, NULL);
}

static void
test_the_tab_crashes (Test *test, gconstpointer data)
{
  tell (test, "Inspector.targetCrashed", "{}");
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_NETWORK);
}

static void
test_the_browser_goes (Test *test, gconstpointer data)
{
  begin_answer (test, ANSWER, "XHR", "application/json", 200);
  close (test->fd);
  test->fd = -1;
  settle ();
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED);
  g_assert_cmpuint (test->ended, ==, 1);
}

static void
fail_navigation (Test *test, const gchar *problem)
{
  say (test, "{\"id\":%d,\"result\":{\"errorText\":\"%s\"},"
      "\"sessionId\":\"S\"}", test->navigation, problem);
}

static void
test_a_certificate_that_does_not_fit (Test *test, gconstpointer data)
{
  fail_navigation (test, "net::ERR_CERT_AUTHORITY_INVALID");
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_TLS);
}

static void
test_not_reached (Test *test, gconstpointer data)
{
  fail_navigation (test, "net::ERR_CONNECTION_RESET");
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_NETWORK);
}

/* What a page does before all is prepared would never be told */
static void
test_nothing_is_loaded_before_it_is_prepared (Test *test, gconstpointer data)
{
  gint first = set_up_unprepared (test);

  for (guint i = 0; i < G_N_ELEMENTS (preparations); i++) {
    expect_nothing (test);
    say (test, "{\"id\":%u,\"result\":{}}",
        first + (guint) G_N_ELEMENTS (preparations) - 1 - i);
  }
  expect (test, "Page.navigate", "url", PAGE);
}

static void
test_not_prepared (Test *test, gconstpointer data)
{
  say (test, "{\"id\":%d,\"error\":{\"message\":\"never heard of it\"}}",
      set_up_unprepared (test));
  g_assert_error (test->error, GST_PIN_ERROR, GST_PIN_ERROR_INTERNAL);
  g_assert_nonnull (strstr (test->error->message, "never heard of it"));
  expect_nothing (test);
}

/* Members that are missing or of another type are no reason to fall over */
static void
test_odd_events (Test *test, gconstpointer data)
{
  static const gchar *const methods[] = { "Fetch.requestPaused",
    "Fetch.authRequired", "Network.requestWillBeSent",
    "Network.responseReceived", "Network.loadingFinished",
    "Network.loadingFailed"
  };
  static const gchar *const params[] = { "{}", "[]", "null", "1",
    "{\"requestId\":1}", "{\"requestId\":{\"requestId\":\"R\"}}",
    "{\"requestId\":\"R\",\"response\":[],\"type\":\"XHR\"}",
    "{\"requestId\":null,\"request\":{\"url\":7}}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    for (guint j = 0; j < G_N_ELEMENTS (params); j++)
      tell (test, methods[i], params[j]);
  g_assert_cmpuint (test->ended, ==, 0);
  g_assert_cmpuint (test->captures->len, ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *name;
    void (*run) (Test * test, gconstpointer data);
  } tests[] = {
    {"/browser-page/requests", test_requests},
    {"/browser-page/the-page-leads-elsewhere", test_the_page_leads_elsewhere},
    {"/browser-page/the-page-leads-to-a-login",
        test_the_page_leads_to_a_login},
    {"/browser-page/captures", test_captures},
    {"/browser-page/what-is-not-captured", test_what_is_not_captured},
    {"/browser-page/a-body-beyond-the-cap", test_a_body_beyond_the_cap},
    {"/browser-page/a-body-that-is-gone", test_a_body_that_is_gone},
    {"/browser-page/no-more-captures-than-the-cap",
        test_no_more_captures_than_the_cap},
    {"/browser-page/statuses", test_statuses},
    {"/browser-page/quiet", test_quiet},
    {"/browser-page/logins", test_logins},
    {"/browser-page/dialogs", test_dialogs},
    {"/browser-page/the-tab-crashes", test_the_tab_crashes},
    {"/browser-page/the-browser-goes", test_the_browser_goes},
    {"/browser-page/a-certificate-that-does-not-fit",
        test_a_certificate_that_does_not_fit},
    {"/browser-page/not-reached", test_not_reached},
    {"/browser-page/odd-events", test_odd_events},
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/browser-page/nothing-is-loaded-before-it-is-prepared", Test,
      NULL, NULL, test_nothing_is_loaded_before_it_is_prepared, tear_down);
  g_test_add ("/browser-page/not-prepared", Test, NULL, NULL,
      test_not_prepared, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Test, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
