/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is not on the command line may stand in the environment, and what is in
 * neither in a file: NAME = VALUE a line, with the options' long names. The
 * file is the one that --config names, else gst-pin/config in the user's XDG
 * folder, else in one of the system's. Read once by main(), before anything
 * runs.
 */
#include "tool-config.h"

#include <string.h>

static gboolean
is_for_config (const GstPinToolOption *option)
{
  return !(option->commands & GST_PIN_TOOL_LINE_ONLY);
}

static gboolean
read_environment (GstPinToolOptions *options, GError **error)
{
  guint n;
  const GstPinToolOption *table = gst_pin_tool_options_get_table (&n);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *variable = gst_pin_tool_option_get_variable (&table[i]);
    const gchar *value = is_for_config (&table[i]) ? g_getenv (variable)
        : NULL;

    if (value && *value && !gst_pin_tool_options_set (options, &table[i],
            value, GST_PIN_TOOL_ORIGIN_ENVIRONMENT, error)) {
      g_prefix_error (error, "%s in the environment: ", variable);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_line (GstPinToolOptions *options, gchar *line, GError **error)
{
  const GstPinToolOption *option;
  gchar *equals;

  g_strstrip (line);
  if (!*line || *line == '#')
    return TRUE;
  equals = strchr (line, '=');
  if (equals)
    *equals = '\0';
  option = gst_pin_tool_options_find (g_strchomp (line));
  if (!option || !is_for_config (option)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
        "there is no option '%s'. Each line is NAME = VALUE; --help lists the "
        "names", line);
    return FALSE;
  }
  return gst_pin_tool_options_set (options, option,
      equals ? g_strstrip (equals + 1) : NULL, GST_PIN_TOOL_ORIGIN_FILE,
      error);
}

gboolean
gst_pin_tool_config_read_text (GstPinToolOptions *options, const gchar *text,
    const gchar *name, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    if (!read_line (options, lines[i], error)) {
      g_prefix_error (error, "%s, line %u: ", name, i + 1);
      return FALSE;
    }
  return TRUE;
}

/* (transfer full) (nullable) */
static gchar *
find_file (void)
{
  const gchar *const *folders = g_get_system_config_dirs ();
  g_autofree gchar *own = g_build_filename (g_get_user_config_dir (),
      "gst-pin", "config", NULL);

  if (g_file_test (own, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&own);
  for (; *folders; folders++) {
    g_autofree gchar *path = g_build_filename (*folders, "gst-pin", "config",
        NULL);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return NULL;
}

gboolean
gst_pin_tool_config_read (GstPinToolOptions *options, GError **error)
{
  g_autofree gchar *path = options->config ? g_strdup (options->config)
      : find_file ();
  g_autofree gchar *text = NULL;
  g_autofree gchar *shown = path ? g_filename_display_name (path) : NULL;
  g_autoptr (GError) why = NULL;

  if (!read_environment (options, error))
    return FALSE;
  if (!path)
    return TRUE;
  if (!g_file_get_contents (path, &text, NULL, &why)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
        "the configuration cannot be read: %s", why->message);
    return FALSE;
  }
  return gst_pin_tool_config_read_text (options, text, shown, error);
}
