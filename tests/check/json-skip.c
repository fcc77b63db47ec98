/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests passing over JSON text: beside a loop that looks at one byte after the
 * other, on text of every length around the size of a block, cut at every
 * place, and from memory of its own so that a byte too far is seen.
 */
#include "json-skip-private.h"

#include <string.h>

static const gchar *
slow_string (const gchar *at, const gchar *end)
{
  for (; at < end && *at != '"'; at++) {
    if (*at == '\\' && ++at == end)
      return NULL;
  }
  return at < end ? at : NULL;
}

/* A backslash outside of strings is no JSON; it takes the next quote or
 * backslash with it all the same. */
static const gchar *
slow_container (const gchar *at, const gchar *end)
{
  gsize depth = 0;

  for (; at < end; at++) {
    if (*at == '"') {
      at = slow_string (at + 1, end);
      if (at == NULL)
        return NULL;
    } else if (*at == '\\' && at + 1 < end
        && (at[1] == '"' || at[1] == '\\'))
      at++;
    else if (*at == '{' || *at == '[')
      depth++;
    else if ((*at == '}' || *at == ']') && --depth == 0)
      return at + 1;
  }
  return NULL;
}

static void
check (const gchar *text, gsize length)
{
  g_autofree gchar *copy = g_memdup2 (text, length);
  const gchar *end = copy + length;

  g_assert_true (gst_pin_json_skip_container (copy, end)
      == slow_container (copy, end));
  g_assert_true (gst_pin_json_skip_string (copy + 1, end)
      == slow_string (copy + 1, end));
}

static void
test_cuts (void)
{
  static const gchar *const texts[] = {
    "{}", "[]", "{\"a\":[1,{\"b\":\"}]\"}],\"c\":\"\\\"}\\\\\"}",
    "[\"\\\\\",\"\\\\\\\"\",\"[\\\\\\\\\"]", "{]", "[[[}}}",
    "{\"a\\u0022\":\"{\"}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    for (gsize pad = 0; pad < 140; pad++) {
      g_autofree gchar *filler = g_strnfill (pad, ' ');
      g_autofree gchar *text = g_strconcat ("[", filler, texts[i], filler,
          "] and \"more\" }]", NULL);

      for (gsize n = 1; n <= strlen (text); n++)
        check (text, n);
    }
  }
}

/* Text of few characters, all of which matter */
static void
test_random (void)
{
  static const gchar letters[] = "{}[]\"\"\\\\ax[{ \xe2\x1b\x0d";
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);
  gchar text[400] = "[";

  for (guint i = 0; i < 20000; i++) {
    guint kinds = g_rand_int_range (rand, 2, sizeof (letters));
    gsize n = g_rand_int_range (rand, 1, sizeof (text));

    for (gsize j = 1; j < n; j++)
      text[j] = letters[g_rand_int_range (rand, 0, kinds)];
    check (text, n);
  }
}

/* Neither the stack nor the time grow with the depth. */
static void
test_deep (void)
{
  gsize n = 2000000;
  g_autofree gchar *text = g_malloc (2 * n);

  memset (text, '[', n);
  memset (text + n, ']', n);
  g_assert_true (gst_pin_json_skip_container (text, text + 2 * n)
      == text + 2 * n);
  g_assert_null (gst_pin_json_skip_container (text, text + 2 * n - 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-skip/cuts", test_cuts);
  g_test_add_func ("/json-skip/random", test_random);
  g_test_add_func ("/json-skip/deep", test_deep);
  return g_test_run ();
}
