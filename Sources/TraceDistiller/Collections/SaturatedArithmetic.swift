// Arithmetic that saturates at the limits of its type: hostile instants and counts must not trap.

extension Int64 {
  /// The difference, clamped to Int64: hostile instants must not trap.
  func subtractingSaturated(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other > 0 ? Int64.min : Int64.max) : difference
  }

  package func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? Int64.max : Int64.min) : sum
  }
}

extension UInt64 {
  /// The sum, clamped to UInt64: a producer may send any count.
  func addingSaturated(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
