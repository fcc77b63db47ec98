/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Passes over what is not wanted in JSON text. A page has one and a half
 * megabytes of other Pins, and each of their bytes costs time; so these go
 * through text in words of eight bytes and in blocks of 64, and look for few
 * characters only.
 *
 * Of each block there are masks with one bit for each of its 64 bytes: where
 * the quotes, backslashes and brackets are. A running exclusive or over the
 * quotes gives the bytes that are inside strings (the idea is that of Langdale
 * and Lemire, "Parsing Gigabytes of JSON per Second", 2019). Most blocks then
 * need no look at single bytes, since they have too few closing brackets to
 * end anything.
 */
#include "json-skip-private.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define ONES G_GUINT64_CONSTANT (0x0101010101010101)
#define HIGHS G_GUINT64_CONSTANT (0x8080808080808080)
#define LOWS G_GUINT64_CONSTANT (0x7f7f7f7f7f7f7f7f)
#define BLOCK 64

/* The first byte is the lowest one, whatever the machine's order. */
static inline guint64
load (const gchar *at)
{
  guint64 word;

  memcpy (&word, at, sizeof (word));
  return GUINT64_FROM_LE (word);
}

/* The high bit of each byte that equals @c, and of no other */
static inline guint64
find_byte (guint64 word, guint8 c)
{
  guint64 t = word ^ (ONES * c);

  return ~(((t & LOWS) + LOWS) | t) & HIGHS;
}

static inline guint
first_bit (guint64 mask)
{
  return (guint) __builtin_ctzll (mask);
}

const gchar *
gst_pin_json_skip_string (const gchar *at, const gchar *end)
{
  while (at < end) {
    if (end - at >= 8) {
      guint64 word = load (at);
      guint64 found = find_byte (word, '"') | find_byte (word, '\\');

      if (found == 0) {
        at += 8;
        continue;
      }
      at += first_bit (found) / 8;
    }
    if (*at == '"')
      return at;
    if (*at == '\\' && ++at == end)
      break;
    at++;
  }
  return NULL;
}

typedef struct
{
  guint64 quotes;
  guint64 slashes;
  guint64 opening;
  guint64 closing;
} Masks;

/* In ASCII { and [ differ in one bit, and so do } and ]; with that bit set no
 * other character is one of them. */
#ifdef __SSE2__

static inline void
read_masks (const gchar *at, Masks *masks)
{
  const __m128i quote = _mm_set1_epi8 ('"'), slash = _mm_set1_epi8 ('\\');
  const __m128i open = _mm_set1_epi8 ('{'), close = _mm_set1_epi8 ('}');
  const __m128i bit = _mm_set1_epi8 (0x20);

  memset (masks, 0, sizeof (*masks));
  for (guint i = 0; i < BLOCK; i += 16) {
    __m128i part = _mm_loadu_si128 ((const __m128i *) (at + i));
    __m128i folded = _mm_or_si128 (part, bit);

#define EQUAL(a, b) ((guint64) _mm_movemask_epi8 (_mm_cmpeq_epi8 (a, b)) << i)
    masks->quotes |= EQUAL (part, quote);
    masks->slashes |= EQUAL (part, slash);
    masks->opening |= EQUAL (folded, open);
    masks->closing |= EQUAL (folded, close);
#undef EQUAL
  }
}

#else

/* Brings the high bits of eight bytes together: each lands in another place of
 * the product's highest byte. */
#define GATHER G_GUINT64_CONSTANT (0x0102040810204080)

static inline guint64
gather (guint64 highs)
{
  return (highs >> 7) * GATHER >> 56;
}

static inline void
read_masks (const gchar *at, Masks *masks)
{
  memset (masks, 0, sizeof (*masks));
  for (guint i = 0; i < BLOCK; i += 8) {
    guint64 word = load (at + i), folded = word | (ONES * 0x20);

    masks->quotes |= gather (find_byte (word, '"')) << i;
    masks->slashes |= gather (find_byte (word, '\\')) << i;
    masks->opening |= gather (find_byte (folded, '{')) << i;
    masks->closing |= gather (find_byte (folded, '}')) << i;
  }
}

#endif

/* Which bytes are escaped: those behind a backslash that is not escaped
 * itself. @carry: the block's first byte is. */
static guint64
find_escaped (guint64 slashes, gboolean *carry)
{
  guint64 escaped = *carry ? 1 : 0;

  *carry = FALSE;
  slashes &= ~escaped;
  while (slashes != 0) {
    guint bit = first_bit (slashes);

    slashes &= slashes - 1;
    if (bit == BLOCK - 1) {
      *carry = TRUE;
      break;
    }
    escaped |= G_GUINT64_CONSTANT (1) << (bit + 1);
    slashes &= ~escaped;
  }
  return escaped;
}

/* Without an instruction for it, the compiler's own is a call. */
static inline guint
count_bits (guint64 bits)
{
  bits -= bits >> 1 & ONES * 0x55;
  bits = (bits & ONES * 0x33) + (bits >> 2 & ONES * 0x33);
  return (guint) (((bits + (bits >> 4)) & ONES * 0x0f) * ONES >> 56);
}

static inline guint64
running_xor (guint64 bits)
{
  for (guint shift = 1; shift < BLOCK; shift *= 2)
    bits ^= bits << shift;
  return bits;
}

typedef struct
{
  gsize depth;
  gboolean escaped;             /* the next block's first byte is */
  guint64 inside;               /* all bits: a string goes on there */
} Place;

/* Gives the byte of the block that closes what was opened, BLOCK where none. */
static inline guint
pass_block (Place *place, const gchar *at)
{
  guint64 inside;
  guint opened, closed;
  Masks masks;

  read_masks (at, &masks);
  if (masks.slashes != 0 || place->escaped)
    masks.quotes &= ~find_escaped (masks.slashes, &place->escaped);
  inside = running_xor (masks.quotes) ^ place->inside;
  place->inside = inside >> (BLOCK - 1) ? G_MAXUINT64 : 0;
  masks.opening &= ~inside;
  masks.closing &= ~inside;

  opened = count_bits (masks.opening);
  closed = count_bits (masks.closing);
  if (place->depth > closed) {
    place->depth += opened;
    place->depth -= closed;
    return BLOCK;
  }
  for (guint64 both = masks.opening | masks.closing; both != 0;
      both &= both - 1) {
    guint bit = first_bit (both);

    if (masks.opening >> bit & 1)
      place->depth++;
    else if (--place->depth == 0)
      return bit;
  }
  return BLOCK;
}

const gchar *
gst_pin_json_skip_container (const gchar *at, const gchar *end)
{
  Place place = { 0 };
  gchar tail[BLOCK];
  guint found;

  for (; end - at >= BLOCK; at += BLOCK) {
    found = pass_block (&place, at);
    if (found < BLOCK)
      return at + found + 1;
  }
  memset (tail, ' ', sizeof (tail));
  memcpy (tail, at, end - at);
  found = pass_block (&place, tail);
  return found < BLOCK ? at + found + 1 : NULL;
}
