/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fetcher, against a small HTTP server in this process. Each test says how
 * the server answers, reads as an element would, and compares every byte; most
 * are named after a bug that was. The server writes its answers by hand, so
 * that it can say lengths that are wrong and hang up at any byte; each
 * connection has a thread, which waits for what the test does, never for a
 * while that should be enough. A watchdog ends a test that hangs, by its name.
 */
#define _GNU_SOURCE             /* cpu_set_t */

#include "fetcher-private.h"

#include <sched.h>
#include <stdarg.h>
#include <string.h>

#include "error-private.h"

#define KIB 1024
#define MIB (1024 * KIB)
#define MAX_FILES 64
#define BLOCK (256 * KIB)       /* the fetcher's */
#define PATIENCE 15             /* seconds for one test */
#define PERIOD 65521            /* a prime: no block looks like another */
#define UNKNOWN (-1)

/* --- the files ----------------------------------------------------------- */

static guint8 pattern[PERIOD];

typedef struct
{
  guint64 size;
  gboolean adts;                /* begins as sound that may end anywhere */
} File;

/* Bytes from @start on of the file with that number */
static void
fill (const File *files, guint number, guint64 start, guint8 *out, gsize n)
{
  guint8 head[24] = { 0, 0, 0, 16, 'f', 't', 'y', 'p', 'i', 's', 'o', 'm',
    0, 0, 0, 0, 0, 0, 0, 0, 'm', 'd', 'a', 't'
  };
  static const guint8 adts[24] = { 0xff, 0xf1 };
  guint64 from = (start + number * 7919) % PERIOD;

  for (gsize done = 0; done < n;) {
    gsize part = MIN (n - done, PERIOD - from);

    memcpy (out + done, pattern + from, part);
    done += part;
    from = 0;
  }
  GST_WRITE_UINT32_BE (head + 16, files[number].size - 16);
  for (gsize i = 0; i < n && start + i < sizeof head; i++)
    out[i] = files[number].adts ? adts[start + i] : head[start + i];
}

/* --- the server ---------------------------------------------------------- */

typedef struct _Site Site;
typedef struct _Fault Fault;

/* One request, on its connection's thread */
typedef struct
{
  Site *site;
  GOutputStream *out;
  guint file;
  guint nth;                    /* of this file, from 0 */
  guint64 first, end;           /* asked for; within the file */
  gboolean ranged;
  gboolean hang_up;             /* after the answer */
} Visit;

struct _Site
{
  GSocketListener *listener;
  GThread *thread;              /* accepts */
  GCancellable *closing;
  guint16 port;
  void (*answer) (Visit * visit);
  const Fault *fault;           /* for answer_with_fault */
  File files[MAX_FILES];

  GMutex lock;
  GCond cond;
  guint connections;            /* lock; as all that follows */
  guint visits[MAX_FILES];
  guint n_visits, busy;
  guint64 last_first;           /* what the last one asked for */
  gboolean open;                /* the gate at which answers may wait */
  gboolean saw_evil, saw_if_range;
};

/* Waits for site_open(), at most until the test's end */
static void
site_wait (Site *site)
{
  g_mutex_lock (&site->lock);
  while (!site->open)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
}

static void
site_open (Site *site)
{
  g_mutex_lock (&site->lock);
  site->open = TRUE;
  g_cond_broadcast (&site->cond);
  g_mutex_unlock (&site->lock);
}

static void
say (Visit *v, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (!g_output_stream_write_all (v->out, text, strlen (text), NULL,
          v->site->closing, NULL))
    v->hang_up = TRUE;
}

/* @length: as it is said, whatever follows */
static void
say_head (Visit *v, guint status, gint64 length, const gchar *more)
{
  say (v, "HTTP/1.1 %u Status\r\nETag: \"%u\"\r\n%s", status, v->file, more);
  if (length >= 0)
    say (v, "Content-Length: %" G_GINT64_FORMAT "\r\n", length);
  say (v, "\r\n");
}

static void
say_body (Visit *v, guint64 first, guint64 end)
{
  g_autofree guint8 *bytes = g_malloc (64 * KIB);

  while (first < end && !v->hang_up) {
    gsize n = MIN (end - first, 64 * KIB);

    fill (v->site->files, v->file, first, bytes, n);
    if (!g_output_stream_write_all (v->out, bytes, n, NULL, v->site->closing,
            NULL))
      v->hang_up = TRUE;
    first += n;
  }
}

/* The beginning of a right answer, without a byte of its body */
static void
say_right_head (Visit *v)
{
  guint64 size = v->site->files[v->file].size;
  g_autofree gchar *range = NULL;

  if (v->first >= size) {
    range = g_strdup_printf ("Content-Range: bytes */%" G_GUINT64_FORMAT
        "\r\n", size);
    say_head (v, 416, 0, range);
  } else if (v->ranged) {
    range = g_strdup_printf ("Content-Range: bytes %" G_GUINT64_FORMAT "-%"
        G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "\r\n", v->first, v->end - 1,
        size);
    say_head (v, 206, v->end - v->first, range);
  } else
    say_head (v, 200, size, "");
}

static void
answer_well (Visit *v)
{
  say_right_head (v);
  say_body (v, v->first, v->end);
}

static void
parse_visit (Visit *v, const gchar *text)
{
  const gchar *range = strstr (text, "\r\nRange: bytes=");
  guint64 size;

  v->file = g_ascii_strtoull (text + strlen ("GET /"), NULL, 10);
  g_assert_cmpuint (v->file, <, MAX_FILES);
  size = v->site->files[v->file].size;
  v->end = size;
  if (range) {
    gchar *rest;

    v->ranged = TRUE;
    v->first = g_ascii_strtoull (range + strlen ("\r\nRange: bytes="), &rest,
        10);
    if (g_ascii_isdigit (rest[1]))
      v->end = MIN (size, g_ascii_strtoull (rest + 1, NULL, 10) + 1);
  }
}

static void
receive (Site *site, const gchar *text, GOutputStream *out, gboolean *hang_up)
{
  Visit v = {.site = site,.out = out };

  parse_visit (&v, text);
  g_mutex_lock (&site->lock);
  v.nth = site->visits[v.file]++;
  site->n_visits++;
  site->last_first = v.first;
  if (strstr (text, "\r\nX-Evil:"))
    site->saw_evil = TRUE;
  if (strstr (text, "\r\nIf-Range: \""))
    site->saw_if_range = TRUE;
  g_cond_broadcast (&site->cond);
  g_mutex_unlock (&site->lock);
  site->answer (&v);
  *hang_up = v.hang_up;
}

typedef struct
{
  Site *site;
  GSocketConnection *connection;
} Call;

/* A connection's thread */
static gpointer
serve (gpointer data)
{
  g_autofree Call *call = data;
  g_autoptr (GSocketConnection) connection = call->connection;
  Site *site = call->site;
  GIOStream *io = G_IO_STREAM (connection);
  g_autoptr (GDataInputStream) in =
      g_data_input_stream_new (g_io_stream_get_input_stream (io));
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean hang_up = FALSE;
  gchar *line;

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  while (!hang_up
      && (line = g_data_input_stream_read_line (in, NULL, site->closing,
              NULL))) {
    gboolean last = *line == '\0';

    g_string_append_printf (text, "%s\r\n", line);
    g_free (line);
    if (!last)
      continue;
    receive (site, text->str, g_io_stream_get_output_stream (io), &hang_up);
    g_string_truncate (text, 0);
  }
  g_io_stream_close (io, NULL, NULL);
  g_mutex_lock (&site->lock);
  site->connections--;
  g_cond_broadcast (&site->cond);
  g_mutex_unlock (&site->lock);
  return NULL;
}

static gpointer
accept_all (gpointer data)
{
  Site *site = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (site->listener, NULL,
              site->closing, NULL))) {
    Call *call = g_new (Call, 1);

    *call = (Call) {site, connection};
    g_mutex_lock (&site->lock);
    site->connections++;
    g_mutex_unlock (&site->lock);
    g_thread_unref (g_thread_new ("connection", serve, call));
  }
  return NULL;
}

static void
site_start (Site *site)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_mutex_init (&site->lock);
  g_cond_init (&site->cond);
  site->closing = g_cancellable_new ();
  site->listener = g_socket_listener_new ();
  g_socket_listener_set_backlog (site->listener, MAX_FILES);
  g_assert_true (g_socket_listener_add_address (site->listener, any,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  site->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  site->answer = answer_well;
  site->thread = g_thread_new ("site", accept_all, site);
}

static void
site_stop (Site *site)
{
  g_cancellable_cancel (site->closing);
  site_open (site);
  g_thread_join (site->thread);
  g_mutex_lock (&site->lock);
  while (site->connections > 0)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
  g_object_unref (site->listener);
  g_object_unref (site->closing);
  g_mutex_clear (&site->lock);
  g_cond_clear (&site->cond);
}

/* --- the scene: what every test has -------------------------------------- */

typedef struct
{
  Site site;
  GstPinHttpConfig config;
  GstPinFetcherLimits limits;
  GstPinPlan *plan;             /* the fetcher's, once there is one */
  GstPinHttpClient *client;
  GstPinFetcher *fetcher;
  GstPinReader readers[2];      /* one a track */

  GMutex lock;
  GCond cond;
  gboolean over;                /* lock; the watchdog may go */
  guint n_missing;              /* lock; calls of missing */
  guint summary;                /* lock; what the last of them counted */
  guint missing;                /* lock; bit by fragment */
  GThread *watchdog;
} Scene;

static guint64
get_stat (Scene *scene, const gchar *name)
{
  g_autoptr (GstStructure) stats = gst_structure_new_empty ("stats");
  guint64 value = 0;
  guint small;

  gst_pin_fetcher_add_stats (scene->fetcher, stats);
  if (gst_structure_get_uint (stats, name, &small))
    return small;
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

static gpointer
watch (gpointer data)
{
  Scene *scene = data;
  gint64 end = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_SECOND;

  g_mutex_lock (&scene->lock);
  while (!scene->over)
    if (!g_cond_wait_until (&scene->cond, &scene->lock, end))
      g_error ("%s hangs", g_test_get_path ());
  g_mutex_unlock (&scene->lock);
  return NULL;
}

static void
on_failed (const GError *error, gpointer data)
{
  g_error ("%s: %s", g_test_get_path (), error->message);
}

static void
on_missing (const GError *error, gpointer data)
{
  Scene *scene = data;
  g_autoptr (GstStructure) details = gst_pin_error_get_details (error);
  guint fragment;

  g_assert_nonnull (details);
  g_mutex_lock (&scene->lock);
  scene->n_missing++;
  if (!gst_structure_get_uint (details, "missing", &scene->summary)) {
    g_assert_true (gst_structure_get_uint (details, "fragment", &fragment));
    scene->missing |= 1u << fragment;
  }
  g_cond_broadcast (&scene->cond);
  g_mutex_unlock (&scene->lock);
}

static const GstPinFetcherOwner owner = { on_failed, on_missing };

static void
scene_set_up (Scene *scene, gconstpointer data)
{
  scene->config = (GstPinHttpConfig) {
    .timeout = PATIENCE,
    .retries = 3,
    .allow_private = TRUE,
  };
  scene->limits = (GstPinFetcherLimits) {
    .max_connections = 4,
    .max_buffer_bytes = 32 * MIB,
  };
  scene->plan = gst_pin_plan_new ();
  g_mutex_init (&scene->lock);
  g_cond_init (&scene->cond);
  site_start (&scene->site);
  scene->watchdog = g_thread_new ("watchdog", watch, scene);
}

/* The next file, which is one fragment. @length: as the plan tells it */
static guint
add (Scene *scene, guint track, guint64 size, gint64 length, GstClockTime time)
{
  guint number = scene->plan->fragments->len;
  g_autofree gchar *url = g_strdup_printf ("http://127.0.0.1:%u/%u",
      scene->site.port, number);

  g_assert_cmpuint (number, <, MAX_FILES);
  scene->site.files[number].size = size;
  return gst_pin_plan_add (scene->plan, track, GST_PIN_FRAGMENT_MEDIA, url, 0,
      length, time);
}

static void
start_in_loop (gpointer data, gpointer unused)
{
  Scene *scene = data;

  scene->fetcher = gst_pin_fetcher_new (scene->client, scene->plan,
      &scene->limits, &owner, scene);
  gst_pin_fetcher_start (scene->fetcher);
}

static void
scene_start (Scene *scene)
{
  scene->client = gst_pin_http_client_obtain (&scene->config, NULL);
  g_assert_nonnull (scene->client);
  gst_pin_http_client_invoke_sync (scene->client, start_in_loop, scene);
}

static void
stop_in_loop (gpointer data, gpointer unused)
{
  gst_pin_fetcher_stop (((Scene *) data)->fetcher);
}

static void
scene_stop (Scene *scene)
{
  if (!scene->fetcher)
    return;
  gst_pin_http_client_invoke_sync (scene->client, stop_in_loop, scene);
  g_clear_pointer (&scene->fetcher, gst_pin_fetcher_unref);
  g_clear_pointer (&scene->client, gst_pin_http_client_unref);
}

static void
scene_tear_down (Scene *scene, gconstpointer data)
{
  scene_stop (scene);
  site_stop (&scene->site);
  gst_pin_http_config_clear (&scene->config);
  g_mutex_lock (&scene->lock);
  scene->over = TRUE;
  g_cond_broadcast (&scene->cond);
  g_mutex_unlock (&scene->lock);
  g_thread_join (scene->watchdog);
  g_mutex_clear (&scene->lock);
  g_cond_clear (&scene->cond);
}

static void
check_bytes (Scene *scene, guint index, guint64 at, GstBuffer *buffer)
{
  g_autofree guint8 *wanted = NULL;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, >, 0);
  g_assert_cmpuint (at + map.size, <=, scene->site.files[index].size);
  wanted = g_malloc (map.size);
  fill (scene->site.files, index, at, wanted, map.size);
  g_assert_true (memcmp (map.data, wanted, map.size) == 0);
  gst_buffer_unmap (buffer, &map);
}

/* (transfer full) The next bytes, compared; NULL: the fragment's end */
static GstBuffer *
take (Scene *scene, guint index, guint64 at)
{
  guint track = gst_pin_plan_get (scene->plan, index)->track;
  GstBuffer *buffer = NULL;
  GstFlowReturn flow = gst_pin_fetcher_read (scene->fetcher,
      &scene->readers[track], index, at, &buffer);

  if (flow == GST_FLOW_EOS)
    return NULL;
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
  check_bytes (scene, index, at, buffer);
  return buffer;
}

/* Reads and drops at least to @to. Returns where it stands */
static guint64
read_to (Scene *scene, guint index, guint64 at, guint64 to)
{
  while (at < to) {
    g_autoptr (GstBuffer) buffer = take (scene, index, at);

    g_assert_nonnull (buffer);
    at += gst_buffer_get_size (buffer);
  }
  return at;
}

/* Reads from @at to the end, which must be the file's */
static void
read_rest (Scene *scene, guint index, guint64 at)
{
  at = read_to (scene, index, at, scene->site.files[index].size);
  g_assert_null (take (scene, index, at));
}

/* Everything of a track in its order, on a thread of its own */
static gpointer
read_track (Scene *scene, guint track)
{
  for (guint i = 0; i < scene->plan->fragments->len; i++)
    if (gst_pin_plan_get (scene->plan, i)->track == track)
      read_rest (scene, i, 0);
  return NULL;
}

static gpointer
read_sound (gpointer scene)
{
  return read_track (scene, 1);
}

static void
read_both (Scene *scene)
{
  GThread *sound = g_thread_new ("sound", read_sound, scene);

  read_track (scene, 0);
  g_thread_join (sound);
}

/* --- seeks --------------------------------------------------------------- */

/* Neither a length nor ranges: as it was made up on the way */
static void
answer_in_pieces (Visit *v)
{
  guint64 size = v->site->files[v->file].size;

  say_head (v, 200, -1, "Transfer-Encoding: chunked\r\n");
  for (guint64 at = 0; at < size && !v->hang_up; at += 100 * KIB) {
    guint64 end = MIN (at + 100 * KIB, size);

    say (v, "%x\r\n", (guint) (end - at));
    say_body (v, at, end);
    say (v, "\r\n");
  }
  say (v, "0\r\n\r\n");
}

/* The position after a seek was taken for the end, once no chunk was left */
static void
test_seek_back_from_end (Scene *scene, gconstpointer answer)
{
  guint64 size = 2 * MIB;

  scene->site.answer = (void (*)(Visit *)) answer;
  add (scene, 0, size, UNKNOWN, 0);
  scene_start (scene);
  read_to (scene, 0, 0, size);
  while (get_stat (scene, "connections") > 0)
    g_thread_yield ();
  g_assert_null (take (scene, 0, size));
  read_rest (scene, 0, 1000);
  read_rest (scene, 0, size - 1);
}

/* The first is answered at once, the others stop after half a MiB */
static void
answer_seek_in_part (Visit *v)
{
  say_right_head (v);
  if (v->nth == 0) {
    say_body (v, v->first, v->end);
    return;
  }
  say_body (v, v->first, v->first + 512 * KIB);
  site_wait (v->site);
  say_body (v, v->first + 512 * KIB, v->end);
}

/* A reader that came before its chunk slept until all of that was there */
static void
test_seek_with_one_connection (Scene *scene, gconstpointer time)
{
  guint64 at;

  scene->limits.max_connections = 1;
  scene->limits.max_buffer_bytes = 4 * MIB;
  scene->site.answer = answer_seek_in_part;
  add (scene, 0, 12 * MIB, UNKNOWN, GPOINTER_TO_UINT (time) * GST_SECOND);
  scene_start (scene);
  read_to (scene, 0, 0, 2 * MIB);
  at = read_to (scene, 0, 1000, 1001);
  site_open (&scene->site);
  read_rest (scene, 0, at);
}

/* --- memory -------------------------------------------------------------- */

typedef struct
{
  guint connections;
  gsize held;
} Hold;

/* The sound waited for memory that the picture had, or for its connection */
static void
test_sound_beside_held_picture (Scene *scene, gconstpointer data)
{
  const Hold *hold = data;
  GQueue held = G_QUEUE_INIT;
  guint64 picture = 0;

  scene->limits.max_connections = hold->connections;
  scene->limits.max_buffer_bytes = MIB;
  add (scene, 0, 8 * MIB, UNKNOWN, 0);
  add (scene, 1, MIB, MIB, 0);
  scene_start (scene);
  while (picture < hold->held) {
    GstBuffer *buffer = take (scene, 0, picture);

    g_assert_nonnull (buffer);
    picture += gst_buffer_get_size (buffer);
    g_queue_push_tail (&held, buffer);
  }
  read_rest (scene, 1, 0);
  g_queue_clear_full (&held, (GDestroyNotify) gst_buffer_unref);
  read_rest (scene, 0, picture);
}

/* One thread reads both, in turns. The one that had the connection came to wait
 * for memory when the other's reader waited already, and nobody looked again */
static void
test_turns_with_one_connection (Scene *scene, gconstpointer unused)
{
  guint64 picture = 0, sound = 0;

  scene->limits.max_connections = 1;
  scene->limits.max_buffer_bytes = 2 * MIB;
  add (scene, 0, 12 * MIB, UNKNOWN, 0);
  add (scene, 1, 4 * MIB, UNKNOWN, 0);
  scene_start (scene);
  while (picture < 12 * MIB) {
    picture = read_to (scene, 0, picture, picture + 1);
    if (sound < picture / 3)
      sound = read_to (scene, 1, sound, sound + 1);
  }
  read_rest (scene, 1, sound);
}

/* Keeps most of what it may, so that the rest comes when it waits. It is late
 * to wake: it shares a processor with the client's thread and lets it go on */
static gpointer
read_late (gpointer data)
{
  const struct sched_param param = { 0 };
  Scene *scene = data;
  GQueue held = G_QUEUE_INIT;
  guint64 at = 0;

  g_assert_cmpint (sched_setscheduler (0, SCHED_BATCH, &param), ==, 0);
  while (at < 768 * KIB) {
    GstBuffer *buffer = take (scene, 0, at);

    g_assert_nonnull (buffer);
    at += gst_buffer_get_size (buffer);
    g_queue_push_tail (&held, buffer);
  }
  while (at < 6 * MIB) {
    g_usleep (2000);            /* for the sockets to fill; no matter if not */
    at = read_to (scene, 0, at, at + 1);
  }
  g_queue_clear_full (&held, (GDestroyNotify) gst_buffer_unref);
  read_rest (scene, 0, at);
  return NULL;
}

/* What a reader waits for was given without end, until it came to take it */
static void
test_ceiling (Scene *scene, gconstpointer time)
{
  cpu_set_t all, one;
  GThread *reader;
  gint first = 0;

  scene->limits.max_connections = 1;
  scene->limits.max_buffer_bytes = MIB;
  add (scene, 0, 6 * MIB, UNKNOWN, GPOINTER_TO_UINT (time) * GST_SECOND);
  g_assert_cmpint (sched_getaffinity (0, sizeof all, &all), ==, 0);
  while (!CPU_ISSET (first, &all))
    first++;
  CPU_ZERO (&one);
  CPU_SET (first, &one);
  sched_setaffinity (0, sizeof one, &one);
  scene_start (scene);
  reader = g_thread_new ("late", read_late, scene);     /* there, too */
  sched_setaffinity (0, sizeof all, &all);
  g_thread_join (reader);
  g_assert_cmpuint (get_stat (scene, "buffer-bytes-peak"), <=,
      scene->limits.max_buffer_bytes);
}

/* --- faults -------------------------------------------------------------- */

struct _Fault
{
  const gchar *name;
  void (*first) (Visit * visit);        /* answers the first request */
  void (*second) (Visit * visit);       /* the second; NULL: well */
  gint64 length;                /* as the plan tells it */
  gboolean adts;
};

#define FAULT_SIZE (700 * KIB)

static void
answer_with_fault (Visit *v)
{
  const Fault *fault = v->site->fault;

  if (v->nth == 0)
    fault->first (v);
  else if (v->nth == 1 && fault->second)
    fault->second (v);
  else
    answer_well (v);
}

static void
answer_empty_200 (Visit *v)
{
  say_head (v, 200, 0, "");
}

static void
answer_no_content (Visit *v)
{
  say_head (v, 204, -1, "");
}

static void
answer_empty_pieces (Visit *v)
{
  say_head (v, 200, -1, "Transfer-Encoding: chunked\r\n");
  say (v, "0\r\n\r\n");
}

/* A right head, but for a body without a byte */
static void
answer_empty_206 (Visit *v)
{
  g_autofree gchar *more = g_strdup_printf ("Content-Range: bytes %"
      G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/*\r\n"
      "Transfer-Encoding: chunked\r\n", v->first, v->end - 1);

  say_head (v, 206, -1, more);
  say (v, "0\r\n\r\n");
}

static void
answer_short_200 (Visit *v)
{
  say_head (v, 200, -1, "Transfer-Encoding: chunked\r\n");
  say (v, "%x\r\n", 50 * KIB);
  say_body (v, 0, 50 * KIB);
  say (v, "\r\n0\r\n\r\n");
}

static void
answer_cut (Visit *v)
{
  say_right_head (v);
  say_body (v, v->first, v->first + 100001);
  v->hang_up = TRUE;
}

/* Without a length, so that nothing but its sender knows that it was cut */
static void
answer_cut_pieces (Visit *v)
{
  say_head (v, 200, -1, "Transfer-Encoding: chunked\r\n");
  say (v, "%x\r\n", 200000);
  say_body (v, 0, 100001);
  v->hang_up = TRUE;
}

static void
answer_said_too_short (Visit *v)
{
  say_head (v, 200, v->end - 1000, "");
  say_body (v, 0, v->end - 1000);
}

static void
answer_said_too_long (Visit *v)
{
  say_head (v, 200, v->end + 1000, "");
  say_body (v, 0, v->end);
  v->hang_up = TRUE;
}

/* A body shorter than its Content-Range, and so said to be */
static void
answer_range_too_short (Visit *v)
{
  g_autofree gchar *more = g_strdup_printf ("Content-Range: bytes %"
      G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%u\r\n", v->first, v->end - 1,
      FAULT_SIZE);

  say_head (v, 206, v->end - v->first - 1000, more);
  say_body (v, v->first, v->end - 1000);
}

static void
answer_range_too_long (Visit *v)
{
  g_autofree gchar *more = g_strdup_printf ("Content-Range: bytes %"
      G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%u\r\n", v->first, v->end - 1,
      FAULT_SIZE);

  say_head (v, 206, v->end - v->first + 1000, more);
  say_body (v, v->first, v->end);
  v->hang_up = TRUE;
}

static const Fault faults[] = {
  {"empty-200", answer_empty_200, NULL, UNKNOWN},
  {"empty-200-of-known-length", answer_empty_200, NULL, FAULT_SIZE},
  {"no-content", answer_no_content, NULL, UNKNOWN},
  {"empty-pieces", answer_empty_pieces, NULL, UNKNOWN},
  {"empty-206", answer_empty_206, NULL, FAULT_SIZE},
  {"cut", answer_cut, NULL, FAULT_SIZE},
  {"cut-twice", answer_cut, answer_cut, UNKNOWN},
  {"cut-pieces", answer_cut_pieces, NULL, UNKNOWN},
  {"resumed-by-empty-200", answer_cut_pieces, answer_empty_200, UNKNOWN, TRUE},
  {"resumed-by-no-content", answer_cut_pieces, answer_no_content, UNKNOWN,
      TRUE},
  {"resumed-by-empty-pieces", answer_cut_pieces, answer_empty_pieces, UNKNOWN,
      TRUE},
  {"resumed-by-empty-206", answer_cut_pieces, answer_empty_206, UNKNOWN, TRUE},
  {"resumed-by-short-200", answer_cut_pieces, answer_short_200, UNKNOWN, TRUE},
  {"length-too-short", answer_said_too_short, NULL, UNKNOWN},
  {"length-too-long", answer_said_too_long, NULL, UNKNOWN},
  {"range-length-too-short", answer_range_too_short, NULL, FAULT_SIZE},
  {"range-length-too-long", answer_range_too_long, NULL, FAULT_SIZE},
};

/* Whatever happens to the first answers, the bytes are right, and all there */
static void
test_fault (Scene *scene, gconstpointer fault)
{
  scene->limits.max_connections = 1;
  scene->site.answer = answer_with_fault;
  scene->site.fault = fault;
  add (scene, 0, FAULT_SIZE, scene->site.fault->length, 0);
  scene->site.files[0].adts = scene->site.fault->adts;
  scene_start (scene);
  read_rest (scene, 0, 0);
}

/* Keeps the length of the whole to itself (RFC 9110 14.4) */
static void
answer_without_total (Visit *v)
{
  g_autofree gchar *more = g_strdup_printf ("Content-Range: bytes %"
      G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/*\r\n", v->first, v->end - 1);

  if (v->first >= v->site->files[v->file].size) {
    say_right_head (v);
    return;
  }
  say_head (v, 206, v->end - v->first, more);
  say_body (v, v->first, v->end);
}

/* What the first request was told to bring was taken for all there is */
static void
test_no_total (Scene *scene, gconstpointer size)
{
  scene->site.answer = answer_without_total;
  add (scene, 0, GPOINTER_TO_UINT (size), UNKNOWN, 0);
  scene->site.files[0].adts = TRUE;
  scene_start (scene);
  read_rest (scene, 0, 0);
}

/* One block, then nothing until the gate opens; the first time it hangs up */
static void
answer_a_block (Visit *v)
{
  say_right_head (v);
  if (v->nth > 0) {
    say_body (v, v->first, v->end);
    return;
  }
  say_body (v, v->first, v->first + BLOCK);
  site_wait (v->site);
  v->hang_up = TRUE;
}

/* Until as much memory was given back: a reader does so with the block that it
 * has read, at the moment when it begins to wait for what is behind it */
static void
await_less (Scene *scene, guint64 before, gsize less)
{
  while (get_stat (scene, "buffer-bytes") + less > before)
    g_thread_yield ();
}

static gpointer
read_on (gpointer scene)
{
  read_rest (scene, 0, BLOCK);
  return NULL;
}

/* A break where a block ends and none begins, with that block at hand or not */
static void
test_break_on_block_boundary (Scene *scene, gconstpointer taken)
{
  GThread *reader;
  guint64 before;

  scene->limits.max_connections = 1;
  scene->site.answer = answer_a_block;
  add (scene, 0, MIB, MIB, 0);
  scene_start (scene);
  g_assert_cmpuint (read_to (scene, 0, 0, BLOCK), ==, BLOCK);
  before = get_stat (scene, "buffer-bytes");
  if (!taken)
    site_open (&scene->site);
  reader = g_thread_new ("reader", read_on, scene);
  if (taken) {
    await_less (scene, before, BLOCK);
    site_open (&scene->site);
  }
  g_thread_join (reader);
  g_assert_cmpuint (get_stat (scene, "resumed"), ==, 1);
  g_assert_true (scene->site.saw_if_range);
  g_assert_cmpuint (scene->site.last_first, >=, BLOCK - 64);
  g_assert_cmpuint (scene->site.last_first, <=, BLOCK);
}

static void
answer_but_for_two (Visit *v)
{
  if (v->file == 2 || v->file == 4)
    say_head (v, 404, 0, "");
  else
    answer_well (v);
}

static void
test_skip_missing (Scene *scene, gconstpointer unused)
{
  scene->config.retries = 1;
  scene->limits.skip_missing = TRUE;
  scene->site.answer = answer_but_for_two;
  for (guint i = 0; i < 6; i++)
    add (scene, 0, 300 * KIB + i, i % 2 ? UNKNOWN :
        (gint64) (300 * KIB + i),
        i * GST_SECOND);
  scene_start (scene);
  for (guint i = 0; i < 6; i++)
    if (i == 2 || i == 4)
      g_assert_null (take (scene, i, 0));
    else
      read_rest (scene, i, 0);
  g_mutex_lock (&scene->lock);
  while (scene->n_missing < 3)
    g_cond_wait (&scene->cond, &scene->lock);
  g_assert_cmpuint (scene->missing, ==, 1 << 2 | 1 << 4);
  g_assert_cmpuint (scene->summary, ==, 2);
  g_mutex_unlock (&scene->lock);
  g_assert_cmpuint (get_stat (scene, "retries"), ==, 2);
}

/* --- manners ------------------------------------------------------------- */

/* 429 where more than four are under way, each of which takes its time */
static void
answer_four_at_a_time (Visit *v)
{
  gboolean bears;

  g_mutex_lock (&v->site->lock);
  bears = v->site->busy < 4;
  v->site->busy += bears;
  g_mutex_unlock (&v->site->lock);
  if (!bears) {
    say_head (v, 429, 0, "");
    return;
  }
  g_usleep (800 * 1000);
  answer_well (v);
  g_mutex_lock (&v->site->lock);
  v->site->busy--;
  g_mutex_unlock (&v->site->lock);
}

/* Requests that were refused spent their attempts while others were served */
static void
test_host_bears_four (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 16;
  scene->site.answer = answer_four_at_a_time;
  add (scene, 0, 2 * MIB, 2 * MIB, 0);
  scene_start (scene);
  read_rest (scene, 0, 0);
  g_assert_cmpuint (get_stat (scene, "retries"), >, 0);
}

static void
test_line_break_in_user_agent (Scene *scene, gconstpointer unused)
{
  scene->config.user_agent = g_strdup ("a\r\nX-Evil: 1");
  add (scene, 0, 100 * KIB, UNKNOWN, 0);
  scene_start (scene);
  read_rest (scene, 0, 0);
  g_assert_false (scene->site.saw_evil);
}

/* What the user gives had lines of its own, which went out as headers */
static void
test_line_break_in_extra_header (Scene *scene, gconstpointer unused)
{
  scene->config.extra_headers = gst_structure_new ("headers", "X-Good",
      G_TYPE_STRING, "a\r\nX-Evil: 1", NULL);
  add (scene, 0, 100 * KIB, UNKNOWN, 0);
  scene_start (scene);
  read_rest (scene, 0, 0);
  g_assert_false (scene->site.saw_evil);
}

/* A busy machine can only make it slower: too fast is wrong at once, too slow
 * if it never is not */
static void
test_max_bitrate (Scene *scene, gconstpointer unused)
{
  const guint64 rate = 2000000;
  gdouble seconds = 0;

  scene->limits.max_bitrate = rate * 8;
  for (guint i = 0; i < 3; i++)
    add (scene, 0, rate, rate, i * GST_SECOND);
  scene_start (scene);
  for (guint i = 0; i < 3; i++) {
    gint64 begin = g_get_monotonic_time ();

    read_rest (scene, i, 0);
    seconds = (g_get_monotonic_time () - begin) / (gdouble) G_USEC_PER_SEC;
    g_test_message ("%u: %.3f s", i, seconds);
    g_assert_cmpfloat (seconds, >=, 0.85);
    if (seconds <= 1.15)
      break;
  }
  g_assert_cmpfloat (seconds, <=, 1.15);
}

/* --- readers ------------------------------------------------------------- */

typedef struct
{
  Scene *scene;
  guint track;
  GThread *thread;
} Blocked;

/* Wants more than there will be */
static gpointer
read_behind_block (gpointer data)
{
  Blocked *self = data;
  GstBuffer *buffer = NULL;

  return GINT_TO_POINTER (gst_pin_fetcher_read (self->scene->fetcher,
          &self->scene->readers[self->track], self->track, BLOCK, &buffer));
}

static void
block_readers (Scene *scene, Blocked *readers, guint n)
{
  guint64 before;

  scene->config.timeout = 0;    /* so that nothing else wakes them */
  scene->site.answer = answer_a_block;
  scene->limits.max_connections = n;
  for (guint i = 0; i < n; i++)
    add (scene, i, MIB, MIB, 0);
  scene_start (scene);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (read_to (scene, i, 0, BLOCK), ==, BLOCK);
  before = get_stat (scene, "buffer-bytes");
  for (guint i = 0; i < n; i++) {
    readers[i] = (Blocked) {scene, i};
    readers[i].thread = g_thread_new ("reader", read_behind_block,
        &readers[i]);
  }
  await_less (scene, before, n * BLOCK);
}

static void
test_flush (Scene *scene, gconstpointer unused)
{
  Blocked reader;

  block_readers (scene, &reader, 1);
  g_atomic_int_set (&scene->readers[0].flushing, TRUE);
  gst_pin_fetcher_wake_readers (scene->fetcher);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (reader.thread)), ==,
      GST_FLOW_FLUSHING);
  g_atomic_int_set (&scene->readers[0].flushing, FALSE);
  site_open (&scene->site);
  read_rest (scene, 0, BLOCK);
}

static void
test_stop (Scene *scene, gconstpointer unused)
{
  Blocked readers[2];

  block_readers (scene, readers, 2);
  gst_pin_http_client_invoke_sync (scene->client, stop_in_loop, scene);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (readers[i].thread)), ==,
        GST_FLOW_FLUSHING);
}

/* Answers overtake each other */
static void
answer_some_time (Visit *v)
{
  g_usleep (v->file * 7919 % 20 * 1000);
  answer_well (v);
}

static void
test_order (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 8;
  scene->limits.max_buffer_bytes = 4 * MIB;
  scene->site.answer = answer_some_time;
  for (guint i = 0; i < 40; i++) {
    guint64 size = i % 2 ? 20 * KIB + i : 150 * KIB + i * 7919;

    add (scene, i % 2, size, i % 3 ? (gint64) size : UNKNOWN,
        i / 2 * GST_SECOND);
  }
  scene_start (scene);
  read_both (scene);
}

static void
add_test (const gchar *name, gconstpointer data,
    void (*test) (Scene *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/fetcher/", name, NULL);

  g_test_add (path, Scene, data, scene_set_up, test, scene_tear_down);
}

int
main (int argc, char **argv)
{
  static const Hold holds[] = { {1, 400 * KIB}, {2, 400 * KIB}, {1, 2 * MIB},
    {2, 2 * MIB}
  };
  guint32 noise = 1;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < PERIOD; i++) {
    noise = noise * 1664525u + 1013904223u;
    pattern[i] = noise >> 24;
  }
  add_test ("seek-back-from-end", answer_well, test_seek_back_from_end);
  add_test ("seek-back-from-end-without-ranges", answer_in_pieces,
      test_seek_back_from_end);
  for (guint i = 0; i < 2; i++)
    add_test (i ? "seek-with-one-connection-later" :
        "seek-with-one-connection", GUINT_TO_POINTER (i),
        test_seek_with_one_connection);
  for (guint i = 0; i < G_N_ELEMENTS (holds); i++) {
    g_autofree gchar *name = g_strdup_printf ("sound-beside-%u-KiB-of-picture-"
        "with-%u-connections", (guint) holds[i].held / KIB,
        holds[i].connections);

    add_test (name, &holds[i], test_sound_beside_held_picture);
  }
  add_test ("turns-with-one-connection", NULL,
      test_turns_with_one_connection);
  add_test ("ceiling", GUINT_TO_POINTER (0), test_ceiling);
  add_test ("ceiling-later", GUINT_TO_POINTER (1), test_ceiling);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    add_test (faults[i].name, &faults[i], test_fault);
  add_test ("no-total", GUINT_TO_POINTER (2 * MIB), test_no_total);
  add_test ("no-total-of-one-probe", GUINT_TO_POINTER (BLOCK), test_no_total);
  add_test ("no-total-of-less", GUINT_TO_POINTER (10000), test_no_total);
  add_test ("break-on-block-boundary", NULL, test_break_on_block_boundary);
  add_test ("break-on-taken-block-boundary", "taken",
      test_break_on_block_boundary);
  add_test ("skip-missing", NULL, test_skip_missing);
  add_test ("host-bears-four", NULL, test_host_bears_four);
  add_test ("line-break-in-user-agent", NULL, test_line_break_in_user_agent);
  add_test ("line-break-in-extra-header", NULL,
      test_line_break_in_extra_header);
  add_test ("max-bitrate", NULL, test_max_bitrate);
  add_test ("flush", NULL, test_flush);
  add_test ("stop", NULL, test_stop);
  add_test ("order", NULL, test_order);
  return g_test_run ();
}
