/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks about Pins as an application does, through the public headers alone, and
 * prints each report as a line of JSON in the order in which they were asked.
 *
 *   pin-resolve [--page=FILE] [--one-by-one] [--cancel-ms=N] [--cancel-one] \
 *       [PROPERTY=VALUE…] LOCATION…
 *
 * All locations are asked at once, each by a resolver of its own where a
 * location follows "+"; --one-by-one uses the call that waits. --cancel-one
 * gives up the first location alone.
 */
#include <gst/pin/pin.h>
#include <stdio.h>
#include <string.h>

static gchar *page_file;
static gboolean one_by_one;
static gboolean cancel_one;
static gint cancel_ms = -1;
static gchar **words;

static const GOptionEntry options[] = {
  {"page", 0, 0, G_OPTION_ARG_FILENAME, &page_file, "Read this page", "FILE"},
  {"one-by-one", 0, 0, G_OPTION_ARG_NONE, &one_by_one, "Wait for each", NULL},
  {"cancel-ms", 0, 0, G_OPTION_ARG_INT, &cancel_ms, "Give up early", "N"},
  {"cancel-one", 0, 0, G_OPTION_ARG_NONE, &cancel_one, "Only one", NULL},
  {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, NULL},
  {NULL}
};

typedef struct
{
  GPtrArray *reports;           /* of GstPinReport; NULL: not there yet */
  guint missing;
  GMainLoop *loop;
} Asked;

typedef struct
{
  Asked *asked;
  guint index;
} Question;

static void
print (GstPinReport *report)
{
  g_autofree gchar *json = gst_pin_report_to_json (report, FALSE);

  puts (json);
}

static void
on_report (GObject *resolver, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  Asked *asked = question->asked;

  g_ptr_array_index (asked->reports, question->index) =
      gst_pin_resolver_resolve_finish (GST_PIN_RESOLVER (resolver), result);
  g_free (question);
  if (--asked->missing == 0)
    g_main_loop_quit (asked->loop);
}

static GstPinLocation *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  GstPinLocation *location = gst_pin_location_parse (text, &error);

  if (!location)
    g_error ("%s", error->message);
  return location;
}

static void
print_page (const gchar *text)
{
  g_autoptr (GstPinLocation) location = parse (text);
  g_autoptr (GstPinReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) page = NULL;
  gchar *contents;
  gsize size;

  if (!g_file_get_contents (page_file, &contents, &size, &error))
    g_error ("%s", error->message);
  page = g_bytes_new_take (contents, size);
  report = gst_pin_report_new_from_page (page, location);
  print (report);
}

static GstPinResolver *
make_resolver (GPtrArray *properties)
{
  GstPinResolver *resolver = gst_pin_resolver_new ();

  for (guint i = 0; i < properties->len; i++) {
    g_auto (GStrv) pair = g_strsplit (g_ptr_array_index (properties, i), "=",
        2);

    if (strcmp (pair[0], "cookies") == 0) {
      g_auto (GStrv) cookies = g_strsplit (pair[1], "; ", -1);

      g_object_set (resolver, "cookies", cookies, NULL);
    } else
      gst_util_set_object_arg (G_OBJECT (resolver), pair[0], pair[1]);
  }
  return resolver;
}

static gboolean
on_late (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
ask_at_once (GPtrArray *properties, GPtrArray *locations)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) reports =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_pin_report_unref);
  g_autoptr (GstPinResolver) resolver = make_resolver (properties);
  Asked asked = { reports, locations->len, loop };

  g_ptr_array_set_size (reports, locations->len);
  for (guint i = 0; i < locations->len; i++) {
    const gchar *text = g_ptr_array_index (locations, i);
    gboolean own = *text == '+';
    g_autoptr (GstPinLocation) location = parse (text + own);
    g_autoptr (GstPinResolver) other = own ? make_resolver (properties) : NULL;
    Question *question = g_new (Question, 1);

    question->asked = &asked;
    question->index = i;
    gst_pin_resolver_resolve_async (own ? other : resolver, location,
        cancel_one && i > 0 ? NULL : cancellable, on_report, question);
  }
  if (cancel_ms >= 0)
    g_timeout_add (cancel_ms, on_late, cancellable);
  g_main_loop_run (loop);
  for (guint i = 0; i < reports->len; i++)
    print (g_ptr_array_index (reports, i));
}

static void
ask_one_by_one (GPtrArray *properties, GPtrArray *locations)
{
  g_autoptr (GstPinResolver) resolver = make_resolver (properties);

  for (guint i = 0; i < locations->len; i++) {
    g_autoptr (GstPinLocation) location =
        parse (g_ptr_array_index (locations, i));
    g_autoptr (GstPinReport) report =
        gst_pin_resolver_resolve (resolver, location, NULL);

    print (report);
  }
}

/* A word is a property where it begins with letters and "=" */
static gboolean
is_property (const gchar *word)
{
  gsize length = strspn (word, "abcdefghijklmnopqrstuvwxyz-");

  return length > 0 && word[length] == '=';
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("LOCATION…");
  g_autoptr (GPtrArray) properties = g_ptr_array_new ();
  g_autoptr (GPtrArray) locations = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  for (gchar **word = words; word && *word; word++)
    g_ptr_array_add (is_property (*word) ? properties : locations, *word);

  if (page_file)
    print_page (g_ptr_array_index (locations, 0));
  else if (one_by_one)
    ask_one_by_one (properties, locations);
  else
    ask_at_once (properties, locations);
  g_strfreev (words);
  g_free (page_file);
  return 0;
}
