/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * WebVTT: what is read from each text, as "START END TEXT" with times in ms and
 * "|" between lines; that what is written reads the same; what is refused.
 */
#include "webvtt-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define T "00:01.000 --> 00:02.500"
#define C "1000 2500 "

static const struct
{
  const gchar *name, *text, *cues;
} good[] = {
  {"nothing", "WEBVTT", ""},
  {"header", "WEBVTT - a title\n\n" T "\nHi\n", C "Hi;"},
  {"bom", "\xef\xbb\xbfWEBVTT\n\n" T "\nHi", C "Hi;"},
  {"crlf", "WEBVTT\r\n\r\n" T "\r\nHi\r\nyou\r\n\r\n", C "Hi|you;"},
  {"cr", "WEBVTT\r\r" T "\rHi\r", C "Hi;"},
  {"no-empty-line-behind-the-header", "WEBVTT\n" T "\nHi\n", C "Hi;"},
  {"no-empty-line-between", "WEBVTT\n\n" T "\nHi\n00:03.000 --> 00:04.000\nyou",
      C "Hi;3000 4000 you;"},
  {"names-and-settings", "WEBVTT\n\ncue 7\n" T
        " align:start position:0%\nHi\n", C "Hi;"},
  {"hours", "WEBVTT\n\n99:59:59.999 --> 100:00:00.000\nHi",
      "359999999 360000000 Hi;"},
  {"comma", "WEBVTT\n\n00:00:01,000 --> 00:00:02,500\nHi", C "Hi;"},
  {"blanks", "WEBVTT\n\n  00:01.000-->00:02.500\t\nHi", C "Hi;"},
  {"notes-and-styles", "WEBVTT\n\nNOTE\nnothing\n\nSTYLE\n::cue { color: red }\n"
        "\nREGION\nid:x\n\n" T "\nHi\n\nNOTE bye\n", C "Hi;"},
  {"tags", "WEBVTT\n\n" T "\n<v Ada>Hi <i.loud>you</i></v> <00:01.500>x<b",
      C "Hi you x;"},
  {"tags-over-lines", "WEBVTT\n\n" T "\nHi <i\nclass>you", C "Hi you;"},
  {"entities", "WEBVTT\n\n" T
        "\n&lt;b&gt; &amp;amp; &quot;&apos;&nbsp;&#65;&#x42;&#10;&none;&;&",
      C "<b> &amp; \"'\xc2\xa0" "AB &none;&;&;"},
  {"a-line-of-tags-alone", "WEBVTT\n\n" T "\nHi\n<i></i>\nyou", C "Hi|you;"},
  {"no-text", "WEBVTT\n\n" T "\n<i></i>\n\n" T "\n\n", ""},
  {"no-utf8", "WEBVTT\n\n" T "\nH\xe9\n", C "H\xef\xbf\xbd;"},
  {"times-that-cannot-be", "WEBVTT\n\n00:02.000 --> 00:01.000\nback\n\n"
        "00:01.000 --> 00:01.000\nnone\n\n1 --> 2\nno\n\n"
        "00:60.000 --> 00:61.000\nno\n\n00:01.00 --> 00:02.000\nno\n\n"
        "9999999:00:00.000 --> 9999999:00:01.000\nno\n\n-->\nno\n\n" T "\nHi",
      C "Hi;"},
  {"order", "WEBVTT\n\n00:03.000 --> 00:04.000\nb\n\n" T "\na\n\n" T "\na\n",
      C "a;3000 4000 b;"},
};

static gchar *
show (const GstPinWebvtt *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->cues->len; i++) {
    const GstPinCue *cue = g_ptr_array_index (self->cues, i);

    g_string_append_printf (out, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
        " %s;", cue->start / GST_MSECOND, cue->end / GST_MSECOND, cue->text);
  }
  g_strdelimit (out->str, "\n", '|');
  return g_string_free (out, FALSE);
}

static GstPinWebvtt *
parse (const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  GstPinWebvtt *self = gst_pin_webvtt_parse (bytes, &error);

  g_assert_no_error (error);
  return self;
}

static void
test_good (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GstPinWebvtt) self = parse (good[i].text);
  g_autoptr (GstPinWebvtt) again = NULL;
  g_autofree gchar *seen = show (self), *second = NULL;
  g_autoptr (GBytes) written = gst_pin_webvtt_write (self);

  g_assert_cmpstr (seen, ==, good[i].cues);
  g_assert_cmpint (self->clock_zero, ==, -1);
  again = gst_pin_webvtt_parse (written, NULL);
  second = show (again);
  g_assert_cmpstr (second, ==, seen);
}

static void
test_written (void)
{
  g_autoptr (GstPinWebvtt) self =
      parse ("WEBVTT x\nX-TIMESTAMP-MAP=MPEGTS:1,LOCAL:00:00.000\n\nid\n" T
      " line:0\na --&gt; <i>b</i>\n\n01:00:00.001 --> 01:00:01.000\n&lt;&amp;\nc");
  g_autoptr (GBytes) written = gst_pin_webvtt_write (self);
  g_autofree gchar *text = g_strndup (g_bytes_get_data (written, NULL),
      g_bytes_get_size (written));

  g_assert_cmpstr (text, ==, "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n"
      "a --&gt; b\n\n01:00:00.001 --> 01:00:01.000\n&lt;&amp;\nc\n");
}

static void
test_refused (void)
{
  static const gchar *const texts[] = {
    "", "\n", "webvtt\n", "WEBVTTX\n", " WEBVTT\n", "<html>", "1\n" T "\nHi",
    "{\"a\":1}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new_static (texts[i],
        strlen (texts[i]));
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_pin_webvtt_parse (bytes, &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
  }
}

static void
test_caps (void)
{
  GString *text = g_string_new ("WEBVTT\n\n" T "\n");
  g_autoptr (GstPinWebvtt) self = NULL;
  g_autoptr (GBytes) many = NULL;
  g_autoptr (GError) error = NULL;

  /* One cue without end keeps what fits */
  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "a line of this cue\n");
  self = parse (text->str);
  g_assert_cmpuint (self->cues->len, ==, 1);
  g_assert_cmpuint (strlen (((GstPinCue *) self->cues->pdata[0])->text), <,
      8 * 1024);

  g_string_assign (text, "WEBVTT\n");
  for (guint i = 0; i < 110000; i++)
    g_string_append (text, "\n" T "\nx\n");
  many = g_string_free_to_bytes (text);
  g_assert_null (gst_pin_webvtt_parse (many, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_SCHEMA);
}

static void
test_clock (void)
{
  static const struct
  {
    const gchar *map;
    gint64 zero;
  } maps[] = {
    {"MPEGTS:900000,LOCAL:00:00:00.000", 900000},
    {"LOCAL:00:00:10.000,MPEGTS:900000", 0},
    {"LOCAL:00:00:10.000,MPEGTS:899999", (G_GINT64_CONSTANT (1) << 33) - 1},
    {"MPEGTS:8589934592,LOCAL:00:00.000", 0},
    {" MPEGTS:5 , LOCAL:00:00.000", 5},
    {"MPEGTS:5", 5},
    {"LOCAL:00:00.000", -1},
    {"LOCAL:x,MPEGTS:5", -1},
    {"MPEGTS:-5,LOCAL:00:00.000", -1},
    {"MPEGTS:99999999999999999999,LOCAL:00:00.000", -1},
    {"", -1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (maps); i++) {
    g_autofree gchar *text = g_strdup_printf ("WEBVTT\nX-TIMESTAMP-MAP=%s\n\n"
        T "\nHi\n", maps[i].map);
    g_autoptr (GstPinWebvtt) self = parse (text);

    g_assert_cmpint (self->clock_zero, ==, maps[i].zero);
    g_assert_cmpuint (self->cues->len, ==, 1);
  }
}

/* Files of one rendition: one clock, no cue twice, none before zero */
static void
test_append (void)
{
  static const gchar *const parts[] = {
    "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:8589844592,LOCAL:00:00.000\n\n" T "\na\n\n"
        "00:02.000 --> 00:05.000\nover\n",
    "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:8589844592,LOCAL:00:00.000\n\n"
        "00:02.000 --> 00:05.000\nover\n\n00:06.000 --> 00:07.000\nb\n",
    /* The clock has wrapped: 2 s after the first one's zero */
    "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:90000,LOCAL:00:00.000\n\n"
        "00:06.000 --> 00:07.000\nc\n",
    "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:8589754592,LOCAL:00:00.000\n\n"
        "00:00.000 --> 00:00.500\ngone\n\n00:00.500 --> 00:01.500\ncut\n",
    "WEBVTT\n\n00:09.000 --> 00:10.000\nno clock\n",
  };
  g_autoptr (GstPinWebvtt) all = gst_pin_webvtt_new ();
  g_autofree gchar *seen = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autoptr (GstPinWebvtt) part = parse (parts[i]);

    gst_pin_webvtt_append (all, part);
    g_assert_cmpuint (part->cues->len, ==, 0);
  }
  gst_pin_webvtt_tidy (all);
  seen = show (all);
  g_assert_cmpstr (seen, ==, "0 500 cut;" C "a;2000 5000 over;6000 7000 b;"
      "8000 9000 c;9000 10000 no clock;");
  g_assert_cmpint (all->clock_zero, ==, G_GINT64_CONSTANT (8589844592));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autofree gchar *path = g_strconcat ("/webvtt/", good[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_good);
  }
  g_test_add_func ("/webvtt/written", test_written);
  g_test_add_func ("/webvtt/refused", test_refused);
  g_test_add_func ("/webvtt/caps", test_caps);
  g_test_add_func ("/webvtt/clock", test_clock);
  g_test_add_func ("/webvtt/append", test_append);
  return g_test_run ();
}
