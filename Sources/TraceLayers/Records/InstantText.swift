// Instants as RFC 3339 text with nanoseconds. Consecutive records usually have the same second, whose text is cached.

import PipeBasics

/// Writes instants. It remembers the last second that it wrote.
struct InstantText {
  private var second = Int64.min
  private var prefix: [UInt8] = []

  /// `"2026-11-23T19:33:34.483613453Z"`. Instants outside of what readers accept (the years 1823 to 2116) are clamped.
  mutating func write(_ nanos: Int64, to text: inout JSONText) {
    let held = PipeBasics.Timestamp.clamped(max(nanos, -Int64.max))
    var (seconds, part) = held.quotientAndRemainder(dividingBy: 1_000_000_000)
    if part < 0 {
      seconds -= 1
      part += 1_000_000_000
    }
    if seconds != second {
      // The shared formatter has milliseconds; its first 19 characters are the text up to the second.
      prefix = [UInt8(ascii: "\"")] + Array(PipeBasics.Timestamp.format(seconds * 1_000_000_000).utf8.prefix(19)) + [UInt8(ascii: ".")]
      second = seconds
    }
    text.raw(prefix)
    text.digits(UInt64(part), width: 9)
    text.raw("Z\"")
  }
}
