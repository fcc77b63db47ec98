/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fetcher, and answers that are cut, too short, too long, without lengths,
 * or none: at any place, and at the very first requests, which ask for more
 * than there may be. Whatever they are, the bytes are right, and all there.
 */
#include "fetch-scene.h"

/* --- faults -------------------------------------------------------------- */

typedef struct
{
  const gchar *name;
  void (*first) (Visit * visit);        /* answers the first request */
  void (*second) (Visit * visit);       /* the second; NULL: well */
  gint64 length;                /* as the plan tells it */
  gboolean adts;
} Fault;

#define FAULT_SIZE (700 * KIB)

static void
answer_with_fault (Visit *v)
{
  const Fault *fault = v->site->answer_data;

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
test_fault (Scene *scene, gconstpointer data)
{
  const Fault *fault = data;

  scene->limits.max_connections = 1;
  scene->site.answer = answer_with_fault;
  scene->site.answer_data = fault;
  add (scene, 0, FAULT_SIZE, fault->length, 0);
  scene->site.files[0].adts = fault->adts;
  scene_start (scene);
  read_rest (scene, 0, 0);
}

/* The answer to what was asked for again after a break: the right range of the
 * same file, as it is said, and bytes of another one */
static void
answer_other_bytes (Visit *v)
{
  if (v->nth == 0) {
    answer_cut (v);
    return;
  }
  say_right_head (v);
  v->file++;
  say_body (v, v->first, v->end);
}

static void
on_other_bytes (const GError *error, gpointer data)
{
  Scene *scene = data;

  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_TRUNCATED);
  g_mutex_lock (&scene->lock);
  scene->n_warned++;
  g_cond_broadcast (&scene->cond);
  g_mutex_unlock (&scene->lock);
}

static void
test_other_bytes_after_break (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 1;
  scene->config.retries = 1;
  scene->owner.failed = on_other_bytes;
  scene->site.answer = answer_other_bytes;
  add (scene, 0, FAULT_SIZE, FAULT_SIZE, 0);
  scene_start (scene);
  g_mutex_lock (&scene->lock);
  while (scene->n_warned == 0)
    g_cond_wait (&scene->cond, &scene->lock);
  g_mutex_unlock (&scene->lock);
  read_to (scene, 0, 0, 100001);
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

/* --- where playback begins ----------------------------------------------- */

/* Nothing before as many requests are there at the same time */
static void
answer_five_together (Visit *v)
{
  Site *site = v->site;

  g_mutex_lock (&site->lock);
  while (site->n_visits < 5)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
  answer_well (v);
}

/* The first bytes of the sound may be far behind those of the picture, and were
 * only asked for once the file's length was known */
static void
test_beginning_at_once (Scene *scene, gconstpointer unused)
{
  scene->limits.max_connections = 8;
  scene->site.answer = answer_five_together;
  add (scene, 0, 4 * MIB, UNKNOWN, 0);
  scene_start_connected (scene);
  read_rest (scene, 0, 0);
}

#define LATER 20                /* a file that comes when lengths are known */

/* Its beginning waits until more of it was asked for */
static void
answer_when_asked_for_more (Visit *v)
{
  Site *site = v->site;

  g_mutex_lock (&site->lock);
  while (v->file == LATER && v->first == 0 && site->visits[LATER] < 2)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
  answer_well (v);
}

/* A file of unknown length was asked for bit by bit, though those before it had
 * told how long it would be */
static void
test_later_at_once (Scene *scene, gconstpointer unused)
{
  scene->config.timeout = 4 * PATIENCE; /* for no second attempt to help */
  scene->limits.max_connections = 16;
  scene->site.answer = answer_when_asked_for_more;
  for (guint i = 0; i < LATER + 4; i++)
    add (scene, 0, 4 * MIB, UNKNOWN, i * GST_SECOND);
  scene_start (scene);
  read_track (scene, 0);
}

/* Neither 206 nor 416 for what is not there */
static void
answer_not_found_behind (Visit *v)
{
  if (v->first >= v->site->files[v->file].size)
    say_head (v, 404, 0, "");
  else
    answer_well (v);
}

static void
answer_gone_behind (Visit *v)
{
  if (v->first >= v->site->files[v->file].size)
    v->hang_up = TRUE;
  else
    answer_well (v);
}

/* What is not at the beginning is told to come again */
static void
answer_beginning_first (Visit *v)
{
  if (v->file == 0 && v->first > 0 && v->nth < 6)
    say_head (v, 503, 0, "");
  else
    answer_well (v);
}

static void
answer_beginning_last (Visit *v)
{
  Site *site = v->site;

  g_mutex_lock (&site->lock);
  while (v->first == 0 && site->n_visits < 6)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
  answer_well (v);
}

static void
answer_without_ranges (Visit *v)
{
  v->ranged = FALSE;
  v->first = 0;
  v->end = v->site->files[v->file].size;
  answer_well (v);
}

static void
answer_without_total_last (Visit *v)
{
  Site *site = v->site;

  g_mutex_lock (&site->lock);
  while (v->file == 0 && v->first == 0 && site->busy < 1)
    g_cond_wait (&site->cond, &site->lock);
  g_mutex_unlock (&site->lock);
  answer_without_total (v);
  g_mutex_lock (&site->lock);
  site->busy += v->first > 96 * KIB;
  g_cond_broadcast (&site->cond);
  g_mutex_unlock (&site->lock);
}

typedef struct
{
  const gchar *name;
  void (*answer) (Visit * visit);
  guint64 size;
  guint retries;                /* allowed to each request */
} Beginning;

static const Beginning beginnings[] = {
  {"one-byte", answer_well, 32, 0},
  {"less-than-asked", answer_well, 250 * KIB, 0},
  {"as-much-as-asked", answer_well, 96 * KIB * 12, 0},
  {"more-than-asked", answer_well, 3 * MIB, 0},
  {"not-found-behind-end", answer_not_found_behind, 150 * KIB, 0},
  {"hang-up-behind-end", answer_gone_behind, 150 * KIB, 0},
  {"rest-refused-at-first", answer_beginning_first, 900 * KIB, 3},
  {"rest-refused-behind-end", answer_beginning_first, 60 * KIB, 0},
  {"beginning-last", answer_beginning_last, 150 * KIB, 0},
  {"no-ranges", answer_without_ranges, 3 * MIB, 0},
  {"no-ranges-no-length", answer_in_pieces, 3 * MIB, 0},
  {"no-total", answer_without_total, 3 * MIB, 0},
  {"no-total-of-less", answer_without_total, 150 * KIB, 0},
  {"no-total-beginning-last", answer_without_total_last, 150 * KIB, 0},
};

/* A request for what is not there is no failure, and hurts nothing */
static void
test_beginning (Scene *scene, gconstpointer data)
{
  const Beginning *beginning = data;

  scene->config.retries = beginning->retries;
  scene->limits.max_connections = 16;
  scene->site.answer = beginning->answer;
  add (scene, 0, beginning->size, UNKNOWN, 0);
  add (scene, 0, 100 * KIB, UNKNOWN, GST_SECOND);
  scene->site.files[0].adts = TRUE;
  scene_start_connected (scene);
  read_track (scene, 0);
  g_assert_cmpuint (scene->site.visits[0], >, 2);
  g_assert_cmpuint (get_stat (scene, "retries"), <=,
      16 * beginning->retries);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    add_test (faults[i].name, &faults[i], test_fault);
  add_test ("no-total", GUINT_TO_POINTER (2 * MIB), test_no_total);
  add_test ("no-total-of-one-probe", GUINT_TO_POINTER (BLOCK), test_no_total);
  add_test ("no-total-of-less", GUINT_TO_POINTER (10000), test_no_total);
  add_test ("skip-missing", NULL, test_skip_missing);
  add_test ("later-at-once", NULL, test_later_at_once);
  add_test ("other-bytes-after-break", NULL, test_other_bytes_after_break);
  add_test ("beginning-at-once", NULL, test_beginning_at_once);
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++) {
    g_autofree gchar *name = g_strconcat ("beginning/", beginnings[i].name,
        NULL);

    add_test (name, &beginnings[i], test_beginning);
  }
  return g_test_run ();
}
