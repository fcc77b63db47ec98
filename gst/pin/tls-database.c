/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A TLS database that hands every question to another one.
 *
 * glib-networking (measured with 2.74) gives each new connection a copy of its
 * database's trust list: it parses all of the system's authorities again, 7 ms
 * of processor and 3.8 MiB for as long as the connection lives. It does so only
 * for databases of its own type; asked through this one, it verifies by asking,
 * for 20 µs and 16 KiB. libsoup names the database to a connection after making
 * it, so the process's default has to be one of these too, as long as there is
 * an HTTP client: nothing else changes by it, since it answers as the former
 * default does. Reading the system's authorities takes 15 ms, in which a thread
 * of its own lets names be looked up and sockets connect. Immutable, any
 * thread.
 */
#include "tls-database-private.h"

struct _GstPinTlsDatabase
{
  GTlsDatabase parent;
  GTlsDatabase *real;
};

G_DEFINE_TYPE (GstPinTlsDatabase, gst_pin_tls_database, G_TYPE_TLS_DATABASE);

static GMutex default_lock;
static GCond default_cond;      /* the loader is done */
static guint default_holders;   /* default_lock; so are the next four */
static gboolean loading;
static GThread *loader;
static GTlsDatabase *former_default;
static GTlsDatabase *own_default;

static GTlsDatabase *
real_of (GTlsDatabase *self)
{
  return GST_PIN_TLS_DATABASE (self)->real;
}

static GTlsCertificateFlags
verify_chain (GTlsDatabase *self, GTlsCertificate *chain,
    const gchar *purpose, GSocketConnectable *identity,
    GTlsInteraction *interaction, GTlsDatabaseVerifyFlags flags,
    GCancellable *cancellable, GError **error)
{
  return g_tls_database_verify_chain (real_of (self), chain, purpose, identity,
      interaction, flags, cancellable, error);
}

static gchar *
create_certificate_handle (GTlsDatabase *self, GTlsCertificate *certificate)
{
  return g_tls_database_create_certificate_handle (real_of (self),
      certificate);
}

static GTlsCertificate *
lookup_certificate_for_handle (GTlsDatabase *self, const gchar *handle,
    GTlsInteraction *interaction, GTlsDatabaseLookupFlags flags,
    GCancellable *cancellable, GError **error)
{
  return g_tls_database_lookup_certificate_for_handle (real_of (self), handle,
      interaction, flags, cancellable, error);
}

static GTlsCertificate *
lookup_certificate_issuer (GTlsDatabase *self, GTlsCertificate *certificate,
    GTlsInteraction *interaction, GTlsDatabaseLookupFlags flags,
    GCancellable *cancellable, GError **error)
{
  return g_tls_database_lookup_certificate_issuer (real_of (self),
      certificate, interaction, flags, cancellable, error);
}

static GList *
lookup_certificates_issued_by (GTlsDatabase *self, GByteArray *issuer,
    GTlsInteraction *interaction, GTlsDatabaseLookupFlags flags,
    GCancellable *cancellable, GError **error)
{
  return g_tls_database_lookup_certificates_issued_by (real_of (self), issuer,
      interaction, flags, cancellable, error);
}

static void
gst_pin_tls_database_finalize (GObject *object)
{
  g_object_unref (GST_PIN_TLS_DATABASE (object)->real);
  G_OBJECT_CLASS (gst_pin_tls_database_parent_class)->finalize (object);
}

/* The asynchronous calls of the base class run these in a thread */
static void
gst_pin_tls_database_class_init (GstPinTlsDatabaseClass *klass)
{
  GTlsDatabaseClass *database_class = G_TLS_DATABASE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_pin_tls_database_finalize;
  database_class->verify_chain = verify_chain;
  database_class->create_certificate_handle = create_certificate_handle;
  database_class->lookup_certificate_for_handle =
      lookup_certificate_for_handle;
  database_class->lookup_certificate_issuer = lookup_certificate_issuer;
  database_class->lookup_certificates_issued_by =
      lookup_certificates_issued_by;
}

static void
gst_pin_tls_database_init (GstPinTlsDatabase *self)
{
}

GTlsDatabase *
gst_pin_tls_database_new (GTlsDatabase *real)
{
  GstPinTlsDatabase *self = g_object_new (GST_TYPE_PIN_TLS_DATABASE, NULL);

  self->real = g_object_ref (real);
  return G_TLS_DATABASE (self);
}

static gpointer
load_default (gpointer unused)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  GTlsDatabase *former = g_tls_backend_get_default_database (backend);

  g_mutex_lock (&default_lock);
  former_default = former;
  if (former) {
    own_default = gst_pin_tls_database_new (former);
    g_tls_backend_set_default_database (backend, own_default);
  }
  loading = FALSE;
  g_cond_broadcast (&default_cond);
  g_mutex_unlock (&default_lock);
  return NULL;
}

void
gst_pin_tls_database_hold_default (void)
{
  g_mutex_lock (&default_lock);
  if (default_holders++ == 0 && !loader) {
    loading = TRUE;
    loader = g_thread_new ("gst-pin-tls", load_default, NULL);
  }
  g_mutex_unlock (&default_lock);
}

static void
await_default_locked (void)
{
  while (loading)
    g_cond_wait (&default_cond, &default_lock);
}

void
gst_pin_tls_database_await_default (void)
{
  g_mutex_lock (&default_lock);
  await_default_locked ();
  g_mutex_unlock (&default_lock);
}

static void
restore_default_locked (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) current = NULL;

  if (!own_default)
    return;
  current = g_tls_backend_get_default_database (backend);
  /* The application may have set another one since: that is the one now */
  if (current == own_default)
    g_tls_backend_set_default_database (backend, former_default);
  g_clear_object (&own_default);
  g_clear_object (&former_default);
}

void
gst_pin_tls_database_release_default (void)
{
  GThread *over = NULL;

  g_mutex_lock (&default_lock);
  if (--default_holders == 0) {
    await_default_locked ();
    /* Somebody may have come while this one waited */
    if (default_holders == 0) {
      restore_default_locked ();
      over = g_steal_pointer (&loader);
    }
  }
  g_mutex_unlock (&default_lock);
  if (over)
    g_thread_join (over);
}
