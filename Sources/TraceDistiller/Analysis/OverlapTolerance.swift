// How much two spans may overlap and still have come one after the other. Exporters let a call end a little after the next began: by microseconds where
// they read the clock twice, by as much as their clock tells where it is coarse. critical-path.md, section 3.

package enum OverlapTolerance: Sendable, Equatable {
  /// The larger of the clock's resolution and one percent of the shorter of the two spans.
  case usual
  /// The same for all; 0 takes every instant at its word.
  case nanos(Int64)
}

extension CallTree {
  /// Of the shorter span. CRISP allows as much.
  package static let tolerancePercent: Int64 = 1

  /// Up to how many nanoseconds of overlap tell nothing of two spans.
  package func overlapTolerance(_ left: Int, _ right: Int) -> Int64 {
    max(clockResolution(left), clockResolution(right), min(duration(left), duration(right)) / 100 * CallTree.tolerancePercent)
  }

  /// How finely a span's instants are known; 1 for nanoseconds.
  package func clockResolution(_ row: Int) -> Int64 { resolution.nanos(of: row, service: service[row]) }

  /// Whether an overlap of so much is none.
  /// - Complexity: O(1); a lookup only where the answer is not plain.
  @inline(__always)
  func isForgiven(_ overlap: Int64, _ left: Int, _ right: Int, _ tolerance: OverlapTolerance) -> Bool {
    if overlap <= 0 { return true }
    switch tolerance {
    case .nanos(let nanos): return overlap <= nanos
    case .usual:
      if overlap <= min(duration(left), duration(right)) / 100 * CallTree.tolerancePercent { return true }
      // Nanoseconds are told apart by a clock of nanoseconds.
      guard overlap <= resolution.coarsestNanos, resolution.coarsestNanos > 1 else { return false }
      return overlap <= max(clockResolution(left), clockResolution(right))
    }
  }

  /// Whether a span began when another had ended, as far as their clocks tell.
  func begins(_ later: Int, after earlier: Int) -> Bool {
    isForgiven(end[earlier].subtractingSaturated(start[later]), earlier, later, .usual)
  }
}
