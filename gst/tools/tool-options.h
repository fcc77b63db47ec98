/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tool was asked to do: one table of options, and the values that
 * came from the command line, the environment and the configuration file.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Which command an option is for; a set of bits */
typedef enum
{
  GST_PIN_TOOL_GET = 1 << 0,
  GST_PIN_TOOL_INFO = 1 << 1,
  GST_PIN_TOOL_FORMATS = 1 << 2,
  GST_PIN_TOOL_ALL = (1 << 3) - 1,
  GST_PIN_TOOL_LINE_ONLY = 1 << 3       /* not in the environment or a file */
} GstPinToolCommand;

typedef struct
{
  GstPinToolCommand command;
  const gchar *name, *operands, *help;
} GstPinToolCommandInfo;

/* Under which title --help and the man page show an option */
typedef enum
{
  GST_PIN_TOOL_GROUP_WHAT,
  GST_PIN_TOOL_GROUP_WHERE,
  GST_PIN_TOOL_GROUP_NETWORK,
  GST_PIN_TOOL_GROUP_SHOWN,
  GST_PIN_TOOL_N_GROUPS
} GstPinToolGroup;

typedef enum
{
  GST_PIN_TOOL_FLAG,            /* gboolean */
  GST_PIN_TOOL_SWITCH,          /* gint, which becomes the option's value */
  GST_PIN_TOOL_TEXT,            /* gchar * */
  GST_PIN_TOOL_FILE,            /* gchar *, a file's name */
  GST_PIN_TOOL_FOLDER,          /* gchar *, a folder's name */
  GST_PIN_TOOL_LIST,            /* gchar **; each use adds one */
  GST_PIN_TOOL_COUNT,           /* guint */
  GST_PIN_TOOL_BYTES,           /* guint64; 500K, 2M, 1G */
  GST_PIN_TOOL_CHOICE           /* gint: which word of argument, a|b|c */
} GstPinToolKind;

/* From the weakest to the strongest */
typedef enum
{
  GST_PIN_TOOL_ORIGIN_DEFAULT,
  GST_PIN_TOOL_ORIGIN_FILE,
  GST_PIN_TOOL_ORIGIN_ENVIRONMENT,
  GST_PIN_TOOL_ORIGIN_LINE
} GstPinToolOrigin;

/* What to do where the file is there already */
typedef enum
{
  GST_PIN_TOOL_SKIP,
  GST_PIN_TOOL_OVERWRITE,
  GST_PIN_TOOL_RENAME
} GstPinToolPresent;

/* In the order of the words of --progress */
typedef enum
{
  GST_PIN_TOOL_PROGRESS_AUTO,
  GST_PIN_TOOL_PROGRESS_BAR,
  GST_PIN_TOOL_PROGRESS_PLAIN,
  GST_PIN_TOOL_PROGRESS_JSON,
  GST_PIN_TOOL_PROGRESS_NONE
} GstPinToolProgressStyle;

/* In the order of the words of --generate */
typedef enum
{
  GST_PIN_TOOL_GENERATE_NONE,
  GST_PIN_TOOL_GENERATE_MAN,
  GST_PIN_TOOL_GENERATE_BASH,
  GST_PIN_TOOL_GENERATE_ZSH,
  GST_PIN_TOOL_GENERATE_FISH
} GstPinToolGenerated;

typedef struct
{
  const gchar *name;
  gchar letter;                 /* 0: none */
  GstPinToolKind kind;
  gint value;                   /* of a switch; the least of a count */
  const gchar *argument;        /* such as "FILE"; NULL for flags and switches */
  GstPinToolGroup group;
  guint commands;
  gsize offset;                 /* of the field in GstPinToolOptions */
  const gchar *property;        /* of pinsrc, set to the same value; or NULL */
  const gchar *help;
} GstPinToolOption;

typedef struct
{
  GstPinToolCommand command;
  gchar **operands;

  gchar *quality, *item, *page, *captions;
  gboolean no_tags, no_cover;

  gchar *output, *folder, *input, *archive;
  gint present;                 /* GstPinToolPresent */
  guint jobs;
  gboolean simulate, print_pipeline;
  gchar *dot;
  gboolean thumbnail, write_captions, write_info_json;
  gboolean go_on;               /* --continue */

  gchar *proxy, *tls_ca_file, *user_agent;
  gchar *cookies, *access_token_file, *strategies;
  gchar **headers;
  guint timeout, retries, max_connections, max_request_rate;
  guint64 limit_rate, max_buffer;
  gboolean allow_private, browser;

  gint progress;                /* GstPinToolProgressStyle */
  gboolean quiet, verbose, json, help, version;
  gchar *config;
  gint generate;                /* GstPinToolGenerated */

  guint8 *origins;              /* a GstPinToolOrigin for each option */
} GstPinToolOptions;

const GstPinToolOption *gst_pin_tool_options_get_table (guint * n);
const GstPinToolCommandInfo *gst_pin_tool_options_get_commands (guint * n);
const gchar *gst_pin_tool_options_get_group_title (GstPinToolGroup group);

GstPinToolOptions *gst_pin_tool_options_new (void);
void gst_pin_tool_options_free (GstPinToolOptions * self);

/* The environment's name of an option, such as GST_PIN_LIMIT_RATE */
gchar *gst_pin_tool_option_get_variable (const GstPinToolOption * option);

/* NULL: there is none of that name */
const GstPinToolOption *gst_pin_tool_options_find (const gchar * name);

/* Whether media go to the standard output, so that words can't */
gboolean gst_pin_tool_options_is_to_stdout (const GstPinToolOptions * self);

/* Sets one from text. @value: NULL for a flag that stands alone. What came from
 * a stronger origin stays. Errors are G_OPTION_ERROR. */
gboolean gst_pin_tool_options_set (GstPinToolOptions * self,
    const GstPinToolOption * option, const gchar * value,
    GstPinToolOrigin origin, GError ** error);

/* Reads a command line, without the program's name */
gboolean gst_pin_tool_options_parse (GstPinToolOptions * self,
    const gchar * const *words, GError ** error);

/* Sets those properties of @object (a pinsrc, or a resolver, which has some of
 * pinsrc's) to which something was given; its own defaults stay */
gboolean gst_pin_tool_options_apply (const GstPinToolOptions * self,
    GObject * object, GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstPinToolOptions, gst_pin_tool_options_free)

G_END_DECLS
