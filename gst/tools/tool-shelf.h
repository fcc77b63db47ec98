/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names that the Pins of one run take.
 */
#pragma once

#include "tool-options.h"

G_BEGIN_DECLS

typedef struct _GstPinToolShelf GstPinToolShelf;

GstPinToolShelf *gst_pin_tool_shelf_new (void);
void gst_pin_tool_shelf_free (GstPinToolShelf * self);

typedef enum
{
  GST_PIN_TOOL_SHELF_FREE,      /* it is the video's from now on */
  GST_PIN_TOOL_SHELF_THERE,     /* a file of that name was there before the run */
  GST_PIN_TOOL_SHELF_TWICE      /* this very video has it already */
} GstPinToolShelfAnswer;

/* Asks for @path on behalf of @video. Where another video of this run has it,
 * or @present says to find another name, *@given is that other name. */
GstPinToolShelfAnswer gst_pin_tool_shelf_claim (GstPinToolShelf * self,
    const gchar * path, const gchar * video, GstPinToolPresent present,
    gchar ** given);

/* The video came to nothing; another may have its name */
void gst_pin_tool_shelf_release (GstPinToolShelf * self, const gchar * path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinToolShelf, gst_pin_tool_shelf_free)

G_END_DECLS
