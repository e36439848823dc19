// The change of one call path from one side to the other.

/// The figures of a path in one trace. For a run: the mean over its traces with the same root.
package struct PathFigures: Sendable, Equatable {
  /// Calls and failed calls in all `traces` together.
  package var calls: Int
  package var failed: Int
  package var traces: Int
  package var durationNanos: Int64
  package var selfNanos: Int64
  package var criticalNanos: Int64

  init(_ sums: PathSums, traces: Int) {
    calls = sums.calls
    failed = sums.failed
    self.traces = traces
    durationNanos = PathFigures.mean(sums.durationNanos, traces)
    selfNanos = PathFigures.mean(sums.selfNanos, traces)
    criticalNanos = PathFigures.mean(sums.criticalNanos, traces)
  }

  /// Rounded half up; exact for one trace.
  static func mean(_ nanos: Int64, _ count: Int) -> Int64 {
    guard count > 1 else { return nanos }
    let (quotient, rest) = nanos.quotientAndRemainder(dividingBy: Int64(count))
    return rest >= Int64(count) - rest ? quotient + 1 : quotient
  }

  /// The self time of one call, in nanoseconds.
  package var selfPerCall: Double { Double(selfNanos) / max(perTrace(calls), 1e-9) }

  package func perTrace(_ count: Int) -> Double { Double(count) / Double(max(1, traces)) }

  /// Whether the figures are the same, even if the numbers of traces differ.
  func isSame(as other: PathFigures) -> Bool {
    perTrace(calls) == other.perTrace(other.calls) && perTrace(failed) == other.perTrace(other.failed)
      && durationNanos == other.durationNanos && selfNanos == other.selfNanos && criticalNanos == other.criticalNanos
  }
}

/// One changed path. Symmetric: comparing in the other direction gives the opposite kind.
package struct PathChange: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// The self time of a call grew or shrank, and the root waited for it.
    case slower, faster
    /// The same, but the root's waiting time did not change: the call ran in parallel to what the root waited for.
    case longerBeside, shorterBeside
    /// The self time is unchanged, but the root waits for more or less of it, because of what runs in parallel.
    case moreCritical, lessCritical
    /// A call takes as long as before; there are more or fewer calls.
    case moreCalls, fewerCalls
    case added, removed
  }

  package enum Failure: String, Sendable, CaseIterable { case newlyFailing, failsMore, failsLess, recovered }

  package var path: Int
  /// Nil if only its failures changed.
  package var kind: Kind?
  package var failure: Failure?
  /// Its part of the change of the root's duration: the difference of its time on the critical path. For an added or removed path this
  /// includes everything below it.
  package var contributionNanos: Int64
  package var selfDeltaNanos: Int64
  package var base: PathFigures?
  package var target: PathFigures?
  /// The number of spans below an added or removed path, averaged over the traces and rounded up.
  package var spansBelow = 0
}

/// The threshold for a change: a difference must exceed both values.
package struct ComparisonTolerance: Sendable, Equatable {
  /// Of the smaller value, so that both directions of a comparison are judged the same.
  package var percent: Double
  package var nanos: Int64

  package init(percent: Double = 20, nanos: Int64 = 1_000_000) {
    self.percent = percent
    self.nanos = nanos
  }

  /// -1, 0 or 1.
  func direction(_ base: Int64, _ target: Int64) -> Int {
    let difference = target.subtractingSaturated(base)
    guard difference.magnitude > UInt64(max(0, nanos)), isBeyond(Double(base), Double(target)) else { return 0 }
    return difference > 0 ? 1 : -1
  }

  func direction(perCall base: Double, _ target: Double) -> Int { !isBeyond(base, target) ? 0 : target > base ? 1 : -1 }

  func direction(calls base: Double, _ target: Double) -> Int { !isBeyond(base, target) ? 0 : target > base ? 1 : -1 }

  private func isBeyond(_ base: Double, _ target: Double) -> Bool { abs(target - base) > min(base, target) * percent / 100 }
}
