/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes the page scanner alone. The last byte says how large the pieces are;
 * the blocks must be those of the page in one piece, the block that is still
 * open must be what becomes of it, and all must lie in what was pushed.
 */
#include "page-scanner-private.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static void
check_open_block (const GstPinPageScanner *scanner, gsize pushed)
{
  GstPinPageBlock block;
  guint64 at = gst_pin_page_scanner_get_open_block (scanner, &block);

  if (at == 0)
    return;
  g_assert_cmpuint (at + block.length, ==, pushed);
  g_assert_true (block.truncated && block.kind != 0);
}

static GstPinPageScanner *
scan (const guint8 *data, gsize size, gsize piece)
{
  GstPinPageScanner *scanner = gst_pin_page_scanner_new ();

  for (gsize at = 0; at < size; at += piece) {
    gsize n = MIN (piece, size - at);
    g_autofree gchar *copy = g_memdup2 (data + at, n);

    g_assert_true (gst_pin_page_scanner_push (scanner, copy, n));
    check_open_block (scanner, at + n);
  }
  gst_pin_page_scanner_finish (scanner);
  return scanner;
}

static void
check_same (const GstPinPageBlock *a, const GstPinPageBlock *b)
{
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpint (a->truncated, ==, b->truncated);
  g_assert_cmpmem (a->text, a->length, b->text, b->length);
  g_assert_cmpstr (a->name, ==, b->name);
  g_assert_true ((a->request == NULL) == (b->request == NULL));
  if (a->request != NULL)
    g_assert_cmpmem (a->request, a->request_length, b->request,
        b->request_length);
  g_assert_nonnull (gst_pin_page_block_kind_get_name (a->kind));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GstPinPageScanner) whole = scan (data, size, MAX (size, 1));
  g_autoptr (GstPinPageScanner) pieces =
      scan (data, size, size ? 1 + data[size - 1] % 64 : 1);
  guint n = gst_pin_page_scanner_get_n_blocks (whole);

  g_assert_cmpuint (n, ==, gst_pin_page_scanner_get_n_blocks (pieces));
  g_assert_cmpuint (n, <=, GST_PIN_PAGE_MAX_BLOCKS);
  g_assert_cmpstr (gst_pin_page_scanner_get_words (whole), ==,
      gst_pin_page_scanner_get_words (pieces));
  for (guint i = 0; i < n; i++) {
    GstPinPageBlock a, b;

    gst_pin_page_scanner_get_block (whole, i, &a);
    gst_pin_page_scanner_get_block (pieces, i, &b);
    check_same (&a, &b);
  }
  return 0;
}
