/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose host is it? The tables of Pinterest's domains, asked by whoever takes
 * an address from a user, a page or a redirect. A host is compared label by
 * label from its end, so that neither "evilpinterest.com" nor
 * "pinterest.com.evil.test" passes. Only ASCII letters, digits and hyphens
 * make a label here: names in other scripts, their "xn--" form, ports, user
 * names and trailing dots belong to nobody. Constant data, any thread.
 */
#include "location-private.h"

#include <string.h>

/* RFC 1035, section 2.3.4 */
#define MAX_HOST 253
#define MAX_LABEL 63

/* What follows "pinterest.", sorted for bsearch(). From public extractors'
 * lists and published links, November 2026. */
static const gchar *const endings[] = {
  "at", "be", "ca", "ch", "cl", "co", "co.at", "co.in", "co.kr", "co.nz",
  "co.uk", "com", "com.au", "com.bo", "com.ec", "com.mx", "com.pe", "com.py",
  "com.uy", "com.vn", "de", "dk", "ec", "es", "fr", "hu", "id", "ie", "in",
  "info", "it", "jp", "kr", "mx", "nl", "nz", "pe", "ph", "pt", "ru", "se",
  "th", "tw", "uk", "vn", NULL
};

static gboolean
labels_are_plain (const gchar *host)
{
  gsize label = 0, length = strlen (host);

  if (length == 0 || length > MAX_HOST)
    return FALSE;

  for (; *host; host++) {
    if (*host == '.') {
      if (label == 0)
        return FALSE;
      label = 0;
    } else if (g_ascii_isalnum (*host) || (*host == '-' && label > 0)) {
      if (++label > MAX_LABEL)
        return FALSE;
    } else {
      return FALSE;
    }
  }
  return label > 0;
}

static int
compare_ending (const void *key, const void *member)
{
  return g_ascii_strcasecmp (key, *(const gchar *const *) member);
}

/* Finds the domain that @host is or stands below; NULL: none of Pinterest's */
static const gchar *
find_domain (const gchar *host)
{
  static const gchar name[] = "pinterest.";
  const gsize length = sizeof (name) - 1;
  const gchar *label;

  for (label = host; label; label = strchr (label, '.')) {
    if (*label == '.')
      label++;
    if (g_ascii_strncasecmp (label, name, length) == 0
        && bsearch (label + length, endings, G_N_ELEMENTS (endings) - 1,
            sizeof (endings[0]), compare_ending))
      return label;
  }
  return NULL;
}

const gchar *const *
gst_pin_host_list_endings (void)
{
  return endings;
}

gboolean
gst_pin_host_is_site (const gchar *host)
{
  g_return_val_if_fail (host != NULL, FALSE);

  return labels_are_plain (host)
      && (g_ascii_strcasecmp (host, "pin.it") == 0
      || g_ascii_strcasecmp (host, "www.pin.it") == 0
      || find_domain (host) != NULL);
}

gboolean
gst_pin_host_is_cdn (const gchar *host)
{
  static const gchar domain[] = ".pinimg.com";
  const gsize length = sizeof (domain) - 1;
  gsize host_length;

  g_return_val_if_fail (host != NULL, FALSE);

  host_length = strlen (host);
  return host_length > length && labels_are_plain (host)
      && g_ascii_strcasecmp (host + host_length - length, domain) == 0;
}

gboolean
gst_pin_host_is_page (const gchar *host)
{
  const gchar *domain;
  gsize below;

  g_return_val_if_fail (host != NULL, FALSE);

  if (!labels_are_plain (host))
    return FALSE;
  domain = find_domain (host);
  if (domain == NULL)
    return FALSE;

  below = domain - host;
  switch (below) {
    case 0:
      return TRUE;
    case 2:
      return g_ascii_strncasecmp (host, "m.", 2) == 0;
    case 3:
      return g_ascii_isalpha (host[0]) && g_ascii_isalpha (host[1]);
    case 4:
      return g_ascii_strncasecmp (host, "www.", 4) == 0;
    default:
      return FALSE;
  }
}
