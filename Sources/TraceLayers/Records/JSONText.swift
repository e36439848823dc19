// JSON as records need it, written straight into bytes: the encoder runs inside the program that is observed, so it makes no values in between.

import Glibc

/// A growing piece of JSON text.
struct JSONText {
  private(set) var bytes: [UInt8] = []

  mutating func removeAll() {
    // One huge record must not pin its memory for ever.
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 16)
  }

  @inline(__always)
  mutating func raw(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  /// A string with its quotes. Everything above U+001F but quote and backslash stands as it is.
  mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { escaped($0) }
    if isDone == nil {
      var native = text
      native.withUTF8 { escaped($0) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A member's name with its colon. NUL is shown as its picture: jansson takes it in no name, and mending could cost the whole record.
  mutating func name(_ text: String) {
    string(JSONText.shownName(text))
    bytes.append(UInt8(ascii: ":"))
  }

  static func shownName(_ name: String) -> String {
    let hasNUL = name.utf8.withContiguousStorageIfAvailable { text in text.baseAddress.map { memchr($0, 0, text.count) != nil } ?? false }
    guard hasNUL ?? name.utf8.contains(0) else { return name }
    return String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value == 0 ? "\u{2400}" : $0 }))
  }

  private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in text.indices where JSONText.needsEscape(text[index]) {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      escape(text[index])
      start = index + 1
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
  }

  @inline(__always)
  private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    default:
      raw("u00")
      bytes.append(0x30 + byte >> 4)
      bytes.append(byte & 0xF + (byte & 0xF < 10 ? 0x30 : 0x57))
    }
  }

  mutating func integer(_ number: Int64) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(number.magnitude)
  }

  /// A finite number as the shortest text that reads back the same; JSON has no word for the others, so they become text.
  mutating func double(_ number: Double) {
    guard number.isFinite else { return string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity") }
    bytes.append(contentsOf: number.description.utf8)
  }

  mutating func bool(_ flag: Bool) { raw(flag ? "true" : "false") }

  mutating func hex(_ bits: UInt64) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { buffer in
      writeHex(bits, to: buffer.baseAddress!)
      bytes.append(contentsOf: UnsafeBufferPointer(start: buffer.baseAddress, count: 16))
    }
  }

  /// Nanoseconds as milliseconds, exactly: `1.5`, `0.000001`, `12`.
  mutating func millis(_ nanos: Int64) {
    if nanos < 0 { bytes.append(UInt8(ascii: "-")) }
    let (whole, part) = nanos.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    digits(whole)
    guard part > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    digits(part, width: 6)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
  }

  /// Decimal digits, with zeros in front up to the width.
  mutating func digits(_ number: UInt64, width: Int = 1) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      var rest = number
      var start = 20
      repeat {
        start -= 1
        buffer[start] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
        rest /= 10
      } while rest > 0 || 20 - start < width
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<20]))
    }
  }

  @inline(__always)
  mutating func byte(_ byte: UInt8) { bytes.append(byte) }
}
