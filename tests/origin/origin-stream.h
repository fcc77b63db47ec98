/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bytes of one accepted connection: plain at first, TLS after
 * origin_stream_start_tls(). See origin-stream.c. */

#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

typedef struct _OriginStream OriginStream;

/**
 * OriginEnding:
 * @ORIGIN_ENDING_CLEAN: close_notify where there is TLS, then FIN
 * @ORIGIN_ENDING_CUT: FIN alone, as when a process dies
 * @ORIGIN_ENDING_RESET: a TCP RST
 *
 * How a connection ends.
 */
typedef enum
{
  ORIGIN_ENDING_CLEAN,
  ORIGIN_ENDING_CUT,
  ORIGIN_ENDING_RESET,
} OriginEnding;

/**
 * OriginChooseFunc:
 * @server_name: the name that the client asks for, or an empty string
 * @user_data: what origin_stream_start_tls() was given
 *
 * Returns: (nullable): the certificate to show, which must outlive the stream;
 *     %NULL to refuse the client
 */
typedef gnutls_certificate_credentials_t (*OriginChooseFunc)
                                         (const gchar  * server_name,
                                          gpointer       user_data);

OriginStream * origin_stream_new         (gint fd);
void           origin_stream_end         (OriginStream * self,
                                          OriginEnding   ending);
void           origin_stream_free        (OriginStream * self);
void           origin_stream_interrupt   (OriginStream * self);

gboolean       origin_stream_start_tls   (OriginStream         * self,
                                          OriginChooseFunc       choose,
                                          gpointer               user_data,
                                          const gnutls_datum_t * ticket_key,
                                          gboolean               http2);
gboolean       origin_stream_is_http2    (OriginStream * self);

gchar *        origin_stream_read_head   (OriginStream * self,
                                          gsize          max_size);
gssize         origin_stream_read        (OriginStream * self,
                                          gpointer       data,
                                          gsize          size);
gboolean       origin_stream_write       (OriginStream * self,
                                          gconstpointer  data,
                                          gsize          size);

gboolean       origin_stream_sleep_until (OriginStream * self,
                                          gint64         monotonic_us);
gboolean       origin_stream_wait_input  (OriginStream * self,
                                          gint64         monotonic_us,
                                          gboolean      *readable);

G_END_DECLS
