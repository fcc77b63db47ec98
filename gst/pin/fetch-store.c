/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store's file: a head, then records, each some bytes of one resource with
 * what they are and two checksums. It only grows at its end, so a process that
 * is killed leaves at most one torn record there, which the next one cuts off.
 * Nothing in it is believed: a record's head is checked when the file is opened,
 * its bytes when they are read.
 *
 * One thread opens, writes and reads, in the order of what it is given; a disk
 * that is slow makes it keep less, never anybody wait. It ends by itself after
 * close(), when all is written. The fetcher makes one where pinsrc's store is
 * set.
 */
#include "fetch-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "debug-private.h"
#include "error-private.h"
#include "fetch-records-private.h"

#define FILE_MAGIC "gst-pin\n"
#define VERSION_NUMBER 1
#define FILE_HEAD_SIZE 16
#define RECORD_MAGIC 0x6e695072u
#define RECORD_HEAD_SIZE 44
#define MAX_URL 8192
#define MAX_VALIDATOR 1024
/* Who had the file before may still be writing its last bytes */
#define LOCK_PATIENCE (2 * G_TIME_SPAN_SECOND)

/* What is stored of one resource */
typedef struct
{
  gchar *validator;
  guint64 total;
  GArray *records;              /* of GstPinRecord, by offset */
} GstPinStored;

typedef enum
{
  JOB_OPEN, JOB_KEEP, JOB_READ, JOB_CLOSE
} GstPinStoreJobKind;

typedef struct
{
  GstPinStoreJobKind kind;
  gchar *url, *validator;
  guint64 total, offset;
  GstMemory *memory;
  gsize from, size;
  guint8 *to;
  GstPinStoreRead *read;
} GstPinStoreJob;

struct _GstPinStoreRead
{
  gint refs;                    /* the caller's and the job's */
  gboolean cancelled;           /* the context's thread */
  void (*done) (gsize size, gpointer data);
  gpointer data;
  gsize size;
};

struct _GstPinStore
{
  gint refs;
  gchar *path;                  /* const */
  gsize max_waiting;            /* const */
  GMainContext *context;        /* const */
  GAsyncQueue *jobs;            /* of GstPinStoreJob */
  gint fd;                      /* the thread's; -1: not usable */
  goffset end;                  /* of the last good record; the thread's */
  gboolean abandoned;           /* the thread's */
  guint8 *scratch;              /* the thread's */

  const GstPinStoreOwner *owner;        /* the context's thread; NULL: closed */
  gpointer owner_data;

  GMutex lock;
  GHashTable *stored;           /* URL without query → GstPinStored; lock */
  gsize waiting;                /* bytes to be written; lock */
  guint64 written;              /* lock */
};

/* --- values -------------------------------------------------------------- */

/* ISO/IEC 13239, as zlib and PNG have it */
static guint32
crc32_of (guint32 crc, const guint8 *data, gsize size)
{
  static guint32 table[256];
  static gsize made;

  if (g_once_init_enter (&made)) {
    for (guint i = 0; i < 256; i++) {
      table[i] = i;
      for (guint bit = 0; bit < 8; bit++)
        table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
    }
    g_once_init_leave (&made, 1);
  }
  crc = ~crc;
  while (size--)
    crc = crc >> 8 ^ table[(crc ^ *data++) & 0xff];
  return ~crc;
}

/* A query is a signature or a campaign, and differs from day to day */
static gchar *
key_of (const gchar *url)
{
  return g_strndup (url, strcspn (url, "?#"));
}

static void
stored_free (gpointer data)
{
  GstPinStored *self = data;

  g_array_unref (self->records);
  g_free (self->validator);
  g_free (self);
}

static void
add_record_locked (GstPinStore *self, const gchar *key,
    const gchar *validator, guint64 total, const GstPinRecord *record)
{
  GstPinStored *stored = g_hash_table_lookup (self->stored, key);

  /* Another file now: what was stored of the former one is of no use */
  if (stored && (stored->total != total
          || strcmp (stored->validator, validator) != 0)) {
    g_hash_table_remove (self->stored, key);
    stored = NULL;
  }
  if (!stored) {
    stored = g_new0 (GstPinStored, 1);
    stored->validator = g_strdup (validator);
    stored->total = total;
    stored->records = g_array_new (FALSE, FALSE, sizeof (GstPinRecord));
    g_hash_table_insert (self->stored, g_strdup (key), stored);
  }
  gst_pin_records_add (stored->records, record);
}

/* --- life ---------------------------------------------------------------- */

static void
job_free (GstPinStoreJob *job)
{
  g_free (job->url);
  g_free (job->validator);
  if (job->memory)
    gst_memory_unref (job->memory);
  g_free (job);
}

static GstPinStore *
store_ref (GstPinStore *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

static void
store_unref (gpointer data)
{
  GstPinStore *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_async_queue_unref (self->jobs);
  g_hash_table_unref (self->stored);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self->scratch);
  g_free (self->path);
  g_free (self);
}

static void
push (GstPinStore *self, GstPinStoreJobKind kind)
{
  GstPinStoreJob *job = g_new0 (GstPinStoreJob, 1);

  job->kind = kind;
  g_async_queue_push (self->jobs, job);
}

static gpointer store_thread (gpointer data);

GstPinStore *
gst_pin_store_new (const gchar *path, gsize max_waiting, GMainContext *context,
    const GstPinStoreOwner *owner, gpointer data)
{
  GstPinStore *self = g_new0 (GstPinStore, 1);

  self->refs = 1;
  self->path = g_strdup (path);
  self->max_waiting = max_waiting;
  self->context = g_main_context_ref (context);
  self->owner = owner;
  self->owner_data = data;
  self->fd = -1;
  self->jobs = g_async_queue_new ();
  self->stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      stored_free);
  g_mutex_init (&self->lock);
  push (self, JOB_OPEN);
  g_thread_unref (g_thread_new ("gst-pin-store", store_thread,
          store_ref (self)));
  return self;
}

void
gst_pin_store_close (GstPinStore *self)
{
  self->owner = NULL;
  push (self, JOB_CLOSE);
  store_unref (self);
}

/* --- telling the owner --------------------------------------------------- */

typedef struct
{
  GstPinStore *store;
  GError *error;                /* NULL: opened well */
  gboolean opened;
} GstPinStoreNews;

static gboolean
tell_in_context (gpointer data)
{
  GstPinStoreNews *news = data;
  GstPinStore *self = news->store;

  if (self->owner && news->opened)
    self->owner->opened (news->error, self->owner_data);
  else if (self->owner)
    self->owner->abandoned (news->error, self->owner_data);
  return G_SOURCE_REMOVE;
}

static void
news_free (gpointer data)
{
  GstPinStoreNews *news = data;

  g_clear_error (&news->error);
  store_unref (news->store);
  g_free (news);
}

static void
run_in_context (GstPinStore *self, GSourceFunc func, gpointer data,
    GDestroyNotify destroy)
{
  GSource *idle = g_idle_source_new ();

  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, func, data, destroy);
  g_source_attach (idle, self->context);
  g_source_unref (idle);
}

/* Takes @error */
static void
tell (GstPinStore *self, gboolean opened, GError *error)
{
  GstPinStoreNews *news = g_new (GstPinStoreNews, 1);

  news->store = store_ref (self);
  news->error = error;
  news->opened = opened;
  run_in_context (self, tell_in_context, news, news_free);
}

static GError *
io_error (GstPinStore *self, const gchar *what, gint number)
{
  return g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_IO,
      "Could not %s the store %s: %s. The download goes on without it.", what,
      self->path, g_strerror (number));
}

/* --- opening: the thread ------------------------------------------------- */

static void
write_file_head (guint8 *head)
{
  memcpy (head, FILE_MAGIC, 8);
  GST_WRITE_UINT32_BE (head + 8, VERSION_NUMBER);
  GST_WRITE_UINT32_BE (head + 12, 0);
}

static gboolean
read_at (GstPinStore *self, gpointer to, gsize size, goffset position)
{
  gsize done = 0;

  while (done < size) {
    gssize n = pread (self->fd, (guint8 *) to + done, size - done,
        position + done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    done += n;
  }
  return TRUE;
}

/* Reads the record at the file's good end into the index. FALSE: what is there
 * is none, or not all of one. */
static gboolean
scan_record (GstPinStore *self, goffset file_size)
{
  guint8 head[RECORD_HEAD_SIZE];
  guint8 names[MAX_URL + MAX_VALIDATOR];
  g_autofree gchar *key = NULL, *validator = NULL;
  guint32 url_size, validator_size;
  GstPinRecord record;
  guint64 total;

  if (!read_at (self, head, sizeof head, self->end)
      || GST_READ_UINT32_BE (head) != RECORD_MAGIC)
    return FALSE;
  url_size = GST_READ_UINT32_BE (head + 4);
  validator_size = GST_READ_UINT32_BE (head + 8);
  record.size = GST_READ_UINT32_BE (head + 12);
  record.offset = GST_READ_UINT64_BE (head + 16);
  total = GST_READ_UINT64_BE (head + 24);
  record.crc = GST_READ_UINT32_BE (head + 32);
  if (url_size == 0 || url_size > MAX_URL || validator_size > MAX_VALIDATOR
      || record.size == 0 || record.size > GST_PIN_RECORD_MAX || total > G_MAXINT64
      || record.offset >= total || total - record.offset < record.size
      || !read_at (self, names, url_size + validator_size,
          self->end + sizeof head))
    return FALSE;
  if (crc32_of (crc32_of (0, head, 40), names, url_size + validator_size)
      != GST_READ_UINT32_BE (head + 40))
    return FALSE;
  record.position = self->end + sizeof head + url_size + validator_size;
  if (record.position + record.size > file_size)
    return FALSE;
  key = g_strndup ((const gchar *) names, url_size);
  validator = g_strndup ((const gchar *) names + url_size, validator_size);
  g_mutex_lock (&self->lock);
  add_record_locked (self, key, validator, total, &record);
  g_mutex_unlock (&self->lock);
  self->end = record.position + record.size;
  return TRUE;
}

static gboolean
lock_file (GstPinStore *self)
{
  gint64 limit = g_get_monotonic_time () + LOCK_PATIENCE;

  while (flock (self->fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK || g_get_monotonic_time () >= limit)
      return FALSE;
    g_usleep (10000);
  }
  return TRUE;
}

/* Only a file of ours, or an empty one, is written to */
static gboolean
read_file_head (GstPinStore *self, goffset *size, GError **error)
{
  guint8 wanted[FILE_HEAD_SIZE], head[FILE_HEAD_SIZE];
  struct stat info;

  write_file_head (wanted);
  if (fstat (self->fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    *error = io_error (self, "use", EINVAL);
    return FALSE;
  }
  *size = info.st_size;
  if (info.st_size > 0 && read_at (self, head, 8, 0)
      && memcmp (head, wanted, 8) != 0) {
    *error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_IO,
        "%s is not a store, and is left as it is. Name another file; the "
        "download goes on without one.", self->path);
    return FALSE;
  }
  if (info.st_size >= FILE_HEAD_SIZE && read_at (self, head, sizeof head, 0)
      && memcmp (head, wanted, sizeof head) == 0)
    return TRUE;
  /* New, torn at once, or of another version */
  if (ftruncate (self->fd, 0) != 0
      || pwrite (self->fd, wanted, sizeof wanted, 0) != sizeof wanted) {
    *error = io_error (self, "write", errno);
    return FALSE;
  }
  *size = sizeof wanted;
  return TRUE;
}

static gboolean
open_file (GstPinStore *self, GError **error)
{
  goffset size;

  self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
      | O_NONBLOCK, 0600);
  if (self->fd < 0) {
    *error = io_error (self, "open", errno);
    return FALSE;
  }
  if (!lock_file (self)) {
    *error = g_error_new (GST_PIN_ERROR, GST_PIN_ERROR_IO,
        "The store %s is used by another download. This one goes on without "
        "it.", self->path);
    return FALSE;
  }
  if (!read_file_head (self, &size, error))
    return FALSE;
  self->end = FILE_HEAD_SIZE;
  while (self->end < size && scan_record (self, size));
  if (self->end < size && ftruncate (self->fd, self->end) != 0) {
    *error = io_error (self, "mend", errno);
    return FALSE;
  }
  return TRUE;
}

static void
do_open (GstPinStore *self)
{
  GError *error = NULL;

  if (!open_file (self, &error)) {
    if (self->fd >= 0)
      close (self->fd);
    self->fd = -1;
    g_mutex_lock (&self->lock);
    g_hash_table_remove_all (self->stored);
    g_mutex_unlock (&self->lock);
  }
  tell (self, TRUE, error);
}

/* --- writing and reading: the thread ------------------------------------- */

static gboolean
write_all (GstPinStore *self, struct iovec *parts, guint n)
{
  goffset at = self->end;

  while (n > 0) {
    gssize done = pwritev (self->fd, parts, n, at);

    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return FALSE;
    at += done;
    while (n > 0 && (gsize) done >= parts->iov_len) {
      done -= parts->iov_len;
      parts++;
      n--;
    }
    if (n > 0) {
      parts->iov_base = (guint8 *) parts->iov_base + done;
      parts->iov_len -= done;
    }
  }
  return TRUE;
}

/* A disk that is full once is not tried again */
static void
abandon (GstPinStore *self, gint number)
{
  self->abandoned = TRUE;
  if (ftruncate (self->fd, self->end) != 0)
    GST_WARNING ("%s: %s", self->path, g_strerror (errno));
  tell (self, FALSE, io_error (self, "write", number));
}

static void
write_record (GstPinStore *self, GstPinStoreJob *job, const guint8 *data)
{
  guint8 head[RECORD_HEAD_SIZE] = { 0 };
  gsize url_size = strlen (job->url);
  gsize validator_size = strlen (job->validator);
  GstPinRecord record = {.offset = job->offset,.size = job->size };
  struct iovec parts[] = {
    {head, sizeof head}, {job->url, url_size},
    {job->validator, validator_size}, {(gpointer) data, job->size}
  };

  record.crc = crc32_of (0, data, job->size);
  record.position = self->end + sizeof head + url_size + validator_size;
  GST_WRITE_UINT32_BE (head, RECORD_MAGIC);
  GST_WRITE_UINT32_BE (head + 4, url_size);
  GST_WRITE_UINT32_BE (head + 8, validator_size);
  GST_WRITE_UINT32_BE (head + 12, job->size);
  GST_WRITE_UINT64_BE (head + 16, job->offset);
  GST_WRITE_UINT64_BE (head + 24, job->total);
  GST_WRITE_UINT32_BE (head + 32, record.crc);
  GST_WRITE_UINT32_BE (head + 40, crc32_of (crc32_of (crc32_of (0, head, 40),
              (const guint8 *) job->url, url_size),
          (const guint8 *) job->validator, validator_size));
  if (!write_all (self, parts, G_N_ELEMENTS (parts))) {
    abandon (self, errno);
    return;
  }
  self->end = record.position + record.size;
  g_mutex_lock (&self->lock);
  self->written += job->size;
  add_record_locked (self, job->url, job->validator, job->total, &record);
  g_mutex_unlock (&self->lock);
}

static void
do_keep (GstPinStore *self, GstPinStoreJob *job)
{
  GstMapInfo map;

  if (self->fd >= 0 && !self->abandoned
      && gst_memory_map (job->memory, &map, GST_MAP_READ)) {
    write_record (self, job, map.data + job->from);
    gst_memory_unmap (job->memory, &map);
  }
  g_mutex_lock (&self->lock);
  self->waiting -= job->size;
  g_mutex_unlock (&self->lock);
}

static void
drop_record (GstPinStore *self, const gchar *key, const GstPinRecord *record)
{
  GstPinStored *stored;

  g_mutex_lock (&self->lock);
  stored = g_hash_table_lookup (self->stored, key);
  for (guint i = 0; stored && i < stored->records->len; i++)
    if (g_array_index (stored->records, GstPinRecord, i).position
        == record->position) {
      g_array_remove_index (stored->records, i);
      break;
    }
  g_mutex_unlock (&self->lock);
}

static void
read_unref (gpointer data)
{
  GstPinStoreRead *read = data;

  if (g_atomic_int_dec_and_test (&read->refs))
    g_free (read);
}

static gboolean
tell_read (gpointer data)
{
  GstPinStoreRead *read = data;

  if (!read->cancelled) {
    read->done (read->size, read->data);
    read_unref (read);
  }
  return G_SOURCE_REMOVE;
}

/* The bytes at @position, as many as their record has; 0: none */
static gsize
read_record (GstPinStore *self, const gchar *key, guint64 position,
    guint8 *to, gsize size)
{
  const GstPinStored *stored;
  const GstPinRecord *found;
  GstPinRecord record = { 0 };
  guint64 next;
  gsize skip;

  g_mutex_lock (&self->lock);
  stored = g_hash_table_lookup (self->stored, key);
  found = stored ? gst_pin_records_find (stored->records, position, &next)
      : NULL;
  if (found)
    record = *found;
  g_mutex_unlock (&self->lock);
  if (!found)
    return 0;
  if (!self->scratch)
    self->scratch = g_malloc (GST_PIN_RECORD_MAX);
  if (!read_at (self, self->scratch, record.size, record.position)
      || crc32_of (0, self->scratch, record.size) != record.crc) {
    GST_WARNING ("%s: damaged at %" G_GOFFSET_FORMAT, self->path,
        record.position);
    drop_record (self, key, &record);
    return 0;
  }
  skip = position - record.offset;
  size = MIN (size, record.size - skip);
  memcpy (to, self->scratch + skip, size);
  return size;
}

static void
do_read (GstPinStore *self, GstPinStoreJob *job)
{
  gsize done = 0, n;

  while (done < job->size && (n = read_record (self, job->url,
              job->offset + done, job->to + done, job->size - done)) > 0)
    done += n;
  job->read->size = done;
  run_in_context (self, tell_read, job->read, read_unref);
}

static gpointer
store_thread (gpointer data)
{
  GstPinStore *self = data;
  gboolean open = TRUE;

  while (open) {
    GstPinStoreJob *job = g_async_queue_pop (self->jobs);

    switch (job->kind) {
      case JOB_OPEN:
        do_open (self);
        break;
      case JOB_KEEP:
        do_keep (self, job);
        break;
      case JOB_READ:
        do_read (self, job);
        break;
      case JOB_CLOSE:
        open = FALSE;
        break;
    }
    job_free (job);
  }
  if (self->fd >= 0)
    close (self->fd);
  store_unref (self);
  return NULL;
}

/* --- what others ask: any thread ----------------------------------------- */

gboolean
gst_pin_store_knows (GstPinStore *self, const gchar *url, gchar **validator,
    guint64 *total)
{
  g_autofree gchar *key = key_of (url);
  GstPinStored *stored;
  gboolean knows;

  g_mutex_lock (&self->lock);
  stored = g_hash_table_lookup (self->stored, key);
  knows = stored && stored->records->len > 0;
  if (knows && validator)
    *validator = g_strdup (stored->validator);
  if (knows && total)
    *total = stored->total;
  g_mutex_unlock (&self->lock);
  return knows;
}

guint64
gst_pin_store_look (GstPinStore *self, const gchar *url, guint64 position,
    guint64 *next)
{
  g_autofree gchar *key = key_of (url);
  const GstPinStored *stored;
  const GstPinRecord *record;

  g_mutex_lock (&self->lock);
  stored = g_hash_table_lookup (self->stored, key);
  *next = G_MAXUINT64;
  while (stored && (record = gst_pin_records_find (stored->records, position,
              next)))
    position = record->offset + record->size;
  g_mutex_unlock (&self->lock);
  return position;
}

void
gst_pin_store_forget (GstPinStore *self, const gchar *url)
{
  g_autofree gchar *key = key_of (url);

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->stored, key);
  g_mutex_unlock (&self->lock);
}

void
gst_pin_store_keep (GstPinStore *self, const gchar *url,
    const gchar *validator, guint64 total, guint64 offset, GstMemory *memory,
    gsize from, gsize to)
{
  gsize size = to - from;
  GstPinStoreJob *job;
  gboolean fits;

  if (strlen (validator) > MAX_VALIDATOR || strcspn (url, "?#") > MAX_URL
      || size == 0 || size > GST_PIN_RECORD_MAX)
    return;
  g_mutex_lock (&self->lock);
  fits = self->waiting + size <= self->max_waiting;
  if (fits)
    self->waiting += size;
  g_mutex_unlock (&self->lock);
  if (!fits)
    return;
  job = g_new0 (GstPinStoreJob, 1);
  job->kind = JOB_KEEP;
  job->url = key_of (url);
  job->validator = g_strdup (validator);
  job->total = total;
  job->offset = offset;
  job->memory = gst_memory_ref (memory);
  job->from = from;
  job->size = size;
  g_async_queue_push (self->jobs, job);
}

GstPinStoreRead *
gst_pin_store_read (GstPinStore *self, const gchar *url, guint64 position,
    GstMemory *memory, guint8 *to, gsize size,
    void (*done) (gsize size, gpointer data), gpointer data)
{
  GstPinStoreRead *read = g_new0 (GstPinStoreRead, 1);
  GstPinStoreJob *job = g_new0 (GstPinStoreJob, 1);

  read->refs = 2;
  read->done = done;
  read->data = data;
  job->kind = JOB_READ;
  job->url = key_of (url);
  job->offset = position;
  job->memory = gst_memory_ref (memory);
  job->to = to;
  job->size = size;
  job->read = read;
  g_async_queue_push (self->jobs, job);
  return read;
}

void
gst_pin_store_read_cancel (GstPinStoreRead *read)
{
  read->cancelled = TRUE;
  read_unref (read);
}

guint64
gst_pin_store_get_written (GstPinStore *self)
{
  guint64 written;

  g_mutex_lock (&self->lock);
  written = self->written;
  g_mutex_unlock (&self->lock);
  return written;
}
