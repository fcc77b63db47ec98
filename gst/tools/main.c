/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gst-pin-1.0: the videos of Pins from the command line. Reads what was asked
 * for, checks it, and hands it to the command. One process is one run.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <gst/gst.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "choose-private.h"
#include "strategy-private.h"
#include "tool-batch.h"
#include "tool-config.h"
#include "tool-error.h"
#include "tool-generate.h"
#include "tool-help.h"
#include "tool-info.h"
#include "tool-name.h"
#include "tool-print.h"

#define DEFAULT_COLUMNS 80

static gboolean
refuse (GError **error, const gchar *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      message);
  return FALSE;
}

static gboolean
check_get (const GstPinToolOptions *options, GError **error)
{
  gboolean to_stdout = gst_pin_tool_options_is_to_stdout (options);
  guint64 item;

  if (options->item && strcmp (options->item, "all") != 0
      && !g_ascii_string_to_unsigned (options->item, 10, 1, G_MAXINT, &item,
          NULL))
    return refuse (error, "--item takes a number from 1 on, or all");
  if (options->output && !to_stdout
      && !gst_pin_tool_name_check (options->output, error))
    return FALSE;
  if (to_stdout && (options->operands[1] || options->input
          || g_strcmp0 (options->item, "all") == 0))
    return refuse (error, "only one video at a time goes to the standard "
        "output");
  if (to_stdout && isatty (STDOUT_FILENO) && !options->simulate
      && !options->print_pipeline)
    return refuse (error, "a terminal can't show a video: send it to a file "
        "or a program, as in gst-pin-1.0 -o - PIN | ffprobe -");
  return TRUE;
}

/* What no Pin could fulfil is told before any is asked for */
static gboolean
check_wishes (const GstPinToolOptions *options, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (GstPinWish) wish = gst_pin_wish_parse (options->quality, &why);
  g_autoptr (GPtrArray) strategies = NULL;

  if (wish)
    strategies = gst_pin_strategies_parse (options->strategies, &why);
  return strategies || refuse (error, why->message);
}

static gboolean
check (const GstPinToolOptions *options, GError **error)
{
  if (!options->operands[0] && !options->input)
    return refuse (error, "which Pin? --help shows how");
  if (!check_wishes (options, error))
    return FALSE;
  if (options->command == GST_PIN_TOOL_GET)
    return check_get (options, error);
  if (options->operands[1])
    return refuse (error, "one Pin at a time");
  return TRUE;
}

static guint
get_columns (void)
{
  struct winsize size = { 0, };

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
    return size.ws_col;
  return DEFAULT_COLUMNS;
}

static gint
print_help (const GstPinToolOptions *options)
{
  g_autofree gchar *text = gst_pin_tool_help_compose (options->command,
      options->command == GST_PIN_TOOL_GET, get_columns ());

  fputs (text, stdout);
  return GST_PIN_TOOL_EXIT_DONE;
}

static gint
print_generated (const GstPinToolOptions *options)
{
  g_autofree gchar *text = gst_pin_tool_generate (options->generate);

  fputs (text, stdout);
  return GST_PIN_TOOL_EXIT_DONE;
}

static gint
fail (const GstPinToolOptions *options, const GError *error)
{
  g_autofree gchar *json = gst_pin_tool_error_to_json (error);
  g_autofree gchar *line = gst_pin_tool_print_error (NULL, error);

  if (options->json)
    fprintf (gst_pin_tool_options_is_to_stdout (options) ? stderr : stdout,
        "{\"event\":\"error\",\"error\":%s}\n", json);
  else
    fprintf (stderr, "%s\n", line);
  return gst_pin_tool_error_get_exit (error);
}

static void
start_gstreamer (const GstPinToolOptions *options)
{
  gst_init (NULL, NULL);
  if (options->verbose)
    gst_debug_set_threshold_from_string ("pin*:DEBUG", FALSE);
}

static gint
run (const GstPinToolOptions *options)
{
  g_autoptr (GError) error = NULL;
  gint status, worse = GST_PIN_TOOL_EXIT_DONE;

  start_gstreamer (options);
  if (options->command != GST_PIN_TOOL_GET)
    return gst_pin_tool_info_run (options);
  status = gst_pin_tool_batch_run (options, &error);
  if (error)
    worse = fail (options, error);
  return MAX (status, worse);
}

static gint
read_and_run (GstPinToolOptions *options, const gchar *const *words)
{
  g_autoptr (GError) error = NULL;

  if (!gst_pin_tool_options_parse (options, words, &error))
    return fail (options, error);
  if (options->generate != GST_PIN_TOOL_GENERATE_NONE)
    return print_generated (options);
  if (options->help)
    return print_help (options);
  if (options->version) {
    printf ("gst-pin-1.0 %s\n", VERSION);
    return GST_PIN_TOOL_EXIT_DONE;
  }
  if (!gst_pin_tool_config_read (options, &error)
      || !check (options, &error))
    return fail (options, error);
  return run (options);
}

/* What was to be told and could not be is no success, but to a reader that has
 * hung up: it had what it wanted */
static gint
flush_output (gint status)
{
  if ((fflush (stdout) == 0 && !ferror (stdout))
      || gst_pin_tool_print_is_unread ())
    return status;
  fputs ("gst-pin-1.0: io: Could not write to the standard output. Look at "
      "where it leads to.\n", stderr);
  return MAX (status, GST_PIN_TOOL_EXIT_OUTPUT);
}

gint
main (gint argc, gchar **argv)
{
  g_autoptr (GstPinToolOptions) options = gst_pin_tool_options_new ();

  setlocale (LC_ALL, "");
  /* Writing to who has hung up is an error like others, and told as such */
  signal (SIGPIPE, SIG_IGN);
  return flush_output (read_and_run (options,
          (const gchar * const *) argv + 1));
}
