/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The man page, and the completions of three shells. The build runs the tool
 * itself for them, so that they can't lag behind the table. The completions
 * know options, their words, files and folders, and commands. Pure functions,
 * any thread.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tool-generate.h"

#include <string.h>

#include "tool-help.h"

#define PROGRAM "gst-pin-1.0"

/* Each occurrence of @from becomes @to. (transfer full) */
static gchar *
replace (const gchar *text, const gchar *from, const gchar *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);

  return g_strjoinv (to, parts);
}

/* What a shell's single quotes hold. (transfer full) */
static gchar *
quote (const gchar *text)
{
  g_autofree gchar *inner = replace (text, "'", "'\\''");

  return g_strdup_printf ("'%s'", inner);
}

/* The first sentence is enough for a list. (transfer full) */
static gchar *
get_summary (const GstPinToolOption *option)
{
  const gchar *colon = strchr (option->help, ':');
  const gchar *stop = strstr (option->help, ". ");
  gsize length = strlen (option->help);

  if (stop)
    length = stop - option->help;
  if (colon && (gsize) (colon - option->help) < length)
    length = colon - option->help;
  return g_strndup (option->help, length);
}

static gboolean
takes_value (const GstPinToolOption *option)
{
  return option->argument != NULL;
}

typedef void (*AppendOption) (GString * out, const GstPinToolOption * option);

static void
append_each (GString *out, AppendOption append)
{
  guint n;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);

  for (guint i = 0; i < n; i++)
    if (table[i].help)
      append (out, &table[i]);
}

/* --- man --------------------------------------------------------------------- */

/* What troff would take for something else. (transfer full) */
static gchar *
escape_man (const gchar *text)
{
  g_autofree gchar *slashes = replace (text, "\\", "\\e");
  g_autofree gchar *dashes = replace (slashes, "-", "\\-");
  g_autofree gchar *carets = replace (dashes, "^", "\\(ha");
  g_autofree gchar *tildes = replace (carets, "~", "\\(ti");
  g_autofree gchar *dots = replace (tildes, "…", "\\&...");
  gboolean control = *dots == '.' || *dots == '\'';

  return g_strconcat (control ? "\\&" : "", dots, NULL);
}

static void
append_man (GString *out, const gchar *format, const gchar *text)
{
  g_autofree gchar *escaped = escape_man (text);

  g_string_append_printf (out, format, escaped);
}

static void
append_man_option (GString *out, const GstPinToolOption *option)
{
  g_autofree gchar *variable = gst_pin_tool_option_get_variable (option);

  g_string_append (out, ".TP\n");
  if (option->letter)
    g_string_append_printf (out, "\\fB\\-%c\\fR, ", option->letter);
  append_man (out, "\\fB\\-\\-%s\\fR", option->name);
  if (option->argument)
    append_man (out, " \\fI%s\\fR", option->argument);
  g_string_append_c (out, '\n');
  append_man (out, "%s.\n", option->help);
  if (!(option->commands & GST_PIN_TOOL_LINE_ONLY))
    g_string_append_printf (out, "[\\fB%s\\fR]\n", variable);
}

static void
append_man_groups (GString *out)
{
  guint n;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);

  for (guint group = 0; group < GST_PIN_TOOL_N_GROUPS; group++) {
    append_man (out, ".SS %s\n",
        gst_pin_tool_options_get_group_title (group));
    for (guint i = 0; i < n; i++)
      if (table[i].group == group && table[i].help)
        append_man_option (out, &table[i]);
  }
}

static void
append_man_commands (GString *out)
{
  guint n;
  const GstPinToolCommandInfo *commands =
      gst_pin_tool_options_get_commands (&n);

  for (guint i = 0; i < n; i++) {
    append_man (out, ".TP\n\\fB%s\\fR ", commands[i].name);
    append_man (out, "\\fI%s\\fR\n", commands[i].operands);
    append_man (out, "%s.\n", commands[i].help);
  }
}

static void
append_man_examples (GString *out)
{
  guint n;
  const GstPinToolExample *examples = gst_pin_tool_help_get_examples (&n);

  g_string_append (out, ".SH EXAMPLES\n");
  for (guint i = 0; i < n; i++) {
    append_man (out, ".TP\n%s:\n", examples[i].meaning);
    append_man (out, "\\fB%s\\fR\n", examples[i].line);
  }
}

static void
append_man_statuses (GString *out)
{
  guint n;
  const GstPinToolFact *statuses = gst_pin_tool_help_get_statuses (&n);

  g_string_append (out, ".SH EXIT STATUS\n");
  for (guint i = 0; i < n; i++) {
    append_man (out, ".TP\n%s\n", statuses[i].name);
    append_man (out, "%s.\n", statuses[i].meaning);
  }
}

static void
generate_man (GString *out)
{
  g_string_append (out, ".TH GST\\-PIN\\-1.0 1 \"\" \"gst\\-pin " VERSION "\" "
      "\"User Commands\"\n.SH NAME\n"
      "gst\\-pin\\-1.0 \\- save the videos of Pins\n"
      ".SH SYNOPSIS\n.B " "gst\\-pin\\-1.0\n"
      "[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR] \\fIPIN\\fR\\&...\n"
      ".SH DESCRIPTION\n"
      "Turns the page of a Pin into its best video, an MP4 that is copied and "
      "never encoded anew.\n"
      "A \\fIPIN\\fR is a Pin's address, its number, or a pin.it link.\n"
      "A file has its name only when it is whole.\n" ".SS Commands\n");
  append_man_commands (out);
  append_man_examples (out);
  g_string_append (out, ".SH OPTIONS\n"
      "Behind each is the variable of the environment that says the same.\n"
      "A flag takes =no to undo what the environment or the configuration "
      "says.\n");
  append_man_groups (out);
  append_man_statuses (out);
  g_string_append (out, ".SH FILES\n.TP\n"
      "\\fI$XDG_CONFIG_HOME/gst\\-pin/config\\fR\n"
      "Options, one a line, such as \\fBmax\\-connections = 8\\fR; the long "
      "names without their dashes.\n"
      "Lines that begin with # are left out.\n"
      "What the command line and the environment say is stronger.\n"
      ".SH SEE ALSO\n.BR gst\\-launch\\-1.0 (1),\n"
      ".BR gst\\-inspect\\-1.0 (1)\n");
}

/* --- bash -------------------------------------------------------------------- */

static void
append_bash_word (GString *out, const GstPinToolOption *option)
{
  g_string_append_printf (out, " --%s", option->name);
  if (option->letter)
    g_string_append_printf (out, " -%c", option->letter);
}

/* One branch of the case over the word in front */
static void
append_bash_value (GString *out, const GstPinToolOption *option)
{
  g_autofree gchar *words = NULL;

  if (!takes_value (option))
    return;
  g_string_append_printf (out, "    --%s", option->name);
  if (option->letter)
    g_string_append_printf (out, "|-%c", option->letter);
  g_string_append (out, ") ");
  if (option->kind == GST_PIN_TOOL_FILE)
    g_string_append (out, "compopt -o filenames; "
        "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")");
  else if (option->kind == GST_PIN_TOOL_FOLDER)
    g_string_append (out, "compopt -o filenames; "
        "mapfile -t COMPREPLY < <(compgen -d -- \"$word\")");
  else if (option->kind == GST_PIN_TOOL_CHOICE) {
    words = replace (option->argument, "|", " ");
    g_string_append_printf (out, "COMPREPLY=($(compgen -W '%s' -- "
        "\"$word\"))", words);
  } else
    g_string_append (out, "COMPREPLY=()");
  g_string_append (out, "; return ;;\n");
}

static void
append_command_names (GString *out)
{
  guint n;
  const GstPinToolCommandInfo *commands =
      gst_pin_tool_options_get_commands (&n);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%s", i ? " " : "", commands[i].name);
}

static void
generate_bash (GString *out)
{
  g_string_append (out, "# bash completion for " PROGRAM "\n"
      "_gst_pin_1_0 ()\n{\n"
      "  local word=${COMP_WORDS[COMP_CWORD]}\n"
      "  local before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  # To bash the equals sign is a word\n"
      "  if [ \"$word\" = = ]; then\n    word=\n"
      "  elif [ \"$before\" = = ]; then\n"
      "    before=${COMP_WORDS[COMP_CWORD-2]}\n  fi\n"
      "  case $before in\n");
  append_each (out, append_bash_value);
  g_string_append (out, "  esac\n"
      "  case $word in\n    -*) COMPREPLY=($(compgen -W '");
  append_each (out, append_bash_word);
  g_string_append (out, "' -- \"$word\")); return ;;\n  esac\n"
      "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '");
  append_command_names (out);
  g_string_append (out, "' -- \"$word\"))\n  fi\n}\n"
      "complete -F _gst_pin_1_0 " PROGRAM "\n");
}

/* --- zsh --------------------------------------------------------------------- */

/* A summary between brackets, and what is completed, of an _arguments line */
static gchar *
make_zsh_tail (const GstPinToolOption *option)
{
  g_autofree gchar *summary = get_summary (option);
  g_autofree gchar *opened = replace (summary, "[", "\\[");
  g_autofree gchar *closed = replace (opened, "]", "\\]");
  g_autofree gchar *argument = option->argument ?
      replace (option->argument, ":", " ") : NULL;
  g_autofree gchar *words = option->argument ?
      replace (option->argument, "|", " ") : NULL;

  switch (option->kind) {
    case GST_PIN_TOOL_FLAG:
    case GST_PIN_TOOL_SWITCH:
      return g_strdup_printf ("[%s]", closed);
    case GST_PIN_TOOL_FILE:
      return g_strdup_printf ("[%s]:%s:_files", closed, argument);
    case GST_PIN_TOOL_FOLDER:
      return g_strdup_printf ("[%s]:%s:_files -/", closed, argument);
    case GST_PIN_TOOL_CHOICE:
      return g_strdup_printf ("[%s]:%s:(%s)", closed, option->name, words);
    default:
      return g_strdup_printf ("[%s]:%s: ", closed, argument);
  }
}

static void
append_zsh_option (GString *out, const GstPinToolOption *option)
{
  g_autofree gchar *tail = make_zsh_tail (option);
  const gchar *star = option->kind == GST_PIN_TOOL_LIST ? "*" : "";
  const gchar *equals = takes_value (option) ? "=" : "";
  g_autofree gchar *name = g_strdup_printf ("%s--%s%s%s", star, option->name,
      equals, tail);
  g_autofree gchar *quoted = quote (name);

  g_string_append_printf (out, " \\\n    %s", quoted);
  if (option->letter) {
    g_autofree gchar *letter = g_strdup_printf ("%s-%c%s%s", star,
        option->letter, takes_value (option) ? "+" : "", tail);
    g_autofree gchar *quoted_letter = quote (letter);

    g_string_append_printf (out, " \\\n    %s", quoted_letter);
  }
}

static void
generate_zsh (GString *out)
{
  g_string_append (out, "#compdef " PROGRAM "\n_arguments -S");
  append_each (out, append_zsh_option);
  g_string_append (out, " \\\n    '1:command or Pin:(");
  append_command_names (out);
  g_string_append (out, ")' \\\n    '*:Pin: '\n");
}

/* --- fish -------------------------------------------------------------------- */

static void
append_fish_option (GString *out, const GstPinToolOption *option)
{
  g_autofree gchar *summary = get_summary (option);
  g_autofree gchar *slashes = replace (summary, "\\", "\\\\");
  g_autofree gchar *inner = replace (slashes, "'", "\\'");
  g_autofree gchar *words = option->argument ?
      replace (option->argument, "|", " ") : NULL;

  g_string_append_printf (out, "complete -c " PROGRAM " -l %s",
      option->name);
  if (option->letter)
    g_string_append_printf (out, " -s %c", option->letter);
  if (option->kind == GST_PIN_TOOL_FILE)
    g_string_append (out, " -r -F");
  else if (option->kind == GST_PIN_TOOL_FOLDER)
    g_string_append (out, " -x -a '(__fish_complete_directories)'");
  else if (option->kind == GST_PIN_TOOL_CHOICE)
    g_string_append_printf (out, " -x -a '%s'", words);
  else if (takes_value (option))
    g_string_append (out, " -x");
  g_string_append_printf (out, " -d '%s'\n", inner);
}

static void
generate_fish (GString *out)
{
  g_string_append (out, "complete -c " PROGRAM " -f\n"
      "complete -c " PROGRAM " -n '__fish_use_subcommand' -a '");
  append_command_names (out);
  g_string_append (out, "'\n");
  append_each (out, append_fish_option);
}

gchar *
gst_pin_tool_generate (GstPinToolGenerated what)
{
  GString *out = g_string_new (NULL);

  switch (what) {
    case GST_PIN_TOOL_GENERATE_MAN:
      generate_man (out);
      break;
    case GST_PIN_TOOL_GENERATE_BASH:
      generate_bash (out);
      break;
    case GST_PIN_TOOL_GENERATE_ZSH:
      generate_zsh (out);
      break;
    default:
      generate_fish (out);
      break;
  }
  return g_string_free (out, FALSE);
}
