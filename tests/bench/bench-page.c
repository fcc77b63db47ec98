/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What it costs to find a Pin in a page that is in memory: CPU time and memory
 * of reading the page, beside json-glib's for parsing the page's data blocks
 * and nothing else, and the speed of the scanner alone. Run by hand or by
 * bench.py; single-threaded, no network, some seconds.
 *
 * The pages are made here, of the size and the shapes of the site's: one Pin is
 * wanted, and stands behind two hundred others, so that nothing is saved by
 * stopping early; or in their middle, as it does in most pages.
 *
 * Exit status 1 where a limit is missed.
 */
#include "page-private.h"

#include "page-scanner-private.h"

#include <json-glib/json-glib.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PIN "912345678901234567"
#define PAGE_BYTES (1500 * 1000)
#define RUNS 31

#define MAX_RATIO 0.1
#define MAX_MIB 8.0
#define MIN_MB_PER_SECOND 500.0

static const gchar head[] =
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<title>Example</title><link rel=\"canonical\" href=\"/pin/" PIN "/\">"
    "<meta property=\"og:title\" content=\"An example\"></head><body>";

/* ---- pages ---- */

static void
add_text (GString *page, const gchar *name)
{
  g_string_append_printf (page, "\"%s\":\"Ten words that tell of a thing, "
      "with an \\u00e9 and a \\\"quote\\\" in it, and more words to fill the "
      "line.\",", name);
}

/* @sizes: names of a picture's sizes; @prefix: what stands in front of them */
static void
add_images (GString *page, const gchar *prefix)
{
  static const gchar *const sizes[] = {
    "60x60", "136x136", "170x", "236x", "474x", "564x", "736x", "600x315",
    "orig"
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_string_append_printf (page, "%s\"%s%s\":{\"width\":%u,\"height\":1200,"
        "\"url\":\"https://i.pinimg.com/%s/aa/bb/cc/"
        "aabbcc00000000000000000000000001.jpg\",\"dominant\":null}",
        i ? "," : "", prefix, sizes[i], 60 * (i + 1), sizes[i]);
}

static void
add_person (GString *page, const gchar *role, gboolean camel)
{
  g_string_append_printf (page, "\"%s\":{\"id\":\"1\",\"username\":"
      "\"example_author\",\"%s\":\"Example Author\",\"%s\":false,\"%s\":1234,"
      "\"%s\":\"https://i.pinimg.com/75x75/aa/bb/cc/a.jpg\"},", role,
      camel ? "fullName" : "full_name", camel ? "isVerified" : "is_verified",
      camel ? "followerCount" : "follower_count",
      camel ? "imageSmallUrl" : "image_small_url");
}

static void
add_entry (GString *page, const gchar *key, const gchar *kind,
    const gchar *ending)
{
  g_string_append_printf (page, "\"%s\":{\"url\":\"https://v1.pinimg.com/"
      "videos/iht/%s/aa/bb/cc/aabbcc00000000000000000000000001.%s\","
      "\"width\":1080,\"height\":1920,\"duration\":18852,\"thumbnail\":"
      "\"https://i.pinimg.com/videos/thumbnails/originals/aa/bb/cc/a.jpg\"}",
      key, kind, ending);
}

/* One Pin of some five kilobytes, in either spelling */
static void
add_pin (GString *page, const gchar *id, gboolean camel)
{
  g_string_append_printf (page, "{\"%s\":\"%s\",", camel ? "entityId" : "id",
      id);
  if (camel)
    g_string_append (page, "\"id\":\"UGluOjEyMzQ1Njc4OQ==\","
        "\"__typename\":\"Pin\",");
  for (guint i = 0; i < 6; i++) {
    static const gchar *const names[] = { "title", "description",
      "closeup_description", "grid_title", "seo_alt_text", "auto_alt_text"
    };

    add_text (page, names[i]);
  }
  for (guint i = 0; i < 40; i++)
    g_string_append_printf (page, "\"is_example_flag_%u\":%s,", i,
        i % 3 ? "false" : "null");
  add_person (page, "pinner", camel);
  add_person (page, camel ? "nativeCreator" : "native_creator", camel);
  if (camel)
    add_images (page, "images_");
  else {
    g_string_append (page, "\"images\":{");
    add_images (page, "");
    g_string_append_c (page, '}');
  }
  g_string_append_printf (page, ",\"videos\":{\"%s\":{",
      camel ? "videoList" : "video_list");
  add_entry (page, camel ? "vHLSV4" : "V_HLSV4", "hls", "m3u8");
  g_string_append_c (page, ',');
  add_entry (page, camel ? "v720P" : "V_720P", "720p", "mp4");
  g_string_append (page, "}}}");
}

/* @at: where the wanted Pin is, of all of the page's bytes */
static GString *
make_redux (gdouble at)
{
  GString *page = g_string_sized_new (PAGE_BYTES * 2);
  gboolean wanted = FALSE;

  g_string_append_printf (page, "%s<script id=\"__PWS_INITIAL_PROPS__\" "
      "type=\"application/json\">{\"initialReduxState\":{\"pins\":{", head);
  for (guint i = 0; page->len < PAGE_BYTES || !wanted; i++) {
    gboolean here = !wanted && page->len >= at * PAGE_BYTES;
    g_autofree gchar *id = here ? g_strdup (PIN)
        : g_strdup_printf ("1000000000000%05u", i);

    g_string_append_printf (page, "%s\"%s\":", i ? "," : "", id);
    add_pin (page, id, FALSE);
    wanted = wanted || here;
  }
  g_string_append (page, "},\"resources\":{}}}</script></body></html>");
  return page;
}

static void
begin_call (GString *page, const gchar *id)
{
  g_string_append_printf (page, "<script data-relay-completed-request=\"true\">"
      "window.__PWS_RELAY_REGISTER_COMPLETED_REQUEST__(\"%%7B%%22variables%%22"
      "%%3A%%7B%%22pinId%%22%%3A%%22%s%%22%%7D%%7D\", {\"data\":{", id);
}

static GString *
make_relay (gdouble at)
{
  GString *page = g_string_sized_new (PAGE_BYTES * 2);
  gboolean wanted = FALSE;

  g_string_append (page, head);
  for (guint i = 0; page->len < PAGE_BYTES || !wanted; i++) {
    gboolean here = !wanted && page->len >= at * PAGE_BYTES;

    begin_call (page, here ? PIN : "100000000000000000");
    if (here) {
      g_string_append (page, "\"v3GetPinQueryv2\":{\"__typename\":"
          "\"PinResponse\",\"data\":");
      add_pin (page, PIN, TRUE);
      g_string_append_c (page, '}');
    } else {
      g_string_append (page, "\"v3RelatedPins\":{\"data\":{\"edges\":[");
      for (guint j = 0; j < 30; j++) {
        g_string_append (page, j ? ",{\"node\":" : "{\"node\":");
        add_pin (page, "100000000000000001", TRUE);
        g_string_append_c (page, '}');
      }
      g_string_append (page, "]}}");
    }
    g_string_append (page, "}});</script>");
    wanted = wanted || here;
  }
  g_string_append (page, "</body></html>");
  return page;
}

/* Tags and words, as the part of a page that is shown */
static GString *
make_markup (void)
{
  GString *page = g_string_new (head);

  while (page->len < PAGE_BYTES)
    g_string_append (page, "<div class=\"zI7 iyn Hsu\" data-test-id=\"pin\" "
        "style=\"height:100%; width: 100%;\"><a class=\"Wk9 xQ4\" href=\"/pin/"
        "1/\" aria-label=\"Example\"><img alt=\"Words on a picture\" src="
        "\"https://i.pinimg.com/236x/aa/bb/cc/a.jpg\" loading=lazy></a>Some "
        "words of a card</div>");
  return page;
}

/* ---- contestants ---- */

static void
read_page (const GString *page)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (page->str, page->len);
  g_autoptr (GstPinMedia) media = gst_pin_page_read (bytes, PIN, NULL);

  g_assert (media != NULL && gst_pin_media_get_n_videos (media) == 1);
}

static GstPinPageScanner *
scan_page (const GString *page)
{
  GstPinPageScanner *scanner = gst_pin_page_scanner_new ();

  for (gsize at = 0; at < page->len; at += 65536)
    gst_pin_page_scanner_push (scanner, page->str + at,
        MIN (65536, page->len - at));
  gst_pin_page_scanner_finish (scanner);
  return scanner;
}

static void
scan_only (const GString *page)
{
  gst_pin_page_scanner_free (scan_page (page));
}

/* What a program does that gives each data block to json-glib, without the
 * time that finding them takes */
static void
parse_blocks (const GstPinPageScanner *scanner)
{
  for (guint i = 0; i < gst_pin_page_scanner_get_n_blocks (scanner); i++) {
    g_autoptr (JsonParser) parser = json_parser_new ();
    GstPinPageBlock block;

    gst_pin_page_scanner_get_block (scanner, i, &block);
    if (block.kind == GST_PIN_PAGE_BLOCK_INITIAL_PROPS
        || block.kind == GST_PIN_PAGE_BLOCK_RELAY_CALL)
      g_assert (json_parser_load_from_data (parser, block.text, block.length,
              NULL));
  }
}

/* ---- measuring ---- */

static gdouble
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
median (gdouble *values)
{
  qsort (values, RUNS, sizeof (gdouble), compare_doubles);
  return values[RUNS / 2];
}

/* A line of /proc/self/status, "NAME:   123 kB", in MiB */
static gdouble
read_status (const gchar *name)
{
  g_autofree gchar *status = NULL;
  const gchar *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL)
      || (line = strstr (status, name)) == NULL)
    return 0;
  return g_ascii_strtod (line + strlen (name), NULL) / 1024;
}

/* How far the process grows while the page is read */
static gdouble
measure_mib (const GString *page)
{
  FILE *refs;
  gdouble before;

  malloc_trim (0);
  refs = fopen ("/proc/self/clear_refs", "w");
  g_assert (refs != NULL && fputs ("5", refs) >= 0 && fclose (refs) == 0);
  before = read_status ("VmRSS:");
  read_page (page);
  return read_status ("VmHWM:") - before;
}

/* Each begins with nothing that the other has left to be tidied up: glibc does
 * that at the next large block, whoever wants it. */
static gdouble
begin (void)
{
  malloc_trim (0);
  return cpu_seconds ();
}

static gboolean
bench_page (const gchar *name, GString *page)
{
  g_autoptr (GstPinPageScanner) scanner = scan_page (page);
  gdouble ours[RUNS], json[RUNS], mib = measure_mib (page), a, b;
  gboolean ok;

  for (guint i = 0; i < RUNS; i++) {
    gdouble start = begin ();

    read_page (page);
    ours[i] = cpu_seconds () - start;
    start = begin ();
    parse_blocks (scanner);
    json[i] = cpu_seconds () - start;
  }
  a = median (ours);
  b = median (json);
  ok = a <= MAX_RATIO * b && mib <= MAX_MIB;
  printf ("| %s | %.2f ms | %.2f ms | 1/%.1f | %.1f MiB | %s |\n", name,
      a * 1000, b * 1000, b / a, mib, ok ? "ok" : "MISSED");
  g_string_free (page, TRUE);
  return ok;
}

static gboolean
bench_scanner (const gchar *name, GString *page)
{
  gdouble times[RUNS], speed;

  for (guint i = 0; i < RUNS; i++) {
    gdouble start = cpu_seconds ();

    scan_only (page);
    times[i] = cpu_seconds () - start;
  }
  speed = page->len / median (times) / 1e6;
  printf ("| %s | %.0f MB/s | %s |\n", name, speed,
      speed >= MIN_MB_PER_SECOND ? "ok" : "MISSED");
  g_string_free (page, TRUE);
  return speed >= MIN_MB_PER_SECOND;
}

int
main (void)
{
  gboolean ok = TRUE;

  printf ("| page of 1.5 MB | read | json-glib, data blocks | ratio (limit "
      "1/%.0f) | memory (limit %.0f MiB) | |\n|---|---|---|---|---|---|\n",
      1 / MAX_RATIO, MAX_MIB);
  ok &= bench_page ("Redux, the Pin last", make_redux (0.97));
  ok &= bench_page ("Redux, the Pin in the middle", make_redux (0.5));
  ok &= bench_page ("Relay, the Pin last", make_relay (0.97));
  ok &= bench_page ("Relay, the Pin in the middle", make_relay (0.5));
  printf ("\n| scanner alone | speed (limit %.0f) | |\n|---|---|---|\n",
      MIN_MB_PER_SECOND);
  ok &= bench_scanner ("Redux", make_redux (0.97));
  ok &= bench_scanner ("Relay", make_relay (0.97));
  ok &= bench_scanner ("markup only", make_markup ());
  return ok ? 0 : 1;
}
