/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* pin-origin: the stand-in for the web. It answers for Pinterest's pages, its
 * short links, its resource and widget addresses and its media hosts, on one
 * loopback port, as a proxy that ends every tunnel in itself. So tests and the
 * demo use the real URLs and real TLS without touching the net.
 *
 * The main thread only waits for a reason to end: a signal, or the end of
 * standard input with --exit-with-parent. */

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "origin-server.h"

typedef struct
{
  gchar *root;
  gchar *ca_file;
  gint port;
  gint direct_port;             /* -1: none */
  gboolean exit_with_parent;
  gboolean no_compress;
} Options;

static const gchar description[] =
    "When it listens it prints one line of JSON:\n"
    "  {\"port\": 40123, \"proxy\": \"http://127.0.0.1:40123\", "
    "\"ca\": \"/path/ca.pem\"}\n\n"
    "Example:\n"
    "  make-site.py site\n"
    "  pin-origin --root site --ca-file ca.pem --latency 50 --rate 5000000\n"
    "  curl -x http://127.0.0.1:PORT --cacert ca.pem "
    "https://www.pinterest.com/pin/ID/\n\n"
    "Control, on the same port:\n"
    "  GET  /_control/stats    counters, faults, knobs\n"
    "  POST /_control/reset    counters to zero, no faults\n"
    "  POST /_control/faults   [{\"match\": \"https://v1.pinimg.com/*\", "
    "\"kind\": \"status\",\n"
    "                            \"status\": 503, \"times\": 1}, ...]\n"
    "  POST /_control/knobs    {\"latency_ms\": 50, \"rate\": 5000000}\n\n"
    "tests/origin/README.md lists the faults.\n\n"
    "Tunnels to tls-mismatch.pinimg.com, tls-expired.pinimg.com and\n"
    "tls-self-signed.pinimg.com show a certificate with that flaw; a tunnel\n"
    "to a host that is not the site's is refused with 502.";

static gboolean
parse_options (gint * argc, gchar *** argv, Options * options,
    OriginWorld * world, GError ** error)
{
  OriginKnobs *knobs = &world->knobs;
  const GOptionEntry entries[] = {
    {"root", 'd', 0, G_OPTION_ARG_FILENAME, &options->root,
        "The folder that make-site.py made (default: .)", "DIR"},
    {"port", 'p', 0, G_OPTION_ARG_INT, &options->port,
        "The port on 127.0.0.1 (default: a free one)", "N"},
    {"direct-port", 0, 0, G_OPTION_ARG_INT, &options->direct_port,
        "A port that speaks TLS from the first byte as well, 0 for a free one",
        "N"},
    {"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options->ca_file,
        "Where to write the authority's certificate "
          "(default: a temporary file)", "FILE"},
    {"latency", 0, 0, G_OPTION_ARG_INT, &knobs->latency_ms,
        "The pause before each answer (default: 0)", "MS"},
    {"connect-latency", 0, 0, G_OPTION_ARG_INT, &knobs->connect_latency_ms,
        "The pause before each tunnel (default: 0)", "MS"},
    {"rate", 0, 0, G_OPTION_ARG_INT, &knobs->rate,
        "Bytes per second of each connection (default: 0, no limit)", "N"},
    {"http2", 0, 0, G_OPTION_ARG_NONE, &knobs->http2,
        "Offer HTTP/2 as well", NULL},
    {"no-compress", 0, 0, G_OPTION_ARG_NONE, &options->no_compress,
        "Send pages without gzip, whatever the client accepts", NULL},
    {"exit-with-parent", 0, 0, G_OPTION_ARG_NONE, &options->exit_with_parent,
        "End when standard input ends", NULL},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, &world->verbose,
        "Log each request to standard error", NULL},
    {NULL}
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- the stand-in for the web");

  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  knobs->compress = !options->no_compress;
  if (*argc > 1 || options->port < 0 || options->port > G_MAXUINT16
      || options->direct_port > G_MAXUINT16
      || knobs->latency_ms < 0 || knobs->connect_latency_ms < 0
      || knobs->rate < 0) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "that does not make sense; see --help");
    return FALSE;
  }
  return TRUE;
}

/* Writes the authority's PEM; makes a temporary file where none is named, and
 * then sets *@temporary. */
static gboolean
write_ca (OriginWorld * world, Options * options, gboolean * temporary,
    GError ** error)
{
  g_autofree gchar *pem = origin_authority_get_pem (world->authority);
  g_autofree gchar *path = NULL;

  *temporary = options->ca_file == NULL;
  if (*temporary) {
    gint fd = g_file_open_tmp ("pin-origin-XXXXXX.pem", &options->ca_file,
        error);

    if (fd < 0)
      return FALSE;
    close (fd);
  }
  path = g_canonicalize_filename (options->ca_file, NULL);
  g_free (options->ca_file);
  options->ca_file = g_steal_pointer (&path);

  return g_file_set_contents (options->ca_file, pem, -1, error);
}

static void
print_ready (guint16 port, guint16 direct_port, const gchar * ca_file)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree gchar *proxy = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "port");
  json_builder_add_int_value (builder, port);
  json_builder_set_member_name (builder, "proxy");
  json_builder_add_string_value (builder, proxy);
  json_builder_set_member_name (builder, "ca");
  json_builder_add_string_value (builder, ca_file);
  if (direct_port > 0) {
    json_builder_set_member_name (builder, "direct_port");
    json_builder_add_int_value (builder, direct_port);
  }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  g_print ("%s\n", text);
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_input (gint fd, GIOCondition condition, gpointer loop)
{
  gchar data[256];

  if (read (fd, data, sizeof data) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
wait_for_the_end (const Options * options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  if (options->exit_with_parent)
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, loop);
  g_main_loop_run (loop);
}

static gboolean
serve (OriginWorld * world, Options * options, GError ** error)
{
  OriginServer *server = origin_server_new (world);
  guint16 port, direct_port = 0;

  port = origin_server_listen (server, ORIGIN_PORT_PROXY, options->port, error);
  if (port > 0 && options->direct_port >= 0)
    direct_port = origin_server_listen (server, ORIGIN_PORT_DIRECT,
        options->direct_port, error);
  if (port > 0 && (direct_port > 0 || options->direct_port < 0)) {
    print_ready (port, direct_port, options->ca_file);
    wait_for_the_end (options);
  }
  origin_server_stop (server);

  return *error == NULL;
}

static gboolean
run (OriginWorld * world, Options * options, GError ** error)
{
  gboolean temporary = FALSE;
  gboolean done;

  done = write_ca (world, options, &temporary, error)
      && serve (world, options, error);
  if (temporary && options->ca_file)
    g_unlink (options->ca_file);

  return done;
}

int
main (int argc, char **argv)
{
  Options options = {.direct_port = -1 };
  OriginWorld world = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  if (!parse_options (&argc, &argv, &options, &world, &error)) {
    g_printerr ("pin-origin: %s\n", error->message);
    return 2;
  }
  world.site = origin_site_new (options.root ? options.root : ".", &error);
  if (world.site) {
    world.authority = origin_authority_new ();
    world.faults = origin_faults_new ();
    world.counters = origin_counters_new ();
    done = run (&world, &options, &error);
    origin_counters_free (world.counters);
    origin_faults_free (world.faults);
    origin_authority_free (world.authority);
    origin_site_free (world.site);
  }
  if (!done)
    g_printerr ("pin-origin: %s\n", error->message);
  g_free (options.root);
  g_free (options.ca_file);

  return done ? 0 : 1;
}
