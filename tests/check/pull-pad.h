/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a source pad does that is pulled from: for tests and fuzzers whose pad
 * is made in memory.
 */
#pragma once

#include <gst/gst.h>

/* Offers @size bytes to be pulled; TRUE where @query asks for that */
static inline gboolean
pull_pad_answer (GstQuery * query, gsize size)
{
  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_SCHEDULING:
      gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEEKABLE, 1, -1, 0);
      gst_query_add_scheduling_mode (query, GST_PAD_MODE_PULL);
      return TRUE;
    case GST_QUERY_DURATION:
      gst_query_set_duration (query, GST_FORMAT_BYTES, size);
      return TRUE;
    default:
      return FALSE;
  }
}

static inline GstFlowReturn
pull_pad_give (const guint8 * data, gsize size, guint64 offset, guint wish,
    GstBuffer ** buffer)
{
  if (offset >= size)
    return GST_FLOW_EOS;
  *buffer = gst_buffer_new_memdup (data + offset, MIN (wish, size - offset));
  GST_BUFFER_OFFSET (*buffer) = offset;
  return GST_FLOW_OK;
}

/* Until the demuxer's own thread has nothing more to do: its task says so before
 * it has done all that belongs to the end */
static inline void
pull_pad_wait (GstPad * sink)
{
  while (gst_pad_get_task_state (sink) == GST_TASK_STARTED)
    g_thread_yield ();
  GST_PAD_STREAM_LOCK (sink);
  GST_PAD_STREAM_UNLOCK (sink);
}
