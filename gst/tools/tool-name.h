/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The template of -o → a file's name. Pure functions, any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a name, so that what is put behind it while the file is in the
 * making fits into the 255 of NAME_MAX */
#define GST_PIN_TOOL_NAME_MAX 240

/* What the fields of a template stand for. NULL and 0: not known */
typedef struct
{
  const gchar *title, *id, *author, *board, *date, *ext;
  guint index, height;
} GstPinToolNameFields;

/* Whether all fields of @template are known ones. G_OPTION_ERROR */
gboolean gst_pin_tool_name_check (const gchar * template, GError ** error);
gboolean gst_pin_tool_name_uses (const gchar * template, const gchar * field);

/* (transfer full) A path in which only the template itself makes folders */
gchar *gst_pin_tool_name_expand (const gchar * template,
    const GstPinToolNameFields * fields);

/* (transfer full) @path with " (@number)" in front of its suffix */
gchar *gst_pin_tool_name_number (const gchar * path, guint number);

G_END_DECLS
