/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parameter sets become a record, which can be read again.
 */
#include "mp4-params-private.h"
#include "mp4-sets.h"

#define ADD(params, kind, set) \
    gst_pin_mp4_params_add (params, GST_PIN_MP4_NAL_##kind, set, sizeof (set))

static void
test_h264 (void)
{
  static const guint8 head[] = { 1, 0x64, 0x00, 0x28, 0xff, 0xe1, 0, 30, 0x67 };
  g_autoptr (GstPinMp4Params) params =
      gst_pin_mp4_params_new (GST_PIN_MP4_H264);
  g_autoptr (GBytes) record = NULL;
  GstPinMp4Sps sps, again;
  const guint8 *data;
  gsize size;

  g_assert_true (ADD (params, SPS, h264_sps));
  g_assert_false (gst_pin_mp4_params_ready (params));
  g_assert_null (gst_pin_mp4_params_make_record (params, &sps));
  g_assert_true (ADD (params, PPS, h264_pps));
  g_assert_false (ADD (params, PPS, h264_pps));
  g_assert_false (ADD (params, SLICE, h264_pps));
  record = gst_pin_mp4_params_make_record (params, &sps);
  data = g_bytes_get_data (record, &size);
  g_assert_cmpmem (data, 9, head, 9);
  g_assert_cmpuint (size, ==, 6 + 2 + 30 + 1 + 2 + 6 + 4);
  g_assert_cmpmem (data + size - 4, 4, "\xfd\xf8\xf8\0", 4);
  g_assert_true (gst_pin_mp4_params_read_record (GST_PIN_MP4_H264, data, size,
          &again));
  g_assert_cmpuint (again.width, ==, 1920);
}

static void
test_h265 (void)
{
  g_autoptr (GstPinMp4Params) params =
      gst_pin_mp4_params_new (GST_PIN_MP4_H265);
  g_autoptr (GBytes) record = NULL;
  GstPinMp4Sps sps, again;
  const guint8 *data;
  gsize size;

  ADD (params, SPS, h265_sps);
  ADD (params, PPS, h265_pps);
  g_assert_false (gst_pin_mp4_params_ready (params));
  ADD (params, VPS, h265_vps);
  record = gst_pin_mp4_params_make_record (params, &sps);
  data = g_bytes_get_data (record, &size);
  g_assert_cmpuint (data[0], ==, 1);
  g_assert_cmpuint (data[1], ==, 2);
  g_assert_cmpuint (data[17], ==, 0xfa);        /* 10 bits */
  g_assert_cmpuint (data[22], ==, 3);
  g_assert_cmpuint (data[23], ==, 0xa0);
  g_assert_true (gst_pin_mp4_params_read_record (GST_PIN_MP4_H265, data, size,
          &again));
  g_assert_cmpuint (again.height, ==, 1080);
}

/* Sets without end do not grow without end */
static void
test_many (void)
{
  g_autoptr (GstPinMp4Params) params =
      gst_pin_mp4_params_new (GST_PIN_MP4_H264);
  guint i, added = 0;

  for (i = 0; i < 1000; i++) {
    guint8 set[5] = { 0x68, i >> 8, i & 0xff, 1, 2 };

    added += ADD (params, PPS, set);
  }
  g_assert_cmpuint (added, <=, 31);
}

static void
test_cut_record (void)
{
  g_autoptr (GstPinMp4Params) params =
      gst_pin_mp4_params_new (GST_PIN_MP4_H264);
  g_autoptr (GBytes) record = NULL, sets = NULL;
  GstPinMp4Sps sps;
  const guint8 *data;
  gsize size, i;
  guint length;

  ADD (params, SPS, h264_sps);
  ADD (params, PPS, h264_pps);
  record = gst_pin_mp4_params_make_record (params, &sps);
  data = g_bytes_get_data (record, &size);
  for (i = 0; i < 38; i++) {
    g_autofree guint8 *cut = g_memdup2 (data, i);

    g_assert_false (gst_pin_mp4_params_read_record (GST_PIN_MP4_H264, cut, i,
            &sps));
    g_assert_false (gst_pin_mp4_params_read_record (GST_PIN_MP4_H265, cut, i,
            &sps));
    g_clear_pointer (&sets, g_bytes_unref);
    sets = gst_pin_mp4_params_list_sets (GST_PIN_MP4_H265, cut, i, &length);
  }
}

/* What a record has, as a sample has it */
static void
test_list (void)
{
  g_autoptr (GstPinMp4Params) params =
      gst_pin_mp4_params_new (GST_PIN_MP4_H265);
  g_autoptr (GBytes) record = NULL, sets = NULL;
  GstPinMp4Sps sps;
  const guint8 *data;
  gsize size;
  guint length;

  ADD (params, PPS, h265_pps);
  ADD (params, SPS, h265_sps);
  ADD (params, VPS, h265_vps);
  record = gst_pin_mp4_params_make_record (params, &sps);
  data = g_bytes_get_data (record, &size);
  sets = gst_pin_mp4_params_list_sets (GST_PIN_MP4_H265, data, size, &length);
  g_assert_cmpuint (length, ==, 4);
  data = g_bytes_get_data (sets, &size);
  g_assert_cmpuint (size, ==, 12 + sizeof (h265_vps) + sizeof (h265_sps)
      + sizeof (h265_pps));
  g_assert_cmpuint ((guint) data[3], ==, sizeof (h265_vps));
  g_assert_cmpmem (data + 4, sizeof (h265_vps), h265_vps, sizeof (h265_vps));
  g_assert_cmpmem (data + size - sizeof (h265_pps), sizeof (h265_pps),
      h265_pps, sizeof (h265_pps));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mp4-params/h264", test_h264);
  g_test_add_func ("/mp4-params/h265", test_h265);
  g_test_add_func ("/mp4-params/many", test_many);
  g_test_add_func ("/mp4-params/cut-record", test_cut_record);
  g_test_add_func ("/mp4-params/list", test_list);
  return g_test_run ();
}
