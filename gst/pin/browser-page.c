/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One page in a browser. A load makes it when the browser's process runs and
 * frees it when that has gone; it lives on the load's main context.
 *
 * First, each step needing the answers of the one before: make a tab, attach to
 * it, prepare it, go to the address. To prepare it is to tell the browser to ask
 * before each request (Fetch domain) and to tell of each answer (Network
 * domain); the page's own process hears of that late, and a page that it had by
 * then begun to load would ask for things of which nobody tells (observed in
 * Chromium 156). A request goes out where the host policy lets it and where it can
 * bring data: no pictures, media or fonts. Redirects are asked for like others.
 * What an answer has is fetched when it has come wholly. Service workers are
 * bypassed, and other workers and frames of other sites never start, since
 * nobody tells them to.
 */
#include "browser-page-private.h"

#include <string.h>

#include "browser-gate-private.h"
#include "browser-pipe-private.h"
#include "debug-private.h"
#include "error-private.h"
#include "host-policy-private.h"
#include "http-retry-private.h"
#include "shown-private.h"

#define WHAT "load the page in a browser"
/* A page is about 1 MB; as one string it has to fit into one message */
#define MAX_BODY (3 * 1024 * 1024)
#define MAX_CAPTURES 64
#define MAX_CAPTURED (24 * 1024 * 1024)
/* A page makes some hundred requests; one that makes more is not waited for */
#define MAX_REQUESTS 4000
/* A page that has asked for nothing for so long has what it wants */
#define QUIET_MS 2000
/* The same where a request has no answer: it is slow, or nobody will ever tell
 * of its end, as of a worker's that was never started */
#define STALLED_MS 6000
#define MAX_SHOWN 200

struct _GstPinBrowserPage
{
  gchar *url;
  gboolean allow_private;
  gchar *user, *password;       /* of the proxy; NULL: none */
  GstPinBrowserPageHandler handler;
  gpointer data;

  GstPinBrowserPipe *pipe;
  guint tab_call, attach_call, navigate_call;   /* their answers' ids, or 0 */
  guint prepare_call, n_unprepared;     /* the first of several; how many of them
                                         * have no answer yet */
  gchar *tab;                   /* also the name of its main frame */
  GHashTable *under_way;        /* request's name → GstPinBrowserCapture, as yet
                                 * empty, or NULL where it is not wanted */
  GHashTable *asked;            /* call's id → GstPinBrowserCapture */
  GHashTable *logins;           /* requests for which the login was given */
  guint n_requests, n_captures;
  gsize captured;               /* bytes of all */
  gboolean is_loaded, is_over;
  GSource *quiet;
};

void
gst_pin_browser_capture_free (GstPinBrowserCapture *self)
{
  g_free (self->url);
  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

static void
free_capture (gpointer data)
{
  if (data)
    gst_pin_browser_capture_free (data);
}

static void
clear_quiet (GstPinBrowserPage *self)
{
  if (self->quiet) {
    g_source_destroy (self->quiet);
    g_clear_pointer (&self->quiet, g_source_unref);
  }
}

void
gst_pin_browser_page_stop (GstPinBrowserPage *self)
{
  self->is_over = TRUE;
  clear_quiet (self);
  gst_pin_browser_pipe_close (self->pipe);
}

void
gst_pin_browser_page_free (GstPinBrowserPage *self)
{
  gst_pin_browser_page_stop (self);
  gst_pin_browser_pipe_free (self->pipe);
  g_hash_table_unref (self->under_way);
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->logins);
  g_free (self->url);
  g_free (self->user);
  g_free (self->password);
  g_free (self->tab);
  g_free (self);
}

/* Takes @error */
static void
end (GstPinBrowserPage *self, GError *error)
{
  gst_pin_browser_page_stop (self);
  self->handler.ended (error, self->data);
}

static void
end_with (GstPinBrowserPage *self, GstPinError code, const gchar *format,
    const gchar *shown)
{
  g_autofree gchar *words = gst_pin_shown (shown, MAX_SHOWN);
  /* A format of this file's, with one place for a string */
  GError *error = g_error_new (GST_PIN_ERROR, code, format, words);

  gst_pin_error_set_url (error, self->url);
  end (self, error);
}

static gboolean
on_quiet (gpointer data)
{
  end (data, NULL);
  return G_SOURCE_REMOVE;
}

/* Something has happened: the time begins anew */
static void
watch_quiet (GstPinBrowserPage *self)
{
  gboolean waits = g_hash_table_size (self->under_way) > 0
      || g_hash_table_size (self->asked) > 0;

  clear_quiet (self);
  if (self->is_over || !self->is_loaded)
    return;
  self->quiet = g_timeout_source_new (waits ? STALLED_MS : QUIET_MS);
  g_source_set_callback (self->quiet, on_quiet, self, NULL);
  g_source_attach (self->quiet, g_main_context_get_thread_default ());
}

static gboolean
can_bring_data (const GstPinJsonText *params)
{
  static const gchar *const idle[] = { "Image", "Media", "Font", "TextTrack",
    "Ping", "Prefetch", "Manifest", "CSPViolationReport", "SignedExchange"
  };
  GstPinJsonText type;

  if (!gst_pin_json_text_find (params, &type, "resourceType", NULL))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    if (gst_pin_json_text_equals (&type, idle[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_of_main_frame (GstPinBrowserPage *self, const GstPinJsonText *params,
    const gchar *type_name)
{
  GstPinJsonText frame, type;

  return gst_pin_json_text_find (params, &frame, "frameId", NULL)
      && gst_pin_json_text_equals (&frame, self->tab)
      && gst_pin_json_text_find (params, &type, type_name, NULL)
      && gst_pin_json_text_equals (&type, "Document");
}

static gboolean
is_login (const gchar *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);

  return uri && g_str_has_prefix (g_uri_get_path (uri), "/login");
}

/* Fetch.requestPaused: may this go out? */
static void
on_paused (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  g_autofree gchar *id = gst_pin_browser_dup_member (params, "requestId",
      NULL);
  g_autofree gchar *url = gst_pin_browser_dup_member (params, "request",
      "url");
  gboolean is_page = is_of_main_frame (self, params, "resourceType");
  g_autoptr (GError) error = NULL;

  if (!id || !url)
    return;
  if (is_page && is_login (url)) {
    end_with (self, GST_PIN_ERROR_BLOCKED, "The site asks for a login before "
        "it shows this Pin%s. Try later, or from another network.", "");
    return;
  }
  if (gst_pin_host_policy_check_url (url, self->allow_private, &error)
      && ++self->n_requests <= MAX_REQUESTS && can_bring_data (params)) {
    gst_pin_browser_pipe_call_with (self->pipe, "Fetch.continueRequest",
        "requestId", id, NULL);
    return;
  }
  if (is_page && error) {
    end (self, g_steal_pointer (&error));
    return;
  }
  gst_pin_browser_pipe_call_with (self->pipe, "Fetch.failRequest",
      "requestId", id, "errorReason", "BlockedByClient", NULL);
}

/* Fetch.authRequired: the user's name and password go to the user's proxy, and
 * once; what a site asks for is not answered. */
static void
on_login_wanted (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  g_autofree gchar *id = gst_pin_browser_dup_member (params, "requestId",
      NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree gchar *call = NULL;
  GstPinJsonText asks;
  gboolean give = id && self->user
      && gst_pin_json_text_find (params, &asks, "authChallenge", "source", NULL)
      && gst_pin_json_text_equals (&asks, "Proxy")
      && g_hash_table_add (self->logins, g_strdup (id));

  if (!id)
    return;
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "requestId");
  json_builder_add_string_value (builder, id);
  json_builder_set_member_name (builder, "authChallengeResponse");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "response");
  json_builder_add_string_value (builder,
      give ? "ProvideCredentials" : "CancelAuth");
  if (give) {
    json_builder_set_member_name (builder, "username");
    json_builder_add_string_value (builder, self->user);
    json_builder_set_member_name (builder, "password");
    json_builder_add_string_value (builder, self->password);
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  call = json_to_string (node, FALSE);
  gst_pin_browser_pipe_call (self->pipe, "Fetch.continueWithAuth", call);
}

/* Network.requestWillBeSent; also for each redirect, under the same name */
static void
on_request (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  gchar *id = gst_pin_browser_dup_member (params, "requestId", NULL);

  if (id && g_hash_table_size (self->under_way) < MAX_REQUESTS)
    g_hash_table_replace (self->under_way, id, NULL);
  else
    g_free (id);
  watch_quiet (self);
}

/* Network.dataReceived */
static void
on_data (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  watch_quiet (self);
}

static guint
get_status (const GstPinJsonText *params)
{
  GstPinJsonText status;

  if (!gst_pin_json_text_find (params, &status, "response", "status", NULL))
    return 0;
  return MIN (g_ascii_strtoull (status.start, NULL, 10), 999);
}

/* A page, or JSON that a script asked for */
static gboolean
find_kind (GstPinBrowserPage *self, const GstPinJsonText *params,
    const gchar *content_type, GstPinBrowserKind *kind)
{
  GstPinJsonText type;

  *kind = GST_PIN_BROWSER_PAGE;
  if (is_of_main_frame (self, params, "type"))
    return strcmp (content_type, "text/html") == 0;
  *kind = GST_PIN_BROWSER_ANSWER;
  return gst_pin_json_text_find (params, &type, "type", NULL)
      && (gst_pin_json_text_equals (&type, "XHR")
      || gst_pin_json_text_equals (&type, "Fetch"))
      && (strcmp (content_type, "application/json") == 0
      || g_str_has_suffix (content_type, "+json"));
}

/* Network.responseReceived: the head of an answer */
static void
on_response (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  g_autofree gchar *id = gst_pin_browser_dup_member (params, "requestId",
      NULL);
  g_autofree gchar *type = gst_pin_browser_dup_member (params, "response",
      "mimeType");
  guint status = get_status (params);
  GstPinBrowserCapture *capture;
  GstPinBrowserKind kind;

  if (status >= 400 && is_of_main_frame (self, params, "type")) {
    end (self, gst_pin_http_status_error (status, -1, WHAT, self->url));
    return;
  }
  if (!id || !type || !g_hash_table_contains (self->under_way, id)
      || status != 200 || self->n_captures == MAX_CAPTURES
      || !find_kind (self, params, type, &kind))
    return;
  self->n_captures++;
  capture = g_new0 (GstPinBrowserCapture, 1);
  capture->kind = kind;
  capture->url = gst_pin_browser_dup_member (params, "response", "url");
  capture->content_type = g_steal_pointer (&type);
  g_hash_table_replace (self->under_way, g_steal_pointer (&id), capture);
}

/* Network.loadingFinished: an answer is there wholly */
static void
on_finished (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  g_autofree gchar *id = gst_pin_browser_dup_member (params, "requestId",
      NULL);
  g_autofree gchar *name = NULL;
  gpointer capture = NULL;
  guint call;

  if (id && g_hash_table_steal_extended (self->under_way, id,
          (gpointer *) & name, &capture) && capture) {
    call = gst_pin_browser_pipe_call_with (self->pipe,
        "Network.getResponseBody", "requestId", id, NULL);
    g_hash_table_insert (self->asked, GUINT_TO_POINTER (call), capture);
  }
  watch_quiet (self);
}

/* Network.loadingFailed */
static void
on_failed (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  g_autofree gchar *id = gst_pin_browser_dup_member (params, "requestId",
      NULL);

  if (id)
    g_hash_table_remove (self->under_way, id);
  watch_quiet (self);
}

static void
on_loaded (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  self->is_loaded = TRUE;
  watch_quiet (self);
}

/* A dialog holds the page up until somebody answers */
static void
on_dialog (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  gst_pin_browser_pipe_call (self->pipe, "Page.handleJavaScriptDialog",
      "{\"accept\":false}");
}

static void
on_crashed (GstPinBrowserPage *self, const GstPinJsonText *params)
{
  end_with (self, GST_PIN_ERROR_NETWORK, "Could not " WHAT
      ": the tab crashed%s. Try again.", "");
}

static const struct
{
  const gchar *method;
  void (*take) (GstPinBrowserPage * self, const GstPinJsonText * params);
} events[] = {
  {"Fetch.requestPaused", on_paused},
  {"Fetch.authRequired", on_login_wanted},
  {"Network.requestWillBeSent", on_request},
  {"Network.responseReceived", on_response},
  {"Network.dataReceived", on_data},
  {"Network.loadingFinished", on_finished},
  {"Network.loadingFailed", on_failed},
  {"Page.loadEventFired", on_loaded},
  {"Page.javascriptDialogOpening", on_dialog},
  {"Inspector.targetCrashed", on_crashed},
};

static void
on_event (const GstPinJsonText *method, const GstPinJsonText *params,
    gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (gst_pin_json_text_equals (method, events[i].method)) {
      events[i].take (data, params);
      return;
    }
}

static const gchar *const preparations[][2] = {
  {"Page.enable", NULL},
  {"Inspector.enable", NULL},
  {"Network.enable", "{\"maxTotalBufferSize\":50000000,"
        "\"maxResourceBufferSize\":4000000}"},
  {"Network.setBypassServiceWorker", "{\"bypass\":true}"},
  {"Target.setAutoAttach", "{\"autoAttach\":true,"
        "\"waitForDebuggerOnStart\":true,\"flatten\":true}"},
  {"Fetch.enable", "{\"handleAuthRequests\":true}"},
};

static void
prepare (GstPinBrowserPage *self)
{
  self->n_unprepared = G_N_ELEMENTS (preparations);
  for (guint i = 0; i < G_N_ELEMENTS (preparations); i++) {
    guint id = gst_pin_browser_pipe_call (self->pipe, preparations[i][0],
        preparations[i][1]);

    if (i == 0)
      self->prepare_call = id;
  }
}

static void
on_prepared (GstPinBrowserPage *self, const GstPinJsonText *result)
{
  if (--self->n_unprepared == 0)
    self->navigate_call = gst_pin_browser_pipe_call_with (self->pipe,
        "Page.navigate", "url", self->url, NULL);
}

static void
on_tab (GstPinBrowserPage *self, const GstPinJsonText *result)
{
  g_autofree gchar *params = NULL;

  self->tab = gst_pin_browser_dup_member (result, "targetId", NULL);
  if (!self->tab) {
    end_with (self, GST_PIN_ERROR_INTERNAL, "The browser made no %s.", "tab");
    return;
  }
  params = g_strdup_printf ("{\"targetId\":\"%s\",\"flatten\":true}",
      self->tab);
  self->attach_call = gst_pin_browser_pipe_call (self->pipe,
      "Target.attachToTarget", params);
}

static void
on_attached (GstPinBrowserPage *self, const GstPinJsonText *result)
{
  g_autofree gchar *session = gst_pin_browser_dup_member (result, "sessionId",
      NULL);

  if (!session) {
    end_with (self, GST_PIN_ERROR_INTERNAL, "The browser has no %s.",
        "session");
    return;
  }
  gst_pin_browser_pipe_set_session (self->pipe, session);
  prepare (self);
}

static void
on_navigated (GstPinBrowserPage *self, const GstPinJsonText *result)
{
  g_autofree gchar *problem = gst_pin_browser_dup_member (result, "errorText",
      NULL);

  if (problem)
    end_with (self, g_str_has_prefix (problem, "net::ERR_CERT")
        ? GST_PIN_ERROR_TLS : GST_PIN_ERROR_NETWORK, "Could not " WHAT
        ": it says %s. See whether the address opens in a browser of yours.",
        problem);
}

/* Takes @capture */
static void
on_body (GstPinBrowserPage *self, GstPinBrowserCapture *capture,
    const GstPinJsonText *result)
{
  GstPinJsonText coded;
  gchar *text = result ? gst_pin_browser_dup_member (result, "body", NULL)
      : NULL;
  gsize size = text ? strlen (text) : 0;

  if (text && gst_pin_json_text_find (result, &coded, "base64Encoded", NULL)
      && gst_pin_json_text_equals (&coded, "true"))
    g_base64_decode_inplace (text, &size);
  if (!text || size > MAX_BODY || self->captured + size > MAX_CAPTURED) {
    g_free (text);
    gst_pin_browser_capture_free (capture);
  } else {
    self->captured += size;
    capture->body = g_bytes_new_take (text, size);
    self->handler.captured (capture, self->data);
  }
  watch_quiet (self);
}

static gboolean
is_preparation (GstPinBrowserPage *self, guint id)
{
  return self->n_unprepared > 0 && id >= self->prepare_call
      && id < self->prepare_call + G_N_ELEMENTS (preparations);
}

static void
on_answer (guint id, const GstPinJsonText *result, const gchar *problem,
    gpointer data)
{
  GstPinBrowserPage *self = data;
  void (*next) (GstPinBrowserPage *, const GstPinJsonText *) = NULL;
  gpointer capture;

  if (g_hash_table_steal_extended (self->asked, GUINT_TO_POINTER (id), NULL,
          &capture)) {
    on_body (self, capture, result);
    return;
  }
  if (id == self->tab_call)
    next = on_tab;
  else if (id == self->attach_call)
    next = on_attached;
  else if (is_preparation (self, id))
    next = on_prepared;
  else if (id == self->navigate_call)
    next = on_navigated;
  if (next && result)
    next (self, result);
  else if (next)
    end_with (self, GST_PIN_ERROR_INTERNAL, "The browser refuses to load a "
        "page: %s. It may be of a version that is not known.", problem);
}

static void
on_closed (gpointer data)
{
  end_with (data, GST_PIN_ERROR_UNSUPPORTED, "The browser ended by itself%s. "
      "Start it by hand to see why: chromium --headless --dump-dom "
      "about:blank. Where it may not make a sandbox, see docs/browser.md.", "");
}

GstPinBrowserPage *
gst_pin_browser_page_new (gint fd, const gchar *url,
    const GstPinHttpConfig *http, const GstPinBrowserPageHandler *handler,
    gpointer data)
{
  static const GstPinBrowserPipeHandler pipe_handler = {
    on_answer, on_event, on_closed
  };
  GstPinBrowserPage *self = g_new0 (GstPinBrowserPage, 1);

  self->url = g_strdup (url);
  self->allow_private = http->allow_private;
  gst_pin_browser_gate_get_login (http, &self->user, &self->password);
  self->handler = *handler;
  self->data = data;
  self->under_way = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      free_capture);
  self->asked = g_hash_table_new_full (NULL, NULL, NULL, free_capture);
  self->logins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      NULL);
  self->pipe = gst_pin_browser_pipe_new (fd, &pipe_handler, self);
  self->tab_call = gst_pin_browser_pipe_call_with (self->pipe,
      "Target.createTarget", "url", "about:blank", NULL);
  return self;
}
