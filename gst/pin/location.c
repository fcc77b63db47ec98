/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Understands what a user typed or pasted: a Pin in any of the forms that its
 * address takes, a short link, or another kind of page. Whatever was typed,
 * what comes out is an address made anew on www.pinterest.com or pin.it, from
 * parts that were checked one by one; nothing of the text goes on as it was.
 * The text is hostile until then: user names, ports, look-alike hosts,
 * escapes that hide something and control characters are refused with a
 * sentence that says why.
 *
 * Anyone makes one with gst_pin_location_parse(), on any thread. It never
 * changes and lives as long as somebody holds a reference.
 */
#include "location-address-private.h"
#include "location-private.h"
#include "shown-private.h"

#include <gst/pin/error.h>
#include <string.h>

#define MAX_CODE 32             /* of a short link; 9 or fewer seen */

/* IDs are 64-bit numbers: at most 20 digits; 11 to 19 are seen */
#define MAX_ID 20

#define SITE GST_PIN_ADDRESS_SITE

struct _GstPinLocation
{
  gatomicrefcount refs;
  GstPinLocationKind kind;
  gchar *id;                    /* of a Pin; else NULL */
  gchar *url;
};

typedef GstPinLocation *(*ReadFunc) (const GstPinAddress * address,
    GError ** error);

G_DEFINE_BOXED_TYPE (GstPinLocation, gst_pin_location, gst_pin_location_ref,
    gst_pin_location_unref);

GType
gst_pin_location_kind_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_PIN_LOCATION_PIN, "GST_PIN_LOCATION_PIN", "pin"},
    {GST_PIN_LOCATION_SHORT_LINK, "GST_PIN_LOCATION_SHORT_LINK", "short-link"},
    {GST_PIN_LOCATION_BOARD, "GST_PIN_LOCATION_BOARD", "board"},
    {GST_PIN_LOCATION_SECTION, "GST_PIN_LOCATION_SECTION", "section"},
    {GST_PIN_LOCATION_USER, "GST_PIN_LOCATION_USER", "user"},
    {GST_PIN_LOCATION_SEARCH, "GST_PIN_LOCATION_SEARCH", "search"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstPinLocationKind", values);
    g_once_init_leave (&type, made);
  }
  return type;
}

/* (transfer full) @url becomes the location's */
static GstPinLocation *
location_new (GstPinLocationKind kind, const gchar *id, gchar *url)
{
  GstPinLocation *self = g_new0 (GstPinLocation, 1);

  g_atomic_ref_count_init (&self->refs);
  self->kind = kind;
  self->id = g_strdup (id);
  self->url = url;
  return self;
}

static GstPinLocation *
location_new_pin (const gchar *id)
{
  return location_new (GST_PIN_LOCATION_PIN, id,
      g_strdup_printf (SITE "/pin/%s/", id));
}

static GstPinLocation *G_GNUC_PRINTF (3, 4)
refuse (GError **error, const gchar *text, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  gst_pin_address_refuse (error, text, format, args);
  va_end (args);
  return NULL;
}

static gboolean
is_id (const gchar *text)
{
  gsize length = strspn (text, "0123456789");

  return length > 0 && length <= MAX_ID && text[length] == '\0'
      && text[0] != '0';
}

/* Short, and of the characters that names and codes are made of */
static gboolean
is_word (const gchar *text, const gchar *extra, gsize max)
{
  const gchar *p;

  for (p = text; *p; p++)
    if (!g_ascii_isalnum (*p) && strchr (extra, *p) == NULL)
      return FALSE;
  return p > text && (gsize) (p - text) <= max;
}

/* A segment made anew, whatever escapes it was written with */
static gchar *
renew_name (const gchar *escaped)
{
  g_autofree gchar *name = gst_pin_address_decode (escaped, "/\\");

  return name ? g_uri_escape_string (name, ":", FALSE) : NULL;
}

/* The pages of one Pin: /pin/ID/…, /pin/SLUG--ID/… */
static GstPinLocation *
read_pin (const GstPinAddress *address, GError **error)
{
  const gchar *name = address->segments[1];
  const gchar *mark, *next;

  if (name == NULL)
    return refuse (error, address->text, "the address ends before an ID");
  if (is_id (name))
    return location_new_pin (name);

  mark = strstr (name, "--");
  while (mark && (next = strstr (mark + 1, "--")))
    mark = next;
  if (mark && is_id (mark + 2))
    return location_new_pin (mark + 2);

  return refuse (error, address->text,
      "what follows /pin/ is no ID (1 to %d digits, no leading zero)", MAX_ID);
}

/* /amp/pin/ID/ */
static GstPinLocation *
read_amp (const GstPinAddress *address, GError **error)
{
  GstPinAddress inner = *address;

  inner.segments = address->segments + 1;
  if (inner.segments[0] == NULL
      || g_ascii_strcasecmp (inner.segments[0], "pin") != 0)
    return refuse (error, address->text, "only Pins have an /amp/ page");
  return read_pin (&inner, error);
}

static gchar *
find_in_query (const gchar *query, const gchar *key)
{
  g_auto (GStrv) pairs = g_strsplit (query ? query : "", "&", 64);
  gsize length = strlen (key);
  guint i;

  for (i = 0; pairs[i]; i++) {
    if (strncmp (pairs[i], key, length) == 0 && pairs[i][length] == '=') {
      g_autofree gchar *value = g_strdelimit (g_strdup (pairs[i] + length + 1),
          "+", ' ');
      return gst_pin_address_decode (value, NULL);
    }
  }
  return NULL;
}

/* /search/SCOPE/?q=… */
static GstPinLocation *
read_search (const GstPinAddress *address, GError **error)
{
  static const gchar *const scopes[] =
      { "pins", "videos", "boards", "users", NULL };
  const gchar *scope = address->segments[1];
  g_autofree gchar *words = find_in_query (address->query, "q");
  g_autofree gchar *escaped = NULL;

  if (scope == NULL || !g_strv_contains (scopes, scope))
    return refuse (error, address->text,
        "a search is for pins, videos, boards or users");
  if (words == NULL)
    return refuse (error, address->text, "the search has no words (?q=…)");

  escaped = g_uri_escape_string (words, NULL, FALSE);
  return location_new (GST_PIN_LOCATION_SEARCH, NULL,
      g_strdup_printf (SITE "/search/%s/?q=%s", scope, escaped));
}

/* /USER/, /USER/_TAB/, /USER/BOARD/, /USER/BOARD/SECTION/ */
static GstPinLocation *
read_profile (const GstPinAddress *address, GError **error)
{
  static const gchar *const tabs[] = { "_saved", "_created", "pins", NULL };
  gchar **part = address->segments;
  g_autofree gchar *board = NULL, *section = NULL;

  if (!is_word (part[0], "_-.", 64) || part[0][0] == '_'
      || part[0][strspn (part[0], ".")] == '\0')
    return refuse (error, address->text, "the site has no such page");
  if (part[1] == NULL)
    return location_new (GST_PIN_LOCATION_USER, NULL,
        g_strdup_printf (SITE "/%s/", part[0]));
  if (part[2] == NULL && g_strv_contains ((const gchar * const *) tabs,
          part[1]))
    return location_new (GST_PIN_LOCATION_USER, NULL,
        g_strdup_printf (SITE "/%s/%s/", part[0], part[1]));

  board = renew_name (part[1]);
  if (board == NULL || part[1][0] == '_')
    return refuse (error, address->text, "the board's name cannot be read");
  if (part[2] == NULL)
    return location_new (GST_PIN_LOCATION_BOARD, NULL,
        g_strdup_printf (SITE "/%s/%s/", part[0], board));

  section = renew_name (part[2]);
  if (section == NULL || part[3] != NULL)
    return refuse (error, address->text, "the section's name cannot be read");
  return location_new (GST_PIN_LOCATION_SECTION, NULL,
      g_strdup_printf (SITE "/%s/%s/%s/", part[0], board, section));
}

static GstPinLocation *
read_other (const GstPinAddress *address, GError **error)
{
  g_autofree gchar *shown = gst_pin_shown (address->segments[0], 80);

  return refuse (error, address->text,
      "/%s/ is another page of the site", shown);
}

/* What a path's first segment says; what is not listed is a user's name */
static const struct
{
  const gchar *name;
  ReadFunc read;
} pages[] = {
  {"pin", read_pin},
  {"amp", read_amp},
  {"search", read_search},
  {"_", read_other},
  {"about", read_other},
  {"answers", read_other},
  {"business", read_other},
  {"categories", read_other},
  {"discover", read_other},
  {"ideas", read_other},
  {"login", read_other},
  {"news_hub", read_other},
  {"oembed.json", read_other},
  {"resource", read_other},
  {"settings", read_other},
  {"signup", read_other},
  {"today", read_other},
  {"topics", read_other},
};

static GstPinLocation *
read_page (const GstPinAddress *address, GError **error)
{
  guint i;

  if (address->segments[0] == NULL)
    return refuse (error, address->text, "it is the site's home page");
  for (i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_ascii_strcasecmp (address->segments[0], pages[i].name) == 0)
      return pages[i].read (address, error);
  return read_profile (address, error);
}

static GstPinLocation *
make_short_link (const GstPinAddress *address, const gchar *code,
    GError **error)
{
  if (!is_word (code, "_-", MAX_CODE))
    return refuse (error, address->text,
        "a short link's code has 1 to %d letters and digits", MAX_CODE);
  return location_new (GST_PIN_LOCATION_SHORT_LINK, NULL,
      g_strdup_printf ("https://pin.it/%s", code));
}

/* pin.it/CODE. A code of digits is still a code and never an ID. */
static GstPinLocation *
read_short_link (const GstPinAddress *address, GError **error)
{
  gchar **part = address->segments;

  if (part[0] == NULL || part[1] != NULL)
    return refuse (error, address->text, "a short link is pin.it/CODE");
  return make_short_link (address, part[0], error);
}

/* api.pinterest.com/url_shortener/CODE/redirect/, a short link's second hop */
static GstPinLocation *
read_shortener (const GstPinAddress *address, GError **error)
{
  gchar **part = address->segments;

  if (g_strv_length (part) != 3 || !g_str_equal (part[0], "url_shortener")
      || !g_str_equal (part[2], "redirect"))
    return refuse (error, address->text, "nobody reads pages from that host");
  return make_short_link (address, part[1], error);
}

static GstPinLocation *
read_address (const GstPinAddress *address, GError **error)
{
  g_autofree gchar *shown = NULL;

  if (gst_pin_host_is_page (address->host))
    return read_page (address, error);
  if (g_str_equal (address->host, "pin.it")
      || g_str_equal (address->host, "www.pin.it"))
    return read_short_link (address, error);
  if (g_str_equal (address->host, "api.pinterest.com"))
    return read_shortener (address, error);

  shown = gst_pin_shown (address->host, 80);
  return refuse (error, address->text,
      "“%s” is none of Pinterest's hosts", shown);
}

/* pin://ID */
static GstPinLocation *
read_pin_uri (const gchar *text, GError **error)
{
  g_autofree gchar *id = g_strdup (text + strlen ("pin://"));

  if (g_str_has_suffix (id, "/"))
    id[strlen (id) - 1] = '\0';
  if (!is_id (id))
    return refuse (error, text, "what follows pin:// is no ID (1 to %d digits, "
        "no leading zero)", MAX_ID);
  return location_new_pin (id);
}

/**
 * gst_pin_location_parse:
 * @text: what a user typed or pasted
 * @error: return location for a #GError
 *
 * Understands a Pin's address on any of Pinterest's domains, `pin://ID`, a
 * bare ID, a `pin.it` link, and the addresses of boards, sections, users and
 * searches. The scheme and `www.` may be missing; `http` is read as `https`;
 * tracking parts, queries and fragments are dropped.
 *
 * Returns: (transfer full): a location, or %NULL with @error set to
 * %GST_PIN_ERROR_INVALID_LOCATION
 */
GstPinLocation *
gst_pin_location_parse (const gchar *text, GError **error)
{
  g_autofree gchar *typed = NULL;
  g_auto (GstPinAddress) address = { NULL, };

  g_return_val_if_fail (text != NULL, NULL);

  /* A line's end comes along when people paste */
  typed = g_strndup (text, GST_PIN_ADDRESS_MAX + 1);
  g_strstrip (typed);
  if (!gst_pin_address_check (typed, error))
    return NULL;

  if (is_id (typed))
    return location_new_pin (typed);
  if (typed[strspn (typed, "0123456789")] == '\0')
    return refuse (error, typed,
        "an ID has 1 to %d digits, and no leading zero", MAX_ID);
  if (g_ascii_strncasecmp (typed, "pin://", 6) == 0)
    return read_pin_uri (typed, error);

  if (!gst_pin_address_split (&address, typed, error))
    return NULL;
  return read_address (&address, error);
}

GstPinLocation *
gst_pin_location_new_from_redirect (const gchar *url, GError **error)
{
  g_auto (GstPinAddress) address = { NULL, };
  g_autofree gchar *shown = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  if (!gst_pin_address_check (url, error)
      || !gst_pin_address_split (&address, url, error))
    return NULL;
  if (address.scheme == NULL)
    return refuse (error, url, "a redirect needs a whole address");

  if (!gst_pin_host_is_site (address.host)) {
    shown = gst_pin_shown (address.host, 80);
    g_set_error (error, GST_PIN_ERROR, GST_PIN_ERROR_FORBIDDEN_HOST,
        "The short link leads to another site, “%s”, which is not asked. "
        "Open it in a browser to see what it is.", shown);
    return NULL;
  }
  if (gst_pin_host_is_page (address.host) && address.segments[0] == NULL) {
    g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_NOT_FOUND,
        "The short link leads to the site's home page: it has expired, or "
        "never was. Ask for the Pin's own address.");
    return NULL;
  }
  if (g_strcmp0 (address.segments[0], "login") == 0) {
    g_set_error_literal (error, GST_PIN_ERROR, GST_PIN_ERROR_BLOCKED,
        "The short link leads to the login page. Open it in a browser, and "
        "use the Pin's own address.");
    return NULL;
  }
  return read_address (&address, error);
}

/**
 * gst_pin_location_ref:
 * @self: a location
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
GstPinLocation *
gst_pin_location_ref (GstPinLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * gst_pin_location_unref:
 * @self: (transfer full): a location
 *
 * Releases a reference.
 */
void
gst_pin_location_unref (GstPinLocation *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->id);
  g_free (self->url);
  g_free (self);
}

/**
 * gst_pin_location_get_kind:
 * @self: a location
 *
 * Gives what the location names.
 *
 * Returns: the kind
 */
GstPinLocationKind
gst_pin_location_get_kind (const GstPinLocation *self)
{
  g_return_val_if_fail (self != NULL, GST_PIN_LOCATION_PIN);

  return self->kind;
}

/**
 * gst_pin_location_get_id:
 * @self: a location
 *
 * Gives the ID of the Pin that the location names.
 *
 * Returns: (transfer none) (nullable): the ID, or %NULL when the location is
 * of another kind
 */
const gchar *
gst_pin_location_get_id (const GstPinLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * gst_pin_location_get_url:
 * @self: a location
 *
 * Gives the address to fetch, in one form for all the forms that can be typed:
 * `https://www.pinterest.com/pin/ID/` for a Pin, `https://pin.it/CODE` for a
 * short link.
 *
 * Returns: (transfer none): an absolute https address
 */
const gchar *
gst_pin_location_get_url (const GstPinLocation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}
