/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What pin-run and pin-many share: how they begin, which is also how they give
 * up, and the objects of JSON on stdout, one a line. An object is made by one
 * thread; several may print.
 */
#include "pin-lines.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static GMutex print_lock;

static void
on_alarm (int number)
{
  static const gchar line[] = "{\"type\":\"hang\"}\n";

  if (write (STDOUT_FILENO, line, sizeof line - 1) < 0)
    _exit (4);
  _exit (3);
}

/* Reads the options, which come first, and GStreamer's. @what is what follows
 * them, at least once; after @limit seconds the process says that it hangs, and
 * ends with 3. FALSE: a wrong command line, which was told. */
gboolean
pin_start (const gchar *what, const GOptionEntry *options, const gint *limit,
    gint *argc, gchar ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (what);
  g_autoptr (GError) error = NULL;

  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, argc, argv, &error) || *argc < 2) {
    fprintf (stderr, "%s: %s\n", g_get_prgname (),
        error ? error->message : "no pipeline");
    return FALSE;
  }
  signal (SIGALRM, on_alarm);
  alarm (*limit);
  /* Idle threads of pools would look like threads that were left behind */
  g_thread_pool_set_max_unused_threads (0);
  return TRUE;
}

JsonBuilder *
pin_line_begin (const gchar *type)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  pin_line_string (builder, "type", type);
  return builder;
}

void
pin_line_string (JsonBuilder *builder, const gchar *name, const gchar *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
pin_line_double (JsonBuilder *builder, const gchar *name, gdouble value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

void
pin_line_ms (JsonBuilder *builder, const gchar *name, gint64 since)
{
  pin_line_double (builder, name, (g_get_monotonic_time () - since) / 1000.0);
}

static gboolean
add_field (GQuark field, const GValue *value, gpointer builder)
{
  json_builder_set_member_name (builder, g_quark_to_string (field));
  pin_line_value (builder, value);
  return TRUE;
}

static void
add_object (JsonBuilder *builder, const GstStructure *from)
{
  json_builder_begin_object (builder);
  if (from)
    gst_structure_foreach (from, add_field, builder);
  json_builder_end_object (builder);
}

void
pin_line_value (JsonBuilder *builder, const GValue *value)
{
  g_auto (GValue) number = G_VALUE_INIT;
  g_autofree gchar *text = NULL;

  g_value_init (&number, G_TYPE_DOUBLE);
  if (G_VALUE_HOLDS_STRING (value))
    json_builder_add_string_value (builder, g_value_get_string (value));
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    json_builder_add_boolean_value (builder, g_value_get_boolean (value));
  else if (GST_VALUE_HOLDS_STRUCTURE (value))
    add_object (builder, gst_value_get_structure (value));
  else if (GST_VALUE_HOLDS_SAMPLE (value)) {
    text = gst_caps_to_string (gst_sample_get_caps (g_value_get_boxed (value)));
    json_builder_add_string_value (builder, text);
  } else if (!G_VALUE_HOLDS_ENUM (value) && g_value_transform (value, &number))
    json_builder_add_double_value (builder, g_value_get_double (&number));
  else {
    text = gst_value_serialize (value);
    json_builder_add_string_value (builder, text ? text : "");
  }
}

/* An empty object where there is none */
void
pin_line_structure (JsonBuilder *builder, const gchar *name,
    const GstStructure *from)
{
  json_builder_set_member_name (builder, name);
  add_object (builder, from);
}

void
pin_line_print (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *line = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  g_mutex_lock (&print_lock);
  printf ("%s\n", line);
  fflush (stdout);
  g_mutex_unlock (&print_lock);
}

/* What the process has, by a folder of /proc; that of its descriptors counts
 * the one that reads it, too. */
guint
pin_count_entries (const gchar *folder)
{
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (entries))
    n++;
  return n;
}
