/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last look at a file: a whole one passes, and no shorter one does. */
#define _GNU_SOURCE             /* memfd_create() */
#include "tool-verify.h"

#include <gst/pin/error.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mp4-maker.h"

#define SAMPLES 20

/* A file in memory, which may be looked at some thousand times. FALSE: refused
 * as truncated */
static gboolean
verify (const GByteArray *mp4, guint length, GstPinToolSeen *seen)
{
  gint fd = memfd_create ("a.mp4", MFD_CLOEXEC);
  g_autofree gchar *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autoptr (GError) error = NULL;
  gboolean whole;

  g_assert_cmpint (write (fd, mp4->data, length), ==, length);
  whole = gst_pin_tool_verify (path, seen, &error);
  if (whole)
    g_assert_no_error (error);
  else
    g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_TRUNCATED);
  close (fd);
  return whole;
}

static void
test_whole (void)
{
  for (gboolean index_first = FALSE; index_first <= TRUE; index_first++) {
    g_autoptr (GByteArray) mp4 = make_progressive (SAMPLES, index_first, 0);
    GstPinToolSeen seen;

    g_assert_true (verify (mp4, mp4->len, &seen));
    g_assert_cmpuint (seen.bytes, ==, mp4->len);
    g_assert_cmpuint (seen.samples, ==, SAMPLES);
    g_assert_cmpuint (seen.height, ==, 0);
  }
}

/* At whatever byte it was cut off */
static void
test_every_cut (void)
{
  for (gboolean index_first = FALSE; index_first <= TRUE; index_first++) {
    g_autoptr (GByteArray) mp4 = make_progressive (SAMPLES, index_first, 0);
    GstPinToolSeen seen;

    for (guint length = 0; length < mp4->len; length++)
      g_assert_false (verify (mp4, length, &seen));
  }
}

/* Boxes that fit, and an index that tells of more than there is */
static void
test_index_beyond_the_media (void)
{
  g_autoptr (GByteArray) mp4 = make_progressive (SAMPLES, TRUE, 0);
  guint media = mp4->len - SAMPLES * SAMPLE_SIZE - 8;
  GstPinToolSeen seen;

  patch32 (mp4, media, (SAMPLES - 1) * SAMPLE_SIZE + 8);
  g_assert_false (verify (mp4, mp4->len - SAMPLE_SIZE, &seen));
}

static void
test_rubbish_behind (void)
{
  g_autoptr (GByteArray) mp4 = make_progressive (SAMPLES, TRUE, 0);
  guint whole = mp4->len;
  GstPinToolSeen seen;

  put_zeros (mp4, 64);
  for (guint length = whole + 1; length <= mp4->len; length++)
    g_assert_false (verify (mp4, length, &seen));
}

static void
test_no_media (void)
{
  g_autoptr (GByteArray) mp4 = make_progressive (0, TRUE, 0);
  GstPinToolSeen seen;

  g_assert_false (verify (mp4, mp4->len, &seen));
}

static void
test_no_file (void)
{
  g_autoptr (GError) error = NULL;
  GstPinToolSeen seen;

  g_assert_false (gst_pin_tool_verify ("/nonexistent/a.mp4", &seen, &error));
  g_assert_error (error, GST_PIN_ERROR, GST_PIN_ERROR_IO);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tool-verify/whole", test_whole);
  g_test_add_func ("/tool-verify/every-cut", test_every_cut);
  g_test_add_func ("/tool-verify/index-beyond-the-media",
      test_index_beyond_the_media);
  g_test_add_func ("/tool-verify/rubbish-behind", test_rubbish_behind);
  g_test_add_func ("/tool-verify/no-media", test_no_media);
  g_test_add_func ("/tool-verify/no-file", test_no_file);
  return g_test_run ();
}
