/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The template of -o and what is known of a Pin → a file's name. What comes
 * from the page is hostile: it makes no folder, no hidden file, no name that a
 * file system refuses or that a terminal shows as something else, and where
 * all is too long, the longest of it is cut, never what the template says
 * itself. Pure functions, any thread.
 */
#include "tool-name.h"

#include <string.h>

#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER 0x200d

static const gchar *const field_names[] = {
  "title", "id", "author", "board", "index", "height", "date", "ext"
};

#define N_FIELDS G_N_ELEMENTS (field_names)

static gint
find_field (const gchar *name, gsize length)
{
  for (guint i = 0; i < N_FIELDS; i++)
    if (strlen (field_names[i]) == length
        && strncmp (field_names[i], name, length) == 0)
      return i;
  return -1;
}

/* The next field of a template at or behind @text: its number, and where it
 * begins and ends. -1: no more of them; -2: one that nobody knows */
static gint
next_field (const gchar *text, const gchar **begin, const gchar **end)
{
  const gchar *close;
  gint field;

  *begin = strchr (text, '{');
  if (!*begin)
    return -1;
  close = strchr (*begin, '}');
  *end = close ? close + 1 : *begin + strlen (*begin);
  field = close ? find_field (*begin + 1, close - *begin - 1) : -1;
  return field < 0 ? -2 : field;
}

gboolean
gst_pin_tool_name_check (const gchar *template, GError **error)
{
  const gchar *begin, *end = template;
  gint field;

  while ((field = next_field (end, &begin, &end)) >= 0);
  if (field == -1 && *template && !g_str_has_suffix (template, "/"))
    return TRUE;
  if (field == -2)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--output knows no field %.*s; there are {title}, {id}, {author}, "
        "{board}, {index}, {height}, {date} and {ext}", (int) (end - begin),
        begin);
  else
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--output wants a file's name, not '%s'", template);
  return FALSE;
}

gboolean
gst_pin_tool_name_uses (const gchar *template, const gchar *field)
{
  g_autofree gchar *text = g_strdup_printf ("{%s}", field);

  return strstr (template, text) != NULL;
}

/* --- values ------------------------------------------------------------------ */

/* What shares a cell with the letter before it, or holds two together */
static gboolean
belongs_to_previous (gunichar c)
{
  return g_unichar_iszerowidth (c) || c == ZERO_WIDTH_JOINER
      || (c >= 0x1f3fb && c <= 0x1f3ff);        /* tones of skin */
}

/* Blanks for what separates, nothing for what can't be seen. Also for file
 * systems that refuse more than POSIX does */
static gunichar
tame_letter (gunichar c)
{
  if (c == ZERO_WIDTH_JOINER || c == ZERO_WIDTH_NON_JOINER)
    return c;
  if (c < 0x80 && strchr ("/\\:*?\"<>|", c))
    return c == '"' ? '\'' : '_';
  if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
    return ' ';
  return g_unichar_isprint (c) || g_unichar_ismark (c) ? c : 0;
}

static gchar *
tame (const gchar *text, const gchar *otherwise)
{
  g_autofree gchar *valid = g_utf8_make_valid (text ? text : "", -1);
  g_autofree gchar *normal = g_utf8_normalize (valid, -1,
      G_NORMALIZE_DEFAULT_COMPOSE);
  GString *out = g_string_new (NULL);

  for (const gchar *p = normal; *p; p = g_utf8_next_char (p)) {
    gunichar c = tame_letter (g_utf8_get_char (p));
    gboolean blank = c == ' ';

    if (c && !(blank && (out->len == 0 || out->str[out->len - 1] == ' ')))
      g_string_append_unichar (out, c);
  }
  g_strchomp (out->str);
  if (!*out->str) {
    g_string_free (out, TRUE);
    return g_strdup (otherwise);
  }
  return g_string_free (out, FALSE);
}

static gchar *
make_number (guint number, const gchar *otherwise)
{
  return number ? g_strdup_printf ("%u", number) : g_strdup (otherwise);
}

/* In the order of field_names */
static void
fill_values (const GstPinToolNameFields *fields, gchar *values[N_FIELDS])
{
  values[0] = tame (fields->title, "Pin");
  values[1] = tame (fields->id, "unknown");
  values[2] = tame (fields->author, "unknown");
  values[3] = tame (fields->board, "unknown");
  values[4] = make_number (fields->index, "1");
  values[5] = make_number (fields->height, "unknown");
  values[6] = tame (fields->date, "undated");
  values[7] = tame (fields->ext, "mp4");
}

/* Cuts whole letters off the end until @excess bytes less are there. As long
 * as anything is left, so is one letter */
static void
shorten (gchar *value, gsize excess)
{
  gsize length = strlen (value);
  gchar *end = value + length;
  gchar *least = g_utf8_next_char (value);

  while (end > least && (gsize) (value + length - end) < excess) {
    end = g_utf8_prev_char (end);
    while (end > least && (belongs_to_previous (g_utf8_get_char (end))
            || g_utf8_get_char (g_utf8_prev_char (end)) == ZERO_WIDTH_JOINER))
      end = g_utf8_prev_char (end);
  }
  *end = '\0';
  g_strchomp (value);
}

static gchar *
fill_in (const gchar *part, gchar *const values[N_FIELDS], guint used[N_FIELDS])
{
  GString *out = g_string_new (NULL);
  const gchar *begin, *end = part;
  gint field;

  memset (used, 0, N_FIELDS * sizeof *used);
  while ((field = next_field (part, &begin, &end)) >= 0) {
    g_string_append_len (out, part, begin - part);
    g_string_append (out, values[field]);
    used[field]++;
    part = end;
  }
  g_string_append (out, part);
  return g_string_free (out, FALSE);
}

/* --- names ------------------------------------------------------------------- */

/* Names of devices on some systems, with any suffix or none */
static gboolean
is_reserved (const gchar *name)
{
  static const gchar *const devices[] = { "con", "prn", "aux", "nul" };
  gsize stem = strcspn (name, ".");

  for (guint i = 0; stem == 3 && i < G_N_ELEMENTS (devices); i++)
    if (g_ascii_strncasecmp (name, devices[i], 3) == 0)
      return TRUE;
  return stem == 4 && g_ascii_isdigit (name[3])
      && (g_ascii_strncasecmp (name, "com", 3) == 0
      || g_ascii_strncasecmp (name, "lpt", 3) == 0);
}

/* What the template writes itself stays, be it ".." or a hidden name: its
 * author may. Only what values put there is made harmless */
static gchar *
make_harmless (gchar *name, const gchar *part)
{
  gchar *harmless;

  if (strcmp (name, part) == 0)
    return name;
  if (strchr (".-", *name) && *part != *name)
    *name = '_';                /* hidden, or an option to who gets it */
  while (g_str_has_suffix (name, ".") || g_str_has_suffix (name, " "))
    name[strlen (name) - 1] = '\0';
  if (*name && !is_reserved (name))
    return name;
  harmless = g_strconcat ("_", name, NULL);
  g_free (name);
  return harmless;
}

static guint
find_longest (gchar *const values[N_FIELDS], const guint used[N_FIELDS])
{
  guint longest = 0;
  gsize most = 0;

  for (guint i = 0; i < N_FIELDS; i++)
    if (used[i] && strlen (values[i]) > most) {
      most = strlen (values[i]);
      longest = i;
    }
  return longest;
}

/* One folder, or the file itself */
static gchar *
expand_part (const gchar *part, const GstPinToolNameFields *fields)
{
  gchar *values[N_FIELDS];
  guint used[N_FIELDS];
  gchar *name;

  fill_values (fields, values);
  name = fill_in (part, values, used);
  for (guint i = 0; i < N_FIELDS && strlen (name) > GST_PIN_TOOL_NAME_MAX;
      i++) {
    guint longest = find_longest (values, used);
    gsize excess = strlen (name) - GST_PIN_TOOL_NAME_MAX;

    if (!used[longest])
      break;
    shorten (values[longest], (excess + used[longest] - 1) / used[longest]);
    g_free (name);
    name = fill_in (part, values, used);
  }
  for (guint i = 0; i < N_FIELDS; i++)
    g_free (values[i]);
  return make_harmless (name, part);
}

gchar *
gst_pin_tool_name_expand (const gchar *template,
    const GstPinToolNameFields *fields)
{
  g_auto (GStrv) parts = g_strsplit (template, "/", -1);

  for (guint i = 0; parts[i]; i++) {
    gchar *name = expand_part (parts[i], fields);

    g_free (parts[i]);
    parts[i] = name;
  }
  return g_strjoinv ("/", parts);
}

gchar *
gst_pin_tool_name_number (const gchar *path, guint number)
{
  const gchar *slash = strrchr (path, '/');
  const gchar *base = slash ? slash + 1 : path;
  const gchar *suffix = strrchr (base, '.');
  g_autofree gchar *text = g_strdup_printf (" (%u)", number);
  g_autofree gchar *stem = NULL;
  gsize room;

  if (!suffix || suffix == base)
    suffix = base + strlen (base);
  stem = g_strndup (base, suffix - base);
  room = strlen (text) + strlen (suffix);
  if (strlen (stem) + room > GST_PIN_TOOL_NAME_MAX
      && g_utf8_validate (stem, -1, NULL))
    shorten (stem, strlen (stem) + room - GST_PIN_TOOL_NAME_MAX);
  return g_strdup_printf ("%.*s%s%s%s", (int) (base - path), path, stem, text,
      suffix);
}
