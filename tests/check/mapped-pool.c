/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mapped memory: a piece that was put back is the next one, but not all of them
 * are kept.
 */
#include "mapped-pool-private.h"

#include <string.h>
#include <sys/mman.h>

#define SIZE GST_PIN_MAPPED_SIZE
#define MANY 32

static gboolean
is_mapped (gpointer data)
{
  return msync (data, 1, MS_ASYNC) == 0;
}

static void
test_used_again (void)
{
  GstPinMappedPool *pool = gst_pin_mapped_pool_new ();
  gpointer data = gst_pin_mapped_pool_get (pool, SIZE);

  memset (data, 1, SIZE);
  gst_pin_mapped_pool_put (pool, data, SIZE);
  g_assert_true (gst_pin_mapped_pool_get (pool, SIZE) == data);
  gst_pin_mapped_pool_put (pool, data, SIZE);
  gst_pin_mapped_pool_unref (pool);
  g_assert_false (is_mapped (data));
}

/* Of one size alone, and a few of these */
static void
test_given_back (void)
{
  GstPinMappedPool *pool = gst_pin_mapped_pool_new ();
  gpointer other = gst_pin_mapped_pool_get (pool, SIZE + 1);
  gpointer pieces[MANY];
  guint waiting = 0;

  memset (other, 1, SIZE + 1);
  gst_pin_mapped_pool_put (pool, other, SIZE + 1);
  g_assert_false (is_mapped (other));
  for (guint i = 0; i < MANY; i++)
    pieces[i] = gst_pin_mapped_pool_get (pool, SIZE);
  for (guint i = 0; i < MANY; i++)
    gst_pin_mapped_pool_put (pool, pieces[i], SIZE);
  for (guint i = 0; i < MANY; i++)
    waiting += is_mapped (pieces[i]);
  g_assert_cmpuint (waiting, >, 0);
  g_assert_cmpuint (waiting, <=, MANY / 4);
  /* One of another size takes the room of one that waits */
  other = gst_pin_mapped_pool_get (pool, SIZE / 2);
  for (guint i = 0; i < MANY; i++)
    waiting -= is_mapped (pieces[i]);
  g_assert_cmpuint (waiting, ==, 1);
  gst_pin_mapped_pool_put (pool, other, SIZE / 2);
  gst_pin_mapped_pool_unref (pool);
  for (guint i = 0; i < MANY; i++)
    g_assert_false (is_mapped (pieces[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mapped-pool/used-again", test_used_again);
  g_test_add_func ("/mapped-pool/given-back", test_given_back);
  return g_test_run ();
}
