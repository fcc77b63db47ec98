/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The certificate authority of one run: a key and a self-signed certificate
 * made at start, and a certificate for each host name when it is first asked
 * for. Nothing is kept beyond the process but the PEM file that the clients
 * trust. main() makes it; all connection threads share it under its lock. */

#include "origin-authority.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define DAY (24 * 60 * 60)

struct _OriginAuthority
{
  gnutls_x509_privkey_t ca_key;
  gnutls_x509_crt_t ca;
  gnutls_x509_privkey_t host_key;       /* of all hosts */
  gnutls_datum_t ticket_key;
  GMutex lock;
  GHashTable *credentials;      /* by "flaw host"; under the lock */
};

static gnutls_x509_privkey_t
make_key (void)
{
  gnutls_x509_privkey_t key;
  int ret;

  gnutls_x509_privkey_init (&key);
  ret = gnutls_x509_privkey_generate2 (key, GNUTLS_PK_ECDSA,
      GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0, NULL, 0);
  if (ret < 0)
    g_error ("cannot make a key: %s", gnutls_strerror (ret));

  return key;
}

static gnutls_x509_crt_t
make_certificate (const gchar * name, gnutls_x509_privkey_t key)
{
  gnutls_x509_crt_t crt;
  guint8 serial[8];

  /* Of its own for each: clients take a second certificate with the serial of
   * another for an attack. */
  gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);
  serial[0] &= 0x7f;
  gnutls_x509_crt_init (&crt);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, serial, sizeof serial);
  gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
      strlen (name));
  gnutls_x509_crt_set_activation_time (crt, time (NULL) - 30 * DAY);
  gnutls_x509_crt_set_expiration_time (crt, time (NULL) + 365 * DAY);
  gnutls_x509_crt_set_key (crt, key);

  return crt;
}

static void
sign (gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer,
    gnutls_x509_privkey_t issuer_key)
{
  int ret = gnutls_x509_crt_sign2 (crt, issuer, issuer_key,
      GNUTLS_DIG_SHA256, 0);

  if (ret < 0)
    g_error ("cannot sign a certificate: %s", gnutls_strerror (ret));
}

static void
set_key_id (gnutls_x509_crt_t crt)
{
  guint8 id[64];
  size_t size = sizeof id;

  if (gnutls_x509_crt_get_key_id (crt, 0, id, &size) == 0)
    gnutls_x509_crt_set_subject_key_id (crt, id, size);
}

OriginAuthority *
origin_authority_new (void)
{
  OriginAuthority *self = g_new0 (OriginAuthority, 1);

  g_mutex_init (&self->lock);
  self->credentials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      (GDestroyNotify) gnutls_certificate_free_credentials);
  self->host_key = make_key ();
  self->ca_key = make_key ();
  self->ca = make_certificate ("pin-origin test authority", self->ca_key);
  gnutls_x509_crt_set_basic_constraints (self->ca, 1, 0);
  gnutls_x509_crt_set_key_usage (self->ca, GNUTLS_KEY_KEY_CERT_SIGN);
  set_key_id (self->ca);
  sign (self->ca, self->ca, self->ca_key);
  gnutls_session_ticket_key_generate (&self->ticket_key);

  return self;
}

void
origin_authority_free (OriginAuthority * self)
{
  g_hash_table_unref (self->credentials);
  gnutls_x509_crt_deinit (self->ca);
  gnutls_x509_privkey_deinit (self->ca_key);
  gnutls_x509_privkey_deinit (self->host_key);
  gnutls_free (self->ticket_key.data);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The authority's certificate, which clients are to trust. */
gchar *
origin_authority_get_pem (OriginAuthority * self)
{
  gnutls_datum_t pem;
  gchar *text;

  gnutls_x509_crt_export2 (self->ca, GNUTLS_X509_FMT_PEM, &pem);
  text = g_strndup ((const gchar *) pem.data, pem.size);
  gnutls_free (pem.data);

  return text;
}

const gnutls_datum_t *
origin_authority_get_ticket_key (OriginAuthority * self)
{
  return &self->ticket_key;
}

static gnutls_certificate_credentials_t
make_credentials (OriginAuthority * self, const gchar * host, OriginFlaw flaw)
{
  const gchar *name =
      flaw == ORIGIN_FLAW_MISMATCH ? "mismatch.invalid" : host;
  gnutls_x509_crt_t crt = make_certificate (name, self->host_key);
  gnutls_certificate_credentials_t credentials;

  gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, name,
      strlen (name), GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_basic_constraints (crt, 0, -1);
  gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
  gnutls_x509_crt_set_key_purpose_oid (crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
  set_key_id (crt);
  if (flaw == ORIGIN_FLAW_EXPIRED)
    gnutls_x509_crt_set_expiration_time (crt, time (NULL) - DAY);
  if (flaw == ORIGIN_FLAW_SELF_SIGNED)
    sign (crt, crt, self->host_key);
  else
    sign (crt, self->ca, self->ca_key);

  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_certificate_set_x509_key (credentials, &crt, 1, self->host_key);
  gnutls_x509_crt_deinit (crt);

  return credentials;
}

/**
 * origin_authority_get_credentials:
 * @self: the authority
 * @host: a host name
 * @flaw: what is to be wrong with the certificate
 *
 * Returns: (transfer none): what a server of @host shows; lives as long as
 *     @self
 */
gnutls_certificate_credentials_t
origin_authority_get_credentials (OriginAuthority * self, const gchar * host,
    OriginFlaw flaw)
{
  gchar *key = g_strdup_printf ("%d %s", flaw, host);
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED =
      g_mutex_locker_new (&self->lock);
  gnutls_certificate_credentials_t credentials =
      g_hash_table_lookup (self->credentials, key);

  if (credentials) {
    g_free (key);
  } else {
    credentials = make_credentials (self, host, flaw);
    g_hash_table_insert (self->credentials, key, credentials);
  }
  return credentials;
}
