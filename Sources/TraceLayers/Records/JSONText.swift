// The JSON of records, written directly as bytes: the encoder runs inside the observed program, so it creates no intermediate values.

import Platform

/// A JSON text under construction.
///
/// It manages its own memory: an array checks for uniqueness at every append, which costs more than most appends.
package struct JSONText: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  private static let firstCapacity = 1 << 10
  private static let maxKeptCapacity = 1 << 16

  init() {
    capacity = JSONText.firstCapacity
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// A copy of the text so far.
  var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: base, count: count)) }

  /// Passes the text so far to the body.
  borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: base, count: count))
  }

  mutating func removeAll() {
    count = 0
    // A single huge record must not keep its memory for ever.
    if capacity > JSONText.maxKeptCapacity { move(toCapacity: JSONText.firstCapacity) }
  }

  @inline(__always)
  private mutating func makeRoom(_ bytes: Int) {
    if capacity - count < bytes { move(toCapacity: max(2 * capacity, count + bytes)) }
  }

  @inline(never)
  private mutating func move(toCapacity wanted: Int) {
    let new = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
    memcpy(new, base, count)
    base.deallocate()
    (base, capacity) = (new, wanted)
  }

  // MARK: Parts

  @inline(__always)
  mutating func raw(_ text: StaticString) { raw(UnsafeRawPointer(text.utf8Start), text.utf8CodeUnitCount) }

  @inline(__always)
  mutating func raw(_ text: [UInt8]) { text.withUnsafeBytes { raw($0) } }

  @inline(__always)
  mutating func raw(_ text: UnsafeRawBufferPointer) { if let start = text.baseAddress { raw(start, text.count) } }

  @inline(__always)
  private mutating func raw(_ start: UnsafeRawPointer, _ length: Int) {
    makeRoom(length)
    memcpy(base + count, start, length)
    count += length
  }

  @inline(__always)
  mutating func byte(_ byte: UInt8) {
    makeRoom(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  // MARK: Strings

  /// Writes a string with its quotes. Characters above U+001F are not escaped, except quote and backslash.
  mutating func string(_ text: String) {
    byte(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { escaped(UnsafeRawBufferPointer($0)) }
    byte(UInt8(ascii: "\""))
  }

  /// Writes a member's name with its colon. NUL is replaced by its picture character: jansson rejects it in names, and repairing could lose
  /// the whole record.
  mutating func name(_ text: String) {
    string(JSONText.shownName(text))
    byte(UInt8(ascii: ":"))
  }

  /// Writes a member's name with its colon, if it needs no escaping and sorts by its bytes: printable ASCII.
  /// - Returns: Its length; nil for other names, with nothing written.
  mutating func plainName(_ name: String) -> Int? {
    var name = name
    return name.withUTF8 { name in
      let text = UnsafeRawBufferPointer(name)
      guard JSONText.plainEnd(text, from: 0, allowsHigh: false) == text.count else { return nil }
      byte(UInt8(ascii: "\""))
      raw(text)
      raw("\":")
      return text.count
    }
  }

  package static func shownName(_ name: String) -> String {
    let hasNUL = name.utf8.withContiguousStorageIfAvailable { text in text.baseAddress.map { memchr($0, 0, text.count) != nil } ?? false }
    guard hasNUL ?? name.utf8.contains(0) else { return name }
    return String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value == 0 ? "\u{2400}" : $0 }))
  }

  private mutating func escaped(_ text: UnsafeRawBufferPointer) {
    var start = 0
    while start < text.count {
      let end = JSONText.plainEnd(text, from: start, allowsHigh: true)
      raw(UnsafeRawBufferPointer(rebasing: text[start..<end]))
      guard end < text.count else { return }
      escape(text[end])
      start = end + 1
    }
  }

  /// The first byte that must be escaped. Checks eight bytes at a time, because most texts have none.
  private static func plainEnd(_ text: UnsafeRawBufferPointer, from start: Int, allowsHigh: Bool) -> Int {
    var index = start
    while index + 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if hasEscape(word) || (!allowsHigh && word & highBits != 0) { break }
      index += 8
    }
    while index < text.count, !needsEscape(text[index]), allowsHigh || text[index] < 0x80 { index += 1 }
    return index
  }

  private static let highBits: UInt64 = 0x8080_8080_8080_8080
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// Whether one of eight bytes is a control character, a quote or a backslash: for a smaller byte, the subtraction borrows into its
  /// highest bit.
  @inline(__always)
  private static func hasEscape(_ word: UInt64) -> Bool {
    let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
    let slashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
    let found = (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
    return found & highBits != 0
  }

  @inline(__always)
  private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

  private mutating func escape(_ escaped: UInt8) {
    byte(UInt8(ascii: "\\"))
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte(escaped)
    case 0x0A: byte(UInt8(ascii: "n"))
    case 0x0D: byte(UInt8(ascii: "r"))
    case 0x09: byte(UInt8(ascii: "t"))
    default:
      raw("u00")
      byte(0x30 + escaped >> 4)
      byte(escaped & 0xF + (escaped & 0xF < 10 ? 0x30 : 0x57))
    }
  }

  // MARK: Other values

  mutating func integer(_ number: Int64) {
    if number < 0 { byte(UInt8(ascii: "-")) }
    digits(number.magnitude)
  }

  /// Writes a finite number as the shortest text that reads back as the same value. JSON cannot represent other numbers, so they become
  /// strings.
  mutating func double(_ number: Double) {
    guard number.isFinite else { return string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity") }
    var text = number.description
    text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
  }

  mutating func bool(_ flag: Bool) { if flag { raw("true") } else { raw("false") } }

  mutating func hex(_ bits: UInt64) {
    makeRoom(16)
    writeHex(bits, to: (base + count).assumingMemoryBound(to: UInt8.self))
    count += 16
  }

  /// Writes nanoseconds as milliseconds, exactly: `1.5`, `0.000001`, `12`.
  mutating func millis(_ nanos: Int64) {
    if nanos < 0 { byte(UInt8(ascii: "-")) }
    let (whole, part) = nanos.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    digits(whole)
    guard part > 0 else { return }
    byte(UInt8(ascii: "."))
    digits(part, width: 6)
    while base.load(fromByteOffset: count - 1, as: UInt8.self) == UInt8(ascii: "0") { count -= 1 }
  }

  /// Writes decimal digits, with leading zeros up to the width.
  mutating func digits(_ number: UInt64, width: Int = 1) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      var rest = number
      var start = 20
      repeat {
        start -= 1
        buffer[start] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
        rest /= 10
      } while rest > 0 || 20 - start < width
      raw(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[start..<20]))
    }
  }
}
