// Durations as Rust's tracing-subscriber prints them: three digits and a unit.

/// `66.9µs`, `1.23ms`, `791ns`, `3.00s`.
enum ElapsedText {
  /// Nanoseconds; nil for other text and for more than Int64 holds.
  static func nanos(_ text: UnsafeRawBufferPointer) -> Int64? {
    let digits = text.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    let unit = UnsafeRawBufferPointer(rebasing: text[digits.endIndex...])
    let scale: Double
    switch unit {
    case "ns": scale = 1
    // The micro sign, and the Greek letter that looks the same.
    case "µs", "μs", "us": scale = 1_000
    case "ms": scale = 1_000_000
    case "s": scale = 1_000_000_000
    default: return nil
    }
    return Double(String(decoding: digits, as: UTF8.self)).flatMap { Int64(exactly: ($0 * scale).rounded()) }
  }
}
