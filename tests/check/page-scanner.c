/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests the page scanner: which blocks it finds in HTML as it is, that pieces
 * of any size give the same blocks, that it stays within its limits, and that
 * its work grows with the page and not faster.
 */
#include "page-scanner-private.h"

#include <string.h>

typedef struct
{
  const gchar *name;
  const gchar *page;
  const gchar *blocks;          /* one line each, see describe() */
} Case;

#define PROPS "__PWS_INITIAL_PROPS__"
#define CALL "__PWS_RELAY_REGISTER_COMPLETED_REQUEST__"

static const Case cases[] = {
  {"plain", "<script id=\"" PROPS "\" type=\"application/json\">{}</script>",
      PROPS ": {}\n"},
  {"unquoted", "<SCRIPT ID=" PROPS ">{}</SCRIPT >", PROPS ": {}\n"},
  {"single-quoted", "<script a='>' id='" PROPS "'>{}</script\n>",
      PROPS ": {}\n"},
  {"spaced", "<script\n\tid\n=\n\"" PROPS "\"\n>{}</script>", PROPS ": {}\n"},
  {"no-space-between", "<script a=\"1\"id=\"" PROPS "\">{}</script>",
      PROPS ": {}\n"},
  {"slash", "<script/id=\"" PROPS "\"/>{}</script/>", PROPS ": {}\n"},
  {"first-id-counts", "<script id=x id=\"" PROPS "\">{}</script>", ""},
  {"entity-in-id", "<script id=\"__PWS&#95;DATA__\">{}</script>",
      "__PWS_DATA__: {}\n"},
  {"quote-in-unquoted", "<a b=c\"d><script id=" PROPS ">{}</script>",
      PROPS ": {}\n"},
  {"end-in-value", "<a b=\"<script id=" PROPS ">{}</script>\">", ""},
  {"longer-name", "<scripts id=" PROPS ">{}</scripts>", ""},
  {"end-of-longer-name", "<script id=" PROPS ">{</scripts>}</script>",
      PROPS ": {</scripts>}\n"},
  {"escaped-end", "<script id=" PROPS ">{\"a\":\"<\\/script>\"}</script>",
      PROPS ": {\"a\":\"<\\/script>\"}\n"},
  {"comment", "<!-- <script id=" PROPS ">{}</script> -->x", ""},
  {"comment-of-nothing", "<!--><script id=" PROPS ">{}</script>",
      PROPS ": {}\n"},
  {"comment-of-dash", "<!---><script id=" PROPS ">{}</script>",
      PROPS ": {}\n"},
  {"comment-with-dashes", "<!-- a -- b - > --><script id=" PROPS ">{}</script>",
      PROPS ": {}\n"},
  {"declaration", "<!DOCTYPE html><?x y?></3><script id=" PROPS ">{}</script>",
      PROPS ": {}\n"},
  {"lone-angles", "1 < 2 << 3 <> <4 <script id=" PROPS ">{}</script>",
      PROPS ": {}\n"},
  {"in-textarea", "<textarea><script id=" PROPS ">{}</script></textarea>", ""},
  {"in-noscript", "<noscript><script id=" PROPS ">{}</script></noscript>", ""},
  {"in-title", "<title>a <script id=" PROPS ">{}</script></title>",
      "title: a <script id=" PROPS ">{}</script>\n"},
  {"two-titles", "<title> A &amp; b </title><title>c</title>",
      "title:  A & b \n"},
  {"cut-in-script", "<script id=" PROPS ">{\"a\":", PROPS " (cut): {\"a\":\n"},
  {"cut-in-end", "<script id=" PROPS ">{}</scr", PROPS " (cut): {}</scr\n"},
  {"cut-in-tag", "<script id=\"" PROPS, ""},
  {"cut-in-comment", "<!-- <script id=" PROPS ">{}</script>", ""},
  {"empty-script", "<script id=" PROPS "></script>", ""},
  {"response", "<script data-relay-response=\"true\">{}</script>",
      "Relay response: {}\n"},
  {"json-ld", "<script type=Application/LD+JSON>{}</script>", "JSON-LD: {}\n"},
  {"initial-state", "<script id='initial-state'>{}</script>",
      "initial-state: {}\n"},
  {"state", "<script> {\"initialReduxState\":{\"a\":\"}\"}};</script>",
      "state script: {\"initialReduxState\":{\"a\":\"}\"}}\n"},
  {"assigned-state", "<script>window['__PWS_INITIAL_DATA__']={a:{}};</script>",
      "state script: {a:{}}\n"},
  {"other-script", "<script>var a = {\"b\":1};</script>", ""},
  {"call", "<script>" CALL "(\"a\\\"b\", {\"c\":\"})\"});x()</script>",
      "Relay call [a\\\"b]: {\"c\":\"})\"}\n"},
  {"two-calls", "<script>" CALL "('a',{});\n" CALL " ( \"b\" , {} )</script>",
      "Relay call [a]: {}\nRelay call [b]: {}\n"},
  {"call-defined", "<script>window." CALL " = function (a, b) {};\nfunction "
      CALL "(a, b) { }" CALL "(a, {})</script>", ""},
  {"call-in-a-call", "<script>" CALL "(\"a\",{\"b\":\"" CALL
      "('c',{})\"})</script>",
      "Relay call [a]: {\"b\":\"" CALL "('c',{})\"}\n"},
  {"cut-call", "<script>" CALL "(\"a\",{\"b\":{", "Relay call (cut) [a]: "
      "{\"b\":{\n"},
  {"meta", "<meta content='a &lt; b' property=\"og:title\"><meta name=x "
      "content=y><META NAME=Description CONTENT=z><meta property=og:url>",
      "meta tag og:title: a < b\nmeta tag description: z\n"},
  {"canonical", "<link rel=stylesheet href=a><link rel=canonical href=b/>",
      "canonical link: b/\n"},
  {"keeps-several", "<script id=" PROPS ">{1}</script>words<p>"
      "<script id=__PWS_DATA__>{2}</script>more<script>" CALL
      "('r',{3})</script>end",
      PROPS ": {1}\n__PWS_DATA__: {2}\nRelay call [r]: {3}\n"},
};

static gchar *
describe (const GstPinPageScanner *scanner)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < gst_pin_page_scanner_get_n_blocks (scanner); i++) {
    GstPinPageBlock block;

    gst_pin_page_scanner_get_block (scanner, i, &block);
    g_string_append (text, gst_pin_page_block_kind_get_name (block.kind));
    if (block.truncated)
      g_string_append (text, " (cut)");
    if (block.name != NULL)
      g_string_append_printf (text, " %s", block.name);
    if (block.request != NULL)
      g_string_append_printf (text, " [%.*s]", (gint) block.request_length,
          block.request);
    g_string_append (text, ": ");
    g_string_append_len (text, block.text, block.length);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

static GstPinPageScanner *
scan (const gchar *page, gsize size, gsize piece)
{
  GstPinPageScanner *scanner = gst_pin_page_scanner_new ();

  for (gsize at = 0; at < size; at += piece) {
    gsize n = MIN (piece, size - at);
    g_autofree gchar *copy = g_memdup2 (page + at, n);

    g_assert_true (gst_pin_page_scanner_push (scanner, copy, n));
  }
  gst_pin_page_scanner_finish (scanner);
  return scanner;
}

static void
test_case (gconstpointer data)
{
  const Case *self = data;
  gsize size = strlen (self->page);

  for (gsize piece = 1; piece <= size; piece++) {
    g_autoptr (GstPinPageScanner) scanner = scan (self->page, size, piece);
    g_autofree gchar *blocks = describe (scanner);

    g_assert_cmpstr (blocks, ==, self->blocks);
  }
}

static void
test_words (void)
{
  static const gchar page[] =
      "<title>no</title> <h1>We  de<b>tect</b>ed\na bot</h1><script>no"
      "</script><style>no</style><!-- no --> 1 < 2";

  for (gsize piece = 1; piece <= sizeof (page) - 1; piece++) {
    g_autoptr (GstPinPageScanner) scanner =
        scan (page, sizeof (page) - 1, piece);

    g_assert_cmpstr (gst_pin_page_scanner_get_words (scanner), ==,
        "We detected a bot 1 < 2");
  }
}

static void
test_many_blocks (void)
{
  g_autoptr (GstPinPageScanner) scanner = gst_pin_page_scanner_new ();
  static const gchar script[] = "<script id=__PWS_DATA__>{}</script>";
  static const gchar call[] = "<script>" CALL "('a',{})</script>";

  for (guint i = 0; i < 1000; i++) {
    gst_pin_page_scanner_push (scanner, script, sizeof (script) - 1);
    gst_pin_page_scanner_push (scanner, call, sizeof (call) - 1);
  }
  gst_pin_page_scanner_finish (scanner);
  g_assert_cmpuint (gst_pin_page_scanner_get_n_blocks (scanner), ==,
      GST_PIN_PAGE_MAX_BLOCKS);
}

/* What pages have by the hundred must not crowd out what carries data. */
static void
test_many_metas (void)
{
  g_autoptr (GstPinPageScanner) scanner = gst_pin_page_scanner_new ();
  static const gchar meta[] = "<meta property=og:see_also content=x>";
  static const gchar script[] = "<script id=__PWS_DATA__>{}</script>";
  GstPinPageBlock block;
  guint n;

  for (guint i = 0; i < 1000; i++)
    gst_pin_page_scanner_push (scanner, meta, sizeof (meta) - 1);
  gst_pin_page_scanner_push (scanner, script, sizeof (script) - 1);
  gst_pin_page_scanner_finish (scanner);
  n = gst_pin_page_scanner_get_n_blocks (scanner);
  g_assert_cmpuint (n, <, 100);
  gst_pin_page_scanner_get_block (scanner, n - 1, &block);
  g_assert_cmpint (block.kind, ==, GST_PIN_PAGE_BLOCK_PWS_DATA);
}

/* Its beginning is taken: in pieces, and in one piece that has all of it. */
static void
test_large_block (void)
{
  static const gsize pieces[] = { 64 * 1024, 16 * 1024 * 1024 };
  g_autofree gchar *filler = g_strnfill (9 * 1024 * 1024, ' ');
  g_autofree gchar *page = g_strconcat ("<script id=__PWS_DATA__>{", filler,
      "}</script><script id=" PROPS ">{}</script>", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GstPinPageScanner) scanner =
        scan (page, strlen (page), pieces[i]);
    GstPinPageBlock block;

    g_assert_cmpuint (gst_pin_page_scanner_get_n_blocks (scanner), ==, 2);
    gst_pin_page_scanner_get_block (scanner, 0, &block);
    g_assert_cmpuint (block.length, ==, GST_PIN_PAGE_MAX_BLOCK_BYTES);
    g_assert_true (block.truncated);
    g_assert_cmpmem (block.text, 9, "{        ", 9);
    gst_pin_page_scanner_get_block (scanner, 1, &block);
    g_assert_cmpint (block.kind, ==, GST_PIN_PAGE_BLOCK_INITIAL_PROPS);
    g_assert_cmpmem (block.text, block.length, "{}", 2);
  }
}

static void
test_open_block (void)
{
  g_autoptr (GstPinPageScanner) scanner = gst_pin_page_scanner_new ();
  static const gchar page[] = "<title>a</title><script id=" PROPS ">{\"a\":";
  static const gchar rest[] = "1}</script><script>{";
  GstPinPageBlock block;
  guint64 at;

  for (const gchar *p = page; *p != '\0'; p++) {
    at = gst_pin_page_scanner_get_open_block (scanner, &block);
    g_assert_true (at == 0 || p < strstr (page, "</title>") + 8
        || p > strstr (page, PROPS));
    gst_pin_page_scanner_push (scanner, p, 1);
  }
  at = gst_pin_page_scanner_get_open_block (scanner, &block);
  g_assert_cmpuint (at, ==, strstr (page, "{") - page);
  g_assert_cmpint (block.kind, ==, GST_PIN_PAGE_BLOCK_INITIAL_PROPS);
  g_assert_cmpmem (block.text, block.length, "{\"a\":", 5);
  gst_pin_page_scanner_push (scanner, rest, sizeof (rest) - 1);
  g_assert_cmpuint (gst_pin_page_scanner_get_open_block (scanner, &block), ==,
      0);
}

static void
test_endless_page (void)
{
  g_autofree gchar *filler = g_strnfill (1024 * 1024, 'x');
  g_autoptr (GstPinPageScanner) scanner = gst_pin_page_scanner_new ();
  static const gchar script[] = "<script id=__PWS_DATA__>{}</script>";

  for (guint i = 0; i < 16; i++)
    g_assert_true (gst_pin_page_scanner_push (scanner, filler, 1024 * 1024));
  g_assert_false (gst_pin_page_scanner_push (scanner, script,
          sizeof (script) - 1));
  g_assert_false (gst_pin_page_scanner_push (scanner, filler, 1024 * 1024));
  gst_pin_page_scanner_finish (scanner);
  g_assert_cmpuint (gst_pin_page_scanner_get_n_blocks (scanner), ==, 0);
}

/* Forms that a careless scanner goes over again and again. */
static void
test_linear (void)
{
  static const gchar *const forms[] = {
    "<", "</", "<!--", "<!-- -", "<a b=\"", "<a b=c ", "<script>", "</script",
    "<script id=__PWS_DATA__>", CALL "(", "<script>" CALL "('a',{", "<!",
    "&amp;",
    "<meta property=og:x content=", "<title>", "\"", "{", "<script></script>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    GString *page = g_string_new (i % 2 ? "" : "<script>");

    while (page->len < 1024 * 1024)
      g_string_append (page, forms[i]);
    for (gsize piece = 1; piece < page->len; piece *= 1000) {
      gint64 start = g_get_monotonic_time (), took;

      gst_pin_page_scanner_free (scan (page->str, page->len, piece));
      took = g_get_monotonic_time () - start;
      g_test_message ("%s in pieces of %" G_GSIZE_FORMAT ": %" G_GINT64_FORMAT
          " us", forms[i], piece, took);
      /* It is some milliseconds for whole pages, and a second at most for
       * single bytes under sanitizers; quadratic work takes hours. */
      g_assert_cmpint (took, <, 20 * G_USEC_PER_SEC);
    }
    g_string_free (page, TRUE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/page-scanner/case/", cases[i].name,
        NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/page-scanner/words", test_words);
  g_test_add_func ("/page-scanner/many-blocks", test_many_blocks);
  g_test_add_func ("/page-scanner/many-metas", test_many_metas);
  g_test_add_func ("/page-scanner/large-block", test_large_block);
  g_test_add_func ("/page-scanner/open-block", test_open_block);
  g_test_add_func ("/page-scanner/endless-page", test_endless_page);
  g_test_add_func ("/page-scanner/linear", test_linear);
  return g_test_run ();
}
