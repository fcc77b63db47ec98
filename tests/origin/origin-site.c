/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The hosts that the origin stands in for: what each address answers when
 * nothing goes wrong.
 *
 * make-site.py makes the folder that this serves. Files lie below a folder per
 * host; routes.json says what the addresses do that are no files: pages,
 * resource answers, short links. main() makes it, and all connection threads
 * ask it; the only thing that changes is the cache of mapped files, under a
 * lock.
 *
 * Which answer belongs to which address follows what is known of Pinterest: a
 * page for a Pin that does not exist is an answer with 200, a media file that
 * does not exist gets 403, the resource API refuses whoever does not name a
 * handler, pin.it tells HEAD nothing. Who shows the one login that there is
 * sees what belongs to it besides: its routes begin with "account:". */

#include "origin-site.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  GBytes *bytes;
  struct timespec mtime;
} SiteFile;

struct _OriginSite
{
  gchar *root;
  JsonParser *parser;
  JsonObject *routes;           /* NULL where there is no routes.json */
  GMutex lock;
  GHashTable *files;            /* path → SiteFile, under the lock */
};

static void
site_file_free (gpointer data)
{
  SiteFile *file = data;

  g_bytes_unref (file->bytes);
  g_free (file);
}

/**
 * origin_site_new:
 * @root: the folder that make-site.py made
 * @error: where to put why its routes.json cannot be read
 *
 * Returns: (nullable): the site
 */
OriginSite *
origin_site_new (const gchar * root, GError ** error)
{
  g_autofree gchar *path = g_build_filename (root, "routes.json", NULL);
  OriginSite *self = g_new0 (OriginSite, 1);

  g_mutex_init (&self->lock);
  self->root = g_strdup (root);
  self->files =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, site_file_free);
  self->parser = json_parser_new_immutable ();
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return self;
  if (!json_parser_load_from_file (self->parser, path, error)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (self->parser))) {
    origin_site_free (self);
    return NULL;
  }
  self->routes = json_node_get_object (json_parser_get_root (self->parser));

  return self;
}

void
origin_site_free (OriginSite * self)
{
  g_hash_table_unref (self->files);
  g_object_unref (self->parser);
  g_mutex_clear (&self->lock);
  g_free (self->root);
  g_free (self);
}

/* Top-level domains under which Pinterest has pages, and the country labels
 * before pinterest.com. */
static gboolean
is_page_host (const gchar * host)
{
  static const gchar *const domains[] = { "com", "fr", "de", "ch", "jp", "cl",
    "ca", "it", "co.uk", "nz", "ru", "com.au", "at", "pt", "co.kr", "es",
    "com.mx", "dk", "ph", "th", "com.uy", "co", "nl", "info", "kr", "ie", "vn",
    "com.vn", "ec", "mx", "in", "pe", "co.at", "hu", "co.in", "co.nz", "id",
    "com.ec", "com.py", "tw", "be", "uk", "com.bo", "com.pe", NULL
  };
  const gchar *name = host;

  if (g_str_has_prefix (name, "www."))
    name += 4;
  else if (g_str_has_suffix (name, ".pinterest.com") && name[2] == '.')
    name += 3;
  return g_str_has_prefix (name, "pinterest.")
      && g_strv_contains (domains, name + strlen ("pinterest."));
}

/* The host whose answers @host gives, or NULL for one that is not known. */
static const gchar *
canonical_host (const gchar * host)
{
  static const gchar *const hosts[] = { "pin.it", "api.pinterest.com",
    "widgets.pinterest.com", "v1.pinimg.com", "i.pinimg.com", NULL
  };

  if (g_strv_contains (hosts, host))
    return host;
  if (is_page_host (host))
    return "www.pinterest.com";
  if (strcmp (host, "v.pinimg.com") == 0 || strcmp (host, "v2.pinimg.com") == 0)
    return "v1.pinimg.com";
  if (g_str_has_prefix (host, "tls-") && g_str_has_suffix (host, ".pinimg.com"))
    return "i.pinimg.com";
  return NULL;
}

gboolean
origin_site_has_host (const gchar * host)
{
  return canonical_host (host) != NULL;
}

static const gchar *
content_type (const gchar * path)
{
  static const gchar *const types[][2] = {
    {".html", "text/html; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".m3u8", "application/x-mpegURL"},
    {".cmfv", "video/mp4"},
    {".cmfa", "audio/mp4"},
    {".mp4", "video/mp4"},
    {".ts", "video/MP2T"},
    {".jpg", "image/jpeg"},
    {".vtt", "text/vtt"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (path, types[i][0]))
      return types[i][1];
  return "application/octet-stream";
}

/* Maps the file, or takes the map that is there where it is still true. */
static GBytes *
open_file (OriginSite * self, const gchar * path, struct timespec *mtime)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED =
      g_mutex_locker_new (&self->lock);
  SiteFile *file = g_hash_table_lookup (self->files, path);
  g_autoptr (GMappedFile) map = NULL;
  struct stat info;

  if (stat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return NULL;
  *mtime = info.st_mtim;
  if (file && memcmp (&file->mtime, mtime, sizeof *mtime) == 0
      && g_bytes_get_size (file->bytes) == (gsize) info.st_size)
    return g_bytes_ref (file->bytes);
  map = g_mapped_file_new (path, FALSE, NULL);
  if (!map)
    return NULL;
  file = g_new0 (SiteFile, 1);
  file->bytes = g_mapped_file_get_bytes (map);
  file->mtime = *mtime;
  g_hash_table_insert (self->files, g_strdup (path), file);

  return g_bytes_ref (file->bytes);
}

static OriginAnswer *
answer_file (OriginSite * self, const gchar * relative, guint status,
    gboolean gzip)
{
  g_autofree gchar *path = g_build_filename (self->root, relative, NULL);
  g_autofree gchar *zipped = g_strconcat (path, ".gz", NULL);
  g_autoptr (GBytes) bytes = NULL;
  struct timespec mtime;
  OriginAnswer *answer;

  if (gzip)
    bytes = open_file (self, zipped, &mtime);
  gzip = bytes != NULL;
  if (!bytes)
    bytes = open_file (self, path, &mtime);
  if (!bytes)
    return NULL;
  answer = origin_answer_new (status, content_type (relative), bytes);
  answer->etag = g_strdup_printf ("\"%lx-%" G_GSIZE_MODIFIER "x%s\"",
      (gulong) (mtime.tv_sec * 1000 + mtime.tv_nsec / 1000000),
      g_bytes_get_size (bytes), gzip ? "-gz" : "");
  answer->last_modified = origin_answer_format_date (mtime.tv_sec);
  if (gzip)
    origin_answer_add_header (answer, "Content-Encoding", "gzip");

  return answer;
}

/* What the only account of the site shows, in a browser and as an application */
#define SESSION "_pinterest_sess=good-session"
#define TOKEN "Bearer good-token"

static gboolean
has_session (const OriginRequest * request)
{
  const gchar *cookies = origin_request_get_header (request, "cookie");
  g_auto (GStrv) pairs = g_strsplit (cookies ? cookies : "", "; ", -1);

  return g_strv_contains ((const gchar * const *) pairs, SESSION);
}

static OriginAnswer *
answer_route (OriginSite * self, const gchar * key, gboolean gzip)
{
  JsonObject *route;
  const gchar *file, *location;
  OriginAnswer *answer = NULL;
  guint status;

  if (!self->routes || !json_object_has_member (self->routes, key))
    return NULL;
  route = json_object_get_object_member (self->routes, key);
  status = json_object_get_int_member_with_default (route, "status", 200);
  file = json_object_get_string_member_with_default (route, "file", NULL);
  location = json_object_get_string_member_with_default (route, "location",
      NULL);
  if (file)
    answer = answer_file (self, file, status, gzip);
  if (!answer)
    answer = origin_answer_new_text (status, "text/html; charset=utf-8", "");
  if (location)
    origin_answer_add_header (answer, "Location", location);

  return answer;
}

static OriginAnswer *
answer_account (OriginSite * self, const OriginRequest * request,
    const gchar * key, gboolean gzip)
{
  g_autofree gchar *own = g_strconcat ("account:", key, NULL);

  return has_session (request) ? answer_route (self, own, gzip) : NULL;
}

/* The digits of /pin/ID/, /pin/slug--ID/ and what follows them, or NULL. */
static gchar *
pin_of_path (const gchar * path, const gchar ** rest)
{
  const gchar *segment, *end, *digits;

  if (!g_str_has_prefix (path, "/pin/"))
    return NULL;
  segment = path + strlen ("/pin/");
  end = segment + strcspn (segment, "/");
  digits = end;
  while (digits > segment && g_ascii_isdigit (digits[-1]))
    digits--;
  if (digits == end || (digits > segment && digits[-1] != '-'))
    return NULL;
  *rest = end;

  return g_strndup (digits, end - digits);
}

static OriginAnswer *
answer_resource (OriginSite * self, const OriginRequest * request,
    gboolean gzip)
{
  g_autofree gchar *data = origin_request_get_param (request, "data");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree gchar *key = NULL;
  JsonObject *object, *options = NULL;
  OriginAnswer *answer;

  if (!origin_request_get_header (request, "x-pinterest-pws-handler"))
    return origin_answer_new_text (403, "text/plain",
        "Invalid Resource Request");
  if (data && json_parser_load_from_data (parser, data, -1, NULL)
      && JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser))) {
    object = json_node_get_object (json_parser_get_root (parser));
    if (json_object_has_member (object, "options"))
      options = json_object_get_object_member (object, "options");
  }
  key = g_strconcat ("www.pinterest.com", request->path, "?id=",
      options ? json_object_get_string_member_with_default (options, "id", "")
      : "", NULL);
  answer = answer_account (self, request, key, gzip);
  if (!answer)
    answer = answer_route (self, key, gzip);
  if (answer)
    return answer;
  return origin_answer_new_text (404, "application/json; charset=utf-8",
      "{\"resource_response\":{\"status\":\"failure\",\"code\":4,"
      "\"message\":\"Pin not found.\",\"http_status\":404,\"data\":null,"
      "\"error\":{\"status\":\"failure\",\"http_status\":404,\"code\":50,"
      "\"message\":\"Pin not found.\"}}}");
}

static OriginAnswer *
answer_page (OriginSite * self, const OriginRequest * request, gboolean gzip)
{
  const gchar *rest = "";
  g_autofree gchar *pin = pin_of_path (request->path, &rest);
  g_autofree gchar *key = NULL;
  OriginAnswer *answer;

  if (g_str_has_prefix (request->path, "/resource/"))
    return answer_resource (self, request, gzip);
  if (pin)
    key = g_strconcat ("www.pinterest.com/pin/", pin, rest,
        g_str_has_suffix (rest, "/") ? "" : "/", NULL);
  else
    key = g_strconcat ("www.pinterest.com", request->path, NULL);
  answer = answer_account (self, request, key, gzip);
  if (!answer)
    answer = answer_route (self, key, gzip);
  if (!answer && pin && g_str_has_prefix (rest, "/sent"))
    answer = answer_route (self, "www.pinterest.com/pin/*/sent/", gzip);
  if (!answer && pin)
    answer = answer_route (self, "www.pinterest.com/pin/*", gzip);

  return answer;
}

static OriginAnswer *
answer_widget (OriginSite * self, const OriginRequest * request)
{
  g_autoptr (GString) json = g_string_new ("{\"status\":\"success\","
      "\"code\":0,\"message\":\"ok\",\"data\":[");
  g_autofree gchar *ids = origin_request_get_param (request, "pin_ids");
  g_auto (GStrv) pins = g_strsplit (ids ? ids : "", ",", -1);
  guint i, count = 0;

  if (strcmp (request->path, "/v3/pidgets/pins/info/") != 0)
    return NULL;
  for (i = 0; pins[i]; i++) {
    g_autofree gchar *key =
        g_strconcat ("widgets.pinterest.com", request->path, "?pin_ids=",
        pins[i], NULL);
    OriginAnswer *answer = answer_route (self, key, FALSE);

    if (!answer)
      continue;
    if (count++ > 0)
      g_string_append_c (json, ',');
    g_string_append_len (json, g_bytes_get_data (answer->body, NULL),
        g_bytes_get_size (answer->body));
    origin_answer_free (answer);
  }
  g_string_append (json, "]}");

  return origin_answer_new_text (200, "application/json; charset=utf-8",
      json->str);
}

/* The official API: the account's own Pins, for the account's token */
static OriginAnswer *
answer_api (OriginSite * self, const OriginRequest * request)
{
  g_autofree gchar *key = g_strconcat ("account:api.pinterest.com",
      request->path, NULL);
  OriginAnswer *answer;

  if (g_strcmp0 (origin_request_get_header (request, "authorization"),
          TOKEN) != 0)
    return origin_answer_new_text (401, "application/json",
        "{\"code\":2,\"message\":\"Authentication failed.\"}");
  answer = answer_route (self, key, FALSE);
  if (!answer)
    answer = origin_answer_new_text (404, "application/json",
        "{\"code\":50,\"message\":\"Pin not found.\"}");
  return answer;
}

static OriginAnswer *
answer_shortener (OriginSite * self, const gchar * host,
    const OriginRequest * request)
{
  g_autofree gchar *key = g_strconcat (host, request->path, NULL);

  /* Seen in the wild: HEAD to pin.it is answered with 200 and no Location. */
  if (strcmp (host, "pin.it") == 0 && strcmp (request->method, "HEAD") == 0)
    return origin_answer_new_text (200, "text/html; charset=utf-8", "");
  return answer_route (self, key, FALSE);
}

static OriginAnswer *
answer_media (OriginSite * self, const gchar * host,
    const OriginRequest * request)
{
  g_autofree gchar *relative = g_strconcat (host, request->path, NULL);
  OriginAnswer *answer = answer_file (self, relative, 200, FALSE);

  if (!answer)
    return origin_answer_new_text (403, "application/xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<Error><Code>AccessDenied</Code><Message>Access Denied</Message>"
        "</Error>");
  origin_answer_add_header (answer, "Access-Control-Allow-Origin", "*");
  origin_answer_add_header (answer, "Cache-Control",
      "max-age=31536000, immutable");

  return answer;
}

/**
 * origin_site_answer:
 * @self: the site
 * @request: a request for one of its hosts
 * @compress: whether pages may go out compressed
 *
 * Returns: (transfer full): the whole answer, before a range is taken from it
 */
OriginAnswer *
origin_site_answer (OriginSite * self, const OriginRequest * request,
    gboolean compress)
{
  const gchar *accepted =
      origin_request_get_header (request, "accept-encoding");
  const gchar *host = canonical_host (request->host);
  OriginAnswer *answer = NULL;
  gboolean gzip = compress && accepted && strstr (accepted, "gzip");

  if (!request->path)
    return origin_answer_new_text (400, "text/plain", "Bad path\n");
  if (strcmp (request->method, "GET") != 0
      && strcmp (request->method, "HEAD") != 0)
    return origin_answer_new_text (405, "text/plain", "Only GET and HEAD\n");
  if (g_str_has_suffix (host, ".pinimg.com"))
    return answer_media (self, host, request);
  if (strcmp (host, "www.pinterest.com") == 0)
    answer = answer_page (self, request, gzip);
  else if (strcmp (host, "widgets.pinterest.com") == 0)
    answer = answer_widget (self, request);
  else if (g_str_has_prefix (request->path, "/v5/"))
    answer = answer_api (self, request);
  else
    answer = answer_shortener (self, host, request);
  if (!answer)
    answer = origin_answer_new_text (404, "text/html; charset=utf-8",
        "<!DOCTYPE html><html><head><title></title></head>"
        "<body>Not found</body></html>");
  return answer;
}
