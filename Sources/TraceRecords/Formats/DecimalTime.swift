// Parses decimal times as nanoseconds, digit by digit: a Double holds today's instants only in steps of 256 ns, which is coarse enough to
// nest calls incorrectly.

enum DecimalTime {
  /// Parses `-12.345e3` as a number of units of ten to the power of `shift` nanoseconds: 3 for microseconds, 9 for seconds. Fractions of a
  /// nanosecond are rounded. Nil for other text, and if the result does not fit into Int64.
  /// - Complexity: O(digits).
  static func nanos(_ text: UnsafeRawBufferPointer, shift: Int) -> Int64? {
    guard let number = parts(text) else { return nil }
    // The number of digits before the point, once the number counts nanoseconds.
    let whole = number.whole + number.exponent + shift
    var (value, taken): (UInt64, Int) = (0, 0)
    var roundsUp = false
    for byte in text[number.digits] where byte != UInt8(ascii: ".") {
      guard taken < whole else {
        roundsUp = taken == whole && byte >= UInt8(ascii: "5")
        break
      }
      guard append(byte - 0x30, to: &value) else { return nil }
      taken += 1
    }
    while taken < whole, value > 0 {
      guard append(0, to: &value) else { return nil }
      taken += 1
    }
    // Of the digits after a nanosecond only the first one matters for rounding.
    let magnitude = value + (roundsUp ? 1 : 0)
    guard magnitude <= UInt64(Int64.max) else { return nil }
    return number.isNegative ? -Int64(magnitude) : Int64(magnitude)
  }

  @inline(__always)
  private static func append(_ digit: UInt8, to value: inout UInt64) -> Bool {
    let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
    guard !overflow else { return false }
    let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit))
    value = sum
    return !carry && sum <= UInt64(Int64.max)
  }

  private struct Parts {
    var isNegative = false
    /// The digits, including the point.
    var digits = 0..<0
    /// The number of digits before the point.
    var whole = 0
    var exponent = 0
  }

  /// The parts of a number; nil if the text is not one. An exponent beyond any possible time is clamped.
  private static func parts(_ text: UnsafeRawBufferPointer) -> Parts? {
    var parts = Parts()
    var at = 0
    func isDigit() -> Bool { at < text.count && (0x30...0x39).contains(text[at]) }
    if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      parts.isNegative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    let start = at
    while isDigit() { at += 1 }
    parts.whole = at - start
    var count = parts.whole
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      let first = at
      while isDigit() { at += 1 }
      count += at - first
    }
    guard count > 0 else { return nil }
    parts.digits = start..<at
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      let isNegative = at < text.count && text[at] == UInt8(ascii: "-")
      if isNegative || (at < text.count && text[at] == UInt8(ascii: "+")) { at += 1 }
      let first = at
      while isDigit() {
        parts.exponent = min(10_000, parts.exponent * 10 + Int(text[at] - 0x30))
        at += 1
      }
      guard at > first else { return nil }
      if isNegative { parts.exponent = -parts.exponent }
    }
    return at == text.count ? parts : nil
  }
}

extension ValueNode {
  var nanosOfSeconds: Int64? { nanos(shift: 9) }
  var nanosOfMillis: Int64? { nanos(shift: 6) }
  var nanosOfMicros: Int64? { nanos(shift: 3) }
  /// A number of nanoseconds.
  var nanosOfNanos: Int64? { nanos(shift: 0) }

  /// A time as a number or as digits in a text, whole or with a fraction; nil for other values and if it does not fit into Int64.
  func nanos(shift: Int) -> Int64? {
    if let whole = integer {
      let (nanos, overflow) = whole.multipliedReportingOverflow(by: DecimalTime.power(ofTen: shift))
      return overflow ? nil : nanos
    }
    if let digits = text ?? realText { return DecimalTime.nanos(digits, shift: shift) }
    // jansson keeps only the value of a real. Its shortest text has the original digits, up to fifteen of them.
    guard var digits = double.map({ "\($0)" }) else { return nil }
    return digits.withUTF8 { DecimalTime.nanos(UnsafeRawBufferPointer($0), shift: shift) }
  }
}

extension DecimalTime {
  /// The nanoseconds in one unit of 10^`shift`: of nano-, micro-, milli- and whole seconds.
  @inline(__always)
  fileprivate static func power(ofTen shift: Int) -> Int64 {
    switch shift {
    case 0: 1
    case 3: 1_000
    case 6: 1_000_000
    default: 1_000_000_000
    }
  }

  /// Whether an instant is probably in a unit a thousand times too coarse: microseconds in a field of nanoseconds, or milliseconds in one
  /// of microseconds. No program means an instant in those weeks of January 1970; times since a program's start are shorter.
  static func isLikelyCoarser(_ instant: Int64) -> Bool { (1_000_000_000_000_000..<10_000_000_000_000_000).contains(instant) }
}
