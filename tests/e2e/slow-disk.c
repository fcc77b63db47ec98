/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk that never gets done: preloaded into a program, its fsync() says so on
 * the standard error and waits for ever.
 */
#include <unistd.h>

int
fsync (int fd)
{
  static const char words[] = "fsync waits\n";

  if (write (2, words, sizeof words - 1) < 0)
    return -1;
  for (;;)
    pause ();
}
