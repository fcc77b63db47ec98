/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that comes from the system and goes back there, rather than to the
 * heap. Pieces of one size are used again. Any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pieces of this size are used again */
#define GST_PIN_MAPPED_SIZE (256 * 1024)

typedef struct _GstPinMappedPool GstPinMappedPool;

GstPinMappedPool *gst_pin_mapped_pool_new (void);
GstPinMappedPool *gst_pin_mapped_pool_ref (GstPinMappedPool * self);
void gst_pin_mapped_pool_unref (GstPinMappedPool * self);

/* @size bytes, which are of any value */
gpointer gst_pin_mapped_pool_get (GstPinMappedPool * self, gsize size);
void gst_pin_mapped_pool_put (GstPinMappedPool * self, gpointer data,
    gsize size);

G_END_DECLS
