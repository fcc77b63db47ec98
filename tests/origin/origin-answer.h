/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the origin answers. See origin-answer.c. */

#pragma once

#include "origin-request.h"

G_BEGIN_DECLS

/**
 * OriginAnswer:
 * @status: the HTTP status
 * @headers: name, value, name, value …
 * @body: the whole body, before a range is taken from it
 * @etag: (nullable): the entity tag, with its quotes
 * @last_modified: (nullable): an HTTP date
 * @start: the first byte of @body that is sent
 * @end: one more than the last byte of @body that is sent
 */
typedef struct
{
  guint status;
  GPtrArray *headers;
  GBytes *body;
  gchar *etag;
  gchar *last_modified;
  guint64 start;
  guint64 end;
} OriginAnswer;

OriginAnswer * origin_answer_new         (guint                 status,
                                          const gchar         * content_type,
                                          GBytes              * body);
OriginAnswer * origin_answer_new_text    (guint                 status,
                                          const gchar         * content_type,
                                          const gchar         * text);
void           origin_answer_free        (OriginAnswer        * self);

void           origin_answer_add_header  (OriginAnswer        * self,
                                          const gchar         * name,
                                          const gchar         * value);
void           origin_answer_take_range  (OriginAnswer        * self,
                                          const OriginRequest * request);
void           origin_answer_compress    (OriginAnswer        * self);
void           origin_answer_spoil       (OriginAnswer        * self,
                                          guint64               from);

gchar *        origin_answer_format_date (gint64                unix_time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OriginAnswer, origin_answer_free)

G_END_DECLS
