/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The certificate authority of one run. See origin-authority.c. */

#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

typedef struct _OriginAuthority OriginAuthority;

/**
 * OriginFlaw:
 * @ORIGIN_FLAW_NONE: the certificate fits
 * @ORIGIN_FLAW_MISMATCH: it is for another name
 * @ORIGIN_FLAW_EXPIRED: its time is over
 * @ORIGIN_FLAW_SELF_SIGNED: the authority did not sign it
 *
 * What is wrong with a certificate.
 */
typedef enum
{
  ORIGIN_FLAW_NONE,
  ORIGIN_FLAW_MISMATCH,
  ORIGIN_FLAW_EXPIRED,
  ORIGIN_FLAW_SELF_SIGNED,
} OriginFlaw;

OriginAuthority *      origin_authority_new            (void);
void                   origin_authority_free           (OriginAuthority * self);

gchar *                origin_authority_get_pem        (OriginAuthority * self);
const gnutls_datum_t * origin_authority_get_ticket_key (OriginAuthority * self);
gnutls_certificate_credentials_t
                       origin_authority_get_credentials
                                                       (OriginAuthority * self,
                                                        const gchar     * host,
                                                        OriginFlaw        flaw);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OriginAuthority, origin_authority_free)

G_END_DECLS
