// Case-insensitive search for a text in many bytes. A search runs it over all texts of a trace at once.
#ifndef TRACE_DISTILLER_FIND_H
#define TRACE_DISTILLER_FIND_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__) && !defined(TRACE_DISTILLER_PORTABLE)
#include <emmintrin.h>
#endif

/// Asks for a line of memory that is looked at soon.
static inline void find_prefetch(const void *address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#else
  (void)address;
#endif
}

static inline uint8_t find_lower(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

static inline int find_is_at(const uint8_t *at, const uint8_t *wanted, size_t count) {
  for (size_t place = 0; place < count; place++) {
    if (find_lower(at[place]) != wanted[place]) return 0;
  }
  return 1;
}

/// Whether the `size` bytes at `bytes` contain `wanted`, which has `count` bytes in lower case. ASCII letters match in either case. The
/// first and the last byte are compared at 16 places at once (after Wojciech Muła, "SIMD-friendly algorithms for substring searching").
static inline int find_folded(const void *bytes, size_t size, const void *wanted_bytes, size_t count) {
  const uint8_t *text = (const uint8_t *)bytes, *wanted = (const uint8_t *)wanted_bytes;
  if (count == 0) return 1;
  if (count > size) return 0;
  size_t place = 0;
  const size_t last = size - count;
#if defined(__SSE2__) && !defined(TRACE_DISTILLER_PORTABLE)
  const uint8_t opening = wanted[0], closing = wanted[count - 1];
  // Setting this bit turns a letter of either case into lower case. For other bytes the mask is 0.
  const __m128i fold_opening = _mm_set1_epi8(opening >= 'a' && opening <= 'z' ? 0x20 : 0);
  const __m128i fold_closing = _mm_set1_epi8(closing >= 'a' && closing <= 'z' ? 0x20 : 0);
  const __m128i openings = _mm_set1_epi8((char)opening), closings = _mm_set1_epi8((char)closing);
  for (; place + 15 <= last; place += 16) {
    const __m128i begins = _mm_loadu_si128((const __m128i *)(text + place));
    const __m128i ends = _mm_loadu_si128((const __m128i *)(text + place + count - 1));
    const __m128i both = _mm_and_si128(
        _mm_cmpeq_epi8(_mm_or_si128(begins, fold_opening), openings), _mm_cmpeq_epi8(_mm_or_si128(ends, fold_closing), closings));
    uint32_t places = (uint32_t)_mm_movemask_epi8(both);
    while (places != 0) {
      const size_t at = place + (size_t)__builtin_ctz(places);
      if (find_is_at(text + at, wanted, count)) return 1;
      places &= places - 1;
    }
  }
#endif
  for (; place <= last; place++) {
    if (find_is_at(text + place, wanted, count)) return 1;
  }
  return 0;
}

#endif
