/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that a session hands out, opened: a playlist, or a piece of its plan,
 * whole and in clear. pinfetchsrc opens one for each URI, pinsrc what it pushes.
 */
#pragma once

#include "session-private.h"

G_BEGIN_DECLS

typedef struct _GstPinSessionFile GstPinSessionFile;

/* (transfer full) (nullable) @path: "index.m3u8", "video.m3u8", "audio.m3u8",
 * or a piece's number. NULL: the session is not ready, or has no such file.
 * Holds the session. */
GstPinSessionFile *gst_pin_session_file_open (GstPinSession * session,
    const gchar * path);
void gst_pin_session_file_close (GstPinSessionFile * self);

/* The next bytes from @offset on, as many as there are; to go on where the last
 * call ended is cheap. Blocks until there are some. GST_FLOW_EOS at the end,
 * FLUSHING when the reader is flushing or the session stopped. After a failure,
 * which the session's owner is told of, it blocks until then. One thread. */
GstFlowReturn gst_pin_session_file_read (GstPinSessionFile * self,
    GstPinReader * reader, guint64 offset, GstBuffer ** buffer);

/* -1: not known (yet). Never blocks; any thread. */
gint64 gst_pin_session_file_get_length (GstPinSessionFile * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinSessionFile, gst_pin_session_file_close)

G_END_DECLS
