// Durations and counts for people, formatted with integer arithmetic: the same bytes on every machine.

package enum DurationText {
  /// `1.21 s`, `156.78 ms`, `0.80 ms`, `4.2 µs`, `850 ns`: seconds from one second on, milliseconds from 10 µs on; rounded half up.
  package static func format(_ nanos: Int64) -> String {
    let sign = nanos < 0 ? "-" : ""
    let value = nanos.magnitude
    if value >= 999_995_000 { return sign + decimal(value, unit: 1_000_000_000, digits: 2) + " s" }
    if value == 0 { return "0 ms" }
    if value >= 10_000 { return sign + decimal(value, unit: 1_000_000, digits: 2) + " ms" }
    if value >= 1_000 { return sign + decimal(value, unit: 1_000, digits: 1) + " µs" }
    return "\(sign)\(value) ns"
  }

  /// A clock's resolution, in its own unit: `1 ms`, `250 ns`, `1 s`.
  package static func resolution(_ nanos: Int64) -> String {
    for (unit, name) in [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")] as [(Int64, String)] where nanos > 0 && nanos % unit == 0 {
      return "\(nanos / unit) \(name)"
    }
    return nanos < 10_000 ? "\(nanos) ns" : format(nanos)
  }

  /// Durations in the unit of the last one, which is the longest: `["3.9", "4.8", "61.0"]`, `ms`.
  package static func series(_ nanos: [Int64]) -> (numbers: [String], unit: String) {
    let longest = nanos.last.map { UInt64(max(0, $0)) } ?? 0
    // Short durations keep a second decimal: `0.04` of `37.41`.
    let shortest = nanos.first.map { UInt64(max(0, $0)) } ?? 0
    if longest < 1_000 { return (nanos.map { String(max(0, $0)) }, "ns") }
    let (unit, name, digits): (UInt64, String, Int) =
      longest >= 999_995_000 && shortest >= 5_000_000
      ? (1_000_000_000, "s", 2)
      : longest >= 100_000 ? (1_000_000, "ms", longest >= 10_000_000 && shortest >= 1_000_000 ? 1 : 2) : (1_000, "µs", 1)
    return (nanos.map { decimal(UInt64(max(0, $0)), unit: unit, digits: digits) }, name)
  }

  /// `64.8 %`
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "0.0 %" }
    return decimal(UInt64(max(0, min(1_000, share)) * 1_000_000), unit: 10_000, digits: 1) + " %"
  }

  /// `1,234,567`
  package static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude).utf8)
    var text: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(UInt8(ascii: ",")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func decimal(_ value: UInt64, unit: UInt64, digits: Int) -> String {
    let scale: UInt64 = digits == 1 ? 10 : 100
    let step = unit / scale
    let rounded = value / step + (value % step * 2 >= step ? 1 : 0)
    let fraction = String(rounded % scale)
    return "\(rounded / scale).\(String(repeating: "0", count: digits - fraction.utf8.count))\(fraction)"
  }
}
