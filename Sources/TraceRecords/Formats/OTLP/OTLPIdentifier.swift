// Converts the ids of OTLP to one form, whatever form a producer writes: spans of one trace from several exporters must get the same trace
// id.

import CScan
import JSON

enum OTLPIdentifier {
  /// Whether an id is already in the form that we store: 16 or 32 lower-case hex digits, not all of them zeros.
  @inline(__always)
  static func isNormal(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count == 16 || text.count == 32, let first = text.baseAddress else { return false }
    // All must be digits, and not all of them zeros. The halves are checked one after the other: joined masks compile to code that works
    // bit by bit.
    let begin = scan_hex_digits_16(first)
    guard begin & 0xFFFF == 0xFFFF else { return false }
    if text.count == 16 { return begin != UInt32.max }
    let end = scan_hex_digits_16(first + 16)
    return end & 0xFFFF == 0xFFFF && (begin != UInt32.max || end != UInt32.max)
  }

  /// The same for a text of a line.
  @inline(__always)
  static func isNormal(_ text: ScannedText, _ line: LineCursor) -> Bool { isNormal(line.bytes(text)) }

  /// Lower-case hex for hex in any case, with or without `0x`, and for base64 of exactly `size` bytes; other text is returned unchanged.
  /// Nil for what OTLP treats as absent: nothing, or zeros.
  static func normalised(_ text: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    var text = text
    if text.count > 2, text[0] == UInt8(ascii: "0"), text[1] | 0x20 == UInt8(ascii: "x") {
      text = UnsafeRawBufferPointer(rebasing: text[2...])
    }
    guard !text.isEmpty, !text.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
    if text.count == 16 || text.count == 32, text.allSatisfy(isHexDigit) {
      return text.map { $0 >= UInt8(ascii: "A") ? $0 | 0x20 : $0 }
    }
    guard let bytes = base64(text, size: size) else { return Array(text) }
    return bytes.allSatisfy { $0 == 0 } ? nil : hex(bytes)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// Padded base64, in either alphabet, of exactly `size` bytes. Without the padding it could be any text.
  private static func base64(_ text: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    guard text.count == (size + 2) / 3 * 4, text.last == UInt8(ascii: "=") else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.prefix((size * 4 + 2) / 3) {
      guard let value = sextet(byte) else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes.count == size ? bytes : nil
  }

  private static func sextet(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
