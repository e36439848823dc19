// Instants of neighbouring records are usually in the same minute: `Timestamp` parses it once, and the rest of the text is a few digits.

struct MinuteCache {
  /// The 16 bytes of `2026-11-23T10:00`, and its instant.
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private var nanos: Int64 = 0

  /// The same instant as from `Timestamp.parse`; nil if that returns nil.
  @inline(__always)
  mutating func parse(_ text: ScannedText, _ cursor: LineCursor) -> Int64? {
    let start = Int(text.start)
    // The seconds, with the colon before and the byte after.
    let rest = cursor.word(at: start + 16)
    let (tens, ones) = (UInt8(truncatingIfNeeded: rest >> 8) &- 0x30, UInt8(truncatingIfNeeded: rest >> 16) &- 0x30)
    guard text.count >= 20, UInt8(truncatingIfNeeded: rest) == UInt8(ascii: ":"), tens < 6, ones < 10, isKnown(text, cursor) else {
      return Timestamp.parse(cursor.bytes(text))
    }
    let end = start + Int(text.count)
    var at = start + 19
    var fraction: Int64 = 0
    if cursor.byte(at: at) == UInt8(ascii: ".") {
      // Nanoseconds and microseconds in UTC are the usual forms.
      if text.count == 30, let nanos = MinuteCache.nineDigits(at: at + 1, cursor) {
        fraction = nanos
        at += 10
      } else if text.count == 27, let micros = LineCursor.eightDigits(cursor.word(at: at + 1) << 16 | 0x3030) {
        fraction = Int64(micros) * 1_000
        at += 7
      } else {
        guard let (nanos, digits) = MinuteCache.fraction(from: at + 1, to: end, cursor) else { return nil }
        fraction = nanos
        at += 1 + digits
      }
    }
    let isUTC = at + 1 == end ? cursor.byte(at: at) | 0x20 == UInt8(ascii: "z") : at + 6 == end && isZeroOffset(at, cursor)
    guard isUTC else { return Timestamp.parse(cursor.bytes(text)) }
    let sum = nanos + (Int64(tens) * 10 + Int64(ones)) * 1_000_000_000 + fraction
    return sum == Timestamp.clamped(sum) ? sum : nil
  }

  @inline(__always)
  private mutating func isKnown(_ text: ScannedText, _ cursor: LineCursor) -> Bool {
    let (low, high) = (cursor.word(at: Int(text.start)), cursor.word(at: Int(text.start) + 8))
    return low == self.low && high == self.high || learn(low, high, cursor.bytes(ScannedText(start: Int(text.start), count: 16)))
  }

  /// Not near the limits of instants, so that the seconds of a cached minute never exceed them.
  @inline(never)
  private mutating func learn(_ low: UInt64, _ high: UInt64, _ minute: UnsafeRawBufferPointer) -> Bool {
    guard let nanos = Timestamp.parse(String(decoding: minute, as: UTF8.self) + ":00Z") else { return false }
    (self.low, self.high, self.nanos) = (low, high, nanos)
    return true
  }

  @inline(__always)
  private func isZeroOffset(_ at: Int, _ cursor: LineCursor) -> Bool {
    let zone: UInt64 = 0x30_303A_3030_2B  // "+00:00", the first byte lowest
    return cursor.word(at: at) & 0xFFFF_FFFF_FFFF == zone
  }

  @inline(__always)
  private static func nineDigits(at start: Int, _ cursor: LineCursor) -> Int64? {
    let last = cursor.byte(at: start + 8) &- 0x30
    guard last < 10, let eight = LineCursor.eightDigits(cursor.word(at: start)) else { return nil }
    return Int64(eight &* 10 &+ UInt64(last))
  }

  /// The nanoseconds in one to nine digits, and the number of digits; nil if there are none.
  @inline(never)
  private static func fraction(from start: Int, to end: Int, _ cursor: LineCursor) -> (nanos: Int64, digits: Int)? {
    var fraction: Int64 = 0
    var count = 0
    while start + count < end, count < 9 {
      let digit = cursor.byte(at: start + count) &- 0x30
      guard digit < 10 else { break }
      fraction = fraction * 10 + Int64(digit)
      count += 1
    }
    return count == 0 ? nil : ((count..<9).reduce(fraction) { nanos, _ in nanos * 10 }, count)
  }
}
