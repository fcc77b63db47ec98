/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Foreign text in messages.
 */
#include <string.h>

#include "shown-private.h"

static void
assert_shown (const gchar *text, guint max, const gchar *expected)
{
  g_autofree gchar *shown = gst_pin_shown (text, max);

  g_assert_cmpstr (shown, ==, expected);
}

static void
test_shown (void)
{
  assert_shown ("", 5, "");
  assert_shown ("cake", 5, "cake");
  assert_shown ("cakes", 5, "cakes");
  assert_shown ("cakes!", 5, "cakes…");
  assert_shown ("caf\303\251s!", 4, "café…");
  assert_shown ("a\nb\033[1m", 10, "a�b�[1m");
  assert_shown ("a\377b", 10, "a�b");
  assert_shown ("\360\237\215\260\360\237\215\260\360\237\215\260", 2, "🍰🍰…");
}

static void
test_long (void)
{
  g_autofree gchar *text = g_strnfill (1 << 20, 'a');
  g_autofree gchar *shown = gst_pin_shown (text, 80);

  g_assert_cmpuint (g_utf8_strlen (shown, -1), ==, 81);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/shown/forms", test_shown);
  g_test_add_func ("/shown/long", test_long);
  return g_test_run ();
}
