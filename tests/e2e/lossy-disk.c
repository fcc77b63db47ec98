/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk that lost what it took: preloaded into a program, what that reads back
 * of a file in the making (NAME.part) with pread() is zeros.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
is_in_the_making (int fd)
{
  static const char suffix[] = ".part";
  char link[64], path[PATH_MAX];
  ssize_t n;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, path, sizeof path);
  return n >= (ssize_t) sizeof suffix
      && memcmp (path + n - (sizeof suffix - 1), suffix,
      sizeof suffix - 1) == 0;
}

/* The name that it goes by where offsets have 64 bits */
ssize_t
pread64 (int fd, void *data, size_t size, off64_t offset)
{
  ssize_t n = syscall (SYS_pread64, fd, data, size, offset);

  if (n > 0 && is_in_the_making (fd))
    memset (data, 0, n);
  return n;
}
