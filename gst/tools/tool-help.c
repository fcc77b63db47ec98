/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * --help: what one can do, by example first, then each option from the table.
 * Pure functions, any thread.
 */
#include "tool-help.h"

#include <string.h>

#define MIN_COLUMNS 40
#define MAX_COLUMNS 100
/* Where what a name means begins; below so many columns, under the name */
#define INDENT 26
#define NARROW 60
#define NARROW_INDENT 8

static const GstPinToolExample examples[] = {
  {"gst-pin-1.0 https://www.pinterest.com/pin/ID/",
      "Save a Pin's best video into the current folder"},
  {"gst-pin-1.0 -q 720p,worst -P videos ID ID ID",
      "Save several, no higher than 720 lines, into a folder"},
  {"gst-pin-1.0 -j 4 -i pins.txt -o '{author}/{title} [{id}].{ext}'",
      "Save all Pins of a list, four at a time, a folder for each author"},
  {"gst-pin-1.0 -o - https://pin.it/CODE | ffprobe -",
      "Hand a video to another program, with no file between"},
  {"gst-pin-1.0 info ID",
      "Say what is known of a Pin"},
  {"gst-pin-1.0 --print-pipeline ID",
      "Show the same as a pipeline for gst-launch-1.0"},
};

static const GstPinToolFact statuses[] = {
  {"0", "done"},
  {"1", "usage: an option or a location that is none"},
  {"2", "there is no such Pin"},
  {"3", "not a video, or nothing that can be had of it"},
  {"4", "blocked, or asked to slow down"},
  {"5", "network"},
  {"6", "output: no room, no permission"},
  {"7", "a bug"},
  {"130", "stopped by Ctrl-C (128 and the signal's number)"},
};

const GstPinToolExample *
gst_pin_tool_help_get_examples (guint *n)
{
  *n = G_N_ELEMENTS (examples);
  return examples;
}

const GstPinToolFact *
gst_pin_tool_help_get_statuses (guint *n)
{
  *n = G_N_ELEMENTS (statuses);
  return statuses;
}

/* Appends @text from cell @at on, in lines of @columns, each but the first
 * begun with @indent blanks */
static void
append_wrapped (GString *out, const gchar *text, guint at, guint indent,
    guint columns)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = 0; words[i]; i++) {
    guint width = g_utf8_strlen (words[i], -1);

    if (i > 0 && at + 1 + width > columns) {
      g_string_append_printf (out, "\n%*s", (int) indent, "");
      at = indent;
    } else if (i > 0) {
      g_string_append_c (out, ' ');
      at++;
    }
    g_string_append (out, words[i]);
    at += width;
  }
  g_string_append_c (out, '\n');
}

static void
append_entry (GString *out, const gchar *name, const gchar *meaning,
    guint indent, guint columns)
{
  guint width = g_utf8_strlen (name, -1);

  if (columns < NARROW)
    indent = NARROW_INDENT;
  g_string_append (out, name);
  if (width + 1 >= indent) {
    g_string_append_c (out, '\n');
    width = 0;
  }
  g_string_append_printf (out, "%*s", (int) (indent - width), "");
  append_wrapped (out, meaning, indent, indent, columns);
}

static void
append_option (GString *out, const GstPinToolOption *option, guint columns)
{
  g_autofree gchar *letter = option->letter ?
      g_strdup_printf ("-%c, ", option->letter) : g_strdup ("    ");
  g_autofree gchar *name = g_strdup_printf ("  %s--%s%s%s", letter,
      option->name, option->argument ? " " : "",
      option->argument ? option->argument : "");

  append_entry (out, name, option->help, INDENT, columns);
}

static void
append_group (GString *out, GstPinToolGroup group, guint commands,
    guint columns)
{
  guint n;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);
  gboolean titled = FALSE;

  for (guint i = 0; i < n; i++) {
    if (table[i].group != group || !(table[i].commands & commands)
        || !table[i].help)
      continue;
    if (!titled)
      g_string_append_printf (out, "\n%s:\n",
          gst_pin_tool_options_get_group_title (group));
    titled = TRUE;
    append_option (out, &table[i], columns);
  }
}

static void
append_usage (GString *out, guint commands, guint columns)
{
  guint n;
  const GstPinToolCommandInfo *known = gst_pin_tool_options_get_commands (&n);

  g_string_append (out, "Usage:\n");
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("  gst-pin-1.0 %s %s",
        known[i].name, known[i].operands);

    if (commands & known[i].command)
      append_entry (out, name, known[i].help, INDENT + 2, columns);
  }
}

static void
append_examples (GString *out, guint columns)
{
  g_string_append (out, "\nExamples:\n");
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
    g_string_append (out, "  ");
    append_wrapped (out, examples[i].meaning, 2, 2, columns);
    g_string_append_printf (out, "      %s\n", examples[i].line);
  }
}

gchar *
gst_pin_tool_help_compose (GstPinToolCommand command, gboolean all,
    guint columns)
{
  guint commands = all ? GST_PIN_TOOL_ALL : command;
  guint width = CLAMP (columns, MIN_COLUMNS, MAX_COLUMNS) - 1;
  GString *out = g_string_new (NULL);

  append_wrapped (out, "Saves the videos of Pins as MP4, copied and never "
      "encoded anew.", 0, 0, width);
  g_string_append_c (out, '\n');
  append_usage (out, commands, width);
  g_string_append_c (out, '\n');
  append_wrapped (out, "A PIN is a Pin's address, its number, or a pin.it "
      "link.", 0, 0, width);
  if (commands & GST_PIN_TOOL_GET)
    append_examples (out, width);
  for (guint group = 0; group < GST_PIN_TOOL_N_GROUPS; group++)
    append_group (out, group, commands, width);
  g_string_append_c (out, '\n');
  append_wrapped (out, "Each option may also stand in the environment "
      "(--max-connections as GST_PIN_MAX_CONNECTIONS) or in the file "
      "~/.config/gst-pin/config (max-connections = 8). A flag takes =no.", 0,
      0, width);
  g_string_append (out, "\nExit status:\n");
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    g_autofree gchar *name = g_strdup_printf ("  %s", statuses[i].name);

    append_entry (out, name, statuses[i].meaning, 8, width);
  }
  return g_string_free (out, FALSE);
}
