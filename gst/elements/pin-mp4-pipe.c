/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fdsink waits until it can write, and that wait ends with a state change;
 * then it writes all it was given at once. A write of more than fits into a
 * pipe blocks until somebody reads, and a change to NULL with it (observed in
 * GStreamer 1.22, where the file descriptor is not O_NONBLOCK). What fits
 * into one page never blocks after the wait (pipe(7): one free slot is enough),
 * nor what fits into a pipe that is empty. So where the muxer's batches go to
 * such an fdsink, they are cut to that size, as references to the same memory;
 * all others get them whole. In the thread that pushes.
 */
#define _GNU_SOURCE             /* F_GETPIPE_SZ */
#include "pin-mp4-pipe.h"

#include "pin-walk.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* The file descriptor behind @src, if a write to it can block; else -1.
 * @direct: (out): nothing stands between */
static gint
find_blocking_fd (GstPad *src, gboolean *direct)
{
  guint n_between = 0;
  g_autoptr (GstElement) sink = gst_pin_walk_find (src, "fdsink", &n_between);
  struct stat info;
  gint fd = -1, flags;

  if (sink == NULL)
    return -1;
  *direct = n_between == 0;
  g_object_get (sink, "fd", &fd, NULL);
  flags = fcntl (fd, F_GETFL);
  if (flags == -1 || (flags & O_NONBLOCK) || fstat (fd, &info) != 0
      || S_ISREG (info.st_mode) || S_ISBLK (info.st_mode))
    return -1;
  return fd;
}

/* How much can be written, once anything can */
static gsize
find_room (gint fd, gboolean direct)
{
#ifdef F_GETPIPE_SZ
  gint pending, size;

  if (direct && ioctl (fd, FIONREAD, &pending) == 0 && pending == 0) {
    size = fcntl (fd, F_GETPIPE_SZ);
    if (size > PIPE_BUF)
      return size;
  }
#endif
  return PIPE_BUF;
}

/* @buffer: (transfer none) */
static GstFlowReturn
push_pieces (GstPad *src, GstBuffer *buffer, gint fd, gboolean direct)
{
  gsize size = gst_buffer_get_size (buffer), at, n;
  GstFlowReturn ret = GST_FLOW_OK;

  for (at = 0; at < size && ret == GST_FLOW_OK; at += n) {
    n = find_room (fd, direct);
    n = MIN (n, size - at);
    ret = gst_pad_push (src, gst_buffer_copy_region (buffer,
            GST_BUFFER_COPY_MEMORY, at, n));
  }
  return ret;
}

/* Whether the sink can block is looked up for every batch, of which there is
 * one per megabyte */
static GstPadProbeReturn
on_list (GstPad *src, GstPadProbeInfo *info, gpointer user_data)
{
  GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);
  GstFlowReturn ret = GST_FLOW_OK;
  gboolean direct;
  gint fd = find_blocking_fd (src, &direct);
  guint i;

  if (fd < 0)
    return GST_PAD_PROBE_OK;
  for (i = 0; i < gst_buffer_list_length (list) && ret == GST_FLOW_OK; i++)
    ret = push_pieces (src, gst_buffer_list_get (list, i), fd, direct);
  gst_buffer_list_unref (list);
  info->data = NULL;
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = ret;
  return GST_PAD_PROBE_HANDLED;
}

/*
 * gst_pin_mp4_pipe_watch:
 * @src: a pad that sends lists of buffers; for its whole life
 */
void
gst_pin_mp4_pipe_watch (GstPad *src)
{
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER_LIST, on_list, NULL, NULL);
}
