/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The archive is an SQLite file with a row for each video that was saved. A row
 * is written after the file has its name, and each in a transaction of its own:
 * what is in the archive was whole on the disk at that time, whatever ended the
 * run. Several runs may use one archive at once. The batch opens it; main
 * thread.
 */
#include "tool-archive.h"

#include <gst/pin/error.h>
#include <sqlite3.h>

/* How long to wait for another run that writes, in ms */
#define PATIENCE 10000
/* Says in the file's head whose it is: "GPin" */
#define APPLICATION 0x4750696e
#define VERSION_NOW 1

struct _GstPinToolArchive
{
  sqlite3 *db;
  gchar *path;                  /* for messages */
  sqlite3_stmt *has_one, *has_all, *add;
};

static const gchar schema[] =
    "CREATE TABLE IF NOT EXISTS videos ("
    "  id TEXT NOT NULL,"       /* of the Pin */
    "  item INTEGER NOT NULL,"  /* which of its videos, from 1 */
    "  items INTEGER NOT NULL," /* how many it has */
    "  file TEXT NOT NULL,"
    "  bytes INTEGER NOT NULL,"
    "  saved TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,"
    "  PRIMARY KEY (id, item)"
    ") WITHOUT ROWID;";

static gboolean
fail (GstPinToolArchive *self, GError **error)
{
  g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "The archive %s cannot be used: %s. Look at the file, or name another "
      "with --archive.", self->path, self->db ? sqlite3_errmsg (self->db)
      : "out of memory");
  return FALSE;
}

static gint
get_pragma (GstPinToolArchive *self, const gchar *query)
{
  sqlite3_stmt *statement = NULL;
  gint value = 0;

  if (sqlite3_prepare_v2 (self->db, query, -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

static gboolean
run (GstPinToolArchive *self, const gchar *command, GError **error)
{
  return sqlite3_exec (self->db, command, NULL, NULL, NULL) == SQLITE_OK
      || fail (self, error);
}

/* An archive of another program, or of a later version, stays as it is */
static gboolean
set_up (GstPinToolArchive *self, GError **error)
{
  g_autofree gchar *mark = g_strdup_printf ("PRAGMA application_id = %d;"
      "PRAGMA user_version = %d;", APPLICATION, VERSION_NOW);
  gint application;

  sqlite3_busy_timeout (self->db, PATIENCE);
  /* The first thing that looks into the file */
  if (!run (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  application = get_pragma (self, "PRAGMA application_id");
  if ((application != APPLICATION
          && get_pragma (self, "SELECT count(*) FROM sqlite_master") > 0)
      || get_pragma (self, "PRAGMA user_version") > VERSION_NOW) {
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO,
        "%s is no archive of this program, or of a later version of it. Name "
        "another file with --archive.", self->path);
    return FALSE;
  }
  return run (self, schema, error) && run (self, mark, error)
      && run (self, "COMMIT", error);
}

static gboolean
prepare (GstPinToolArchive *self, const gchar *text,
    sqlite3_stmt **statement, GError **error)
{
  return sqlite3_prepare_v2 (self->db, text, -1, statement, NULL) == SQLITE_OK
      || fail (self, error);
}

GstPinToolArchive *
gst_pin_tool_archive_open (const gchar *path, GError **error)
{
  g_autoptr (GstPinToolArchive) self = g_new0 (GstPinToolArchive, 1);

  self->path = g_filename_display_name (path);
  if (sqlite3_open (path, &self->db) != SQLITE_OK) {
    fail (self, error);
    return NULL;
  }
  if (!set_up (self, error)
      || !prepare (self, "SELECT 1 FROM videos WHERE id = ? AND item = ?",
          &self->has_one, error)
      || !prepare (self, "SELECT count(*) >= max(items) FROM videos "
          "WHERE id = ? HAVING count(*) > 0", &self->has_all, error)
      || !prepare (self, "INSERT OR REPLACE INTO videos "
          "(id, item, items, file, bytes) VALUES (?, ?, ?, ?, ?)",
          &self->add, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
gst_pin_tool_archive_close (GstPinToolArchive *self)
{
  sqlite3_finalize (self->has_one);
  sqlite3_finalize (self->has_all);
  sqlite3_finalize (self->add);
  sqlite3_close (self->db);
  g_free (self->path);
  g_free (self);
}

gboolean
gst_pin_tool_archive_has (GstPinToolArchive *self, const gchar *id,
    guint item)
{
  sqlite3_stmt *statement = item ? self->has_one : self->has_all;
  gboolean has;

  sqlite3_bind_text (statement, 1, id, -1, SQLITE_TRANSIENT);
  if (item)
    sqlite3_bind_int64 (statement, 2, item);
  has = sqlite3_step (statement) == SQLITE_ROW
      && sqlite3_column_int (statement, 0);
  sqlite3_reset (statement);
  return has;
}

gboolean
gst_pin_tool_archive_add (GstPinToolArchive *self,
    const GstPinToolArchiveEntry *entry, GError **error)
{
  g_autofree gchar *path = g_canonicalize_filename (entry->path, NULL);
  g_autofree gchar *shown = g_utf8_make_valid (path, -1);
  gboolean done;

  sqlite3_bind_text (self->add, 1, entry->id, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (self->add, 2, entry->item);
  sqlite3_bind_int64 (self->add, 3, entry->items);
  sqlite3_bind_text (self->add, 4, shown, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (self->add, 5, entry->bytes);
  done = sqlite3_step (self->add) == SQLITE_DONE || fail (self, error);
  sqlite3_reset (self->add);
  return done;
}
