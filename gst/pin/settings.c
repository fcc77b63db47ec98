/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Properties that are fields of a struct. A table says all there is to say of
 * them, and everything else follows from it: the specs, the defaults, the way
 * in and out. Tables are constant; whoever has the struct guards it.
 */
#include "settings-private.h"

#include <string.h>

static GParamSpec *
make_spec (const GstPinSetting *self, GParamFlags flags)
{
  if (self->secret)
    flags &= ~G_PARAM_READABLE;
  switch (self->kind) {
    case G_TYPE_STRING:
      return g_param_spec_string (self->name, self->nick, self->blurb,
          self->text, flags);
    case G_TYPE_BOOLEAN:
      return g_param_spec_boolean (self->name, self->nick, self->blurb,
          self->value, flags);
    case G_TYPE_UINT:
      return g_param_spec_uint (self->name, self->nick, self->blurb,
          self->min, self->max, self->value, flags);
    case G_TYPE_UINT64:
      return g_param_spec_uint64 (self->name, self->nick, self->blurb,
          self->min, self->max, self->value, flags);
    case G_TYPE_ENUM:
      return g_param_spec_enum (self->name, self->nick, self->blurb,
          self->get_type (), self->value, flags);
    default:
      return g_param_spec_boxed (self->name, self->nick, self->blurb,
          self->get_type (), flags);
  }
}

guint
gst_pin_settings_install (const GstPinSetting *table, GObjectClass *klass,
    guint first, GParamFlags flags)
{
  for (; table->name; table++)
    g_object_class_install_property (klass, first++, make_spec (table, flags));
  return first;
}

void
gst_pin_settings_init (const GstPinSetting *table, gpointer self)
{
  for (; table->name; table++) {
    gpointer field = G_STRUCT_MEMBER_P (self, table->offset);

    if (table->kind == G_TYPE_STRING)
      *(gchar **) field = g_strdup (table->text);
    else if (table->kind == G_TYPE_BOXED)
      *(gpointer *) field = NULL;
    else if (table->kind == G_TYPE_UINT64)
      *(guint64 *) field = table->value;
    else
      *(guint *) field = table->value;
  }
}

void
gst_pin_settings_clear (const GstPinSetting *table, gpointer self)
{
  for (; table->name; table++) {
    gpointer field = G_STRUCT_MEMBER_P (self, table->offset);

    if (table->kind == G_TYPE_STRING)
      g_clear_pointer ((gchar **) field, g_free);
    else if (table->kind == G_TYPE_BOXED && *(gpointer *) field)
      g_boxed_free (table->get_type (), g_steal_pointer ((gpointer *) field));
  }
}

gpointer
gst_pin_settings_find (const GstPinSetting *table, gconstpointer self,
    const GParamSpec *spec)
{
  for (; table->name; table++)
    if (strcmp (table->name, spec->name) == 0)
      return G_STRUCT_MEMBER_P (self, table->offset);
  return NULL;
}

static void
set_string (gchar **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
  /* None of them has lines, and a line break in a header begins another one */
  if (*field)
    g_strdelimit (*field, "\r\n", ' ');
  /* An empty string is as good as none, so that a shell's "" clears it */
  if (*field && !**field)
    g_clear_pointer (field, g_free);
}

void
gst_pin_settings_set (gpointer field, const GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value))
    set_string (field, value);
  else if (G_VALUE_HOLDS_UINT (value))
    *(guint *) field = g_value_get_uint (value);
  else if (G_VALUE_HOLDS_UINT64 (value))
    *(guint64 *) field = g_value_get_uint64 (value);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    *(gboolean *) field = g_value_get_boolean (value);
  else if (G_VALUE_HOLDS_ENUM (value))
    *(gint *) field = g_value_get_enum (value);
  else if (G_VALUE_HOLDS_BOXED (value)) {
    if (*(gpointer *) field)
      g_boxed_free (G_VALUE_TYPE (value), *(gpointer *) field);
    *(gpointer *) field = g_value_dup_boxed (value);
  }
}

void
gst_pin_settings_get (gconstpointer field, GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, *(gchar * const *) field);
  else if (G_VALUE_HOLDS_UINT (value))
    g_value_set_uint (value, *(const guint *) field);
  else if (G_VALUE_HOLDS_UINT64 (value))
    g_value_set_uint64 (value, *(const guint64 *) field);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *(const gboolean *) field);
  else if (G_VALUE_HOLDS_ENUM (value))
    g_value_set_enum (value, *(const gint *) field);
  else if (G_VALUE_HOLDS_BOXED (value))
    g_value_set_boxed (value, *(gconstpointer const *) field);
}
