/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of options, and the values. The table is the one place where an
 * option is named: the parser, --help, the man page, the completions, the
 * environment and the configuration file all walk it. main() makes the values
 * once; afterwards nobody changes them, so that any thread may read them.
 */
#include "tool-options.h"

#include <gst/gst.h>
#include <string.h>

#include "strategy-private.h"

#define BROWSER "browser"

#define GET GST_PIN_TOOL_GET
#define INFO GST_PIN_TOOL_INFO
#define FORMATS GST_PIN_TOOL_FORMATS
#define ALL GST_PIN_TOOL_ALL
#define LINE_ONLY GST_PIN_TOOL_LINE_ONLY

#define FIELD(field) G_STRUCT_OFFSET (GstPinToolOptions, field)
#define WHAT GST_PIN_TOOL_GROUP_WHAT
#define WHERE GST_PIN_TOOL_GROUP_WHERE
#define NETWORK GST_PIN_TOOL_GROUP_NETWORK
#define SHOWN GST_PIN_TOOL_GROUP_SHOWN
#define FLAG GST_PIN_TOOL_FLAG, 0, NULL
#define SWITCH(value) GST_PIN_TOOL_SWITCH, value, NULL
#define TEXT(argument) GST_PIN_TOOL_TEXT, 0, argument
#define FILE_NAME GST_PIN_TOOL_FILE, 0, "FILE"
#define COUNT(least) GST_PIN_TOOL_COUNT, least, "N"
#define BYTES GST_PIN_TOOL_BYTES, 0, "BYTES"

/* In the order in which they are shown */
static const GstPinToolOption table[] = {
  {"quality", 'q', TEXT ("WISH"), WHAT, ALL, FIELD (quality), "quality",
        "Which variant: best, worst, 720p (the highest not above), <=2M (bits "
        "per second), h264, hevc, or a key that 'formats' lists; alternatives "
        "separated by commas. 'formats' marks what it means. Default: best"},
  {"item", 0, TEXT ("N|all"), WHAT, GET, FIELD (item), NULL,
        "Which video of a Pin that has several, counted from 1, or all of "
        "them. Default: 1"},
  {"page", 0, FILE_NAME, WHAT, INFO | FORMATS, FIELD (page), NULL,
        "With info and formats, read a page of the Pin that was saved, and ask "
        "nobody"},
  {"captions", 0, TEXT ("LANGUAGE"), WHAT, GET, FIELD (captions), "captions",
        "Put captions into the file, as a text track: en, en-us, auto (the "
        "user's own); alternatives separated by commas. Default: none"},
  {"no-tags", 0, FLAG, WHAT, GET, FIELD (no_tags), NULL,
        "Write no title, author, page, date and cover into the file"},
  {"no-cover", 0, FLAG, WHAT, GET, FIELD (no_cover), NULL,
        "Write no cover picture into the file"},

  {"output", 'o', TEXT ("TEMPLATE"), WHERE, GET, FIELD (output), NULL,
        "The file's name. {title}, {id}, {author}, {board}, {index}, "
        "{height}, {date} and {ext} stand for what is known of the Pin; - "
        "is the standard output, as fragmented MP4. Default: "
        "{title} [{id}].{ext}"},
  {"folder", 'P', GST_PIN_TOOL_FOLDER, 0, "FOLDER", WHERE, GET,
        FIELD (folder), NULL,
        "Where files go; made where it is missing. Default: the current "
        "folder"},
  {"skip", 0, SWITCH (GST_PIN_TOOL_SKIP), WHERE, GET, FIELD (present), NULL,
        "Leave a file that is there already, and go on. The default"},
  {"overwrite", 0, SWITCH (GST_PIN_TOOL_OVERWRITE), WHERE, GET,
        FIELD (present), NULL,
        "Replace a file that is there already, once the new one is whole"},
  {"rename", 0, SWITCH (GST_PIN_TOOL_RENAME), WHERE, GET, FIELD (present),
        NULL, "Find another name where the file is there already"},
  {"continue", 0, FLAG, WHERE, GET, FIELD (go_on), NULL,
        "Go on where an earlier run was interrupted: fetch only what is "
        "missing. Otherwise what that one left is thrown away"},
  {"input", 'i', FILE_NAME, WHERE, GET, FIELD (input), NULL,
        "Read further Pins from a file, one a line; - is the standard input. "
        "Empty lines, and those that begin with #, are left out"},
  {"archive", 0, FILE_NAME, WHERE, GET, FIELD (archive), NULL,
        "Keep a list of what was saved, and get nothing that is in it. An "
        "SQLite file, made where it is missing"},
  {"jobs", 'j', COUNT (1), WHERE, GET, FIELD (jobs), NULL,
        "How many Pins at once. Default: 1"},
  {"thumbnail", 0, FLAG, WHERE, GET, FIELD (thumbnail), NULL,
        "Put the Pin's picture beside the video as well, as NAME.jpg or "
        "NAME.png"},
  {"write-captions", 0, FLAG, WHERE, GET, FIELD (write_captions), NULL,
        "Put the captions beside the video as well, as NAME.LANGUAGE.vtt. "
        "Without --captions: those that auto finds"},
  {"write-info-json", 0, FLAG, WHERE, GET, FIELD (write_info_json), NULL,
        "Put what is known of the Pin beside the video, as NAME.info.json"},
  {"simulate", 's', FLAG, WHERE, GET, FIELD (simulate), NULL,
        "Write nothing: say what would be written"},
  {"print-pipeline", 0, FLAG, WHERE, GET, FIELD (print_pipeline), NULL,
        "Write nothing: print the line of gst-launch-1.0 that does the same"},
  {"dot", 0, FILE_NAME, WHERE, GET, FIELD (dot), NULL,
        "Write the graph of the pipeline at its end into a file, for "
        "Graphviz's dot"},

  {"limit-rate", 'r', BYTES, NETWORK, GET, FIELD (limit_rate), NULL,
        "Bytes of media per second, such as 500K or 2M, for each Pin. "
        "Default: no limit"},
  {"max-connections", 0, COUNT (1), NETWORK, GET, FIELD (max_connections),
        "max-connections", "Requests at a time, for each Pin. Default: 16"},
  {"max-request-rate", 0, COUNT (0), NETWORK, GET,
        FIELD (max_request_rate), "max-request-rate",
        "Requests per second; 0: no limit. Default: 0"},
  {"max-buffer", 0, BYTES, NETWORK, GET, FIELD (max_buffer),
        "max-buffer-bytes", "Media in memory, for each Pin. Default: 32M"},
  {"proxy", 0, TEXT ("URL"), NETWORK, ALL, FIELD (proxy), "proxies",
        "An HTTP proxy; several, separated by commas, take turns when one "
        "fails. Default: https_proxy or all_proxy of the environment"},
  {"user-agent", 0, TEXT ("TEXT"), NETWORK, ALL, FIELD (user_agent),
        "user-agent", "What to send as User-Agent. Default: gst-pin/VERSION"},
  {"cookies", 0, FILE_NAME, NETWORK, ALL, FIELD (cookies), "cookies-file",
        "Cookies of the user's own account, in Netscape's format: shown to "
        "the site alone, and only where a visitor without them gets no video"},
  {"access-token-file", 0, FILE_NAME, NETWORK, ALL,
        FIELD (access_token_file), "access-token-file",
        "A file with the token of the user's own account for the site's API"},
  {"strategies", 0, TEXT ("NAMES"), NETWORK, ALL, FIELD (strategies),
        "strategies", "Ways to learn of the video, separated by commas, the "
        "first asked first: page, resource, widget, account, account-page, "
        "api, mp4, browser. Default: all but browser"},
  {"browser", 0, FLAG, NETWORK, ALL | LINE_ONLY, FIELD (browser), NULL,
        "Where nothing else gives the video, load the page in a browser of "
        "the user's own: Chromium, or the one that GST_PIN_BROWSER names"},
  {"header", 0, GST_PIN_TOOL_LIST, 0, "NAME:VALUE", NETWORK, ALL,
        FIELD (headers), NULL, "A header for every request. May be repeated"},
  {"tls-ca-file", 0, FILE_NAME, NETWORK, ALL, FIELD (tls_ca_file),
        "tls-ca-file",
        "A PEM file of the authorities to trust. Default: the system's"},
  {"timeout", 0, COUNT (0), NETWORK, ALL, FIELD (timeout), "timeout",
        "Seconds of silence after which to give up; 0: never. Default: 15"},
  {"retries", 0, COUNT (0), NETWORK, ALL, FIELD (retries), "retries",
        "Further attempts after one that failed. Default: 3"},
  {"allow-private", 0, FLAG, NETWORK, ALL, FIELD (allow_private),
        "allow-private",
        "Let addresses lead to private networks and this machine"},

  {"progress", 0, GST_PIN_TOOL_CHOICE, 0, "auto|bar|plain|json|none", SHOWN,
        GET, FIELD (progress), NULL,
        "How to show what goes on: bars on a terminal, plain lines, or an "
        "object of JSON a line. Default: auto, bars on a terminal and plain "
        "lines elsewhere"},
  {"json", 0, FLAG, SHOWN, ALL, FIELD (json), NULL,
        "Print results and errors as JSON"},
  {"quiet", 0, FLAG, SHOWN, ALL, FIELD (quiet), NULL,
        "Print errors and nothing else"},
  {"verbose", 'v', FLAG, SHOWN, ALL, FIELD (verbose), NULL,
        "Print GStreamer's log of gst-pin as well"},
  {"config", 0, FILE_NAME, SHOWN, ALL | LINE_ONLY, FIELD (config), NULL,
        "The configuration file. Default: gst-pin/config in the XDG folders"},
  {"help", 'h', FLAG, SHOWN, ALL | LINE_ONLY, FIELD (help), NULL,
        "Print this"},
  /* Without help, and so in no list: the build runs it */
  {"generate", 0, GST_PIN_TOOL_CHOICE, 0, "none|man|bash|zsh|fish", SHOWN,
        ALL | LINE_ONLY, FIELD (generate), NULL, NULL},
  {"version", 0, FLAG, SHOWN, ALL | LINE_ONLY, FIELD (version), NULL,
        "Print the version"},
};

static const GstPinToolCommandInfo commands[] = {
  {GET, "get", "PIN…", "Save the video of each Pin. The default command"},
  {INFO, "info", "PIN", "Say what is known of a Pin"},
  {FORMATS, "formats", "PIN", "List the variants of a Pin's videos"},
};

static const gchar *const group_titles[] = {
  "What to get", "Where to put it", "Network", "What is shown"
};

G_STATIC_ASSERT (G_N_ELEMENTS (group_titles) == GST_PIN_TOOL_N_GROUPS);

const GstPinToolOption *
gst_pin_tool_options_get_table (guint *n)
{
  *n = G_N_ELEMENTS (table);
  return table;
}

const GstPinToolCommandInfo *
gst_pin_tool_options_get_commands (guint *n)
{
  *n = G_N_ELEMENTS (commands);
  return commands;
}

const gchar *
gst_pin_tool_options_get_group_title (GstPinToolGroup group)
{
  return group_titles[group];
}

GstPinToolOptions *
gst_pin_tool_options_new (void)
{
  GstPinToolOptions *self = g_new0 (GstPinToolOptions, 1);

  self->command = GET;
  self->operands = g_new0 (gchar *, 1);
  self->jobs = 1;
  self->origins = g_new0 (guint8, G_N_ELEMENTS (table));
  return self;
}

static gpointer
get_field (const GstPinToolOptions *self, const GstPinToolOption *option)
{
  return G_STRUCT_MEMBER_P (self, option->offset);
}

void
gst_pin_tool_options_free (GstPinToolOptions *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    gpointer field = get_field (self, &table[i]);

    switch (table[i].kind) {
      case GST_PIN_TOOL_TEXT:
      case GST_PIN_TOOL_FILE:
      case GST_PIN_TOOL_FOLDER:
        g_free (*(gchar **) field);
        break;
      case GST_PIN_TOOL_LIST:
        g_strfreev (*(gchar ***) field);
        break;
      default:
        break;
    }
  }
  g_strfreev (self->operands);
  g_free (self->origins);
  g_free (self);
}

gchar *
gst_pin_tool_option_get_variable (const GstPinToolOption *option)
{
  g_autofree gchar *upper = g_ascii_strup (option->name, -1);

  return g_strconcat ("GST_PIN_", g_strdelimit (upper, "-", '_'), NULL);
}

const GstPinToolOption *
gst_pin_tool_options_find (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, name) == 0)
      return &table[i];
  return NULL;
}

gboolean
gst_pin_tool_options_is_to_stdout (const GstPinToolOptions *self)
{
  return g_strcmp0 (self->output, "-") == 0;
}

/* --- values ------------------------------------------------------------------ */

static gboolean
read_flag (const gchar *text, gboolean *flag)
{
  static const gchar *const yes[] = { "yes", "true", "on", "1", NULL };
  static const gchar *const no[] = { "no", "false", "off", "0", "", NULL };

  *flag = !text || g_strv_contains (yes, text);
  return *flag || g_strv_contains (no, text);
}

static gboolean
read_bytes (const gchar *text, guint64 *bytes)
{
  static const gchar units[] = "KMG";
  gchar *end = NULL;
  guint64 factor = 1;
  const gchar *unit;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  *bytes = g_ascii_strtoull (text, &end, 10);
  unit = *end ? strchr (units, g_ascii_toupper (*end)) : NULL;
  if (unit) {
    factor = G_GUINT64_CONSTANT (1) << (10 * (unit - units + 1));
    end++;
  }
  /* What is in bits per second later on must fit as well */
  if (*end || *bytes > G_MAXINT64 / 8 / factor)
    return FALSE;
  *bytes *= factor;
  return TRUE;
}

static gboolean
read_choice (const gchar *words, const gchar *text, gint *choice)
{
  g_auto (GStrv) each = g_strsplit (words, "|", -1);

  for (*choice = 0; each[*choice]; (*choice)++)
    if (strcmp (each[*choice], text) == 0)
      return TRUE;
  return FALSE;
}

static void
add_to_list (gchar ***list, const gchar *text)
{
  guint n = *list ? g_strv_length (*list) : 0;

  *list = g_renew (gchar *, *list, n + 2);
  (*list)[n] = g_strdup (text);
  (*list)[n + 1] = NULL;
}

static gboolean
set_switch (const GstPinToolOption *option, const gchar *text, gint *field)
{
  gboolean flag;

  if (!read_flag (text, &flag))
    return FALSE;
  if (flag)
    *field = option->value;
  else if (*field == option->value)
    *field = 0;
  return TRUE;
}

static gboolean
set_count (const GstPinToolOption *option, const gchar *text, guint *field)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, option->value, G_MAXINT, &number,
          NULL))
    return FALSE;
  *field = number;
  return TRUE;
}

static gboolean
store (const GstPinToolOption *option, const gchar *text, gboolean replaces,
    gpointer field)
{
  switch (option->kind) {
    case GST_PIN_TOOL_FLAG:
      return read_flag (text, field);
    case GST_PIN_TOOL_SWITCH:
      return set_switch (option, text, field);
    case GST_PIN_TOOL_COUNT:
      return set_count (option, text, field);
    case GST_PIN_TOOL_BYTES:
      return read_bytes (text, field);
    case GST_PIN_TOOL_CHOICE:
      return read_choice (option->argument, text, field);
    case GST_PIN_TOOL_LIST:
      if (replaces)
        g_clear_pointer ((gchar ***) field, g_strfreev);
      add_to_list (field, text);
      return TRUE;
    default:
      g_free (*(gchar **) field);
      *(gchar **) field = g_strdup (text);
      return TRUE;
  }
}

static const gchar *
describe_kind (const GstPinToolOption *option)
{
  switch (option->kind) {
    case GST_PIN_TOOL_FLAG:
    case GST_PIN_TOOL_SWITCH:
      return "yes or no";
    case GST_PIN_TOOL_COUNT:
      return option->value ? "a number from 1 on" : "a number";
    case GST_PIN_TOOL_BYTES:
      return "a number of bytes, such as 500K or 2M";
    default:
      return option->argument;
  }
}

/* Where its field comes from: switches share theirs */
static guint8
find_origin (const GstPinToolOptions *self, const GstPinToolOption *option)
{
  guint8 strongest = GST_PIN_TOOL_ORIGIN_DEFAULT;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].offset == option->offset)
      strongest = MAX (strongest, self->origins[i]);
  return strongest;
}

gboolean
gst_pin_tool_options_set (GstPinToolOptions *self,
    const GstPinToolOption *option, const gchar *value,
    GstPinToolOrigin origin, GError **error)
{
  guint8 known = find_origin (self, option);

  if (known > origin)
    return TRUE;
  if (value && !g_utf8_validate (value, -1, NULL)
      && option->kind != GST_PIN_TOOL_FILE
      && option->kind != GST_PIN_TOOL_FOLDER) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "what is given for --%s is no UTF-8", option->name);
    return FALSE;
  }
  if (!store (option, value, known < origin, get_field (self, option))) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--%s takes %s, not '%s'", option->name, describe_kind (option),
        value);
    return FALSE;
  }
  self->origins[option - table] = origin;
  return TRUE;
}

/* --- to objects --------------------------------------------------------------- */

static gboolean
add_header (GstStructure *headers, const gchar *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);

  if (!parts[0] || !parts[1] || *g_strstrip (parts[0]) == '\0') {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--header takes NAME:VALUE, not '%s'", text);
    return FALSE;
  }
  gst_structure_set (headers, parts[0], G_TYPE_STRING,
      g_strstrip (parts[1]), NULL);
  return TRUE;
}

static gboolean
apply_headers (const GstPinToolOptions *self, GObject *object, GError **error)
{
  g_autoptr (GstStructure) headers = NULL;

  if (!self->headers)
    return TRUE;
  headers = gst_structure_new_empty ("headers");
  for (guint i = 0; self->headers[i]; i++)
    if (!add_header (headers, self->headers[i], error))
      return FALSE;
  g_object_set (object, "extra-headers", headers, NULL);
  return TRUE;
}

static gboolean
apply_one (const GstPinToolOption *option, gconstpointer field,
    GObject *object, GError **error)
{
  GParamSpec *spec = g_object_class_find_property
      (G_OBJECT_GET_CLASS (object), option->property);
  g_auto (GValue) value = G_VALUE_INIT;

  if (!spec)
    return TRUE;
  g_value_init (&value, spec->value_type);
  switch (option->kind) {
    case GST_PIN_TOOL_FLAG:
      g_value_set_boolean (&value, *(const gboolean *) field);
      break;
    case GST_PIN_TOOL_COUNT:
      g_value_set_uint (&value, *(const guint *) field);
      break;
    case GST_PIN_TOOL_BYTES:
      g_value_set_uint64 (&value, *(const guint64 *) field);
      break;
    default:
      g_value_set_string (&value, *(gchar *const *) field);
      break;
  }
  if (g_param_value_validate (spec, &value)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--%s is out of range: gst-inspect-1.0 pinsrc tells that of %s",
        option->name, option->property);
    return FALSE;
  }
  g_object_set_property (object, option->property, &value);
  return TRUE;
}

/* The last of all: it takes seconds and hundreds of MB */
static gboolean
apply_browser (const GstPinToolOptions *self, GObject *object,
    GError **error)
{
  g_autoptr (GPtrArray) strategies = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GError) why = NULL;

  if (!self->browser)
    return TRUE;
  strategies = gst_pin_strategies_parse (self->strategies, &why);
  if (!strategies) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        why->message);
    return FALSE;
  }
  for (guint i = 0; i < strategies->len; i++) {
    const GstPinStrategy *strategy = g_ptr_array_index (strategies, i);

    if (strcmp (strategy->name, BROWSER) != 0)
      g_string_append_printf (names, "%s,", strategy->name);
  }
  g_string_append (names, BROWSER);
  g_object_set (object, "strategies", names->str, NULL);
  return TRUE;
}

static gboolean
has_property (GObject *object, const gchar *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (object), name)
      != NULL;
}

gboolean
gst_pin_tool_options_apply (const GstPinToolOptions *self, GObject *object,
    GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].property && self->origins[i] != GST_PIN_TOOL_ORIGIN_DEFAULT
        && !apply_one (&table[i], get_field (self, &table[i]), object, error))
      return FALSE;
  if (self->limit_rate && has_property (object, "max-bitrate"))
    g_object_set (object, "max-bitrate", self->limit_rate * 8, NULL);
  if (self->write_captions && !self->captions
      && has_property (object, "captions"))
    g_object_set (object, "captions", "auto", NULL);
  if ((self->no_tags || self->no_cover) && !self->thumbnail
      && has_property (object, "cover"))
    g_object_set (object, "cover", FALSE, NULL);
  return apply_browser (self, object, error)
      && apply_headers (self, object, error);
}
