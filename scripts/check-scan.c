// Runs the two branches of Sources/CScan/scan.h on the same bytes: the vector instructions of this processor, and the plain C for other
// processors. Prints the first difference and exits with 1; see scripts/check-scan.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"

#undef TRACE_DISTILLER_SCAN_H
#define TRACE_DISTILLER_PORTABLE
#define scan_string_stops_8 plain_string_stops_8
#define scan_string_stops_16 plain_string_stops_16
#define scan_string_stops plain_string_stops
#define scan_equal_bytes_16 plain_equal_bytes_16
#define scan_hex_digits_16 plain_hex_digits_16
#define scan_pack_hex_16 plain_pack_hex_16
#define scan_secret_places plain_secret_places
#define scan_write_hex_8 plain_write_hex_8
#define scan_is_ascii plain_is_ascii
#define scan_has_sign plain_has_sign
#define scan_is_secret_sign plain_is_secret_sign
#define scan_is_token_byte plain_is_token_byte
#define memrchr plain_memrchr
#include "scan.h"
#undef scan_string_stops
#undef scan_string_stops_16
#undef scan_equal_bytes_16
#undef scan_hex_digits_16
#undef scan_pack_hex_16
#undef scan_secret_places
#undef scan_write_hex_8
#undef scan_is_ascii
#undef scan_has_sign
#undef scan_is_secret_sign
#undef scan_is_token_byte
#undef memrchr

// The expected result for a single byte, written as directly as possible.
static int is_string_stop(unsigned char byte) { return byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\'; }
static int is_secret_sign(unsigned char byte) { return byte != 0 && strchr("-23456:=@%,'>BbwW", byte) != NULL; }
static int is_hex_digit(unsigned char byte) { return byte != 0 && strchr("0123456789abcdef", byte) != NULL; }
static int is_token_byte(unsigned char byte) {
  return byte != 0 && strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.~", byte) != NULL;
}

static uint64_t state = 0x9E3779B97F4A7C15u;
static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static int differ(const char *name, uint32_t vector, uint32_t plain, const unsigned char *bytes, int count) {
  if (vector == plain) return 0;
  fprintf(stderr, "%s: %08x by vectors, %08x by plain C, of the bytes", name, vector, plain);
  for (int i = 0; i < count; i++) fprintf(stderr, " %02x", bytes[i]);
  fprintf(stderr, "\n");
  return 1;
}

static int check(const unsigned char *left, const unsigned char *right) {
  int wrong = differ("scan_string_stops", scan_string_stops(left), plain_string_stops(left), left, 32);
  wrong |= differ("scan_string_stops_16", scan_string_stops_16(left), plain_string_stops_16(left), left, 16);
  wrong |= differ("scan_equal_bytes_16", scan_equal_bytes_16(left, right), plain_equal_bytes_16(left, right), left, 16);
  wrong |= differ("scan_hex_digits_16", scan_hex_digits_16(left), plain_hex_digits_16(left), left, 16);
  wrong |= differ("scan_secret_places", scan_secret_places(left), plain_secret_places(left), left, 16);
  uint64_t words[2];
  memcpy(words, left, 16);
  wrong |= differ("scan_has_sign", (uint32_t)scan_has_sign(words[0], words[1]), (uint32_t)plain_has_sign(words[0], words[1]), left, 16);
  uint32_t stops = 0, signs = 0, equal = 0, digits = 0;
  for (int i = 0; i < 32; i++) {
    stops |= (uint32_t)is_string_stop(left[i]) << i;
    if (i >= 16) continue;
    equal |= (uint32_t)(left[i] == right[i]) << i;
    digits |= (uint32_t)is_hex_digit(left[i]) << i | (uint32_t)(left[i] == '0') << (16 + i);
    signs |= (uint32_t)is_secret_sign(left[i]) << i | (uint32_t)is_token_byte(left[i]) << (16 + i);
  }
  wrong |= differ("string stops by definition", stops, plain_string_stops(left), left, 32);
  wrong |= differ("equal bytes by definition", equal, plain_equal_bytes_16(left, right), left, 16);
  wrong |= differ("hex digits by definition", digits, plain_hex_digits_16(left), left, 16);
  wrong |= differ("secret places by definition", signs, plain_secret_places(left), left, 16);
  for (size_t count = 0; count <= 32; count++) {
    int is_ascii = 1;
    for (size_t place = 0; place < count; place++) is_ascii &= left[place] < 0x80;
    if (scan_is_ascii(left, count) != is_ascii) {
      fprintf(stderr, "scan_is_ascii: %d of %zu bytes\n", !is_ascii, count);
      wrong = 1;
    }
    if (memrchr(left, right[0], count) != plain_memrchr(left, right[0], count)) {
      fprintf(stderr, "memrchr: differs for %02x in %zu bytes\n", right[0], count);
      wrong = 1;
    }
  }
  return wrong;
}

// Only for digits: the result for other bytes is not defined.
static int check_packing(void) {
  for (int run = 0; run < 100000; run++) {
    unsigned char digits[16], packed[8];
    for (int i = 0; i < 16; i++) digits[i] = (unsigned char)"0123456789abcdef"[next_random() & 15];
    const uint64_t vector = scan_pack_hex_16(digits), plain = plain_pack_hex_16(digits);
    memcpy(packed, &vector, 8);
    char again[17];
    for (int i = 0; i < 8; i++) snprintf(again + 2 * i, 3, "%02x", packed[i]);
    unsigned char by_vector[16], by_plain[16];
    scan_write_hex_8(packed, by_vector);
    plain_write_hex_8(packed, by_plain);
    if (memcmp(by_vector, digits, 16) != 0 || memcmp(by_plain, digits, 16) != 0) {
      fprintf(stderr, "scan_write_hex_8: %.16s by vectors, %.16s by plain C, of %.16s\n", (const char *)by_vector, (const char *)by_plain,
              (const char *)digits);
      return 1;
    }
    if (vector != plain || memcmp(again, digits, 16) != 0) {
      fprintf(stderr, "scan_pack_hex_16: %016llx by vectors, %016llx by plain C, of %.16s\n", (unsigned long long)vector,
              (unsigned long long)plain, (const char *)digits);
      return 1;
    }
  }
  return 0;
}

int main(void) {
  if (check_packing()) return 1;
  unsigned char left[40], right[40];
  long checked = 0;
  // Every byte at every position among plain letters: checks the effect of one byte on its neighbours.
  for (int byte = 0; byte < 256; byte++)
    for (int place = 0; place < 32; place++, checked++) {
      memset(left, 'a', sizeof left);
      memcpy(right, left, sizeof right);
      left[place] = (unsigned char)byte;
      if (check(left, right)) return 1;
    }
  for (; checked < 1000000; checked++) {
    // Half of the runs use few different values, so that stops and equal bytes are frequent.
    const uint64_t mask = next_random() & 1 ? 0xFF : 0x03;
    for (int i = 0; i < 40; i++) {
      left[i] = mask == 0xFF ? (unsigned char)next_random() : (unsigned char)("\"\\z\x1f"[next_random() & mask]);
      right[i] = next_random() & 1 ? left[i] : (unsigned char)next_random();
    }
    if (check(left + (checked & 7), right + (checked & 7))) return 1;
  }
  printf("both branches of scan.h agree on %ld runs of bytes\n", checked);
  return 0;
}
