/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the store's file has which bytes of a resource: values in an array that
 * its owner guards.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of one record. A fetcher's block is 256 KiB. */
#define GST_PIN_RECORD_MAX (1024 * 1024)

typedef struct
{
  guint64 offset;               /* in the resource */
  guint32 size;
  guint32 crc;
  goffset position;             /* of the bytes in the file */
} GstPinRecord;

/* @records: of GstPinRecord, by offset */
void gst_pin_records_add (GArray * records, const GstPinRecord * record);
/* The record that has @position; NULL: there is none. @next: where the next one
 * begins; G_MAXUINT64: nowhere */
const GstPinRecord *gst_pin_records_find (const GArray * records,
    guint64 position, guint64 * next);

G_END_DECLS
