// What the record scanner asks of many bytes at once. A header, because Swift's own vectors compile to a loop over their lanes here.
#ifndef TRACE_DISTILLER_SCAN_H
#define TRACE_DISTILLER_SCAN_H

// TRACE_DISTILLER_PORTABLE chooses what other processors than this one compile: scripts/check-scan holds both against each other.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(TRACE_DISTILLER_PORTABLE)
#include <emmintrin.h>

static inline uint32_t scan_string_stops_16(const char *bytes) {
  const __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  // As signed numbers, bytes beyond ASCII are below 0x20 too.
  const __m128i outside = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
  const __m128i quotes = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i escapes = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(outside, _mm_or_si128(quotes, escapes)));
}

static inline uint32_t scan_equal_bytes_16(const char *left, const char *right) {
  const __m128i one = _mm_loadu_si128((const __m128i *)left), other = _mm_loadu_si128((const __m128i *)right);
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(one, other));
}

#else

static inline uint32_t scan_equal_bytes_16(const char *left, const char *right) {
  uint32_t equal = 0;
  for (int place = 0; place < 16; place++) equal |= (uint32_t)(left[place] == right[place]) << place;
  return equal;
}

// Eight bytes of a word: the high bit of each byte answers for it, without a carry into its neighbour.
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

static inline uint32_t scan_string_stops_16(const char *bytes) {
  return scan_string_stops_8(bytes) | scan_string_stops_8(bytes + 8) << 8;
}

#endif

/// Where the inside of a JSON string needs a closer look, of the 32 bytes at `bytes`: bit i for a quote, a backslash, a control character or a
/// byte beyond ASCII at i.
static inline uint32_t scan_string_stops(const void *bytes) {
  const char *at = (const char *)bytes;
  return scan_string_stops_16(at) | scan_string_stops_16(at + 16) << 16;
}

/// Which of 32 bytes are the same in both places: bit i for byte i.
static inline uint32_t scan_equal_bytes(const void *left, const void *right) {
  const char *one = (const char *)left, *other = (const char *)right;
  return scan_equal_bytes_16(one, other) | scan_equal_bytes_16(one + 16, other + 16) << 16;
}

/// Where the form of a secret may begin, of the 16 bytes at `bytes`: bit i for one of - 2 3 4 5 6 : = @ B I J _ b z at i.
static inline uint32_t scan_secret_signs(const void *bytes) {
#if defined(__SSE2__) && !defined(TRACE_DISTILLER_PORTABLE)
  const __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  const __m128i digits = _mm_sub_epi8(block, _mm_set1_epi8('2'));
  __m128i signs = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(4)), digits);
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(_mm_or_si128(block, _mm_set1_epi8(0x20)), _mm_set1_epi8('b')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8('-')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8(':')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8('=')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8('@')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8('I')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8('J')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8('_')));
  signs = _mm_or_si128(signs, _mm_cmpeq_epi8(block, _mm_set1_epi8('z')));
  return (uint32_t)_mm_movemask_epi8(signs);
#else
  // A bit a byte of the first 64, and of those from 64 on.
  const uint64_t below64 = (uint64_t)1 << 0x2D | (uint64_t)0x1F << 0x32 | (uint64_t)1 << 0x3A | (uint64_t)1 << 0x3D;
  const uint64_t from64 = 1 | 1 << 2 | 1 << 9 | 1 << 10 | (uint64_t)1 << 0x1F | (uint64_t)1 << 0x22 | (uint64_t)1 << 0x3A;
  uint32_t signs = 0;
  for (int place = 0; place < 16; place++) {
    const unsigned char byte = ((const unsigned char *)bytes)[place];
    const uint64_t set = byte < 64 ? below64 : byte < 128 ? from64 : 0;
    signs |= (uint32_t)(set >> (byte & 63) & 1) << place;
  }
  return signs;
#endif
}

/// The last such byte of so many: the C library's, which glibc and musl show to GNU sources only and Darwin lacks.
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
