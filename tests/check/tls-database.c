/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The database that asks another one: what it answers, and how long it is the
 * process's default.
 */
#include "tls-database-private.h"

/* Answers everything in the same way, and counts */
typedef struct
{
  GTlsDatabase parent;
  guint asked;
} Fake;

typedef struct
{
  GTlsDatabaseClass parent_class;
} FakeClass;

static GType fake_get_type (void);
G_DEFINE_TYPE (Fake, fake, G_TYPE_TLS_DATABASE);

static GTlsCertificateFlags
fake_verify (GTlsDatabase *database, GTlsCertificate *chain,
    const gchar *purpose, GSocketConnectable *identity,
    GTlsInteraction *interaction, GTlsDatabaseVerifyFlags flags,
    GCancellable *cancellable, GError **error)
{
  ((Fake *) database)->asked++;
  return G_TLS_CERTIFICATE_EXPIRED;
}

static void
fake_class_init (FakeClass *klass)
{
  ((GTlsDatabaseClass *) klass)->verify_chain = fake_verify;
}

static void
fake_init (Fake *self)
{
}

/* Self-signed, of no meaning */
static const gchar certificate_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdTCCARugAwIBAgIUHklxhn9X8unX2VOuHDR1rbzI7lMwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjAxMzAxMjZaGA8yMTI2MTAyNzEzMDEy\n"
    "NlowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABECX\n"
    "2PJ1ipADW47eefFdkGvMciXcckPF2z/9DJiWUCNspqGBGTzt1g8JQncNcKtQ3vMd\n"
    "gOAVFOLedYvmBcpF6pWjUzBRMB0GA1UdDgQWBBQl2/SLrf+9Wqj0aYlX45jyVE2K\n"
    "5TAfBgNVHSMEGDAWgBQl2/SLrf+9Wqj0aYlX45jyVE2K5TAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIGhFLPzUSNmadqqSzxUEVp9018QQmBOk+mjd\n"
    "hoiqUd8IAiEAqIJ39xSs7C0XuLG9ZXbgdHOfAePboZ6WCDqLZM1bsbo=\n"
    "-----END CERTIFICATE-----\n";

static GTlsCertificateFlags
verify_with (GTlsDatabase *database)
{
  g_autoptr (GTlsCertificate) certificate =
      g_tls_certificate_new_from_pem (certificate_pem, -1, NULL);

  g_assert_nonnull (certificate);
  return g_tls_database_verify_chain (database, certificate,
      G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, NULL, NULL,
      G_TLS_DATABASE_VERIFY_NONE, NULL, NULL);
}

static GTlsDatabase *
get_default (void)
{
  return g_tls_backend_get_default_database (g_tls_backend_get_default ());
}

static void
test_asks (void)
{
  g_autoptr (GTlsDatabase) fake = g_object_new (fake_get_type (), NULL);
  g_autoptr (GTlsDatabase) database = gst_pin_tls_database_new (fake);

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ())) {
    g_test_skip ("GLib has no TLS here");
    return;
  }
  g_assert_cmpuint (verify_with (database), ==, G_TLS_CERTIFICATE_EXPIRED);
  g_assert_cmpuint (((Fake *) fake)->asked, ==, 1);
}

static void
test_default (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) fake = g_object_new (fake_get_type (), NULL);
  g_autoptr (GTlsDatabase) held = NULL;
  g_autoptr (GTlsDatabase) after = NULL;

  if (!g_tls_backend_supports_tls (backend)) {
    g_test_skip ("GLib has no TLS here");
    return;
  }
  g_tls_backend_set_default_database (backend, fake);
  gst_pin_tls_database_hold_default ();
  gst_pin_tls_database_hold_default ();
  gst_pin_tls_database_await_default ();
  held = get_default ();
  g_assert_true (GST_IS_PIN_TLS_DATABASE (held));
  gst_pin_tls_database_release_default ();
  gst_pin_tls_database_await_default ();
  g_clear_object (&held);
  held = get_default ();
  g_assert_true (GST_IS_PIN_TLS_DATABASE (held));
  gst_pin_tls_database_release_default ();
  after = get_default ();
  g_assert_true (after == fake);
  g_tls_backend_set_default_database (backend, NULL);
}

/* What the application sets meanwhile stays */
static void
test_other_default (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) fake = g_object_new (fake_get_type (), NULL);
  g_autoptr (GTlsDatabase) after = NULL;

  if (!g_tls_backend_supports_tls (backend)) {
    g_test_skip ("GLib has no TLS here");
    return;
  }
  gst_pin_tls_database_hold_default ();
  gst_pin_tls_database_await_default ();
  g_tls_backend_set_default_database (backend, fake);
  gst_pin_tls_database_release_default ();
  after = get_default ();
  g_assert_true (after == fake);
  g_tls_backend_set_default_database (backend, NULL);
}

/* Released before it is in place, by threads that come and go */
static gpointer
hold_and_release (gpointer unused)
{
  for (guint i = 0; i < 20; i++) {
    gst_pin_tls_database_hold_default ();
    if (i % 3 == 0)
      gst_pin_tls_database_await_default ();
    gst_pin_tls_database_release_default ();
  }
  return NULL;
}

static void
test_many_holders (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) fake = g_object_new (fake_get_type (), NULL);
  g_autoptr (GTlsDatabase) after = NULL;
  GThread *threads[4];

  g_tls_backend_set_default_database (backend, fake);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("holder", hold_and_release, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  after = get_default ();
  g_assert_true (after == fake);
  g_tls_backend_set_default_database (backend, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls-database/asks", test_asks);
  g_test_add_func ("/tls-database/default", test_default);
  g_test_add_func ("/tls-database/other-default", test_other_default);
  g_test_add_func ("/tls-database/many-holders", test_many_holders);
  return g_test_run ();
}
