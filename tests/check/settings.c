/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of properties: what an object has that is made of one.
 */
#include "settings-private.h"

typedef struct
{
  gchar *text, *word, *secret;
  gchar **list;
  GstStructure *structure;
  gboolean flag;
  guint number;
  guint64 large;
  gint state;
} Values;

#define FIELD(name) G_STRUCT_OFFSET (Values, name)
static const GstPinSetting table[] = {
  {"text", "t", "t", FIELD (text), G_TYPE_STRING},
  {"word", "w", "w", FIELD (word), G_TYPE_STRING, .text = "best"},
  {"secret", "s", "s", FIELD (secret), G_TYPE_STRING, .secret = TRUE},
  {"list", "l", "l", FIELD (list), G_TYPE_BOXED, g_strv_get_type},
  {"structure", "s", "s", FIELD (structure), G_TYPE_BOXED,
      gst_structure_get_type},
  {"flag", "f", "f", FIELD (flag), G_TYPE_BOOLEAN, .value = TRUE},
  {"number", "n", "n", FIELD (number), G_TYPE_UINT, .min = 1, .max = 9,
      .value = 3},
  {"large", "l", "l", FIELD (large), G_TYPE_UINT64, .max = G_MAXUINT64,
      .value = G_MAXUINT64 - 1},
  {"state", "s", "s", FIELD (state), G_TYPE_ENUM, gst_state_get_type,
      .value = GST_STATE_PAUSED},
  {NULL}
};

typedef struct
{
  GObject parent;
  Values values;
} Thing;

typedef GObjectClass ThingClass;

GType thing_get_type (void);
G_DEFINE_TYPE (Thing, thing, G_TYPE_OBJECT);

static void
thing_set_property (GObject *object, guint id, const GValue *value,
    GParamSpec *spec)
{
  gst_pin_settings_set (gst_pin_settings_find (table,
          &((Thing *) object)->values, spec), value);
}

static void
thing_get_property (GObject *object, guint id, GValue *value,
    GParamSpec *spec)
{
  gst_pin_settings_get (gst_pin_settings_find (table,
          &((Thing *) object)->values, spec), value);
}

static void
thing_finalize (GObject *object)
{
  gst_pin_settings_clear (table, &((Thing *) object)->values);
  G_OBJECT_CLASS (thing_parent_class)->finalize (object);
}

static void
thing_class_init (ThingClass *klass)
{
  klass->set_property = thing_set_property;
  klass->get_property = thing_get_property;
  klass->finalize = thing_finalize;
  g_assert_cmpuint (gst_pin_settings_install (table, klass, 1,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS), ==,
      G_N_ELEMENTS (table));
}

static void
thing_init (Thing *self)
{
  memset (&self->values, 0xff, sizeof self->values);
  gst_pin_settings_init (table, &self->values);
}

/* An object that is new has what its properties say is the default */
static void
test_defaults (void)
{
  g_autoptr (GObject) thing = g_object_new (thing_get_type (), NULL);
  Values *values = &((Thing *) thing)->values;
  g_autofree GParamSpec **specs = NULL;
  guint n;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (thing), &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (table) - 1);
  for (guint i = 0; i < n; i++) {
    g_auto (GValue) value = G_VALUE_INIT;

    if (!(specs[i]->flags & G_PARAM_READABLE))
      continue;
    g_object_get_property (thing, specs[i]->name, &value);
    g_assert_true (g_param_value_defaults (specs[i], &value));
  }
  g_assert_null (values->text);
  g_assert_null (values->secret);
  g_assert_cmpstr (values->word, ==, "best");
  g_assert_true (values->flag);
  g_assert_cmpuint (values->number, ==, 3);
  g_assert_cmpuint (values->large, ==, G_MAXUINT64 - 1);
  g_assert_cmpint (values->state, ==, GST_STATE_PAUSED);
}

static void
test_set_and_get (void)
{
  static const gchar *const words[] = { "a=1", "b=2", NULL };
  g_autoptr (GObject) thing = g_object_new (thing_get_type (), NULL);
  g_autoptr (GstStructure) given = gst_structure_new_empty ("given");
  g_autoptr (GstStructure) structure = NULL;
  g_auto (GStrv) list = NULL;
  g_autofree gchar *word = NULL;
  guint64 large;
  guint number;
  gboolean flag;
  gint state;

  /* Twice, so that the first values are given up */
  for (guint i = 0; i < 2; i++)
    g_object_set (thing, "word", "worst", "list", words, "structure", given,
        "flag", FALSE, "number", 9, "large", (guint64) 5, "state",
        GST_STATE_NULL, NULL);
  g_object_get (thing, "word", &word, "list", &list, "structure", &structure,
      "flag", &flag, "number", &number, "large", &large, "state", &state,
      NULL);
  g_assert_cmpstr (word, ==, "worst");
  g_assert_true (g_strv_equal ((const gchar * const *) list, words));
  g_assert_true (gst_structure_is_equal (structure, given));
  g_assert_false (flag);
  g_assert_cmpuint (number, ==, 9);
  g_assert_cmpuint (large, ==, 5);
  g_assert_cmpint (state, ==, GST_STATE_NULL);
  g_object_set (thing, "list", NULL, "structure", NULL, NULL);
  g_assert_null (((Thing *) thing)->values.list);
  g_assert_null (((Thing *) thing)->values.structure);
}

/* A line break in a header begins another header */
static void
test_strings_have_no_lines (void)
{
  g_autoptr (GObject) thing = g_object_new (thing_get_type (), NULL);
  Values *values = &((Thing *) thing)->values;

  g_object_set (thing, "text", "a\r\nHost: b", NULL);
  g_assert_cmpstr (values->text, ==, "a  Host: b");
  g_object_set (thing, "text", "", NULL);
  g_assert_null (values->text);
}

static void
test_secrets_are_not_read (void)
{
  g_autoptr (GObject) thing = g_object_new (thing_get_type (), "secret", "x",
      NULL);
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (thing),
      "secret");

  g_assert_cmpint (spec->flags & G_PARAM_READWRITE, ==, G_PARAM_WRITABLE);
  g_assert_cmpstr (((Thing *) thing)->values.secret, ==, "x");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/set-and-get", test_set_and_get);
  g_test_add_func ("/settings/strings-have-no-lines",
      test_strings_have_no_lines);
  g_test_add_func ("/settings/secrets-are-not-read",
      test_secrets_are_not_read);
  return g_test_run ();
}
