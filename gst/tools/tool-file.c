/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file in the making. It grows as PATH.part beside its place, and beside that
 * is PATH.part.store, where pinsrc keeps what it fetched: with that a later run
 * makes PATH.part again. Once the file is whole it is given its time, put onto
 * the disk, and renamed: whoever sees PATH sees all of it, also after the power
 * went. A lock on the .part keeps two runs from writing one. A job owns it;
 * finish() runs in a thread of its own while nobody else uses it.
 */
#define _GNU_SOURCE             /* renameat2() */
#include "tool-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gst/pin/error.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ".part"
#define STORE ".part.store"
/* Bytes of a store with nothing in it: docs/store.md */
#define EMPTY_STORE 16

struct _GstPinToolFile
{
  gchar *part, *store;
  gint fd;                      /* holds the lock */
};

static const gchar *
advice_for (gint number)
{
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return "Free some room, or choose another folder with --folder.";
    case EACCES:
    case EPERM:
    case EROFS:
      return "Choose a folder that can be written with --folder.";
    case ENAMETOOLONG:
      return "Choose a shorter name with --output.";
    default:
      return "Choose another place with --folder or --output.";
  }
}

static gboolean
fail (GError **error, gint number, const gchar *what, const gchar *path)
{
  g_autofree gchar *shown = g_filename_display_name (path);

  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "Could not %s %s: %s. %s", what, shown, g_strerror (number),
      advice_for (number));
  return FALSE;
}

static gboolean
make_folder (const gchar *path, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0777) == 0)
    return TRUE;
  return fail (error, errno, "make the folder", folder);
}

/* Whoever had it before may have renamed or removed it in the meantime */
static gboolean
is_still_there (const GstPinToolFile *self)
{
  struct stat ours, theirs;

  return fstat (self->fd, &ours) == 0 && lstat (self->part, &theirs) == 0
      && ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

static gboolean
open_part (GstPinToolFile *self, GError **error)
{
  do {
    if (self->fd >= 0)
      close (self->fd);
    /* No link is followed: who may write into the folder doesn't say where to */
    self->fd = open (self->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
        0666);
    if (self->fd < 0)
      return fail (error, errno, "make", self->part);
    if (flock (self->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
      g_autofree gchar *shown = g_filename_display_name (self->part);

      g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
          "%s is being written by another run. Wait for its end, or choose "
          "another name with --output.", shown);
      return FALSE;
    }
  } while (!is_still_there (self));
  return TRUE;
}

GstPinToolFile *
gst_pin_tool_file_open (const gchar *path, gboolean go_on, GError **error)
{
  g_autoptr (GstPinToolFile) self = g_new0 (GstPinToolFile, 1);

  self->part = g_strconcat (path, PART, NULL);
  self->store = g_strconcat (path, STORE, NULL);
  self->fd = -1;
  if (!make_folder (path, error) || !open_part (self, error))
    return NULL;
  if (!go_on)
    unlink (self->store);
  return g_steal_pointer (&self);
}

void
gst_pin_tool_file_free (GstPinToolFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->part);
  g_free (self->store);
  g_free (self);
}

const gchar *
gst_pin_tool_file_get_part (const GstPinToolFile *self)
{
  return self->part;
}

const gchar *
gst_pin_tool_file_get_store (const GstPinToolFile *self)
{
  return self->store;
}

static gboolean
has_kept_anything (const GstPinToolFile *self)
{
  struct stat status;

  return stat (self->store, &status) == 0 && status.st_size > EMPTY_STORE;
}

gboolean
gst_pin_tool_file_discard (GstPinToolFile *self, gboolean keep)
{
  gboolean kept = keep && has_kept_anything (self);

  if (!kept)
    unlink (self->store);
  unlink (self->part);
  return kept;
}

/* Without a .part nobody is at work here */
void
gst_pin_tool_file_tidy (const gchar *path)
{
  g_autofree gchar *part = g_strconcat (path, PART, NULL);
  g_autofree gchar *store = g_strconcat (path, STORE, NULL);

  if (access (part, F_OK) != 0)
    unlink (store);
}

static void
set_time (GstPinToolFile *self, GDateTime *when)
{
  struct timespec times[2] = { {.tv_nsec = UTIME_OMIT} };

  if (!when)
    return;
  times[1].tv_sec = g_date_time_to_unix (when);
  /* A file system may not know the times of 1901; the file is as good */
  (void) futimens (self->fd, times);
}

static gboolean
rename_part (const gchar *part, const gchar *path, gboolean replace)
{
  if (replace)
    return rename (part, path) == 0;
  if (renameat2 (AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  /* A file system without that: a link fails where the name is taken, too */
  if (link (part, path) == 0) {
    unlink (part);
    return TRUE;
  }
  if (errno != EPERM && errno != EOPNOTSUPP)
    return FALSE;
  /* One without links, such as FAT: what is left is to look first */
  if (access (path, F_OK) == 0) {
    errno = EEXIST;
    return FALSE;
  }
  return rename (part, path) == 0;
}

/* The name is in the folder, and so on the disk when that is. Some file systems
 * know no such thing */
static void
sync_folder (const gchar *path)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  gint fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  (void) fsync (fd);
  close (fd);
}

gboolean
gst_pin_tool_file_finish (GstPinToolFile *self, const gchar *path,
    GDateTime *when, gboolean replace, gboolean *exists, GError **error)
{
  *exists = FALSE;
  set_time (self, when);
  if (fsync (self->fd) < 0 && errno != EINVAL)
    return fail (error, errno, "write", self->part);
  if (!make_folder (path, error))
    return FALSE;
  if (!rename_part (self->part, path, replace)) {
    *exists = errno == EEXIST;
    return fail (error, errno, "give the file its name,", path);
  }
  unlink (self->store);
  sync_folder (path);
  return TRUE;
}
