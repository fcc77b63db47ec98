/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of a session, read. A playlist is text at hand. A piece is a fragment
 * of the plan, as it is; or, where it is encrypted or has its init section in
 * front, a walk over its parts, which are decrypted on the way. Such a walk
 * goes forward: to go back it begins again.
 *
 * Made by who reads (pinfetchsrc, for one URI), used on its streaming thread,
 * closed when that is done.
 */
#include "session-file-private.h"

#include <string.h>

#include "aes-private.h"
#include "error-private.h"
#include "fetch-shape-private.h"
#include "session-plan-private.h"

/* What fetch-shape needs to tell media */
#define HEAD_SIZE 8
#define TS_PACKET 188
#define TS_SYNC 0x47

struct _GstPinSessionFile
{
  GstPinSession *session;       /* const */
  GBytes *text;                 /* const; NULL: a piece */
  const GstPinPiece *piece;     /* const */
  GstPinFetcher *fetcher;       /* const; the session's */

  /* Streaming thread: the walk */
  const GstPinPart *part;       /* being read; NULL: at the end */
  guint64 part_offset;          /* of its bytes, as fetched */
  guint64 position;             /* of the file's bytes, as handed out */
  gboolean in_clear;            /* the part needs no key */
  gboolean has_key;             /* aes is ready for the part */
  gboolean began_well;          /* the part is known to be media */
  GstPinAes aes;
};

static void
begin_part (GstPinSessionFile *self, const GstPinPart *part)
{
  self->part = part;
  self->part_offset = 0;
  self->in_clear = part->key < 0;
  self->has_key = self->began_well = FALSE;
}

static void
begin_walk (GstPinSessionFile *self)
{
  self->position = 0;
  begin_part (self, self->piece->init.fragment >= 0 ? &self->piece->init
      : &self->piece->media);
}

GstPinSessionFile *
gst_pin_session_file_open (GstPinSession *session, const gchar *path)
{
  GstPinFetcher *fetcher = NULL;
  const GstPinSessionPlan *plan = gst_pin_session_get_plan (session, &fetcher);
  const GstPinPiece *piece = NULL;
  GBytes *text = NULL;
  GstPinSessionFile *self;

  if (!plan)
    return NULL;
  text = gst_pin_session_plan_get_text (plan, path);
  if (!text && fetcher)
    piece = gst_pin_session_plan_get_piece (plan, path);
  if (!text && !piece)
    return NULL;

  self = g_new0 (GstPinSessionFile, 1);
  self->session = gst_pin_session_ref (session);
  self->fetcher = fetcher;
  self->text = text;
  self->piece = piece;
  if (piece)
    begin_walk (self);
  return self;
}

void
gst_pin_session_file_close (GstPinSessionFile *self)
{
  gst_pin_session_unref (self->session);
  g_free (self);
}

/* Takes @error. The owner ends the pipeline; until then there is no end */
static GstFlowReturn
fail (GstPinSessionFile *self, GstPinReader *reader, GError *error)
{
  gst_pin_session_report (self->session, error);
  gst_pin_session_wait_end (self->session, reader);
  return GST_FLOW_FLUSHING;
}

static GError *
make_error (GstPinSessionFile *self, GstPinError code, guint fragment,
    const gchar *what)
{
  const gchar *url = gst_pin_fetcher_get_fragment (self->fetcher,
      fragment)->url;
  g_autofree gchar *shown = gst_pin_url_for_display (url);
  GError *error = g_error_new (GST_PIN_ERROR, code, "%s %s. Try another "
      "quality, or later.", shown, what);

  gst_pin_error_set_url (error, url);
  gst_pin_error_set_details (error, "fragment", G_TYPE_UINT,
      self->piece->number, "rendition", G_TYPE_UINT, self->piece->track, NULL);
  return error;
}

static GError *
key_error (GstPinSessionFile *self)
{
  return make_error (self, GST_PIN_ERROR_SCHEMA, self->part->key,
      "is no AES-128 key, which has 16 bytes");
}

static GError *
cipher_error (GstPinSessionFile *self)
{
  return make_error (self, GST_PIN_ERROR_SCHEMA, self->part->fragment,
      "cannot be decrypted: what its key makes of it is no media");
}

static GError *
padding_error (GstPinSessionFile *self)
{
  return make_error (self, GST_PIN_ERROR_TRUNCATED, self->part->fragment,
      "is not whole: it does not end as encrypted files do");
}

static GError *
size_error (GstPinSessionFile *self)
{
  return make_error (self, GST_PIN_ERROR_SCHEMA, self->part->fragment,
      "is too large for an init section");
}

static GstFlowReturn
read_key (GstPinSessionFile *self, GstPinReader *reader, guint8 *key)
{
  gsize size = 0;
  GstFlowReturn flow;

  do {
    g_autoptr (GstBuffer) buffer = NULL;

    flow = gst_pin_fetcher_read (self->fetcher, reader, self->part->key, size,
        &buffer);
    if (flow != GST_FLOW_OK)
      break;
    if (gst_buffer_get_size (buffer) > AES_BLOCK_SIZE - size)
      return fail (self, reader, key_error (self));
    size += gst_buffer_extract (buffer, 0, key + size, -1);
  } while (size > 0);
  if (flow == GST_FLOW_ERROR
      || (flow == GST_FLOW_EOS && size != AES_BLOCK_SIZE))
    return fail (self, reader, key_error (self));
  return flow == GST_FLOW_EOS ? GST_FLOW_OK : flow;
}

static GstFlowReturn
begin_decryption (GstPinSessionFile *self, GstPinReader *reader)
{
  guint8 key[AES_BLOCK_SIZE];
  GstFlowReturn flow = read_key (self, reader, key);

  if (flow == GST_FLOW_OK) {
    gst_pin_aes_init (&self->aes, key, self->part->iv);
    self->has_key = TRUE;
  }
  return flow;
}

/* (nullable) What is certain of the fetched bytes in clear. It holds @in, so
 * that its room in the budget stays taken until downstream is done. */
static GstBuffer *
decrypt (GstPinSessionFile *self, GstBuffer *in)
{
  GstBuffer *out;
  GstMapInfo from, to;
  gsize size;

  gst_buffer_map (in, &from, GST_MAP_READ);
  out = gst_buffer_new_allocate (NULL, gst_pin_aes_room (from.size), NULL);
  gst_buffer_map (out, &to, GST_MAP_WRITE);
  size = gst_pin_aes_push (&self->aes, from.data, from.size, to.data);
  gst_buffer_unmap (out, &to);
  gst_buffer_unmap (in, &from);
  if (size == 0) {
    gst_buffer_unref (out);
    return NULL;
  }
  gst_buffer_set_size (out, size);
  gst_buffer_add_parent_buffer_meta (out, in);
  return out;
}

/* One byte in 256 looks like a packet of a transport stream; two seldom do */
static gboolean
begins_as_media (GstBuffer *buffer)
{
  guint8 head[HEAD_SIZE];
  gsize size = gst_buffer_extract (buffer, 0, head, sizeof head);

  if (head[0] == TS_SYNC && gst_buffer_get_size (buffer) > TS_PACKET)
    return gst_buffer_memcmp (buffer, TS_PACKET, head, 1) == 0;
  return gst_pin_shape_begins_well (head, size);
}

/* The part's next bytes in clear. *buffer NULL with OK: there are none yet */
static GstFlowReturn
take_bytes (GstPinSessionFile *self, GstPinReader *reader, GstBuffer **buffer)
{
  g_autoptr (GstBuffer) in = *buffer;

  /* RFC 8216, section 4.3.2.4, wants it encrypted; one that is not tells so
   * itself */
  if (self->part_offset == 0 && self->part->is_init && begins_as_media (in))
    self->in_clear = TRUE;
  self->part_offset += gst_buffer_get_size (in);
  *buffer = NULL;
  if (self->in_clear) {
    *buffer = g_steal_pointer (&in);
    return GST_FLOW_OK;
  }
  *buffer = decrypt (self, in);
  if (!*buffer || self->began_well)
    return GST_FLOW_OK;
  self->began_well = begins_as_media (*buffer);
  if (self->began_well)
    return GST_FLOW_OK;
  gst_clear_buffer (buffer);
  return fail (self, reader, cipher_error (self));
}

/* What was held back until it was known to be the last */
static GstFlowReturn
end_part (GstPinSessionFile *self, GstPinReader *reader, GstBuffer **buffer)
{
  guint8 rest[AES_BLOCK_SIZE];
  gsize size = 0;

  /* A part without a byte was left out, as the owner was told */
  if (!self->in_clear && self->part_offset > 0) {
    if (!gst_pin_aes_finish (&self->aes, rest, &size))
      return fail (self, reader, self->began_well ? padding_error (self)
          : cipher_error (self));
    if (size > 0)
      *buffer = gst_buffer_new_memdup (rest, size);
  }
  if (self->part == &self->piece->init)
    begin_part (self, &self->piece->media);
  else
    self->part = NULL;
  return GST_FLOW_OK;
}

static GstFlowReturn
walk (GstPinSessionFile *self, GstPinReader *reader, GstBuffer **buffer)
{
  GstFlowReturn flow = GST_FLOW_OK;

  *buffer = NULL;
  while (flow == GST_FLOW_OK && !*buffer) {
    if (!self->part)
      return GST_FLOW_EOS;
    if (!self->in_clear && !self->has_key) {
      flow = begin_decryption (self, reader);
      continue;
    }
    flow = gst_pin_fetcher_read (self->fetcher, reader, self->part->fragment,
        self->part_offset, buffer);
    if (flow == GST_FLOW_OK)
      flow = take_bytes (self, reader, buffer);
    else if (flow == GST_FLOW_EOS)
      flow = end_part (self, reader, buffer);
    else if (flow == GST_FLOW_ERROR)
      flow = fail (self, reader, size_error (self));
  }
  return flow;
}

static GstFlowReturn
walk_to (GstPinSessionFile *self, GstPinReader *reader, guint64 offset,
    GstBuffer **buffer)
{
  if (offset < self->position)
    begin_walk (self);
  while (TRUE) {
    GstFlowReturn flow = walk (self, reader, buffer);
    gsize size;

    if (flow != GST_FLOW_OK)
      return flow;
    size = gst_buffer_get_size (*buffer);
    self->position += size;
    if (self->position > offset) {
      if (self->position - offset < size)
        gst_buffer_resize (*buffer, size - (self->position - offset), -1);
      return GST_FLOW_OK;
    }
    gst_clear_buffer (buffer);
  }
}

static gboolean
is_plain (const GstPinPiece *piece)
{
  return piece->init.fragment < 0 && piece->media.key < 0;
}

static GstFlowReturn
read_text (GstPinSessionFile *self, guint64 offset, GstBuffer **buffer)
{
  if (offset >= g_bytes_get_size (self->text))
    return GST_FLOW_EOS;
  *buffer = gst_buffer_new_wrapped_bytes (self->text);
  gst_buffer_resize (*buffer, offset, -1);
  return GST_FLOW_OK;
}

GstFlowReturn
gst_pin_session_file_read (GstPinSessionFile *self, GstPinReader *reader,
    guint64 offset, GstBuffer **buffer)
{
  if (self->text)
    return read_text (self, offset, buffer);
  if (is_plain (self->piece))
    return gst_pin_fetcher_read (self->fetcher, reader,
        self->piece->media.fragment, offset, buffer);
  return walk_to (self, reader, offset, buffer);
}

gint64
gst_pin_session_file_get_length (GstPinSessionFile *self)
{
  gint64 init = 0, media;

  if (self->text)
    return g_bytes_get_size (self->text);
  /* The padding is not known before the end */
  if (self->piece->media.key >= 0 || self->piece->init.key >= 0)
    return -1;
  if (self->piece->init.fragment >= 0)
    init = gst_pin_fetcher_get_length (self->fetcher,
        self->piece->init.fragment);
  media = gst_pin_fetcher_get_length (self->fetcher,
      self->piece->media.fragment);
  return init < 0 || media < 0 ? -1 : init + media;
}
