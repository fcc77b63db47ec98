/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long answers are kept, how many, and for whom. The cache is the process's,
 * so each test has keys of its own.
 */
#include "resolve-cache-private.h"

#include "media-private.h"

#define SECOND G_USEC_PER_SEC

static GstPinMedia *
make_media (const gchar *id, gsize size)
{
  GstPinMedia *media = gst_pin_media_new (id);

  media->description = g_strnfill (size, 'x');
  return media;
}

static void
put (const gchar *key, gsize size, gint64 now)
{
  g_autoptr (GstPinMedia) media = make_media (key, size);

  gst_pin_resolve_cache_put (key, media, now);
}

static gboolean
has (const gchar *key, gint64 now)
{
  g_autoptr (GstPinMedia) media = gst_pin_resolve_cache_get (key, 10, now);

  if (media)
    g_assert_cmpstr (gst_pin_media_get_id (media), ==, key);
  return media != NULL;
}

static void
test_time (void)
{
  put ("time", 10, 100 * SECOND);
  g_assert_true (has ("time", 100 * SECOND));
  g_assert_true (has ("time", 110 * SECOND - 1));
  g_assert_false (has ("time", 110 * SECOND));
  g_assert_null (gst_pin_resolve_cache_get ("time", 0, 100 * SECOND));
  put ("time", 10, 120 * SECOND);
  g_assert_true (has ("time", 121 * SECOND));
  g_assert_false (has ("other", 121 * SECOND));
}

/* However it was asked about */
static void
test_forget (void)
{
  g_autoptr (GstPinMedia) media = make_media ("forgotten", 10);

  put ("remembered", 10, 0);
  put ("forgotten", 10, 0);
  gst_pin_resolve_cache_put ("another way", media, 0);
  gst_pin_resolve_cache_forget ("forgotten");
  g_assert_false (has ("forgotten", 0));
  g_assert_null (gst_pin_resolve_cache_get ("another way", 10, 0));
  g_assert_true (has ("remembered", 0));
}

static void
test_count (void)
{
  put ("kept", 10, 0);
  put ("dropped", 10, 0);
  for (guint i = 0; i < GST_PIN_RESOLVE_CACHE_MAX - 1; i++) {
    g_autofree gchar *key = g_strdup_printf ("count-%u", i);

    put (key, 10, 0);
    g_assert_true (has ("kept", 0));
  }
  g_assert_false (has ("dropped", 0));
  g_assert_true (has ("kept", 0));
}

static void
test_bytes (void)
{
  const gsize half = GST_PIN_RESOLVE_CACHE_MAX_BYTES / 2;

  put ("one", half - 2000, 0);
  put ("two", half - 2000, 0);
  g_assert_true (has ("one", 0) && has ("two", 0));
  put ("three", half - 2000, 0);
  g_assert_false (has ("one", 0));
  g_assert_true (has ("two", 0) && has ("three", 0));
  /* Too large for itself: nothing is left, and nothing breaks */
  put ("four", 3 * half, 0);
  g_assert_false (has ("four", 0));
  put ("five", 10, 0);
  g_assert_true (has ("five", 0));
}

/* What makes a difference to the site makes one here */
static void
test_keys (void)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal,
      g_free, NULL);
  gchar *pairs[] = { "a=1", NULL }, *other_pairs[] = { "a=2", NULL };
  gchar *proxies[] = { "http://127.0.0.1:1", NULL };
  const struct
  {
    GstPinHttpConfig http;
    GstPinResolveOptions options;
  } ways[] = {
    {{NULL}, {NULL}},
    {{.user_agent = (gchar *) "x"}, {NULL}},
    {{.proxies = proxies}, {NULL}},
    {{.tls_ca_file = (gchar *) "x"}, {NULL}},
    {{.allow_private = TRUE}, {NULL}},
    {{NULL}, {.cookie_pairs = pairs}},
    {{NULL}, {.cookie_pairs = other_pairs}},
    {{NULL}, {.access_token = (gchar *) "x"}},
    {{NULL}, {.strategies = (gchar *) "page"}},
    {{NULL}, {.strategies = (gchar *) "page,widget"}},
    {{NULL}, {.strategies = (gchar *) "widget,page"}},
    {{NULL}, {.complete = TRUE}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_auto (GstPinResolveOptions) options = { NULL, };
    g_autofree gchar *again = NULL;

    gst_pin_resolve_options_copy (&ways[i].options, &options);
    g_assert_true (gst_pin_resolve_options_load (&options, NULL));
    again = gst_pin_resolve_cache_key ("1", &ways[i].http, &options);
    g_assert_true (g_hash_table_add (keys, gst_pin_resolve_cache_key ("1",
                &ways[i].http, &options)));
    g_assert_true (g_hash_table_contains (keys, again));
    g_assert_true (g_hash_table_add (keys, gst_pin_resolve_cache_key ("2",
                &ways[i].http, &options)));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resolve-cache/time", test_time);
  g_test_add_func ("/resolve-cache/forget", test_forget);
  g_test_add_func ("/resolve-cache/count", test_count);
  g_test_add_func ("/resolve-cache/bytes", test_bytes);
  g_test_add_func ("/resolve-cache/keys", test_keys);
  return g_test_run ();
}
