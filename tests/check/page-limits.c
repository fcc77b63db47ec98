/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests what pages cost that mean harm: endless ones, very deep ones, and such
 * as repeat what is dear to read. Each is refused, or read within the limits,
 * in little memory and time. Memory is the kernel's high-water mark of the
 * process, which means nothing under a sanitizer and isn't looked at there.
 */
#include "page-make.h"

#include "media-private.h"
#include "page-scanner-private.h"

#include <gst/pin/error.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- memory ---- */

/* A line of /proc/self/status, "NAME:   123 kB", in MiB */
static gdouble
read_status (const gchar *name)
{
  g_autofree gchar *status = NULL;
  const gchar *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL,
          NULL));
  line = strstr (status, name);
  g_assert_nonnull (line);
  return g_ascii_strtod (line + strlen (name), NULL) / 1024;
}

/* Starts to look for a new peak, and gives what is in use. */
static gdouble
begin_peak (void)
{
  FILE *refs = fopen ("/proc/self/clear_refs", "w");

  g_assert_nonnull (refs);
  malloc_trim (0);
  g_assert_cmpint (fputs ("5", refs), >=, 0);
  g_assert_cmpint (fclose (refs), ==, 0);
  return read_status ("VmRSS:");
}

static void
check_peak (gdouble before, gdouble limit)
{
  gdouble peak = read_status ("VmHWM:") - before;

  g_test_message ("%.1f MiB at most", peak);
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpfloat (peak, <=, limit);
#endif
}

/* ---- depth and number ---- */

/* A document nested two million deep overflows the stack of a parser that
 * recurses. */
static void
test_deep (void)
{
  static const gchar *const open[] = { "[", "{\"a\":" };

  for (guint i = 0; i < G_N_ELEMENTS (open); i++) {
    g_autoptr (GError) error = NULL;
    GString *page = begin_state ();
    gdouble before;

    g_string_append (page, "\"" PIN "\":{\"id\":\"" PIN "\",\"x\":");
    for (guint depth = 0; depth < 2000000; depth++)
      g_string_append (page, open[i]);
    g_string_append (page, "}}}</script>");
    before = begin_peak ();
    g_assert_null (read_string (page, &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
    check_peak (before, 20);
    g_string_free (page, TRUE);
  }
}

/* Depth beside the wanted Pin is as deep, and hides it when it comes first. */
static void
test_deep_neighbour (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPinMedia) media = NULL;
  GString *page = begin_state ();

  add_pin (page, PIN, "");
  g_string_append (page, ",\"1\":");
  for (guint depth = 0; depth < 2000000; depth++)
    g_string_append_c (page, '[');
  g_string_append (page, "}}}</script>");
  media = read_string (page, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gst_pin_media_get_n_videos (media), ==, 1);
  g_string_free (page, TRUE);
}

static void
test_many_values (void)
{
  g_autoptr (GError) error = NULL;
  GString *page = begin_state ();

  g_string_append (page, "\"" PIN "\":{\"id\":\"" PIN "\",\"x\":[0");
  for (guint i = 0; i < 1000000; i++)
    g_string_append (page, ",0");
  g_string_append (page, "]}}}}</script>");
  g_assert_null (read_string (page, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
  g_assert_nonnull (strstr (error->message, "more than is taken"));
  g_string_free (page, TRUE);
}

/* ---- length ---- */

static void
test_too_large (void)
{
  g_autoptr (GError) error = NULL;
  GString *page = g_string_new ("<!DOCTYPE html><p>");

  while (page->len < 20 * 1024 * 1024)
    g_string_append (page, "words without an end, and no data in them <b> ");
  g_assert_null (read_string (page, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
  g_assert_nonnull (strstr (error->message, "more than is read"));
  g_string_free (page, TRUE);
}

/* 200 MB, from somebody who goes on although it was enough: the page's first
 * 16 MiB are all that is ever held, in whatever form they come. */
static void
test_endless (gconstpointer data)
{
  static const gsize total = 200 * 1000 * 1000;
  const gchar *const *form = data;
  g_autoptr (GString) piece = g_string_new (NULL);
  g_autoptr (GstPinPage) page = gst_pin_page_new (PIN);
  g_autoptr (GstPinMedia) media = NULL;
  g_autoptr (GError) error = NULL;
  gdouble before = begin_peak ();
  gsize enough = 0;

  while (piece->len < 64 * 1024)
    g_string_append (piece, form[1]);
  gst_pin_page_feed (page, form[0], strlen (form[0]));
  for (gsize fed = 0; fed < total; fed += piece->len) {
    if (gst_pin_page_feed (page, piece->str, piece->len) && enough == 0)
      enough = fed + piece->len;
  }
  media = gst_pin_page_finish (page, &error);
  g_assert_null (media);
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
  g_assert_cmpuint (enough, >, 0);
  g_assert_cmpuint (enough, <=, GST_PIN_PAGE_MAX_BYTES + 2 * piece->len);
  check_peak (before, 36);
}

/* CPU time, so that other processes have no say */
static gdouble
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* The Pin's key again and again, each time with nothing behind it, so that an
 * open state looks as if the Pin had come. It is read in small pieces, and
 * beside it a page without such keys. */
static void
test_many_keys (void)
{
  static const gchar *const keys[] = { "1", PIN };
  gdouble seconds[2];

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstPinPage) page = gst_pin_page_new (PIN);
    g_autoptr (GString) text = g_string_new ("<link rel=canonical href=x>" HEAD
        "{\"initialReduxState\":{\"pins\":{");
    gdouble start;

    while (text->len < 8 * 1024 * 1024)
      g_string_append_printf (text, "\"a\":{\"%s\":{}},", keys[i]);
    start = cpu_seconds ();
    for (gsize at = 0; at + 1000 < text->len; at += 1000)
      gst_pin_page_feed (page, text->str + at, 1000);
    g_assert_null (gst_pin_page_finish (page, &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
    seconds[i] = cpu_seconds () - start;
  }
  g_test_message ("%.3f s, %.3f s", seconds[0], seconds[1]);
  /* Twenty times as much is allowed; at every key it would be a thousand. */
  g_assert_cmpfloat (seconds[1], <, 0.2 + 20 * seconds[0]);
}

/* The Pin in the Pin in the Pin, with much in the innermost: to read each of
 * them would cost many times the page. */
static void
test_nested (void)
{
  gdouble seconds[2];

  for (guint depth = 1; depth <= 60; depth += 59) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) page = g_string_new ("<script type=application/json>");
    gdouble start;

    for (guint i = 0; i < depth; i++)
      g_string_append (page, "{\"id\":\"" PIN "\",\"a\":");
    g_string_append (page, "[0");
    for (guint i = 0; i < 150000; i++)
      g_string_append (page, ",\"a word and another\"");
    g_string_append_c (page, ']');
    for (guint i = 0; i < depth; i++)
      g_string_append_c (page, '}');
    g_string_append (page, "</script>");
    start = cpu_seconds ();
    g_assert_null (read_string (page, &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
    seconds[depth > 1] = cpu_seconds () - start;
  }
  g_test_message ("%.3f s, %.3f s", seconds[0], seconds[1]);
  g_assert_cmpfloat (seconds[1], <, 0.1 + 6 * seconds[0]);
}

static const gchar *const forms[][2] = {
  {"", "words without an end, and no data in them <b> "},
  {"<!-- ", "a comment "},
  {"<a b=\"", "a value "},
  {HEAD "{\"initialReduxState\":{", "\"a\":{\"b\":[1,2,3]},"},
  {HEAD, "["},
  {"", HEAD "{\"initialReduxState\":{\"pins\":{\"" PIN "\":{}}}}</script>"},
  {"", "<script type=\"application/json\">{\"id\":\"" PIN "\"}</script>"},
  {"", "<script>__PWS_RELAY_REGISTER_COMPLETED_REQUEST__(\"" PIN "\", "
      "{\"data\":{\"a\":{\"entityId\":\"" PIN "\"}}});</script>"},
  {"<script>", "window.a = {\"b\":1};"},
  {"", "<meta property=\"og:title\" content=\"a\">"},
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/page-limits/deep", test_deep);
  g_test_add_func ("/page-limits/deep-neighbour", test_deep_neighbour);
  g_test_add_func ("/page-limits/many-values", test_many_values);
  g_test_add_func ("/page-limits/too-large", test_too_large);
  g_test_add_func ("/page-limits/many-keys", test_many_keys);
  g_test_add_func ("/page-limits/nested", test_nested);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autofree gchar *path = g_strdup_printf ("/page-limits/endless/%u", i);

    g_test_add_data_func (path, forms[i], test_endless);
  }
  return g_test_run ();
}
