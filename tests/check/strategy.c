/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names of strategies, and what a user's options become.
 */
#include "strategy-private.h"

#include <glib/gstdio.h>
#include <gst/pin/error.h>

static const struct
{
  const gchar *names, *expected;
} rankings[] = {
  {"page", "page"},
  {"widget,page", "widget,page"},
  {" Widget , PAGE ", "widget,page"},
  {"page,page,resource,page", "page,resource"},
  {",page,,", "page"},
};

static gchar *
list (GPtrArray *ranking)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ranking->len; i++)
    g_string_append_printf (text, "%s%s", i ? "," : "",
        ((const GstPinStrategy *) g_ptr_array_index (ranking, i))->name);
  return g_string_free (text, FALSE);
}

static void
test_rankings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rankings); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) ranking =
        gst_pin_strategies_parse (rankings[i].names, &error);
    g_autofree gchar *text = NULL;

    g_assert_no_error (error);
    text = list (ranking);
    g_assert_cmpstr (text, ==, rankings[i].expected);
  }
}

/* Visitors' ways before those that show who the user is */
static void
test_default (void)
{
  static const gchar *const empty[] = { NULL, "", " , " };

  for (guint i = 0; i < G_N_ELEMENTS (empty); i++) {
    g_autoptr (GPtrArray) ranking = gst_pin_strategies_parse (empty[i], NULL);
    gboolean personal = FALSE;

    g_assert_cmpuint (ranking->len, >=, 6);
    for (guint j = 0; j < ranking->len; j++) {
      const GstPinStrategy *strategy = g_ptr_array_index (ranking, j);

      g_assert_true (strategy->by_default);
      g_assert_true (strategy->personal || strategy->supplement || !personal);
      personal |= strategy->personal;
    }
  }
}

static void
test_unknown (void)
{
  static const gchar *const wrong[] = { "psychic", "page,psychic", "pag",
    "page resource", "\xff\xfe", "page;widget"
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_pin_strategies_parse (wrong[i], &error));
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_UNSUPPORTED);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

static gboolean
load_token (const gchar *text, gboolean in_file, gchar **token)
{
  g_auto (GstPinResolveOptions) options = { NULL, };
  g_autofree gchar *path = NULL;
  gboolean loaded;

  if (in_file) {
    gint fd = g_file_open_tmp ("pin-token-XXXXXX", &path, NULL);

    g_close (fd, NULL);
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    options.access_token_file = g_strdup (path);
  } else
    options.access_token = g_strdup (text);
  loaded = gst_pin_resolve_options_load (&options, NULL);
  if (in_file)
    g_remove (path);
  *token = g_strdup (options.token);
  return loaded;
}

static void
test_tokens (void)
{
  static const gchar *const good[] = { "pina_ABC-def.1~2+3/4=", " x \n" };
  static const gchar *const bad[] = { "", "two words", "a\r\nHost: b", "a=b",
    "\xc3\xa4", "a\nb"
  };

  for (guint in_file = 0; in_file < 2; in_file++) {
    for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
      g_autofree gchar *token = NULL;
      g_autofree gchar *expected = g_strstrip (g_strdup (good[i]));

      g_assert_true (load_token (good[i], in_file, &token));
      g_assert_cmpstr (token, ==, expected);
    }
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
      g_autofree gchar *token = NULL;

      g_assert_false (load_token (bad[i], in_file, &token));
      g_assert_null (token);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/strategy/rankings", test_rankings);
  g_test_add_func ("/strategy/default", test_default);
  g_test_add_func ("/strategy/unknown", test_unknown);
  g_test_add_func ("/strategy/tokens", test_tokens);
  return g_test_run ();
}
