/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a command line by the table of options: --name, --name=value,
 * --name value, -n value, -nvalue, flags in one word, and -- after which
 * nothing is an option. The first word that is no option may name the command;
 * where it doesn't, the command is "get". Main thread.
 */
#include "tool-options.h"

#include <string.h>

/* How unlike a name may be that is offered in place of a long one; of a short
 * one half must be right, or it be the beginning */
#define MAX_DISTANCE 3
#define MAX_NAME 32

static guint
distance (const gchar *one, const gchar *two)
{
  guint row[MAX_NAME + 1];
  gsize n = strlen (two);

  if (n > MAX_NAME || strlen (one) > MAX_NAME)
    return G_MAXUINT;
  for (guint j = 0; j <= n; j++)
    row[j] = j;
  for (guint i = 1; one[i - 1]; i++) {
    guint diagonal = row[0];

    row[0] = i;
    for (guint j = 1; j <= n; j++) {
      guint above = row[j];
      guint change = diagonal + (one[i - 1] != two[j - 1]);

      row[j] = MIN (MIN (above, row[j - 1]) + 1, change);
      diagonal = above;
    }
  }
  return row[n];
}

static const gchar *
find_alike (const gchar *name)
{
  guint n, best = MIN (strlen (name) / 2, MAX_DISTANCE) + 1;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);
  const gchar *found = NULL;

  for (guint i = 0; i < n; i++) {
    guint far = g_str_has_prefix (table[i].name, name) ? 1
        : distance (name, table[i].name);

    if (far < best && table[i].help) {
      best = far;
      found = table[i].name;
    }
  }
  return found;
}

static gboolean
takes_value (const GstPinToolOption *option)
{
  return option->kind != GST_PIN_TOOL_FLAG
      && option->kind != GST_PIN_TOOL_SWITCH;
}

static gboolean
refuse_name (const gchar *name, GError **error)
{
  const gchar *alike = find_alike (name);
  g_autofree gchar *hint = alike ? g_strdup_printf ("; is it --%s?", alike)
      : g_strdup (". --help lists them");

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
      "there is no option --%s%s", name, hint);
  return FALSE;
}

/* @next: the word behind; where it is used, *@next moves on */
static gboolean
set_named (GstPinToolOptions *self, const GstPinToolOption *option,
    const gchar *value, const gchar *const **next, GError **error)
{
  if (!value && takes_value (option)) {
    value = **next;
    if (!value) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "--%s wants its %s", option->name, option->argument);
      return FALSE;
    }
    (*next)++;
  }
  return gst_pin_tool_options_set (self, option, value,
      GST_PIN_TOOL_ORIGIN_LINE, error);
}

static gboolean
parse_long (GstPinToolOptions *self, const gchar *word,
    const gchar *const **next, GError **error)
{
  const gchar *equals = strchr (word, '=');
  g_autofree gchar *name = equals ? g_strndup (word, equals - word)
      : g_strdup (word);
  const GstPinToolOption *option = gst_pin_tool_options_find (name);

  if (!option)
    return refuse_name (name, error);
  return set_named (self, option, equals ? equals + 1 : NULL, next, error);
}

static const GstPinToolOption *
find_letter (gchar letter)
{
  guint n;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);

  for (guint i = 0; i < n; i++)
    if (table[i].letter == letter)
      return &table[i];
  return NULL;
}

static gboolean
parse_short (GstPinToolOptions *self, const gchar *letters,
    const gchar *const **next, GError **error)
{
  for (; *letters; letters++) {
    const GstPinToolOption *option = find_letter (*letters);

    if (!option) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
          "there is no option -%c. --help lists them", *letters);
      return FALSE;
    }
    if (takes_value (option))
      return set_named (self, option, letters[1] ? letters + 1 : NULL, next,
          error);
    if (!set_named (self, option, NULL, next, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_command (const gchar *word, GstPinToolCommand *command)
{
  guint n;
  const GstPinToolCommandInfo *known = gst_pin_tool_options_get_commands (&n);

  for (guint i = 0; i < n; i++)
    if (strcmp (known[i].name, word) == 0) {
      *command = known[i].command;
      return TRUE;
    }
  return FALSE;
}

static const gchar *
name_command (GstPinToolCommand command)
{
  guint n;
  const GstPinToolCommandInfo *known = gst_pin_tool_options_get_commands (&n);

  for (guint i = 0; i < n; i++)
    if (known[i].command == command)
      return known[i].name;
  return NULL;
}

/* In the environment and the configuration file each option may stand; on the
 * command line one that the command doesn't know is a mistake */
static gboolean
check_commands (const GstPinToolOptions *self, GError **error)
{
  guint n;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);

  for (guint i = 0; i < n; i++)
    if (self->origins[i] == GST_PIN_TOOL_ORIGIN_LINE
        && !(table[i].commands & self->command)) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
          "--%s is no option of '%s'", table[i].name,
          name_command (self->command));
      return FALSE;
    }
  return TRUE;
}

gboolean
gst_pin_tool_options_parse (GstPinToolOptions *self,
    const gchar *const *words, GError **error)
{
  g_autoptr (GPtrArray) operands = g_ptr_array_new_with_free_func (g_free);
  gboolean only_operands = FALSE, commanded = FALSE;

  while (*words) {
    const gchar *word = *words++;
    gboolean fine = TRUE;

    if (only_operands || *word != '-' || strcmp (word, "-") == 0) {
      if (!commanded && !only_operands && is_command (word, &self->command))
        commanded = TRUE;
      else
        g_ptr_array_add (operands, g_strdup (word));
      commanded = TRUE;
    } else if (strcmp (word, "--") == 0)
      only_operands = TRUE;
    else if (word[1] == '-')
      fine = parse_long (self, word + 2, &words, error);
    else
      fine = parse_short (self, word + 1, &words, error);
    if (!fine)
      return FALSE;
  }
  g_ptr_array_add (operands, NULL);
  g_strfreev (self->operands);
  self->operands = (gchar **) g_ptr_array_steal (operands, NULL);
  return check_commands (self, error);
}
