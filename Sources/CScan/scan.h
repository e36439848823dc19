// Vector code of the record scanner. It is a C header because Swift's own SIMD types compile to a loop over their lanes here.
#ifndef TRACE_DISTILLER_SCAN_H
#define TRACE_DISTILLER_SCAN_H

// TRACE_DISTILLER_PORTABLE selects the code for other processors. scripts/check-scan compares both.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(TRACE_DISTILLER_PORTABLE)
#include <emmintrin.h>

static inline uint32_t scan_string_stops_16(const void *bytes) {
  const __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  // As signed numbers, bytes beyond ASCII are below 0x20 too.
  const __m128i outside = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
  const __m128i quotes = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i escapes = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(outside, _mm_or_si128(quotes, escapes)));
}

static inline uint32_t scan_equal_bytes_16(const void *left, const void *right) {
  const __m128i one = _mm_loadu_si128((const __m128i *)left), other = _mm_loadu_si128((const __m128i *)right);
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(one, other));
}

static inline uint64_t scan_pack_hex_16(const void *bytes) {
  const __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  // Bit 6 distinguishes a letter from a digit: `a` is 0x61, so its value is 9 + 1.
  const __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(block, _mm_set1_epi8(0x3F)), _mm_set1_epi8(9));
  const __m128i values = _mm_add_epi8(_mm_and_si128(block, _mm_set1_epi8(0x0F)), letters);
  // The first digit of each pair is the upper half of its byte.
  const __m128i upper = _mm_slli_epi16(values, 4), lower = _mm_srli_epi16(values, 8);
  const __m128i pairs = _mm_and_si128(_mm_or_si128(upper, lower), _mm_set1_epi16(0x00FF));
  return (uint64_t)_mm_cvtsi128_si64(_mm_packus_epi16(pairs, pairs));
}

static inline uint32_t scan_hex_digits_16(const void *bytes) {
  const __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  const __m128i numbers = _mm_sub_epi8(block, _mm_set1_epi8('0'));
  const __m128i letters = _mm_sub_epi8(block, _mm_set1_epi8('a'));
  const __m128i isNumber = _mm_cmpeq_epi8(_mm_min_epu8(numbers, _mm_set1_epi8(9)), numbers);
  const __m128i isLetter = _mm_cmpeq_epi8(_mm_min_epu8(letters, _mm_set1_epi8(5)), letters);
  const uint32_t digits = (uint32_t)_mm_movemask_epi8(_mm_or_si128(isNumber, isLetter));
  return digits | (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('0'))) << 16;
}

static inline void scan_write_hex_8(const void *bytes, void *digits) {
  const __m128i block = _mm_loadl_epi64((const __m128i *)bytes), low = _mm_set1_epi8(0x0F);
  const __m128i upper = _mm_and_si128(_mm_srli_epi16(block, 4), low), lower = _mm_and_si128(block, low);
  const __m128i values = _mm_unpacklo_epi8(upper, lower);
  // From `9` to `a` are 39 more.
  const __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(values, _mm_set1_epi8(9)), _mm_set1_epi8('a' - '9' - 1));
  _mm_storeu_si128((__m128i *)digits, _mm_add_epi8(_mm_add_epi8(values, _mm_set1_epi8('0')), letters));
}

#else

static inline void scan_write_hex_8(const void *bytes, void *digits) {
  for (int place = 0; place < 16; place++) {
    const unsigned char byte = ((const unsigned char *)bytes)[place / 2], value = place % 2 ? byte & 0x0F : byte >> 4;
    ((unsigned char *)digits)[place] = (unsigned char)(value + (value > 9 ? 'a' - 10 : '0'));
  }
}

static inline uint32_t scan_equal_bytes_16(const void *left, const void *right) {
  const char *one = (const char *)left, *other = (const char *)right;
  uint32_t equal = 0;
  for (int place = 0; place < 16; place++) equal |= (uint32_t)(one[place] == other[place]) << place;
  return equal;
}

static inline uint64_t scan_pack_hex_16(const void *bytes) {
  uint64_t packed = 0;
  for (int place = 0; place < 16; place++) {
    const unsigned char byte = ((const unsigned char *)bytes)[place];
    const uint64_t value = (byte & 0x0F) + (byte >= 'a' ? 9 : 0);
    packed |= value << (8 * (place / 2) + (place % 2 ? 0 : 4));
  }
  return packed;
}

static inline uint32_t scan_hex_digits_16(const void *bytes) {
  uint32_t digits = 0;
  for (int place = 0; place < 16; place++) {
    const unsigned char byte = ((const unsigned char *)bytes)[place];
    const int isDigit = (unsigned char)(byte - '0') < 10 || (unsigned char)(byte - 'a') < 6;
    digits |= (uint32_t)isDigit << place | (uint32_t)(byte == '0') << (16 + place);
  }
  return digits;
}

// Eight bytes as one word: the high bit of each byte holds the result for that byte, without a carry into its neighbour.
static inline uint32_t scan_string_stops_8(const char *bytes) {
  const uint64_t ones = 0x0101010101010101u, high = 0x80 * ones, low = 0x7F * ones;
  uint64_t word;
  memcpy(&word, bytes, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  const uint64_t quote = word ^ ('"' * ones), escape = word ^ ('\\' * ones);
  const uint64_t isNoQuote = ((quote & low) + low) | quote;
  const uint64_t isNoEscape = ((escape & low) + low) | escape;
  const uint64_t isPrintable = ((word & low) + 0x60 * ones) & ~word;
  const uint64_t stops = ~(isNoQuote & isNoEscape & isPrintable) & high;
  return (uint32_t)((stops * 0x0002040810204081u) >> 56);
}

static inline uint32_t scan_string_stops_16(const void *bytes) {
  const char *at = (const char *)bytes;
  return scan_string_stops_8(at) | scan_string_stops_8(at + 8) << 8;
}

#endif

// Of the 16 bytes at `bytes`:
// - scan_equal_bytes_16: which are the same in both places, bit i for byte i;
// - scan_hex_digits_16: bit i for a digit of 0 to 9 or a to f at i, bit 16 + i for a zero;
// - scan_pack_hex_16: of such digits, each pair as a byte, the first pair in the lowest one;
// - scan_string_stops_16: as scan_string_stops.
// And scan_write_hex_8 writes the 16 digits of eight bytes.

/// Whether all bytes are ASCII. The last word of a text overlaps the one before it.
static inline int scan_is_ascii(const void *bytes, size_t count) {
  const char *at = (const char *)bytes;
  uint64_t word, all = 0;
  if (count >= 8) {
    for (size_t place = 0; place + 8 < count; place += 8) {
      memcpy(&word, at + place, 8);
      all |= word;
    }
    memcpy(&word, at + count - 8, 8);
    return ((all | word) & 0x8080808080808080u) == 0;
  }
  unsigned char some = 0;
  for (size_t place = 0; place < count; place++) some |= (unsigned char)at[place];
  return some < 0x80;
}

/// Which of the 32 bytes at `bytes` need a closer look inside a JSON string: bit i is set for a quote, a backslash, a control character or
/// a byte beyond ASCII at i.
static inline uint32_t scan_string_stops(const void *bytes) {
  const char *at = (const char *)bytes;
  return scan_string_stops_16(at) | scan_string_stops_16(at + 16) << 16;
}

/// The bytes at which a secret's pattern may begin. The list is stated only here: `%` and `,` of encoded pairs and lists, quotes and
/// brackets that close a name, the first digits of payment cards, `B` of HTTP's schemes, `w` of a password.
#define SCAN_SECRET_SIGNS(SIGN) SIGN('-') SIGN(':') SIGN('=') SIGN('@') SIGN('%') SIGN(',') SIGN('\'') SIGN('>') SIGN('B') SIGN('b') SIGN('w') \
  SIGN('W')
#define SCAN_SECRET_FIRST_DIGIT '2'
#define SCAN_SECRET_LAST_DIGIT '6'

/// Whether a byte is in that list.
static inline int scan_is_secret_sign(unsigned char byte) {
#define SCAN_IS(SIGN) || byte == SIGN
  return (byte >= SCAN_SECRET_FIRST_DIGIT && byte <= SCAN_SECRET_LAST_DIGIT) SCAN_SECRET_SIGNS(SCAN_IS);
#undef SCAN_IS
}

/// Whether one of the bytes of the two words is `=`, `:` or `@`.
static inline int scan_has_sign(uint64_t first, uint64_t last) {
#if defined(__SSE2__) && !defined(TRACE_DISTILLER_PORTABLE)
  const __m128i words = _mm_unpacklo_epi64(_mm_cvtsi64_si128((long long)first), _mm_cvtsi64_si128((long long)last));
  __m128i signs = _mm_cmpeq_epi8(words, _mm_set1_epi8('='));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(words, _mm_set1_epi8(':')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(words, _mm_set1_epi8('@')));
  return _mm_movemask_epi8(signs) != 0;
#else
  for (int place = 0; place < 16; place++) {
    const unsigned char byte = (unsigned char)((place < 8 ? first : last) >> (8 * (place & 7)));
    if (byte == '=' || byte == ':' || byte == '@') return 1;
  }
  return 0;
#endif
}

/// Whether a byte can be part of a token: letters, digits, `_`, `-`, `.`, `~`.
static inline int scan_is_token_byte(unsigned char byte) {
  return (unsigned char)(byte - '0') < 10 || (unsigned char)((byte | 0x20) - 'a') < 26 || byte == '_' || byte == '-' || byte == '.' || byte == '~';
}

/// Two bit sets for the 16 bytes at `bytes`: bit i for a sign at i, bit 16 + i for a token byte at i.
static inline uint32_t scan_secret_places(const void *bytes) {
#if defined(__SSE2__) && !defined(TRACE_DISTILLER_PORTABLE)
  const __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  const __m128i digits = _mm_sub_epi8(block, _mm_set1_epi8(SCAN_SECRET_FIRST_DIGIT));
  __m128i signs = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(SCAN_SECRET_LAST_DIGIT - SCAN_SECRET_FIRST_DIGIT)), digits);
#define SCAN_OR(SIGN) signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8(SIGN)));
  SCAN_SECRET_SIGNS(SCAN_OR)
#undef SCAN_OR
  const __m128i letters = _mm_sub_epi8(_mm_or_si128(block, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
  const __m128i numbers = _mm_sub_epi8(block, _mm_set1_epi8('0'));
  __m128i word = _mm_cmpeq_epi8(_mm_min_epu8(letters, _mm_set1_epi8(25)), letters);
  word = _mm_or_si128(word, _mm_cmpeq_epi8(_mm_min_epu8(numbers, _mm_set1_epi8(9)), numbers));
  word = _mm_or_si128(word, _mm_cmpeq_epi8(block, _mm_set1_epi8('_')));
  word = _mm_or_si128(word, _mm_cmpeq_epi8(block, _mm_set1_epi8('~')));
  // `-` and `.` differ in two bits, so each needs its own comparison.
  word = _mm_or_si128(word, _mm_cmpeq_epi8(block, _mm_set1_epi8('-')));
  word = _mm_or_si128(word, _mm_cmpeq_epi8(block, _mm_set1_epi8('.')));
  return (uint32_t)_mm_movemask_epi8(signs) | (uint32_t)_mm_movemask_epi8(word) << 16;
#else
  uint32_t places = 0;
  for (int place = 0; place < 16; place++) {
    const unsigned char byte = ((const unsigned char *)bytes)[place];
    places |= (uint32_t)(scan_is_secret_sign(byte) != 0) << place | (uint32_t)(scan_is_token_byte(byte) != 0) << (16 + place);
  }
  return places;
#endif
}

/// The last occurrence of a byte in `size` bytes: memrchr, which glibc and musl declare only with _GNU_SOURCE and Darwin does not have.
#if defined(__linux__) && !defined(TRACE_DISTILLER_PORTABLE)
extern void *memrchr(const void *bytes, int byte, size_t count);
#else
static inline void *memrchr(const void *bytes, int byte, size_t count) {
  for (const unsigned char *at = (const unsigned char *)bytes + count; at != bytes;)
    if (*--at == (unsigned char)byte) return (void *)at;
  return NULL;
}
#endif

#endif
