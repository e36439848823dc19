// Numbers of a line: RFC 8259's syntax, and the same value as in jansson.

import Platform

extension LineCursor {
  /// Passes a number. Returns false if there is none, or one that jansson rejects: beyond Int64 or Double.
  @inline(__always)
  mutating func passNumber(_ value: inout ScannedValue) -> Bool {
    let start = offset
    let isNegative = pass(UInt8(ascii: "-"))
    let first = offset
    let leading = byte
    var digits: UInt64 = 0
    passDigits(&digits)
    let whole = offset - first
    // A leading zero must be the only digit; 19 digits fit, and more are rare.
    guard whole > 0, whole == 1 || leading != UInt8(ascii: "0"), whole <= 19 else { return false }
    if byte != UInt8(ascii: "."), byte | 0x20 != UInt8(ascii: "e") {
      guard digits <= UInt64(Int64.max) else { return false }
      value = ScannedValue(.integer, start: start, count: offset - start)
      value.integer = isNegative ? -Int64(digits) : Int64(digits)
      return true
    }
    return passReal(start: start, whole: whole, isNegative, &digits, &value)
  }

  @inline(__always)
  private mutating func passReal(start: Int, whole: Int, _ isNegative: Bool, _ digits: inout UInt64, _ value: inout ScannedValue) -> Bool {
    var fraction = 0
    if pass(UInt8(ascii: ".")) {
      let first = offset
      passDigits(&digits)
      fraction = offset - first
      guard fraction > 0 else { return false }
    }
    let hasExponent = byte | 0x20 == UInt8(ascii: "e")
    if hasExponent {
      _ = pass(byte)
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { _ = pass(byte) }
      var exponent: UInt64 = 0
      let first = offset
      passDigits(&exponent)
      guard offset > first else { return false }
    }
    value = ScannedValue(.real, start: start, count: offset - start)
    // Both are exact as Doubles, so that the single division is correctly rounded (Clinger, 1990).
    if !hasExponent, whole + fraction <= 19, digits <= 1 << 53 {
      let real = Double(digits) / ScannedValue.power(ofTen: fraction)
      value.real = isNegative ? -real : real
      return true
    }
    value.real = parse(value.text)
    return value.real.isFinite
  }

  /// Parses a number of known syntax with the C library. It stops where the number ends, within the line.
  @inline(never)
  private func parse(_ number: ScannedText) -> Double {
    guard let start = bytes(number).baseAddress else { return .nan }
    return strtod(start.assumingMemoryBound(to: CChar.self), nil)
  }
}
