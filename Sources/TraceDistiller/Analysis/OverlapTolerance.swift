// How much two spans may overlap and still count as consecutive. Exporters let a call end a little after the next one began: by
// microseconds if they read the clock twice, or by the clock's resolution if it is coarse. See critical-path.md, section 3.

package enum OverlapTolerance: Sendable, Equatable {
  /// The larger of the clock's resolution and one percent of the shorter of the two spans.
  case usual
  /// The same for all spans; with 0 every instant is taken as exact.
  case nanos(Int64)
}

extension CallTree {
  /// Of the shorter span's duration. CRISP uses the same value.
  package static let tolerancePercent: Int64 = 1

  /// The largest overlap, in nanoseconds, that is not significant for two spans.
  package func overlapTolerance(_ left: Int, _ right: Int) -> Int64 {
    max(clockResolution(left), clockResolution(right), min(duration(left), duration(right)) / 100 * CallTree.tolerancePercent)
  }

  /// The resolution of a span's instants; 1 for nanoseconds.
  package func clockResolution(_ row: Int) -> Int64 { resolution.nanos(of: row, service: service[row]) }

  /// Whether an overlap is small enough to be ignored.
  /// - Complexity: O(1). Looks up the clock's resolution only if the cheaper checks do not decide.
  @inline(__always)
  func isForgiven(_ overlap: Int64, _ left: Int, _ right: Int, _ tolerance: OverlapTolerance) -> Bool {
    if overlap <= 0 { return true }
    switch tolerance {
    case .nanos(let nanos): return overlap <= nanos
    case .usual:
      if overlap <= min(duration(left), duration(right)) / 100 * CallTree.tolerancePercent { return true }
      // If all clocks have nanoseconds, any overlap is real.
      guard overlap <= resolution.coarsestNanos, resolution.coarsestNanos > 1 else { return false }
      return overlap <= max(clockResolution(left), clockResolution(right))
    }
  }

  /// Whether a span began after another one had ended, within the accuracy of their clocks.
  func begins(_ later: Int, after earlier: Int) -> Bool {
    isForgiven(end[earlier].subtractingSaturated(start[later]), earlier, later, .usual)
  }
}
