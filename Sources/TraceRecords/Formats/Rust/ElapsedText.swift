// Durations as Rust's tracing-subscriber prints them: three digits and a unit.

/// `66.9µs`, `1.23ms`, `791ns`, `3.00s`.
enum ElapsedText {
  /// Nanoseconds; nil for other text, and if the value does not fit into Int64.
  static func nanos(_ text: UnsafeRawBufferPointer) -> Int64? {
    let digits = text.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    let unit = UnsafeRawBufferPointer(rebasing: text[digits.endIndex...])
    let shift: Int
    switch unit {
    case "ns": shift = 0
    // The micro sign, and the Greek letter that looks the same.
    case "µs", "μs", "us": shift = 3
    case "ms": shift = 6
    case "s": shift = 9
    default: return nil
    }
    return DecimalTime.nanos(UnsafeRawBufferPointer(rebasing: digits), shift: shift)
  }
}
