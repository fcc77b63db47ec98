/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The records of one resource by offset. A film that was nearly fetched has tens
 * of thousands, and each piece of it is looked for, under the store's lock; so
 * they are searched by halves. Records may overlap: of several that have a byte,
 * the one that begins last is taken. Any thread that holds the owner's lock.
 */
#include "fetch-records-private.h"

/* How many begin at @position or before */
static guint
count_up_to (const GArray *records, guint64 position)
{
  guint low = 0, high = records->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (records, GstPinRecord, middle).offset <= position)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
gst_pin_records_add (GArray *records, const GstPinRecord *record)
{
  g_array_insert_val (records, count_up_to (records, record->offset), *record);
}

const GstPinRecord *
gst_pin_records_find (const GArray *records, guint64 position, guint64 *next)
{
  guint i = count_up_to (records, position);

  *next = i < records->len ?
      g_array_index (records, GstPinRecord, i).offset : G_MAXUINT64;
  while (i-- > 0) {
    const GstPinRecord *record = &g_array_index (records, GstPinRecord, i);

    if (position - record->offset < record->size)
      return record;
    if (position - record->offset >= GST_PIN_RECORD_MAX)
      break;
  }
  return NULL;
}
