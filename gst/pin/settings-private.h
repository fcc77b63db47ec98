/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Properties that are fields of a struct, as one table: what each is called,
 * what it says of itself, its range and default, and where it is kept.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *name, *nick, *blurb;
  gsize offset;                 /* of the field in the struct */
  /* G_TYPE_STRING, _BOOLEAN, _UINT, _UINT64, _ENUM or _BOXED */
  GType kind;
  GType (*get_type) (void);     /* of the enum, or of what is boxed */
  guint64 min, max;             /* of a number */
  guint64 value;                /* the default of a number, boolean or enum */
  const gchar *text;            /* the default of a string */
  gboolean secret;              /* can be set, and not read */
} GstPinSetting;

/* Tables end with an entry of no name */

/* Installs properties with ids from @first on; returns the id after them */
guint gst_pin_settings_install (const GstPinSetting * table,
    GObjectClass * klass, guint first, GParamFlags flags);

/* Gives all fields of the struct @self their defaults */
void gst_pin_settings_init (const GstPinSetting * table, gpointer self);
void gst_pin_settings_clear (const GstPinSetting * table, gpointer self);

/* The field of the property @spec; NULL: it is none of these */
gpointer gst_pin_settings_find (const GstPinSetting * table,
    gconstpointer self, const GParamSpec * spec);

/* A property's value into its field, and out of it, by the value's type */
void gst_pin_settings_set (gpointer field, const GValue * value);
void gst_pin_settings_get (gconstpointer field, GValue * value);

G_END_DECLS
