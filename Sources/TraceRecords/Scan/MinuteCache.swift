// Instants of neighbouring records mostly lie in the same minute: it is read once, by `Timestamp`, and the rest of the text is a few digits.

struct MinuteCache {
  /// The 16 bytes of `2026-11-23T10:00`, and its instant.
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private var nanos: Int64 = 0

  /// The same instant as `Timestamp.parse` gives; nil where that gives none.
  @inline(__always)
  mutating func parse(_ text: ScannedText, _ cursor: LineCursor) -> Int64? {
    let start = Int(text.start)
    // The seconds, with the colon before and the byte behind.
    let rest = cursor.word(at: start + 16)
    let (tens, ones) = (UInt8(truncatingIfNeeded: rest >> 8) &- 0x30, UInt8(truncatingIfNeeded: rest >> 16) &- 0x30)
    guard text.count >= 20, UInt8(truncatingIfNeeded: rest) == UInt8(ascii: ":"), tens < 6, ones < 10, isKnown(text, cursor) else {
      return Timestamp.parse(cursor.bytes(text))
    }
    var at = start + 19
    let end = start + Int(text.count)
    var fraction: Int64 = 0
    if cursor.byte(at: at) == UInt8(ascii: ".") {
      at += 1
      let first = at
      // Six digits are usual: with two zeros before them they are eight.
      if at + 6 <= end, let six = LineCursor.eightDigits(cursor.word(at: at) << 16 | 0x3030) {
        fraction = Int64(six)
        at += 6
      }
      while at < end, at < first + 9 {
        let digit = cursor.byte(at: at) &- 0x30
        guard digit < 10 else { break }
        fraction = fraction * 10 + Int64(digit)
        at += 1
      }
      guard at > first else { return nil }
      fraction *= MinuteCache.scale(digits: at - first)
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

  /// Far from the bounds of instants, so that a minute's seconds never pass them unseen.
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

  private static func scale(digits: Int) -> Int64 {
    switch digits {
    case 9: 1
    case 6: 1_000
    case 3: 1_000_000
    default: (digits..<9).reduce(1) { scale, _ in scale * 10 }
    }
  }
}
