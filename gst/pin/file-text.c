/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small file of the user's as text. A path can lead to anything: a device
 * that never ends, a pipe into which nobody writes, a file of gigabytes. So
 * only a file of its own on a disk is read, and of that no more than the limit.
 * Pure function, any thread.
 */
#include "file-text-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gst/pin/error.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads at most @max bytes; -1: errno says why */
static gssize
read_all (int fd, gchar *text, gsize max)
{
  gsize size = 0;

  while (size < max) {
    gssize n = read (fd, text + size, max - size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    if (n == 0)
      break;
    size += n;
  }
  return size;
}

/* NULL: @text has it; else what is wrong */
static const gchar *
read_path (const gchar *path, gchar *text, gsize max)
{
  /* A pipe would make open() wait */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const gchar *problem = NULL;
  struct stat info;
  gssize size;

  if (fd < 0)
    return g_strerror (errno);
  if (fstat (fd, &info) != 0)
    problem = g_strerror (errno);
  else if (!S_ISREG (info.st_mode))
    problem = "it is no ordinary file";
  else {
    size = read_all (fd, text, max + 1);
    if (size < 0)
      problem = g_strerror (errno);
    else if ((gsize) size > max)
      problem = "it is far too long";
    else if (memchr (text, '\0', size))
      problem = "it is no text";
    else
      text[size] = '\0';
  }
  close (fd);
  return problem;
}

gchar *
gst_pin_file_text_read (const gchar *path, gsize max, const gchar *what,
    GError **error)
{
  g_autofree gchar *text = g_malloc (max + 2);
  const gchar *problem = read_path (path, text, max);

  if (!problem)
    return g_steal_pointer (&text);
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "Could not read the %s in %s: %s. Check the path.", what, path, problem);
  return NULL;
}
