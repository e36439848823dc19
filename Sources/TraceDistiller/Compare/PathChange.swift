// What became of one call path from one side to the other.

/// What a path comes to in one trace: for a run, the mean over its traces with the same root.
package struct PathFigures: Sendable, Equatable {
  /// Calls and failed ones in all `traces` together.
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

  /// Its own time in one call, in nanoseconds.
  package var selfPerCall: Double { Double(selfNanos) / max(perTrace(calls), 1e-9) }

  package func perTrace(_ count: Int) -> Double { Double(count) / Double(max(1, traces)) }

  /// The same in every trace, of however many.
  func isSame(as other: PathFigures) -> Bool {
    perTrace(calls) == other.perTrace(other.calls) && perTrace(failed) == other.perTrace(other.failed)
      && durationNanos == other.durationNanos && selfNanos == other.selfNanos && criticalNanos == other.criticalNanos
  }
}

/// One path that is not as it was. A mirror image: comparing the other way round gives the opposite kind.
package struct PathChange: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Its own time in a call grew, shrank, and the root waited for it.
    case slower, faster
    /// The same where the root waited no longer, no less: it ran beside what the root waited for.
    case longerBeside, shorterBeside
    /// Its own time is as it was, but the root waits for more of it, for less: because of what runs beside it.
    case moreCritical, lessCritical
    /// A call takes as long as it did; there are more, fewer of them.
    case moreCalls, fewerCalls
    case added, removed
  }

  package enum Failure: String, Sendable, CaseIterable { case newlyFailing, failsMore, failsLess, recovered }

  package var path: Int
  /// Nil where only its failures changed.
  package var kind: Kind?
  package var failure: Failure?
  /// Its part of the change of the root's duration: the difference of its time on the critical path. Of an added or removed path with
  /// everything below.
  package var contributionNanos: Int64
  package var selfDeltaNanos: Int64
  package var base: PathFigures?
  package var target: PathFigures?
  /// Spans below an added or removed path, of one trace on the average, rounded up.
  package var spansBelow = 0
}

/// What counts as no change: a difference must exceed both.
package struct ComparisonTolerance: Sendable, Equatable {
  /// Of the smaller value, so that the way back is judged like the way there.
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
