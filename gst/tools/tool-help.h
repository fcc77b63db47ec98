/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * --help, and what the man page has in common with it.
 */
#pragma once

#include "tool-options.h"

G_BEGIN_DECLS

typedef struct
{
  const gchar *line, *meaning;
} GstPinToolExample;

/* Each of some things that is told with a name: an exit status, a file … */
typedef struct
{
  const gchar *name, *meaning;
} GstPinToolFact;

const GstPinToolExample *gst_pin_tool_help_get_examples (guint * n);
const GstPinToolFact *gst_pin_tool_help_get_statuses (guint * n);

/* (transfer full) For @command alone, or for all where @all. @columns: the
 * terminal's width */
gchar *gst_pin_tool_help_compose (GstPinToolCommand command, gboolean all,
    guint columns);

G_END_DECLS
