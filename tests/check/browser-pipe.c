/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The wire to a browser; the test holds the other end.
 */
#include "browser-pipe-private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  GstPinBrowserPipe *pipe;
  gint fd;                      /* the browser's end */
  GString *log;                 /* what came, a word each */
  gboolean closes;              /* the pipe, at the first event */
} Test;

static void
on_answer (guint id, const GstPinJsonText *result, const gchar *problem,
    gpointer data)
{
  Test *test = data;
  g_autofree gchar *text = result ? gst_pin_browser_dup_member (result, "text",
      NULL) : NULL;

  g_string_append_printf (test->log, "%u:%s ", id, result ? text : problem);
}

static void
on_event (const GstPinJsonText *method, const GstPinJsonText *params,
    gpointer data)
{
  Test *test = data;
  g_autofree gchar *text = gst_pin_browser_dup_member (params, "a", "b");

  g_string_append_printf (test->log, "%s:%s ",
      gst_pin_json_text_equals (method, "It.happened") ? "event" : "other",
      text);
  if (test->closes)
    gst_pin_browser_pipe_close (test->pipe);
}

static void
on_closed (gpointer data)
{
  g_string_append (((Test *) data)->log, "closed ");
}

static void
set_up (Test *test, gconstpointer data)
{
  static const GstPinBrowserPipeHandler handler = {
    on_answer, on_event, on_closed
  };
  gint ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  test->fd = ends[1];
  test->log = g_string_new (NULL);
  test->pipe = gst_pin_browser_pipe_new (ends[0], &handler, test);
}

static void
tear_down (Test *test, gconstpointer data)
{
  gst_pin_browser_pipe_free (test->pipe);
  if (test->fd >= 0)
    close (test->fd);
  g_string_free (test->log, TRUE);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE));
}

/* With the zero byte at its end */
static void
say (Test *test, const gchar *text)
{
  gsize length = strlen (text) + 1;

  g_assert_cmpint (write (test->fd, text, length), ==, length);
  settle ();
}

static void
assert_said (Test *test, const gchar *text)
{
  gchar buffer[1024] = "";

  settle ();
  g_assert_cmpint (read (test->fd, buffer, sizeof (buffer)), ==,
      strlen (text) + 1);
  g_assert_cmpstr (buffer, ==, text);
}

static void
test_calls (Test *test, gconstpointer data)
{
  g_assert_cmpuint (gst_pin_browser_pipe_call (test->pipe, "A.b", NULL), ==, 1);
  assert_said (test, "{\"id\":1,\"method\":\"A.b\",\"params\":{}}");
  gst_pin_browser_pipe_set_session (test->pipe, "S");
  g_assert_cmpuint (gst_pin_browser_pipe_call_with (test->pipe, "C.d", "url",
          "a\"b\\", NULL), ==, 2);
  assert_said (test, "{\"id\":2,\"method\":\"C.d\",\"params\":"
      "{\"url\":\"a\\\"b\\\\\"},\"sessionId\":\"S\"}");
  say (test, "{\"id\":1,\"result\":{\"text\":\"one\"}}");
  say (test, "{\"id\":2,\"error\":{\"code\":-1,\"message\":\"no\"}}");
  g_assert_cmpstr (test->log->str, ==, "1:one 2:no ");
}

static void
test_events_of_the_session (Test *test, gconstpointer data)
{
  gst_pin_browser_pipe_set_session (test->pipe, "S");
  say (test, "{\"method\":\"It.happened\",\"params\":{\"a\":{\"b\":\"1\"}},"
      "\"sessionId\":\"S\"}");
  say (test, "{\"method\":\"It.happened\",\"params\":{\"a\":{\"b\":\"2\"}},"
      "\"sessionId\":\"T\"}");
  say (test, "{\"method\":\"It.happened\",\"params\":{\"a\":{\"b\":\"3\"}}}");
  g_assert_cmpstr (test->log->str, ==, "event:1 ");
}

static void
test_in_pieces (Test *test, gconstpointer data)
{
  static const gchar both[] =
      "{\"id\":7,\"result\":{\"text\":\"x\"}}\0{\"id\":8,\"result\":{}}";

  for (gsize i = 0; i < sizeof (both); i++) {
    g_assert_cmpint (write (test->fd, both + i, 1), ==, 1);
    settle ();
  }
  g_assert_cmpstr (test->log->str, ==, "7:x 8:(null) ");
}

static void
test_what_is_no_protocol (Test *test, gconstpointer data)
{
  say (test, "");
  say (test, "null");
  say (test, "{\"id\":");
  say (test, "{\"method\":\"It.happened\"}");
  say (test, "\xff\xfe{{{{");
  say (test, "{\"id\":-5,\"result\":{\"text\":5}}");
  g_assert_null (strstr (test->log->str, "event"));
  g_assert_null (strstr (test->log->str, "closed"));
}

static void
test_a_message_without_end (Test *test, gconstpointer data)
{
  g_autofree gchar *piece = g_malloc (64 * 1024);
  gsize sent = 0;
  gssize n;

  memset (piece, ' ', 64 * 1024);
  while (!strstr (test->log->str, "closed")) {
    g_assert_cmpuint (sent, <=, GST_PIN_BROWSER_MAX_MESSAGE + 512 * 1024);
    n = send (test->fd, piece, 64 * 1024, MSG_DONTWAIT | MSG_NOSIGNAL);
    sent += MAX (n, 0);
    settle ();
  }
  g_assert_cmpuint (sent, >, GST_PIN_BROWSER_MAX_MESSAGE);
  g_assert_cmpstr (test->log->str, ==, "closed ");
}

/* The other end's going must be no signal */
static void
test_the_browser_goes (Test *test, gconstpointer data)
{
  close (test->fd);
  test->fd = -1;
  gst_pin_browser_pipe_call (test->pipe, "A.b", NULL);
  settle ();
  g_assert_cmpstr (test->log->str, ==, "closed ");
  gst_pin_browser_pipe_call (test->pipe, "A.b", NULL);
  settle ();
}

static void
test_closed_by_its_handler (Test *test, gconstpointer data)
{
  static const gchar two[] = "{\"method\":\"It.happened\",\"params\":{},"
      "\"sessionId\":\"S\"}\0{\"id\":1,\"result\":{}}";

  test->closes = TRUE;
  gst_pin_browser_pipe_set_session (test->pipe, "S");
  g_assert_cmpint (write (test->fd, two, sizeof (two)), ==, sizeof (two));
  settle ();
  g_assert_cmpstr (test->log->str, ==, "event:(null) ");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *name;
    void (*run) (Test * test, gconstpointer data);
  } tests[] = {
    {"/browser-pipe/calls", test_calls},
    {"/browser-pipe/events-of-the-session", test_events_of_the_session},
    {"/browser-pipe/in-pieces", test_in_pieces},
    {"/browser-pipe/what-is-no-protocol", test_what_is_no_protocol},
    {"/browser-pipe/a-message-without-end", test_a_message_without_end},
    {"/browser-pipe/the-browser-goes", test_the_browser_goes},
    {"/browser-pipe/closed-by-its-handler", test_closed_by_its_handler},
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Test, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
