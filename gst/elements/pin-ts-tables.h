/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which streams a transport stream holds.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_PIN_TS_MAX_STREAMS 16
#define GST_PIN_TS_N_PIDS 8192

typedef struct
{
  guint pid;
  const gchar *type;            /* static, one for each that is known */
  GstCaps *caps;                /* the same */
  gchar language[4];            /* empty: not said */
} GstPinTsEntry;

typedef struct _GstPinTsTables GstPinTsTables;

GstPinTsTables *gst_pin_ts_tables_new (void);
void gst_pin_ts_tables_free (GstPinTsTables * self);
void gst_pin_ts_tables_reset (GstPinTsTables * self);
gboolean gst_pin_ts_tables_wants (GstPinTsTables * self, guint pid);
gboolean gst_pin_ts_tables_push (GstPinTsTables * self, guint pid,
    gboolean starts, const guint8 * data, gsize size);
const GstPinTsEntry *gst_pin_ts_tables_get_entries (GstPinTsTables * self,
    guint * n);

G_END_DECLS
