/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON as text: finds one value in a large document by looking at brackets and
 * strings alone, and turns that value, and nothing else, into a tree; and a
 * tree into text. No I/O, any thread. A slice lives as long as the text it
 * points into.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Deeper documents are refused: json-glib recurses, and a Pin's own data nest
 * less than twenty deep. */
#define GST_PIN_JSON_MAX_DEPTH 128
/* What one tree may cost: json-glib takes about 100 bytes for each value. */
#define GST_PIN_JSON_MAX_VALUES 200000
#define GST_PIN_JSON_MAX_BYTES (4 * 1024 * 1024)

/* A place where a value starts. @end is where the text ends, not the value. */
typedef struct
{
  const gchar *start;
  const gchar *end;
} GstPinJsonText;

/* Goes through an object's members or an array's elements. */
typedef struct
{
  const gchar *at;
  const gchar *end;
  gboolean is_object;
  gboolean first;
} GstPinJsonIter;

/* Blank space and a byte order mark in front are passed over. */
void gst_pin_json_text_init (GstPinJsonText * self, const gchar * text,
    gsize length);

/* FALSE where the value is no object or array. */
gboolean gst_pin_json_iter_init (GstPinJsonIter * self,
    const GstPinJsonText * container);
/* FALSE at the end, and where the text is cut or is no JSON. @key (nullable
 * for arrays) is a member's name as it stands in the text, without quotes:
 * start to end. */
gboolean gst_pin_json_iter_next (GstPinJsonIter * self, GstPinJsonText * key,
    GstPinJsonText * value);

/* TRUE where @key, as an iterator gives it, is @name. */
gboolean gst_pin_json_text_is_named (const GstPinJsonText * key,
    const gchar * name);

/* Follows member names, ended by NULL. Text behind what is looked for is not
 * read, so a cut document still gives what comes before the cut. */
gboolean gst_pin_json_text_find (const GstPinJsonText * self,
    GstPinJsonText * value, ...) G_GNUC_NULL_TERMINATED;

/* TRUE where the value is the string @text, or a bare number of its digits. */
gboolean gst_pin_json_text_equals (const GstPinJsonText * self,
    const gchar * text);

/* FALSE where the value is cut, too deep, or not made of JSON's characters. */
gboolean gst_pin_json_text_measure (const GstPinJsonText * self,
    gsize * length, guint * n_values);

/* The value as a tree, within the limits above. GST_PIN_ERROR_SCHEMA. */
JsonNode *gst_pin_json_text_parse (const GstPinJsonText * self,
    GError ** error);

/* (transfer full) (nullable) The text of a string node, NULL for any other.
 * Always valid UTF-8, whoever parsed it: json-glib turns half of a surrogate
 * pair into bytes that are none. */
gchar *gst_pin_json_dup_string (JsonNode * node);

/* (transfer full) The tree as text, its numbers with no more digits than they
 * need. */
gchar *gst_pin_json_to_string (JsonNode * node, gboolean pretty);

G_END_DECLS
